from __future__ import annotations

import gc
import json
import pickle
import re
import subprocess
import sys
import tarfile
import wave
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import datasets
import lhotse
import numpy as np
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
import torch.utils.data
import webdataset
from datasets.distributed import split_dataset_by_node
from lhotse.array import Array

from hearing import Paths, digest, heard
from licet.catalog import Right
from licet.errors import GateError, SourceError, UsageError
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.training import Why
from licet.training.cleared_file import cleared_file
from licet.training.drops import read_drops
from licet.training.loaders import gated
from licet.training.loaders.lhotse import GatedCutDataset, passing
from licet.training.loaders.nemo import passing as passing_lines
from licet.training.loaders.torch import GatedAudio, GatedDataset, GatedSampler, GatedStream
from licet.training.loaders.webdataset import GatedSamples
from licet.training.marks import times_read
from licet.training.runs import DROPS, MARKS
from schooling import DAY, NOON, SALT, cleared, opened, sound, started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.training import Gate
    from licet.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PERMITTED = ["0000.wav", "0001.wav", "0003.wav", "0004.wav"]
NUMBERS = [0, 1, 3, 4]
EARLIER = NOON - timedelta(days=2)


@pytest.fixture
def gate(room: Workspace) -> Gate:
    """Open a gate whose first epoch is under way, over sounds of which the third and the last are refused."""
    started(room)
    begun = opened(room)
    begun.begin_epoch(0)
    return begun


@pytest.fixture
def files(room: Workspace) -> list[Path]:
    """Return the sounds, and one that came after the clearance."""
    sound(room.folder / "music" / "stray.wav", 99)
    return sorted((room.folder / "music").iterdir())


def read(gate: Gate) -> list[int]:
    """Return in how many epochs each item was read."""
    return times_read(gate.run / MARKS, 6).tolist()


def whys(gate: Gate) -> set[tuple[str, str]]:
    """Return what was dropped when it was asked for, and why."""
    return {(one.item.rpartition("/")[2], one.why) for one in read_drops(gate.run / DROPS)}


def load(dataset: Any, **how: object) -> torch.utils.data.DataLoader[Any]:
    """Make a loader of two samples a batch."""
    return torch.utils.data.DataLoader(dataset, batch_size=2, collate_fn=list, **how)  # type: ignore[arg-type]  # keywords pass through


def flat(batches: Any) -> list[Any]:
    """Return the samples of batches."""
    return [one for batch in batches for one in batch]


def length(content: bytes) -> int:
    """Decode a sound, so to say."""
    return len(content)


