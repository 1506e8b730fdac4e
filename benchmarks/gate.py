"""The gate at work: what it adds to a loader of PyTorch's, and what the account of ten million reads takes.

    make bench
    python benchmarks/gate.py --reads 1000000       # a smaller account

1. Whole pieces of real music are decoded to 16 kHz, bare and through the gate by turns, in one process. Where there is
   no music (`make bench-data`), noise is encoded as FLAC, MP3 and Opus.
2. Tensors in memory are asked for, bare and through the gate by turns.
3. Ten million reads are noted and summed up, in a process of their own: of a million items in ten epochs, and of ten
   million in one.

Times are the processor's, of one process: what else the machine does meanwhile counts for little.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from music import MUSIC
from progress import say

from licet.training import Admitted, Gate
from licet.training.marks import times_read
from licet.training.passes import Occasion, write_pass
from licet.training.runs import MARKS, PASSES
from licet.training.usage import sum_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from licet.training.admission import Drop

RATE_HZ = 16_000
PIECES, ROUNDS = 24, 5
LARGEST = 2_000_000  # bytes of a piece
MADE_S = 30
CACHED, CHUNK = 200_000, 2_000
CODECS = {"flac": "flac", "mp3": "libmp3lame", "opus": "libopus"}


def opened(folder: Path, root: Path, items: Iterable[Admitted]) -> Gate:
    """Open a gate through which all of `items` pass."""
    lines: Iterator[tuple[Admitted, Drop | None]] = ((item, None) for item in items)
    write_pass(folder / PASSES / "000000.000000", lines, basis="", occasion=Occasion(0, "2026-11-22", ""))
    return Gate(folder, root, _no_more, most_unfit=0.0)


def _no_more(epoch: int) -> str:
    raise AssertionError(epoch)


def begin(gate: Gate, epoch: int) -> None:
    """Begin an epoch with the pass that there is."""
    head = gate.run / PASSES / "000000.000000" / "pass.json"
    head.write_bytes(head.read_bytes().replace(b'"epoch":%d' % max(0, epoch - 1), b'"epoch":%d' % epoch))
    gate.begin_epoch(epoch, passed="000000.000000")


def decoded(source: str | BytesIO) -> np.ndarray[Any, Any]:
    """Return a whole file as one channel: [shape=(n_samples,)], float32, -1 to 1."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(source, metadata_errors="replace") as container:
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in [*frames, *resampler.resample(None)]])


