"""An artist, a label, an arbiter and an AI team, from the first word to the last, on either database.

Ann wrote the song, Quay holds the master, and a list on the web says that all rights are reserved. The team's corpus
names the recording. After every step the log is whole, what the team holds is proved by a receipt, and what changed is
superseded: nobody has to be asked twice, and nobody is told what is not theirs.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from house import DAY, NOON, SALT, begun, clear, record
from licet.catalog import Right
from licet.errors import LogError
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.statements import SIGNED_TYPE, Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.transparency import Receipt, make_key, parse_receipt, public_path, read_verifiers, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from licet.workspace import Workspace

SONG = (Subject(Reach.RECORDING, "jamendo:1"),)
DAWN = NOON.replace(hour=0)


class Day:
    """One day in the life of a workspace: what is said at each hour, and what it comes to."""

    def __init__(self, room: Workspace) -> None:
        self.room = room
        self.hour = 0
        self.entries = 0

    def says(self, kind: Kind, party: str, **facts: object) -> str:
        """Let a party say something an hour later; return its id. It is in the log."""
        statement = self.worded(kind, party, **facts)
        assert self.room.desk.say(statement) == self.entries
        self.entries += 1
        return statement.id

    def worded(self, kind: Kind, party: str, **facts: object) -> Statement:
        """Word a statement an hour later."""
        self.hour += 1
        at = (DAWN + timedelta(hours=self.hour)).isoformat()
        facts = {"subjects": SONG} | facts if "of" not in facts else facts
        return Statement(kind=kind, party=party, actor="desk", at=at, **facts)  # type: ignore[arg-type]  # keywords pass through

    def reopened(self) -> list[tuple[str, str]]:
        """Open again what changed, and return what became of it. What is superseded is in the log."""
        came = list(self.room.reopen(day=DAY, at=NOON, salt=lambda: SALT))
        self.entries += sum(one.seal is not None for one in came)
        log = self.room.receipts.log()
        log.verify()
        assert len(log) == self.entries
        return [(line.before, line.after) for one in came for line in one.lines()]

    def receipt(self, manifest: Path) -> Receipt:
        """Return the receipt that the team holds, as it comes over the wire."""
        ((_, receipt),) = self.room.receipts.receipts(manifest, "jamendo:1")
        given = parse_receipt(msgspec.json.encode(receipt))
        assert isinstance(given, Receipt)
        return given

    def verdict(self, manifest: Path) -> str:
        """Return what the receipt says, checked with the public key."""
        known = read_verifiers(public_path(self.room.receipts.key_path))
        return str(self.receipt(manifest).check(known).statement.predicate["verdict"])


def test_from_the_first_word_to_the_last(tmp_path: Path, database: str) -> None:
    """Register, find, tell, opt out, grant on terms, dispute, settle, revoke: every step in the log."""
    with begun(tmp_path / "house", database=database) as room:
        record(room, {1: "All rights reserved", 2: "CC0-1.0"})
        day = Day(room)

        # Ann wrote the song; Quay holds the master. Both are vouched for, and Ann wants to hear.
        key = make_key(room.folder / "ann.key", "ann.example")
        for party, right, keys in (("ann", Right.WORK, (str(key.verifier),)), ("quay", Right.RECORDING, ())):
            room.desk.introduce(Party(party, party.title(), keys=keys, control=Control.VOUCHED), DAWN)
            room.desk.register(party, [("jamendo:1", Holding(party, party.title(), right, Fraction(1)))], DAWN)
        room.desk.introduce(Party("arbiter", "Arbiter"), DAWN)
        room.notices.watch("ann", Address("mailto:ann@example.org"), DAWN)

        # The team clears its corpus. The list says no, and so does the receipt. Ann hears when the team tells.
        manifest = clear(room, accepts=["payment"])
        day.entries += 1
        first = day.receipt(manifest)
        assert day.verdict(manifest) == "refused"
        assert not room.notices.outbox.waiting()
        assert room.notices.tell(manifest, NOON) == {"ann": 1}
        (heard,) = room.notices.outbox.waiting()
        assert heard.message.facts["recordings"] == {"jamendo:1": "refused"}
        assert "jamendo:2" not in heard.message.text

        # Ann signs a grant, on terms. It clears her part; Quay has not spoken.
        statement = day.worded(Kind.GRANT, "ann", rights=(Right.WORK,), asks=("payment",))
        _, place = room.desk.hear("ann", sealed(SIGNED_TYPE, statement.encoded(), [key]), statement.moment)
        assert place == day.entries
        day.entries += 1
        assert day.reopened() == [("refused", "refused")]

        # Quay grants the master: the team, which pays, may train.
        granted = day.says(Kind.GRANT, "quay", rights=(Right.RECORDING,))
        assert day.reopened() == [("refused", "permitted")]
        assert day.verdict(manifest) == "permitted"

        # Ann disputes that Quay holds it. Until it is settled, nothing is permitted.
        dispute = day.says(Kind.DISPUTE, "ann", of=granted, words="I never signed that")
        assert day.reopened() == [("permitted", "refused")]
        day.says(Kind.SETTLEMENT, "arbiter", of=dispute)
        assert day.reopened() == [("refused", "permitted")]
        told = [one.message.kind for one in room.notices.outbox.waiting()]
        assert sorted(told) == ["dispute.settled", "recording.found"]

        # Quay takes it back. What was said before stays said, and the first receipt still checks: it was true then.
        day.says(Kind.REVOCATION, "quay", of=granted)
        assert day.reopened() == [("permitted", "refused")]
        assert day.verdict(manifest) == "refused"
        assert day.reopened() == []
        known = read_verifiers(public_path(room.receipts.key_path))
        assert first.check(known).anchor.place == 0
        forged = msgspec.structs.replace(first, parts=first.parts | {"predicate.verdict": "0" * 64})
        with pytest.raises(LogError, match=r"predicate\.verdict"):
            forged.check(known)
