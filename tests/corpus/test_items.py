"""What a corpus holds: sorted, each item once, with what the corpus says of it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from licet.corpus import Corpus, Item, items
from licet.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


def names(corpus: Corpus) -> list[str]:
    """Return the names of the items in order."""
    return [item.name for item in corpus.items()]


def test_a_folder_is_walked_in_the_order_of_plain_text(tmp_path: Path) -> None:
    """A folder sorts as if its name ended in a slash, so that the manifest is sorted by item."""
    for name in ("b/1.mp3", "b-side.mp3", "b.mp3", "a/z.mp3", "a/y/x.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = names(Corpus(tmp_path))
    assert found == sorted(found) == ["a/y/x.mp3", "a/z.mp3", "b-side.mp3", "b.mp3", "b/1.mp3"]


@pytest.mark.parametrize(
    "head",
    [b"fLaC", b"OggS", b"ID3\x03", b"\xff\xfb\x90", b"RIFF....WAVEfmt ", b"FORM....AIFF", b"....ftypM4A "],
    ids=["flac", "ogg", "id3", "mp3", "wav", "aiff", "m4a"],
)
def test_audio_is_known_by_its_beginning_where_its_name_does_not_say(tmp_path: Path, head: bytes) -> None:
    """A wrong suffix hides nothing."""
    (tmp_path / "song.dat").write_bytes(head + b"\0" * 16)
    (tmp_path / "readme.txt").write_text("hello")
    assert names(Corpus(tmp_path)) == ["song.dat"]


def test_a_list_names_items_by_path_identifier_or_digest(tmp_path: Path) -> None:
    """In one list, if it likes."""
    rows = ["id,path,sha256", "jamendo:214,,", ",b.mp3,", f",,{'a' * 64}"]
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n")
    found = {item.name: item for item in Corpus(tmp_path / "list.csv").items()}
    assert set(found) == {"jamendo:214", "b.mp3", f"sha256:{'a' * 64}"}
    assert found["jamendo:214"].declared == ("jamendo:214",)
    assert found["b.mp3"].path == "b.mp3"


def test_an_item_listed_twice_is_two_lines(tmp_path: Path) -> None:
    """Two clips of one recording are two things to clear."""
    (tmp_path / "list.csv").write_text("id,path\njamendo:1,a.mp3\njamendo:1,b.mp3\njamendo:1,a.mp3\n")
    found = [(item.name, item.row) for item in Corpus(tmp_path / "list.csv").items()]
    assert found == [("a.mp3", 1), ("a.mp3", 3), ("b.mp3", 2)]


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    """With a mapping."""
    (tmp_path / "list.tsv").write_text("what\tmay I\nx.mp3\tCC0\n")
    corpus = Corpus(tmp_path / "list.tsv", columns={"path": "what", "licence": "may I"})
    assert [item.said.licence for item in corpus.items() if item.said] == ["CC0"]


def test_a_long_list_is_sorted_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In runs that fit in memory, merged."""
    monkeypatch.setattr(items, "SORTED_AT_ONCE", 10)
    order = random.Random(1).sample(range(1000), 95)
    (tmp_path / "list.csv").write_text("id\n" + "".join(f"jamendo:{number}\n" for number in order))
    found = names(Corpus(tmp_path / "list.csv"))
    assert found == sorted(f"jamendo:{number}" for number in order)


@pytest.mark.parametrize(
    ("name", "complaint"), [("nothing", "no corpus"), ("list.doc", "neither a folder nor a list")], ids=["none", "doc"]
)
def test_what_is_no_corpus_is_an_error_that_says_what_would_be(tmp_path: Path, name: str, complaint: str) -> None:
    """Before anything is written."""
    (tmp_path / "list.doc").write_text("x")
    with pytest.raises(SourceError, match=complaint):
        Corpus(tmp_path / name)


def test_items_survive_the_journey_to_another_process() -> None:
    """They are plain values."""
    import pickle

    item = Item(name="a", path="a")
    assert pickle.loads(pickle.dumps(item)) == item  # noqa: S301  (our own bytes, as multiprocessing does it)
