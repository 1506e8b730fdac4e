"""What holders say at the desk is checked, kept, logged, and heard by every clearance from that moment on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from house import DAY, NOON, TERMS, USE, begun, changes, clear, record, reopen
from licet.catalog import Right
from licet.corpus import read_lines
from licet.errors import LogError, UsageError, WorkspaceError
from licet.registry.parties import Party
from licet.registry.rates import Basis, Rate
from licet.registry.statements import SIGNED_TYPE, Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.transparency import LogWriter, make_key, sealed
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THEN = NOON - timedelta(days=2)
ALL = (Subject(Reach.CATALOGUE),)


@pytest.fixture
def room(tmp_path: Path, database: str) -> Iterator[Workspace]:
    """A workspace with a log, and an artist who holds all of the first recording and half of the second."""
    with begun(tmp_path / "house", database=database) as opened:
        introduced(opened, "ann")
        introduced(opened, "bob")
        register(opened, "ann", 1)
        register(opened, "ann", 2, Fraction(1, 2))
        yield opened


def introduced(room: Workspace, name: str, **facts: object) -> None:
    """Put a party on record."""
    party = Party(name, name.title(), **{"control": Control.VOUCHED, **facts})  # type: ignore[arg-type]  # keywords pass through
    room.desk.introduce(party, THEN)


def register(room: Workspace, party: str, key: int, share: Fraction = Fraction(1)) -> None:
    """Put on record what a party holds, in both rights."""
    held = [(f"jamendo:{key}", Holding(party, party.title(), right, share)) for right in Right]
    room.desk.register(party, held, THEN)


def spoken(kind: Kind, party: str, key: int = 0, hour: int = 0, **facts: object) -> Statement:
    """Word a statement about one recording, or about another statement."""
    subjects = {"subjects": (Subject(Reach.RECORDING, f"jamendo:{key}"),)} if key else {}
    at = (THEN + timedelta(hours=hour)).isoformat()
    return Statement(kind=kind, party=party, actor="desk", at=at, **{**subjects, **facts})  # type: ignore[arg-type]  # likewise


def verdicts(folder: Path) -> dict[str, str]:
    """Return what each item came to."""
    return {line.item.removeprefix("jamendo:"): line.verdict for line in read_lines(folder)}


def test_what_holders_say_is_heard(room: Workspace) -> None:
    """A grant where the list says no, a reservation where it says yes; half a grant changes nothing."""
    assert verdicts(clear(room)) == {"1": "permitted", "2": "refused", "3": "permitted", "9": "unknown"}
    register(room, "bob", 3)
    room.desk.say(spoken(Kind.RESERVATION, "bob", subjects=ALL))
    room.desk.say(spoken(Kind.RESERVATION, "ann", 1, acts=("train-generative",)))
    room.desk.say(spoken(Kind.GRANT, "ann", 2))
    half = clear(room, out=room.folder / "half")
    assert verdicts(half) == {"1": "refused", "2": "refused", "3": "refused", "9": "unknown"}
    register(room, "bob", 2, Fraction(1, 2))
    room.desk.say(spoken(Kind.GRANT, "bob", 2))
    whole = clear(room, out=room.folder / "whole")
    assert verdicts(whole)["2"] == "permitted"
    (line,) = (line for line in read_lines(whole) if line.item == "jamendo:2")
    said = [one for one in line.statements if one.source == "registry"]
    assert len(said) == 2
    for one in said:
        content = room.evidence.read_blob(one.blob)
        assert Kind.GRANT in content.decode()
        assert one.evidence == one.blob


def test_what_was_said_is_in_the_log_by_its_digest_alone(room: Workspace) -> None:
    """And in the order in which it was said."""
    first, second = spoken(Kind.GRANT, "ann", 1), spoken(Kind.RESERVATION, "ann", 2)
    assert room.desk.say(first) == 0
    assert room.desk.say_all([second, first]) == {second.id: 1, first.id: 0}
    log = room.receipts.log()
    log.verify()
    for place, statement in enumerate((first, second)):
        assert statement.id.encode() in log[place]
        assert b"jamendo" not in log[place]
        assert b"ann" not in log[place]


def test_a_signed_statement(room: Workspace) -> None:
    """One of the party's own keys must have signed it, and it must be its own."""
    key = make_key(room.folder / "ann.key", "ann.example")
    introduced(room, "ann", keys=(str(key.verifier),), control=Control.SELF_DECLARED)
    reservation = spoken(Kind.RESERVATION, "ann", 1)
    envelope = sealed(SIGNED_TYPE, reservation.encoded(), [key])
    statement, place = room.desk.hear("ann", envelope, THEN)
    assert (statement, place) == (reservation, 0)
    said = room.desk.store.statement(reservation.id)
    assert said is not None
    assert said.signed
    assert room.evidence.read_blob(said.envelope) == msgspec.json.encode(envelope), "who doubts it checks it"
    assert verdicts(clear(room))["1"] == "refused"
    thief = make_key(room.folder / "thief.key", "ann.example")
    with pytest.raises(LogError, match="signatures"):
        room.desk.hear("ann", sealed(SIGNED_TYPE, reservation.encoded(), [thief]), THEN)
    register(room, "bob", 3)
    with pytest.raises(UsageError, match="sign your own"):
        room.desk.hear("ann", sealed(SIGNED_TYPE, spoken(Kind.GRANT, "bob", 3).encoded(), [key]), THEN)


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=61), timedelta(days=300)])
def test_nobody_signs_for_another_day(off: timedelta, room: Workspace) -> None:
    """What was decided then was decided on what had been said: neither a grant nor a revocation reaches back."""
    key = make_key(room.folder / "ann.key", "ann.example")
    introduced(room, "ann", keys=(str(key.verifier),))
    grant = spoken(Kind.GRANT, "ann", 1, hour=1)
    with pytest.raises(UsageError, match="is not now"):
        room.desk.hear("ann", sealed(SIGNED_TYPE, grant.encoded(), [key]), grant.moment + off)
    assert room.desk.store.count() == 0


