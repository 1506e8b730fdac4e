"""Registering in one step, and whom it contradicts: by real sound, re-encoded and cut, on either database."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from corpora import RATE_HZ, clip, piece
from house import NOON, USE, begun
from licet.catalog import Right
from licet.corpus import read_lines
from licet.errors import IndexDamagedError, LicetError, UsageError
from licet.identify.duplicates import Comparer
from licet.parallel import Crashed
from licet.registry.conflicts import Conflict, Kind
from licet.registry.listing import Held
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.statements import Kind as Says
from licet.registry.statements import Reach, Statement, Subject
from licet.registry.terms import Control
from licet.workspace import conflicting, registering
from licet.workspace.registering import How, Registration, kind_of, register
from lookalikes import ern_message, ern_recording
from playing import encode, write_wav

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.registry.outbox import Message
    from licet.workspace import Workspace

HERE = How(workers=1)
THEN = NOON - timedelta(hours=9)
ANN = "local:ann/song.wav"
BOB = "local:bob/copy.mp3"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with a log, three recordings of which nothing was heard, and three parties."""
    with begun(tmp_path / "house") as opened:
        known(opened)
        yield opened


def known(room: Workspace) -> None:
    """Put three parties on record."""
    for party in ("ann", "bob", "quay"):
        room.desk.introduce(Party(party, party.title(), control=Control.VOUCHED), THEN)


def own(room: Workspace, name: str = "ann") -> Path:
    """Write a folder with one song; return it."""
    folder = room.folder / name
    folder.mkdir()
    write_wav(folder / "song.wav", piece(1), RATE_HZ)
    return folder


def copied(room: Workspace, name: str = "bob", *, cut: bool = False) -> Path:
    """Write a folder with a copy of that song, encoded with losses; or with nine seconds of it."""
    folder = room.folder / name
    folder.mkdir()
    encode(folder / "copy.mp3", clip(1) if cut else piece(1), "libmp3lame", RATE_HZ)
    return folder


def registered(room: Workspace, party: str, what: Path | str, hour: int = 0, **held: object) -> Registration:
    """Register something, some hours later."""
    return register(room, what, Held(party, **held), THEN + timedelta(hours=hour), HERE)  # type: ignore[arg-type]  # keywords pass through


def kinds(found: Registration) -> list[tuple[Kind, tuple[Right, ...], list[str]]]:
    """Return what was found, in short."""
    return [(one.kind, one.rights, [side.recording for side in one.sides]) for one in found.conflicts]


def holders(room: Workspace, recording: str) -> set[tuple[str, Right, Fraction | None]]:
    """Return who holds what."""
    held = room.desk.store.holdings([recording], as_of=NOON).get(recording, ())
    return {(one.party, one.right, one.share) for one in held}


def heard(room: Workspace) -> list[Message]:
    """Return what waits to be sent."""
    return [one.message for one in room.notices.outbox.waiting()]


def both(party: str, share: Fraction | int = 1) -> set[tuple[str, Right, Fraction]]:
    """Return a share in both rights."""
    return {(party, right, Fraction(share)) for right in Right}


