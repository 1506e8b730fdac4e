"""WebDataset: a stage of a pipeline that lets through the samples of tar shards whose sounds pass a gate.

It stands after the shards are opened and before anything is decoded: the bytes of each sound are told by their SHA-256,
and those very bytes go on. A sample without a sound does not pass, nor does one of which a sound does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.corpus.items import AUDIO_SUFFIXES
from licet.errors import UsageError
from licet.training.loaders.held import admit_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.training.gate import Gate

SOUNDS = tuple(sorted(suffix.removeprefix(".") for suffix in AUDIO_SUFFIXES))

Sample = dict[str, Any]


class GatedSamples:
    """The stage: `dataset.compose(GatedSamples(gate))`."""

    def __init__(self, gate: Gate, sounds: Iterable[str] = SOUNDS) -> None:
        """Make the stage.

        Args:
            gate: what it passes.
            sounds: the extensions of the members that are sounds; `vocals.flac` is one by `flac`.
        """
        self._gate, self._sounds = gate, frozenset(map(str.lower, sounds))

    def __call__(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Yield the samples that pass.

        Raises:
            UsageError: a sound is decoded already.
            GateError: the gate is shut.
        """
        return (sample for sample in samples if self._passes(sample))

    def _is_sound(self, name: str) -> bool:
        return name.rpartition(".")[2].lower() in self._sounds

    def _passes(self, sample: Sample) -> bool:
        called = f"{sample.get('__url__', '')}/{sample.get('__key__', '')}"
        sounds = {f"{called}.{name}": sample[name] for name in sample if self._is_sound(name)}
        if any(not isinstance(content, bytes) for content in sounds.values()):
            raise UsageError(f"{called} is decoded already", mend="put the gate before .decode()")
        return admit_all(self._gate, sounds) if sounds else self._gate.admit(None, called)


def composed(gate: Gate, dataset: Any, *, sounds: Iterable[str] = SOUNDS) -> Any:  # noqa: ANN401  (it has no types)
    """Return a pipeline with the gate as its last stage."""
    return dataset.compose(GatedSamples(gate, sounds))
