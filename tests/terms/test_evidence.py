"""Evidence is kept whole under its own name, or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.digests import sha256_bytes
from licet.errors import EvidenceError
from licet.terms import Evidence, EvidenceStore

if TYPE_CHECKING:
    from pathlib import Path

LINE = b"Available under CC BY 3.0"
PAGE = b"14/214.mp3\n" + LINE + b"\n"
EVIDENCE = Evidence(
    digest=sha256_bytes(LINE),
    source="mtg-jamendo",
    where="audio_licenses.txt:2",
    captured_at=datetime(2026, 9, 1, tzinfo=UTC),
    blob=sha256_bytes(PAGE),
    start=11,
    length=len(LINE),
)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    """Return a store in a folder that does not exist yet."""
    return EvidenceStore(tmp_path / "evidence")


def files(root: Path) -> list[str]:
    """Return the names of all files below `root`."""
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def full(*_: object, **__: object) -> int:
    """Answer like a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_span(store: EvidenceStore) -> None:
    """The bytes of a statement are read from the file it stood in."""
    assert store.put_bytes(PAGE) == EVIDENCE.blob
    assert store.read(EVIDENCE) == LINE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(content=st.binary(max_size=2_000))
def test_bytes_and_files_agree(store: EvidenceStore, tmp_path: Path, content: bytes) -> None:
    """The same content has the same name, given as bytes or as a file, and comes back as it was."""
    (tmp_path / "page").write_bytes(content)
    digest = store.put_bytes(content)
    assert store.put_file(tmp_path / "page") == digest == sha256_bytes(content)
    assert store.read_blob(digest) == content


def test_place(store: EvidenceStore, tmp_path: Path) -> None:
    """A blob lies under the first two digits of its digest, and nothing else is left behind."""
    digest = store.put_bytes(PAGE)
    assert store.path(digest) == tmp_path / "evidence" / "sha256" / digest[:2] / digest
    assert files(tmp_path) == [digest]


def test_again_is_no_change(store: EvidenceStore) -> None:
    """What is kept already is left alone."""
    first = store.path(store.put_bytes(PAGE)).stat()
    assert store.path(store.put_bytes(PAGE)).stat() == first


def test_cut_short_is_written_again(store: EvidenceStore) -> None:
    """A blob that a power failure cut short is made whole by keeping it again."""
    digest = store.put_bytes(PAGE)
    store.path(digest).write_bytes(PAGE[:5])
    store.put_bytes(PAGE)
    assert store.read_blob(digest) == PAGE


def test_source_is_copied(store: EvidenceStore, tmp_path: Path) -> None:
    """Evidence outlives a change to the file it was taken from."""
    (tmp_path / "page").write_bytes(PAGE)
    digest = store.put_file(tmp_path / "page")
    (tmp_path / "page").write_bytes(b"changed")
    assert store.read_blob(digest) == PAGE


def test_missing(store: EvidenceStore) -> None:
    """Evidence that is not there is an error that names the file and the mend."""
    with pytest.raises(EvidenceError, match=f"evidence is missing: .*{EVIDENCE.blob} .*restore it"):
        store.read(EVIDENCE)


@pytest.mark.parametrize(
    "altered",
    [
        {"start": 12},
        {"length": 3},
        {"digest": "0" * 64},
        {"start": -5},
        {"length": -1},
        {"start": 1 << 70, "length": 1 << 70},
    ],
    ids=str,
)
def test_span_that_does_not_hash(store: EvidenceStore, altered: dict[str, int]) -> None:
    """A span whose bytes do not hash to the evidence's digest is an error, however odd the span."""
    store.put_bytes(PAGE)
    with pytest.raises(EvidenceError, match=r"was altered where it holds the bytes of audio_licenses\.txt:2"):
        store.read(replace(EVIDENCE, **altered))  # type: ignore[arg-type]  # the table mixes texts and numbers


def test_not_stored(store: EvidenceStore) -> None:
    """Evidence whose bytes were never stored says so."""
    with pytest.raises(EvidenceError, match="are not stored"):
        store.read(replace(EVIDENCE, blob=""))


def test_altered_blob(store: EvidenceStore) -> None:
    """A changed byte is found by reading and by verifying; whole blobs and strange files are not named."""
    digest, other = store.put_bytes(PAGE), store.put_bytes(b"other")
    store.path(digest).write_bytes(PAGE.replace(b"BY", b"NC"))
    (store.path(other).parent / "README").write_text("not a blob", encoding="utf-8")
    with pytest.raises(EvidenceError, match="was altered"):
        store.read_blob(digest)
    assert list(store.verify()) == [digest]


def test_unreadable_blob(store: EvidenceStore) -> None:
    """A blob that cannot be read is an error of ours, and is verified as damaged."""
    store.path(EVIDENCE.blob).mkdir(parents=True)
    with pytest.raises(EvidenceError, match="cannot be read"):
        store.read(EVIDENCE)
    assert list(store.verify()) == [EVIDENCE.blob]


def test_verify_nothing(store: EvidenceStore) -> None:
    """An empty store has no damage."""
    assert list(store.verify()) == []


@pytest.mark.parametrize("digest", ["", "abc", "../" * 20 + "abcd", "A" * 64, "a" * 65, "a" * 63 + "\n"], ids=repr)
def test_no_digest(store: EvidenceStore, digest: str) -> None:
    """Nothing but a digest names a blob, so that no name leads out of the store."""
    with pytest.raises(EvidenceError, match="is no SHA-256"):
        store.path(digest)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_not_a_file(store: EvidenceStore, tmp_path: Path, kind: str) -> None:
    """What is no file is refused, and a pipe is not waited on."""
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(EvidenceError, match="is not a file"):
        store.put_file(path)


