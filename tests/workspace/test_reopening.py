"""What changed is found, the receipts that lean on it are decided on again, and nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from corpora import COMMERCIAL, make_workspace, write_copies
from house import DAY, LISTED, NOON, ORIGIN, SALT, TERMS, begun, changes, clear, record, reopen
from licet.corpus import read_head, read_lines
from licet.corpus.manifest import LOOKED_NAME, SEEN_NAME
from licet.errors import ManifestError
from licet.exports.feed import write_feeds
from licet.terms.gathering import Answer, CannedWire, Fetcher
from licet.transparency import MANIFEST, create_log, make_key, parse_statement, public_path, read_verifiers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.workspace import Workspace


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with a log."""
    with begun(tmp_path / "house") as opened:
        yield opened


def test_one_changed_licence_reopens_its_receipt_and_no_other(room: Workspace) -> None:
    """And the entry in the log says which manifest it reopens, and why."""
    manifest = clear(room)
    record(room, TERMS | {1: "CC-BY-NC-4.0"}, hour=1)
    (came,) = reopen(room)
    assert (came.looked_at, came.superseded) == (1, 1)
    assert changes([came]) == [("jamendo:1", "permitted", "refused")]
    (line,) = came.lines()
    assert (len(line.appeared), len(line.went)) == (1, 1)
    assert any("non-commercial" in says for says in line.says)
    assert came.seal is not None
    entry = parse_statement(came.seal.entry.encode(), of_type=MANIFEST)
    assert entry.predicate["reopens"] == {"place": 0, "because": ["sources say something else of 1 recording"]}
    ((now, receipt),) = room.receipts.receipts(manifest, "jamendo:1")
    assert now.verdict == "refused"
    assert receipt.check(read_verifiers(public_path(room.receipts.key_path))).anchor.place == 1
    ((same, other),) = room.receipts.receipts(manifest, "jamendo:3")
    assert (same.verdict, other.log.place) == ("permitted", 0)


def test_what_was_looked_at_is_not_looked_at_again(room: Workspace) -> None:
    """Until something changes."""
    clear(room)
    assert reopen(room) == []
    record(room, TERMS | {1: "CC-BY-NC-4.0"}, hour=1)
    assert len(reopen(room)) == 1
    assert reopen(room) == []


def test_back_and_forth(room: Workspace) -> None:
    """Each turn supersedes the last one, and the receipt is that of the newest."""
    manifest = clear(room)
    verdicts = []
    for hour, licence in enumerate(["CC-BY-NC-4.0", "CC-BY-4.0", "CC-BY-ND-4.0"], 1):
        record(room, TERMS | {1: licence}, hour)
        assert [item for item, *_ in changes(reopen(room))] == ["jamendo:1"]
        ((line, _),) = room.receipts.receipts(manifest, "jamendo:1")
        verdicts.append((line.verdict, line.licence))
    assert verdicts == [("refused", "CC BY-NC 4.0"), ("permitted", "CC BY 4.0"), ("refused", "CC BY-ND 4.0")]
    assert len(room.receipts.log()) == 4


def test_a_source_read_again_to_the_same_end_supersedes_nothing(room: Workspace) -> None:
    """Though it was captured later."""
    clear(room)
    record(room, TERMS, hour=1)
    assert reopen(room) == []


def test_what_another_source_says_is_heard(room: Workspace) -> None:
    """Of a recording of which nothing was on record, too; and what a source no longer lists."""
    clear(room)
    record(room, {9: "CC0-1.0", 77: "CC0-1.0"}, hour=1, name="another.csv")
    (came,) = reopen(room)
    assert changes([came]) == [("jamendo:9", "unknown", "permitted")]
    record(room, {key: TERMS[key] for key in (2, 3)}, hour=2)
    (came,) = reopen(room)
    assert came.looked_at == 1


def test_a_licence_for_the_whole_collection(room: Workspace) -> None:
    """Concerns all that it lists, though none of its lines changed."""
    clear(room)
    path = room.folder / "catalogue.csv"
    room.add("table", path, captured_at=NOON, licence="All rights reserved")
    (came,) = reopen(room)
    assert came.looked_at == len(TERMS)
    assert came.superseded == len(TERMS)


def test_another_policy_reopens_everything(room: Workspace) -> None:
    """And supersedes what it decides otherwise."""
    clear(room)
    room.policy = msgspec_copy(room)
    (came,) = reopen(room)
    assert came.looked_at == len(LISTED)
    assert came.superseded == 0
    assert "the policy" in came.because[0]
    assert reopen(room) == []


def msgspec_copy(room: Workspace) -> object:
    """Return the house's policy under another digest."""
    from dataclasses import replace

    return replace(room.policy, digest="0" * 64, version="another")


def test_an_answer_from_the_web_reopens_what_asks_there(room: Workspace) -> None:
    """A reservation that a host begins to make takes away."""
    manifest = clear(room)
    robots = "https://example.org/robots.txt"
    wire = CannedWire({robots: Answer(200, [], b"User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n")})
    fetcher = Fetcher("licet", lambda: NOON, wire=wire, interval_s=0)
    room.gatherings.gather(["https://example.org/1"], fetcher, as_of=NOON, progress=lambda _: None)
    (came,) = reopen(room)
    assert "1 host answered again" in came.because
    assert ("jamendo:1", "permitted", "unknown") in changes([came])
    assert all(line.verdict == "permitted" for line in read_lines(manifest) if line.item in {"jamendo:1", "jamendo:3"})


