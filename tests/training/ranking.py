"""One of two ranks that train together: it begins an epoch, reads its half, and says what came of it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import torch.distributed as dist

from licet.errors import GateError
from licet.workspace import open_gate


def main(rank: int, run: Path) -> None:
    """Begin two epochs, the second of which the first rank cannot begin."""
    dist.init_process_group(
        "gloo", init_method=f"file://{run.parent}/meeting", rank=rank, world_size=2, timeout=timedelta(seconds=60)
    )
    gate = open_gate(run)
    name = gate.begin_epoch(0)
    places = gate.admitted()[rank::2].tolist()
    read = [place for place in places if gate.read(place) is not None]
    dist.barrier()
    if rank == 0:
        (run / "finishing.json").write_text("{}")  # what somebody else has finished begins no epoch
    try:
        gate.begin_epoch(1)
    except GateError as refused:
        print(name, read, "is finished" in str(refused), flush=True)  # noqa: T201  (it tells the test)
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
