"""Look-alike manifests: a small one with something of everything, and a large one that is plain."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from licet.corpus.manifest import (
    ConditionLine,
    Head,
    Line,
    MatchLine,
    ReadingLine,
    ReasonLine,
    StatementLine,
    Trouble,
    Written,
    writing,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

STRICT, GUIDANCE = "strict", "cc-guidance-2025"
HOSTILE_TITLES = (
    "<script>alert(1)</script>",
    '</script><img src=x onerror="alert(2)">',
    "“quotes” 'and' \"more\" & it&#039;s",
    "first line\nsecond line\ttabbed",
    "right \u202eot tfel\u202c and back",
    "نوبة أندلسية",
    "{{ 7 * 7 }}{% raw %}",
    "x" * 5_000,
    "",
)
_CAPTURED = "2026-11-01T09:30:00+00:00"


@dataclass(frozen=True)
class Kind:
    """How one licence comes out, for commercial generative training."""

    family: str
    name: str
    key: str
    strict: str
    guidance: str
    rules: tuple[tuple[str, str, str, str], ...]  # rule, says, cites, status
    changes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


_NC = (
    "non-commercial",
    "The licence is for non-commercial use only, and this use is commercial.",
    "CC BY-NC 4.0, s. 1(i) and 2(a)(1)",
    "contested",
)
_ND = (
    "adapt",
    "The licence does not permit adaptations (NoDerivatives), and training is read as making one.",
    "CC BY-ND 4.0, s. 1(a); LG München I, 42 O 14139/24 (on appeal) against [2025] EWHC 2863 (Ch)",
    "contested",
)
_SA = (
    "unaccepted",
    "The licence asks for something that was not accepted: share-alike",
    "The licence's own text, by its canonical address",
    "contested",
)
_GPL = (_SA[0], "The licence asks for something that was not accepted: source-code", *_SA[2:])
_LICENSED = ("licensed", "The licence permits this use on the conditions named.", "The licence's own text", "settled")
_SILENCE = (
    "silence",
    "Nothing on record says what its holders allow, and silence is never permission.",
    "Berne Convention, Art. 5(2): protection asks for no formality",
    "settled",
)
_RESERVED = (
    "reserved",
    "The holder reserves all rights.",
    "17 USC 106; Directive 2001/29/EC, Art. 2 to 4",
    "contested",
)
_FOR_MONEY = "permission from the holder for this purpose"
_FOR_CHANGE = "permission from the holder (DerivativeWorks)"
_SHARE = "accepting share-alike (--accept share-alike)"
_CC = "http://creativecommons.org/licenses"

BY = Kind("BY", "CC BY 3.0", f"{_CC}/by/3.0/", "permitted", "permitted", (_LICENSED,), (), ("attribution",))
CC0 = Kind(
    "CC0",
    "CC0 1.0",
    "http://creativecommons.org/publicdomain/zero/1.0/",
    "permitted",
    "permitted",
    (_LICENSED,),
)
SA = Kind("BY-SA", "CC BY-SA 3.0", f"{_CC}/by-sa/3.0/", "refused", "permitted", (_SA,), (_SHARE,), ("share-alike",))
NC = Kind("BY-NC", "CC BY-NC 3.0", f"{_CC}/by-nc/3.0/", "refused", "refused", (_NC,), (_FOR_MONEY,))
NC_SA = Kind(
    "BY-NC-SA",
    "CC BY-NC-SA 2.0 FR",
    f"{_CC}/by-nc-sa/2.0/fr/",
    "refused",
    "refused",
    (_NC, _SA),
    (_SHARE, _FOR_MONEY),
)
NC_ND = Kind(
    "BY-NC-ND",
    "CC BY-NC-ND 2.5",
    f"{_CC}/by-nc-nd/2.5/",
    "refused",
    "refused",
    (_ND, _NC),
    (_FOR_CHANGE, _FOR_MONEY),
)
ND = Kind("BY-ND", "CC BY-ND 3.0", f"{_CC}/by-nd/3.0/", "refused", "permitted", (_ND,), (_FOR_CHANGE,))
GPL = Kind(
    "GPL",
    "GPL-2.0-only",
    "GPL-2.0-only",
    "refused",
    "refused",
    (_SA, _GPL),
    ("accepting source-code (--accept source-code)", _SHARE),
)
RESERVED = Kind("reserved", "reserved", "", "refused", "refused", (_RESERVED,), ("a grant from the holder",))
SILENT = Kind("silent", "", "", "unknown", "unknown", (_SILENCE,), ("a licence or a grant from the holder",))
KINDS = (BY, SA, NC, NC_SA, NC_ND, ND, GPL, CC0, RESERVED, SILENT)


def digest(*parts: object) -> str:
    """Return a SHA-256 that stands for some bytes."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def sample_head(**other: object) -> Head:
    """Return what a look-alike manifest is of."""
    facts: dict[str, object] = {
        "licet": "0.1.0",
        "corpus": "Harbour Sessions",
        "act": "train-generative",
        "purpose": "commercial",
        "territories": ("EU", "US"),
        "day": "2026-11-22",
        "reading": STRICT,
        "accepts": ("attribution", "notice"),
        "policy": "house 2026.11.1",
        "policy_sha256": digest("policy"),
        "catalogue": digest("catalogue"),
        "index": digest("index"),
    }
    return Head(**{**facts, **other})  # type: ignore[arg-type]  # facts of several types, each the field's own


