"""CycloneDX, validated against its own schema and read back by its own library."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.spdx import is_supported_id

from licet.corpus import Seal
from licet.corpus.manifest import SEAL_NAME
from licet.errors import UsageError
from licet.exports import About, Facts, cyclonedx, export
from licet.terms import instruments
from manifests import BY, KINDS, NC, line_of, write_sample
from published import FULL

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line
    from licet.terms import Licence


@pytest.mark.parametrize("said", [About(), FULL], ids=["nothing-said", "everything-said"])
@pytest.mark.parametrize("lines", [None, []], ids=["sample", "empty"])
def test_it_is_valid(said: About, lines: list[Any] | None, tmp_path: Path) -> None:
    """By the strict schema of 1.6, with every format checked."""
    facts = Facts.of(write_sample(tmp_path / "manifest", lines), said)
    (path,) = export("cyclonedx", facts, tmp_path / "out")
    assert _faults(path.read_text(encoding="utf-8")) is None


def test_its_own_library_reads_it(tmp_path: Path) -> None:
    """With its parts and their licences."""
    facts = Facts.of(write_sample(tmp_path / "manifest"), FULL)
    read = Bom.from_json(data=cyclonedx.bill(facts))
    (data_set,) = read.components
    assert data_set.type.value == "data"
    assert {one.id for part in data_set.components for one in part.licenses if one.id} == {
        "CC-BY-3.0",
        "CC0-1.0",
    }


def test_every_licence_has_an_id_of_spdxs_list_or_a_name(tmp_path: Path) -> None:
    """Whatever is published: an id that CycloneDX lists too, or words and an address; one in forty is validated."""
    facts = Facts.of(write_sample(tmp_path / "all", map(_under, enumerate(instruments()))), About())
    *parts, _ = cyclonedx.bill(facts)["components"][0]["components"]
    licences = [part["licenses"][0]["license"] for part in parts]
    assert len(licences) == len(instruments())
    ids = {one["id"] for one in licences if "id" in one}
    assert len(ids) > 50
    assert all(map(is_supported_id, ids))
    assert all(one["url"].startswith("https://") for one in licences if "id" not in one)
    few = Facts.of(write_sample(tmp_path / "few", map(_under, enumerate(instruments()[::40]))), About())
    assert _faults(json.dumps(cyclonedx.bill(few))) is None


def test_the_data_set_has_no_licence_of_its_own(tmp_path: Path) -> None:
    """Its parts have; and the publisher's licence is that of the manifest and of the document."""
    facts = Facts.of(write_sample(tmp_path / "manifest"), FULL)
    document = cyclonedx.bill(facts)
    (data_set,) = document["components"]
    assert "licenses" not in data_set
    *parts, manifest = data_set["components"]
    licences = [part["licenses"][0]["license"] for part in parts]
    assert {one["id"] for one in licences} == {"CC-BY-3.0", "CC0-1.0"}
    assert manifest["licenses"] == document["metadata"]["licenses"]
    assert manifest["licenses"] == [{"license": {"id": "CC0-1.0", "acknowledgement": "declared", "url": FULL.licence}}]


def test_a_licence_of_the_manifests_that_spdx_does_not_list(tmp_path: Path) -> None:
    """It is named by its address."""
    said = About(licence="https://example.org/terms")
    document = cyclonedx.bill(Facts.of(write_sample(tmp_path / "manifest", []), said))
    assert document["metadata"]["licenses"][0]["license"]["name"] == "https://example.org/terms"
    assert _faults(json.dumps(document)) is None


def test_what_a_grant_permits_is_named_in_its_words(tmp_path: Path) -> None:
    """It has neither an id nor an address."""
    line = msgspec.structs.replace(line_of("a", BY, key="jamendo:1"), licence="a grant of 2026", licence_keys=())
    document = cyclonedx.bill(Facts.of(write_sample(tmp_path / "manifest", [line]), About()))
    assert document["components"][0]["components"][0]["licenses"] == [
        {"license": {"name": "a grant of 2026", "acknowledgement": "concluded"}}
    ]
    assert _faults(json.dumps(document)) is None