def test_a_folder_is_registered_in_one_step_and_a_copy_of_it_contradicts_it(tmp_path: Path, database: str) -> None:
    """Each is told at once, and once, on either database; nothing is merged."""
    with begun(tmp_path / "house", database=database) as room:
        known(room)
        for party in ("ann", "bob"):
            room.notices.watch(party, Address(f"mailto:{party}@example.org"), THEN)
        first = registered(room, "ann", own(room))
        assert (first.recordings, first.holdings, first.gaps, first.conflicts) == (1, 2, (), ())
        assert first.added is not None
        assert first.added.sounds.registered == 1
        assert holders(room, ANN) == both("ann")
        assert heard(room) == []

        second = registered(room, "bob", copied(room), 1)
        assert kinds(second) == [(Kind.SAME_SOUND, tuple(Right), [ANN, BOB])]
        assert second.counts == {"same-sound": 1}
        assert second.told == ("ann", "bob")
        (found,) = second.conflicts
        assert found.shared is not None
        assert found.shared.method == "fingerprint"
        assert found.shared.probability > 0.99
        assert [(one.by, one.since) for one in found.sides[0].stakes] == [("ann", THEN)] * 2
        assert (holders(room, ANN), holders(room, BOB)) == (both("ann"), both("bob"))

        messages = heard(room)
        assert {(one.to.text, one.kind) for one in messages} == {
            ("mailto:ann@example.org", "recording.conflict"),
            ("mailto:bob@example.org", "recording.conflict"),
        }
        for words in (ANN, BOB, "bob registered", "Nothing was merged"):
            assert words in messages[0].text
        for hour, party in enumerate(("ann", "bob"), start=2):
            again = registered(room, party, room.folder / party, hour)
            assert (again.counts, again.told) == ({"same-sound": 1}, ()), "the same claims, as old as they were"
            assert {one.since for one in again.conflicts[0].stakes} == {THEN, THEN + timedelta(hours=1)}
        assert len(heard(room)) == 2


def test_a_part_in_common_is_the_weaker_kind(room: Workspace) -> None:
    """A clip may be a lawful sample, or a medley hold it by licence."""
    registered(room, "ann", own(room))
    assert kinds(registered(room, "bob", copied(room, cut=True), 1)) == [(Kind.OVERLAP, tuple(Right), [ANN, BOB])]


def test_a_second_name_for_ones_own_is_a_duplicate(room: Workspace) -> None:
    """It contradicts nobody, nobody is told, and a clip of one's own is nothing at all."""
    room.notices.watch("ann", Address("mailto:ann@example.org"), THEN)
    registered(room, "ann", own(room))
    again = registered(room, "ann", copied(room), 1)
    assert kinds(again) == [(Kind.DUPLICATE, tuple(Right), [ANN, BOB])]
    assert again.told == ()
    assert heard(room) == []
    assert registered(room, "ann", copied(room, "clips", cut=True), 2).conflicts == ()


def test_two_rights_of_one_sound(room: Workspace) -> None:
    """Who holds the master contradicts nobody who holds the song; two who hold the song contradict each other."""
    registered(room, "ann", own(room), rights=(Right.WORK,))
    assert registered(room, "bob", copied(room), 1, rights=(Right.RECORDING,)).conflicts == ()
    assert kinds(registered(room, "quay", BOB, 2)) == [
        (Kind.TOO_MUCH, (Right.RECORDING,), [BOB]),
        (Kind.SAME_SOUND, (Right.WORK,), [ANN, BOB]),
    ]


def test_what_is_missing_is_said_for_each_right(room: Workspace) -> None:
    """One recording by its key; who comes later with the rest makes it whole."""
    half = registered(room, "ann", "jamendo:2", rights=(Right.WORK,), share=Fraction(1, 2))
    assert [(one.right, one.says, one.recordings, one.example) for one in half.gaps] == [
        (Right.RECORDING, "the recording is nobody's on record", 1, "jamendo:2"),
        (Right.WORK, "1/2 of the composition is nobody's on record", 1, "jamendo:2"),
    ]
    assert holders(room, "jamendo:2") == {("ann", Right.WORK, Fraction(1, 2))}
    registered(room, "quay", "jamendo:2", 1, rights=(Right.RECORDING,))
    whole = registered(room, "bob", "jamendo:2", 2, rights=(Right.WORK,), share=Fraction(1, 2))
    assert (whole.gaps, whole.conflicts) == ((), ())
    too_much = registered(room, "bob", "jamendo:2", 3)
    assert kinds(too_much) == [(Kind.TOO_MUCH, tuple(Right), ["jamendo:2"])]
    assert {one.says for one in too_much.gaps} == {
        f"the shares in the {it} exceed the whole" for it in ("recording", "composition")
    }


