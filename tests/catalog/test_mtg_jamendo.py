"""A checkout of the MTG-Jamendo dataset is read whole, and what is wrong in it costs only itself."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from licet.catalog import Entry, Problem, Severity, open_source
from licet.errors import SourceError
from lookalikes import BY, NAMES, NC, ROWS, licence_record, mtg_jamendo, track_row

if TYPE_CHECKING:
    from pathlib import Path

    from licet.catalog import Source
    from licet.catalog.store import CatalogStore


def read(folder: Path) -> tuple[dict[str, Entry], list[Problem]]:
    """Read a checkout: its entries by key, and its problems."""
    items = list(open_source("mtg-jamendo", folder).read())
    entries = {str(item.key): item for item in items if isinstance(item, Entry)}
    return entries, [item for item in items if isinstance(item, Problem)]


def licence_list(folder: Path, content: str | bytes) -> tuple[dict[str, Entry], list[Problem]]:
    """Read a checkout with this licence list alone."""
    folder.joinpath("audio_licenses.txt").write_bytes(content.encode() if isinstance(content, str) else content)
    return read(folder)


def test_all_that_is_said_of_a_track_comes_together(tmp_path: Path) -> None:
    """Licence, credit, title, artist, path, length, digests and ids make one entry, and entries go by number."""
    entries, problems = read(mtg_jamendo(tmp_path))
    assert (list(entries), problems) == (["jamendo:214", "jamendo:215", "jamendo:216", "jamendo:217"], [])
    track = entries["jamendo:215"]
    assert track.licence == NC
    assert track.attribution == ("Stand by &quot;me&#039; by An Artist from Jamendo: http://www.jamendo.com/track/215")
    assert (track.title, track.artist, track.duration_s, track.path) == (
        "Stand by \"me'",
        "An Artist",
        211.1,
        "15/215.mp3",
    )
    assert str(track.holdings[0].party.identifiers[0]) == "jamendo-artist:20"
    assert [str(name) for name in track.identifiers] == ["jamendo-album:46"]
    assert [str(name) for name in entries["jamendo:216"].identifiers[:2]] == [
        f"sha256:{'ab' * 32}",
        f"sha256:{'cd' * 32}",
    ]


def test_the_licence_record_is_the_evidence_and_else_the_first_row(tmp_path: Path) -> None:
    """Evidence is the record in the licence list; a track without one is known by the first list that names it."""
    source = open_source("mtg-jamendo", mtg_jamendo(tmp_path))
    names = {file.sha256: file.path for file in source.files()}
    where = {str(item.key): names[item.span.blob] for item in source.read() if isinstance(item, Entry)}
    assert where == {
        "jamendo:214": "audio_licenses.txt",
        "jamendo:215": "audio_licenses.txt",
        "jamendo:216": "data/splits/split-0/test.tsv",
        "jamendo:217": "data/autotagging.tsv",
    }


def test_names_are_taken_from_the_list_of_names(tmp_path: Path) -> None:
    """`raw.meta.tsv` names tracks, artists and releases, though a title holds a tab and a quote never closed."""
    mtg_jamendo(tmp_path)
    rows = [
        'track_0000216\tartist_000020\talbum_000046\tThe 12"\tmix\tAn &amp; Artist\tAn Album\t2005-01-01\thttp://www.jamendo.com/track/216',
        "track_0000300\t\t\tAlone\tNobody\t\t2005-01-01\t",
        "track_0000301\tfew",
        "tune_0000301\t\t\tT\tA\t\t2005-01-01\t",
        "\t\t\tT\tA\t\t2005-01-01\t",
    ]
    (tmp_path / "data" / "raw.meta.tsv").write_text(NAMES + "\n".join(rows))
    entries, problems = read(tmp_path)
    track = entries["jamendo:216"]
    assert (track.title, track.artist, track.album) == ('The 12" mix', "An & Artist", "An Album")
    assert track.url == "http://www.jamendo.com/track/216"
    assert (entries["jamendo:300"].title, entries["jamendo:300"].holdings[0].party.identifiers) == ("Alone", ())
    assert [problem.where for problem in problems] == [f"data/raw.meta.tsv:{line}" for line in (4, 5, 6)]


BROKEN = {
    "no licence line": f"14/214.mp3\nA by B from Jamendo: http://www.jamendo.com/track/214\n\n{licence_record(215)}",
    "no blank line": licence_record(213).rstrip() + "\n14/214.mp3\n" + licence_record(215),
    "no path": f"A by B from Jamendo: http://www.jamendo.com/track/214\n{BY}\n\n{licence_record(215)}",
    "too many lines": f"14/214.mp3\na\nb\nc\nd\ne\n\n{licence_record(215)}",
    "another track's credit": licence_record(214).replace("track/214", "track/999") + licence_record(215),
    "a line without end": f"14/214.mp3\n{'x' * 100_000}\n{BY}\n\n{licence_record(215)}",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_record_costs_only_itself(content: str, tmp_path: Path) -> None:
    """It is one problem with its line, and the record behind it is read."""
    entries, problems = licence_list(tmp_path, content)
    assert "jamendo:214" not in entries
    assert entries["jamendo:215"].licence == BY
    assert [problem.severity for problem in problems] == [Severity.LOST]
    assert problems[0].where.startswith("audio_licenses.txt:")


def test_a_record_that_is_no_text_costs_only_itself(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are a problem where they stand."""
    content = licence_record(214).encode().replace(b"A Title", b"caf\xe9") + licence_record(215).encode()
    entries, problems = licence_list(tmp_path, content)
    assert list(entries) == ["jamendo:215"]
    assert problems == [Problem("audio_licenses.txt:1", "the record is not UTF-8")]


