"""What data sets state of themselves, layer by layer and day by day."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import KINDS
from licet.digests import sha256_bytes
from licet.errors import SourceError
from licet.terms import Layer, Purpose, Resolution, Says, Stance
from licet.terms.data_sets import (
    Bearing,
    DataSet,
    Stated,
    _layers,
    data_set_of,
    data_sets,
    layers_of,
    parse_data_sets,
)

BEFORE, BETWEEN, AFTER = date(2024, 7, 1), date(2025, 7, 1), date(2026, 10, 1)
IDS = sorted(one.id for one in data_sets())
ROW = {
    "layer": "code",
    "means": "licence",
    "states": "MIT",
    "where": "LICENSE",
    "cites": "https://example.org/",
    "seen": date(2026, 1, 1),
}


def toml(*sets: dict[str, object]) -> bytes:
    """Write data sets down as the file has them."""

    def value(given: object) -> str:
        return given.isoformat() if isinstance(given, date) else json.dumps(given)

    lines: list[str] = []
    for one in sets:
        lines.append("[[data_set]]")
        lines += [f"{key} = {value(given)}" for key, given in one.items() if key != "layer"]
        for row in one.get("layer", []):  # type: ignore[attr-defined]  # a list of rows
            lines += ["[[data_set.layer]]", *(f"{key} = {value(given)}" for key, given in row.items())]
    return "\n".join(lines).encode()


def of(data_set: str, day: date, layer: Layer = Layer.DATA_SET) -> list[tuple[Stance, Bearing]]:
    """Return what the data set states of one layer, and how it stands to the day."""
    return [(said.resolution.stance, how) for said, how in layers_of(data_set, day) if said.layer is layer]


def test_jamendo_before_its_change() -> None:
    """In July 2024 MTG-Jamendo had no terms for the whole; those of 2026 are shown as later."""
    assert of("mtg-jamendo", BEFORE) == [(Stance.SILENT, Bearing.BINDS), (Stance.SIGNALLED, Bearing.LATER)]


def test_jamendo_between() -> None:
    """Between the two readings nobody saw the change: the new terms are doubtful, and so unresolved."""
    assert of("mtg-jamendo", BETWEEN) == [(Stance.SILENT, Bearing.BINDS), (Stance.UNRESOLVED, Bearing.DOUBTFUL)]


def test_jamendo_after_its_change() -> None:
    """From September 2026 on the new terms bind, and reserve all that is not for research; the old ones are past."""
    assert of("mtg-jamendo", AFTER) == [(Stance.SILENT, Bearing.PAST), (Stance.SIGNALLED, Bearing.BINDS)]
    said = next(said for said, how in layers_of("mtg-jamendo", AFTER) if said.resolution.clauses)
    (clause,) = said.resolution.clauses
    assert clause.says is Says.RESERVES
    assert clause.purposes == {Purpose.COMMERCIAL, Purpose.NON_COMMERCIAL}


@pytest.mark.parametrize(("day", "bearing"), [(date(2024, 7, 9), Bearing.LATER), (date(2024, 7, 10), Bearing.DOUBTFUL)])
def test_doubt_begins_the_day_after(day: date, bearing: Bearing) -> None:
    """A version is known to hold up to the day it was last read, and not a day longer."""
    assert of("mtg-jamendo", day)[1][1] is bearing


@pytest.mark.parametrize(
    ("derived", "origin"), [("song-describer", "mtg-jamendo"), ("openmic-2018", "fma"), ("lp-musiccaps", "msd")]
)
def test_a_derived_set_inherits(derived: str, origin: str) -> None:
    """The audio of a derived set is its origin's, and the origin's own terms bind it too; its metadata does not."""
    inherited = [pair for pair in layers_of(derived, AFTER) if pair[0].data_set == origin]
    kept = {Layer.AUDIO, Layer.DATA_SET}
    assert inherited == [pair for pair in layers_of(origin, AFTER) if pair[0].layer in kept]


def test_what_is_inherited_twice_stands_once() -> None:
    """Origins of origins are followed, and nothing stands twice."""
    pairs = layers_of("lp-musiccaps", AFTER)
    assert {said.data_set for said, _ in pairs} == {"lp-musiccaps", "msd", "magnatagatune", "audioset"}
    assert len(set(pairs)) == len(pairs)


def test_a_card_that_drifted() -> None:
    """JamendoMaxCaps was under one licence in 2024 and is under another now."""
    names = {
        day: [said.resolution.label for said, how in layers_of("jamendomaxcaps", day) if how is Bearing.BINDS][-1]
        for day in (date(2024, 11, 1), date(2026, 12, 1))
    }
    assert list(names.values()) == ["CC BY-NC 3.0", "CC BY-SA 3.0"]


def test_an_unknown_set_states_nothing() -> None:
    """Of a set that is not in the file nothing is known."""
    assert layers_of("no-such-set", AFTER) == ()
    assert data_set_of("table") == ""


def test_sources_are_kinds_of_source() -> None:
    """Each set's sources are kinds that Licet reads, and no two sets claim one."""
    sources = [source for one in data_sets() for source in one.sources]
    assert set(sources) <= KINDS.keys()
    assert len(set(sources)) == len(sources)
    assert data_set_of("mtg-jamendo") == "mtg-jamendo"


@pytest.mark.parametrize("name", IDS)
def test_every_row_is_evidence(name: str) -> None:
    """A row's evidence is canonical JSON, named by its SHA-256, and says when and where it was read."""
    for said, _ in layers_of(name, AFTER):
        facts = json.loads(said.content)
        assert facts["seen"] == said.seen.isoformat()
        assert facts["where"]
        assert facts["cites"]
        assert said.digest == sha256_bytes(said.content)


