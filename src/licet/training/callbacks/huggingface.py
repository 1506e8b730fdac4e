"""The gate in the `Trainer` of transformers.

1. As the callback is made, the first epoch begins: a `Trainer` asks how long its data set is before it begins one.
2. Each epoch that the `Trainer` begins begins at the gate, before anything is read for it.
3. With each epoch and each checkpoint what was read is durable: a checkpoint is never ahead of the record.
4. At the end, once every process has told what it read, the first one saves the model and finishes the run. A training
   that fails does not come so far, and its run stays unfinished.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import TrainerCallback

from licet.training.callbacks import weights_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

    from transformers import TrainerState, TrainingArguments

    from licet.training.callbacks import Finish
    from licet.training.gate import Gate

WEIGHTS = "weights"


class GateCallback(TrainerCallback):  # type: ignore[misc,unused-ignore]  # transformers is an extra: perhaps untyped
    """Begins epochs at a gate, and finishes the run."""

    def __init__(
        self,
        gate: Gate,
        finish: Finish | None = None,
        *,
        save: Callable[[Any, Path], object] = lambda model, folder: model.save_pretrained(folder),
        folder: Path | None = None,
    ) -> None:
        """Begin the first epoch.

        Args:
            gate: of the run.
            finish: takes the files of weights and finishes the run; without it the run is left open.
            save: writes the model into a folder, as safetensors.
            folder: where to. By default `weights` in the `Trainer`'s own.

        Raises:
            GateError: see `Gate.begin_epoch`.
        """
        self._gate, self._finish, self._save, self._folder = gate, finish, save, folder
        self._next = 0
        gate.begin_epoch(0)

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, *_: object, train_dataloader: Sized, **__: object
    ) -> None:
        """Find the number of the epoch that the `Trainer` goes on with, as it finds it itself: it counts steps.

        Where a revocation made epochs shorter it comes to a later one than there was, never to an earlier one: what was
        read in two epochs is not noted as read in one.
        """
        self._next = 0
        if state.global_step:
            self._next = state.global_step // max(1, -(-len(train_dataloader) // args.gradient_accumulation_steps))

    def on_epoch_begin(self, *_: object, **__: object) -> None:
        """Begin an epoch at the gate."""
        self._gate.begin_epoch(self._next)
        self._next += 1

    def on_epoch_end(self, *_: object, **__: object) -> None:
        """Make durable what was read."""
        self._gate.flush()

    def on_save(self, *_: object, **__: object) -> None:
        """Make durable what was read."""
        self._gate.flush()

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, *_: object, model: object, **__: object
    ) -> None:
        """Save the model and finish the run."""
        self._gate.flush()
        if args.distributed_state is not None:
            args.distributed_state.wait_for_everyone()
        if self._finish is not None and state.is_world_process_zero:
            folder = self._folder or Path(args.output_dir or ".") / WEIGHTS
            self._save(model, folder)
            self._finish(weights_in(folder))