def test_what_is_named_is_opened(room: Workspace) -> None:
    """By its evidence or its recording; where nothing changed, nothing is superseded."""
    manifest = clear(room)
    evidence = next(line for line in read_lines(manifest) if line.item == "jamendo:2").statements[0].evidence
    for named in ({"evidence": [evidence]}, {"recordings": ["jamendo:2"]}):
        (came,) = reopen(room, **named)
        assert (came.looked_at, came.superseded, came.by) == (1, 0, None)
    assert reopen(room, recordings=["jamendo:77"]) == []


def test_what_was_stated_for_the_whole_corpus_is_heard_again(room: Workspace) -> None:
    """It is part of the question, and was kept with it."""
    manifest = clear(room, stated="All rights reserved")
    assert read_head(manifest)[0].stated
    record(room, TERMS | {3: "CC-BY-4.0"}, hour=1)
    (came,) = reopen(room)
    assert [(item, after) for item, _, after in changes([came])] == [("jamendo:3", "refused")]
    assert came.by is not None
    (line,) = read_lines(came.by)
    assert {one.statement for one in line.statements} >= {"All rights reserved", "CC-BY-4.0"}


def test_audio_is_not_listened_to_again(tmp_path: Path) -> None:
    """What was heard was kept: the files may be gone."""
    with make_workspace(tmp_path) as room:
        create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
        corpus = write_copies(tmp_path / "corpus")
        cleared = room.clear(corpus, COMMERCIAL, workers=1, report=False)
        room.receipts.seal(cleared.folder, salt=SALT, at=NOON)
        corpus.rename(tmp_path / "gone")
        before = {line.item: line for line in read_lines(cleared.folder)}
        assert reopen(room) == []
        licences = tmp_path / "masters" / "licences.csv"
        licences.write_text(licences.read_text().replace("CC BY 4.0", "CC BY-NC 4.0"))
        room.add("table", licences, captured_at=NOON)
        (came,) = reopen(room)
        assert changes([came]) == [
            (item, "permitted", "refused")
            for item in ("clips/given.mp3", "exact.wav")
            if before[item].matches is not None
        ]
        assert came.by is not None
        for line in read_lines(came.by):
            assert (line.matches, line.sha256, line.size) == tuple(
                getattr(before[line.item], name) for name in ("matches", "sha256", "size")
            )


def test_a_manifest_that_did_not_keep_what_was_seen_says_so(room: Workspace) -> None:
    """It was written by something else, or the file was deleted."""
    clear(room)
    (room.receipts.manifests()[0] / SEEN_NAME).unlink()
    with pytest.raises(ManifestError, match="what was seen"):
        reopen(room, recordings=["jamendo:1"])


def test_where_nothing_is_known_of_the_record_then_everything_is_looked_at(room: Workspace) -> None:
    """A manifest that does not say what was on record is not taken for one that knew it all."""
    clear(room)
    (room.receipts.manifests()[0] / LOOKED_NAME).unlink()
    (came,) = reopen(room)
    assert (came.looked_at, came.superseded) == (len(TERMS), 0)
    assert reopen(room) == []


def test_news_of_what_is_not_sealed_is_none(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(ManifestError, match="not sealed"):
        write_feeds(ORIGIN, [tmp_path], tmp_path / "feeds")


def test_the_news_go_into_two_feeds(room: Workspace, tmp_path: Path) -> None:
    """Atom and JSON Feed tell the same, the newest first; a hostile title breaks neither."""
    from defusedxml.ElementTree import fromstring

    def written() -> tuple[list[str], list[str]]:
        atom, feed = write_feeds(ORIGIN, room.receipts.manifests(), tmp_path / "feeds")
        names = {"a": "http://www.w3.org/2005/Atom"}
        entries = fromstring(atom.read_bytes()).findall("a:entry/a:title", names)
        return [one.text for one in entries], [one["title"] for one in msgspec.json.decode(feed.read_bytes())["items"]]

    clear(room)
    assert written() == ([], [])
    for hour, licence in enumerate(["CC-BY-NC-4.0", "CC-BY-NC-ND-4.0"], 1):
        record(room, TERMS | {1: licence}, hour)
        reopen(room)
    titles = ["jamendo:1: still refused, on other grounds", "jamendo:1: permitted → refused"]
    assert written() == (titles, titles)


def test_reopening_is_for_the_day_that_is_asked(room: Workspace) -> None:
    """What was captured after it is not heard."""
    clear(room)
    record(room, TERMS | {1: "CC-BY-NC-4.0"}, hour=48)
    assert reopen(room) == []
    later = list(room.reopen(day=DAY.replace(day=24), at=NOON, salt=lambda: SALT))
    assert changes(later) == [("jamendo:1", "permitted", "refused")]