@given(st.sampled_from(IDS), st.dates(date(2015, 1, 1), date(2035, 1, 1)))
def test_something_binds_every_day(name: str, day: date) -> None:
    """On any day at most one version of a layer of one set binds, no row is lost, and none permits by a clause."""
    pairs = layers_of(name, day)
    bound = [(said.data_set, said.layer) for said, how in pairs if how is Bearing.BINDS]
    assert len(set(bound)) == len(bound)
    assert len(pairs) == len(layers_of(name, AFTER))
    assert all(clause.says is Says.RESERVES for said, _ in pairs for clause in said.resolution.clauses)


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 400)), min_size=1, max_size=4), st.integers(-50, 2000))
def test_versions_follow_each_other(gaps: list[tuple[int, int]], offset: int) -> None:
    """Whatever the versions and the day: past, then at most one that binds, then at most one in doubt, then later."""
    start = day = date(2020, 1, 1)
    said = []
    for gap, length in gaps:
        since = day + timedelta(gap)
        day = since + timedelta(length)
        resolution = Resolution(Stance.RESERVED)
        said.append(Stated("made-up", Layer.DATA_SET, "no", resolution, "x", "y", seen=day, since=since))
    sets = {"made-up": DataSet("made-up", "Made up", (), (), tuple(said))}
    order = [how for _, how in _layers(sets, "made-up", start + timedelta(offset))]
    rank = [Bearing.PAST, Bearing.BINDS, Bearing.DOUBTFUL, Bearing.LATER]
    assert order == sorted(order, key=rank.index)
    assert order.count(Bearing.BINDS) <= 1
    assert order.count(Bearing.DOUBTFUL) <= 1
    assert {Bearing.BINDS, Bearing.DOUBTFUL} & set(order)


def with_row(**changed: object) -> list[dict[str, object]]:
    """Return a layer of one row that differs from a good one."""
    return [{key: value for key, value in {**ROW, **changed}.items() if value is not None}]


BAD = {
    "no TOML": (b"[[", "not valid TOML"),
    "no UTF-8": (b"\xff", "not valid TOML"),
    "no table": (b'data_set = ["x"]', "data set 1"),
    "not a list": (b"data_set = 3", "data set 1"),
    "no id": (toml({"name": "X", "layer": [ROW]}), "data set 1.*id"),
    "no rows": (toml({"id": "x", "name": "X"}), "data set x.*layer"),
    "an unknown key": (toml({"id": "x", "name": "X", "colour": "red", "layer": [ROW]}), "data set x.*colour"),
    "an unknown layer": (toml({"id": "x", "name": "X", "layer": with_row(layer="cover")}), "data set x.*cover"),
    "a third party": (toml({"id": "x", "name": "X", "layer": with_row(layer="third-party")}), "x, row 1 is a third"),
    "no day": (toml({"id": "x", "name": "X", "layer": with_row(seen=None)}), "data set x.*seen"),
    "no citation": (toml({"id": "x", "name": "X", "layer": with_row(cites="")}), "x, row 1 leaves"),
    "no licence": (toml({"id": "x", "name": "X", "layer": with_row(states="be kind")}), "x, row 1.*be kind"),
    "days reversed": (toml({"id": "x", "name": "X", "layer": with_row(since=date(2026, 2, 1))}), "first read after"),
    "a limit of nothing": (toml({"id": "x", "name": "X", "layer": with_row(means="limit")}), "row 1 names purposes"),
    "a licence that reserves": (
        toml({"id": "x", "name": "X", "layer": with_row(reserves=["commercial"])}),
        "row 1 names purposes",
    ),
    "overlapping versions": (toml({"id": "x", "name": "X", "layer": [ROW, ROW]}), "code layer overlap"),
    "two of one id": (toml(*[{"id": "x", "name": "X", "layer": [ROW]}] * 2), "data set x is there twice"),
    "an unknown origin": (toml({"id": "x", "name": "X", "derived_from": ["y"], "layer": [ROW]}), "x is derived.*'y'"),
    "its own origin": (toml({"id": "x", "name": "X", "derived_from": ["x"], "layer": [ROW]}), "x is derived.*'x'"),
    "its own audio": (
        toml(
            {"id": "y", "name": "Y", "layer": [ROW]},
            {"id": "x", "name": "X", "derived_from": ["y"], "layer": with_row(layer="audio")},
        ),
        "data set x states an audio licence",
    ),
}


@pytest.mark.parametrize(("content", "says"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_by_name(content: bytes, says: str) -> None:
    """A row that does not hold is refused with a message that names it."""
    with pytest.raises(SourceError, match=says):
        parse_data_sets(content)


def test_a_good_file() -> None:
    """Notes are kept, what is doubtful before the first reading included, and what takes nothing away stays silent."""
    note = with_row(note="mind this", since=date(2025, 12, 1))
    quiet = with_row(layer="audio", means="nothing", since=date(2025, 12, 1))
    sets = parse_data_sets(toml({"id": "x", "name": "X", "layer": note + quiet}))
    (code, how), (audio, _) = _layers(sets, "x", date(2020, 1, 1))
    assert how is Bearing.DOUBTFUL
    assert code.resolution.notes[0] == "mind this"
    assert audio.resolution.stance is Stance.SILENT
    assert parse_data_sets(b"") == {}
