"""Who is told what, and when: of a dispute with the dispute, and of a finding when its maker tells."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from house import NOON, begun, clear
from licet import cli
from licet.catalog import Right
from licet.errors import LicetError, ManifestError, UsageError
from licet.registry.outbox import Address
from licet.registry.outbox.channels import CannedChannel
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.registry.watching import FOUND_NAMED, Cleared, Finding, of_finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.registry.outbox import Message
    from licet.workspace import Workspace

THEN = NOON - timedelta(days=2)
ANN, BOB = Address("mailto:ann@example.org"), Address("https://bob.example/hook")


@pytest.fixture
def room(tmp_path: Path, database: str) -> Iterator[Workspace]:
    """A workspace in which two parties hold one recording each and half of a third, and both watch."""
    with begun(tmp_path / "house", database=database) as opened:
        for party, key in (("ann", 1), ("bob", 2)):
            opened.desk.introduce(Party(party, party.title(), control=Control.VOUCHED), THEN)
            shares = ((key, Fraction(1)), (3, Fraction(1, 2)))
            held = [(f"jamendo:{one}", Holding(party, party, right, share)) for one, share in shares for right in Right]
            opened.desk.register(party, held, THEN)
        opened.notices.watch("ann", ANN, THEN)
        opened.notices.watch("bob", BOB, THEN)
        yield opened


def spoken(kind: Kind, party: str, hour: int, **facts: object) -> Statement:
    """Word a statement."""
    return Statement(kind=kind, party=party, actor="desk", at=(THEN + timedelta(hours=hour)).isoformat(), **facts)  # type: ignore[arg-type]  # keywords pass through


def waiting(room: Workspace) -> list[Message]:
    """Return what waits to be sent, by address and time."""
    return sorted((one.message for one in room.notices.outbox.waiting()), key=lambda one: (one.to, one.created_at))


def test_whose_statement_is_disputed_hears_of_it(room: Workspace) -> None:
    """And both sides hear how it is settled; a grant by itself is no news to anybody."""
    grant = spoken(Kind.GRANT, "ann", 1, subjects=(Subject(Reach.RECORDING, "jamendo:1"),))
    room.desk.say(grant)
    assert waiting(room) == []
    dispute = spoken(Kind.DISPUTE, "bob", 2, of=grant.id, words="the master\nis ours")
    room.desk.say(dispute)
    (message,) = waiting(room)
    assert (message.to, message.kind) == (ANN, "statement.disputed")
    assert "bob made the dispute" in message.text
    assert "the master is ours" in message.text
    assert message.facts["of"] == grant.id
    room.desk.introduce(Party("arbiter", "Arbiter"), THEN)
    room.desk.say(spoken(Kind.SETTLEMENT, "arbiter", 3, of=dispute.id, upheld=True))
    assert [(one.to, one.kind) for one in waiting(room)] == [
        (BOB, "dispute.settled"),
        (ANN, "statement.disputed"),
        (ANN, "dispute.settled"),
    ]
    assert all("It is upheld." in one.text for one in waiting(room) if one.kind == "dispute.settled")


def test_a_statement_that_is_refused_tells_nobody(room: Workspace) -> None:
    """What is not on record is no news."""
    with pytest.raises(UsageError):
        room.desk.say(spoken(Kind.DISPUTE, "bob", 2, of="0" * 64))
    assert waiting(room) == []


def test_a_finding_is_its_makers_own_until_it_is_told(room: Workspace) -> None:
    """Then each party hears of its own recordings, once, with the log's entry, and that it proves no training."""
    manifest = clear(room)
    assert waiting(room) == []
    for _ in range(2):
        assert room.notices.tell(manifest, NOON) == {"ann": 2, "bob": 2}
    bob, ann = waiting(room)
    assert (ann.to, ann.kind) == (ANN, "recording.found")
    assert ann.facts["recordings"] == {"jamendo:1": "permitted", "jamendo:3": "permitted"}
    assert bob.facts["counts"] == {"permitted": 1, "refused": 1}
    for message in (ann, bob):
        assert "no proof that anything was trained" in message.text
        assert message.facts["log"] == {"origin": "log.example/house", "place": 0}
    assert "jamendo:2" not in ann.text


