"""What every source keeps to, whatever it reads."""

from __future__ import annotations

import hashlib
import os
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import lookalikes
from licet.catalog import KINDS, Entry, Problem, Source, decode_entry, encode_entry, open_source
from licet.errors import SourceError, UsageError


@pytest.fixture(params=lookalikes.KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Source:
    """Open a look-alike of each kind in turn."""
    kind, make, options = lookalikes.KINDS[request.param]
    return open_source(kind, make(tmp_path), **options)


def entries_of(source: Source) -> list[Entry]:
    """Read the entries of a source that has no problems."""
    items = list(source.read())
    assert not [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Entry)]


def test_a_source_reads_the_same_twice(source: Source) -> None:
    """Nothing depends on the clock, on chance or on the order of a folder."""
    assert list(source.read()) == list(source.read())
    assert source.files() == source.files()
    assert len(entries_of(source)) >= 2


def test_every_statement_is_found_again_in_the_evidence(source: Source) -> None:
    """The bytes at an entry's span have the digest that it names, in a file that is handed over."""
    blobs = {digest: where.read_bytes() if isinstance(where, Path) else where for digest, where in source.blobs()}
    assert all(hashlib.sha256(content).hexdigest() == digest for digest, content in blobs.items())
    for entry in entries_of(source):
        content = blobs[entry.span.blob][entry.span.start : entry.span.start + entry.span.length]
        assert hashlib.sha256(content).hexdigest() == entry.span.digest
        assert content.strip()


def test_what_was_read_is_named(source: Source) -> None:
    """Every file that evidence stands in is among the files, by digest and size."""
    named = {file.sha256: file.size for file in source.files()}
    for digest, where in source.blobs():
        assert named[digest] == (where.stat().st_size if isinstance(where, Path) else len(where))


def test_each_recording_is_named_once(source: Source) -> None:
    """No two entries of a source have one key."""
    keys = [entry.key for entry in entries_of(source)]
    assert len(set(keys)) == len(keys)


def test_an_entry_survives_being_written_down(source: Source) -> None:
    """Encoded and decoded, an entry is the same."""
    for entry in entries_of(source):
        assert decode_entry(encode_entry(entry)) == entry


def test_a_source_says_what_it_is(source: Source) -> None:
    """Its kind is one that can be opened, and its location is where the user said."""
    assert source.kind in KINDS
    assert source.location


SUFFIXES = {"mtg-jamendo": "", "fma": ".csv", "stable-audio": ".csv", "ddex-ern": ".xml", "audio-folder": ""}
PLACES = [
    *((kind, suffix) for kind, suffix in SUFFIXES.items()),
    *(("table", suffix) for suffix in (".csv", ".tsv", ".jsonl", ".parquet", ".doc")),
]


@pytest.mark.parametrize(("kind", "suffix"), PLACES, ids=lambda value: value or "-")
@pytest.mark.parametrize("broken", ["missing", "folder", "empty", "garbage", "pipe"])
def test_what_cannot_be_read_is_refused_or_reported(kind: str, suffix: str, broken: str, tmp_path: Path) -> None:
    """A missing, empty, wrong or hostile place gives a `SourceError` or problems, and never an entry."""
    place = tmp_path / f"source{suffix}"
    if broken == "folder":
        place.mkdir()
    elif broken == "empty":
        place.touch()
    elif broken == "garbage":
        place.write_bytes(random.Random(7).randbytes(50_000))
    elif broken == "pipe":
        os.mkfifo(place)
    source = open_source(kind, place)
    items: list[Entry | Problem] = []
    with suppress(SourceError):
        source.files()
        items = list(source.read())
    assert all(isinstance(item, Problem) for item in items)


def test_garbage_in_a_checkout_is_reported(tmp_path: Path) -> None:
    """Files of a checkout that hold nothing that belongs there lose nothing of the others."""
    lookalikes.mtg_jamendo(tmp_path)
    before = [item for item in open_source("mtg-jamendo", tmp_path).read() if isinstance(item, Entry)]
    (tmp_path / "data" / "zzz.tsv").write_bytes(random.Random(7).randbytes(50_000))
    (tmp_path / "data" / "download" / "z_audio_sha256_tracks.txt").write_bytes(random.Random(7).randbytes(50_000))
    items = list(open_source("mtg-jamendo", tmp_path).read())
    assert [item for item in items if isinstance(item, Entry)] == before
    assert any(isinstance(item, Problem) for item in items)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("vinyl", {}), ("fma", {"name": "x"}), ("table", {"path": "x"})],
    ids=["unknown kind", "unknown option", "another's option"],
)
def test_a_wrong_question_is_answered_with_what_there_is(kind: str, options: dict[str, Any], tmp_path: Path) -> None:
    """An unknown kind or option is the user's to mend."""
    with pytest.raises(UsageError) as refusal:
        open_source(kind, tmp_path, **options)
    assert refusal.value.mend


def test_every_kind_is_described() -> None:
    """Each has one line for the help, and its options are those that it takes."""
    for kind in KINDS.values():
        assert kind.describes
        assert "\n" not in kind.describes
        open_source(kind.name, Path("x"), **dict.fromkeys(kind.options, ""))
