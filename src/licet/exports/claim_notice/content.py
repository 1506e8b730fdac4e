"""What a notice says, in order, as plain blocks: the page and the document are both made of these.

It says what was found, and how sure that is; what the claimant was on record to hold; what was said of it at the time;
what is asked, and by when. It does not say that anything was trained on anything, and says that it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from textwrap import wrap
from typing import TYPE_CHECKING

from licet.corpus.wording import LONGEST, clock, day_in_words, moment, number, probability
from licet.registry.claims import Ask, What

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from licet.corpus import StatementLine
    from licet.exports.claim_notice.dossier import Dossier, Exhibit, Kept, Shown
    from licet.registry.claims import Found, Step

NO_PROOF = (
    "A finding is no proof of training. That a recording was found in a corpus, an output or a disclosure says what "
    "was there to be found, how sure that is, and no more."
)
NO_ADVICE = "This notice was written by a program from what is on record. It informs, and is no legal advice."
_HOUSE_DAYS = "The days are this house’s defaults, or the claimant’s own choice. They are set by no law."
_ASKED = {
    Ask.TELL: "Tell what was done with the recordings.",
    Ask.REMOVE: "Remove the recordings.",
    Ask.LICENSE: "License the use of the recordings.",
    Ask.PAY: "Pay for the use that was made of the recordings.",
    Ask.CREDIT: "Credit the makers of the recordings.",
}
_AGAINST = {What.CORPUS: "the corpus", What.OUTPUT: "an output of", What.MODEL: "the model"}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; a `strong` one is for all to see, a `quoted` one in somebody's own words."""

    says: str
    strong: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels, and what is known under each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the pack, and what it shows."""

    file: str
    caption: str


Block = Text | Facts | Table | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: its title, its first lines, its sections."""

    title: str
    subtitle: str
    day: str  # YYYY-MM-DD
    licet: str
    sections: tuple[Section, ...]


def notice_of(dossier: Dossier) -> Notice:
    """Return what a notice says."""
    claim = dossier.claim
    count = len(claim.recordings)
    subtitle = (
        f"{dossier.claimant.name} to {claim.respondent.name}: {number(count)} recording{'s' * (count != 1)} "
        f"and {_AGAINST[claim.against.what]} {claim.against.name}"
    )
    return Notice(
        title="Notice of claim",
        subtitle=subtitle,
        day=dossier.as_of.astimezone(UTC).date().isoformat(),
        licet=dossier.licet,
        sections=(
            Section("The claim", tuple(_claim(dossier))),
            Section("What is asked, and by when", tuple(_asked(dossier))),
            Section("What was found", (Text(NO_PROOF, strong=True), *_found_nothing(dossier))),
            *_exhibits(dossier),
            Section("What the makers say themselves", tuple(_disclosed(dossier))),
            Section("What the claimant was on record to hold", tuple(_held(dossier))),
            Section("How the claim stands", tuple(_stands(dossier))),
            Section("How to check this pack", tuple(_checking(dossier))),
        ),
    )


def _claim(dossier: Dossier) -> Iterator[Block]:
    claim, claimant = dossier.claim, dossier.claimant
    proof = f" ({claimant.proof})" if claimant.proof else ""
    respondent = claim.respondent.name + (f", on record as {claim.respondent.party}" if claim.respondent.party else "")
    yield Facts(
        (
            ("Claimant", f"{claimant.name}, on record as {claimant.id}; control: {claimant.control}{proof}"),
            ("Respondent", respondent),
            ("Concerns", f"{_AGAINST[claim.against.what]} {claim.against.name}"),
            ("Made", f"{_moment(claim.moment)}, entered by {claim.actor}"),
            ("Claim", claim.id),
            ("In the log", _logged(dossier, claim.id)),
        )
    )
    rows = tuple((key, dossier.titles.get(key, "not on record")) for key in claim.recordings)
    yield Table(("Recording", "Title and artist, as on record"), rows)
    yield from _quoted(claim.words)


def _asked(dossier: Dossier) -> Iterator[Block]:
    claim, due = dossier.claim, {one.what: one for one in dossier.standing.due}
    yield from (Text(_ASKED[one]) for one in claim.asks)
    rows = []
    for what, days in (("acknowledgement", claim.days.acknowledge), ("answer", claim.days.answer)):
        if what in due:
            late = ": overdue" if due[what].overdue else ""
            rows.append((what.capitalize(), f"within {days} days, by {day_in_words(due[what].by.isoformat())}{late}"))
        else:
            rows.append((what.capitalize(), f"within {days} days; nothing is awaited now"))
    yield Facts(tuple(rows))
    yield Text(_HOUSE_DAYS)


def _found_nothing(dossier: Dossier) -> tuple[Block, ...]:
    none = "The claim rests on disclosures alone: nothing was heard."
    return () if dossier.exhibits else (Text(none),)


def _exhibits(dossier: Dossier) -> Iterator[Section]:
    for place, exhibit in enumerate(dossier.exhibits, 1):
        yield Section(f"{place}. {exhibit.label} {exhibit.name}", tuple(_exhibit(exhibit)), depth=2)


def _exhibit(exhibit: Exhibit) -> Iterator[Block]:
    yield Facts((*exhibit.facts, ("SHA-256 of the file", exhibit.sha256 or "not known"), *_receipt(exhibit.receipt)))
    for shown in exhibit.shown:
        yield from _shown(shown)
    yield from map(Text, exhibit.notes)
    if exhibit.terms:
        yield Text("What was said of it when it was decided on:")
        rows = tuple(
            (_source(line), _statement(line), moment(line.captured), _kept(kept)) for line, kept in exhibit.terms
        )
        yield Table(("Source", "Statement", "Captured", "Evidence"), rows)


