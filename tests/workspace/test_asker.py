"""A question says for whom it is asked, and a grant to one alone is heard where that one asks."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from house import NOON, ORIGIN, begun, changes, clear, reopen
from licet.atom import entries_of
from licet.catalog import Right
from licet.corpus import read_head, read_lines
from licet.corpus.wording import use_in_words
from licet.errors import UsageError
from licet.registry.outbox import Address, Message
from licet.registry.outbox.channels import End, Feeds
from licet.registry.outbox.messages import MOST_TEXT_BYTES
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Asker, Control, Holding
from licet.registry.watching import ITEMS_NAMED, Superseded, of_superseded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.workspace import Workspace

THEN = NOON - timedelta(days=2)
LAB = Asker("lab", "tidal")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace in which Ann holds all of the second recording, which a list puts under a non-commercial licence."""
    with begun(tmp_path / "house") as opened:
        for name in ("ann", "lab"):
            opened.desk.introduce(Party(name, name.title(), control=Control.VOUCHED), THEN)
        held = [("jamendo:2", Holding("ann", "Ann", right, Fraction(1))) for right in Right]
        opened.desk.register("ann", held, THEN)
        yield opened


def said(kind: Kind = Kind.GRANT, **facts: object) -> Statement:
    """Word what Ann says of the second recording."""
    about = {} if "of" in facts else {"subjects": (Subject(Reach.RECORDING, "jamendo:2"),)}
    return Statement(kind=kind, party="ann", actor="desk", at=THEN.isoformat(), **{**about, **facts})  # type: ignore[arg-type]  # keywords pass through


def verdict(folder: Path) -> str:
    """Return what the second recording came to."""
    return next(line.verdict for line in read_lines(folder) if line.item == "jamendo:2")


def test_a_grant_to_one_alone_is_heard_where_it_asks(room: Workspace) -> None:
    """By its party and its model, and the manifest, its receipts and its words say for whom it was."""
    room.desk.say(said(grantees=("lab",), models=("tidal",)))
    assert verdict(clear(room)) == "refused"
    assert verdict(clear(room, asker=Asker("lab"))) == "refused"
    mine = clear(room, asker=LAB)
    assert verdict(mine) == "permitted"
    head, _ = read_head(mine)
    assert (head.asker, head.model) == ("lab", "tidal")
    assert use_in_words(head)[1] == "commercially, by lab, for the model tidal"
    ((_, receipt),) = room.receipts.receipts(mine, "jamendo:2")
    use = receipt.statement.predicate["use"]
    assert (use["asker"], use["model"]) == ("lab", "tidal")


def test_what_nobody_asked_for_says_nothing_of_it(room: Workspace) -> None:
    """So that a receipt from before there were askers stays what it was."""
    ((_, receipt),) = room.receipts.receipts(clear(room), "jamendo:2")
    assert not {"asker", "model"} & set(receipt.statement.predicate["use"])


def test_it_is_decided_again_for_whoever_asked(room: Workspace) -> None:
    """A revocation, and a grant to another, which changes nothing for this one."""
    grant = said(grantees=("lab",))
    room.desk.say(grant)
    clear(room, asker=LAB)
    room.desk.say(said(grantees=("ann",), words="to another"))
    assert changes(reopen(room)) == []
    room.desk.say(said(Kind.REVOCATION, of=grant.id))
    assert changes(reopen(room)) == [("jamendo:2", "permitted", "refused")]


def test_an_exclusive_grant_keeps_all_others_out(room: Workspace) -> None:
    """And must say whom it lets in."""
    room.desk.say(said(words="to all"))
    assert verdict(clear(room)) == "permitted"
    room.desk.say(said(grantees=("lab",), exclusive=True))
    assert changes(reopen(room)) == [("jamendo:2", "permitted", "refused")]
    assert verdict(clear(room, asker=LAB)) == "permitted"
    with pytest.raises(UsageError, match="exclusive: to whom"):
        room.desk.say(said(exclusive=True))


def test_nobody_is_asked_for_who_is_not_on_record(room: Workspace) -> None:
    """A slip in a name must not pass for a party without grants."""
    with pytest.raises(UsageError, match="nobody here is called 'labb'"):
        clear(room, asker=Asker("labb"))


