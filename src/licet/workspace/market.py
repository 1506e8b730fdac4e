"""The market of a workspace: quotes for what a manifest refuses, and agreements.

A quote is accepted in this order:

1. One that was accepted already stays agreed, and nothing new is said.
2. It has not expired, and quoting the same manifest again, by the offers that were there when it was made, says the
   same of what is to be paid for what: offers that were taken back, holders who changed, a price that somebody edited,
   all come to something else.
3. The acceptances and the grants are said at once, with what their parties are told, unless somebody said something
   meanwhile: then from 1 again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from licet.corpus.manifest import JSONL_NAME
from licet.digests import sha256_file
from licet.errors import LogError, ManifestError, OvertakenError, UsageError
from licet.registry.agreeing import acceptance, dues, grants, of_agreement, words_of
from licet.registry.quotes import AGREEMENT_TYPE, Agreed, Agreement
from licet.registry.statements import Kind, Statement, moment
from licet.registry.terms import Asker
from licet.transparency import sealed
from licet.workspace.quoting import Quoter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from licet.policy import Policy
    from licet.registry.quotes import Quote
    from licet.transparency import Envelope, Signer
    from licet.workspace.desk import Desk
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

TRIES = 5  # where others speak at the same time


@dataclass(frozen=True, slots=True)
class Market:
    """Where what is offered is quoted and accepted."""

    folder: Path  # of the workspace's manifests
    record: WorkspaceRecord
    policy: Policy
    desk: Desk
    book: ReceiptBook

    def quote(self, manifest: Path, asker: Asker, at: datetime, *, runs: int = 1, models: int = 1) -> Quote:
        """Return what it costs to license what a manifest refuses.

        Args:
            manifest: its folder.
            asker: a party on record, and the model it asks for; "" where that is open.
            at: now, aware. It is decided for this day.
            runs: training runs to pay for.
            models: models to pay for.

        Raises:
            ManifestError: there is no manifest, or it is damaged.
            UsageError: nobody is called what the asker is.
        """
        self.desk.known(asker.party, at)
        return Quoter(self.record, self.policy, manifest, asker, at, at, runs, models)()

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
            key: the party's own: with it, the acceptances count as signed.
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
        for _ in range(TRIES - 1):
            with suppress(OvertakenError):
                return self._agreed(quote, at, actor, signed=key is not None, manifest=manifest)
        return self._agreed(quote, at, actor, signed=key is not None, manifest=manifest)

    def receipt(self, agreement: Agreement, key: Signer | None = None) -> Envelope:
        """Return an agreement signed by the log's key, and by whoever accepted, with `key`.

        Raises:
            LogError: there is no key.
        """
        return sealed(AGREEMENT_TYPE, agreement.encoded(), [self.book.signer(), *([] if key is None else [key])])

    def _agreed(self, quote: Quote, at: datetime, actor: str, *, signed: bool, manifest: Path | None) -> Agreement:
        """Agree, unless it was agreed already (steps 1 to 3)."""
        count = self.desk.store.count()
        said = self._accepted(quote)
        if not said:
            self._holds(quote, at, manifest)
            said = [acceptance(line, quote, at.isoformat(), actor) for line in quote.lines]
            granted = self._grants(quote, said)
            watching = self.desk.store.watching({quote.party, *(line.party for line in quote.lines)}, as_of=at)
            notices = of_agreement(quote, [*said, *granted], watching, self.book.log().head.origin, at)
            self.desk.agree(said, granted, notices, signed=signed, after=count)
        return self._agreement(quote, said)

    def _accepted(self, quote: Quote) -> list[Statement]:
        """Return the acceptances that were made of a quote, in the order of its lines; none if it was not accepted."""
        answers = (one.statement for one in self.desk.store.answers([line.offer for line in quote.lines]))
        words = words_of(quote)
        found = {
            one.of: one
            for one in answers
            if one.kind is Kind.ACCEPTANCE and one.party == quote.party and one.words == words
        }
        return [found[line.offer] for line in quote.lines if line.offer in found]

    def _holds(self, quote: Quote, at: datetime, manifest: Path | None) -> None:
        """Refuse a quote that no longer holds (step 2)."""
        if at.date() > date.fromisoformat(quote.valid_until):
            raise UsageError(f"valid_until: the quote was valid until {quote.valid_until}", mend="ask for another")
        folder = self._manifest(quote.manifest) if manifest is None else manifest
        asker, made = Asker(quote.party, quote.model), moment(quote.at, "at")
        now = Quoter(self.record, self.policy, folder, asker, at, made, quote.runs, quote.models)()
        if now.manifest != quote.manifest:
            raise ManifestError(f"{folder} is not the manifest that was quoted", mend="ask for another quote")
        if not quote.same_terms(now):
            raise UsageError("the quote no longer holds: something else is to be paid by now", mend="ask for another")

    def _grants(self, quote: Quote, said: list[Statement]) -> list[Statement]:
        taker, found = Asker(quote.party, quote.model), list[Statement]()
        for line, one in zip(quote.lines, said, strict=True):
            offer = self.desk.store.statement(line.offer)
            assert offer is not None
            found += grants(line, taker, offer.statement, one.id, one.at, one.actor)
        return found

    def _agreement(self, quote: Quote, said: list[Statement]) -> Agreement:
        granted = self._grants(quote, said)
        places = self.desk.store.places([one.id for one in (*said, *granted)])
        prices = {line.offer: line.price for line in quote.lines}

        def agreed(one: Statement) -> Agreed:
            of, price = (one.of, prices[one.of]) if one.of else (one.under, one.price)
            return Agreed(id=one.id, place=places[one.id], party=one.party, of=of, price=price)

        return Agreement(
            quote=quote.id,
            manifest=quote.manifest,
            party=quote.party,
            model=quote.model,
            at=said[0].at,
            log=self.book.log().head.origin,
            acceptances=tuple(map(agreed, said)),
            grants=tuple(map(agreed, granted)),
            totals=quote.totals,
            due=dues(quote.lines),
        )

    def _manifest(self, digest: str) -> Path:
        """Return the folder of the workspace's manifest with that digest."""
        for path in sorted((*self.folder.glob(f"*/{JSONL_NAME}"), *self.book.folder.glob(f"sealed/*/{JSONL_NAME}"))):
            if sha256_file(path) == digest:
                return path.parent
        raise ManifestError("the manifest that was quoted is not in this workspace", mend="name it: --manifest")
