"""From an offer to a quote to an agreement, and what was refused is permitted; what writes, on either database."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from shutil import rmtree
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from corpora import clip
from house import DAY, NOON, USE, begun, changes, clear, record, reopen
from licet.catalog import Right
from licet.corpus import read_lines
from licet.digests import sha256_file
from licet.errors import LicetError, LogError, ManifestError, OvertakenError, UsageError
from licet.identify import IndexWriter, listen
from licet.registry.agreeing import acceptance, drafted, grants
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.quotes import parse_quote, signed_agreement
from licet.registry.rates import Basis, Rate
from licet.registry.regions import Region
from licet.registry.statements import SIGNED_TYPE, Kind, Reach, Statement, Subject
from licet.registry.terms import Asker, Control, Holding
from licet.transparency import make_key, parse_envelope
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
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """Four recordings, of which the first three are refused; Quay holds the masters, Ann wrote the songs."""
    place: str = request.getfixturevalue("database") if "database" in request.fixturenames else "licet.db"
    with begun(tmp_path / "house", {1: RESERVED, 2: NC, 3: RESERVED, 4: "CC0-1.0"}, place) as opened:
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


def test_from_an_offer_to_a_licence(room: Workspace, database: str) -> None:
    """What is refused is priced, accepted, granted to whoever paid, told, logged, and permitted: to nobody else."""
    master = say(room, Kind.OFFER, "quay", territories=("EU",), ends="2026-12-01", asks=("attribution",))
    song = say(room, Kind.OFFER, "ann", rights=(Right.WORK,), rates=(Rate(Basis.MODEL, "10 EUR"),))
    room.notices.watch("quay", Address("mailto:quay@example.org"), THEN)
    room.notices.watch("lab", Address("mailto:lab@example.org"), THEN)
    manifest = clear(room, asker=LAB, accepts=["payment"])
    assert verdicts(manifest) == {"1": "refused", "2": "refused", "3": "refused", "4": "permitted"}

    quote = quoted(room, manifest, runs=2)
    assert [(line.offer, line.side, line.recordings, line.price) for line in quote.lines] == sorted(
        [(master, "both", 2, "4.00 EUR"), (song, "work", 2, "10.00 EUR")]
    )
    assert [(one.side, one.amount) for one in quote.totals] == [
        ("both", "4.00 EUR"),
        ("work", "10.00 EUR"),
        ("all", "14.00 EUR"),
    ]
    assert (quote.permitted, quote.licensed, quote.hindered) == (1, 2, 1)
    assert whys(quote) == {
        "nobody is on record to hold the recording": 1,
        "nobody is on record to hold the composition": 1,
    }
    assert quote.valid_until == "2026-12-01", "the first end of an offer's window"

    agreement = agreed(room, quote)
    assert [one.place for one in (*agreement.acceptances, *agreement.grants)] == [3, 4, 5, 6]
    assert {one.party: one.amounts for one in agreement.due} == {"ann": ("10.00 EUR",), "quay": ("4.00 EUR",)}
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
    assert "for the model tidal, for 2 training runs" in heard["offer.accepted"].text
    assert (agreement.model, agreement.runs) == ("tidal", 2)

    mine = clear(room, asker=LAB, accepts=["payment"], out=room.folder / "mine")
    assert verdicts(mine) == {"1": "permitted", "2": "permitted", "3": "refused", "4": "permitted"}
    for asker in (Asker("zoe", "tidal"), Asker("lab", "another"), Asker()):
        theirs = clear(room, asker=asker, accepts=["payment"], out=room.folder / "theirs")
        assert verdicts(theirs)["1"] == "refused"
    (came,) = (one for one in reopen(room) if one.manifest.name == room.receipts.sealed_folder(manifest).name)
    assert changes([came]) == [("jamendo:1", "refused", "permitted"), ("jamendo:2", "refused", "permitted")]


def test_to_accept_it_again_makes_nothing_new(room: Workspace, database: str) -> None:
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


def music(room: Workspace, **seconds: float) -> Path:
    """Write the beginnings of one piece of music, each so long, and return their folder."""
    folder = room.folder / "-".join(seconds)
    folder.mkdir()
    for name, long in seconds.items():
        write_wav(folder / f"{name}.wav", clip(1)[: int(long * 11_025)], 11_025)
    return folder


def learn(room: Workspace, folder: Path) -> None:
    """Put on record that all files in a folder are the first recording, to the byte."""
    room.catalogue.learn(("jamendo:1", f"sha256:{sha256_file(path)}") for path in folder.iterdir())


def register_sound(room: Workspace, path: Path) -> None:
    """Register the sound of the first recording."""
    with IndexWriter(room.folder / "index") as writer:
        writer.add("jamendo:1", path.name, listen(path).fingerprint)
        writer.commit()
    room.market.record.reread()


def by_the_minute(room: Workspace) -> None:
    """Let Quay offer by the minute, and Ann by the recording."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.MINUTE, "100 EUR"),))
    say(room, Kind.OFFER, "ann")


