"""What a party that watches is told, in words and as facts: of its statements, and of its recordings.

Nothing here says more than is known: that a recording was *found* in a corpus that somebody cleared, for a use, with
what verdict. That is no proof of training, and the message says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from licet.registry.outbox.messages import Address, Message, message_key
from licet.registry.statements import Kind
from licet.registry.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from licet.registry.statements import Statement
    from licet.registry.terms import Said

FOUND_NAMED = 200  # recordings that a message names; the others it counts
ITEMS_NAMED = 100  # of receipts that were superseded
_WORDS_SHOWN = 500  # characters: all that is named fits into a message
_SUPERSEDED = "receipt.superseded"
_KINDS = {Kind.DISPUTE: "statement.disputed", Kind.SETTLEMENT: "dispute.settled"}


@dataclass(slots=True)
class Finding:
    """What was found of one party's recordings in one clearance."""

    counts: dict[str, int] = field(default_factory=dict)  # items by verdict
    recordings: dict[str, str] = field(default_factory=dict)  # the first of them, each with a verdict

    def add(self, recording: str, verdict: str) -> None:
        """Count an item in which a recording was found."""
        self.counts[verdict] = self.counts.get(verdict, 0) + 1
        if len(self.recordings) < FOUND_NAMED:
            self.recordings.setdefault(recording, verdict)


@dataclass(frozen=True, slots=True)
class Cleared:
    """The clearance that is told of: where it is in the log, and what was asked."""

    corpus: str
    use: str  # in words
    origin: str
    place: int
    manifest: str  # SHA-256


@dataclass(frozen=True, slots=True)
class Read:
    """The training run that is told of, and where the log says what it read."""

    model: str
    run: str
    origin: str
    place: int
    table: str  # SHA-256 of what was read


@dataclass(slots=True)
class Superseded:
    """The receipts of one manifest that were superseded, told to whoever had asked."""

    corpus: str
    use: str  # in words
    origin: str
    place: int  # of the superseding manifest in the log
    because: list[str]
    changes: dict[str, int] = field(default_factory=dict)  # how many, by "permitted → refused"
    items: dict[str, str] = field(default_factory=dict)  # the first of them

    def key(self, to: Address) -> str:
        """Return the key of the message about them, whatever was added."""
        return message_key(_SUPERSEDED, to.text, self.origin, str(self.place))

    def add(self, item: str, before: str, after: str) -> None:
        """Count an item."""
        change = f"{before} → {after}" if before != after else f"still {after}, on other grounds"
        self.changes[change] = self.changes.get(change, 0) + 1
        if len(self.items) < ITEMS_NAMED:
            self.items.setdefault(one_line(item), change)


def of_statement(
    statement: Statement, about: Iterable[Said], watching: Mapping[str, Iterable[Address]]
) -> Iterator[Message]:
    """Yield what those hear whose statement is disputed, or whose dispute is settled; `about` is the chain of them."""
    if statement.kind not in _KINDS:
        return
    kind = _KINDS[statement.kind]
    outcome = "" if statement.kind is Kind.DISPUTE else (" It is upheld." if statement.upheld else " It is dismissed.")
    for party in dict.fromkeys(one.statement.party for one in about):
        subject = f"A statement of yours is {'disputed' if statement.kind is Kind.DISPUTE else 'settled'}"
        words = one_line(statement.words, _WORDS_SHOWN)
        said = f" In their words: {words}" if words else ""
        text = f"{statement.party} made the {statement.kind} {statement.id} of {statement.of}.{outcome}{said}\n"
        facts = {"statement": statement.id, "of": statement.of, "by": statement.party, "upheld": statement.upheld}
        for to in watching.get(party, ()):
            yield Message(message_key(kind, to.text, statement.id), to, kind, subject, text, facts, statement.moment)


def of_finding(cleared: Cleared, party: str, finding: Finding, to: Address, at: datetime) -> Message:
    """Return what a party hears of its recordings in a clearance that its maker chose to tell of."""
    items = sum(finding.counts.values())
    counted = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(finding.counts.items()))
    first = "".join(f"  {recording}: {verdict}\n" for recording, verdict in finding.recordings.items())
    text = (
        f"In a corpus that was cleared to {cleared.use}, recordings that {party} is on record to hold something in "
        f"were found {items:,} time{'s' * (items != 1)}: {counted}.\n\n{first}\n"
        f"The manifest is entry {cleared.place} of {cleared.origin}, SHA-256 {cleared.manifest}.\n"
        "That a recording was found in a corpus is no proof that anything was trained on it.\n"
    )
    facts = {
        "party": party,
        "counts": finding.counts,
        "recordings": finding.recordings,
        "log": {"origin": cleared.origin, "place": cleared.place},
        "manifest": cleared.manifest,
    }
    key = message_key("recording.found", to.text, party, cleared.origin, str(cleared.place))
    return Message(key, to, "recording.found", "Recordings of yours were found in a corpus", text, facts, at)


def of_run(run: Read, party: str, finding: Finding, to: Address, at: datetime) -> Message:
    """Return what a party hears of its recordings that a training run read."""
    count = sum(finding.counts.values())
    first = "".join(f"  {recording}\n" for recording in finding.recordings)
    text = (
        f"The training run {one_line(run.run)}, for the model {one_line(run.model)}, read {count:,} "
        f"recording{'s' * (count != 1)} that {party} is on record to hold something in.\n\n{first}\n"
        f"That is entry {run.place} of {run.origin}; what was read has the SHA-256 {run.table}.\n"
    )
    facts = {
        "party": party,
        "model": run.model,
        "run": run.run,
        "recordings": list(finding.recordings),
        "count": count,
        "log": {"origin": run.origin, "place": run.place},
        "usage": run.table,
    }
    key = message_key("recording.read", to.text, party, run.origin, str(run.place))
    return Message(key, to, "recording.read", "Recordings of yours were read by a training run", text, facts, at)


def of_superseded(news: Superseded, to: Address, at: datetime) -> Message:
    """Return what whoever holds receipts hears when some of them were superseded."""
    counted = "".join(f"  {count:,}: {change}\n" for change, count in sorted(news.changes.items()))
    first = "".join(f"  {item}: {change}\n" for item, change in news.items.items())
    corpus = one_line(news.corpus)
    text = (
        f"Of the clearance of {corpus}, to {news.use}, receipts were opened again because "
        f"{'; '.join(news.because)}. They are superseded:\n\n{counted}\n{first}\n"
        f"What holds now is entry {news.place} of {news.origin}.\n"
    )
    facts = {
        "because": news.because,
        "changes": news.changes,
        "items": news.items,
        "log": {"origin": news.origin, "place": news.place},
    }
    return Message(news.key(to), to, _SUPERSEDED, "Receipts of yours were superseded", text, facts, at)
