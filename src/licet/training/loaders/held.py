"""Bytes that a loader holds already: they pass if they are those of items that do, by their SHA-256."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.training.gate import Gate


def admit_all(gate: Gate, held: Mapping[str, bytes]) -> bool:
    """Whether all of what a sample is made of passes; none of it counts as read unless all does.

    Args:
        gate: what it passes.
        held: the bytes of files, each by a name to report it by.
    """
    digests = {name: sha256(content).hexdigest() for name, content in held.items()}
    return admit_places(gate, {name: gate.place_of_digest(digest) for name, digest in digests.items()})


def admit_places(gate: Gate, places: Mapping[str, int | None]) -> bool:
    """Whether the items at all of these places pass, and there are some; none of them counts as read unless all do.

    Args:
        gate: what it passes.
        places: each by a name to report it by.
    """
    failing = [name for name, place in places.items() if not gate.passes(place)]
    for name in failing:
        gate.admit(places[name], name)  # which notes why
    return bool(places) and not failing and all(gate.admit(place, name) for name, place in places.items())
