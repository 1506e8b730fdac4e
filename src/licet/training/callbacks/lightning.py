"""The gate in the `Trainer` of PyTorch Lightning.

1. As the callback is made, the first epoch begins: a `DataLoader` that shuffles asks how long its data set is.
2. A fit begins its first epoch at the gate before `on_train_start`, for by then the data loader has been asked for its
   first batches; every other as Lightning begins it. A fit that goes on from a checkpoint goes on with its epoch.
3. With each epoch and each checkpoint what was read is durable: a checkpoint is never ahead of the record.
4. At the end the first process saves the model, and finishes the run once every one has told what it read. A training
   that fails does not come so far, and its run stays unfinished.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lightning.pytorch import Callback

from licet.training.callbacks import weights_in

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule, Trainer

    from licet.training.callbacks import Finish
    from licet.training.gate import Gate

WEIGHTS = "weights"


class GateCallback(Callback):  # type: ignore[misc,unused-ignore]  # Lightning is an extra: perhaps untyped
    """Begins epochs at a gate, and finishes the run."""

    def __init__(self, gate: Gate, finish: Finish | None = None, *, folder: Path | None = None) -> None:
        """Begin the first epoch.

        Args:
            gate: of the run.
            finish: takes the files of weights and finishes the run; without it the run is left open.
            folder: where the module's weights are saved, as safetensors. By default `weights` in the `Trainer`'s own.

        Raises:
            GateError: see `Gate.begin_epoch`.
        """
        self._gate, self._finish, self._folder = gate, finish, folder
        self._resumed: int | None = None
        self._saved: Path | None = None
        gate.begin_epoch(0)

    def on_load_checkpoint(self, _: Trainer, __: LightningModule, checkpoint: dict[str, Any]) -> None:
        """Find the epoch that a fit goes on with; the `Trainer` itself knows it only once its data loader reads."""
        if fit := checkpoint.get("loops", {}).get("fit_loop"):
            self._resumed = _goes_on_with(fit)

    def on_fit_start(self, trainer: Trainer, _: LightningModule) -> None:
        """Begin the first epoch of a fit."""
        self._gate.begin_epoch(trainer.current_epoch if self._resumed is None else self._resumed)
        self._resumed = None

    def on_train_start(self, trainer: Trainer, _: LightningModule) -> None:
        """Begin the epoch that the `Trainer` is in, should it be another."""
        self._follow(trainer)

    def on_train_epoch_start(self, trainer: Trainer, _: LightningModule) -> None:
        """Begin an epoch at the gate, unless it is the first of a fit."""
        self._follow(trainer)

    def on_train_epoch_end(self, *_: object) -> None:
        """Make durable what was read."""
        self._gate.flush()

    def on_save_checkpoint(self, *_: object) -> None:
        """Make durable what was read."""
        self._gate.flush()

    def on_train_end(self, trainer: Trainer, _: LightningModule) -> None:
        """Save the module, while all processes are there that it may be spread over."""
        self._gate.flush()
        if self._finish is None:
            return
        state = trainer.strategy.lightning_module_state_dict()  # gathered from every process
        if trainer.is_global_zero:
            self._saved = self._folder or Path(trainer.default_root_dir) / WEIGHTS
            _save(state, self._saved)

    def on_fit_end(self, trainer: Trainer, _: LightningModule) -> None:
        """Finish the run. Nothing passes its gate any more, so that every process must have let its data loader go."""
        trainer.strategy.barrier("licet: what was read is durable")
        if self._finish is not None and self._saved is not None:
            self._finish(weights_in(self._saved))
            self._saved = None

    def _follow(self, trainer: Trainer) -> None:
        if self._gate.epoch != trainer.current_epoch:
            self._gate.begin_epoch(trainer.current_epoch)


def _goes_on_with(fit: dict[str, Any]) -> int:
    """Return the number of an epoch, of a checkpoint's loop: that which it was in, or the next after its last batch."""
    epoch, batch = fit["epoch_progress"]["current"], fit["epoch_loop.batch_progress"]
    return int(epoch["processed"] + (epoch["started"] > epoch["processed"] and batch["is_last_batch"]))


def _save(state: dict[str, Any], folder: Path) -> None:
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    # A copy of each: safetensors refuses tensors that share their memory.
    apart = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in state.items()}
    save_file(apart, folder / "model.safetensors")