def test_what_is_not_sealed_is_not_told(room: Workspace) -> None:
    """There would be nothing to hold it against."""
    cleared = room.folder / "nothing"
    with pytest.raises(ManifestError):
        room.notices.tell(cleared, NOON)


def test_who_no_longer_watches_hears_nothing(room: Workspace) -> None:
    """From the moment on at which it says so; elsewhere it still hears."""
    room.notices.watch("ann", Address("mailto:desk@ann.example"), THEN)
    room.notices.watch("ann", ANN, THEN + timedelta(hours=1), active=False)
    room.notices.tell(clear(room), NOON)
    assert [one.to.text for one in waiting(room)] == [BOB.text, "mailto:desk@ann.example"]


def test_what_waits_is_delivered(room: Workspace) -> None:
    """Each by the way that it goes; what has no way waits."""
    room.notices.tell(clear(room), NOON)
    attempts = list(room.notices.deliver([CannedChannel("mailto")], lambda: NOON))
    assert [(one.to, str(one.end)) for one in attempts] == [(ANN, "delivered")]
    assert [one.to for one in waiting(room)] == [BOB]


def test_a_finding_of_many_names_the_first_and_counts_all() -> None:
    """A message stays within its bounds."""
    finding = Finding()
    for number in range(5_000):
        finding.add(f"local:{'x' * 200}{number}", "refused")
    message = of_finding(Cleared("c", "train", "log.example/one", 0, "0" * 64), "ann", finding, ANN, NOON)
    assert message.facts["counts"] == {"refused": 5_000}
    assert len(message.facts["recordings"]) <= FOUND_NAMED


def run(*arguments: str) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_by_the_commands(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Watch, tell, see what waits, and send it."""
    monkeypatch.chdir(room.folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp())))
    assert "hears at mailto:second@ann.example" in run("watch", "ann", "mailto:second@ann.example")
    assert json.loads(run("watch", "ann", "mailto:second@ann.example", "--stop", "--json"))["active"] is False
    assert "no longer" in run("watch", "ann", "mailto:second@ann.example", "--stop")
    clear(room)
    assert json.loads(run("tell", "--json"))["told"] == {"ann": 2, "bob": 2}
    assert "ann" in run("tell")
    assert "2  waiting, 0 given up" in run("notices")
    run("key", "make", "hooks.key", "hooks.example")
    monkeypatch.setattr("licet.registry.outbox.channels.Webhook", lambda *_, **__: CannedChannel("https"))
    monkeypatch.setattr("licet.registry.outbox.channels.Email", lambda *_, **__: CannedChannel("mailto"))
    assert "1  delivered" in run("notices", "--deliver", "--key", "hooks.key")
    mail = ("--relay", "mail.example:587", "--sender", "licet@example.org", "--user", "u", "--secret", "env:NONE")
    told = json.loads(run("notices", "--deliver", *mail, "--json"))
    assert (told["attempts"], told["waiting"], told["given_up"]) == ({"delivered": 1}, [], 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("watch", "zoe", "mailto:zoe@example.org"), "nobody here"),
        (("watch", "ann", "ann@example.org"), "address|hook"),
        (("notices", "--deliver"), "no way to send"),
        (("notices", "--deliver", "--relay", "mail.example"), "a host and a port"),
        (("notices", "--deliver", "--relay", "mail.example:587"), "from somebody"),
        (
            ("notices", "--deliver", "--relay", "m.example:25", "--sender", "a@b.example", "--secret", "hunter2"),
            "place",
        ),
    ],
    ids=["a stranger", "no address", "no way", "no port", "no sender", "a secret in the open"],
)
def test_what_makes_no_sense_is_said(
    arguments: tuple[str, ...], says: str, room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no secret is repeated."""
    monkeypatch.chdir(room.folder)
    with pytest.raises(LicetError, match=says) as error:
        run(*arguments)
    assert "hunter2" not in str(error.value)


def test_nobody_who_watches_holds_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that is said."""
    with begun(tmp_path / "house") as room:
        monkeypatch.chdir(room.folder)
        clear(room)
        assert "Nobody who watches" in run("tell")