def test_what_was_refused_is_no_part(tmp_path: Path) -> None:
    """It is counted."""
    lines = [line_of("a", BY, key="jamendo:1"), line_of("b", NC, key="jamendo:2"), line_of("c", NC, key="jamendo:3")]
    (data_set,) = cyclonedx.bill(Facts.of(write_sample(tmp_path / "manifest", lines), About()))["components"]
    assert [part["name"] for part in data_set["components"]] == ["permitted items, CC BY 3.0", "manifest.parquet"]
    told = {one["name"]: one["value"] for one in data_set["properties"]}
    assert (told["licet:items:permitted"], told["licet:items:refused"]) == ("1", "2")
    assert "BY-NC" not in json.dumps(data_set)


def test_any_one_of_several_licences_may_be_taken(tmp_path: Path) -> None:
    """They stand in one expression, and an “and” within it in brackets."""
    keys = (KINDS[0].key, "GPL-2.0-only AND CC-BY-3.0")
    line = msgspec.structs.replace(line_of("a", BY, key="jamendo:1"), licence_keys=keys)
    (data_set,) = cyclonedx.bill(Facts.of(write_sample(tmp_path / "manifest", [line]), About()))["components"]
    assert data_set["components"][0]["licenses"] == [
        {"expression": "CC-BY-3.0 OR (GPL-2.0-only AND CC-BY-3.0)", "acknowledgement": "concluded"}
    ]


def test_the_model_refers_to_the_data_set(tmp_path: Path) -> None:
    """Where one is named; else there is none."""
    folder = write_sample(tmp_path / "manifest")
    with_model = cyclonedx.bill(Facts.of(folder, FULL))
    model = with_model["metadata"]["component"]
    assert (model["type"], model["name"]) == ("machine-learning-model", "Tidal")
    assert model["modelCard"]["modelParameters"]["datasets"] == [{"ref": with_model["components"][0]["bom-ref"]}]
    assert "component" not in cyclonedx.bill(Facts.of(folder, About()))["metadata"]


def test_its_serial_number_follows_from_its_content(tmp_path: Path) -> None:
    """The same for the same, another for another."""
    folder = write_sample(tmp_path / "manifest")
    first, again, other = (cyclonedx.bill(Facts.of(folder, About(name=name))) for name in ("A", "A", "B"))
    assert first["serialNumber"] == again["serialNumber"] != other["serialNumber"]
    assert uuid.UUID(first["serialNumber"]).version == 5
    assert first["metadata"]["timestamp"] == "2026-11-22T00:00:00Z"


def test_a_sealed_manifest_says_where_it_is_in_the_log(tmp_path: Path) -> None:
    """By the log's name, the entry's place and its digest."""
    folder = write_sample(tmp_path / "manifest")
    (folder / SEAL_NAME).write_bytes(
        msgspec.json.encode(Seal(name="0" * 64, origin="log.example/one", place=7, entry="{}"))
    )
    (data_set,) = cyclonedx.bill(Facts.of(folder, About()))["components"]
    told = {one["name"]: one["value"] for one in data_set["properties"]}
    assert (told["licet:log:origin"], told["licet:log:place"]) == ("log.example/one", "7")
    assert told["licet:log:entry:sha256"].startswith("44136fa3")


@pytest.mark.parametrize("field", ["url", "publisher_url", "licence", "model_url"])
def test_what_is_no_address_is_refused(field: str, tmp_path: Path) -> None:
    """The message names the field."""
    facts = Facts.of(write_sample(tmp_path / "manifest"), About(**{field: "our page <b>"}))
    with pytest.raises(UsageError, match=f"^{field} is no web address"):
        export("cyclonedx", facts, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def _under(numbered: tuple[int, Licence]) -> Line:
    number, licence = numbered
    line = line_of(f"{number:04}", BY, key=f"jamendo:{number}")
    return msgspec.structs.replace(line, licence=licence.name, licence_keys=(licence.key,))


def _faults(text: str) -> object:
    from cyclonedx.validation.json import JsonStrictValidator  # five seconds, which each process would spend

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
