"""From an offer to a quote to an agreement, and what was refused is permitted; on either database."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from corpora import clip
from house import DAY, NOON, USE, begun, changes, clear, record, reopen
from licet.catalog import Right
from licet.corpus import read_lines
from licet.digests import sha256_file
from licet.errors import LicetError, LogError, ManifestError, OvertakenError, UsageError
from licet.registry.agreeing import drafted
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.quotes import parse_quote, signed_agreement
from licet.registry.rates import Basis, Rate
from licet.registry.regions import Region
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Asker, Control, Holding
from licet.transparency import make_key
from playing import write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.registry.quotes import Agreement, Quote
    from licet.workspace import Workspace

THEN = NOON - timedelta(hours=6)
LAB = Asker("lab", "tidal")
NC, RESERVED = "CC-BY-NC-4.0", "All rights reserved"


@pytest.fixture
def room(tmp_path: Path, database: str) -> Iterator[Workspace]:
    """Four recordings, of which the first three are refused; Quay holds the masters, Ann wrote the songs."""
    with begun(tmp_path / "house", {1: RESERVED, 2: NC, 3: RESERVED, 4: "CC0-1.0"}, database) as opened:
        (opened.folder / "corpus.csv").write_text("id\n" + "".join(f"jamendo:{key}\n" for key in (1, 2, 3, 4)))
        for name in ("ann", "quay", "lab", "zoe"):
            opened.desk.introduce(Party(name, name.title(), control=Control.VOUCHED), NOON - timedelta(days=2))
        for key in (1, 2):
            register(opened, "quay", key, Right.RECORDING)
            register(opened, "ann", key, Right.WORK)
        yield opened


def register(room: Workspace, party: str, key: int, right: Right, share: Fraction = Fraction(1)) -> None:
    """Put on record what a party holds."""
    room.desk.register(party, [(f"jamendo:{key}", Holding(party, party.title(), right, share))], THEN)


def worded(kind: Kind, party: str, **facts: Any) -> Statement:
    """Word a statement; an offer is of all that its party holds, at two euros a recording."""
    about = {} if "of" in facts else {"subjects": (Subject(Reach.CATALOGUE),)}
    rates = {"rates": (Rate(Basis.RECORDING, "2 EUR"),)} if kind is Kind.OFFER else {}
    return Statement(kind=kind, party=party, actor="desk", at=THEN.isoformat(), **{**about, **rates, **facts})


def say(room: Workspace, kind: Kind, party: str, **facts: Any) -> str:
    """Put a statement on record and return its id."""
    statement = worded(kind, party, **facts)
    room.desk.say(statement)
    return statement.id


def verdicts(folder: Path) -> dict[str, str]:
    """Return what each item came to."""
    return {line.item.removeprefix("jamendo:"): line.verdict for line in read_lines(folder)}


def quoted(room: Workspace, manifest: Path, **how: Any) -> Quote:
    """Ask for a quote, and read it as it comes from a file."""
    quote = room.market.quote(manifest, LAB, NOON, **how)
    assert parse_quote(quote.encoded()) == quote
    return quote


def agreed(room: Workspace, quote: Quote, hour: int = 1) -> Agreement:
    """Accept a quote an hour later."""
    return room.market.accept(quote, "lab", NOON + timedelta(hours=hour), "odile")


def whys(quote: Quote) -> dict[str, int]:
    """Return how many items each reason keeps from being licensed."""
    return {one.why: one.items for one in quote.why}


def test_from_an_offer_to_a_licence(room: Workspace) -> None:
    """What is refused is priced, accepted, granted to whoever paid, told, logged, and permitted: to nobody else."""
    master = say(room, Kind.OFFER, "quay", territories=("EU",), ends="2026-12-01", asks=("attribution",))
    song = say(room, Kind.OFFER, "ann", rights=(Right.WORK,), rates=(Rate(Basis.MODEL, "10 EUR"),))
    room.notices.watch("quay", Address("mailto:quay@example.org"), THEN)
    room.notices.watch("lab", Address("mailto:lab@example.org"), THEN)
    manifest = clear(room, asker=LAB, accepts=["payment"])
    assert verdicts(manifest) == {"1": "refused", "2": "refused", "3": "refused", "4": "permitted"}

    quote = quoted(room, manifest, models=2)
    assert [(line.offer, line.side, line.recordings, line.price) for line in quote.lines] == sorted(
        [(master, "both", 2, "4.00 EUR"), (song, "work", 2, "20.00 EUR")]
    )
    assert [(one.side, one.amount) for one in quote.totals] == [
        ("both", "4.00 EUR"),
        ("work", "20.00 EUR"),
        ("all", "24.00 EUR"),
    ]
    assert (quote.permitted, quote.licensed, quote.hindered) == (1, 2, 1)
    assert whys(quote) == {
        "nobody is on record to hold the recording": 1,
        "nobody is on record to hold the composition": 1,
    }
    assert quote.valid_until == "2026-12-01", "the first end of an offer's window"

    agreement = agreed(room, quote)
    assert [one.place for one in (*agreement.acceptances, *agreement.grants)] == [3, 4, 5, 6]
    assert {one.party: one.amounts for one in agreement.due} == {"ann": ("20.00 EUR",), "quay": ("4.00 EUR",)}
    for one in agreement.grants:
        grant, acceptance = (room.desk.store.statement(name) for name in (one.id, one.of))
        assert grant is not None
        assert acceptance is not None
        offer = room.desk.store.statement(acceptance.statement.of)
        assert offer is not None
        assert not Region.of(grant.statement) - Region.of(offer.statement)
        assert set(grant.statement.rights) <= set(offer.statement.rights)
        assert (grant.statement.grantees, grant.statement.models) == (("lab",), ("tidal",))
        assert (grant.statement.begins, grant.statement.ends) == (offer.statement.begins, offer.statement.ends)
        assert set(grant.statement.asks) == {"payment", *offer.statement.asks}
    assert room.receipts.log().verify() is None
    heard = {one.message.kind: one.message for one in room.notices.outbox.waiting()}
    assert set(heard) == {"offer.accepted", "grant.made"}
    assert heard["offer.accepted"].to.text == "mailto:quay@example.org"
    assert heard["offer.accepted"].facts["due"] == ["4.00 EUR"]

    mine = clear(room, asker=LAB, accepts=["payment"], out=room.folder / "mine")
    assert verdicts(mine) == {"1": "permitted", "2": "permitted", "3": "refused", "4": "permitted"}
    for asker in (Asker("zoe", "tidal"), Asker("lab", "another"), Asker()):
        theirs = clear(room, asker=asker, accepts=["payment"], out=room.folder / "theirs")
        assert verdicts(theirs)["1"] == "refused"
    (came,) = (one for one in reopen(room) if one.manifest.name == room.receipts.sealed_folder(manifest).name)
    assert changes([came]) == [("jamendo:1", "refused", "permitted"), ("jamendo:2", "refused", "permitted")]


def test_to_accept_it_again_makes_nothing_new(room: Workspace) -> None:
    """The same agreement comes back, whenever; and a new quote finds nothing that is left to pay for."""
    offer = say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    manifest = clear(room, accepts=["payment"])
    quote = quoted(room, manifest)
    first, count = agreed(room, quote), room.desk.store.count()
    assert agreed(room, quote, hour=2000) == first
    assert room.desk.store.count() == count
    again = room.market.quote(manifest, LAB, NOON + timedelta(hours=2))
    assert (again.lines, again.permitted) == ((), 3)
    with pytest.raises(UsageError, match="nothing to accept"):
        agreed(room, again)
    say(room, Kind.REVOCATION, "quay", of=offer)
    mine = clear(room, asker=LAB, accepts=["payment"], out=room.folder / "mine")
    assert verdicts(mine)["1"] == "permitted", "what was granted stays when the offer goes"


def test_a_holder_who_offers_nothing_is_asked(room: Workspace) -> None:
    """What one holder offers is no price for what another holds; the request says what is missing."""
    say(room, Kind.OFFER, "quay")
    quote = quoted(room, clear(room))
    assert quote.lines == ()
    assert whys(quote)["Ann makes no offer for this use"] == 2
    (request,) = quote.requests
    assert [(one.rights, one.recordings) for one in request.portions] == [((Right.WORK,), ("jamendo:1", "jamendo:2"))]
    words = drafted(request, quote)
    for part in ("To Ann,", "tidal", "train-generative", "The composition of:", "  jamendo:1\n"):
        assert part in words


def test_what_holders_granted_already_costs_nothing(room: Workspace) -> None:
    """Nor does a right that needs nobody's grant; and what payment alone permits is told apart."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    say(room, Kind.GRANT, "ann")
    manifest = clear(room)
    quote = quoted(room, manifest)
    assert [(line.party, line.price) for line in quote.lines] == [("quay", "4.00 EUR")]
    say(room, Kind.GRANT, "quay", asks=("payment",))
    later = quoted(room, manifest)
    assert (later.lines, later.on_payment, later.permitted) == ((), 2, 1)


