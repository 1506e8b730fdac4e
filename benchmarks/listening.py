"""How fast a file is listened to, beside plain decoding of it and beside Chromaprint.

    python benchmarks/listening.py FOLDER

takes every file of a folder whole, one after the other on one core, four ways each time: PyAV decodes it and throws the
frames away; Debian's `fpcalc -raw -length 0`; `listen` without a digest; `listen` with one. What counts is processor
time, and a file's four ways follow each other, so that a busy machine disturbs them little and all alike.
Then the same files go through `ordered_map` with one worker and with two, and what counts is the clock on the wall:
leave the machine alone for that part. Kernels are compiled, and loaded in each process, before any clock starts.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import av

from licet.identify import listen
from licet.parallel import Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable

_LOADED: list[Path] = []
WAYS = ("decoding", "fpcalc", "listen", "with digest")
RATIOS = ("v fpcalc", "v decoding")  # without a digest: the speed over that of one, the time over that of the other


def main(folder: Path) -> None:
    """Print the two tables for the files in `folder`."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    for file in files:
        listen(file)  # every kernel that they need
    spent: dict[str, list[list[float]]] = defaultdict(list)
    for file in files:
        seconds = listen(file, digest=False).audio.duration_s
        spent[listen(file, digest=False).audio.codec].append([seconds, *_four_ways(file)])
    _print_speeds(spent)
    os.sched_setaffinity(0, cores)
    one, two = _wall_s(files, 1), _wall_s(files, 2)
    print(f"\none worker {one:.1f} s, two workers {two:.1f} s: {one / two:.2f} times as fast")


def _four_ways(file: Path) -> list[float]:
    """Return the processor seconds of each of `WAYS`."""
    return [
        _cpu_s(resource.RUSAGE_SELF, lambda: _decode(file)),
        _cpu_s(resource.RUSAGE_CHILDREN, lambda: _fpcalc(file)),
        _cpu_s(resource.RUSAGE_SELF, lambda: listen(file, digest=False)),
        _cpu_s(resource.RUSAGE_SELF, lambda: listen(file)),
    ]


def _cpu_s(whose: int, run: Callable[[], object]) -> float:
    before = resource.getrusage(whose)
    run()
    after = resource.getrusage(whose)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _decode(file: Path) -> None:
    with av.open(str(file)) as container:
        for packet in container.demux(container.streams.audio[0]):
            packet.decode()


def _fpcalc(file: Path) -> None:
    # It gives its fingerprint and then calls the end of some files an error: its exit code says nothing.
    done = subprocess.run(["fpcalc", "-raw", "-length", "0", str(file)], capture_output=True, check=False)
    if b"FINGERPRINT=" not in done.stdout:
        raise SystemExit(f"fpcalc makes nothing of {file}")


def _print_speeds(spent: dict[str, list[list[float]]]) -> None:
    print("audio seconds per processor second\n")
    print(f"{'':8}{'files':>6}{'minutes':>9}" + "".join(f"{name:>13}" for name in (*WAYS, *RATIOS)))
    everything = [row for rows in spent.values() for row in rows]
    for name, rows in [*sorted(spent.items()), ("all", everything)]:
        seconds, *cpu_s = (sum(column) for column in zip(*rows, strict=True))
        speeds = "".join(f"{seconds / each:13.0f}" for each in cpu_s)
        ratios = f"{cpu_s[1] / cpu_s[2]:13.2f}{cpu_s[2] / cpu_s[0]:13.2f}"
        print(f"{name:8}{len(rows):6}{seconds / 60:9.1f}{speeds}{ratios}")


def _wall_s(files: list[Path], workers: int) -> float:
    """Return the seconds from the first file's beginning to the last one's end."""
    spans = list(ordered_map(_timed, [*files, *files], workers=workers))
    whole = [span for span in spans if not isinstance(span, Crashed)]
    return max(end for _, end in whole) - min(begin for begin, _ in whole)


def _timed(file: Path) -> tuple[float, float]:
    _load_kernels(file)
    begin = time.monotonic()  # one clock for all processes
    listen(file, digest=False)
    return begin, time.monotonic()


def _load_kernels(file: Path) -> None:
    """Listen to a file once in each process, whatever is asked for later."""
    if not _LOADED:
        listen(file, digest=False)
        _LOADED.append(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