def test_a_training_sees_what_passes_today_and_is_cleared(room: Workspace) -> None:
    """Over epochs, with workers that live on: a revocation, an overnight expiry and a swapped file are honoured."""
    room.desk.introduce(Party("ann", "Ann", control=Control.VOUCHED), EARLIER)
    held = [("jamendo:2", Holding("ann", "Ann", right, Fraction(1))) for right in Right]
    room.desk.register("ann", held, EARLIER)
    about = (Subject(Reach.RECORDING, "jamendo:2"),)
    at = EARLIER.isoformat()
    room.desk.say(Statement(kind=Kind.GRANT, party="ann", actor="desk", at=at, subjects=about, ends=DAY.isoformat()))
    started(room, manifest=cleared(room))
    now = [NOON]
    gate = room.runs.gate("first", now=lambda: now[0], salt=lambda: SALT)
    dataset = GatedAudio(gate, heard)
    loader = load(dataset, sampler=GatedSampler(dataset), num_workers=2, persistent_workers=True)
    assert len(loader) == 3  # schedules of learning rates ask before the first epoch
    seen = []
    for epoch in gate.epochs(4):
        seen.append(sorted(name for name, _ in flat(loader)))
        assert len(loader) == -(-len(dataset) // 2)
        if epoch == 0:
            now[0] += timedelta(days=1)
        elif epoch == 1:
            catalogue = room.folder / "catalogue.csv"
            catalogue.write_text(catalogue.read_text().replace("CC-BY-4.0", "CC-BY-NC-4.0"))
            room.add("table", catalogue, captured_at=NOON - timedelta(hours=1))
        else:
            (room.folder / "music" / "0001.wav").write_bytes((room.folder / "music" / "0000.wav").read_bytes())
    assert seen == [
        ["0000.wav", "0001.wav", "0002.wav", "0003.wav", "0004.wav"],
        PERMITTED,
        ["0001.wav", "0004.wav"],
        ["0004.wav", "0004.wav"],  # the batch keeps its shape
    ]
    assert read(gate) == [2, 3, 1, 2, 4, 0]
    assert whys(gate) == {("0001.wav", Why.CHANGED)}


def test_a_stream_is_shared_and_goes_on_in_mid_epoch(room: Workspace, gate: Gate) -> None:
    """Workers that are started anew give the batches of one reader, and what was not trained on comes after."""
    whole = list(load(GatedStream(GatedAudio(gate, heard), batch_size=2)))
    stream = GatedStream(GatedAudio(gate, heard), batch_size=2)
    loader = load(stream, num_workers=2, multiprocessing_context="spawn")
    begun = next(iter(loader))
    assert len(loader) == 2
    state = json.loads(json.dumps(stream.state_dict(taken=2)))
    again = opened(room)
    again.begin_epoch(state["epoch"])
    stream = GatedStream(GatedAudio(again, heard), batch_size=2)
    stream.load_state_dict(state)
    assert len(stream) == 2
    assert [begun, *load(stream)] == whole
    assert stream.state_dict()["since"] > state["since"]
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    again.begin_epoch(1)
    assert sorted(flat(load(stream))) == sorted(flat(whole))


def test_a_data_set_of_audio_is_as_long_as_what_passes(gate: Gate, files: list[Path]) -> None:
    """An index beyond counts on from the beginning, and what is not cleared any more is replaced by the next."""
    dataset = GatedAudio(gate, heard)
    assert [name for name, _ in dataset] == PERMITTED
    assert dataset[4] == dataset[0] == dataset[-4]
    files[1].unlink()
    files[3].write_bytes(files[2].read_bytes())
    assert [name for name, _ in dataset] == ["0000.wav", "0004.wav", "0004.wav", "0004.wav"]
    for path in files:
        path.write_bytes(b"")
    with pytest.raises(GateError, match="nothing of this data set passes"):
        dataset[0]


def test_a_data_set_that_opens_its_own_files_is_watched(gate: Gate, files: list[Path]) -> None:
    """What is not in the manifest, or was swapped, is left out or replaced, and not noted as read."""
    dataset = gated(Rows(files), gate, item=files)
    assert len(dataset) == 4
    files[1].write_bytes(files[2].read_bytes())
    assert [name for name, _ in dataset] == ["0000.wav", "0003.wav", "0003.wav", "0004.wav"]
    assert read(gate) == [1, 0, 0, 1, 1, 0]
    assert whys(gate) == {("0001.wav", Why.CHANGED), ("stray.wav", Why.NOT_LISTED)}


class Rows(Paths, torch.utils.data.Dataset[Any]):
    """The same, as PyTorch knows data sets."""


class Swapping(Paths):
    """A data set under whose hands its second file is swapped, and put back, each time that it is read."""

    def __init__(self, paths: list[Path], how: str) -> None:
        super().__init__(paths)
        self._how = how

    def __getitem__(self, index: int) -> tuple[str, str]:
        path = self.paths[index]
        if index != 1:
            return super().__getitem__(index)
        true, kept = path.read_bytes(), path.with_suffix(".kept")
        if self._how == "gone":
            path.unlink()
        elif self._how == "renamed":
            path.rename(kept)
            path.write_bytes(bytes(len(true)))
        else:
            path.write_bytes(bytes(len(true)))
        try:
            return super().__getitem__(index)
        finally:
            if self._how == "renamed":
                kept.replace(path)
            else:
                path.write_bytes(true)


@pytest.mark.parametrize("how", ["written", "renamed", "gone"])
def test_a_file_that_is_swapped_while_it_is_read_does_not_count(gate: Gate, files: list[Path], how: str) -> None:
    """Though it is what it was both before and after: the file system tells that it was touched."""
    tick = gate.root / "tick"
    tick.touch()
    while tick.stat().st_ctime_ns <= files[1].stat().st_ctime_ns:  # it was written in another tick of the disk's clock
        tick.touch()
    dataset = GatedDataset(gate, Swapping(files, how), files)
    cleared_bytes = {path.name: digest(path.read_bytes()) for path in files}
    assert list(dataset) == [(name, cleared_bytes[name]) for name in ("0000.wav", "0003.wav", "0003.wav", "0004.wav")]
    assert read(gate) == [1, 0, 0, 1, 1, 0]


class Failing(Paths):
    """A data set that cannot decode what it opens."""

    def __getitem__(self, index: int) -> tuple[str, str]:
        raise ValueError(f"sound {index} cannot be decoded")


def test_a_data_set_that_fails_by_itself_fails(gate: Gate, files: list[Path]) -> None:
    """Its error is its own, and nothing counts as read."""
    with pytest.raises(ValueError, match="sound 0 cannot be decoded"):
        GatedDataset(gate, Failing(files), files)[0]
    assert read(gate) == [0] * 6


def test_a_decoder_is_given_the_bytes_that_were_compared(gate: Gate, files: list[Path]) -> None:
    """And the index in the data set, where labels are; several indices may be of one item, and some of none."""
    labels = ["a", "b", "c", "d"]
    names = ["0004.wav", "0002.wav", "0000.wav", "0004.wav"]
    dataset = GatedDataset(gate, labels, names.__getitem__, decode=lambda content, at: (digest(content), labels[at]))
    true = {path.name: digest(path.read_bytes()) for path in files}
    assert list(dataset) == [(true["0004.wav"], "a"), (true["0000.wav"], "c"), (true["0004.wav"], "d")]
    assert read(gate) == [1, 0, 0, 0, 1, 0]


def test_cached_features_pass_by_the_name_of_their_item(gate: Gate, files: list[Path]) -> None:
    """No file is opened for them; what is refused or not listed does not pass."""
    features = list(range(len(files)))
    names = [path.name for path in files]
    for path in files:
        path.unlink()
    dataset = GatedDataset(gate, features, names, cached=True)
    assert list(dataset) == NUMBERS
    assert list(pickle.loads(pickle.dumps(dataset))) == NUMBERS  # noqa: S301  (our own)
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    with pytest.raises(UsageError, match="not decoded"):
        GatedDataset(gate, features, names, cached=True, decode=lambda *_: 0)
    with pytest.raises(UsageError, match="2 names for a data set of 7 entries"):
        len(GatedDataset(gate, features, names[:2]))


def test_ranks_are_those_of_the_training(gate: Gate) -> None:
    """Where PyTorch's are set up they are taken, unless others are given."""
    dataset = GatedAudio(gate, heard)
    distributed = "torch.distributed."
    with (
        mock.patch(distributed + "is_initialized", return_value=True),
        mock.patch(distributed + "get_rank", return_value=1),
        mock.patch(distributed + "get_world_size", return_value=3),
    ):
        theirs, given = GatedSampler(dataset, seed=None), GatedSampler(dataset, seed=None, rank=0, ranks=1)
    assert (list(theirs), list(given)) == ([1, 0], [0, 1, 2, 3])
    assert (len(theirs), len(given)) == (2, 4)
    with pytest.raises(UsageError, match="no rank 2 of 2"):
        GatedSampler(dataset, rank=2, ranks=2)
    with pytest.raises(UsageError, match="had the seed None, and this has 0"):
        GatedSampler(dataset).load_state_dict(theirs.state_dict())


def rows(files: list[Path], kind: str) -> datasets.Dataset:
    """Return a table of sounds as paths, or as bytes; or of names alone."""
    numbers = list(range(len(files)))
    if kind == "names":
        return datasets.Dataset.from_dict({"n": numbers, "id": [path.name for path in files]})
    cells = {
        "paths": [str(path) for path in files],
        "bytes": [{"path": path.name, "bytes": path.read_bytes()} for path in files],
    }
    made = datasets.Dataset.from_dict({"n": numbers, "audio": cells[kind]})
    return made.cast_column("audio", datasets.Audio())


@pytest.mark.parametrize("kind", ["paths", "bytes"])
def test_rows_of_hugging_face_pass_with_their_sound(gate: Gate, files: list[Path], kind: str) -> None:
    """By number, as paths or with their bytes; a transform is given what passed."""
    table = rows(files, kind)
    dataset = gated(table, gate, decode=digest)
    files[1].write_bytes(files[2].read_bytes())
    then = [0, 3, 3, 4] if kind == "paths" else NUMBERS  # bytes in a table are their own
    true = (
        [digest(path.read_bytes()) for path in files]
        if kind == "paths"
        else [digest(cell["bytes"]) for cell in table.cast_column("audio", datasets.Audio(decode=False))["audio"]]
    )
    assert list(dataset) == [{"n": number, "audio": true[number]} for number in then]
    assert read(gate) == [1, 0 if kind == "paths" else 1, 0, 1, 1, 0]
    assert whys(gate) >= {("stray.wav", Why.NOT_LISTED)}
    loaded = table.with_transform(lambda batch: {"twice": [one + one for one in batch["audio"]]})
    assert gated(loaded, gate, decode=digest)[0] == {"twice": true[0] * 2}
    with pytest.raises(UsageError, match="format torch"):
        gated(table.with_format("torch"), gate)


def test_rows_without_sound_pass_by_the_name_of_their_item(gate: Gate, files: list[Path]) -> None:
    """The column, a list or a function tells it; where nothing does, nothing passes."""
    table = rows(files, "names")
    for item in ("id", table["id"][:], table["id"].__getitem__):
        assert [row["n"] for row in gated(table, gate, item=item)] == NUMBERS
    assert [row["n"] for row in gated(table.to_iterable_dataset(), gate, item="id")] == NUMBERS
    for kind in (table, table.to_iterable_dataset()):
        with pytest.raises(UsageError, match="nothing tells which item a row is of"):
            gated(kind, gate)
    both = rows(files, "paths").map(lambda row: {"more": row["n"]}).cast_column("audio", datasets.Audio(decode=False))
    twice = both.add_column("other", [str(path) for path in files]).cast_column("other", datasets.Audio(decode=False))
    sounds = datasets.Features({"id": datasets.Value("string"), "clips": datasets.List(datasets.Audio(decode=False))})
    nested = datasets.IterableDataset.from_generator(iter, features=sounds, gen_kwargs={"object": []})
    for more, how in ((twice, {}), (twice, {"audio": "other"}), (nested, {"item": "id"})):
        with pytest.raises(UsageError, match="take the others off"):  # else their sound would ride along
            gated(more, gate, **how)
    assert gated(twice.remove_columns("audio"), gate)[0]["other"]["bytes"] == files[0].read_bytes()


@pytest.mark.parametrize("kind", ["paths", "bytes"])
def test_a_stream_of_hugging_face_is_shared_and_goes_on(gate: Gate, files: list[Path], kind: str) -> None:
    """As `datasets` does it: over ranks, and from where its state was taken."""
    stream = gated(rows(files, kind).to_iterable_dataset(num_shards=2), gate, decode=digest)
    ranks = [[row["n"] for row in split_dataset_by_node(stream, rank, 2)] for rank in range(2)]
    assert sorted(number for rank in ranks for number in rank) == NUMBERS
    asked = iter(stream)
    begun = [next(asked)["n"]]
    state = stream.state_dict()
    stream.load_state_dict(state)
    assert [*begun, *(row["n"] for row in stream)] == NUMBERS
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    assert whys(gate) >= {("stray.wav", Why.NOT_LISTED)}
    table = rows(files, kind)
    files[1].write_bytes(files[2].read_bytes())
    then = [row["n"] for row in gated(table.to_iterable_dataset(), gate, decode=digest)]
    assert then == ([0, 3, 4] if kind == "paths" else NUMBERS)


def test_plain_columns_of_paths_and_of_bytes_pass_too(gate: Gate, files: list[Path]) -> None:
    """A table needs no type `Audio`; and one that is not decoded keeps its cells."""
    table = datasets.Dataset.from_dict({"file": [str(path) for path in files]})
    assert [row["file"]["bytes"] for row in gated(table, gate, audio="file")] == [
        files[n].read_bytes() for n in NUMBERS
    ]
    table = datasets.Dataset.from_dict({"file": [path.read_bytes() for path in files]})
    assert [row["file"] for row in gated(table, gate, audio="file", decode=length)] == [64_044] * 4


@pytest.mark.parametrize("kind", ["paths", "bytes"])
def test_what_hugging_face_decodes_it_is_given_in_memory(gate: Gate, files: list[Path], kind: str) -> None:
    """Without a decoder of one's own the column's type decodes the bytes that passed, and opens no path."""
    dataset = gated(rows(files, kind), gate)
    with mock.patch.object(datasets.Audio, "decode_example", lambda _, cell: digest(cell["bytes"])):
        assert dataset[2]["audio"] == digest(files[3].read_bytes())


def tar(path: Path, members: dict[str, bytes]) -> str:
    """Write a shard."""
    with tarfile.open(path, "w") as shard:
        for name, content in members.items():
            (path.parent / "member").write_bytes(content)
            shard.add(path.parent / "member", name)
    return str(path)


@pytest.mark.filterwarnings("ignore:unclosed file .*[.]tar:ResourceWarning")  # WebDataset leaves shards open
def test_samples_of_shards_pass_by_their_bytes(gate: Gate, files: list[Path], tmp_path: Path) -> None:
    """A sample passes if all its sounds do; what has none, or a sound that is not cleared, is left out."""
    sounds = [path.read_bytes() for path in files]
    shard = {f"{at:02}.wav": content for at, content in enumerate(sounds)} | {f"{at:02}.txt": b"" for at in range(8)}
    pair = {"10.mix.wav": sounds[0], "10.vocals.wav": sounds[2], "11.mix.wav": sounds[0], "11.vocals.wav": sounds[1]}
    urls = [tar(tmp_path / "0.tar", dict(sorted(shard.items()))), tar(tmp_path / "1.tar", pair)]
    dataset = gated(webdataset.WebDataset(urls, shardshuffle=False), gate)
    assert [sample["__key__"] for sample in dataset] == ["00", "01", "03", "04", "11"]
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    assert whys(gate) == {("06.wav", Why.NOT_LISTED), ("07", Why.NOT_LISTED)}
    loader = load(webdataset.WebDataset(urls, shardshuffle=False).compose(dataset.pipeline[-1]), num_workers=2)
    assert sorted(sample["__key__"] for sample in flat(loader)) == ["00", "01", "03", "04", "11"]
    decoded = webdataset.WebDataset(urls[:1], shardshuffle=False).map(lambda sample: sample | {"wav": np.zeros(1)})
    with pytest.raises(UsageError, match="decoded already"):
        next(iter(gated(decoded, gate)))
    gc.collect()  # and they are closed here, while nobody minds


def cut_of(path: Path) -> Any:
    """Return a cut of a whole file."""
    return lhotse.Recording.from_file(path).to_cut()


def samples_of(path: Path) -> list[float]:
    """Return what a file sounds like, -1 to 1."""
    with wave.open(str(path)) as stream:
        return (np.frombuffer(stream.readframes(-1), "<i2") / 32768).tolist()


def test_cuts_hold_the_bytes_that_passed(gate: Gate, files: list[Path]) -> None:
    """No path is left in them: a file that is swapped later is not read."""
    true = {path.stem: samples_of(path) for path in files}
    cuts = gated(lhotse.CutSet.from_cuts(cut_of(path) for path in files), gate)
    held = list(cuts)
    for path in files[1:]:
        path.write_bytes(b"")
    assert [cut.id for cut in held] == [name.removesuffix(".wav") for name in PERMITTED]
    assert all(np.allclose(cut.load_audio()[0], true[cut.id]) for cut in held)
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    assert [cut.id for cut in gated(lhotse.CutSet.from_cuts(held), gate)] == [cut.id for cut in held]
    assert [cut.id for cut in cuts] == ["0000"]
    assert whys(gate) >= {("stray.wav", Why.NOT_LISTED), ("0001.wav", Why.CHANGED)}


def test_a_mixed_cut_passes_if_all_of_it_does(gate: Gate, files: list[Path]) -> None:
    """With its padding; features and arrays that it carries are left off, and plain facts stay."""
    plain = [cut_of(path) for path in files]
    plain[0].custom = {"genre": ["ambient"], "tags": {"bpm": 90}, "beats": Array("numpy_files", "x", "y.npy", [3])}
    mixed = plain[0].append(plain[1]).pad(5)
    cuts = lhotse.CutSet.from_cuts([mixed, plain[0].mix(plain[2]), plain[4], plain[6]])
    assert [cut.id for cut in passing(gate, cuts)] == [mixed.id, plain[4].id]
    first, second = gated(cuts, gate)
    assert first.load_audio().shape == (1, 80_000)
    assert first.tracks[0].cut.custom == {"genre": ["ambient"], "tags": {"bpm": 90}}
    assert second.id == plain[4].id
    assert read(gate) == [1, 1, 0, 0, 1, 0]
    bare = lhotse.utils.fastcopy(plain[0], recording=None)
    url = lhotse.utils.fastcopy(plain[1].recording.sources[0], type="url", source="https://example.org/a.wav")
    web = lhotse.utils.fastcopy(plain[1], recording=lhotse.utils.fastcopy(plain[1].recording, sources=[url]))
    assert list(gated(lhotse.CutSet.from_cuts([bare, web]), gate)) == []


def test_cuts_of_features_pass_by_the_names_of_their_recordings(gate: Gate, files: list[Path]) -> None:
    """As they are; and a data set that makes batches in a worker is given those that pass."""
    cuts = lhotse.CutSet.from_cuts(cut_of(path) for path in files)
    kept = list(gated(cuts, gate, cached=True))
    assert [cut.recording.sources[0].type for cut in kept] == ["file"] * 4
    source = cuts[0].recording.sources[0]
    other = lhotse.utils.fastcopy(source, type="memory", source=files[0].read_bytes() + b" ")
    held = lhotse.utils.fastcopy(cuts[0], recording=lhotse.utils.fastcopy(cuts[0].recording, sources=[other]))
    assert list(gated(lhotse.CutSet.from_cuts([held]), gate)) == []  # nobody cleared those bytes
    batch = mock.MagicMock()
    batch.__getitem__.side_effect = lambda cuts: [cut.load_audio().shape for cut in cuts]
    assert GatedCutDataset(gate, batch)[cuts] == [(1, 32_000)] * 4


def test_nemo_is_given_verified_copies(gate: Gate, files: list[Path], tmp_path: Path) -> None:
    """The new manifest names what passes, by files that hold what was cleared; a changed copy is made again."""
    lines = [{"audio_filepath": path.name, "offset": at, "duration": 1.0} for path in files for at in range(2)]
    manifest = gate.root / "train.json"
    manifest.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    true = [files[number].read_bytes() for number in NUMBERS for _ in range(2)]
    for _ in range(2):
        made = gated(manifest, gate, folder=tmp_path / "copies")
        copied = [json.loads(line) for line in made.read_text().splitlines()]
        copies = [tmp_path / line.pop("audio_filepath") for line in copied]
        assert [copy.read_bytes() for copy in copies] == true
        assert copied == [{"offset": at, "duration": 1.0} for _ in NUMBERS for at in range(2)]
        copies[0].write_bytes(b"swapped")
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    files[1].write_bytes(b"swapped")
    left = [line["audio_filepath"] for line, _ in passing_lines(gate, manifest)]
    assert left[::2] == [
        "0000.wav",
        "0003.wav",
        "0004.wav",
    ]
    assert whys(gate) == {("stray.wav", Why.NOT_LISTED), ("0001.wav", Why.CHANGED)}


def test_no_other_sound_rides_along(gate: Gate, files: list[Path], tmp_path: Path) -> None:
    """A second sound of a sample, of a line, of a supervision: it is refused with the sample, or left off."""
    cleared_, refused = files[0], files[2]
    line = {"audio_filepath": str(cleared_), "context_audio_filepath": str(refused), "text": "la", "duration": 1.0}
    (tmp_path / "train.json").write_text(json.dumps(line))
    copies = Path(gated(tmp_path / "train.json", gate, folder=tmp_path / "verified")).read_text().splitlines()
    (copy,) = map(json.loads, copies)
    assert sorted(copy) == ["audio_filepath", "duration", "text"]
    for name in ("WAV", "ape", "webm"):
        sample = {"__key__": "a", "__url__": "b", "wav": cleared_.read_bytes(), name: refused.read_bytes()}
        assert list(GatedSamples(gate)([sample])) == []
    cut = cut_of(cleared_)
    told = lhotse.SupervisionSegment(
        "s", cut.recording.id, 0, 1, custom={"target": lhotse.Recording.from_file(refused), "speaker": "Ann"}
    )
    cut.supervisions = [told]
    (held,) = gated(lhotse.CutSet.from_cuts([cut.append(cut.pad(3.0))]), gate)
    customs = [one.custom for track in held.tracks for one in getattr(track.cut, "supervisions", [])]
    assert customs
    assert all(custom == {"speaker": "Ann"} for custom in customs)


@pytest.mark.parametrize("how", ["path", "content", "item"])
def test_a_row_that_names_nothing_is_dropped_and_counted(gate: Gate, how: str) -> None:
    """A null is no item."""
    kind = pa.binary() if how == "content" else pa.string()
    assert list(gated(pa.table({"it": pa.array([None], kind)}), gate, **{how: "it"})) == []
    assert [why for _, why in whys(gate)] == [Why.NOT_LISTED]


def test_what_is_known_not_to_pass_is_not_opened_again(gate: Gate, files: list[Path]) -> None:
    """Of files that are gone each is looked for once in an epoch, however many stand one after the other."""
    for path in files:
        if path.name != PERMITTED[-1]:
            path.unlink()
    dataset = GatedAudio(gate, heard)
    with mock.patch("licet.training.gate.cleared_file", wraps=cleared_file) as opening:
        for index in range(len(dataset)):
            assert dataset[index][0] == PERMITTED[-1]
    missing = len(dataset) - 1
    assert opening.call_count == missing + len(dataset)


@pytest.mark.parametrize("content", ["[]", "{", '{"path": 1}', None])
def test_what_is_no_manifest_of_nemo_is_told_of(gate: Gate, tmp_path: Path, content: str | None) -> None:
    """With the file's name."""
    path = tmp_path / "train.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SourceError, match=r"train\.jsonl"):
        gated(str(path), gate, folder=tmp_path / "copies")


def test_rows_of_parquet_pass(gate: Gate, files: list[Path], tmp_path: Path) -> None:
    """By the bytes in them, by the file that they name, or by their item; readers that share a table read all of it."""
    contents = [path.read_bytes() for path in files]
    columns = {
        "n": range(len(files)),
        "path": map(str, files),
        "id": (path.name for path in files),
        "bytes_alone": contents,
        "audio": ({"path": path.name, "bytes": content} for path, content in zip(files, contents, strict=True)),
    }
    table = pa.table({name: list(cells) for name, cells in columns.items()})
    path = tmp_path / "table.parquet"
    pq.write_table(table, path)
    hows: list[dict[str, str]] = [{"content": "bytes_alone"}, {"content": "audio"}, {"path": "path"}, {"item": "id"}]
    for how in hows:
        for source in (path, table, pyarrow.dataset.dataset(path)):
            batches = list(gated(source, gate, batch_size=3, **how))
            assert [number for batch in batches for number in batch["n"].to_pylist()] == NUMBERS
    (first, *_) = gated(path, gate, path="path")
    assert first["bytes"].to_pylist() == [contents[number] for number in NUMBERS]
    parts = [list(gated(path, gate, item="id", batch_size=2, part=(at, 3))) for at in range(3)]
    assert sorted(n for part in parts for batch in part for n in batch["n"].to_pylist()) == NUMBERS
    assert read(gate) == [1, 1, 0, 1, 1, 0]
    files[1].write_bytes(files[2].read_bytes())
    (first,) = gated(path, gate, path="path")
    assert first["n"].to_pylist() == [0, 3, 4]
    with pytest.raises(UsageError, match="how an item is known"):
        gated(path, gate)


class Stream(torch.utils.data.IterableDataset[Any]):
    """A stream of somebody's own."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())


@pytest.mark.parametrize(
    ("dataset", "says"),
    [
        ([1, 2], "no loader for builtins.list"),
        ("train.csv", "no loader for builtins.str"),
        (Stream(), "a Stream opens files by itself.*GatedStream"),
    ],
    ids=["list", "table", "stream"],
)
def test_what_no_loader_is_for_is_refused(gate: Gate, dataset: object, says: str) -> None:
    """The error names what there is instead."""
    with pytest.raises(UsageError, match=says):
        gated(dataset, gate)


def test_loaders_load_no_framework() -> None:
    """Who gates a table has no use for PyTorch, and waits for none."""
    heavy = "{'torch', 'datasets', 'webdataset', 'lhotse', 'pyarrow'}"
    code = f"import sys, licet.training.loaders; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_bytes_of_no_item_at_all_do_not_pass(gate: Gate) -> None:
    """A sample without a sound is not one whose sounds all pass."""
    from licet.training.loaders.held import admit_all

    assert not admit_all(gate, {})


@pytest.mark.filterwarnings("ignore:unclosed file .*[.]tar:ResourceWarning")  # WebDataset leaves shards open
def test_the_page_of_loaders_runs(room: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One snippet after the other, in a folder with a run, sounds, a shard, a table and a manifest of NeMo's."""
    page = (ROOT / "docs" / "loaders.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```\{code-block\} python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(snippets) == 8
    started(room)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "house").symlink_to(room.folder)
    paths = [str(path) for path in sorted((room.folder / "music").iterdir())]
    tar(tmp_path / "shard-000.tar", {Path(path).name: Path(path).read_bytes() for path in paths})
    pq.write_table(pa.table({"path": paths}), tmp_path / "tracks.parquet")
    (tmp_path / "train.json").write_text("".join(json.dumps({"audio_filepath": path}) + "\n" for path in paths))
    names: dict[str, Any] = {
        "dataset": Rows([Path(path) for path in paths]),
        "paths": paths,
        "labels": list(range(len(paths))),
    }
    for snippet in snippets:
        exec(compile(snippet, "loaders.md", "exec"), names)  # noqa: S102  (our own docs)
    assert times_read(names["gate"].run / MARKS, 6).tolist() == [4, 4, 0, 4, 4, 0]
    del names["loader"]
    gc.collect()
