"""The catalogue keeps what each source stated at each time, and says what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.catalog import (
    Drift,
    Entry,
    Holding,
    Party,
    Problem,
    Recorded,
    Right,
    Severity,
    SourceFile,
    Span,
    Work,
    parse_identifier,
)
from licet.catalog.importing import PROBLEMS_KEPT
from licet.catalog.store import CatalogStore
from licet.db import open_database
from licet.digests import sha256_bytes
from licet.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


MAY = datetime(2026, 5, 1, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


def entry(key: str, licence: str | None = "CC BY 4.0", *, start: int = 0, **facts: Any) -> Entry:
    """Make an entry whose record says its key and licence."""
    content = f"{key} {licence}".encode()
    span = Span(sha256_bytes(content), "b" * 64, start, len(content))
    return Entry(parse_identifier(key), span, licence=licence, **facts)


def record(
    store: CatalogStore, when: datetime, items: Iterable[Entry | Problem], *, location: str = "here", **more: Any
) -> Recorded:
    """Record a reading; its file is another at each time."""
    files = (SourceFile("list.csv", sha256_bytes(f"{location} {when}".encode()), 10),)
    return store.record("table", location, when, files, items, **more)


def listed(store: CatalogStore, key: str, as_of: datetime) -> list[tuple[str | None, str, bool]]:
    """Return licence, location and currency of what is found for a key."""
    found = store.find([key], as_of=as_of).get(key, ())
    return [(one.entry.licence, one.snapshot.location, one.current) for one in found]


def test_what_was_recorded_is_found_whole(store: CatalogStore) -> None:
    """Every fact of an entry comes back, with the place where its bytes stand."""
    full = entry(
        "jamendo:214",
        start=77,
        title="T",
        artist="A",
        album="B",
        duration_s=12.25,
        path="14/214.mp3",
        url="http://x",
        identifiers=(parse_identifier("isrc:USRC17607839"),),
        holdings=(Holding(Party("A"), Right.WORK, "composer", Fraction(1, 3)),),
        work=Work("T", parse_identifier("iswc:T0345246801")),
        attribution="T by A",
    )
    recorded = record(store, MAY, [full, entry("jamendo:215", None)])
    assert (recorded.snapshot.entries, recorded.snapshot.licensed, recorded.drift) == (2, 1, None)
    (found,) = store.find(["jamendo:214", "jamendo:999"], as_of=MAY)["jamendo:214"]
    assert (found.entry, found.snapshot, found.current) == (full, recorded.snapshot, True)
    assert store.snapshots() == (recorded.snapshot,)


def test_a_day_sees_what_was_recorded_by_then(store: CatalogStore) -> None:
    """The newest snapshot taken by the day speaks; before the first there is nothing, though the key is known."""
    record(store, MAY, [entry("jamendo:1", "CC BY 4.0")])
    record(store, JULY, [entry("jamendo:1", "CC BY-NC 4.0")])
    assert listed(store, "jamendo:1", MAY - timedelta(microseconds=1)) == []
    assert listed(store, "jamendo:1", JUNE) == [("CC BY 4.0", "here", True)]
    assert listed(store, "jamendo:1", JULY) == [("CC BY-NC 4.0", "here", True)]
    assert store.known(["jamendo:1", "jamendo:2"]) == {"jamendo:1"}


def test_what_a_source_no_longer_lists_is_told_as_dropped(store: CatalogStore) -> None:
    """Its last statement is still found, and is said to be no longer current."""
    record(store, MAY, [entry("jamendo:1"), entry("jamendo:2")])
    record(store, JUNE, [entry("jamendo:2")])
    assert listed(store, "jamendo:1", MAY) == [("CC BY 4.0", "here", True)]
    assert listed(store, "jamendo:1", JULY) == [("CC BY 4.0", "here", False)]


def test_each_source_speaks_for_itself(store: CatalogStore) -> None:
    """Two places that list one recording are both found, in order."""
    record(store, MAY, [entry("jamendo:1", "CC BY 4.0")], location="b")
    record(store, MAY, [entry("jamendo:1", "CC0")], location="a")
    assert listed(store, "jamendo:1", MAY) == [("CC0", "a", True), ("CC BY 4.0", "b", True)]


def test_the_order_of_recording_decides_nothing_but_a_tie(store: CatalogStore) -> None:
    """Snapshots go by the time of capture; of two at one moment the later recorded one speaks."""
    record(store, JULY, [entry("jamendo:1", "new")])
    record(store, MAY, [entry("jamendo:1", "old")])
    assert listed(store, "jamendo:1", JULY) == [("new", "here", True)]
    files = (SourceFile("other.csv", "c" * 64, 1),)
    store.record("table", "here", JULY, files, [entry("jamendo:1", "newest")])
    assert listed(store, "jamendo:1", JULY) == [("newest", "here", True)]


def test_drift_says_what_came_went_and_changed(store: CatalogStore) -> None:
    """Counts are whole, and the examples show which licence became which."""
    record(store, MAY, [entry("jamendo:1"), entry("jamendo:2"), entry("jamendo:3", title="T"), entry("jamendo:4")])
    after = [entry("jamendo:2", "CC BY-NC 4.0"), entry("jamendo:3", title="U"), entry("jamendo:4"), entry("jamendo:5")]
    drift = record(store, JUNE, after).drift
    assert drift == Drift(
        added=1, removed=1, changed=2, relicensed=1, examples=("jamendo:2: CC BY 4.0 -> CC BY-NC 4.0",)
    )


def test_a_licence_that_comes_or_goes_is_drift(store: CatalogStore) -> None:
    """Stating nothing is another statement than before, and a long one is shown in part."""
    record(store, MAY, [entry("jamendo:1", None), entry("jamendo:2", "x" * 999)])
    drift = record(store, JUNE, [entry("jamendo:1"), entry("jamendo:2", None)]).drift
    assert drift is not None
    assert drift.relicensed == 2
    assert drift.examples == (
        "jamendo:1: no licence stated -> CC BY 4.0",
        f"jamendo:2: {'x' * 160}... -> no licence stated",
    )


def test_a_change_of_the_whole_collections_terms_is_drift(store: CatalogStore) -> None:
    """What is stated for a collection is kept with its evidence, and its change comes first."""
    span = Span("d" * 64, "e" * 64, 3, 4)
    first = record(store, MAY, [entry("jamendo:1")], licence="per track", licence_span=span, licence_where="README.md")
    assert (first.snapshot.licence_span, first.snapshot.licence_where) == (span, "README.md")
    second = record(store, JUNE, [entry("jamendo:1")], licence="research only")
    assert second.drift == Drift(examples=("the whole collection: per track -> research only",))
    assert second.snapshot in store.snapshots()


def test_drift_looks_to_the_snapshot_before_it(store: CatalogStore) -> None:
    """Evidence that comes late is compared with what was captured before it, not with what was recorded before it."""
    record(store, JULY, [entry("jamendo:1"), entry("jamendo:2")])
    assert record(store, MAY, [entry("jamendo:1")]).drift is None
    late = record(store, JUNE, []).drift
    assert late is not None
    assert late.removed == 1


def test_a_line_that_moved_has_not_changed(store: CatalogStore) -> None:
    """The same statement elsewhere in the file is the same entry, found at its new place."""
    record(store, MAY, [entry("jamendo:1", start=0)])
    moved = entry("jamendo:1", start=50)
    assert record(store, JUNE, [moved]).drift == Drift()
    assert store.find(["jamendo:1"], as_of=JUNE)["jamendo:1"][0].entry == moved
    with store._engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM catalog_entry")) == 1


def test_the_same_reading_again_changes_nothing(store: CatalogStore) -> None:
    """Recording it twice keeps it once; the same files at another moment are another snapshot."""
    first = record(store, MAY, [entry("jamendo:1")])
    state = store.state()
    again = record(store, MAY, [entry("jamendo:1")])
    assert (again.snapshot, again.drift, store.state()) == (first.snapshot, None, state)
    record(store, JUNE, [entry("jamendo:1")])
    assert len(store.snapshots()) == 2
    assert store.state() != state


def test_problems_are_handed_back_and_bounded(store: CatalogStore) -> None:
    """All are counted and the first thousand kept, and the entries among them are not lost."""
    problems = [Problem(f"list.csv:{line}", "broken") for line in range(1_500)]
    recorded = record(store, MAY, [*problems, entry("jamendo:1")])
    assert (recorded.problem_count, recorded.problems) == (1_500, tuple(problems[:PROBLEMS_KEPT]))
    assert recorded.snapshot.entries == 1


def test_a_reading_that_breaks_off_leaves_nothing(store: CatalogStore) -> None:
    """A source that fails half-way is not on record at all."""

    def breaking() -> Iterator[Entry]:
        for number in range(1_200):
            yield entry(f"jamendo:{number}")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record(store, MAY, breaking())
    assert (store.snapshots(), store.known(["jamendo:1"])) == ((), set())


def test_a_time_without_a_zone_is_refused(store: CatalogStore) -> None:
    """Nobody knows which day it is without one; with another zone it is the same moment."""
    naive = datetime(2026, 5, 1)  # noqa: DTZ001  (that is the point)
    with pytest.raises(UsageError, match="time zone"):
        record(store, naive, [])
    with pytest.raises(UsageError, match="time zone"):
        store.find(["jamendo:1"], as_of=naive)
    elsewhere = MAY.astimezone(timezone(timedelta(hours=9)))
    assert record(store, elsewhere, []).snapshot.captured_at == MAY


def test_every_name_leads_to_its_recordings(store: CatalogStore) -> None:
    """A recording's own names, its work's, its parties', its key and what was learnt of it all resolve."""
    artist = Holding(Party("A", (parse_identifier("jamendo-artist:20"),)), Right.RECORDING, "artist")
    work = Work("T", parse_identifier("iswc:T0345246801"))
    isrc = parse_identifier("isrc:USRC17607839")
    items = [
        entry("jamendo:2", holdings=(artist, artist), work=work, identifiers=(isrc,)),
        entry("jamendo:1", holdings=(artist,), work=Work("U")),
    ]
    record(store, MAY, items)
    state = store.state()
    store.learn([("jamendo:1", "md5:" + "0" * 32), ("jamendo:1", "isrc:USRC17607839")])
    store.learn([("jamendo:1", "md5:" + "0" * 32)])
    names = ["isrc:USRC17607839", "iswc:T0345246801", "jamendo-artist:20", "jamendo:1", "md5:" + "0" * 32, "md5:x"]
    assert store.resolve(names) == {
        "isrc:USRC17607839": ("jamendo:1", "jamendo:2"),
        "iswc:T0345246801": ("jamendo:2",),
        "jamendo-artist:20": ("jamendo:1", "jamendo:2"),
        "jamendo:1": ("jamendo:1",),
        "md5:" + "0" * 32: ("jamendo:1",),
    }
    assert store.state() != state