def test_nobody_settles_a_dispute_in_its_own_favour(room: Workspace) -> None:
    """Who disputes may take that back, whose word it is may give in; the rest is for an arbiter."""
    introduced(room, "arbiter")
    grant = spoken(Kind.GRANT, "ann", 1)
    disputes = [spoken(Kind.DISPUTE, "bob", of=grant.id, hour=hour, words=str(hour)) for hour in range(1, 5)]
    room.desk.say_all([grant, *disputes])

    def settle(number: int, party: str, *, upheld: bool) -> None:
        room.desk.say(spoken(Kind.SETTLEMENT, party, of=disputes[number].id, hour=9, upheld=upheld))

    for party, upheld in (("ann", False), ("bob", True)):
        with pytest.raises(UsageError, match="in its own favour"):
            settle(0, party, upheld=upheld)
    settle(0, "bob", upheld=False)
    settle(1, "arbiter", upheld=False)
    settle(2, "arbiter", upheld=True)
    settle(3, "ann", upheld=True)
    with pytest.raises(UsageError, match="no dispute"):
        room.desk.say(spoken(Kind.SETTLEMENT, "arbiter", of=grant.id))


def test_whoever_signs_a_settlement_of_others_is_an_arbiter(room: Workspace) -> None:
    """Whom the keeper named: anybody may have a key."""
    key = make_key(room.folder / "eve.key", "eve.example")
    introduced(room, "eve", keys=(str(key.verifier),))
    grant = spoken(Kind.GRANT, "ann", 1)
    dispute = spoken(Kind.DISPUTE, "bob", of=grant.id, hour=1)
    room.desk.say_all([grant, dispute])
    settlement = spoken(Kind.SETTLEMENT, "eve", of=dispute.id, hour=2)
    envelope = sealed(SIGNED_TYPE, settlement.encoded(), [key])
    with pytest.raises(UsageError, match="no arbiter here"):
        room.desk.hear("eve", envelope, settlement.moment)
    settings = room.folder / "licet.toml"
    settings.write_text(settings.read_text().replace("arbiters = []", 'arbiters = ["eve"]'))
    with Workspace.open(room.folder) as again:
        assert again.desk.hear("eve", envelope, settlement.moment)[0] == settlement


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"grantees": ("Lab",)}, "nobody here is called 'Lab'"),
        ({"models": (" ",)}, "models: one of them is no name"),
        ({"asks": ("pay\nment",)}, "asks: one of them is no name"),
        ({"at": "2026-11-20T13:00:00+01:00"}, "in another time zone"),
        ({"under": "0" * 64}, "made at once"),
    ],
)
def test_a_grant_is_to_somebody(facts: dict[str, object], says: str, room: Workspace) -> None:
    """A slip in a name would let in nobody, or everybody."""
    grant = msgspec.structs.replace(spoken(Kind.GRANT, "ann", 1), **facts)
    with pytest.raises(UsageError, match=says):
        room.desk.say(grant)