def test_what_would_be_refused_even_so_is_not_priced(room: Workspace) -> None:
    """A holder who offers its catalogue and reserves one recording in it reserves that one."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RECORDING, "2 EUR"), Rate(Basis.RUN, "5 EUR")))
    say(room, Kind.OFFER, "ann", rates=(Rate(Basis.REVENUE, "2.5"),))
    say(room, Kind.RESERVATION, "ann", subjects=(Subject(Reach.RECORDING, "jamendo:1"),))
    manifest = clear(room, accepts=["payment"])
    quote = quoted(room, manifest, runs=3)
    assert [(line.party, line.recordings, line.price) for line in sorted(quote.lines, key=lambda one: one.party)] == [
        ("ann", 1, ""),
        ("quay", 1, "17.00 EUR"),
    ]
    (why,) = (one for one in whys(quote) if "still" in one)
    assert "reservation by ann" in why
    agreement = agreed(room, quote)
    assert {one.party: (one.amounts, one.revenue) for one in agreement.due} == {
        "ann": ((), ("2.5 % of revenue",)),
        "quay": (("17.00 EUR",), ()),
    }
    mine = clear(room, asker=LAB, accepts=["payment"], out=room.folder / "mine")
    assert verdicts(mine) == {"1": "refused", "2": "permitted", "3": "refused", "4": "permitted"}


def test_several_recordings_in_one_item(room: Workspace) -> None:
    """Only those are paid for without whose grant it is refused."""
    record(room, {5: RESERVED, 6: "CC0-1.0", 7: RESERVED}, name="medley.csv")
    music = room.folder / "music"
    music.mkdir()
    write_wav(music / "medley.wav", clip(1), 11_025)
    name = f"sha256:{sha256_file(music / 'medley.wav')}"
    room.catalogue.learn((f"jamendo:{key}", name) for key in (5, 6, 7))
    for key in (5, 6, 7):
        for right in Right:
            register(room, "zoe", key, right)
    say(room, Kind.OFFER, "zoe")
    quote = quoted(room, room.clear(music, USE, workers=1, report=False).folder)
    (line,) = quote.lines
    assert [one.recordings for one in line.portions] == [("jamendo:5", "jamendo:7")]
    assert float(line.seconds) > 0


def test_by_the_minute(room: Workspace) -> None:
    """As long as the recording sounds in the longest of its copies."""
    music = room.folder / "music"
    music.mkdir()
    for name, seconds in (("a.wav", 6), ("b.wav", 9)):
        write_wav(music / name, clip(1)[: seconds * 11_025], 11_025)
        room.catalogue.learn([("jamendo:1", f"sha256:{sha256_file(music / name)}")])
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.MINUTE, "100 EUR"),))
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, room.clear(music, USE, workers=1, report=False).folder)
    assert {line.party: (line.seconds, line.price) for line in quote.lines} == {
        "quay": ("9.000", "15.00 EUR"),
        "ann": ("9.000", "2.00 EUR"),
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda room, offer: say(room, Kind.REVOCATION, "quay", of=offer), "no longer holds"),
        (lambda room, offer: say(room, Kind.DISPUTE, "zoe", of=offer), "no longer holds"),
        (lambda room, _: say(room, Kind.GRANT, "ann"), "no longer holds"),
        (lambda room, _: register(room, "zoe", 1, Right.WORK, Fraction(1, 2)), "no longer holds"),
        (lambda room, _: room.desk.introduce(Party("quay", "Quay"), THEN), "no longer holds"),
        (lambda room, _: clear_others(room), "not in this workspace"),
    ],
    ids=["revoked", "disputed", "cheaper by now", "another holder", "control unproved", "another manifest"],
)
def test_a_quote_that_no_longer_holds(change: Any, says: str, room: Workspace) -> None:
    """Is refused with why, and nothing is said."""
    offer = say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    manifest = room.clear(room.folder / "corpus.csv", USE, workers=1, report=False).folder
    quote = quoted(room, manifest)
    change(room, offer)
    count = room.desk.store.count()
    with pytest.raises(LicetError, match=says):
        agreed(room, quote)
    assert room.desk.store.count() == count


def clear_others(room: Workspace) -> None:
    """Clear another list into the same place."""
    (room.folder / "corpus.csv").write_text("id\njamendo:1\n")
    room.clear(room.folder / "corpus.csv", USE, workers=1, report=False)


def test_who_may_accept_what_and_when(room: Workspace) -> None:
    """Its own quote, unchanged, in time, with its own key."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    manifest = clear(room)
    quote = quoted(room, manifest)
    with pytest.raises(UsageError, match="the quote is for lab"):
        room.market.accept(quote, "zoe", NOON, "desk")
    with pytest.raises(UsageError, match="valid until 2026-12-22"):
        agreed(room, quote, hour=24 * 31)
    cheap = msgspec.structs.replace(
        quote, lines=tuple(msgspec.structs.replace(line, price="0.01 EUR") for line in quote.lines)
    )
    with pytest.raises(UsageError, match="something else is to be paid"):
        agreed(room, cheap)
    other = room.folder / "other"
    (room.folder / "one.csv").write_text("id\njamendo:1\n")
    room.clear(room.folder / "one.csv", USE, workers=1, report=False, out=other)
    with pytest.raises(ManifestError, match="not the manifest that was quoted"):
        room.market.accept(quote, "lab", NOON, "desk", manifest=other)
    with pytest.raises(UsageError, match="nobody here is called"):
        room.market.quote(manifest, Asker("nobody"), NOON)
    key = make_key(room.folder / "lab.key", "lab.example")
    with pytest.raises(LogError, match="none of lab's"):
        room.market.accept(quote, "lab", NOON, "desk", key)
    room.desk.introduce(Party("lab", "Lab", keys=(str(key.verifier),)), THEN)
    agreement = room.market.accept(quote, "lab", NOON, "desk", key, manifest)
    said = room.desk.store.statement(agreement.acceptances[0].id)
    assert said is not None
    assert said.signed
    receipt = room.market.receipt(agreement, key)
    assert signed_agreement(receipt, [room.receipts.signer().verifier]) == agreement
    assert signed_agreement(receipt, [key.verifier]) == agreement