def _shown(shown: Shown) -> Iterator[Block]:
    if shown.picture:
        yield Picture(shown.picture, _caption(shown.found))
    yield Facts(tuple(_measures(shown.found)))
    yield from map(Text, shown.notes)


def _caption(found: Found) -> str:
    return (
        f"Left: the file. Right: {found.recording}. Time runs to the right, pitch upwards; the darker, the louder. "
        "Both are drawn as wide as each other: what is the same sound stands at the same place."
    )


def _measures(found: Found) -> Iterator[tuple[str, str]]:
    yield "Recording", found.recording
    yield "In the file", f"{_span(found.query_start_ms, found.query_end_ms)} (minutes and seconds)"
    yield "In the recording", _span(found.reference_start_ms, found.reference_end_ms)
    yield "How changed", f"speed {_changed(found.time_factor)}, pitch {_changed(found.frequency_factor)}"
    peaks = f"{number(found.aligned_peaks)} peaks of both spectra meet"
    sure = probability(min(float(found.probability), 0.9999))  # never certainty
    yield "How sure", f"probability {sure}, as the method itself estimates it; {peaks}"


def _disclosed(dossier: Dossier) -> Iterator[Block]:
    if not dossier.disclosures:
        yield Text("The claim rests on no disclosure.")
    for disclosed, kept in dossier.disclosures:
        yield from _quoted(disclosed.words)
        yield Facts(
            (
                ("Read at", f"{disclosed.url}, on {day_in_words(disclosed.read)}"),
                ("Evidence", f"{_kept(kept)}; SHA-256 {disclosed.evidence}"),
            )
        )


def _held(dossier: Dossier) -> Iterator[Block]:
    yield Text(f"As the registry had it on {_moment(dossier.claim.moment)}.")
    rows = tuple(
        (one.recording, one.right, "not stated" if one.share is None else str(one.share), one.control)
        for one in dossier.held
    )
    yield Table(("Recording", "Right", "Share", "Proof of control"), rows)
    if not dossier.spoken:
        yield Text("The claimant had put no statement on record about them.")
        return
    yield Text("What the claimant had put on record about them by then:")
    said = tuple(
        (one.kind, moment(one.at), one.says, "yes" if one.signed else "no", _kept(one.kept)) for one in dossier.spoken
    )
    yield Table(("Statement", "Made", "Of what", "Signed", "Evidence"), said)


def _stands(dossier: Dossier) -> Iterator[Block]:
    standing = dossier.standing
    yield Text(f"On {_moment(dossier.as_of)} the claim is {standing.state}, since {_moment(standing.since)}.")
    said = [(one, _step(one)) for one in standing.taken]
    said += [(one, f"{_step(one)}. Void: {why}") for one, why in standing.void]
    rows = tuple((_moment(one.moment), one.party, says, _logged(dossier, one.id)) for one, says in said)
    yield Table(("When", "Who", "What", "In the log"), rows) if rows else Text("No step was taken yet.")
    for one, _ in said:
        if one.words.strip():
            yield Text(f"{one.kind.capitalize()}, {_moment(one.moment)}: what {one.party} said with it:")
            yield from _quoted(one.words)


def _checking(dossier: Dossier) -> Iterator[Block]:
    yield Text(
        "bundle.json holds the SHA-256 of every file of this pack, signed with the key of the log "
        f"{dossier.origin} (in-toto statement in a DSSE envelope, Ed25519). With the log’s public key: "
        "licet claim verify FOLDER --known log.key.pub"
    )
    yield Text("The SHA-256 of claim.json is the id of the claim, which the log holds with its time.")
    yield Text(NO_ADVICE)


def _quoted(words: str) -> Iterator[Text]:
    """Quote a text whole: a paragraph for each of its lines, none longer than a page shows."""
    for line in words.splitlines():
        yield from (Text(part, quoted=True) for part in wrap(line, LONGEST))


def _receipt(kept: Kept) -> tuple[tuple[str, str], ...]:
    return (("Receipt", _kept(kept)),) if kept.file or kept.trouble else ()


def _source(line: StatementLine) -> str:
    return f"{line.source}, of {line.about}" if line.about else line.source


def _statement(line: StatementLine) -> str:
    statement, means = line.statement or "silent", line.licence or line.stance
    return statement if means in statement else f"{statement} ({means})"


def _kept(kept: Kept) -> str:
    return kept.file or f"not in this pack: {kept.trouble}"


def _step(step: Step) -> str:
    came = [str(one) for one in (step.answer, step.remedy) if one is not None]
    came += [f"by entry {step.place} of the log"] if step.place is not None else []
    came += [f"by the grant {step.grant}"] if step.grant is not None else []
    return f"{step.kind}{': ' + ', '.join(came) if came else ''}"


def _logged(dossier: Dossier, name: str) -> str:
    place = dossier.places.get(name)
    return "not yet" if place is None else f"entry {place} of {dossier.origin}"


def _moment(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"{day_in_words(utc.date().isoformat())}, {utc:%H:%M:%S} UTC"


def _span(start_ms: int, end_ms: int) -> str:
    return f"{clock(start_ms / 1000)} to {clock(end_ms / 1000)}"


def _changed(factor: str) -> str:
    percent = 100 * (float(factor) - 1)
    return "unchanged" if abs(percent) < 0.05 else f"{percent:+.1f} %".replace("-", "−")