class Bare:
    """What a training script has before it is gated."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> np.ndarray[Any, Any]:
        return decoded(str(self.paths[index]))


def pieces(folder: Path) -> list[Path]:
    """Return pieces of music of several codecs; ones that are made, where there are none."""
    kinds = [sorted(MUSIC.rglob(f"*.{codec}")) for codec in ("ogg", "opus", "mp3")]
    found = [path for kind in kinds for path in kind if 300_000 < path.stat().st_size < LARGEST]
    if len(found) >= PIECES:
        return found[:: len(found) // PIECES][:PIECES]
    say(f"no music below {MUSIC}: some is made")
    dice = np.random.default_rng(1)
    made = [folder / f"{at:03}.{codec}" for at in range(PIECES // 3) for codec in CODECS]
    for path in made:
        _encode(path, dice)
    return made


def _encode(path: Path, dice: np.random.Generator) -> None:
    """Encode slowly swelling noise, which costs a codec what music does."""
    rate = 48_000
    swell = 0.2 + 0.1 * np.sin(np.linspace(0, 60, MADE_S * rate))
    samples = (np.cumsum(dice.normal(size=(2, MADE_S * rate)), axis=1) % 2 - 1) * swell
    with av.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix[1:]], rate=rate, layout="stereo")
        frame = av.AudioFrame.from_ndarray((samples.T.reshape(1, -1) * 32767).astype(np.int16), "s16", "stereo")
        frame.sample_rate = rate
        for part in [frame, None]:
            container.mux(stream.encode(part))


def overhead(ways: Sequence[Callable[[int], object]], count: int) -> list[float]:
    """Return how much longer each way takes than the first: the median share, of pairs that ran one after the other."""
    took = np.zeros((len(ways), count, ROUNDS))
    for turn in range(ROUNDS):
        for at in range(count):
            for which in np.roll(np.arange(len(ways)), turn + at):  # none is always the one that finds the file cold
                begun = time.process_time()
                ways[which](at)
                took[which, at, turn] = time.process_time() - begun
    return [float(np.median(one / took[0])) - 1 for one in took[1:]]


def decoding(folder: Path) -> None:
    """Measure what the gate adds to decoding."""
    from licet.training.loaders.torch import GatedAudio, GatedDataset

    paths = pieces(folder)
    root = Path("/")
    items = (
        Admitted(str(path)[1:], 0, sha256(path.read_bytes()).hexdigest(), path.stat().st_size, None, (), ())
        for path in paths
    )
    gate = opened(folder / "decoding", root, items)
    begin(gate, 0)
    bare = Bare(paths)
    audio = GatedAudio(gate, lambda content, _: decoded(BytesIO(content)))
    watched = GatedDataset(gate, bare, paths)
    assert np.array_equal(audio[0], bare[0])
    assert len(watched) == len(paths)
    again, of_audio, of_watched = overhead(
        [bare.__getitem__, bare.__getitem__, audio.__getitem__, watched.__getitem__], len(paths)
    )
    size = sum(path.stat().st_size for path in paths)
    print(f"{len(paths)} pieces, {size / 1e6:.0f} MB, decoded whole: the gate adds {of_audio:+.1%} (at most 5 %)")
    print(f"  to a data set that opens its files by itself, which is watched: {of_watched:+.1%}")
    print(f"  bare against itself, which is what chance does here: {again:+.1%}", flush=True)


def items_of(count: int) -> Iterator[Admitted]:
    """Yield made-up items, each of a recording of its own."""
    for at in range(count):
        name = f"jamendo:{at}"
        yield Admitted(name, at, sha256(name.encode()).hexdigest(), 1, 180.5, (name,), ("attribution",))


def cached(folder: Path) -> None:
    """Measure what the gate adds to tensors in memory."""
    import torch

    from licet.training.loaders.torch import GatedDataset

    gate = opened(folder / "cached", folder, items_of(CACHED))
    begin(gate, 0)
    tensors = torch.zeros(CACHED, 16)
    begun = time.process_time()
    dataset = GatedDataset(gate, tensors, [f"jamendo:{at}" for at in range(CACHED)], cached=True)
    len(dataset)
    resolved = (time.process_time() - begun) / CACHED
    took = []
    order = np.random.default_rng(1).permutation(CACHED)
    for first in range(0, CACHED, CHUNK):
        chunk = [int(at) for at in order[first : first + CHUNK]]
        times = []
        for asked in (tensors, dataset):
            begun = time.process_time()
            for at in chunk:
                asked[at]
            times.append(time.process_time() - begun)
        took.append((times[1] - times[0]) / CHUNK)
    print(
        f"{CACHED:,} cached tensors: the gate adds {statistics.median(took) * 1e6:.1f} µs an item (at most 20), "
        f"and {resolved * 1e6:.1f} µs once to find it by name",
        flush=True,
    )


def account(folder: Path, items: int, epochs: int) -> None:
    """Note reads, sum them up, and print what it took; the pass is there."""
    gate = Gate(folder, folder, _no_more, most_unfit=0.0)
    begun = time.process_time()
    for epoch in range(epochs):
        begin(gate, epoch)
        for place in np.random.default_rng(epoch).permutation(gate.admitted()):
            gate.admit(int(place))
        gate.flush()
    noted = time.process_time() - begun
    before = _most_mb()
    begun = time.process_time()
    times = times_read(folder / MARKS, items)
    usage = sum_up(folder, folder / PASSES / "000000.000000", times, salt=bytes(32))
    took = time.process_time() - begun
    assert (usage.items, usage.reads) == (items, items * epochs)
    print(f"{usage.reads:,} reads of {items:,} items: ", end="")
    print(f"{noted + took:.0f} s (at most 60), {_most_mb():.0f} MB (at most 500)")
    print(f"  noted in {noted:.1f} s, {before:.0f} MB; summed up in {took:.1f} s", flush=True)


def _most_mb() -> float:
    """Return how much memory this process had at most; what `getrusage` says includes the process that started it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reads", type=int, default=10_000_000)
    parser.add_argument("--account", nargs=3, help=argparse.SUPPRESS)  # a folder, items, epochs: in this process
    options = parser.parse_args()
    if options.account:
        folder, items, epochs = options.account
        account(Path(folder), int(items), int(epochs))
        return
    with tempfile.TemporaryDirectory(prefix="licet-gate-") as temporary:
        decoding(Path(temporary))
        cached(Path(temporary))
        for epochs in (10, 1):
            items = options.reads // epochs
            folder = Path(temporary, str(epochs))
            say(f"a manifest of {items:,} lines is made")
            opened(folder, folder, items_of(items))
            command = [sys.executable, __file__, "--account", str(folder), str(items), str(epochs)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
