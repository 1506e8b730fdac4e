"""How preferences are stated for paths in a robots.txt (`Field: [/path] preferences`), and which of them prevail.

AIPREF, CC signals and Content Signals share this form (draft-ietf-aipref-attach-05, section 4):

1. The rules in the groups of `*` are read: a user of Licet is no crawler that the file could name.
2. A rule with a path speaks of what that path begins; one without speaks of the whole site (earlier drafts, and
   Content Signals).
3. The rule with the longest path prevails. Rules of the same length are combined: a reservation beats a permission.
4. A reservation of a shorter rule stands for the acts that no longer rule mentions. The draft leaves these unknown;
   but then a holder who adds a reservation would lose another, and adding a refusal must never permit.
5. A permission says nothing of what crawlers are kept from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Says
from licet.terms.signals.robots_file import barred, can_be_asked, length, read_robots_file, speaks_of
from licet.terms.signals.understanding import shown, understood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from licet.terms.signals.reading import Target

MOST_RULES = 4096  # of one field: bounds the time that reading their preferences takes


@dataclass(frozen=True, slots=True)
class Stated:
    """What one statement of preferences comes to."""

    clauses: tuple[Clause, ...] = ()
    problems: tuple[str, ...] = ()


def stated_by_rules(content: bytes, target: Target, field: str, read: Callable[[str], Stated]) -> Stated:
    """Return what the rules of one field say of a target, each preference being read by `read`."""
    if not can_be_asked(target.url):
        return Stated(problems=(f"no address that a rule could speak of: {shown(target.url)}",))
    file = read_robots_file(content)
    problems = list(file.problems)
    if not target.url:
        problems.append("no address was asked about: read for the root of the site")
    if any(line.field == field for line in file.outside):
        problems.append(f"{field} outside any group")
    general = [line for group in file.groups if "*" in group.agents for line in group.lines]  # step 1
    layers: dict[int, list[Clause]] = {}
    rules = list(dict.fromkeys(_rules(line.value for line in general if line.field == field)))
    if len(rules) > MOST_RULES:
        problems.append(f"more than {MOST_RULES} {field} rules: the rest were not read")
    for pattern, preference in rules[:MOST_RULES]:
        if speaks_of(pattern, target.url):  # step 2
            stated = read(preference)
            layers.setdefault(length(pattern), []).extend(stated.clauses)
            problems.extend(stated.problems)
    clauses = settled(layers[longest] for longest in sorted(layers, reverse=True))
    if "*" in barred(file, target.url):  # step 5
        clauses = tuple(clause for clause in clauses if clause.says is Says.RESERVES)
    return Stated(*understood(clauses, problems))


def settled(layers: Iterable[Iterable[Clause]]) -> tuple[Clause, ...]:
    """Return what prevails of layers of clauses, the most specific first (steps 3 and 4)."""
    prevailing: list[Clause] = []
    spoken: frozenset[Act] = frozenset()
    for layer in layers:
        clauses = dict.fromkeys(layer)
        reserved = frozenset[Act]().union(*(one.acts for one in clauses if one.says is Says.RESERVES))
        for clause in clauses:
            first = not spoken and clause.says is Says.PERMITS
            acts = clause.acts - reserved if first else clause.acts - spoken
            if acts and (first or clause.says is Says.RESERVES):
                prevailing.append(replace(clause, acts=acts))
        spoken = spoken.union(*(clause.acts for clause in clauses))
    return tuple(prevailing)


def _rules(values: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Split each value into its path, `/` where there is none, and its preference."""
    for value in values:
        pattern, _, preference = value.replace("\t", " ").partition(" ")
        yield (pattern, preference.strip(" ")) if value.startswith("/") else ("/", value)
