"""From a verdict to the line of the manifest that states it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.credit import credit_for
from licet.corpus.manifest import ConditionLine, Line, ReadingLine, ReasonLine, StatementLine
from licet.policy import Outcome
from licet.terms import Layer, Stance, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from licet.catalog import Entry, Listed
    from licet.corpus.identity import Identity
    from licet.corpus.sighting import Sighting
    from licet.policy import Opinion, Reason, Verdict
    from licet.terms import Licence, Term


class Told(msgspec.Struct, frozen=True):
    """A verdict as a line tells it."""

    verdict: str
    contested: bool
    readings: tuple[ReadingLine, ...]
    reasons: tuple[ReasonLine, ...]
    conditions: tuple[ConditionLine, ...]
    changes: tuple[str, ...]

    @classmethod
    def of(cls, verdict: Verdict) -> Told:
        """State each reason once, with the readings that have it, in the order in which they first give it."""
        opinions = (verdict.opinion, *verdict.others)
        return cls(
            verdict=verdict.outcome,
            contested=verdict.contested,
            readings=tuple(ReadingLine(opinion.reading, opinion.outcome) for opinion in opinions),
            reasons=_reasons(opinions),
            conditions=tuple(
                ConditionLine(one.name, one.binds, one.accepted, one.says) for one in verdict.opinion.conditions
            ),
            changes=verdict.opinion.changes,
        )


def cleared_line(
    sighting: Sighting, identity: Identity, listed: Sequence[Listed], terms: Sequence[Term], told: Told
) -> Line:
    """Return the line of an item that was decided on."""
    deciding = shown_first(terms)
    entry = listed[0].entry if listed else None
    first = identity.found[0] if identity.found else None
    offers = deciding.resolution.offers if deciding else ()
    return Line(
        item=sighting.item.name,
        row=sighting.item.row,
        **msgspec.structs.asdict(told),
        recordings=tuple(found.recording for found in identity.found),
        identified_by=first.method if first else "",
        confidence=first.confidence if first else None,
        **_names(sighting, entry),
        licence=deciding.resolution.label if deciding else "",
        licence_keys=tuple(offer.key for offer in offers),
        family=" or ".join(offer.family for offer in offers) or (deciding.resolution.stance if deciding else "silent"),
        source=deciding.evidence.source if deciding else "",
        pages=_pages(sighting, listed),
        attribution=_attribution(listed, deciding, told.verdict),
        statements=tuple(sorted(set(map(_statement, terms)), key=_statement_order)),
        hints=identity.hints,
        notes=_notes(sighting, deciding),
        **_facts(sighting),
    )


def error_line(sighting: Sighting) -> Line:
    """Return the line of an item that could not be looked at."""
    return Line(
        item=sighting.item.name,
        row=sighting.item.row,
        verdict="error",
        error=sighting.trouble,
        **_names(sighting, None),
        **_facts(sighting),
    )


def shown_first(terms: Sequence[Term]) -> Term | None:
    """Return the statement to show first: the record's weightiest, else the corpus's own."""
    audio = [term for term in terms if term.layer is Layer.AUDIO and not term.dropped]
    speaking = [term for term in audio if term.resolution.stance is not Stance.SILENT]
    return min(speaking, key=_prominence, default=None)


def _prominence(term: Term) -> tuple[bool, bool, int, int, str, str]:
    resolved = term.resolution.stance is not Stance.UNRESOLVED
    return (
        term.voice is not Voice.CATALOGUE,
        not resolved,
        -term.standing,
        -term.scope,
        term.about,
        term.evidence.digest,
    )


def _reasons(opinions: Sequence[Opinion]) -> tuple[ReasonLine, ...]:
    readings: dict[Reason, list[str]] = {}
    for opinion in opinions:
        for reason in opinion.reasons:
            readings.setdefault(reason, []).append(opinion.reading)
    return tuple(
        ReasonLine(
            readings=tuple(names),
            rule=one.rule,
            verdict=one.outcome,
            says=one.says,
            evidence=one.evidence,
            cites=one.cites,
            status=one.status,
            about=one.about,
        )
        for one, names in readings.items()
    )


def _pages(sighting: Sighting, listed: Sequence[Listed]) -> tuple[str, ...]:
    own = (sighting.item.said.url,) if sighting.item.said is not None else ()
    return tuple(dict.fromkeys(filter(None, (*(one.entry.url for one in listed), *own))))


def _names(sighting: Sighting, entry: Entry | None) -> dict[str, Any]:
    """Say what it is called: as its record has it, else as the list or its own tags have it."""
    if entry is not None:
        holders = tuple(dict.fromkeys(holding.party.name for holding in entry.holdings))
        if not holders and entry.artist:
            holders = (entry.artist,)
        return {"title": entry.title, "artist": entry.artist, "album": entry.album, "holders": holders}
    said, tags = sighting.item.said, sighting.tags
    return {
        "title": (said.title if said else "") or tags.title or "",
        "artist": (said.artist if said else "") or tags.artist or "",
        "album": (said.album if said else "") or tags.album or "",
    }


def _facts(sighting: Sighting) -> dict[str, Any]:
    """Say what the file is."""
    facts: dict[str, Any] = {
        "matches": sighting.matches,
        "sha256": sighting.sha256,
        "size": sighting.stamp.size if sighting.stamp else 0,
    }
    if (audio := sighting.audio) is not None:
        facts |= {
            "pcm_sha256": audio.pcm_sha256,
            "duration_s": round(audio.duration_s, 3),
            "codec": audio.codec,
            "sample_rate_hz": audio.sample_rate_hz,
            "channels": audio.channels,
            "partial": audio.partial,
        }
    return facts


def _notes(sighting: Sighting, deciding: Term | None) -> tuple[str, ...]:
    notes = [sighting.audio.note] if sighting.audio is not None and sighting.audio.note else []
    if deciding is not None:
        notes += deciding.resolution.notes
        notes += [offer.note for offer in deciding.resolution.offers if offer.note]
        notes += [f"{offer.name} is retired" for offer in deciding.resolution.offers if offer.retired]
    return tuple(dict.fromkeys(notes))


def _attribution(listed: Sequence[Listed], deciding: Term | None, verdict: str) -> str:
    if deciding is None or verdict != Outcome.PERMITTED or not listed:
        return ""
    offers: tuple[Licence, ...] = deciding.resolution.offers
    return credit_for(listed[0].entry, offers[0]) if offers else ""


def _statement(term: Term) -> StatementLine:
    return StatementLine(
        voice=term.voice,
        source=term.evidence.source,
        statement=term.statement,
        licence=term.resolution.label,
        stance=term.resolution.stance,
        about=term.about,
        where=term.evidence.where,
        captured=_moment(term.evidence.captured_at),
        evidence=term.evidence.digest,
        blob=term.evidence.blob,
        start=term.evidence.start,
        length=term.evidence.length,
    )


@lru_cache(maxsize=1024)  # all lines of a snapshot were captured at once
def _moment(captured_at: datetime) -> str:
    return captured_at.isoformat(timespec="seconds")


def _statement_order(line: StatementLine) -> tuple[str, ...]:
    return line.voice, line.about, line.source, line.evidence, line.statement
