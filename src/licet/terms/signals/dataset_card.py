"""What the data set card of a repository on Hugging Face names: licences, and whether access is gated.

Hugging Face Hub documentation, "Dataset Cards" and "Gated datasets". A card is a README that begins with YAML between
two lines of `---`. Only a few of its keys matter here, each at the beginning of a line, so it is read line by line and
no YAML is parsed: no aliases, no tags, nothing to expand.

1. `license` (`licenses` in old cards) names one licence or a list. With `other`, `license_name` and `license_link` say
   which.
2. It is about the data set as its uploader hands it out, never about a recording in it, so it gives no clause.
3. `extra_gated_*` keys hold terms that are agreed to before access. They are worded for people, and are left to them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.terms.signals.reading import MOST_BYTES, Certainty, Reader, Signal
from licet.terms.signals.understanding import Unreadable, understood

if TYPE_CHECKING:
    from licet.terms.signals.reading import Target

PROTOCOL, VOCABULARY, SILENCE = "dataset-card", "hugging-face-card", "unstated"
_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_LINE_END = re.compile(r"\r\n?|\n")
_LICENCE_KEYS = ("license", "licenses", "license_name", "license_link")
_NO_PLAIN_TEXT = ("&", "*", "!", "|", ">", "{", "%", "@", "`")  # YAML that a line reader does not follow


def licences(content: bytes) -> tuple[str, ...]:
    """Return what the card names as licences (step 1), as written, each once. None if it cannot be read."""
    front = _front_matter(content)
    if isinstance(front, Unreadable):
        return ()
    return tuple(dict.fromkeys(value for key in _LICENCE_KEYS for value in front.get(key, ())))


def _front_matter(content: bytes) -> dict[str, list[str]] | Unreadable:
    """Return the plain values of each key at the beginning of a line; a repeated key has them all."""
    if len(content) > MOST_BYTES:
        return Unreadable(f"a card of more than {MOST_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Unreadable("a card that is not UTF-8")
    lines = _LINE_END.split(text)
    if lines[0].rstrip() != "---":
        return {}
    held: dict[str, list[str]] = {}
    key = ""
    for line in lines[1:]:
        if line.rstrip() in {"---", "..."}:
            return held
        if started := _KEY.fullmatch(line):
            key = started[1]
            held.setdefault(key, []).extend(_values(started[2] or ""))
        elif item := _ITEM.fullmatch(line):
            held.setdefault(key, []).extend(_values(item[1]))
    return Unreadable("a card whose front matter does not end")


def _values(text: str) -> list[str]:
    """Return the values of one line: `mit`, `"mit"`, `[mit, cc0-1.0]`. A comment ends it."""
    text = re.split(r"(?:^|\s)#", text, maxsplit=1)[0].strip()
    parts = text[1:-1].split(",") if text.startswith("[") and text.endswith("]") else [text]
    plain = (part.strip().strip("\"'").strip() for part in parts)
    return [part for part in plain if part and not part.startswith(_NO_PLAIN_TEXT)]


def _read(content: bytes, _target: Target) -> Signal:
    front = _front_matter(content)
    if isinstance(front, Unreadable):
        return Signal(PROTOCOL, VOCABULARY, SILENCE, problems=(front.why,))
    gates = [
        f"{key}: terms to agree to before access, worded for people" for key in front if key.startswith("extra_gated_")
    ]
    return Signal(PROTOCOL, VOCABULARY, SILENCE, *understood((), gates))  # steps 2 and 3


READER = Reader(
    PROTOCOL,
    "Hugging Face Hub documentation, Dataset Cards and Gated datasets, 2025",
    Certainty.SECOND_HAND,
    SILENCE,
    _read,
)
