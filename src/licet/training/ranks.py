"""Let the ranks of a distributed training agree: the first one asks, and all take its answer.

Ranks that asked apart could be told different things, a moment apart, and would then wait for one another for ever.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from licet.errors import GateError

if TYPE_CHECKING:
    from collections.abc import Callable


def agreed(ask: Callable[[], str]) -> str:
    """Return what `ask` returns on the first of PyTorch's ranks, on all of them; here, where there are none.

    Raises:
        GateError: asking failed on the first rank, which raises what it was.
    """
    distributed = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return ask()
    answer: list[str | None] = [None, None]
    failed: Exception | None = None
    if distributed.get_rank() == 0:
        try:
            answer[0] = ask()
        except Exception as wrong:  # noqa: BLE001  (whatever it is, nobody may be left waiting)
            answer[1], failed = str(wrong), wrong
    distributed.broadcast_object_list(answer)
    if failed is not None:
        raise failed
    if answer[0] is None:
        raise GateError(f"the first rank could not begin the epoch: {answer[1]}")
    return answer[0]