def test_a_snapshot_is_listed_page_by_page(store: CatalogStore) -> None:
    """Every entry of one snapshot comes back, by key, though others were recorded since."""
    items = [entry(f"jamendo:{number}") for number in range(1_000)]
    first = record(store, MAY, items).snapshot
    record(store, JUNE, [entry("jamendo:5000")])
    assert list(store.entries(first.id)) == sorted(items, key=lambda item: str(item.key))
    assert list(store.entries("nothing")) == []


def test_namesakes_of_another_place_are_reported(store: CatalogStore) -> None:
    """Two folders called alike give different recordings one key: that is a doubt; an identifier may be shared."""
    record(store, MAY, [entry("local:music/a.ogg"), entry("jamendo:1")])
    again = record(store, JUNE, [entry("local:music/a.ogg")])
    other = record(store, MAY, [entry("local:music/a.ogg"), entry("jamendo:1")], location="there")
    assert again.problems == ()
    assert [(problem.where, problem.severity) for problem in other.problems] == [("there", Severity.DOUBT)]


def test_a_place_may_be_as_long_as_a_path(store: CatalogStore) -> None:
    """Databases limit what they index."""
    place = "".join(sha256_bytes(bytes([number])) for number in range(64))
    recorded = record(store, MAY, [entry("jamendo:1")], location=place)
    assert store.snapshots() == (recorded.snapshot,)
    assert record(store, JUNE, [entry("jamendo:1")], location=place).drift == Drift()


