"""Rows of a table that say what may be done with items, read into terms: what each column means, and what is wrong.

A row is one statement about one item; several rows of one item are several statements. Rows that say the same of
different items are of one kind, and there are few kinds: only these are read here, in Python.

| column | meaning | where it is missing or null |
|---|---|---|
| `item` | what the row is about: a path, an identifier | the row becomes an error |
| `licence` | the statement, as worded | the source is silent |
| `recording` | the recording that it is on record for | the corpus speaks of its own file |
| `voice` | `corpus`, `catalogue` | `catalogue` where a recording is named |
| `scope` | `collection`, `artist`, `release`, `recording` | `recording` |
| `standing` | `public`, `signed` | `public` |
| `covers` | `recording`, `work`, or both with a space between | both |
| `layer` | `audio`, `data-set`, `metadata`, `code`, `third-party` | `audio` |
| `captured` | a date or a time; without an offset it is UTC | today |
| `source` | where it was said | `list` |
| `vouched` | yes or no: whether more than a tag says so | yes |
| `dropped` | yes or no: whether the newest snapshot no longer lists it | no |
| `evidence` | SHA-256 of the statement's own bytes | that of the statement in UTF-8 |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from licet.catalog import Right
from licet.digests import sha256_bytes
from licet.terms import Evidence, Layer, Scope, Standing, Term, Voice, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

REQUIRED = ("item", "licence")
SAID = ("licence", "voice", "scope", "standing", "covers", "layer", "source", "vouched", "dropped")
OPTIONAL = (*SAID[1:], "recording", "captured", "evidence")
CREDITED = ("title", "artist", "url", "attribution")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rows of one kind say, as they say it; None for a cell that is empty."""

    named: bool  # whether a recording is named
    captured: str | None  # YYYY-MM-DD, and the day asked about for every day up to it; or text that is no day
    licence: str | None
    voice: str | None
    scope: str | None
    standing: str | None
    covers: str | None
    layer: str | None
    source: str | None
    vouched: str | None
    dropped: str | None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the statement: its evidence where a row names none."""
        return sha256_bytes((self.licence or "").encode())

    def term(self, today: date, *, digest: str = "", about: str = "") -> Term:
        """Return what the rows say, as a term whose evidence is `digest`.

        Raises:
            ValueError: a cell holds what its column does not know; the message says so in words.
        """
        voice = _one_of(Voice, "voice", self.voice) or (Voice.CATALOGUE if self.named else Voice.CORPUS)
        if voice is Voice.CATALOGUE and not self.named:
            raise ValueError("voice: the catalogue speaks of a recording, and none is named")
        statement = self.licence or ""
        return Term(
            statement,
            resolve(statement),
            Evidence(digest or self.digest, self.source or "list", "", _moment(self.captured, today)),
            voice,
            about if voice is Voice.CATALOGUE else "",
            _one_of(Scope, "scope", self.scope) or Scope.RECORDING,
            _one_of(Standing, "standing", self.standing) or Standing.PUBLIC,
            _rights(self.covers),
            vouched=_yes(self.vouched, "vouched", default=True),
            layer=_one_of(Layer, "layer", self.layer) or Layer.AUDIO,
            dropped=_yes(self.dropped, "dropped", default=False),
        )


def kind_columns(types: Mapping[str, str]) -> str:
    """Return the columns of `Kind`, as DuckDB reads them from a table whose columns are of `types`.

    A kind is of a day, and not of a second; every day up to the one asked about (the variable `day`) is as good as it.
    """

    def text(name: str) -> str:
        return f'CAST("{name}" AS VARCHAR)' if name in types else "CAST(NULL AS VARCHAR)"

    named = f"coalesce({text('recording')}, '') <> ''"
    columns = ", ".join(f"{text(name)} AS {name}" for name in SAID)
    return f"{named} AS named, {_captured(types.get('captured'))} AS captured, {columns}"


def _captured(kind: str | None) -> str:
    if kind is None:
        return "CAST(NULL AS VARCHAR)"
    timed = kind.startswith(("DATE", "TIMESTAMP"))
    moment = "captured" if timed else "try_cast(CAST(captured AS VARCHAR) AS TIMESTAMPTZ)"
    day = f"CAST({moment} AS DATE)"
    asked = "getvariable('day')"
    clipped = f"CASE WHEN {day} BETWEEN DATE '0001-01-01' AND {asked} THEN {asked} ELSE {day} END"
    return f"coalesce(CAST({clipped} AS VARCHAR), CAST(captured AS VARCHAR))"


def _moment(captured: str | None, today: date) -> datetime:
    try:
        day = today if captured is None else date.fromisoformat(captured)
    except ValueError:
        raise ValueError(f"captured: there is no day {_shown(captured)}") from None
    return datetime.combine(day, time.min, UTC)


def _one_of(kind: type[Any], column: str, word: str | None) -> Any:  # noqa: ANN401  (a member of whichever it is)
    if word is None:
        return None
    names: dict[str, Enum] = {str(_name(member)): member for member in kind}
    if (found := names.get(word.strip().lower())) is None:
        raise ValueError(f"{column}: there is no {_shown(word)}; it is one of {', '.join(names)}")
    return found


def _name(member: Enum) -> str:
    return member.value if isinstance(member.value, str) else member.name.lower()


def _rights(words: str | None) -> frozenset[Right]:
    if words is None:
        return frozenset(Right)
    if not words.split():
        raise ValueError("covers: it names neither the recording nor the work")
    return frozenset(_one_of(Right, "covers", word) for word in words.split())


def _yes(word: str | None, column: str, *, default: bool) -> bool:
    if word is None:
        return default
    if word.strip().lower() not in _WORDS:
        raise ValueError(f"{column}: {_shown(word)} is neither yes nor no")
    return _WORDS[word.strip().lower()]


def _shown(word: object) -> str:
    return repr(word)[:80]
