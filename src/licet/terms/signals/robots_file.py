"""What a robots.txt says, line by line and group by group, and whom it keeps from an address (RFC 9309).

Every line is kept with its own field, not Allow and Disallow alone: Content-Usage, Content-Signal and License stand in
the same groups. The numbered steps of RFC 9309, section 2:

1. At most 500 KiB are read (2.5), as UTF-8 (2.2); what follows `#` is a comment.
2. A group is one or more user-agent lines and the lines after them. Groups that name the same crawler are one group
   (2.2.1).
3. The longest pattern that speaks of an address prevails, and Allow prevails over a Disallow of the same length
   (2.2.2). An empty pattern speaks of none.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from urllib.parse import quote

from licet.terms.signals.url_patterns import lies_under, origin

MOST_BYTES = 500 * 1024
LONGEST_ADDRESS = 2048  # characters: each of the rules is held against all of it
RULES = frozenset({"allow", "disallow", "content-usage", "content-signal"})  # a user-agent line after one opens a group

_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its field in lower case and its value, without the comment."""

    field: str
    value: str


@dataclass(slots=True)
class Group:
    """The lines that are addressed to some crawlers, named in lower case; `*` is a name like any other."""

    agents: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A robots.txt: its groups, the lines that stand in none, and what was not understood."""

    groups: tuple[Group, ...]
    outside: tuple[Line, ...]
    problems: tuple[str, ...]


def read_robots_file(content: bytes) -> RobotsFile:
    """Read a robots.txt into groups (steps 1 and 2). Any bytes can be read; `problems` say what was lost."""
    text, problems = _text(content)
    groups: list[Group] = []
    outside: list[Line] = []
    naming = False  # whether the open group is still being addressed
    for line in map(_line, _LINE_END.split(text)):
        if line is None:
            continue
        if line.field == "user-agent":
            if not naming:
                groups.append(Group())
            groups[-1].agents.add(line.value.partition("/")[0].strip().lower())
            naming = True
        else:
            naming = naming and line.field not in RULES
            (groups[-1].lines if groups else outside).append(line)
    return RobotsFile(tuple(groups), tuple(outside), problems)


def can_be_asked(url: str) -> bool:
    """Tell whether a URL is one that rules can speak of: absolute and not endless, or "" for the root of the site."""
    return not url or (len(url) <= LONGEST_ADDRESS and origin(url) is not None)


def speaks_of(pattern: str, url: str) -> bool:
    """Tell whether a rule with this pattern speaks of an address."""
    return bool(pattern) and lies_under(url, pattern)


def length(pattern: str) -> int:
    """Return how specific a pattern is: its length in octets, percent-encoded."""
    return len(quote(pattern, safe=string.printable, errors="replace"))


def barred(file: RobotsFile, url: str) -> dict[str, str]:
    """Return the crawlers that are kept from an address, each with the Disallow pattern that does it (steps 2 and 3).

    Each line is held against the address once, however many crawlers its group names.
    """
    allowed: dict[str, int] = {}
    disallowed: dict[str, tuple[int, str]] = {}
    for group in file.groups:
        allow, disallow = _longest(group, "allow", url), _longest(group, "disallow", url)
        for agent in group.agents:
            allowed[agent] = max(allowed.get(agent, -1), allow[0])
            disallowed[agent] = max(disallowed.get(agent, (-1, "")), disallow)
    return {agent: by for agent, (longest, by) in disallowed.items() if longest > allowed[agent]}


def _longest(group: Group, field: str, url: str) -> tuple[int, str]:
    """Return the longest pattern of a field that speaks of an address, with its length; -1 where none does."""
    patterns = {line.value for line in group.lines if line.field == field}
    return max(((length(one), one) for one in patterns if speaks_of(one, url)), default=(-1, ""))


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    """Decode a file, to its last whole line where it is too long (step 1)."""
    problems = []
    if len(content) > MOST_BYTES:
        problems.append(f"longer than {MOST_BYTES} bytes: the rest was not read")
        content = content[:MOST_BYTES]
        content = content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    text = content.decode("utf-8-sig", errors="replace")
    if "\ufffd" in text:
        problems.append("not wholly UTF-8")
    return text, tuple(problems)


def _line(raw: str) -> Line | None:
    name, colon, value = raw.partition("#")[0].partition(":")
    return Line(name.strip(" \t").lower(), value.strip(" \t")) if colon else None
