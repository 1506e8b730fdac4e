"""Lhotse: cuts whose recordings are held in memory, as the very bytes that the gate handed over.

A cut holds no path any more when it is yielded, so that no other file can be read for it. Features, arrays and further
recordings that a cut carries are left off: nobody can tell what they were made of. What stands in `transforms`, such as
impulse responses, is not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lhotse import CutSet, MultiCut
from lhotse.cut import MixedCut, MonoCut
from lhotse.utils import fastcopy

from licet.training.loaders.held import admit_all, admit_places
from licet.training.loaders.listed import item_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.training.gate import Gate


class GatedCuts:
    """The cuts of a set that pass a gate, with their sound; hand it to `CutSet`, as `gated` does."""

    def __init__(self, gate: Gate, cuts: CutSet, *, cached: bool = False) -> None:
        """Wrap a set of cuts.

        Args:
            gate: what it passes.
            cuts: any set; it stays lazy.
            cached: cuts pass by the names of their recordings, as they are: for features that were made before.
        """
        self._gate, self._cuts, self._cached = gate, cuts, cached

    def __iter__(self) -> Iterator[Any]:
        for cut in self._cuts:
            held = admitted(self._gate, cut, cached=self._cached)
            if held is not None:
                yield held


class GatedCutDataset:
    """A data set that makes a batch of a set of cuts, which a sampler names, in a worker: the sound is read there.

    Let the sampler see `passing(gate, cuts)` alone, so that batches come full.
    """

    def __init__(self, gate: Gate, dataset: Any, *, cached: bool = False) -> None:  # noqa: ANN401  (Lhotse has no type)
        self._gate, self._dataset, self._cached = gate, dataset, cached

    def __getitem__(self, cuts: CutSet) -> Any:  # noqa: ANN401  (whatever the data set makes)
        """Return the batch of those cuts that pass."""
        return self._dataset[CutSet.from_cuts(GatedCuts(self._gate, cuts, cached=self._cached))]


def passing(gate: Gate, cuts: CutSet) -> CutSet:
    """Return the cuts whose recordings pass by their names, lazily. Nothing of them is read or noted."""
    return CutSet(_Passing(gate, cuts))


class _Passing:
    def __init__(self, gate: Gate, cuts: CutSet) -> None:
        self._gate, self._cuts = gate, cuts

    def __iter__(self) -> Iterator[Any]:
        for cut in self._cuts:
            places = [self._gate.place_of(item_name(self._gate.root, name)) for name in _paths(cut)]
            if places and all(self._gate.passes(place) for place in places):
                yield cut


def admitted(gate: Gate, cut: Any, *, cached: bool = False) -> Any | None:  # noqa: ANN401  (Lhotse has several kinds)
    """Return a cut with the bytes of its recordings in it, or None where not all of them pass.

    Raises:
        GateError: the gate is shut.
    """
    sources = _sources(cut)
    if not sources or any(source.type not in {"file", "memory"} for source in sources):
        gate.admit(None, str(cut.id))
        return None
    files = [source for source in sources if source.type == "file"]
    held = {f"{cut.id}: memory {at}": source.source for at, source in enumerate(sources) if source.type == "memory"}
    names = [item_name(gate.root, str(source.source)) for source in files]
    asked = [(gate.place_of(name), name) for name in names]
    if held and (not all(gate.passes(place) for place, _ in asked) or not admit_all(gate, held)):
        return None
    if cached:
        return cut if not asked or admit_places(gate, {name: place for place, name in asked}) else None
    contents = gate.read_all(asked)
    return None if contents is None else _with(cut, dict(zip(map(id, files), contents, strict=True)))


def _parts(cut: Any) -> list[Any]:  # noqa: ANN401  (Lhotse has several kinds)
    """Return the cuts of one recording each that a cut is made of; padding is none."""
    cuts = [track.cut for track in cut.tracks] if isinstance(cut, MixedCut) else [cut]
    return [one for one in cuts if isinstance(one, MonoCut | MultiCut)]


def _sources(cut: Any) -> list[Any]:  # noqa: ANN401  (Lhotse has several kinds)
    """Return where the sound of a cut comes from; nothing where a part of it has features alone."""
    parts = _parts(cut)
    return [] if any(one.recording is None for one in parts) else [at for one in parts for at in one.recording.sources]


def _paths(cut: Any) -> list[str]:  # noqa: ANN401  (Lhotse has several kinds)
    return [str(source.source) for source in _sources(cut) if source.type == "file"]


def _with(cut: Any, held: dict[int, bytes]) -> Any:  # noqa: ANN401  (Lhotse has several kinds)
    """Return a cut with bytes in place of paths, by the identity of their sources."""
    if isinstance(cut, MixedCut):
        return fastcopy(cut, tracks=[fastcopy(track, cut=_with(track.cut, held)) for track in cut.tracks])
    if not isinstance(cut, MonoCut | MultiCut):
        return fastcopy(cut, custom=None)  # padding
    sources = [
        fastcopy(one, type="memory", source=held[id(one)]) if one.type == "file" else one
        for one in cut.recording.sources
    ]
    return fastcopy(
        cut,
        recording=fastcopy(cut.recording, sources=sources),
        features=None,
        custom=_plain(cut.custom),
        supervisions=[fastcopy(one, custom=_plain(one.custom)) for one in cut.supervisions],
    )


def gated_cuts(gate: Gate, cuts: CutSet, *, cached: bool = False) -> CutSet:
    """Return the cuts that pass a gate, with their sound in memory, as a lazy set."""
    return CutSet(GatedCuts(gate, cuts, cached=cached))


def _plain(custom: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what a cut or a supervision carries besides, as far as JSON can say it: no recordings, no arrays."""
    return {name: value for name, value in (custom or {}).items() if _is_plain(value)} or None


def _is_plain(value: object) -> bool:
    """Whether a value is what JSON can say."""
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return isinstance(value, str | int | float | None)
