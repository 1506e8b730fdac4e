"""Every answer is kept; the newest of a day is heard, and where it settles nothing, the last that did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from licet.db import open_database
from licet.terms.gathering import Response
from licet.terms.store import ResponseStore

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = "https://example.org/song"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = Response(PAGE, AT, 200, (("etag", '"1"'),), "a" * 64, landed=PAGE)


@pytest.fixture
def store(database: str) -> Iterator[ResponseStore]:
    """A store with nothing in it."""
    engine = open_database(database)
    yield ResponseStore(engine)
    engine.dispose()


def test_nothing_was_gathered_until_something_is(store: ResponseStore) -> None:
    """And no table is made for nothing."""
    store.record([])
    assert (store.any(), store.last([PAGE], as_of=AT)) == (False, {})
    store.record([GOOD])
    assert (store.any(), store.last([PAGE], as_of=AT)) == (True, {PAGE: (GOOD,)})


def test_the_newest_answer_of_a_day_is_heard(store: ResponseStore) -> None:
    """Of two at one moment, the one kept last."""
    later = replace(GOOD, fetched_at=AT + timedelta(hours=1), status=404)
    again = replace(later, status=410)
    store.record([later, GOOD, again])
    assert store.last([PAGE], as_of=AT) == {PAGE: (GOOD,)}
    assert store.last([PAGE], as_of=AT + timedelta(days=1)) == {PAGE: (again,)}
    assert store.last([PAGE], as_of=AT - timedelta(days=1)) == {}


def test_a_failure_does_not_silence_what_was_answered_before(store: ResponseStore) -> None:
    """Both are heard."""
    failed = replace(GOOD, fetched_at=AT + timedelta(hours=1), status=503)
    store.record([GOOD, failed])
    assert store.last([PAGE], as_of=AT + timedelta(days=1)) == {PAGE: (failed, GOOD)}


def test_many_addresses_are_asked_for_at_once(store: ResponseStore) -> None:
    """More than one statement can name."""
    many = [replace(GOOD, url=f"{PAGE}/{n}") for n in range(1200)]
    store.record(many)
    assert len(store.last([one.url for one in many], as_of=AT)) == 1200
