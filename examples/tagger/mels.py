"""The log-mel features of pieces, kept as NumPy files, and the data set that cuts them into chunks to train on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from licet.errors import AudioError
from licet.training.loaders.torch import GatedAudio
from tagger.features import CHUNK, log_mel, middle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from licet.training import Admitted, Gate
    from tagger.clearing import Music
    from tagger.pieces import Piece

SUFFIX = ".npy"


class Keeper:
    """Works out the features of what it is handed, and keeps them in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, content: bytes, item: Admitted | Piece) -> str:
        """Return the name of the item whose bytes these are; "" if they are no music."""
        try:
            mel = log_mel(content, item.name)
        except AudioError:
            return ""
        path = kept(self.folder, item.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, mel, allow_pickle=False)
        return item.name


class Ungated(Dataset[str]):
    """Pieces in a folder, cleared or not: what `GatedAudio` is without a gate."""

    def __init__(self, pieces: Sequence[Piece], corpus: Path, keep: Keeper) -> None:
        self.pieces, self.corpus, self.keep = pieces, corpus, keep

    def __len__(self) -> int:
        return len(self.pieces)

    def __getitem__(self, index: int) -> str:
        piece = self.pieces[index]
        return self.keep((self.corpus / piece.path).read_bytes(), piece)


def names_in(dataset: Dataset[str], workers: int) -> set[str]:
    """Go through a data set of names once, in as many processes, and return them."""
    return set(DataLoader(dataset, batch_size=None, num_workers=workers if workers > 1 else 0)) - {""}


def features(gate: Gate, pieces: Sequence[Piece], music: Music, folder: Path, workers: int) -> dict[Piece, Path]:
    """Return where the features of each piece lie that the gate lets through."""
    passed: set[str] = set()
    for _ in gate.epochs(1):
        if music.mels is None:
            passed = names_in(GatedAudio(gate, Keeper(folder)), workers)
        else:
            passed = {piece.name for piece in pieces if gate.admit(gate.place_of(piece.name), piece.name)}
    return {piece: kept(music.mels or folder, piece.path) for piece in pieces if piece.name in passed}


def features_without_a_gate(pieces: Sequence[Piece], music: Music, folder: Path, workers: int) -> dict[Piece, Path]:
    """Return where the features of each piece lie, cleared or not."""
    if music.mels is None:
        there = names_in(Ungated(pieces, music.corpus, Keeper(folder)), workers)
        pieces = [piece for piece in pieces if piece.name in there]
    return {piece: kept(music.mels or folder, piece.path) for piece in pieces}


def kept(folder: Path, path: str) -> Path:
    """Return where the features of a piece are kept, as in MTG-Jamendo's own download."""
    return (folder / path).with_suffix(SUFFIX)


class Chunks(Dataset[tuple["Tensor", "Tensor"]]):
    """A chunk of each piece, from another place each time, and what is known of its tags.

    Args:
        paths: of the features.
        truth: [shape=(n_pieces, n_tags)], 1, 0 or NaN.
    """

    def __init__(self, paths: Sequence[Path], truth: NDArray[np.float32]) -> None:
        self.paths, self.truth = paths, torch.from_numpy(truth)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        mel = middle(self.paths[index])
        start = int(torch.randint(mel.shape[1] - CHUNK + 1, ()))
        return torch.from_numpy(mel[:, start : start + CHUNK].astype(np.float32)), self.truth[index]