def test_an_acceptance_is_made_with_what_it_leads_to(room: Workspace) -> None:
    """And is of an offer, whose party grants."""
    offer = spoken(Kind.OFFER, "ann", 1, rates=(Rate(Basis.RECORDING, "2 EUR"),))
    grant = spoken(Kind.GRANT, "ann", 1)
    room.desk.say_all([offer, grant])
    wrong = spoken(Kind.ACCEPTANCE, "bob", of=grant.id, hour=1)
    with pytest.raises(UsageError, match="no offer"):
        room.desk.agree([wrong], [], [], key=None, after=2)
    acceptance = spoken(Kind.ACCEPTANCE, "bob", of=offer.id, hour=1)
    with pytest.raises(UsageError, match="made at once"):
        room.desk.say(acceptance)
    theirs = spoken(Kind.GRANT, "bob", 3, under=acceptance.id, hour=1)
    register(room, "bob", 3)
    with pytest.raises(UsageError, match="the offer is ann's"):
        room.desk.agree([acceptance], [theirs], [], key=None, after=2)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (spoken(Kind.GRANT, "nobody", 1), "nobody here"),
        (spoken(Kind.GRANT, "bob", 1), "hold anything in jamendo:1"),
        (spoken(Kind.GRANT, "bob", subjects=ALL), "not on record to hold anything"),
        (spoken(Kind.REVOCATION, "ann", of="0" * 64), "there is no statement"),
    ],
    ids=["a stranger", "who does not hold it", "who holds nothing", "of nothing"],
)
def test_who_may_not_say_that(statement: Statement, says: str, room: Workspace) -> None:
    """Is told why, and nothing is on record."""
    with pytest.raises(UsageError, match=says):
        room.desk.say(statement)
    assert room.desk.store.statement(statement.id) is None
    assert len(room.receipts.log()) == 0


def test_nobody_revokes_what_another_said(room: Workspace) -> None:
    """To dispute it is another's way."""
    grant = spoken(Kind.GRANT, "ann", 1)
    room.desk.say(grant)
    with pytest.raises(UsageError, match="dispute it"):
        room.desk.say(spoken(Kind.REVOCATION, "bob", of=grant.id))
    room.desk.say(spoken(Kind.DISPUTE, "bob", hour=1, of=grant.id))
    assert verdicts(clear(room))["1"] == "unknown"


def test_receipts_are_opened_again_when_a_holder_speaks(room: Workspace) -> None:
    """Those of the recordings concerned, and no other; and again when it is taken back."""
    clear(room)
    reservation = spoken(Kind.RESERVATION, "ann", hour=1, subjects=ALL)
    room.desk.say(reservation)
    (came,) = reopen(room)
    assert came.because == ("the registry says something else of 2 recordings",)
    assert changes([came]) == [("jamendo:1", "permitted", "refused"), ("jamendo:2", "refused", "refused")]
    assert reopen(room) == []
    room.desk.say(spoken(Kind.REVOCATION, "ann", hour=2, of=reservation.id))
    assert ("jamendo:1", "refused", "permitted") in changes(reopen(room))