def test_a_key_twice_in_one_reading_is_refused_whole(store: CatalogStore) -> None:
    """A reader that breaks the contract breaks no catalogue."""
    with pytest.raises(WorkspaceError):
        record(store, MAY, [entry("jamendo:1"), entry("jamendo:1", "CC0")])
    assert store.snapshots() == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    before=st.dictionaries(st.integers(0, 9), st.sampled_from(["CC0", "CC BY", None])),
    after=st.dictionaries(st.integers(0, 9), st.sampled_from(["CC0", "CC BY", None])),
)
def test_drift_is_the_difference_of_two_lists(
    before: dict[int, str | None], after: dict[int, str | None], new_database: Callable[[], str]
) -> None:
    """Whatever two lists state, the drift counts what Python would."""
    engine = open_database(new_database())
    store = CatalogStore(engine)
    record(store, MAY, [entry(f"fma:{number}", licence) for number, licence in before.items()])
    drift = record(store, JUNE, [entry(f"fma:{number}", licence) for number, licence in after.items()]).drift
    relicensed = sum(before[number] != after[number] for number in before.keys() & after.keys())
    expected = Drift(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=relicensed,
        relicensed=relicensed,
    )
    assert drift is not None
    assert replace(drift, examples=()) == expected
    engine.dispose()
