"""What a model is attested to be: an in-toto statement about its weights, which the log holds and a key signs (DSSE).

The subjects are the files of weights, each with its SHA-256; of a run that left none, its table of usage. The predicate
says which run it was, what it was fed and for which use, what it read, what it was told to keep, with which code and
configuration, and which models it began with: their statements, where Licet attested them too, and else what their
makers say. `items` is the head of the set that proves of any recording that the run read it, or did not.
`docs/runs.md` documents every field.

Others' statements are read here too: a field that is missing, or is not what ours hold, is refused by its name. What is
there besides is left alone.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from licet.errors import LogError
from licet.training.runs import Base
from licet.training.sharding import Share
from licet.transparency import MODEL, Statement, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.training.runs import Run
    from licet.training.usage import Usage

_MILLI = 1000


class RunOf(msgspec.Struct, frozen=True):
    """The run that a model came out of."""

    name: str
    licet: str  # version
    started: str  # ISO 8601, UTC
    finished: str
    wall_s: int


class ManifestOf(msgspec.Struct, frozen=True):
    """The manifest that it was fed, and the log's entry of it."""

    sha256: str
    origin: str
    place: int


class UseOf(msgspec.Struct, frozen=True):
    """What the manifest was cleared for."""

    act: str
    purpose: str
    territories: tuple[str, ...]
    reading: str
    accepts: tuple[str, ...]
    asker: str
    model: str


class ReadOf(msgspec.Struct, frozen=True):
    """What it read, in numbers."""

    items: int
    epochs: int  # in which something was read
    reads: int  # of an item in an epoch
    milliseconds: int  # of sound, at most
    unmeasured: int  # items whose length is not known
    table: str  # SHA-256 of usage.parquet

    @property
    def seconds(self) -> Fraction:
        """How many seconds of sound were read, at most."""
        return Fraction(self.milliseconds, _MILLI)


class Attested(msgspec.Struct, frozen=True):
    """What is attested of a run: see `docs/runs.md`."""

    model: str
    run: RunOf
    manifest: ManifestOf
    use: UseOf
    code: str
    config: str
    share: Share | None
    bases: tuple[Base, ...]
    read: ReadOf
    conditions: dict[str, int]  # what is asked in return, and for how many items
    dropped: dict[str, int]  # items that did not pass, by why


def attest(
    run: Run, usage: Usage, *, finished: datetime, epochs: int, dropped: Mapping[str, int], weights: Mapping[str, str]
) -> Statement:
    """Return what is attested of a run.

    Args:
        run: what it was started with.
        usage: what it read.
        finished: when, aware.
        epochs: in how many epochs something was read.
        dropped: how many items did not pass, by why.
        weights: the SHA-256 of each file of weights, by its name.
    """
    wall = max(0, round((finished - datetime.fromisoformat(run.started)).total_seconds()))  # clocks go back, too
    told = Attested(
        model=run.model,
        run=RunOf(run.name, run.licet, run.started, finished.isoformat(timespec="seconds"), wall),
        manifest=ManifestOf(run.manifest, run.origin, run.place),
        use=UseOf(run.act, run.purpose, run.territories, run.reading, run.accepts, run.asker, run.for_model),
        code=run.code,
        config=run.config,
        share=run.share,
        bases=run.bases,
        read=ReadOf(usage.items, epochs, usage.reads, usage.milliseconds, usage.unmeasured, usage.table),
        conditions=usage.conditions,
        dropped=dict(sorted(dropped.items())),
    )
    items = {"size": usage.set.size, "salt": usage.set.salt.hex(), "root": usage.set.root.hex()}
    subjects = tuple(Subject(name, {"sha256": digest}) for name, digest in sorted(weights.items()))
    table = Subject(run.name, {"sha256": usage.table}, {"digestOf": "usage"})
    return Statement(subjects or (table,), MODEL, msgspec.to_builtins(told) | {"items": items})


def weights_in(statement: Statement) -> dict[str, str]:
    """Return the SHA-256 of each file of weights by its name; none of a run that left none."""
    weights = (one for one in statement.subject if one.annotations.get("digestOf") != "usage")
    return {one.name: one.digest.get("sha256", "") for one in weights}


def read_attested(statement: Statement) -> Attested:
    """Return what a statement attests.

    Raises:
        LogError: it is not what an attestation states. The message names the field.
    """
    try:
        told = msgspec.convert(statement.predicate, Attested)
        size = msgspec.convert(statement.predicate.get("items"), dict[str, int | str])["size"]
    except (msgspec.ValidationError, KeyError) as wrong:
        raise LogError(f"predicate: {wrong}") from wrong
    if (size == 0) is not (told.read.items == 0):  # an empty set would prove of everything that it was not read
        raise LogError(f"predicate.items: {told.read.items} items were read, and {size} names are in the set")
    return told
