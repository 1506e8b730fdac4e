"""Whom to ask about a recording, as far as the record names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.catalog import Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from licet.catalog import Holding, Listed
    from licet.corpus.manifest import Line

_OF = {Right.RECORDING: "the recording", Right.WORK: "the composition"}
_BY_MANIFEST = "named in the manifest; this workspace has no record of the recording"
_BY_CORPUS = "named by the corpus itself; nothing is on record"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or organisation to ask, and what makes it the one: a role, a share, an identifier."""

    name: str
    roles: tuple[str, ...]
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contacts:
    """Everybody whom the record names, and the pages of the sources that name them."""

    people: tuple[Contact, ...] = ()
    pages: tuple[str, ...] = ()


def contacts_for(line: Line, on_record: Mapping[str, Sequence[Listed]]) -> Contacts:
    """Return whom to ask about the recordings of `line`; `on_record` maps each to what its sources list."""
    entries = [listed.entry for recording in line.recordings for listed in on_record.get(recording, ())]
    named = [one for entry in entries for one in _holders(entry.holdings)]
    holders = {name for name, *_ in named}
    named += [(entry.artist, "artist", ()) for entry in entries if entry.artist and entry.artist not in holders]
    if not entries:
        by = _BY_MANIFEST if line.recordings else _BY_CORPUS
        named = [(name, by, ()) for name in (*line.holders, line.artist) if name]
    pages = (entry.url for entry in entries if entry.url)
    return Contacts(tuple(_by_name(named)), tuple(dict.fromkeys(pages)))


def _holders(holdings: Iterable[Holding]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for one in holdings:
        share = "" if one.share is None else f", share {one.share}"
        yield one.party.name, f"{one.role} of {_OF[one.right]}{share}", tuple(map(str, one.party.identifiers))


def _by_name(named: Iterable[tuple[str, str, tuple[str, ...]]]) -> Iterator[Contact]:
    roles: dict[str, list[str]] = {}
    known: dict[str, list[str]] = {}
    for name, role, identifiers in named:
        roles.setdefault(name, []).append(role)
        known.setdefault(name, []).extend(identifiers)
    for name, its_roles in roles.items():
        yield Contact(name, tuple(dict.fromkeys(its_roles)), tuple(dict.fromkeys(known[name])))