def test_windows_line_ends_and_other_credits_are_read(tmp_path: Path) -> None:
    """Line ends are not part of a licence; a credit worded in another way is kept, and gives no title."""
    other = f"14/214.mp3\nThanks to An Artist\n{BY}\n"
    entries, problems = licence_list(tmp_path, other.replace("\n", "\r\n"))
    track = entries["jamendo:214"]
    assert (track.licence, track.attribution, track.title, track.url, problems) == (
        BY,
        "Thanks to An Artist",
        "",
        None,
        [],
    )


def test_a_track_licensed_twice_in_different_words_has_no_licence(tmp_path: Path) -> None:
    """Taking the first would lose the refusal in the second; a mere repetition is fine."""
    content = licence_record(214) + licence_record(214) + licence_record(215) + licence_record(215, NC)
    entries, problems = licence_list(tmp_path, content)
    assert (entries["jamendo:214"].licence, entries["jamendo:215"].licence) == (BY, None)
    assert [(problem.where, problem.severity) for problem in problems] == [("audio_licenses.txt:13", Severity.DOUBT)]


def test_lists_that_disagree_are_in_doubt(tmp_path: Path) -> None:
    """The first list counts, and another length, artist or path is reported."""
    mtg_jamendo(tmp_path)
    (tmp_path / "data" / "zzz.tsv").write_text(ROWS + track_row(217, duration="5"))
    entries, problems = read(tmp_path)
    # Lists go by their paths: data/autotagging.tsv, data/splits/..., data/zzz.tsv.
    assert entries["jamendo:217"].duration_s == 211.1
    assert [(problem.where, problem.severity) for problem in problems] == [("data/zzz.tsv:2", Severity.DOUBT)]


def test_rows_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    """Short rows, other ids, lengths that are none and lines without end cost only themselves."""
    (tmp_path / "data").mkdir()
    rows = [
        "track_0000001\tartist_000020",
        "song_1\tartist_000020\talbum_000046\t01/1.mp3\t1\tx",
        "track_0000002\tartist_000020\talbum_000046\t02/2.mp3\t-1\tx",
        "track_0000003\tartist_xx\talbum_000046\t03/3.mp3\t1\tx",
        "track_0000004\t\t\t04/4.mp3\t\tx",
        "x" * 100_000,
    ]
    (tmp_path / "data" / "a.tsv").write_text(ROWS + "\n\n".join(rows))
    entries, problems = read(tmp_path)
    assert list(entries) == ["jamendo:4"]
    assert (entries["jamendo:4"].duration_s, entries["jamendo:4"].holdings) == (None, ())
    assert [problem.where for problem in problems] == [f"data/a.tsv:{line}" for line in (2, 4, 6, 8, 12)]


def test_a_digest_alone_makes_a_track_known(tmp_path: Path) -> None:
    """A track that only the list of digests names is an entry; other lines are problems."""
    (tmp_path / "data" / "download").mkdir(parents=True)
    path = tmp_path / "data" / "download" / "x_audio-low_sha256_tracks.txt"
    path.write_text(f"{'ab' * 32} 14/214.low.mp3\n\nnonsense\n")
    entries, problems = read(tmp_path)
    assert [str(name) for name in entries["jamendo:214"].identifiers] == [f"sha256:{'ab' * 32}"]
    assert [problem.where for problem in problems] == ["data/download/x_audio-low_sha256_tracks.txt:3"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A folder with none of the files is no checkout, and says what was looked for."""
    with pytest.raises(SourceError, match=r"audio_licenses\.txt"):
        open_source("mtg-jamendo", tmp_path).files()


def test_the_real_checkout_is_read_whole(jamendo_items: list[Entry | Problem]) -> None:
    """All 53,386 tracks of the real lists, 11,565 of them licensed by 53 links, and no problem."""
    entries = {str(item.key): item for item in jamendo_items if isinstance(item, Entry)}
    licences = [entry.licence for entry in entries.values() if entry.licence]
    assert (len(jamendo_items), len(entries), len(licences)) == (53_386, 53_386, 11_565)
    assert len({licence.rpartition(" ")[2] for licence in licences}) == 53
    assert sum(entry.duration_s is not None for entry in entries.values()) == 53_386
    whole = [entry for entry in entries.values() if entry.licence and len(entry.identifiers) == 3]
    assert len(whole) == 4_276
    words = Counter(licence.partition(": ")[0] for licence in licences)
    assert words["Available under License Art Libre"] == 15


@pytest.mark.untraced
def test_the_real_catalogue_is_kept_and_found(
    jamendo: Source, jamendo_items: list[Entry | Problem], store: CatalogStore
) -> None:
    """All of MTG-Jamendo is recorded, and its keys are found again."""
    then = datetime(2026, 5, 1, tzinfo=UTC)
    recorded = store.record(jamendo.kind, jamendo.location, then, jamendo.files(), jamendo_items)
    assert (recorded.snapshot.entries, recorded.snapshot.licensed, recorded.problem_count) == (53_386, 11_565, 0)
    entries = [item for item in jamendo_items if isinstance(item, Entry)]
    found = store.find([str(entry.key) for entry in entries[::20]], as_of=then)
    assert {key: listed.entry for key, (listed,) in found.items()} == {str(entry.key): entry for entry in entries[::20]}
    assert len(store.resolve(["jamendo-artist:14"])["jamendo-artist:14"]) == 138
