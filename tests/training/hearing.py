"""What a training makes of a sound in these tests, and how it asks for it; in a module that workers can import."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.training import Admitted


def heard(content: bytes, item: Admitted) -> tuple[str, str]:
    """Return the name of an item, and the SHA-256 of the bytes that it was made of."""
    return item.name, sha256(content).hexdigest()


def digest(content: bytes) -> str:
    """Return the SHA-256 of bytes."""
    return sha256(content).hexdigest()


class Paths:
    """A data set of somebody's own, that opens its files by itself."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[str, str]:
        return self.paths[index].name, digest(self.paths[index].read_bytes())


@contextmanager
def as_worker(number: int, workers: int) -> Iterator[None]:
    """Be one of several workers; with no workers, be the training itself."""
    told = SimpleNamespace(id=number, num_workers=workers) if workers else None
    with mock.patch("torch.utils.data.get_worker_info", return_value=told):
        yield


def batches(streams: list[Any], workers: int, batch_size: int) -> Iterator[list[Any]]:
    """Yield batches as PyTorch's `DataLoader` takes them: from one worker after the other, while they have any.

    Args:
        streams: the copy of the data set that each worker has.
        workers: how many there are; 0: the training reads by itself.
        batch_size: of the samples.
    """
    asked = deque((number, iter(stream)) for number, stream in enumerate(streams))
    while asked:
        number, stream = asked.popleft()
        with as_worker(number, workers):
            batch = list(islice(stream, batch_size))
        if batch:
            yield batch
            asked.append((number, stream))
