"""What an attestation states is read back, and refused by its field where it is not what ours state."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from licet.errors import LogError, UsageError
from licet.training.attestation import attest, read_attested
from licet.training.runs import Base, Run
from licet.training.sharding import Share
from licet.training.usage import Usage
from licet.transparency import SetHead, Statement, parse_statement
from schooling import NOON, ORIGIN

RUN = Run(
    licet="0.1.0",
    name="first",
    model="tagger",
    started=NOON.isoformat(),
    manifest="ab" * 32,
    sealed="cd" * 32,
    origin=ORIGIN,
    place=3,
    root="/music",
    act="train-other",
    purpose="commercial",
    territories=("EU", "US"),
    reading="strict",
    accepts=("attribution",),
    code="abc",
    bases=(Base(name="a base", licence="its own"),),
    share=Share(shards=2, shard=1),
    most_unfit=0.05,
)
USAGE = Usage(4, 8, 16_500, 1, {"attribution": 2}, "ef" * 32, SetHead(12, bytes(32), bytes(32)))


def statement() -> Statement:
    """Return what is attested of a run, as it comes out of a log."""
    told = attest(RUN, USAGE, finished=NOON + timedelta(hours=2), epochs=2, dropped={"changed": 1}, weights={})
    return parse_statement(told.encoded(), of_type=told.predicate_type)


def test_what_was_attested_is_read_back() -> None:
    """All of it: the run, the use, what was read, and what it began with."""
    one = read_attested(statement())
    assert (one.model, one.run.name, one.run.wall_s) == ("tagger", "first", 7200)
    assert (one.manifest.origin, one.manifest.place) == (ORIGIN, 3)
    assert (one.use.act, one.use.territories) == ("train-other", ("EU", "US"))
    assert (one.read.items, one.read.epochs, one.read.seconds) == (4, 2, Fraction(33, 2))
    assert (one.bases, one.share) == (RUN.bases, RUN.share)
    assert (one.conditions, one.dropped) == ({"attribution": 2}, {"changed": 1})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"read": {"items": 4}}, r"missing required field `epochs` - at `\$\.read`"),
        ({"model": 7}, r"`\$\.model`"),
        ({"bases": [{"licence": "its own"}]}, r"`name` - at `\$\.bases\[0\]`"),
        ({"dropped": {"changed": "one"}}, r"`\$\.dropped"),
        ({"conditions": None}, r"`\$\.conditions`"),
    ],
    ids=["a field is missing", "another type", "a base without a name", "no number", "nothing"],
)
def test_what_ours_would_not_state_is_refused_by_its_field(changed: dict[str, Any], says: str) -> None:
    """Never as a traceback."""
    given = statement()
    with pytest.raises(LogError, match=says):
        read_attested(replace(given, predicate=given.predicate | changed))


def test_a_share_that_there_is_not_is_refused() -> None:
    """Whoever attests it."""
    given = statement()
    with pytest.raises(UsageError, match="shard 9 of 2"):
        read_attested(replace(given, predicate=given.predicate | {"share": {"shards": 2, "shard": 9}}))


def test_what_is_stated_besides_is_left_alone() -> None:
    """A later version of ours may state more."""
    given = statement()
    assert read_attested(replace(given, predicate=given.predicate | {"more": 1})) == read_attested(given)
