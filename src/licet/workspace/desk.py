"""The desk of the registry: who speaks is put on record; what they say is checked, kept, heard and logged.

A statement is made in this order:

1. Its party is known, and holds something in what it speaks of. Of its own statements alone it says that they no longer
   hold, and nobody settles a dispute in its own favour. Where it is signed, one of the party's keys signed it, not long
   ago: what is said late binds nothing that was decided before.
2. Its text is kept as evidence, and the envelope that its party signed.
3. It is committed: every decision after that hears it.
4. It is logged: its digest and its time, and nothing of what it says. Whoever comes first logs for all who wait.

A kill after 3 leaves a statement that is heard and not logged yet; whoever makes the next one logs it, once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import islice
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from licet.db import going_ahead
from licet.errors import UsageError
from licet.registry.challenge import answered, challenge_line
from licet.registry.parties import signed_statement
from licet.registry.standing import settled
from licet.registry.statements import SIGNED_TYPE, Kind, Reach
from licet.registry.terms import Control, Holding
from licet.registry.watching import of_statement
from licet.transparency import Statement as Entry
from licet.transparency import Subject, Verifier, sealed
from licet.workspace.logging_entries import log_unlogged

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from licet.catalog.store import CatalogStore
    from licet.registry.listing import Listed
    from licet.registry.outbox import Message
    from licet.registry.parties import Party
    from licet.registry.statements import Statement
    from licet.registry.store import RegistryStore
    from licet.terms import EvidenceStore
    from licet.terms.gathering import Fetched
    from licet.transparency import Envelope, Signer
    from licet.workspace.receipts import ReceiptBook

LOGGED_TYPE = "urn:licet:statement:v1"
LINES_AT_ONCE = 400
LATE, EARLY = timedelta(hours=1), timedelta(minutes=5)  # that a signed statement may come in: clocks differ


class Desk:
    """The registry of a workspace: its `store`, the `evidence` and the log of its receipts."""

    def __init__(
        self,
        store: RegistryStore,
        catalogue: CatalogStore,
        evidence: EvidenceStore,
        book: ReceiptBook,
        arbiters: Collection[str] = (),
    ) -> None:
        self.store = store
        self._catalogue = catalogue
        self._evidence = evidence
        self._book = book
        self._arbiters = frozenset(arbiters)
        self._turn = Lock()  # to log

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
                yield (
                    line.recording,
                    Holding(line.holder, holders[line.holder].name, line.right, line.share, role=line.role),
                )

    def say(self, statement: Statement) -> int:
        """Make a statement for a party that was let in by other means than its key; return its place in the log.

        Raises:
            UsageError: the party may not say that.
            LogError: there is no log.
        """
        return self._said([statement])[statement.id]

    def say_all(self, statements: Sequence[Statement]) -> dict[str, int]:
        """Make several statements at once: all of them, or none. Return their places in the log.

        Raises:
            UsageError: a party may not say that.
            LogError: there is no log.
        """
        return self._said(statements)

    def hear(self, party: str, envelope: Envelope, at: datetime) -> tuple[Statement, int]:
        """Make the statement that a party signed; return it and its place in the log. `at` is now.

        Raises:
            LogError: no key of the party's signed it, or there is no log.
            UsageError: the party may not say that, or not of that time.
        """
        keys = tuple(map(Verifier.parse, self.known(party, at).keys))
        statement = signed_statement(envelope, keys)
        if statement.party != party:
            raise UsageError(f"{party} signed what {statement.party} should say", mend="sign your own statements")
        if not at - LATE <= statement.moment <= at + EARLY:
            raise UsageError(f"at: {statement.at} is not now", mend="word it again, sign it, and send it at once")
        if statement.kind is Kind.SETTLEMENT and statement.party not in self._arbiters:
            self._check_own(statement)
        return statement, self._said([statement], {statement.id: self._kept(envelope)})[statement.id]

    def _kept(self, envelope: Envelope) -> str:
        """Keep what a party signed, for whoever doubts it, and return its SHA-256."""
        return self._evidence.put_bytes(msgspec.json.encode(envelope))

    def _check_own(self, settlement: Statement) -> None:
        """Refuse to let whoever is no arbiter settle what is none of its own."""
        dispute = self.store.statement(settlement.of)
        own = dispute and {
            dispute.statement.party,
            *(one.statement.party for one in self.store.chain(dispute.statement)),
        }
        if own and settlement.party not in own:
            raise UsageError(f"party: {settlement.party} is no arbiter here", mend="name it in licet.toml: arbiters")

    def agree(
        self,
        acceptances: Sequence[Statement],
        grants: Sequence[Statement],
        notices: Iterable[Message],
        *,
        key: Signer | None,
        after: int,
    ) -> dict[str, int]:
        """Make acceptances and the grants that they lead to at once, all or none; return their places in the log.

        Args:
            acceptances: of offers.
            grants: each under one of the acceptances.
            notices: what is told of them, committed with them.
            key: of whoever accepts: with it, the acceptances are signed.
            after: how many statements were on record when it was looked at whether the offers stand.

        Raises:
            OvertakenError: more is on record by now: look again.
            UsageError: a party may not say that.
            LogError: there is no log.
        """
        signed = {
            one.id: self._kept(sealed(SIGNED_TYPE, one.encoded(), [key])) for one in acceptances if key is not None
        }
        return self._made([*acceptances, *grants], notices, after, signed)

    def _said(
        self, statements: Sequence[Statement], envelopes: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, int]:
        for statement in statements:
            if statement.under or statement.kind is Kind.ACCEPTANCE:
                raise UsageError("under: an acceptance and the grants under it are made at once", mend="licet accept")
        return self._made(statements, envelopes=envelopes)

    def _made(
        self,
        statements: Sequence[Statement],
        notices: Iterable[Message] = (),
        after: int | None = None,
        envelopes: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, int]:
        self._book.signer()  # no statement without a log
        with going_ahead(), self.store.in_one_state():
            before: dict[str, Statement] = {}
            for statement in statements:
                self._may_say(statement, before)  # step 1
                before[statement.id] = statement
            told = [*self._notices(statements), *notices]
        with self._evidence.batch():
            for statement in statements:
                self._evidence.put_bytes(statement.encoded())  # step 2
        said = [(one, one.id in envelopes) for one in statements]
        self.store.say(said, told, after=after, envelopes=envelopes)  # step 3
        return self._logged({statement.id for statement in statements})  # step 4

    def _notices(self, statements: Sequence[Statement]) -> Iterator[Message]:
        """Yield what those hear whose statements these are about."""
        for statement in statements:
            about = list(self.store.chain(statement))
            parties = {one.statement.party for one in about}
            yield from of_statement(statement, about, self.store.watching(parties, as_of=statement.moment))

    def _may_say(self, statement: Statement, before: Mapping[str, Statement]) -> None:
        """Refuse what a party may not say, after what is said `before` with it, by id (step 1)."""
        party = self.known(statement.party, statement.moment)
        if statement.of:
            self._may_answer(statement, self._said_before(statement.of, before))
        if statement.under:
            offer = self._said_before(self._said_before(statement.under, before).of, before)
            if offer.party != party.id:
                raise UsageError(f"under: the offer is {offer.party}'s, and not {party.id}'s", mend="licet accept")
        self._check_for_whom(statement)
        recordings = [one.name for one in statement.subjects if one.reach is Reach.RECORDING]
        held = self.store.holdings(recordings, as_of=statement.moment)
        for name in recordings:
            if party.id not in {one.party for one in held.get(name, ())}:
                raise UsageError(
                    f"subjects: {party.id} is not on record to hold anything in {name}", mend="register it"
                )
        if statement.subjects and not recordings and not self.store.holds(party.id):
            raise UsageError(f"subjects: {party.id} is not on record to hold anything", mend="register a recording")

    def _may_answer(self, statement: Statement, about: Statement) -> None:
        """Refuse an answer to what it does not answer."""
        if statement.kind is Kind.REVOCATION and about.party != statement.party:
            raise UsageError(f"of: {statement.of} is {about.party}'s", mend="dispute it")
        if statement.kind is Kind.ACCEPTANCE and about.kind is not Kind.OFFER:
            raise UsageError(f"of: {statement.of} is a {about.kind}, and no offer", mend="accept an offer")
        if statement.kind is Kind.SETTLEMENT:
            if about.kind is not Kind.DISPUTE:
                raise UsageError(f"of: {statement.of} is a {about.kind}, and no dispute", mend="settle a dispute")
            heard = {statement.id: statement, statement.of: about}
            heard |= {one.id: one.statement for one in self.store.chain(about)}
            if not any(statement.of in those for those in settled(heard)):
                raise UsageError("upheld: nobody settles a dispute in its own favour", mend="let an arbiter settle it")

    def _check_for_whom(self, statement: Statement) -> None:
        """Refuse a grant or an offer to nobody: to a name that nobody has, or has in another spelling."""
        for grantee in statement.grantees:
            self.known(grantee, statement.moment)
        for name in ("models", "asks"):
            if any(not one.strip() or not one.isprintable() for one in getattr(statement, name)):
                raise UsageError(f"{name}: one of them is no name", mend="letters, digits and signs that can be seen")
        offered = statement.kind is Kind.OFFER  # to whoever accepts it first
        if statement.exclusive and not (offered or statement.grantees or statement.models):
            raise UsageError("exclusive: to whom it is is not said", mend="name its grantees, or its models")
        if statement.moment.utcoffset():
            raise UsageError(f"at: {statement.at} is in another time zone", mend="write it in UTC")

    def _said_before(self, name: str, before: Mapping[str, Statement]) -> Statement:
        """Return what a statement is about: it must be there by now, for its party to be told with this one."""
        if name in before:
            return before[name]
        known = self.store.statement(name)
        if known is None:
            raise UsageError(f"there is no statement {name}", mend="name it by its id")
        return known.statement

    def known(self, name: str, at: datetime) -> Party:
        """Return a party that is on record.

        Raises:
            UsageError: nobody is called that.
        """
        party = self.store.parties([name], as_of=at).get(name)
        if party is None:
            raise UsageError(f"nobody here is called {name!r}", mend="introduce it: licet party add")
        return party

    def _logged(self, names: Collection[str]) -> dict[str, int]:
        """Return where statements stand in the log; where not all do, log what is committed, whoever did so (step 4).

        The threads of a process queue for it. Most find that whoever was before them has logged theirs too.
        """
        with self._turn, going_ahead():
            places = self.store.places(names)
            if len(places) < len(names):
                log_unlogged(self.store, self._book, self._entry)
                places = self.store.places(names)
            return places

    def _entry(self, name: str) -> bytes:
        said = self.store.statement(name)
        assert said is not None
        return Entry(
            (Subject("statement", {"sha256": name}),), LOGGED_TYPE, {"at": said.statement.at, "signed": said.signed}
        ).encoded()
