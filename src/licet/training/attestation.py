"""What a model is attested to be: an in-toto statement about its weights, which the log holds and a key signs (DSSE).

The subjects are the files of weights, each with its SHA-256; of a run that left none, its table of usage. The predicate
says which run it was, what it was fed and for which use, what it read, what it was told to keep, with which code and
configuration, and which models it began with: their statements, where Licet attested them too, and else what their
makers say. `items` is the head of the set that proves of any recording that the run read it, or did not.
`docs/runs.md` documents every field.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from licet.transparency import MODEL, Statement, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    import msgspec

    from licet.training.runs import Run
    from licet.training.usage import Usage


def attested(
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
    subjects = tuple(Subject(name, {"sha256": digest}) for name, digest in sorted(weights.items()))
    table = Subject(run.name, {"sha256": usage.table}, {"digestOf": "usage"})
    return Statement(
        subjects or (table,),
        MODEL,
        {
            "model": run.model,
            "run": {
                "name": run.name,
                "licet": run.licet,
                "started": run.started,
                "finished": finished.isoformat(timespec="seconds"),
                "wall_s": round((finished - datetime.fromisoformat(run.started)).total_seconds()),
            },
            "manifest": {"sha256": run.manifest, "origin": run.origin, "place": run.place},
            "use": {
                "act": run.act,
                "purpose": run.purpose,
                "territories": run.territories,
                "reading": run.reading,
                "accepts": run.accepts,
                "asker": run.asker,
                "model": run.for_model,
            },
            "code": run.code,
            "config": run.config,
            "share": None if run.share is None else _told(run.share),
            "bases": [_told(base) for base in run.bases],
            "read": {
                "items": usage.items,
                "epochs": epochs,
                "reads": usage.reads,
                "milliseconds": usage.milliseconds,
                "unmeasured": usage.unmeasured,
                "table": usage.table,
            },
            "conditions": usage.conditions,
            "dropped": dict(sorted(dropped.items())),
            "items": {"size": usage.set.size, "salt": usage.set.salt.hex(), "root": usage.set.root.hex()},
        },
    )


def _told(value: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}