def test_unreadable_file(store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be opened is an error of ours."""
    path = tmp_path / "page"
    path.write_bytes(PAGE)
    monkeypatch.setattr(type(path), "open", full)
    with pytest.raises(EvidenceError, match="cannot be read"):
        store.put_file(path)


@pytest.mark.parametrize("step", ["fsync", "mkdir", "rename"])
def test_disk_full(store: EvidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A full disk is an error of ours that leaves no file at all, and the store can be used again."""
    with monkeypatch.context() as patched:
        if step == "fsync":
            patched.setattr(os, "fsync", full)
        else:
            patched.setattr(type(tmp_path), {"mkdir": "mkdir", "rename": "replace"}[step], full)
        with pytest.raises(EvidenceError, match=r"the evidence cannot be kept in .*No space left.*make room"):
            store.put_bytes(PAGE)
    assert files(tmp_path) == []
    assert store.read_blob(store.put_bytes(PAGE)) == PAGE


def test_folder_cannot_be_flushed(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be flushed at the end of a batch is an error of ours."""
    with pytest.raises(EvidenceError, match="cannot be flushed"), store.batch():  # noqa: PT012  (the batch's end raises)
        store.put_bytes(PAGE)
        monkeypatch.setattr(os, "fsync", full)


def test_batch_flushes_folders_once(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a batch each blob is flushed, and each folder once at the end."""
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    pages = [b"%d" % number for number in range(600)]
    with store.batch():
        digests = [store.put_bytes(page) for page in pages]
    folders = {digest[:2] for digest in digests}
    assert len(flushed) == len(pages) + len(folders) + 2  # the two above them are new as well
    assert all(store.read_blob(digest) == page for digest, page in zip(digests, pages, strict=True))


def test_batches_nest(store: EvidenceStore) -> None:
    """A batch in a batch ends by itself, and leaves the outer one open."""
    with store.batch():
        with store.batch():
            inner = store.put_bytes(b"inner")
        outer = store.put_bytes(b"outer")
    assert (store.read_blob(inner), store.read_blob(outer)) == (b"inner", b"outer")


def test_batches_of_two_threads_end_in_any_order(store: EvidenceStore) -> None:
    """Each is its own thread's: the one that began first may end first."""
    with ThreadPoolExecutor(1) as other:
        first, second = store.batch(), store.batch()
        with first:
            theirs = other.submit(store.put_bytes, b"theirs").result()
            other.submit(second.__enter__).result()
        mine = store.put_bytes(b"mine")
        other.submit(second.__exit__, None, None, None).result()
    assert (store.read_blob(theirs), store.read_blob(mine)) == (b"theirs", b"mine")


def test_left_over_numbers(store: EvidenceStore, tmp_path: Path) -> None:
    """What a killed process left behind is in no one's way."""
    folder = tmp_path / "evidence" / "incoming"
    folder.mkdir(parents=True)
    for number in range(5_000):
        (folder / f"{os.getpid()}-{number}").touch()
    assert store.read_blob(store.put_bytes(PAGE)) == PAGE


def test_killed_while_writing(tmp_path: Path) -> None:
    """Whatever moment a process is killed at, every blob that has a name is whole."""
    program = (
        "import sys; from pathlib import Path; from licet.terms import EvidenceStore\n"
        "store = EvidenceStore(Path(sys.argv[1])); number = 0\n"
        "while True:\n    store.put_bytes(b'%d ' % number * 50_000); number += 1; print(number, flush=True)"
    )
    with subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 7:
            pass
        writer.send_signal(signal.SIGKILL)
    store = EvidenceStore(tmp_path)
    assert list(store.verify()) == []
    assert len(list((tmp_path / "sha256").glob("*/*"))) >= 7


def test_what_an_unfinished_batch_keeps_is_flushed_for_whoever_relies_on_it(
    store: EvidenceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of another thread, or of another process, may never end. What was flushed once is not flushed again."""
    flushed: list[str] = []
    monkeypatch.setattr(EvidenceStore, "_flush", lambda _, folder: flushed.append(folder.name))
    with ThreadPoolExecutor(1) as other, store.batch():
        digest = store.put_bytes(PAGE)
        assert not flushed
        other.submit(store.put_bytes, PAGE).result()
        assert flushed == [digest[:2], "sha256", "evidence"]
        other.submit(store.put_bytes, PAGE).result()
        assert len(flushed) == 3
    elsewhere = EvidenceStore(store.path(digest).parents[2])
    with elsewhere.batch():
        elsewhere.put_bytes(PAGE)
    assert len(flushed) == 9


def test_what_was_flushed_is_not_remembered_without_end(store: EvidenceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that keeps millions stays small."""
    monkeypatch.setattr("licet.terms.evidence._REMEMBERED", 3)
    for number in range(10):
        store.put_bytes(b"%d" % number)
        assert len(store._lasting) <= 3


def test_size(store: EvidenceStore) -> None:
    """Of a blob that is kept."""
    assert store.size(store.put_bytes(PAGE)) == len(PAGE)
    with pytest.raises(EvidenceError, match="evidence is missing"):
        store.size("0" * 64)