def test_what_is_said_while_receipts_are_opened_is_heard_the_next_time(room: Workspace) -> None:
    """It is not taken for looked at."""
    clear(room)
    room.desk.say(spoken(Kind.RESERVATION, "ann", 1, hour=1))
    meanwhile = iter([spoken(Kind.RESERVATION, "ann", 2, hour=2)])
    assert len(reopen(room, progress=lambda _: [room.desk.say(one) for one in meanwhile])) == 1
    (came,) = reopen(room)
    assert [item for item, *_ in changes([came])] == ["jamendo:2"]


def test_a_revocation_is_heard_by_what_is_decided_after_it(room: Workspace) -> None:
    """And by nothing that is decided for a day before."""
    grant = spoken(Kind.GRANT, "ann", 1)
    record(room, TERMS | {1: "All rights reserved"}, hour=1)
    room.desk.say(grant)
    room.desk.say(spoken(Kind.REVOCATION, "ann", hour=48, of=grant.id))
    outcomes = []
    for day in (DAY - timedelta(days=1), DAY):
        use = replace(USE, day=day)
        cleared = room.clear(room.folder / "corpus.csv", use, out=room.folder / str(day), workers=1, report=False)
        outcomes.append(verdicts(cleared.folder)["1"])
    assert outcomes == ["permitted", "refused"]


@pytest.mark.parametrize("step", ["append", "note_places"])
def test_what_was_committed_and_not_logged_is_logged_once(
    step: str, room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever speaks next, after a kill before the log, or between the log and the note of it."""
    grant = spoken(Kind.GRANT, "ann", 1)
    with monkeypatch.context() as cut:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        cut.setattr(*((LogWriter, "append") if step == "append" else (type(room.desk.store), "note_places")), killed)
        with pytest.raises(KeyboardInterrupt):
            room.desk.say(grant)
    assert room.desk.store.unlogged() == [grant.id]
    assert verdicts(clear(room))["1"] == "permitted"
    second = spoken(Kind.RESERVATION, "ann", 2)
    room.desk.say(second)
    assert room.desk.store.unlogged() == []
    log = room.receipts.log()
    found = [place for place in range(len(log)) if grant.id.encode() in log[place]]
    assert {grant.id: found[0]} == room.desk.store.places([grant.id])
    assert len(found) == 1


def test_a_registry_without_a_log_takes_no_statement(tmp_path: Path) -> None:
    """Nothing is said that is not logged."""
    with Workspace.init(tmp_path) as room:
        introduced(room, "ann")
        register(room, "ann", 1)
        with pytest.raises(LogError, match="licet log init"):
            room.desk.say(spoken(Kind.GRANT, "ann", 1))
        assert room.desk.store.count() == 0


def test_the_control_that_is_demanded_is_a_setting(tmp_path: Path) -> None:
    """A name that there is not is refused when the workspace opens."""
    begun(tmp_path / "house").close()
    settings = tmp_path / "house" / "licet.toml"
    settings.write_text(settings.read_text().replace('control = "account"', 'control = "trusted-key"'))
    with Workspace.open(tmp_path / "house") as room:
        introduced(room, "ann")
        register(room, "ann", 2)
        room.desk.say(spoken(Kind.GRANT, "ann", 2))
        assert verdicts(clear(room))["2"] == "refused", "as the list has it"
    settings.write_text(settings.read_text().replace('control = "trusted-key"', 'control = "much"'))
    with pytest.raises((UsageError, WorkspaceError), match="no proof of control 'much'"):
        Workspace.open(tmp_path / "house")


def test_registering_again_replaces_ones_own_and_nobody_elses(room: Workspace) -> None:
    """Two who claim the same whole show as more than the whole, and nothing is permitted on it."""
    room.desk.say(spoken(Kind.GRANT, "ann", 2, hour=3))
    half = [("jamendo:2", Holding("ann", "Ann", right, Fraction(1))) for right in Right]
    room.desk.register("ann", half, THEN + timedelta(hours=1))
    assert verdicts(clear(room))["2"] == "permitted"
    register(room, "bob", 2)
    assert verdicts(clear(room, out=room.folder / "both"))["2"] == "refused", "as the list has it"
    with pytest.raises(UsageError, match="cannot hold 2"):
        register(room, "ann", 2, Fraction(2))
