"""Croissant, read back by MLCommons' own mlcroissant and as RDF."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import mlcroissant
import msgspec
import pytest
from rdflib import Graph

from licet.corpus import Seal
from licet.corpus.manifest import SEAL_NAME
from licet.digests import sha256_file
from licet.exports import About, Facts, croissant
from licet.exports.writers import export
from manifests import BY, NC, line_of, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line

pytestmark = [
    # Said inside mlcroissant and rdflib, of their own code.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
]

FULL = About(
    name="Harbour — “cleared”",
    version="1.2.0",
    url="https://example.org/harbour",
    published=date(2026, 11, 30),
    publisher="Quay & Daughters",
    publisher_url="https://example.org/",
    contact="rights@example.org",
    keywords=("music", "نوبة"),
    licence="https://creativecommons.org/publicdomain/zero/1.0/",
)
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """The small look-alike manifest, and a publisher who says everything."""
    return Facts.of(write_sample(tmp_path / "manifest"), FULL)


@pytest.fixture
def written(facts: Facts, tmp_path: Path) -> Path:
    """Its description."""
    return export("croissant", facts, tmp_path / "out")[0]


def test_mlcroissant_has_nothing_to_say_against_it(written: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an error nor a warning, in what it returns and in what it logs."""
    metadata = mlcroissant.Dataset(written).metadata
    assert not metadata.ctx.issues.errors
    assert not metadata.ctx.issues.warnings
    assert not caplog.records
    assert str(metadata.ctx.conforms_to.to_json()) == "http://mlcommons.org/croissant/1.1"


def test_it_warns_of_what_only_the_publisher_knows(tmp_path: Path) -> None:
    """With nothing said, the day of publication and the version are left out, and nothing else is missed."""
    facts = Facts.of(write_sample(tmp_path / "manifest"), About())
    issues = mlcroissant.Dataset(export("croissant", facts, tmp_path / "out")[0]).metadata.ctx.issues
    assert not issues.errors
    assert sorted(text.split('"')[1] for text in issues.warnings) == [
        "https://schema.org/datePublished",
        "https://schema.org/version",
    ]


def test_the_record_set_is_the_manifest(facts: Facts, written: Path) -> None:
    """Every row, every field, every nested record, in order, whatever its letters."""
    records = [_plain(record) for record in mlcroissant.Dataset(written).records("manifest")]
    assert records == [_expected(line) for line in facts.lines()]
    assert len(records) == facts.counts.total > 50


def test_an_empty_manifest_yields_nothing(tmp_path: Path) -> None:
    """And its description says that nothing is permitted."""
    facts = Facts.of(write_sample(tmp_path / "manifest", []), FULL)
    dataset = mlcroissant.Dataset(export("croissant", facts, tmp_path / "out")[0])
    assert not list(dataset.records("manifest"))
    assert [work.name for work in dataset.metadata.license] == ["none: no item is permitted"]


def test_the_licences_are_those_of_the_permitted_items(written: Path) -> None:
    """A licence under which an item was refused is named nowhere as a licence."""
    document = json.loads(written.read_bytes())
    assert document["license"] == [
        "https://creativecommons.org/licenses/by/3.0/",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ]
    assert "/licenses/by-nc" not in written.read_text(encoding="utf-8")
    assert "/licenses/by-sa" not in written.read_text(encoding="utf-8")


def test_the_manifests_own_licence_is_not_that_of_the_recordings(tmp_path: Path) -> None:
    """It is that of the file and of this description, and of no recording."""
    facts = Facts.of(write_sample(tmp_path / "manifest", [_item("a", BY), _item("b", NC)]), FULL)
    document = croissant.description(facts)
    assert document["sdLicense"] == document["distribution"][0]["license"] == CC0
    assert document["license"] == ["https://creativecommons.org/licenses/by/3.0/"]


def test_what_a_grant_permits_has_no_address(tmp_path: Path) -> None:
    """Its words stand where an address would."""
    granted = msgspec.structs.replace(_item("a", BY), licence="a grant of 2026", licence_keys=())
    minted = msgspec.structs.replace(_item("b", BY), licence="LAL", licence_keys=("LicenseRef-LAL",))
    facts = Facts.of(write_sample(tmp_path / "manifest", [granted, minted]), FULL)
    assert [work["name"] for work in croissant.description(facts)["license"]] == ["LicenseRef-LAL", "a grant of 2026"]


