from __future__ import annotations

import pickle
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing import as_worker, batches, digest, heard
from licet.corpus import read_lines
from licet.training.loaders.dealing import END, in_order, of_worker, share
from licet.training.loaders.torch import GatedAudio, GatedSampler, GatedStream
from licet.training.marks import times_read
from licet.training.runs import MARKS
from schooling import lab, opened, sound, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from licet.training import Gate
    from licet.workspace import Workspace

SOUNDS = 15  # every third of which is refused
STRAY = "stray.wav"  # which came after the clearance
EPOCHS = count()
SOME = settings(max_examples=25)  # each trains a whole epoch


class School:
    """A run, its sounds, and what may be heard of it at all."""

    def __init__(self, room: Workspace) -> None:
        self.room = room
        self.run = started(room)
        self.music = room.folder / "music"
        lines = list(read_lines(room.receipts.manifests()[0]))
        self.lines = len(lines)
        self.allowed = {line.item: line.sha256 for line in lines if line.verdict == "permitted"}
        sound(self.music / STRAY, 99)

    def begun(self, epoch: int) -> Gate:
        """Open the gate, as a process does that is started anew, and begin an epoch, perhaps again."""
        gate = opened(self.room)
        gate.begin_epoch(epoch)
        return gate

    def marked(self, gate: Gate, before: NDArray[np.uint32]) -> set[str]:
        """Return the names of what was noted as read since; each of it once."""
        since = times_read(self.run / MARKS, self.lines) - before
        assert since.max(initial=0) <= 1
        return {gate.item(int(place)).name for place in np.flatnonzero(since)}

    def before(self) -> NDArray[np.uint32]:
        """Return in how many epochs each item was read."""
        return times_read(self.run / MARKS, self.lines)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """Make a laboratory and a run for all examples; each takes an epoch of its own."""
    with lab(tmp_path_factory.mktemp("laws") / "lab", SOUNDS, seconds=0.25) as room:
        yield School(room)


@st.composite
def swaps(draw: st.DrawFn) -> dict[str, bytes | None]:
    """Draw files that are swapped after the clearance, all but one at most; None deletes them."""
    names = [f"{number:04}.wav" for number in range(SOUNDS)]
    spared = draw(st.sampled_from([name for number, name in enumerate(names) if number % 3 != 2]))
    other = st.sampled_from([None, b"", b"not a sound", bytes(8044)])  # the last one is as long as they are
    return draw(st.dictionaries(st.sampled_from([name for name in names if name != spared]), other, max_size=5))


class Swapped:
    """Files that are swapped while the block lasts."""

    def __init__(self, folder: Path, swapped: dict[str, bytes | None]) -> None:
        self._true = {folder / name: (folder / name).read_bytes() for name in swapped}
        self._false = {folder / name: content for name, content in swapped.items()}

    def __enter__(self) -> None:
        for path, content in self._false.items():
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)

    def __exit__(self, *_: object) -> None:
        for path, content in self._true.items():
            path.write_bytes(content)


SESSIONS = st.lists(
    st.tuples(
        st.integers(1, 3),  # ranks
        st.integers(0, 3),  # workers
        st.integers(0, 4),  # batches until it is killed
        st.integers(0, 3),  # batches that workers read ahead
    ),
    max_size=3,
)
LAST = st.tuples(st.integers(1, 3), st.integers(0, 3))


