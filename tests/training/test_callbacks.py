"""Trainers of two frameworks begin their epochs at the gate, and finish their runs."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from licet.errors import UsageError
from licet.training.callbacks import weights_in
from schooling import NOON, SALT, opened, started

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from licet.training import Gate
    from licet.transparency import Attestation
    from licet.workspace import Workspace

FIT = 4  # of six sounds: two batches


class Bytes:
    """What passes in the epoch that is under way, as numbers."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def __len__(self) -> int:
        return len(self.gate)

    def __getitem__(self, index: int) -> dict[str, Any]:
        import torch

        content = self.gate.read(int(self.gate.admitted()[index]))
        assert content is not None
        return {"x": torch.frombuffer(bytearray(content[-64:]), dtype=torch.uint8) / 256}


def begun(room: Workspace) -> Gate:
    """Start a run and open its gate."""
    started(room)
    return opened(room)


def finishing(room: Workspace) -> Any:
    """Return what finishes the run."""

    def finish(weights: Sequence[Path]) -> Attestation:
        return room.runs.finish("first", weights, at=NOON, salt=SALT)

    return finish


def attested(room: Workspace) -> dict[str, Any]:
    """Check the attestation of the run, and return what it states of the reading, with its subjects."""
    statement = room.runs.attestation("first").check([room.receipts.signer().verifier]).statement
    read = statement.predicate["read"]
    return {"items": read["items"], "epochs": read["epochs"], "reads": read["reads"], "of": statement.subject}


def model() -> Any:
    """Return a model of 64 weights, as the Trainer of transformers takes one."""
    import torch

    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = torch.nn.Linear(64, 1)

        def forward(self, x: Any) -> dict[str, Any]:
            return {"loss": (self.line(x) - 1).square().mean()}

    return Model()


