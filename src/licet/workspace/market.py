"""The market of a workspace: quotes for what a manifest refuses, and agreements.

A quote is accepted in this order:

1. One of which every acceptance and every grant is on record stays agreed, and nothing new is said. What is agreed is
   what the record has, and not what the quote says.
2. It was made before now and has not expired, and quoting the same manifest again, by the offers that were there when
   it was made, says the same of what is to be paid for what: offers that were taken back, holders who changed, a price
   or a day that somebody edited, all come to something else.
3. The acceptances and the grants are said at once, with what their parties are told, unless somebody said something
   meanwhile: then from 1 again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING

from licet.corpus.manifest import JSONL_NAME
from licet.digests import sha256_file
from licet.errors import LogError, ManifestError, OvertakenError, UsageError
from licet.money import Money
from licet.registry.agreeing import acceptance, dues, grants, of_agreement, words_of
from licet.registry.itemising import as_agreed, totals_of
from licet.registry.quotes import AGREEMENT_TYPE, Agreed, Agreement
from licet.registry.statements import Kind, Statement, moment
from licet.registry.terms import Asker
from licet.transparency import sealed
from licet.workspace.quoting import Quoter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from licet.policy import Policy
    from licet.registry.outbox import Message
    from licet.registry.quotes import Quote, QuotedLine
    from licet.transparency import Envelope, Signer
    from licet.workspace.desk import Desk
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

TRIES = 5  # where others speak at the same time


@dataclass(frozen=True, slots=True)
class _Made:
    """What accepting one line of a quote says: the acceptance of its offer, and the grants under it."""

    offer: Statement
    acceptance: Statement
    grants: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Market:
    """Where what is offered is quoted and accepted."""

    folder: Path  # of the workspace's manifests
    record: WorkspaceRecord
    policy: Policy
    desk: Desk
    book: ReceiptBook

    def quote(self, manifest: Path, asker: Asker, at: datetime, *, runs: int = 1) -> Quote:
        """Return what it costs to license what a manifest refuses.

        Args:
            manifest: its folder.
            asker: a party on record, and the one model it asks for; "" where that is open.
            at: now, aware. It is decided for this day.
            runs: training runs to pay for, 1 to 1,000,000.

        Raises:
            ManifestError: there is no manifest, or it is damaged.
            UsageError: nobody is called what the asker is, its model has no name, or there are no so many runs.
        """
        self.desk.known(asker.party, at)
        return Quoter(self.record, self.policy, manifest, asker, at, at, runs)()

    def accept(
        self,
        quote: Quote,
        party: str,
        at: datetime,
        actor: str,
        key: Signer | None = None,
        manifest: Path | None = None,
    ) -> Agreement:
        """Accept a quote: its offers are accepted, and their parties grant what they offered.

        Args:
            quote: as it was given.
            party: who accepts: for whom it was made.
            at: now, aware.
            actor: who enters it.
            key: the party's own: with it, the acceptances are signed.
            manifest: the manifest that was quoted; without it, it is looked for in the workspace.

        Raises:
            UsageError: it is another's, it has expired or no longer holds, or there is nothing in it to accept.
            ManifestError: the manifest is not there, or is another now.
            LogError: the key is none of the party's, or there is no log.
        """
        if quote.party != party:
            raise UsageError(f"party: the quote is for {quote.party}, and not for {party}", mend="ask for your own")
        if not quote.lines:
            raise UsageError("lines: there is nothing to accept", mend="send the requests that it drafts")
        if key is not None and str(key.verifier) not in self.desk.known(party, at).keys:
            raise LogError(f"the key is none of {party}'s", mend="put it on record: licet party add --key")
        at = at.astimezone(UTC)
        for _ in range(TRIES - 1):
            with suppress(OvertakenError):
                return self._agreed(quote, at, actor, key, manifest)
        return self._agreed(quote, at, actor, key, manifest)

    def receipt(self, agreement: Agreement, key: Signer | None = None) -> Envelope:
        """Return an agreement signed by the log's key, and by whoever accepted, with `key`.

        Raises:
            LogError: there is no key.
        """
        return sealed(AGREEMENT_TYPE, agreement.encoded(), [self.book.signer(), *([] if key is None else [key])])

    def _agreed(self, quote: Quote, at: datetime, actor: str, key: Signer | None, manifest: Path | None) -> Agreement:
        """Agree, unless it was agreed already (steps 1 to 3)."""
        count = self.desk.store.count()
        made = self._on_record(quote)
        notices: Iterable[Message] = ()
        if not made:
            self._holds(quote, at, manifest)
            made = [self._made(line, quote, acceptance(line, quote, at.isoformat(), actor)) for line in quote.lines]
            watching = self.desk.store.watching({quote.party, *(line.party for line in quote.lines)}, as_of=at)
            notices = of_agreement(quote, _said(made), watching, self.book.log().head.origin, at)
        places = self.desk.store.places([one.id for one in _said(made)])
        if len(places) < len(_said(made)):  # not said yet, or said and not logged
            granted = [grant for one in made for grant in one.grants]
            places = self.desk.agree([one.acceptance for one in made], granted, notices, key=key, after=count)
        return self._agreement(quote, made, places)

    def _on_record(self, quote: Quote) -> list[_Made]:
        """Return what is on record of a quote, in the order of its lines (step 1).

        Nothing, if some of it is not on record, or if the record has other amounts than the quote.
        """
        found, ours = list[_Made](), (Kind.ACCEPTANCE, quote.party, words_of(quote))
        answers = [one.statement for one in self.desk.store.answers([line.offer for line in quote.lines])]
        said = [one for one in answers if (one.kind, one.party, one.words) == ours]
        for line in quote.lines:
            for made in (self._made(line, quote, one) for one in said if one.of == line.offer):
                if made.grants and all(self.desk.store.statement(grant.id) for grant in made.grants):
                    found.append(made)
                    break
        lines = tuple(as_agreed(line, one.offer, one.grants) for line, one in zip(quote.lines, found, strict=False))
        amounts = [(line.side, Money.parse(line.price)) for line in lines if line.price]
        once = len({one.offer.id for one in found}) == len(found)
        return found if once and lines == quote.lines and tuple(totals_of(amounts)) == quote.totals else []

    def _made(self, line: QuotedLine, quote: Quote, said: Statement) -> _Made:
        """Return what the acceptance of an offer leads to."""
        offer = self.desk.store.statement(line.offer)
        assert offer is not None
        taker = Asker(quote.party, quote.model)
        return _Made(offer.statement, said, list(grants(line, taker, offer.statement, said.id, said.at, said.actor)))

    def _holds(self, quote: Quote, at: datetime, manifest: Path | None) -> None:
        """Refuse a quote that no longer holds (step 2)."""
        asker, made = Asker(quote.party, quote.model), moment(quote.at, "at")
        if made > at:
            raise UsageError(f"at: the quote is of {quote.at}, which is to come", mend="ask for another")
        if at.date() > date.fromisoformat(quote.valid_until):
            raise UsageError(f"valid_until: the quote was valid until {quote.valid_until}", mend="ask for another")
        folder = self._manifest(quote.manifest) if manifest is None else manifest
        now = Quoter(self.record, self.policy, folder, asker, at, made, quote.runs)()
        if now.manifest != quote.manifest:
            raise ManifestError(f"{folder} is not the manifest that was quoted", mend="ask for another quote")
        if not quote.same_terms(now):
            raise UsageError("the quote no longer holds: something else is to be paid by now", mend="ask for another")

    def _agreement(self, quote: Quote, made: Sequence[_Made], places: Mapping[str, int]) -> Agreement:
        """Return what was agreed. What the quote says of amounts was proved, on record or by quoting again."""
        prices = {line.offer: line.price for line in quote.lines}

        def agreed(one: Statement) -> Agreed:
            of, price = (one.of, prices[one.of]) if one.of else (one.under, one.price)
            return Agreed(id=one.id, place=places[one.id], party=one.party, of=of, price=price)

        return Agreement(
            quote=quote.id,
            manifest=quote.manifest,
            party=quote.party,
            model=quote.model,
            runs=quote.runs,
            at=made[0].acceptance.at,
            log=self.book.log().head.origin,
            acceptances=tuple(agreed(one.acceptance) for one in made),
            grants=tuple(agreed(grant) for one in made for grant in one.grants),
            totals=quote.totals,
            due=dues(quote.lines),
        )

    def _manifest(self, digest: str) -> Path:
        """Return the folder of the workspace's manifest with that digest."""
        for path in sorted((*self.folder.glob(f"*/{JSONL_NAME}"), *self.book.folder.glob(f"sealed/*/{JSONL_NAME}"))):
            if sha256_file(path) == digest:
                return path.parent
        raise ManifestError("the manifest that was quoted is not in this workspace", mend="name it: --manifest")


def _said(made: Iterable[_Made]) -> list[Statement]:
    return [one for each in made for one in (each.acceptance, *each.grants)]