def sample_lines() -> tuple[Line, ...]:
    """Return some sixty lines: every kind of licence, mislabelled, doubtful, broken, partial and hostile items."""
    lines = [_plain(number) for number in range(40)]
    lines += [_hostile(number, title) for number, title in enumerate(HOSTILE_TITLES)]
    lines += [
        laundered("mislabelled/harbour lights.ogg", "disagreement"),
        laundered("mislabelled/swap.flac", "contradicted"),
    ]
    lines += [_broken("broken/empty.mp3", "empty", "it holds no bytes", "remove it, or fetch it again")]
    lines += [
        _broken("broken/notes \\x0a two lines.mp3", "not-audio", "it is text, not audio", "remove it from the corpus")
    ]
    lines += [_broken("broken/a folder/private.wav", "unreadable", "it cannot be read: Permission denied", "")]
    lines += [_partial("partial/cut short.mp3"), _doubtful("doubtful/maybe.opus"), _listed_twice(1), _listed_twice(7)]
    return tuple(sorted(lines, key=lambda line: (line.item, line.row)))


def write_sample(folder: Path, lines: Iterable[Line] | None = None, **head: object) -> Path:
    """Write a look-alike manifest into `folder`."""
    with writing(folder, sample_head(**head)) as manifest:
        for line in sample_lines() if lines is None else lines:
            manifest.add(Written.of(line))
    return folder


