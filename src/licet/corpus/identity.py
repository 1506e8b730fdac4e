"""Whose recording an item is: every way of telling, weighed by how much it can show.

From the surest down:

1. `file-digest`: the file's SHA-256 is on record. The very same bytes.
2. `pcm-digest`: its decoded samples are. The very same sound in another container.
3. `fingerprint`: it sounds like a recording on record, with a probability.
4. `listed`: the corpus says so, and there was nothing to hear that speaks against it.

An identifier in a tag, an ISRC or a name is a hint and never more: tags are copied along with everything else. Where a
list says one recording and the sound says another, both are looked up and the contradiction is a doubt of its own.

Where more recordings on record share its sound than a search tells, that is a doubt: one of them may be reserved.

A file may hold several recordings, and one of them in several places: each that is told is found once. A match that is
not sure is a doubt where nothing surer accounts for that part of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.catalog import identifiers_in_tags
from licet.identify import SURE
from licet.identify.coverage import covered_s
from licet.policy import Doubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from licet.corpus.manifest import MatchLine
    from licet.corpus.sighting import Sighting


ACCOUNTED = 0.5  # of an unsure match: where surer ones cover more, it is no doubt


class Method(StrEnum):
    """How a recording was told."""

    FILE = "file-digest"
    PCM = "pcm-digest"
    SOUND = "fingerprint"
    LISTED = "listed"


@dataclass(frozen=True, slots=True)
class Found:
    """One recording, how it was told, and how sure that is: a probability, or None where it was only declared."""

    recording: str
    method: Method
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything that is known of what an item is."""

    found: tuple[Found, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    hints: tuple[str, ...] = ()


def names_to_look_up(sighting: Sighting) -> tuple[str, ...]:
    """Return every identifier of an item that the catalogue may know."""
    names = [*sighting.item.declared, *map(str, identifiers_in_tags(sighting.tags))]
    if sighting.sha256:
        names.append(f"sha256:{sighting.sha256}")
    if sighting.audio is not None:
        names.append(f"pcm-sha256:{sighting.audio.pcm_sha256}")
    return tuple(names)


def weigh(
    sighting: Sighting, known: Mapping[str, tuple[str, ...]], sound_on_record: Callable[[str], bool], evidence: str
) -> Identity:
    """Weigh what was seen of an item against what is on record.

    `known` maps identifiers to the recordings that carry them; `sound_on_record` tells whether a recording's sound was
    registered; `evidence` is the digest that a doubt names.
    """
    found = _by_content(sighting, known)
    doubts = _other_bytes(sighting, evidence)
    for key in dict.fromkeys(key for name in _declared(sighting) for key in known.get(name, ())):
        if key in found:
            continue
        if found:
            doubts.append(_contradiction(key, tuple(found), evidence))
        elif sighting.peaks and sound_on_record(key):
            doubts.append(_unheard(key, evidence))
        found[key] = Found(key, Method.LISTED, None)
    if sighting.more:
        doubts.append(_crowded(len(found), evidence))
    if not any(one.method in {Method.FILE, Method.PCM} for one in found.values()):
        doubts += [_unsure(match, evidence) for match in _unaccounted(sighting.matches, found)]
    return Identity(tuple(found.values()), tuple(doubts), _hints(sighting, known, found))


def _by_content(sighting: Sighting, known: Mapping[str, tuple[str, ...]]) -> dict[str, Found]:
    """Tell by the bytes, then by the samples, then by the sound: the first to name a recording is the surest."""
    found: dict[str, Found] = {}
    if sighting.sha256:
        for key in known.get(f"sha256:{sighting.sha256}", ()):
            found.setdefault(key, Found(key, Method.FILE, 1.0))
    if sighting.audio is not None and sighting.peaks:
        for key in known.get(f"pcm-sha256:{sighting.audio.pcm_sha256}", ()):
            found.setdefault(key, Found(key, Method.PCM, 1.0))
    for match in sighting.matches:
        if match.probability >= SURE:
            found.setdefault(match.recording, Found(match.recording, Method.SOUND, match.probability))
    return found


def _unaccounted(matches: Sequence[MatchLine], found: Mapping[str, Found]) -> Iterable[MatchLine]:
    """Return the likeliest match of each recording that is not told surely, and that sure ones do not account for."""
    sure = [match for match in matches if match.probability >= SURE]
    unsure: dict[str, MatchLine] = {}
    for match in sorted(matches, key=lambda match: -match.probability):
        start_s, end_s = match.query_start_s, match.query_end_s
        shared = ((max(one.query_start_s, start_s), min(one.query_end_s, end_s)) for one in sure)
        told = match.recording in found and found[match.recording].method is not Method.LISTED
        if not told and covered_s(shared) <= ACCOUNTED * (end_s - start_s):
            unsure.setdefault(match.recording, match)
    return unsure.values()


def _declared(sighting: Sighting) -> list[str]:
    """Return the identifiers that the list gives the item; an ISRC alone is a hint."""
    return [name for name in sighting.item.declared if not name.startswith("isrc:")]


def _other_bytes(sighting: Sighting, evidence: str) -> list[Doubt]:
    """Compare the SHA-256 that the list states with the file's own."""
    stated = [name.removeprefix("sha256:") for name in sighting.item.declared if name.startswith("sha256:")]
    if not sighting.sha256 or not stated or sighting.sha256 in stated:
        return []
    says = f"The list says SHA-256 {stated[0][:12]}…; the file's is {sighting.sha256[:12]}…."
    return [Doubt("contradicted", says, (evidence,))]


def _contradiction(key: str, found: tuple[str, ...], evidence: str) -> Doubt:
    return Doubt("contradicted", f"The list says {key}; it is {', '.join(found)}.", (evidence,), key)


def _unheard(key: str, evidence: str) -> Doubt:
    return Doubt(
        "doubtful", f"The list says {key}, whose sound is on record, and it does not sound like it.", (evidence,), key
    )


def _unsure(match: MatchLine, evidence: str) -> Doubt:
    says = f"It sounds like {match.recording} with a probability of {match.probability:.2f}."
    return Doubt("doubtful", says, (evidence,), match.recording)


def _crowded(told: int, evidence: str) -> Doubt:
    return Doubt(
        "doubtful", f"Its sound is that of more recordings on record than the {told} that are told.", (evidence,)
    )


def _hints(sighting: Sighting, known: Mapping[str, tuple[str, ...]], found: Mapping[str, Found]) -> tuple[str, ...]:
    """Say what the tags name, and an ISRC in the list, as the hints that they are."""
    isrcs = [name for name in sighting.item.declared if name.startswith("isrc:")]
    return tuple(
        f"{name} is on record as {key}"
        for name in dict.fromkeys((*isrcs, *map(str, identifiers_in_tags(sighting.tags))))
        for key in known.get(name, ())
        if key not in found
    )