def test_a_catalogue_is_put_on_record_and_registered(room: Workspace) -> None:
    """With its sound; its columns say who holds what, and whoever registers it holds the rest."""
    folder = own(room)
    (folder / "list.csv").write_text(
        "path,title,artist,isrc,Holder,Right,Share\n"
        "song.wav,Song,Ann,QZABC2600001,,,\n"
        "tune.wav,Tune,Ann,,bob,work,1/3\n"
        "tune.wav,Tune,Ann,,,work,2/3\n"
    )
    done = register(room, folder / "list.csv", Held("ann"), THEN, How(audio=folder, name="ann", workers=1))
    assert (done.recordings, done.holdings) == (2, 4)
    assert done.added is not None
    assert done.added.sounds.registered == 1
    assert holders(room, ANN) == both("ann")
    assert holders(room, "local:ann/tune.wav") == {
        ("ann", Right.WORK, Fraction(2, 3)),
        ("bob", Right.WORK, Fraction(1, 3)),
    }
    assert [one.says for one in done.gaps] == ["the recording is nobody's on record"]
    (entry,) = (one.entry for one in room.catalogue.find([ANN], as_of=NOON)[ANN])
    assert (entry.title, [str(one) for one in entry.identifiers]) == ("Song", ["isrc:QZABC2600001"])


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_list_in_either_form(form: str, room: Workspace) -> None:
    """Of holdings, and of recordings with what is said of them."""
    table = {
        "recording": ["jamendo:1", "jamendo:2"],
        "right": ["", "work"],
        "holder": [None, "bob"],
        "share": ["", "0.5"],
    }
    done = registered(room, "ann", written(room.folder / f"holdings.{form}", table))
    assert (done.recordings, done.holdings, done.added) == (2, 3, None)
    assert holders(room, "jamendo:1") == both("ann")
    assert holders(room, "jamendo:2") == {("bob", Right.WORK, Fraction(1, 2))}
    more = {"id": ["jamendo:7", "x y"], "title": ["Seven", "Eight"], "share": [0.5, None]}
    done = registered(room, "ann", written(room.folder / f"more.{form}", more))
    assert (done.recordings, done.holdings) == (2, 4)
    assert holders(room, "jamendo:7") == both("ann", Fraction(1, 2))
    assert holders(room, "local:more/x y") == both("ann")


def written(path: Path, columns: dict[str, list[object]]) -> Path:
    """Write a table."""
    if path.suffix == ".parquet":
        parquet.write_table(pa.table(columns), path)
    else:
        with path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows([columns, *zip(*columns.values(), strict=True)])
    return path


def test_a_message_is_put_on_record_and_registered(room: Workspace) -> None:
    """As `licet add ddex-ern` does."""
    path = room.folder / "message.xml"
    path.write_text(ern_message(ern_recording()))
    done = registered(room, "quay", path)
    assert (done.recordings, done.holdings) == (1, 2)
    (recording,) = room.desk.store.held_by("quay")
    assert recording.startswith("isrc:")
    assert done.added is not None
    assert done.added.recorded.snapshot.source == "ddex-ern"