def many_lines(number: int) -> Iterator[Line]:
    """Yield so many lines of a list of identifiers: four in five say nothing, the rest are licensed."""
    for at in range(number):
        key = f"jamendo:{at:08d}"
        kind = KINDS[at // 5 % 7] if at % 5 == 0 else SILENT
        yield line_of(key, kind, key=key, row=at + 1, title=f"Tune {at}", artist=f"Band {at % 900}")


def line_of(item: str, kind: Kind, *, key: str, **other: object) -> Line:
    """Return the line of an item whose recording `key` is on record under a licence of `kind`."""
    statement = said("catalogue", kind, about=key)
    evidence = (statement.evidence if kind.key else digest("line", item),)
    facts: dict[str, object] = {
        "item": item,
        "verdict": kind.strict,
        "contested": kind.strict != kind.guidance or any(rule[3] == "contested" for rule in kind.rules),
        "readings": (ReadingLine(STRICT, kind.strict), ReadingLine(GUIDANCE, kind.guidance)),
        "reasons": (*reasons(kind, STRICT, evidence, key), *reasons(kind, GUIDANCE, evidence, key)),
        "conditions": tuple(ConditionLine(name, "now", name != "share-alike", f"Keep {name}.") for name in kind.asks),
        "changes": kind.changes,
        "recordings": (key,),
        "identified_by": "listed",
        "licence": kind.name,
        "licence_keys": (kind.key,) if kind.key else (),
        "family": kind.family,
        "source": "mtg-jamendo" if kind.key else "",
        "pages": (f"https://example.org/track/{key.removeprefix('jamendo:')}",),
        "statements": (statement,) if kind.family != "silent" else (),
    }
    facts |= other
    if facts["verdict"] == "permitted" and "attribution" in kind.asks:
        title, artist = facts.get("title") or item, facts.get("artist") or "unknown maker"
        facts["attribution"] = f"{title} by {artist} — {kind.name} <https{kind.key.removeprefix('http')}>"
    return Line(**facts)  # type: ignore[arg-type]  # as above


def said(voice: str, kind: Kind, about: str = "") -> StatementLine:
    """Return a statement of a licence of `kind`."""
    on_record = voice == "catalogue"
    name = digest(voice, kind.name, about)
    return StatementLine(
        voice=voice,
        source="mtg-jamendo" if on_record else "tag TCOP",
        statement=f"Available under a {kind.name} license: {kind.key}" if kind.key else "© 2011. All rights reserved.",
        licence=kind.name,
        stance="licensed" if kind.key else "reserved",
        about=about,
        where="audio_licenses.txt, bytes 4711–4911" if on_record else "harbour lights.ogg",
        captured=_CAPTURED,
        evidence=name,
        blob=digest("blob"),
        start=4711,
        length=200,
    )


def reasons(kind: Kind, reading: str, evidence: tuple[str, ...], about: str) -> tuple[ReasonLine, ...]:
    """Return the reasons of a licence of `kind` under one reading."""
    verdict = kind.strict if reading == STRICT else kind.guidance
    rules = kind.rules if verdict == kind.strict else (_LICENSED,)
    name = f" ({kind.name})" if kind.name and rules[0][0] != "reserved" else ""
    return tuple(
        ReasonLine((reading,), rule, verdict, f"{says}{name}", evidence, cites, status, about)
        for rule, says, cites, status in rules
    )


def _plain(number: int) -> Line:
    kind = KINDS[number % len(KINDS)]
    return line_of(
        f"album {number % 4 + 1}/{number:02d} tune.mp3",
        kind,
        key=f"jamendo:{200 + number}",
        title=f"Tune No. {number}",
        artist=("Maris Quay", "The Slow Ferries", "Odile & Rémi", "")[number % 4],
        album=f"Harbour {number % 4 + 1}",
        holders=(("Maris Quay", "Quay Records"), ("The Slow Ferries",), (), ())[number % 4],
        identified_by=("fingerprint", "file-digest", "pcm-digest", "fingerprint")[number % 4],
        confidence=0.9991 if number % 2 else 1.0,
        matches=(_match(f"jamendo:{200 + number}"),),
        sha256=digest("file", number),
        pcm_sha256=digest("pcm", number),
        size=3_141_592 + number,
        duration_s=181.5 + number,
        codec="mp3",
        sample_rate_hz=44_100,
        channels=2,
        hints=("a tag names isrc:FRX761100012, on record as jamendo:9",) if number == 3 else (),
    )


def _hostile(number: int, title: str) -> Line:
    return line_of(
        f"hostile/{number} {title[:40]!a}.mp3",
        BY,
        key=f"jamendo:{900 + number}",
        title=title,
        artist=title[::-1],
        pages=("javascript:alert(3)", f"https://example.org/{title[:40]}"),
    )


def laundered(item: str, rule: str) -> Line:
    """Return the line of an item whose own word and whose sound do not agree."""
    line = line_of(
        item, BY, key="jamendo:1214", title="Harbour Lights", artist="Maris Quay", identified_by="fingerprint"
    )
    mine, theirs = said("corpus", BY), said("catalogue", NC_ND, "jamendo:1214")
    says = (
        "The file's own statement and the terms of the recording that it was found to be do not agree: "
        "the file says CC BY 3.0, the record says CC BY-NC-ND 2.5."
        if rule == "disagreement"
        else "It is said to be one recording, and its sound says another. The list says jamendo:7; it is jamendo:1214."
    )
    reason = ReasonLine(
        (STRICT, GUIDANCE),
        rule,
        "refused",
        says,
        (mine.evidence, theirs.evidence),
        "Laws that never bend, 2",
        "settled",
    )
    return replace(
        line,
        verdict="refused",
        readings=(ReadingLine(STRICT, "refused"), ReadingLine(GUIDANCE, "refused")),
        reasons=(
            reason,
            *reasons(NC_ND, STRICT, (theirs.evidence,), "jamendo:1214"),
        ),
        changes=("the holder's word on which statement is right", _FOR_MONEY),
        statements=(theirs, mine),
        family="BY-NC-ND",
        licence="CC BY-NC-ND 2.5",
        confidence=0.999987,
        matches=(_match("jamendo:1214", offset=62.5, speed=1.02),),
        attribution="",
    )


def _match(recording: str, offset: float = 0.0, speed: float = 1.0) -> MatchLine:
    return MatchLine(
        recording,
        f"catalogue/{recording[8:]}.mp3",
        0.4,
        30.1,
        offset,
        offset + 29.7 * speed,
        speed,
        1.0,
        1_204,
        0.999987,
    )


def _broken(item: str, code: str, message: str, mend: str) -> Line:
    return Line(item=item, verdict="error", error=Trouble(code, message, mend), size=0)


def _partial(item: str) -> Line:
    line = line_of(item, SA, key="jamendo:77", title="Cut Short", artist="The Slow Ferries")
    return replace(line, partial=True, duration_s=12.25, notes=("decoding stopped at 0:12: damaged frame",))


def _doubtful(item: str) -> Line:
    reason = ReasonLine(
        (STRICT, GUIDANCE),
        "doubtful",
        "unknown",
        "It may be a recording on record, but not surely enough to say so. A person must listen. "
        "It sounds like jamendo:5 with a probability of 0.71.",
        (digest("doubt"),),
        "Laws that never bend, 6",
        "settled",
    )
    return Line(
        item=item,
        verdict="unknown",
        readings=(ReadingLine(STRICT, "unknown"), ReadingLine(GUIDANCE, "unknown")),
        reasons=(reason,),
        changes=("a person who listens and settles what it is",),
        family="silent",
    )


def _listed_twice(row: int) -> Line:
    return line_of("jamendo:214", BY, key="jamendo:214", row=row, title="Intro chiante", artist="David TMX")
