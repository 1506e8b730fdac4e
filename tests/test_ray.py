"""The same function on Ray: the same results, in the same order, down to the byte."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.errors import UsageError
from licet.parallel import PROCESSES, Crashed, Engine, ordered_map
from licet.parallel.cluster import connected
from licet.parallel.engine import WINDOW_PER_WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket  # Ray talks to itself

RAY = Engine("ray")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Start a cluster of two processors, once: it takes seconds."""
    pytest.importorskip("ray")
    with connected(2, None):
        yield


def square(number: int) -> int:
    """Do a little work."""
    return number * number


def fatal_at_seven(number: int) -> int:
    """Die as a crashing decoder would, on one item."""
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def picky(number: int) -> int:
    """Refuse as our own code does."""
    raise UsageError(f"{number} is not to my taste", mend="give another")


def where(_: int) -> Path:
    """Tell the folder it works in."""
    return Path.cwd()


def test_results_come_in_the_order_of_the_items(cluster: None) -> None:
    """As from processes."""
    assert list(ordered_map(square, range(40), workers=2, engine=RAY)) == [n * n for n in range(40)]


def test_what_is_known_is_not_worked_on(cluster: None) -> None:
    """And keeps its place in line."""
    results = ordered_map(square, range(10), workers=None, engine=RAY, known=lambda n: -n if n % 2 else None)
    assert list(results) == [-n if n % 2 else n * n for n in range(10)]


def test_an_endless_corpus_takes_bounded_memory(cluster: None) -> None:
    """Items are taken only as results are asked for."""
    numbers = count()
    results = ordered_map(square, numbers, workers=1, engine=RAY)
    assert list(islice(results, 20)) == [n * n for n in range(20)]
    assert next(numbers) < 20 + WINDOW_PER_WORKER


def test_an_item_that_kills_its_worker_is_lost_alone(cluster: None, capfd: pytest.CaptureFixture[str]) -> None:
    """Every other item has its result, and nothing is printed where documents of JSON go."""
    results = list(ordered_map(fatal_at_seven, range(20), workers=2, engine=RAY))
    assert results[7] == Crashed(7)
    assert results[:7] + results[8:] == [n for n in range(20) if n != 7]
    assert capfd.readouterr().out == ""


def test_an_error_of_ours_comes_back_as_it_was_raised(cluster: None) -> None:
    """With its mend."""
    with pytest.raises(UsageError, match=r"3 is not to my taste \(give another\)"):
        list(ordered_map(picky, [3], workers=1, engine=RAY))


def test_a_relative_path_means_the_same_there(cluster: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers move to the folder that we are in."""
    monkeypatch.chdir(tmp_path)
    assert list(ordered_map(where, [1], workers=1, engine=RAY)) == [tmp_path]


def test_a_manifest_is_the_same_bytes(cluster: None, tmp_path: Path) -> None:
    """From one process here and from a cluster."""
    from corpora import COMMERCIAL, THEN, clip, piece  # a Ray worker that imports this file has no such path
    from licet.workspace import Workspace
    from playing import write_wav

    for name, sound in (("music/whole.wav", piece(1)), ("corpus/clip.wav", clip(1)), ("corpus/other.wav", clip(2))):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_wav(tmp_path / name, sound, 11_025)
    written = []
    with Workspace.init(tmp_path / "workspace") as room:
        room.add("audio-folder", tmp_path / "music", captured_at=THEN, licence="CC0", workers=1, engine=RAY)
        for name, engine in (("here", PROCESSES), ("ray", RAY)):
            shutil.rmtree(room.folder / "scans", ignore_errors=True)
            cleared = room.clear(tmp_path / "corpus", COMMERCIAL, out=tmp_path / name, workers=1, engine=engine)
            written.append({file.name: file.read_bytes() for file in sorted(cleared.folder.iterdir())})
    assert written[0] == written[1]
    assert cleared.counts.permitted == 1


def test_without_ray_the_mend_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match=r"pip install licet\[ray\]"):
        list(ordered_map(square, [1], workers=1, engine=RAY))


def test_a_cluster_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named by its address."""
    ray = pytest.importorskip("ray")

    def init(**_: object) -> None:
        raise ConnectionError("Could not find it\nat all")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    with pytest.raises(UsageError, match=r"no Ray cluster answers at 10\.0\.0\.1:6379: Could not find it \("):
        list(ordered_map(square, [1], workers=1, engine=Engine("ray", "10.0.0.1:6379")))


def unpickles_nowhere() -> None:
    """Fail to arrive."""
    raise RuntimeError("lost on the way")


class Lost:
    """A function that pickles and never arrives."""

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return (unpickles_nowhere, ())

    def __call__(self, _: int) -> int:
        """Never come to this."""
        return 0


def test_a_function_that_does_not_arrive_is_an_error(cluster: None) -> None:
    """Licet may not be installed there."""
    with pytest.raises(UsageError, match="Ray failed"):
        list(ordered_map(Lost(), [1], workers=1, engine=RAY))


@pytest.mark.parametrize(
    ("engine", "complaint"),
    [(("dask",), "no engine 'dask'"), (("processes", "auto"), "add --engine ray")],
    ids=["unknown", "address without ray"],
)
def test_an_engine_that_makes_no_sense_is_an_error(engine: tuple[str, ...], complaint: str) -> None:
    """When it is named, before any work."""
    with pytest.raises(UsageError, match=complaint):
        Engine(*engine)