@pytest.mark.parametrize(
    ("what", "how", "says"),
    [
        ("jamendo:77", HERE, "jamendo:77 is not on record"),
        ("isrc:QZABC2600001", HERE, "is not on record .name it by its key: local:ann/song.wav"),
        ("nothing.csv", HERE, "is no file here, and no key"),
        ("jamendo:1", How(name="ann"), "a recording takes no audio, name or column"),
        ("holdings.csv", How(columns={"key": "recording"}), "a list takes no"),
        ("ann/song.wav", HERE, "is one file of audio"),
        ("bad.csv", HERE, r"bad.csv:3: 'much' is no share"),
        ("stranger.csv", HERE, "nobody here is called 'Zoe'"),
        ("right.csv", HERE, "there is no right 'lyrics'"),
        ("broken.parquet", HERE, "broken.parquet is no Parquet file"),
        ("columns.parquet", HERE, "no column 'colour'"),
        ("none.parquet", HERE, "no column `recording`"),
        ("cut.xml", HERE, "no ERN message"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_said_before_anything_is_on_record(
    what: str, how: How, says: str, room: Workspace
) -> None:
    """Nothing is registered, and nothing was put on record."""
    folder = own(room)
    (folder / "ann.csv").write_text("path,isrc\nsong.wav,QZABC2600001\n")
    room.add("table", folder / "ann.csv", captured_at=THEN)
    for name, content in {
        "holdings.csv": "recording\njamendo:1\n",
        "bad.csv": "id,title,share\njamendo:5,Five,\njamendo:6,Six,much\n",
        "stranger.csv": "id,title,holder\njamendo:5,Five,Zoe\n",
        "right.csv": "id,title,right\njamendo:5,Five,lyrics\n",
        "broken.parquet": "PAR1",
        "cut.xml": "<NewReleaseMessage",
    }.items():
        (room.folder / name).write_text(content)
    written(room.folder / "columns.parquet", {"recording": ["jamendo:1"], "colour": ["red"]})
    written(room.folder / "none.parquet", {"holder": ["ann"]})
    before = room.catalogue.snapshots()
    with pytest.raises(LicetError, match=says):
        register(room, what if ":" in what else room.folder / what, Held("ann"), THEN, how)
    assert room.catalogue.snapshots() == before
    assert room.desk.store.held_by("ann") == set()


def test_a_stranger_registers_nothing(room: Workspace) -> None:
    """Before its folder is read."""
    with pytest.raises(UsageError, match="nobody here is called 'zoe'"):
        registered(room, "zoe", own(room))
    assert len(room.catalogue.snapshots()) == 1


def test_a_name_that_no_file_can_have_is_a_key() -> None:
    """However long it is."""
    assert kind_of("local:" + "x" * 900) == "recording"


@pytest.mark.parametrize(
    ("where", "mend"),
    [
        ("licet.workspace.workspace.add_sounds", "what was read is on record, and nobody is registered to hold it yet"),
        ("licet.workspace.desk.Desk.register_listed", "1 recordings are on record, and nobody is registered"),
        ("licet.workspace.registering.find_conflicts", "2 holdings are on record; what they contradict was not all"),
    ],
    ids=["listening", "registering", "comparing"],
)
def test_what_stands_where_a_step_fails(
    where: str, mend: str, room: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said, and the same command goes on from there."""
    folder = own(room)

    def failing(*_: object, **__: object) -> None:
        raise IndexDamagedError("a segment is damaged", mend="restore it")

    with monkeypatch.context() as broken:
        broken.setattr(where, failing)
        with pytest.raises(IndexDamagedError) as wrong:
            registered(room, "ann", folder)
    assert wrong.value.mend.startswith(f"restore it; {mend}")
    assert wrong.value.mend.endswith("the same command goes on from there")
    done = registered(room, "ann", folder, 1)
    assert (done.recordings, done.holdings) == (1, 2)
    assert holders(room, ANN) == both("ann")


def test_what_is_not_compared_is_registered_all_the_same(room: Workspace) -> None:
    """And can be compared later."""
    registered(room, "ann", own(room))
    done = register(room, copied(room), Held("bob"), THEN + timedelta(hours=1), How(compare=False, workers=1))
    assert (done.holdings, done.conflicts, done.counts) == (2, (), {})
    assert [one.kind for one in all_conflicts(room)] == [Kind.SAME_SOUND]


def all_conflicts(room: Workspace) -> list[Conflict]:
    """Compare all that is registered."""
    store = room.desk.store
    return list(conflicting.find_conflicts(store, room.index_folder, store.registered, at=NOON, workers=1))


def test_a_process_that_is_killed_is_an_error(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the recording: no conflict is left out in silence."""
    monkeypatch.setattr("licet.workspace.conflicting.ordered_map", lambda *_, **__: iter([Crashed(ANN)]))
    with pytest.raises(UsageError, match=f"compared {ANN} was killed"):
        all_conflicts(room)


def test_many_conflicts_are_counted(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer names the first of them."""
    monkeypatch.setattr(registering, "KEPT", 1)
    (room.folder / "all.csv").write_text("recording\njamendo:1\njamendo:2\njamendo:3\n")
    registered(room, "ann", room.folder / "all.csv")
    done = registered(room, "bob", room.folder / "all.csv", 1)
    assert (len(done.conflicts), done.counts) == (1, {"too-much": 3})


def spoken(room: Workspace, kind: Says, party: str, recording: str) -> None:
    """Let a party say something of a recording, an hour before noon."""
    subject = Subject(Reach.RECORDING, recording)
    at = (NOON - timedelta(hours=1)).isoformat()
    room.desk.say(Statement(kind=kind, party=party, actor="desk", at=at, subjects=(subject,)))


def verdict(room: Workspace, *found: str) -> str:
    """Clear a corpus that holds a clip of the song, in which some recordings are found."""
    corpus = room.folder / "corpus"
    corpus.mkdir()
    encode(corpus / "clip.opus", clip(1, 12_000), "libopus", 12_000)
    cleared = room.clear(corpus, USE, workers=1, report=False)
    (line,) = read_lines(cleared.folder)
    assert set(line.recordings) == set(found)
    return line.verdict


@pytest.mark.parametrize(
    ("ann", "bob", "comes_to"),
    [
        (Says.GRANT, None, "unknown"),
        (None, Says.GRANT, "unknown"),
        (Says.GRANT, Says.RESERVATION, "refused"),
        (Says.GRANT, Says.GRANT, "permitted"),
    ],
    ids=["ann alone", "bob alone", "bob reserves", "both"],
)
def test_no_claimant_of_a_sound_speaks_for_the_other(
    ann: Says | None, bob: Says | None, comes_to: str, room: Workspace
) -> None:
    """An item in which both recordings are found needs the word of both."""
    registered(room, "ann", own(room))
    registered(room, "bob", copied(room), 1)
    for party, says, recording in (("ann", ann, ANN), ("bob", bob, BOB)):
        if says is not None:
            spoken(room, says, party, recording)
    assert verdict(room, ANN, BOB) == comes_to


def test_shares_that_exceed_the_whole_permit_nothing(room: Workspace) -> None:
    """Though every one of the claimants granted it."""
    registered(room, "ann", own(room))
    spoken(room, Says.GRANT, "ann", ANN)
    registered(room, "bob", ANN, 1)
    spoken(room, Says.GRANT, "bob", ANN)
    assert verdict(room, ANN) == "unknown"


def test_a_grant_for_a_copy_is_none_for_the_sound_that_is_reserved_in_public(room: Workspace) -> None:
    """Bob speaks for his name for the sound, and not for what Ann's list says of hers."""
    room.add("audio-folder", own(room), captured_at=THEN, licence="All rights reserved", workers=1)
    registered(room, "bob", copied(room), 1)
    spoken(room, Says.GRANT, "bob", BOB)
    assert verdict(room, ANN, BOB) == "refused"


def test_that_a_sound_may_be_shared_by_more_is_counted(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one search does not tell all of them, no answer looks as if it did."""
    pairs = Comparer.__call__
    assert registered(room, "ann", own(room)).unfinished == 0
    monkeypatch.setattr(Comparer, "__call__", lambda self, name: replace(pairs(self, name), more=True))
    assert registered(room, "bob", copied(room), 1).unfinished == 1
    said: list[str] = []
    store = room.desk.store
    found = conflicting.find_conflicts(
        store, room.index_folder, store.registered, at=NOON, workers=1, unfinished=said.append
    )
    assert len(list(found)) == 1
    assert ANN in said
