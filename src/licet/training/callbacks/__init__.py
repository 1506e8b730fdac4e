"""A training framework's own hooks, which begin epochs at a gate, flush it, and finish the run with the weights.

`huggingface` is for the `Trainer` of transformers, `lightning` for that of PyTorch Lightning. Nothing here opens a
workspace: what finishes a run is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    Finish = Callable[[Sequence[Path]], object]


def weights_in(folder: Path) -> list[Path]:
    """Return the files of weights in a folder that a model was saved to, in the order of their names.

    Raises:
        UsageError: there are none.
    """
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise UsageError(
            f"no weights were saved in {folder}",
            mend="save them as safetensors: the run is attested with their digests",
        )
    return found
