"""Train a music tagger on cleared music, and on all of it, and tell what compliance costs.

    make bench-data
    python examples/train_tagger.py
    python examples/train_tagger.py --purpose commercial
    python examples/train_tagger.py --jamendo mtg-jamendo-dataset --audio mtg-jamendo --device cuda

1. Put on record what is stated of the music, and its sound.
2. Clear what is trained on for training, and what is tested on for evaluation: two uses, two answers.
3. Train through a gate, which hands over what is cleared and notes what was read. Each model comes out attested.
4. Train also on all pieces, and on as few of them, drawn at random, as were cleared: as many steps of the same model.
5. Test every model on the same pieces.

The models of step 4 are there to be compared with, and have read what was refused. With other people's music leave them
out: `--cleared-only`. `docs/tagger.md` tells more.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.errors import UsageError
from licet.policy import Act, Purpose, Use
from tagger.clearing import House, apart, gathered
from tagger.pieces import TEST, TRAIN, targets, vocabulary
from tagger.report import Trained, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torch.utils.data import Dataset

    from tagger.model import Tagger
    from tagger.pieces import Piece

    Features = dict[Piece, Path]  # where those of each piece are kept

BATCH = 32
TURNS = 4  # chunks that are heard of each piece in an epoch
BEGAN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Lesson:
    """How every model is trained: what it is to tell, and so many steps, however little there is to train on."""

    tags: list[str]
    steps: int
    channels: int
    device: str

    def epochs(self, chunks: int) -> int:
        """Return how often to go through so many chunks."""
        return max(1, round(self.steps / -(-chunks // BATCH)))


def train(dataset: Dataset[Any], epochs: Iterable[int], lesson: Lesson, seed: int) -> Tagger:
    """Train a tagger on a data set: the same lines with a gate before it and without."""
    import torch
    from torch.utils.data import DataLoader

    from tagger.model import Tagger, loss_of

    torch.manual_seed(seed)
    model = Tagger(len(lesson.tags), lesson.channels).to(lesson.device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.01, 1 - step / lesson.steps))
    model.train()
    for _ in epochs:
        for mel, truth in DataLoader(dataset, BATCH, shuffle=True):
            loss = loss_of(model(mel.to(lesson.device)), truth.to(lesson.device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return model


def train_through_a_gate(
    house: House, name: str, manifest: Path, use: Use, features: Features, lesson: Lesson, seed: int
) -> Tagger:
    """Train a tagger on what a gate lets through, in a run that attests its weights."""
    import torch

    from licet.training.loaders import gated
    from tagger.mels import Chunks

    gate = house.start(name, manifest, use)
    pieces = list(features) * TURNS
    dataset = Chunks([features[piece] for piece in pieces], targets(pieces, lesson.tags))
    dataset = gated(dataset, gate, item=[piece.name for piece in pieces], cached=True)  # the line that is added
    model = train(dataset, gate.epochs(lesson.epochs(len(pieces))), lesson, seed)
    torch.save(model.state_dict(), house.weights(name))
    house.finish(name, house.weights(name))
    return model


def train_without_a_gate(features: Features, lesson: Lesson, seed: int) -> Tagger:
    """Train a tagger on whatever it is given, to compare."""
    from tagger.mels import Chunks

    pieces = list(features) * TURNS
    dataset = Chunks([features[piece] for piece in pieces], targets(pieces, lesson.tags))
    return train(dataset, range(lesson.epochs(len(pieces))), lesson, seed)


def experiment(house: House, settings: argparse.Namespace) -> dict[str, Any]:
    """Clear, train and test; return the figures."""
    from tagger.mels import features, features_without_a_gate
    from tagger.model import scores_of

    music, workers, out = house.music, settings.workers, settings.out
    to_train, to_test = ([piece for piece in music.pieces if piece.part == part] for part in (TRAIN, TEST))
    lesson = Lesson(vocabulary(to_train), settings.steps, settings.channels, settings.device)
    purpose, places, day = Purpose(settings.purpose), frozenset(settings.places), house.now().date()
    training, testing = (Use(act, purpose, places, day) for act in (Act.TRAIN_OTHER, Act.EVALUATE))
    manifest = house.clear(to_train, training, settings.accept, workers)
    examined = house.clear(to_test, testing, settings.accept, workers)
    to_test = apart(to_test, examined, to_train, manifest)
    say(f"cleared {len(to_train)} pieces to train on; nothing that sounds in them sounds in {len(to_test)} to test on")

    cleared = features(house.start("features", manifest, training), to_train, music, out / "mels", workers)
    tests = features(house.start("test", examined, testing), to_test, music, out / "mels", workers)
    house.finish("features")
    house.finish("test")
    say(f"read {len(cleared)} pieces to train on and {len(tests)} to test on, through the gate")
    if not cleared or not tests:
        raise UsageError("too little is cleared to train and to test", mend="try another --purpose, or --accept more")

    trained = []

    def tell(kind: str, seed: int, learnt: Features, teach: Callable[[], Tagger]) -> None:
        began, model = time.monotonic(), teach()
        seconds, scores = time.monotonic() - began, scores_of(model, list(tests.values()), lesson.device)
        trained.append(Trained(kind, seed, seconds, targets(list(learnt), lesson.tags), scores))
        say(f"trained on {len(learnt)} pieces, {kind}, with seed {seed}, in {seconds:.0f} s")

    for seed in range(settings.seeds):
        run = (house, f"tagger-{seed}", manifest, training)
        tell("cleared", seed, cleared, partial(train_through_a_gate, *run, cleared, lesson, seed))
    if not settings.cleared_only:
        refused = [piece for piece in to_train if piece not in cleared]
        everything = cleared | features_without_a_gate(refused, music, out / "mels-without-a-gate", workers)
        say(f"read {len(everything) - len(cleared)} more, without it")
        for seed in range(settings.seeds):
            drawn = np.random.default_rng(seed).permutation(len(everything))[: len(cleared)]
            few = {piece: everything[piece] for piece in (list(everything)[number] for number in drawn)}
            tell("all", seed, everything, partial(train_without_a_gate, everything, lesson, seed))
            tell("as few", seed, few, partial(train_without_a_gate, few, lesson, seed))
    return report(out, lesson.tags, targets(list(tests), lesson.tags), trained, [manifest, examined], settings)


def say(what: str) -> None:
    """Tell what was done, and when."""
    print(f"{time.monotonic() - BEGAN:5.0f} s  {what}", flush=True)


def parsed(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the settings that the command line gives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tagger-out"), help="a new folder for all that is made")
    parser.add_argument("--purpose", choices=[one.value for one in Purpose], default="non-commercial")
    parser.add_argument("--in", dest="places", nargs="+", default=["EU"], metavar="PLACE")
    parser.add_argument("--accept", nargs="*", default=["share-alike"], help="conditions that you undertake to keep")
    parser.add_argument("--cleared-only", action="store_true", help="train on nothing that was refused, to compare")
    parser.add_argument(
        "--music", type=Path, default=Path(".bench/music"), help="where `make bench-data` put the games'"
    )
    parser.add_argument("--each-game", type=int, default=20, help="pieces of one game, at most")
    parser.add_argument("--artists", type=int, default=40, help="of the music that is composed")
    parser.add_argument("--each-artist", type=int, default=4, help="pieces of one artist")
    parser.add_argument("--jamendo", type=Path, help="a checkout of MTG-Jamendo, to train on its music instead")
    parser.add_argument("--captured", type=date.fromisoformat, metavar="YYYY-MM-DD", help="when it was checked out")
    parser.add_argument("--audio", type=Path, help="where its audio lies")
    parser.add_argument("--mels", type=Path, help="where its spectrograms lie, if there is no audio")
    parser.add_argument("--subset", default="autotagging", help="autotagging_moodtheme, autotagging_top50tags ...")
    parser.add_argument("--split", type=int, default=0, choices=range(5))
    parser.add_argument("--seeds", type=int, default=2, help="models of each kind")
    parser.add_argument("--steps", type=int, default=400, help="of the training of one model, with 32 chunks each")
    parser.add_argument("--channels", type=int, default=16, help="of the first layer")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    settings = parser.parse_args(arguments)
    if settings.jamendo is not None and settings.audio is None and settings.mels is None:
        parser.error("--jamendo needs --audio or --mels")
    return settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the whole experiment, and print its figures."""
    settings = parsed(arguments)
    with House(settings.out / "house", now=lambda: datetime.now(UTC), salt=partial(os.urandom, 32)) as house:
        music = gathered(settings)
        if settings.jamendo is None:
            house.record(music, settings.workers)
        else:
            house.record_jamendo(music, settings.jamendo, settings.captured)
        say(f"put {len(house.music.pieces)} pieces on record")
        experiment(house, settings)
    say(f"done: figures.json and tagger.png are in {settings.out}")


if __name__ == "__main__":
    main()