def test_a_word_between_the_looking_and_the_saying(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is heard: it is looked again, and what does not hold any more is not accepted."""
    offer = say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, clear(room))
    agree, late = room.desk.agree, [worded(Kind.REVOCATION, "quay", of=offer)]

    def slow(*said: Any, **how: Any) -> dict[str, int]:
        while late:
            room.desk.say(late.pop())
        return agree(*said, **how)

    monkeypatch.setattr(room.desk, "agree", slow)
    with pytest.raises(UsageError, match="no longer holds"):
        agreed(room, quote)


def test_where_others_never_stop_speaking(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up, says so, and nothing is said."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, clear(room))
    agree, words = room.desk.agree, iter(range(100))

    def slow(*said: Any, **how: Any) -> dict[str, int]:
        say(room, Kind.RESERVATION, "quay", acts=("index",), words=str(next(words)))
        return agree(*said, **how)

    monkeypatch.setattr(room.desk, "agree", slow)
    with pytest.raises(OvertakenError):
        agreed(room, quote)
    assert next(words) == 5


def test_an_exclusive_offer_is_the_first_takers(room: Workspace) -> None:
    """Another team's quote says that it is taken."""
    say(room, Kind.OFFER, "quay", exclusive=True)
    say(room, Kind.OFFER, "ann")
    manifest = clear(room)
    agreed(room, quoted(room, manifest))
    theirs = room.market.quote(manifest, Asker("zoe", "squall"), NOON + timedelta(hours=2))
    assert theirs.lines == ()
    assert any("still" in why for why in whys(theirs))


def test_a_grant_under_an_acceptance_is_made_with_it_alone(room: Workspace) -> None:
    """Nobody puts a price on record that was not accepted."""
    offer = say(room, Kind.OFFER, "quay")
    with pytest.raises(UsageError, match="licet accept"):
        say(room, Kind.GRANT, "quay", grantees=("lab",), under=offer, price="1000 EUR")


def test_what_cannot_be_looked_at_or_told_is_listed(room: Workspace) -> None:
    """With the others that keep an item from being licensed."""
    record(room, {1: RESERVED})
    folder = room.folder / "music"
    folder.mkdir()
    (folder / "broken.mp3").write_bytes(b"nothing")
    manifest = room.clear(folder, USE, workers=1, report=False).folder
    quote = quoted(room, manifest)
    assert whys(quote) == {"it could not be looked at": 1}
    (room.folder / "corpus.csv").write_text("id\njamendo:99\n")
    unknown = room.clear(room.folder / "corpus.csv", USE, workers=1, report=False, today=DAY).folder
    assert whys(quoted(room, unknown)) == {"nobody can say which recording it is": 1}
