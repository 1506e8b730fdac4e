"""The house that clears the music: its record, its log, its manifests and its runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Self

import pyarrow.parquet as pq

from licet.transparency import create_log, make_key
from licet.workspace import Workspace
from tagger.games import game_pieces
from tagger.generated import generated_pieces
from tagger.jamendo import jamendo_pieces
from tagger.pieces import Piece, split, write_licences, write_list

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from licet.policy import Use
    from licet.training import Gate

ORIGIN = "log.example/tagger"
SEED = 7  # of what is composed and of what is tested on: the same for every seed of a training
TESTED = 0.3  # of the pieces


@dataclass(frozen=True, slots=True)
class Music:
    """The pieces, the folder that they lie in, and that of their spectrograms where those came ready."""

    pieces: list[Piece]
    corpus: Path
    mels: Path | None = None


def gathered(settings: argparse.Namespace) -> Music:
    """Return the music to train on and to test on: of games and composed, or that of MTG-Jamendo."""
    if settings.jamendo is not None:
        pieces = jamendo_pieces(settings.jamendo, subset=settings.subset, number=settings.split, audio=settings.audio)
        return Music(pieces, settings.audio or settings.mels, None if settings.audio else settings.mels)
    corpus = settings.out / "corpus"
    played = game_pieces(settings.music, corpus, most=settings.each_game)
    made = generated_pieces(
        corpus, artists=settings.artists, each=settings.each_artist, seed=SEED, workers=settings.workers
    )
    return Music(split([*played, *made], tested=TESTED, seed=SEED), corpus)


class House:
    """A workspace with a log. Every moment and every random byte is handed to it."""

    music: Music

    def __init__(self, folder: Path, *, now: Callable[[], datetime], salt: Callable[[], bytes]) -> None:
        self.room, self.now, self.salt = Workspace.init(folder), now, salt
        create_log(self.room.receipts.log_folder, ORIGIN, make_key(self.room.receipts.key_path, ORIGIN))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.room.close()

    def record(self, music: Music, workers: int) -> None:
        """Put on record what is stated of the music, and its sound."""
        self.music = music
        table = write_licences(music.pieces, self.room.folder / "corpus.csv")
        self.room.add("table", table, audio=music.corpus, captured_at=self.now(), workers=workers)

    def record_jamendo(self, music: Music, checkout: Path, captured: date | None) -> None:
        """Put on record what MTG-Jamendo states of its tracks, on the day on which it was checked out.

        To register the sound of its 3,760 hours takes three hours of two processors; `licet add mtg-jamendo` does it,
        with `--audio`.
        """
        self.music = music
        at = datetime.combine(captured, time.min, UTC) if captured else self.now()
        self.room.add("mtg-jamendo", checkout, captured_at=at)

    def clear(self, pieces: Sequence[Piece], use: Use, accepts: Sequence[str], workers: int) -> Path:
        """Clear the pieces for a use, seal the answer into the log, and return the manifest's folder."""
        listed = write_list(pieces, self.room.folder / f"{use.act}.csv")
        audio = self.music.corpus if self.music.mels is None else None
        answer = self.room.clear(
            listed, use, audio=audio, accepts=accepts, today=self.now().date(), workers=workers, report=False
        )
        self.room.receipts.seal(answer.folder, salt=self.salt(), at=self.now())
        return answer.folder

    def start(self, name: str, manifest: Path, use: Use) -> Gate:
        """Start a run over a manifest, and open its gate."""
        self.room.runs.start(manifest, name=name, model=name, use=use, root=self.music.corpus, at=self.now())
        return self.room.runs.gate(name, now=self.now, salt=self.salt)

    def weights(self, name: str) -> Path:
        """Return where the weights of a run's model are kept."""
        return self.room.folder / f"{name}.pt"

    def finish(self, name: str, *weights: Path) -> None:
        """Finish a run: what it read is logged, and what came out is attested."""
        self.room.runs.finish(name, weights, at=self.now(), salt=self.salt())


def apart(to_test: Sequence[Piece], examined: Path, to_train: Sequence[Piece], manifest: Path) -> list[Piece]:
    """Return the pieces to test on in which nothing sounds that is trained on.

    Games share music. The manifests of both parts tell which recordings sound in an item, whatever its file is called.
    """
    trained = {recording for found in _recordings(manifest, to_train).values() for recording in found}
    sounding = _recordings(examined, to_test)
    return [piece for piece in to_test if not trained & sounding[piece.name]]


def _recordings(manifest: Path, pieces: Sequence[Piece]) -> dict[str, set[str]]:
    table = pq.read_table(manifest / "manifest.parquet", columns=["item", "recordings"])
    found = {item: set(names) for item, names in zip(*(column.to_pylist() for column in table.columns), strict=True)}
    return {piece.name: found.get(piece.name, set()) for piece in pieces}