def test_whoever_asked_and_watches_hears_what_was_superseded(room: Workspace) -> None:
    """Once, whatever is opened again after; and nobody else does."""
    team, other = Address("feed:lab"), Address("feed:ann")
    room.notices.watch("lab", team, THEN)
    room.notices.watch("ann", other, THEN)
    grant = said(grantees=("lab",))
    room.desk.say(grant)
    clear(room, asker=LAB)
    room.desk.say(said(Kind.REVOCATION, of=grant.id))
    assert changes(reopen(room)) == [("jamendo:2", "permitted", "refused")]
    assert changes(reopen(room)) == []
    (one,) = room.notices.outbox.waiting()
    message = one.message
    assert (message.to, message.kind) == (team, "receipt.superseded")
    assert message.facts["items"] == {"jamendo:2": "permitted → refused"}
    assert message.facts["log"] == {"origin": ORIGIN, "place": 3}
    assert "the registry says something else of 1 recording" in message.text


def test_a_message_of_a_million_receipts_is_bounded() -> None:
    """It counts them all, and names the first."""
    news = Superseded("x" * 1000, "train", ORIGIN, 7, ["the policy changed"])
    for number in range(1000):
        news.add(f"{'𝄞' * 200}{number}", "permitted", "permitted")
        news.add(f"{number}{'𝄞' * 200}\n", "permitted", "refused")
    message = of_superseded(news, Address("feed:lab"), NOON)
    assert message.facts["changes"] == {"still permitted, on other grounds": 1000, "permitted → refused": 1000}
    assert len(message.facts["items"]) == ITEMS_NAMED
    assert len(message.text.encode()) < MOST_TEXT_BYTES


def test_a_feed_is_a_file_that_its_reader_fetches(room: Workspace) -> None:
    """Written whole, newest first, and not twice."""
    room.notices.watch("lab", Address("feed:lab"), THEN)
    grants = [said(grantees=("lab",), words=str(number)) for number in range(2)]
    for number, grant in enumerate(grants):
        room.desk.say(grant)
        clear(room, asker=Asker("lab", f"m{number}"))
        room.desk.say(said(Kind.REVOCATION, of=grant.id))
        reopen(room)
    channel = Feeds(room.folder / "feeds", ORIGIN)
    waiting = [one.message for one in room.notices.outbox.waiting()]
    assert [one.end for one in room.notices.deliver([channel], lambda: NOON)] == [End.DELIVERED, End.DELIVERED]
    entries = entries_of((room.folder / "feeds" / "lab.atom").read_bytes())
    assert {one.id for one in entries} == {f"urn:licet:message:{one.key}" for one in waiting}
    before = (room.folder / "feeds" / "lab.atom").read_bytes()
    assert [channel.send(one, NOON).end for one in waiting] == [End.DELIVERED] * 2, "as after a kill"
    assert (room.folder / "feeds" / "lab.atom").read_bytes() == before


def test_a_feed_that_cannot_be_written_waits(tmp_path: Path) -> None:
    """A file that is no feed is left as it is, for a person to look at."""
    message = Message("k" * 20, Address("feed:lab"), "a.b", "Hello", "Hello\n", {}, NOON)
    (tmp_path / "lab.atom").write_bytes(b"<!DOCTYPE x><feed/>")
    outcome = Feeds(tmp_path, ORIGIN).send(message, NOON)
    assert outcome.end is End.LATER
    assert "no feed" in outcome.says
    assert (tmp_path / "lab.atom").read_bytes() == b"<!DOCTYPE x><feed/>"
    (tmp_path / "file").write_bytes(b"")
    assert Feeds(tmp_path / "file", ORIGIN).send(message, NOON).end is End.LATER


@pytest.mark.parametrize("name", ["", "../up", "a/b", "Ann", ".hidden", "x" * 65])
def test_a_feed_has_a_plain_name(name: str) -> None:
    """It names a file."""
    with pytest.raises(UsageError, match="no name of a feed"):
        Address(f"feed:{name}")