def looked_at(room: Workspace, source: Path) -> Path:
    """Clear a folder or a list, and return the manifest's folder."""
    return room.clear(source, USE, workers=1, report=False, asker=LAB, accepts=["payment"]).folder


def lengths(quote: Quote) -> dict[str, tuple[str, str]]:
    """Return what each party is paid for: seconds, and the price."""
    return {line.party: (line.seconds, line.price) for line in quote.lines}


def test_by_the_minute(room: Workspace) -> None:
    """As long as the recording sounds in the longest of its copies, where these are the recording to the byte."""
    copies = music(room, short=6, long=9)
    learn(room, copies)
    by_the_minute(room)
    quote = quoted(room, looked_at(room, copies))
    assert lengths(quote) == {"quay": ("9.000", "15.00 EUR"), "ann": ("9.000", "2.00 EUR")}


@pytest.mark.parametrize("told", ["by its bytes", "by its sound", "by its name"])
def test_a_clip_is_paid_for_as_the_whole_recording(told: str, room: Workspace) -> None:
    """What is granted is the recording: its registered sound says how long that is."""
    whole, clips = music(room, whole=9), music(room, clip=4)
    register_sound(room, whole / "whole.wav")
    by_the_minute(room)
    if told == "by its bytes":
        learn(room, clips)
    (room.folder / "one.csv").write_text("id\njamendo:1\n")
    quote = quoted(room, looked_at(room, room.folder / "one.csv" if told == "by its name" else clips))
    assert lengths(quote)["quay"] == ("9.000", "15.00 EUR")


def test_a_copy_that_is_longer_than_what_is_registered(room: Workspace) -> None:
    """Is paid for as long as it is; and where no sound is registered any more, nobody knows how long a clip's is."""
    registered, copies = music(room, registered=6), music(room, copy=9)
    register_sound(room, registered / "registered.wav")
    by_the_minute(room)
    manifest = looked_at(room, copies)
    assert lengths(quoted(room, manifest))["quay"] == ("9.000", "15.00 EUR")
    rmtree(room.folder / "index")
    room.market.record.reread()
    quote = quoted(room, manifest)
    assert (quote.lines, list(whys(quote))) == (
        (),
        ["the offer of Quay is by the minute, and nobody knows how long it is"],
    )


@pytest.mark.parametrize("runs", [0, -1, 1_000_001])
def test_training_runs_that_cannot_be_priced(runs: int, room: Workspace) -> None:
    """Are refused: no run would be no fee."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RUN, "1000 EUR"),))
    say(room, Kind.OFFER, "ann")
    manifest = clear(room)
    with pytest.raises(UsageError, match=rf"^runs: {runs} "):
        quoted(room, manifest, runs=runs)
    forged = msgspec.structs.replace(quoted(room, manifest), runs=runs)
    with pytest.raises(UsageError, match=r"^runs: "):
        agreed(room, forged)
    with pytest.raises(UsageError, match="runs"):
        parse_quote(forged.encoded())


def test_by_the_model(room: Workspace) -> None:
    """It is paid for each that is granted: it must be said for which, and another one costs as much again."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.MODEL, "5000 EUR"),))
    say(room, Kind.OFFER, "ann")
    manifest = clear(room)
    unnamed = room.market.quote(manifest, Asker("lab"), NOON)
    assert unnamed.lines == ()
    assert "the offer of Quay is by the model, and it is not said for which: --model" in whys(unnamed)
    agreed(room, quoted(room, manifest))
    other = Asker("lab", "squall")
    theirs = clear(room, asker=other, accepts=["payment"], out=room.folder / "theirs")
    assert verdicts(theirs)["1"] == "refused"
    again = room.market.quote(manifest, other, NOON + timedelta(hours=2))
    assert "5000.00 EUR" in {line.price for line in again.lines}