def test_the_policy_says_what_was_cleared(written: Path) -> None:
    """As RDF: the use, its duties, and that what was refused is prohibited."""
    permitted = """
        SELECT ?places ?day (GROUP_CONCAT(DISTINCT ?duty; separator=" ") AS ?duties) WHERE {
            ?set schema:usageInfo ?policy . ?policy a odrl:Set; odrl:permission ?rule .
            ?rule odrl:action odrl:use; odrl:duty/odrl:action ?duty; odrl:constraint ?where, ?when, ?why .
            ?why odrl:leftOperand odrl:purpose; odrl:rightOperand "train-generative"@en, "commercial"@en .
            ?when odrl:leftOperand odrl:dateTime; odrl:operator odrl:eq; odrl:rightOperand ?day .
            ?where odrl:leftOperand odrl:spatial; odrl:rightOperand ?places FILTER(STRENDS(STR(?places), ":EU")) .
        } GROUP BY ?places ?day
    """
    rows = list(_graph(written).query(permitted))
    assert [str(row.day) for row in rows] == ["2026-11-22"]
    assert str(rows[0].duties) == "http://www.w3.org/ns/odrl/2/attribute"
    assert _graph(written).query("ASK { ?policy odrl:prohibition/odrl:target/dct:description ?words }").askAnswer
    assert not _graph(written).query("ASK { ?policy odrl:prohibition/odrl:target/dct:license ?any }").askAnswer


def test_the_provenance_names_the_policy_by_its_digest(facts: Facts, written: Path) -> None:
    """With the version that applied it, and the corpus it was applied to."""
    found = _graph(written).query(
        """SELECT ?digest ?version ?corpus WHERE {
            ?set prov:wasGeneratedBy ?act; prov:wasDerivedFrom/schema:name ?corpus .
            ?act prov:used ?plan; prov:wasAssociatedWith/schema:softwareVersion ?version .
            ?plan a prov:Plan; schema:sha256 ?digest }"""
    )
    assert [tuple(map(str, row)) for row in found] == [(facts.head.policy_sha256, "0.1.0", "Harbour Sessions")]


def test_a_sealed_manifest_says_where_it_is_in_the_log(tmp_path: Path) -> None:
    """By the log's name and the entry's place; one that is not sealed says nothing of a log."""
    folder = write_sample(tmp_path / "manifest")
    assert "subjectOf" not in croissant.description(Facts.of(folder, FULL))
    (folder / SEAL_NAME).write_bytes(
        msgspec.json.encode(Seal(name="0" * 64, origin="log.example/one", place=7, entry="{}"))
    )
    entry = croissant.description(Facts.of(folder, FULL))["subjectOf"]
    assert (entry["position"], entry["isPartOf"]["name"]) == (7, "log.example/one")


def test_the_manifest_lies_beside_its_description(facts: Facts, tmp_path: Path) -> None:
    """It is copied where it has to be, and left alone where it already is."""
    assert [path.name for path in export("croissant", facts, tmp_path / "out")] == [
        "croissant.json",
        "manifest.parquet",
    ]
    assert sha256_file(tmp_path / "out" / "manifest.parquet") == facts.parquet_sha256
    before = facts.parquet.stat().st_ino
    assert [path.name for path in export("croissant", facts, facts.folder)] == ["croissant.json"]
    assert facts.parquet.stat().st_ino == before


def _item(name: str, kind: Any) -> Line:
    return line_of(name, kind, key=f"jamendo:{name}")


def _graph(path: Path) -> Graph:
    graph = Graph().parse(data=path.read_bytes(), format="json-ld", publicID="https://example.org/")
    for prefix, space in (
        ("schema", "https://schema.org/"),
        ("odrl", "http://www.w3.org/ns/odrl/2/"),
        ("prov", "http://www.w3.org/ns/prov#"),
        ("dct", "http://purl.org/dc/terms/"),
    ):
        graph.bind(prefix, space, replace=True)
    return graph


def _expected(line: Line) -> dict[str, Any]:
    """A record has no absent object: each of its parts is absent."""
    held: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(line))
    return held if held["error"] else {**held, "error": {"code": None, "message": None, "mend": None}}


def _plain(value: Any) -> Any:
    """Return a record of mlcroissant's as the manifest has it: bytes are text, and names have no path."""
    if isinstance(value, dict):
        return {name.rpartition("/")[2]: _plain(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    return value.decode() if isinstance(value, bytes) else value
