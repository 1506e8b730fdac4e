"""Scans at the command line that are killed, or run out of disk: run as a program, it leaves what came of each.

One process imports everything once, starts no thread, and forks each scan: what is killed is the scan, wherever it was,
and not its start. A scan has a folder with a workspace in it, `w`; there it leaves the manifest in `out`, and what it
said in `said`. What it left of a manifest when it was stopped is in `left`, and how each ended is in `codes.json`.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--on", "2026-11-22", "--no-report")
WHOLE, IN_TWO, FULL = "whole", "two workers", "full disk"
KILLED = {"killed early": 0.1, "killed half-way": 0.5, "killed late": 0.85}  # after this part of a whole scan's time
SCANS = (WHOLE, IN_TWO, FULL, *KILLED)
ROOM_BYTES = 24 << 10  # that a file may have on a full disk


def clear(corpus: Path, folder: Path, *, workers: int = 1, room: int | None = None) -> None:
    """Clear as a process of its own does, and end with its exit code; no file may grow beyond `room` bytes."""
    from licet import cli

    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    to = ("-w", str(folder / "w"), "--out", str(folder / "out"), "--workers", str(workers))
    sys.argv = ["licet", "clear", str(corpus), *ASKED, *to]
    cli.main()


def forked(scan: Callable[[], None], said: Path) -> int:
    """Fork a process that scans, and writes down what it says; return its id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70  # of what should not happen
    try:
        with said.open("wb", buffering=0) as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        scan()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else code
    except BaseException:  # noqa: BLE001  (whatever it is, it is written down)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(process: int) -> int:
    """Wait for a process, and return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def keep(folder: Path) -> None:
    """Keep what a scan that did not end well left of a manifest."""
    if (folder / "out" / "manifest.parquet").exists():
        shutil.copytree(folder / "out", folder / "left")


def main(corpus: Path, folder: Path) -> None:
    """Scan as each of `SCANS` says; whoever was stopped is begun again."""
    from licet.cli import clear as _command  # noqa: F401  (loaded before the first scan)
    from licet.identify.rehearsing import rehearse

    def scan(name: str, said: str = "said", **how: int) -> int:
        return forked(partial(clear, corpus, folder / name, **how), folder / name / said)

    rehearse()
    begun = time.monotonic()
    codes = {WHOLE: ended(scan(WHOLE))}
    life_s = time.monotonic() - begun
    codes[IN_TWO] = ended(scan(IN_TWO, workers=2))
    for name, part in KILLED.items():
        process = scan(name)
        time.sleep(part * life_s)
        os.kill(process, signal.SIGKILL)
        ended(process)
        keep(folder / name)
        codes[name] = ended(scan(name))
    codes["stopped"] = ended(scan(FULL, "said when full", room=ROOM_BYTES))
    keep(folder / FULL)
    codes[FULL] = ended(scan(FULL))
    (folder / "codes.json").write_text(json.dumps(codes))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