def save(model: Any, folder: Path) -> None:
    """Save such a model."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    save_file(model.state_dict(), folder / "model.safetensors")


def hugging_face(gate: Gate, folder: Path, *callbacks: Any, **how: Any) -> Any:
    """Return a Trainer of transformers over what passes a gate, for two epochs."""
    from transformers import Trainer, TrainingArguments

    told = {"num_train_epochs": 2, "save_strategy": "no", "per_device_train_batch_size": 2, "report_to": "none"} | how
    arguments = TrainingArguments(str(folder), use_cpu=True, disable_tqdm=True, **told)
    return Trainer(model(), arguments, train_dataset=Bytes(gate), callbacks=list(callbacks))


def test_a_trainer_of_transformers_begins_epochs_and_finishes_the_run(room: Workspace, tmp_path: Path) -> None:
    """All that passes is read in each epoch, and the weights that it saved are attested."""
    from licet.training.callbacks.huggingface import GateCallback

    gate = begun(room)
    hugging_face(gate, tmp_path, GateCallback(gate, finishing(room), save=save)).train()
    stated = attested(room)
    weights = sha256((tmp_path / "weights" / "model.safetensors").read_bytes()).hexdigest()
    assert [(one.name, one.digest["sha256"]) for one in stated.pop("of")] == [("model.safetensors", weights)]
    assert stated == {"items": FIT, "epochs": 2, "reads": 2 * FIT}


@pytest.mark.parametrize("step", [1, 2, 3], ids=["in the midst of an epoch", "after one", "in the midst of the next"])
def test_a_trainer_of_transformers_goes_on_with_the_epoch_of_its_checkpoint(
    room: Workspace, tmp_path: Path, step: int
) -> None:
    """What is read after a resumption counts with the epochs it belongs to: none is lost in another."""
    from licet.training.callbacks.huggingface import GateCallback

    gate = begun(room)
    hugging_face(gate, tmp_path, GateCallback(gate), save_strategy="steps", save_steps=1, max_steps=step).train()
    again = opened(room)
    resumed = hugging_face(again, tmp_path, GateCallback(again, finishing(room), save=save), num_train_epochs=3)
    resumed.train(resume_from_checkpoint=str(tmp_path / f"checkpoint-{step}"))
    stated = attested(room)
    assert (stated["epochs"], stated["reads"]) == (3, 3 * FIT)


def withdraw(room: Workspace) -> None:
    """Put on record that two of the four sounds that pass may not be used any more."""
    table = room.folder / "catalogue.csv"
    table.write_text(table.read_text().replace("CC0-1.0", "CC-BY-NC-4.0"))
    room.add("table", table, captured_at=NOON)


def test_a_revocation_between_epochs_is_honoured_at_the_next(room: Workspace, tmp_path: Path) -> None:
    """The Trainer of transformers goes on with what is left."""
    from transformers import TrainerCallback

    from licet.training.callbacks.huggingface import GateCallback

    gate = begun(room)
    withdrawn = type("Withdrawn", (TrainerCallback,), {"on_epoch_end": lambda *_, **__: withdraw(room)})()
    hugging_face(gate, tmp_path, GateCallback(gate, finishing(room), save=save), withdrawn).train()
    stated = attested(room)
    assert (stated["items"], stated["reads"]) == (FIT, FIT + FIT // 2)


def test_a_training_that_fails_leaves_its_run_unfinished(room: Workspace, tmp_path: Path) -> None:
    """What it read until then is on record."""
    from transformers import TrainerCallback

    from licet.training.callbacks.huggingface import GateCallback

    class Trip(TrainerCallback):  # type: ignore[misc,unused-ignore]
        def on_step_end(self, *_: Any, **__: Any) -> None:
            raise FloatingPointError

    gate = begun(room)
    with pytest.raises(FloatingPointError):
        hugging_face(gate, tmp_path, GateCallback(gate, finishing(room), save=save), Trip()).train()
    status = room.runs.status("first")
    assert (status.state, status.reads) == ("reading", FIT)  # the second batch is read while the first is learnt


def module(**how: Any) -> Any:
    """Return a model of 64 weights, as Lightning takes one."""
    import lightning.pytorch as lightning
    import torch

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.line = torch.nn.Linear(64, 1)

        def training_step(self, batch: dict[str, Any], _: int) -> Any:
            return (self.line(batch["x"]) - 1).square().mean()

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), lr=0.01)

    return Module()


def fit(gate: Gate, folder: Path, *callbacks: Any, workers: int = 0, resume: Path | None = None, **how: Any) -> None:
    """Train with Lightning on what passes a gate."""
    import lightning.pytorch as lightning
    from torch.utils.data import DataLoader

    trainer = lightning.Trainer(
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
        callbacks=list(callbacks),
        **how,
    )
    loader = DataLoader(Bytes(gate), batch_size=2, num_workers=workers, persistent_workers=workers > 0)
    trainer.fit(module(), loader, ckpt_path=resume)


def test_a_trainer_of_lightning_begins_epochs_and_finishes_the_run(room: Workspace, tmp_path: Path) -> None:
    """All that passes is read in each epoch, and the weights that it saved are attested."""
    from licet.training.callbacks.lightning import GateCallback

    gate = begun(room)
    fit(gate, tmp_path, GateCallback(gate, finishing(room)), max_epochs=2)
    stated = attested(room)
    weights = sha256((tmp_path / "weights" / "model.safetensors").read_bytes()).hexdigest()
    assert [(one.name, one.digest["sha256"]) for one in stated.pop("of")] == [("model.safetensors", weights)]
    assert stated == {"items": FIT, "epochs": 2, "reads": 2 * FIT}


def test_workers_that_outlive_an_epoch_read_for_the_one_under_way(room: Workspace, tmp_path: Path) -> None:
    """They read ahead, and not before the epoch has begun."""
    from licet.training.callbacks.lightning import GateCallback

    gate = begun(room)
    fit(gate, tmp_path, GateCallback(gate, finishing(room)), workers=1, max_epochs=2)
    stated = attested(room)
    assert (stated["epochs"], stated["reads"]) == (2, 2 * FIT)


@pytest.mark.parametrize("workers", [0, 1])
def test_lightning_honours_a_revocation_too(room: Workspace, tmp_path: Path, workers: int) -> None:
    """It goes on with what is left, also where its workers live on."""
    import lightning.pytorch as lightning

    from licet.training.callbacks.lightning import GateCallback

    gate = begun(room)
    withdrawn = type("Withdrawn", (lightning.Callback,), {"on_train_epoch_end": lambda *_: withdraw(room)})()
    fit(gate, tmp_path, GateCallback(gate, finishing(room)), withdrawn, workers=workers, max_epochs=2)
    stated = attested(room)
    assert (stated["items"], stated["reads"]) == (FIT, FIT + FIT // 2)


def keeping(folder: Path, hook: str) -> Any:
    """Return what has Lightning save a checkpoint whenever it comes to a hook."""
    import lightning.pytorch as lightning

    def keep(_: Any, trainer: Any, *__: Any) -> None:
        trainer.save_checkpoint(folder / f"{trainer.global_step}.ckpt")

    return type("Keep", (lightning.Callback,), {hook: keep})()


_BATCH, _EPOCH = "on_train_batch_end", "on_train_epoch_end"


@pytest.mark.filterwarnings("ignore:You're resuming from a checkpoint that ended before the epoch ended")
@pytest.mark.parametrize(
    ("hook", "step", "reads"),
    # In the midst of an epoch Lightning begins such a loader anew: of the epoch it reads the first half twice.
    [(_BATCH, 1, 10), (_BATCH, 2, 12), (_BATCH, 3, 10), (_EPOCH, 2, 12)],
    ids=["in the midst of an epoch", "after its last batch", "in the midst of the next", "at the end of one"],
)
def test_a_trainer_of_lightning_goes_on_with_the_epoch_of_its_checkpoint(
    room: Workspace, tmp_path: Path, hook: str, step: int, reads: int
) -> None:
    """What is read after a resumption counts with the epochs it belongs to: none is lost in another."""
    from licet.training.callbacks.lightning import GateCallback

    gate = begun(room)
    fit(gate, tmp_path, GateCallback(gate), keeping(tmp_path, hook), max_steps=step)
    again = opened(room)
    fit(again, tmp_path, GateCallback(again, finishing(room)), resume=tmp_path / f"{step}.ckpt", max_epochs=3)
    stated = attested(room)
    assert (stated["epochs"], stated["reads"]) == (3, reads)


def test_weights_are_asked_for_where_none_were_saved(tmp_path: Path) -> None:
    """As safetensors, for their digests are what is attested."""
    (tmp_path / "pytorch_model.bin").touch()
    with pytest.raises(UsageError, match="no weights"):
        weights_in(tmp_path)