@SOME
@given(swapped=swaps(), sessions=SESSIONS, last=LAST, batch_size=st.integers(1, 4), seed=st.none() | st.integers(0, 9))
def test_any_number_of_workers_ranks_and_interruptions_reads_what_one_does(
    school: School,
    swapped: dict[str, bytes | None],
    sessions: list[tuple[int, int, int, int]],
    last: tuple[int, int],
    batch_size: int,
    seed: int | None,
) -> None:
    """Nothing that is not cleared is among it, and it is what is on record as read, once."""
    epoch, before = next(EPOCHS), school.before()
    trained: list[tuple[str, str]] = []
    yielded: list[tuple[str, str]] = []
    state: dict[str, Any] | None = None
    with Swapped(school.music, swapped):
        for ranks, workers, until, ahead in [*sessions, (*last, None, 0)]:
            gate = school.begun(epoch)  # another number of ranks and workers each time
            taken = []
            for rank in range(ranks):
                stream = GatedStream(GatedAudio(gate, heard), batch_size=batch_size, seed=seed, rank=rank, ranks=ranks)
                if state is not None:
                    stream.load_state_dict(state)
                copies = [pickle.loads(pickle.dumps(stream)) for _ in range(max(1, workers))]  # noqa: S301  (our own)
                asked = batches(copies, workers, batch_size)
                seen = [one for batch in islice(asked, until) for one in batch]
                trained += seen
                yielded += [*seen, *(one for batch in islice(asked, ahead) for one in batch)]
                taken.append(len(seen))
            assert len(set(taken)) == 1  # the ranks stay in step
            state = stream.state_dict(taken[0])
    single = {name for name in school.allowed if name not in swapped}
    assert {name for name, _ in trained} == single
    assert all(school.allowed[name] == sha256 for name, sha256 in yielded)
    assert school.marked(gate, before) == {name for name, _ in yielded} == single


@SOME
@given(
    swapped=swaps(),
    sessions=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6), st.integers(0, 4)), max_size=3),
    seed=st.none() | st.integers(0, 9),
)
def test_a_sampler_goes_on_where_training_was_interrupted(
    school: School, swapped: dict[str, bytes | None], sessions: list[tuple[int, int, int]], seed: int | None
) -> None:
    """What was trained on counts, and not what workers had been sent for; with other ranks each time."""
    epoch, before = next(EPOCHS), school.before()
    trained: list[str] = []
    state: dict[str, Any] | None = None
    with Swapped(school.music, swapped):
        for ranks, until, ahead in [*sessions, (1, None, 0)]:
            gate = school.begun(epoch)
            dataset = GatedAudio(gate, heard)
            for rank in range(ranks):
                sampler = GatedSampler(dataset, seed=seed, rank=rank, ranks=ranks)
                if state is not None:
                    sampler.load_state_dict(state)
                drawn = iter(sampler)
                length = len(sampler)
                seen = list(islice(drawn, until))
                trained += [dataset[index][0] for index in seen]
                list(islice(drawn, ahead))
                assert len(seen) + len(list(drawn)) >= length - ahead
            state = sampler.state_dict(len(seen))
    single = {name for name in school.allowed if name not in swapped}
    assert set(trained) == single
    assert school.marked(gate, before) == single


@SOME
@given(workers=st.integers(1, 4), batch_size=st.integers(1, 5), until=st.integers(0, 9), seed=st.integers(0, 9))
def test_workers_that_tell_each_how_far_they_are_go_on_exactly(
    school: School, workers: int, batch_size: int, until: int, seed: int
) -> None:
    """A loader that asks each worker for its state gets the batches of one that was never interrupted."""
    epoch = next(EPOCHS)
    stream = GatedStream(GatedAudio(school.begun(epoch), heard), batch_size=batch_size, seed=seed)
    again, whole = pickle.dumps(stream), list(batches([stream], 0, batch_size))
    copies = [pickle.loads(again) for _ in range(workers)]  # noqa: S301  (our own)
    begun = list(islice(batches(copies, workers, batch_size), until * workers))
    for number, copied in enumerate(copies):
        with as_worker(number, workers):
            state = copied.state_dict()
        copies[number] = pickle.loads(again)  # noqa: S301  (our own)
        copies[number].load_state_dict(state)
    assert [*begun, *batches(copies, workers, batch_size)] == whole


