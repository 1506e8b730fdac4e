"""Fine-tune Music Flamingo or Audio Flamingo 3 with LoRA, on cleared music alone.

    python examples/finetune_music_flamingo.py --run house/runs/captions --lessons captions.jsonl --model PATH

`--run` is a run over a sealed manifest, started with this model as its base. Each line of `--lessons` names an item of
the manifest, what is asked about it and what is to be answered: `{"item": "a.flac", "prompt": "...", "answer": "..."}`.

`--model` is the folder of `nvidia/music-flamingo-2601-hf`, of `nvidia/audio-flamingo-3-hf` or of another model of their
families; a name is fetched from the Hugging Face Hub. With `--tiny musicflamingo` or `--tiny audioflamingo3` a small
model with random weights takes its place: nothing is fetched, and a training is tried through in seconds.

What differs from a training without Licet are the lines marked with "gate".
"""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.training import flamingo
from licet.workspace import Workspace, open_gate  # gate

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: list[str] | None = None) -> list[float]:
    """Train, save what LoRA learnt, finish the run, and return the loss at each step."""
    told = options(arguments)
    gate = open_gate(told.run)  # gate
    lessons = flamingo.read_lessons(told.lessons)
    model, processor = begun_with(told, gate, lessons)
    return train(flamingo.with_lora(model, rank=told.rank), processor, gate, lessons, told)


def begun_with(told: argparse.Namespace, gate: Any, lessons: Sequence[flamingo.Lesson]) -> tuple[Any, Any]:
    """Return the model that is trained on from, and its processor."""
    if told.tiny:
        from tiny_flamingo import tiny

        return tiny(told.tiny, [text for lesson in lessons for text in (lesson.prompt, lesson.answer)])
    folder = flamingo.found(told.model)
    flamingo.require_base(gate, folder)  # gate: the licence of the weights goes on to what is made of them
    return flamingo.load(folder)


def train(
    model: Any, processor: Any, gate: Any, lessons: Sequence[flamingo.Lesson], told: argparse.Namespace
) -> list[float]:
    """Train LoRA on the lessons whose items pass."""
    import torch
    from transformers import Trainer, TrainingArguments

    from licet.training.callbacks.huggingface import GateCallback

    if told.tiny:
        torch.set_num_threads(1)  # several would do nothing but wait for one another
    how = TrainingArguments(
        output_dir=str(told.out),
        num_train_epochs=told.epochs,
        per_device_train_batch_size=told.batch,
        learning_rate=told.rate,
        activation_checkpointing=not told.tiny,  # memory for time
        dataloader_pin_memory=torch.cuda.is_available(),
        logging_steps=1,
        save_strategy="no" if told.tiny else "epoch",
        report_to="none",
        label_names=["labels"],
        seed=0,
    )
    callback = GateCallback(gate, finishing(told.run), save=flamingo.save_lora)  # gate
    data = flamingo.Lessons.to(processor, gate, lessons)  # gate
    trainer = Trainer(model, how, flamingo.Collator(processor, model.dtype), data, callbacks=[callback])
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def finishing(run: Path) -> Any:
    """Return what finishes a run with its weights."""

    def finish(weights: Sequence[Path]) -> None:
        with Workspace.open(run.resolve().parent.parent) as house:
            house.runs.finish(run.name, weights, at=datetime.now(UTC), salt=os.urandom(32))

    return finish


def options(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Fine-tune a Flamingo with LoRA, on cleared music alone.")
    parser.add_argument("--run", type=Path, required=True, help="the folder of a run")
    parser.add_argument("--lessons", type=Path, required=True, help="JSONL: item, prompt, answer")
    model = parser.add_mutually_exclusive_group(required=True)
    model.add_argument("--model", help="the folder of the weights, or their name on the Hugging Face Hub")
    model.add_argument("--tiny", choices=sorted(flamingo.FAMILIES), help="a small model with random weights")
    parser.add_argument("--out", type=Path, default=Path("flamingo-lora"), help="where weights go")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1, help="lessons a step")
    parser.add_argument("--rate", type=float, default=1e-4, help="the learning rate at the beginning")
    parser.add_argument("--rank", type=int, default=16, help="of LoRA's matrices")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    losses = main()
    print(f"The loss went from {losses[0]:.2f} to {losses[-1]:.2f}; `licet run status` says what was read.")
