"""The desk of the registry: who speaks is put on record; what they say is checked, kept, heard and logged.

A statement is made in this order:

1. Its party is known, and holds something in what it speaks of. Of its own statements alone it says that they no longer
   hold. Where it is signed, one of the party's keys signed it.
2. Its text is kept as evidence.
3. It is committed: every decision after that hears it.
4. It is logged: its digest and its time, and nothing of what it says. Whoever comes first logs for all who wait.

A kill after 3 leaves a statement that is heard and not logged yet; whoever makes the next one logs it, once.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from licet.errors import UsageError
from licet.registry.challenge import answered, challenge_line
from licet.registry.parties import signed_statement
from licet.registry.statements import Kind, Reach
from licet.registry.terms import Control, Holding
from licet.registry.watching import of_statement
from licet.transparency import Statement as Entry
from licet.transparency import Subject, Verifier
from licet.workspace.logging_entries import log_unlogged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from licet.catalog.store import CatalogStore
    from licet.registry.listing import Listed
    from licet.registry.outbox import Message
    from licet.registry.parties import Party
    from licet.registry.statements import Statement
    from licet.registry.store import RegistryStore
    from licet.terms import EvidenceStore
    from licet.terms.gathering import Fetched
    from licet.transparency import Envelope
    from licet.workspace.receipts import ReceiptBook

LOGGED_TYPE = "urn:licet:statement:v1"
LINES_AT_ONCE = 400


class Desk:
    """The registry of a workspace: its `store`, the `evidence` and the log of its receipts."""

    def __init__(
        self, store: RegistryStore, catalogue: CatalogStore, evidence: EvidenceStore, book: ReceiptBook
    ) -> None:
        self.store = store
        self._catalogue = catalogue
        self._evidence = evidence
        self._book = book

    def introduce(self, party: Party, at: datetime) -> None:
        """Put on record who a party is; what was on record of it before gives way from `at` on.

        Raises:
            LogError: one of its keys is none.
        """
        for key in party.keys:
            Verifier.parse(key)
        self.store.add_party(party, at)

    def challenge(self, party: str, at: datetime) -> str:
        """Return the line by which a site proves that `party` controls it.

        Raises:
            UsageError: nobody is called that.
            LogError: there is no log.
        """
        self.known(party, at)
        return challenge_line(self._book.log().head.origin, party)

    def confirm(self, party: str, fetched: Fetched, at: datetime) -> Party:
        """Put on record that a party's site answered the challenge; the answer is kept as evidence.

        Raises:
            UsageError: it did not. The message says why.
            LogError: there is no log.
        """
        line, known = self.challenge(party, at), self.known(party, at)
        wrong = answered(fetched, line)
        if wrong:
            mend = f"put this line into {fetched.response.url}: {line}"
            raise UsageError(f"{party} is not confirmed: {wrong}", mend=mend)
        self._evidence.put_bytes(fetched.body)
        proof = f"{fetched.response.url} answered on {at.date().isoformat()} (SHA-256 {fetched.response.body})"
        confirmed = replace(known, control=max(known.control, Control.ACCOUNT), proof=proof)
        self.introduce(confirmed, at)
        return confirmed

    def register(self, by: str, holdings: Iterable[tuple[str, Holding]], at: datetime) -> int:
        """Put on record what parties hold in recordings, as `by` says; return how many holdings.

        Raises:
            UsageError: nobody knows `by`, or a share makes no sense.
        """
        self.known(by, at)
        return self.store.hold(by, holdings, at)

    def register_listed(self, by: str, listed: Iterable[Listed], at: datetime) -> int:
        """Put on record what a list says that parties hold, as `by` says; return how many holdings.

        Raises:
            UsageError: nobody knows `by` or a holder, or a recording is not on record.
            SourceError: the list cannot be read. Nothing of it counts then.
        """
        return self.register(by, self._checked(listed, at), at)

    def _checked(self, listed: Iterable[Listed], at: datetime) -> Iterator[tuple[str, Holding]]:
        """Yield the holdings of a list, of which those who hold and what they hold are known."""
        lines = iter(listed)
        while some := list(islice(lines, LINES_AT_ONCE)):
            holders = self.store.parties({line.holder for line in some}, as_of=at)
            known = self._catalogue.known([line.recording for line in some])
            for line in some:
                if line.holder not in holders:
                    raise UsageError(f"nobody here is called {line.holder!r}", mend="introduce it: licet party add")
                if line.recording not in known:
                    raise UsageError(f"{line.recording} is not on record", mend="put it on record first: licet add")
                yield line.recording, Holding(line.holder, holders[line.holder].name, line.right, line.share)

    def say(self, statement: Statement) -> int:
        """Make a statement for a party that was let in by other means than its key; return its place in the log.

        Raises:
            UsageError: the party may not say that.
            LogError: there is no log.
        """
        return self._said([statement], signed=False)[statement.id]

    def say_all(self, statements: Sequence[Statement]) -> dict[str, int]:
        """Make several statements at once: all of them, or none. Return their places in the log.

        Raises:
            UsageError: a party may not say that.
            LogError: there is no log.
        """
        return self._said(statements, signed=False)

    def hear(self, party: str, envelope: Envelope, at: datetime) -> tuple[Statement, int]:
        """Make the statement that a party signed; return it and its place in the log.

        Raises:
            LogError: no key of the party's signed it, or there is no log.
            UsageError: the party may not say that.
        """
        keys = tuple(map(Verifier.parse, self.known(party, at).keys))
        statement = signed_statement(envelope, keys)
        if statement.party != party:
            raise UsageError(f"{party} signed what {statement.party} should say", mend="sign your own statements")
        return statement, self._said([statement], signed=True)[statement.id]

    def _said(self, statements: Sequence[Statement], *, signed: bool) -> dict[str, int]:
        self._book.signer()  # no statement without a log
        for statement in statements:
            self._may_say(statement)  # step 1
        with self._evidence.batch():
            for statement in statements:
                self._evidence.put_bytes(statement.encoded())  # step 2
        self.store.say([(statement, signed) for statement in statements], self._notices(statements))  # step 3
        self._log()  # step 4
        return self.store.places([statement.id for statement in statements])

    def _notices(self, statements: Sequence[Statement]) -> Iterator[Message]:
        """Yield what those hear whose statements these are about."""
        for statement in statements:
            about = list(self.store.chain(statement))
            parties = {one.statement.party for one in about}
            yield from of_statement(statement, about, self.store.watching(parties, as_of=statement.moment))

    def _may_say(self, statement: Statement) -> None:
        """Refuse what a party may not say (step 1)."""
        party = self.known(statement.party, statement.moment)
        if statement.kind is Kind.REVOCATION:
            known = self.store.statement(statement.of)
            if known is not None and known.statement.party != party.id:
                raise UsageError(f"of: {statement.of} is {known.statement.party}'s", mend="dispute it")
        if statement.exclusive and not (statement.grantees or statement.models):
            raise UsageError("exclusive: to whom it is is not said", mend="name its grantees, or its models")
        recordings = [one.name for one in statement.subjects if one.reach is Reach.RECORDING]
        held = self.store.holdings(recordings, as_of=statement.moment)
        for name in recordings:
            if party.id not in {one.party for one in held.get(name, ())}:
                raise UsageError(
                    f"subjects: {party.id} is not on record to hold anything in {name}", mend="register it"
                )
        if statement.subjects and not self.store.holds(party.id):
            raise UsageError(f"subjects: {party.id} is not on record to hold anything", mend="register a recording")

    def known(self, name: str, at: datetime) -> Party:
        """Return a party that is on record.

        Raises:
            UsageError: nobody is called that.
        """
        party = self.store.parties([name], as_of=at).get(name)
        if party is None:
            raise UsageError(f"nobody here is called {name!r}", mend="introduce it: licet party add")
        return party

    def _log(self) -> None:
        """Log what is committed and not logged yet, whoever committed it (step 4)."""
        log_unlogged(self.store, self._book, self._entry)

    def _entry(self, name: str) -> bytes:
        said = self.store.statement(name)
        assert said is not None
        return Entry(
            (Subject("statement", {"sha256": name}),), LOGGED_TYPE, {"at": said.statement.at, "signed": said.signed}
        ).encoded()