@pytest.mark.parametrize("model", [" ", "tidal\n\nDue to quay: nothing", "x" * 201, "\x00"])
def test_a_model_without_a_name(model: str, room: Workspace) -> None:
    """That anybody can read is refused, before it stands in anybody's mail."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    manifest = clear(room)
    with pytest.raises(UsageError, match=r"^model: "):
        room.market.quote(manifest, Asker("lab", model), NOON)
    with pytest.raises(UsageError, match=r"^model: "):
        msgspec.structs.replace(quoted(room, manifest), model=model)


def test_no_part_of_a_price_is_for_nothing(room: Workspace) -> None:
    """However small the quotes are."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RECORDING, "0.004 EUR"),))
    say(room, Kind.GRANT, "ann")
    quote = quoted(room, clear(room))
    assert [one.amount for one in quote.totals] == ["0.01 EUR", "0.01 EUR"]
    assert agreed(room, quote).due[0].amounts == ("0.01 EUR",)


LARGE = "999999999999999 EUR"


def offer_of(room: Workspace, key: int, *rates: str) -> None:
    """Let Quay offer one recording, each rate for the recording."""
    about = (Subject(Reach.RECORDING, f"jamendo:{key}"),)
    say(room, Kind.OFFER, "quay", subjects=about, rates=tuple(Rate(Basis.RECORDING, rate) for rate in rates))


def test_an_offer_that_is_too_dear_hinders_itself_alone(room: Workspace) -> None:
    """What cannot be written as an amount is not asked for; what else is offered is."""
    say(room, Kind.GRANT, "ann")
    offer_of(room, 1, "2 EUR")
    offer_of(room, 2, LARGE, LARGE)
    manifest = clear(room)
    quote = quoted(room, manifest)
    assert [line.price for line in quote.lines] == ["2.00 EUR"]
    assert whys(quote)["the offer of quay comes to more than can be written as an amount"] == 1
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RECORDING, "3 USD"),))
    assert sorted(line.price for line in quoted(room, manifest).lines) == ["2.00 EUR", "3.00 USD"]


def test_a_sum_may_be_larger_than_any_amount(room: Workspace) -> None:
    """Of several offers; one offer of so much is none."""
    say(room, Kind.GRANT, "ann")
    all_of_it = say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RECORDING, LARGE),))
    manifest = clear(room)
    assert quoted(room, manifest).lines == ()
    say(room, Kind.REVOCATION, "quay", of=all_of_it)
    for key in (1, 2):
        offer_of(room, key, LARGE)
    assert agreed(room, quoted(room, manifest)).due[0].amounts == ("1999999999999998.00 EUR",)


def accepted_beside(room: Workspace, quote: Quote, *, granted: bool) -> None:
    """Put on record that a quote was accepted, past the desk; and what it has granted, in the words of its offers."""
    for line in quote.lines:
        one, offer = acceptance(line, quote, THEN.isoformat(), "x"), room.desk.store.statement(line.offer)
        assert offer is not None
        room.desk.store.say([(one, False)])
        for grant in grants(line, LAB, offer.statement, one.id, one.at, "x") if granted else ():
            room.desk.store.say([(grant, False)])


def test_an_acceptance_that_granted_nothing(room: Workspace) -> None:
    """Leaves the quote to be accepted, with all that it leads to."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, clear(room))
    accepted_beside(room, msgspec.structs.replace(quote, lines=quote.lines[:1]), granted=False)
    accepted_beside(room, quote, granted=False)
    agreement = agreed(room, quote)
    assert agreement.at == (NOON + timedelta(hours=1)).isoformat(), "it is accepted now"
    assert {one.of for one in agreement.grants} == {one.id for one in agreement.acceptances}
    assert agreed(room, quote, hour=2) == agreement


@pytest.mark.parametrize(
    "forged",
    [
        {"portions": (), "price": "0.01 EUR"},
        {"portions": (), "price": "", "recordings": 0},
        {"price": "0.01 EUR"},
        {"revenue": ("1 % of revenue",)},
        {"rates": (Rate(Basis.RUN, "0.01 EUR"),)},
        {"party": "lab"},
    ],
    ids=["nothing granted", "nothing at all", "another price", "another share", "other rates", "another party"],
)
def test_no_agreement_is_made_of_what_a_file_says(forged: dict[str, Any], room: Workspace) -> None:
    """Even where somebody got an acceptance of the forged quote on record, and grants."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.GRANT, "ann")
    quote = quoted(room, clear(room))
    line = msgspec.structs.replace(quote.lines[0], **forged)
    totals = tuple(msgspec.structs.replace(one, amount=line.price) for one in quote.totals if line.price)
    false = msgspec.structs.replace(quote, lines=(line,), totals=totals)
    accepted_beside(room, false, granted=True)
    with pytest.raises(UsageError, match="no longer holds"):
        agreed(room, false)