@SOME
@given(swapped=swaps(), places=st.lists(st.integers(0, SOUNDS), max_size=30))
def test_what_a_gate_is_asked_for_is_what_it_notes(
    school: School, swapped: dict[str, bytes | None], places: list[int]
) -> None:
    """By place, by bytes, or several at once: what it hands over is what was cleared, and all that is noted."""
    before, gate = school.before(), school.begun(next(EPOCHS))
    names = [gate.item(place).name if place < SOUNDS else STRAY for place in places]
    passed: dict[str, str] = {}
    with Swapped(school.music, swapped):
        for at, name in enumerate(names):
            place, path = gate.place_of(name), school.music / name
            if at % 3 == 0:
                content = gate.read(place, name)
                passed |= {} if content is None else {name: digest(content)}
            elif at % 3 == 1:
                both = gate.read_all([(place, name), (gate.place_of(names[at - 1]), names[at - 1])])
                passed |= {} if both is None else {name: digest(both[0]), names[at - 1]: digest(both[1])}
            elif path.exists():
                found = gate.admit_bytes(path.read_bytes(), name)
                passed |= {} if found is None else {gate.item(found).name: digest(path.read_bytes())}
    assert all(school.allowed[name] == sha256 for name, sha256 in passed.items())
    assert school.marked(gate, before) == passed.keys()
    asked = {name for name in names if name in school.allowed and name not in swapped}
    assert passed.keys() >= {name for name in names[::3] if name in asked}


ENTRIES = st.sets(st.integers(0, 40)).map(lambda numbers: np.array(sorted(numbers), np.int64))


@given(entries=ENTRIES, epoch=st.integers(0, 9), seed=st.none() | st.integers(0, 9), ranks=st.integers(1, 5))
def test_ranks_take_all_and_stay_in_step(entries: NDArray[np.int64], epoch: int, seed: int | None, ranks: int) -> None:
    """All that passes, each as many, and no more twice than it takes to come out even."""
    indices = in_order(entries, epoch, seed).indices
    shares = [share(indices, rank, ranks).tolist() for rank in range(ranks)]
    assert len({len(one) for one in shares}) == 1
    taken = [index for one in shares for index in one]
    assert set(taken) == set(range(len(entries)))
    assert len(taken) - len(entries) < ranks


@given(length=st.integers(0, 50), workers=st.integers(1, 5), batch_size=st.integers(1, 7))
def test_workers_in_turn_give_the_batches_of_one(length: int, workers: int, batch_size: int) -> None:
    """Whatever their number, the training sees the same samples in the same order."""
    indices = np.arange(length)
    streams = [of_worker(indices, worker, workers, batch_size).tolist() for worker in range(workers)]
    assert [one for batch in batches(streams, workers, batch_size) for one in batch] == indices.tolist()


@given(
    entries=ENTRIES,
    gone=ENTRIES,
    come=ENTRIES,
    taken=st.integers(0, 50),
    seed=st.none() | st.integers(0, 9),
)
def test_what_is_revoked_while_training_is_down_moves_nothing_else(
    entries: NDArray[np.int64], gone: NDArray[np.int64], come: NDArray[np.int64], taken: int, seed: int | None
) -> None:
    """The epoch goes on with all that passes still and was not taken, in the same order, and nothing else of it."""
    order = in_order(entries, 3, seed)
    had = entries[order.indices[:taken]].tolist()
    since = int(order.keys[taken]) if taken < len(order.keys) else END
    now = np.union1d(np.setdiff1d(entries, gone), come)
    rest = now[in_order(now, 3, seed, since).indices].tolist()
    assert [one for one in rest if one in entries] == [
        one for one in entries[order.indices[taken:]].tolist() if one in now
    ]
    assert not set(had) & set(rest)


def test_an_order_stays_what_it_was() -> None:
    """An interrupted epoch goes on with another release of NumPy, too: these numbers are for ever."""
    order = in_order(np.array([0, 2, 3, 5, 8]), epoch=4, seed=7)
    assert order.indices.tolist() == [0, 3, 1, 2, 4]
    assert [hex(int(key)) for key in order.keys[:2]] == ["0x34580c99880a22b0", "0x3eeaf459608efdcf"]
