"""The real collections, and Creative Commons' own facts, resolve as counted by others."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from licet.terms import Stance, instruments, resolve

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
MENDED = {f"http://creativecommons.org/licenses/{code}/2.5/scotland/" for code in ("by", "by-nc", "by-nc-sa", "by-sa")}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data folder is not beside the checkout")


def rows(path: str) -> list[dict[str, str]]:
    """Read a CSV file of the data folder."""
    with (DATA / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_creative_commons_facts() -> None:
    """All 646 records of Creative Commons' RDF say what the table says, but for the four that are mended."""
    records = json.loads((DATA / "creative-commons" / "cc_rel.json").read_text(encoding="utf-8"))
    assert len(records) == 646
    for record in records:
        (licence,) = resolve(record["uri"]).offers
        ported = f"http://creativecommons.org/international/{licence.jurisdiction}/"
        permits = frozenset(record["permits"]) | ({"DerivativeWorks"} if record["uri"] in MENDED else set())
        assert (licence.key, licence.retired) == (record["uri"], record["deprecated"])
        stated = (permits, frozenset(record["requires"]), frozenset(record["prohibits"]))
        assert tuple(map(frozenset[str], licence.substance)) == stated
        assert record["jurisdiction"] == ([ported] if licence.jurisdiction else [])
    assert {licence.key for licence in instruments()} == {record["uri"] for record in records}


def test_mtg_jamendo() -> None:
    """The licence lines of MTG-Jamendo come to the families that two public readings count, from 53 addresses."""
    text = (DATA / "mtg-jamendo" / "audio_licenses.txt").read_text(encoding="utf-8")
    found = [resolve(line) for line in text.split("\n") if line.startswith("Available under")]
    assert {resolution.stance for resolution in found} == {Stance.LICENSED}
    assert len({resolution.offers[0].key for resolution in found}) == 53
    assert Counter(resolution.offers[0].family for resolution in found) == {
        "BY": 484,
        "BY-SA": 2418,
        "BY-ND": 491,
        "BY-NC": 782,
        "BY-NC-SA": 4666,
        "BY-NC-ND": 2709,
        "LAL": 15,
    }


def test_stable_audio() -> None:
    """The codes of the Stable Audio Open list are CC BY of no stated version, and CC0."""
    found = Counter(resolve(row["license"]).label for row in rows("stable-audio-open/fma_dataset_attribution2.csv"))
    assert found == {"CC BY": 8967, "CC0 1.0": 4907}


def test_musdb() -> None:
    """Of musdb18's 150 tracks, 102 are restricted and 48 are CC BY-NC-SA."""
    found = Counter(resolve(row["License"]).label for row in rows("musdb18/tracklist.csv"))
    assert found == {"reserved": 102, "CC BY-NC-SA": 46, "CC BY-NC-SA 3.0": 2}


def test_fma_titles() -> None:
    """The ten commonest titles of the Free Music Archive are all licences."""
    assert [resolve(row["license"]).label for row in rows("fma/license_top10.csv")] == [
        "CC BY-NC-SA 3.0 US",
        "CC BY-NC-ND 3.0",
        "CC BY-NC-SA 3.0",
        "CC BY-NC-ND 4.0",
        "CC BY-NC-ND 3.0 US",
        "CC BY-NC-SA",
        "CC BY",
        "CC BY-NC 3.0",
        "CC BY-NC",
        "CC BY-SA",
    ]