@pytest.mark.parametrize("twice", [False, True], ids=["no totals", "a line twice"])
def test_nor_of_other_sums_or_lines(twice: bool, room: Workspace) -> None:
    """What the lines come to is what is due, and each offer is accepted once."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.GRANT, "ann")
    quote = quoted(room, clear(room))
    doubled = tuple(msgspec.structs.replace(one, amount="8.00 EUR") for one in quote.totals)
    lines, totals = (quote.lines * 2, doubled) if twice else (quote.lines, ())
    false = msgspec.structs.replace(quote, lines=lines, totals=totals)
    accepted_beside(room, false, granted=True)
    with pytest.raises(UsageError, match="no longer holds"):
        agreed(room, false)


def test_an_agreement_that_was_cut_off_before_it_was_logged(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is logged when it is asked for again, once."""
    say(room, Kind.OFFER, "quay")
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, clear(room))

    def killed(_: object) -> dict[str, int]:
        raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(room.desk, "_logged", killed)
        with pytest.raises(InterruptedError):
            agreed(room, quote)
    count = room.desk.store.count()
    agreement = agreed(room, quote, hour=5)
    assert room.desk.store.count() == count
    assert len({one.place for one in (*agreement.acceptances, *agreement.grants)}) == 4
    assert room.receipts.log().verify() is None


def test_a_party_hears_of_its_own_offers_alone(room: Workspace) -> None:
    """And of nobody else's price, offer or grant; whoever accepted hears of each."""
    say(room, Kind.OFFER, "quay", rates=(Rate(Basis.RECORDING, "2.22 EUR"),))
    say(room, Kind.OFFER, "ann", rates=(Rate(Basis.RECORDING, "3.33 EUR"), Rate(Basis.REVENUE, "1.5")))
    for party in ("ann", "quay", "lab", "zoe"):
        room.notices.watch(party, Address(f"mailto:{party}@example.org"), THEN)
    quote = quoted(room, clear(room))
    agreement, offers = agreed(room, quote), {line.party: line.offer for line in quote.lines}
    heard = [one.message for one in room.notices.outbox.waiting()]
    assert sorted(one.to.text for one in heard) == [
        f"mailto:{name}@example.org" for name in ("ann", "lab", "lab", "quay")
    ]
    for party, other, secrets in (("ann", "quay", ["4.44"]), ("quay", "ann", ["6.66", "1.5"])):
        (mine,) = (one for one in heard if one.to.text == f"mailto:{party}@example.org")
        told = mine.text + str(dict(mine.facts))
        grants_of = {one.party: one.id for one in agreement.grants}
        assert grants_of[party] in told
        for secret in (*secrets, grants_of[other], offers[other], other):
            assert secret not in told


def test_the_days_of_a_quote_are_no_ones_to_change(room: Workspace) -> None:
    """It is not of a day to come, nor valid for longer than what it was made of."""
    say(room, Kind.OFFER, "quay", ends="2026-12-01")
    say(room, Kind.OFFER, "ann")
    quote = quoted(room, clear(room))
    ahead = msgspec.structs.replace(quote, at=(NOON + timedelta(hours=2)).isoformat())
    with pytest.raises(UsageError, match=r"^at: .* to come"):
        agreed(room, ahead)
    longer = msgspec.structs.replace(quote, valid_until="2026-12-02")
    with pytest.raises(UsageError, match="no longer holds"):
        agreed(room, longer)
    shorter = msgspec.structs.replace(quote, valid_until="2026-11-30")
    assert agreed(room, shorter).quote == shorter.id


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


def test_who_may_accept_what_and_when(room: Workspace, database: str) -> None:
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
    kept = parse_envelope(room.evidence.read_blob(said.envelope))
    kept.check([key.verifier], of_type=SIGNED_TYPE)
    assert kept.body == said.statement.encoded(), "who doubts it checks it"
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


def test_where_others_never_stop_speaking(room: Workspace, monkeypatch: pytest.MonkeyPatch, database: str) -> None:
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


def test_an_exclusive_offer_is_the_first_takers(room: Workspace, database: str) -> None:
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
