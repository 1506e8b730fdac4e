"""SPDX, read and written again by SPDX's own bindings, which hold the types and the counts of its SHACL model."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from spdx_python_model import v3_0_1

from licet.corpus import Seal
from licet.corpus.manifest import SEAL_NAME
from licet.exports import About, Facts, export, spdx
from licet.exports.spdx_elements import NO_ASSERTION
from licet.terms import instruments
from manifests import BY, NC, line_of, write_sample
from published import FULL

if TYPE_CHECKING:
    from pathlib import Path

# What the dataset and AI profiles ask for beside the model: DatasetPackage and AIPackage, external restrictions.
REQUIRED = {
    "dataset_DatasetPackage": (
        "builtTime",
        "originatedBy",
        "releaseTime",
        "software_downloadLocation",
        "software_primaryPurpose",
        "dataset_datasetType",
    ),
    "ai_AIPackage": (
        "suppliedBy",
        "releaseTime",
        "software_downloadLocation",
        "software_packageVersion",
        "software_primaryPurpose",
    ),
}


@pytest.mark.parametrize("said", [About(), FULL], ids=["nothing-said", "everything-said"])
@pytest.mark.parametrize("lines", [None, []], ids=["sample", "empty"])
def test_its_own_bindings_read_it_and_write_the_same(said: About, lines: list[Any] | None, tmp_path: Path) -> None:
    """Every field is one that there is, of its type and as often as asked, and no reference leads nowhere."""
    facts = Facts.of(write_sample(tmp_path / "manifest", lines), said)
    (path,) = export("spdx", facts, tmp_path / "out")
    read = v3_0_1.SHACLObjectSet()
    with path.open("rb") as stream:
        v3_0_1.JSONLDDeserializer().read(stream, read)
    assert not read.link()
    again = io.BytesIO()
    v3_0_1.JSONLDSerializer().write(read, again)
    assert _by_id(again.getvalue()) == _by_id(path.read_bytes())


@pytest.mark.parametrize("said", [About(), FULL], ids=["nothing-said", "everything-said"])
def test_it_conforms_to_its_profiles(said: About, tmp_path: Path) -> None:
    """What they require is there, and each package has exactly one declared and one concluded licence."""
    elements = _elements(spdx.document(Facts.of(write_sample(tmp_path / "manifest"), said)))
    packages = [one for one in elements if one["type"] in REQUIRED]
    assert not [(one["name"], field) for one in packages for field in REQUIRED[one["type"]] if field not in one]
    assert all(len(one["originatedBy"]) == 1 for one in packages if one["type"] == "dataset_DatasetPackage")
    named = Counter((one["from"], one["relationshipType"]) for one in elements if one["type"] == "Relationship")
    for package in packages:
        for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
            assert named[package["spdxId"], kind] == 1


def test_the_whole_has_no_licence_of_its_own(tmp_path: Path) -> None:
    """Its parts have, and what was refused is no part."""
    lines = [line_of("a", BY, key="jamendo:1"), line_of("b", NC, key="jamendo:2")]
    document = spdx.document(Facts.of(write_sample(tmp_path / "manifest", lines), FULL))
    assert _to(document, "data-set", "hasConcludedLicense") == [NO_ASSERTION]
    assert [one.rpartition("#")[2] for one in _to(document, "data-set", "contains")] == ["permitted/1"]
    (licence,) = _to(document, "permitted/1", "hasConcludedLicense")
    assert _of(document, licence)["simplelicensing_licenseExpression"] == "CC-BY-3.0"
    assert "CC-BY-NC" not in json.dumps(document)


def test_a_model_was_trained_on_the_parts(tmp_path: Path) -> None:
    """And not on the whole, which holds what was refused; on nothing where nothing is permitted."""
    document = spdx.document(Facts.of(write_sample(tmp_path / "manifest"), FULL))
    assert {one.rpartition("#")[2] for one in _to(document, "model", "trainedOn")} == {"permitted/1", "permitted/2"}
    empty = spdx.document(Facts.of(write_sample(tmp_path / "empty", [line_of("b", NC, key="jamendo:2")]), FULL))
    assert not _to(empty, "model", "trainedOn")


def test_a_licence_without_an_id_is_mapped_to_its_page(tmp_path: Path) -> None:
    """Whatever Creative Commons has published: an id of SPDX's list, or one that leads to the page."""
    lines = [
        msgspec.structs.replace(
            line_of(f"{number:04}", BY, key=f"jamendo:{number}"), licence=one.name, licence_keys=(one.key,)
        )
        for number, one in enumerate(instruments())
    ]
    elements = _elements(spdx.document(Facts.of(write_sample(tmp_path / "manifest", lines), About())))
    held = [one for one in elements if one["type"] == "simplelicensing_LicenseExpression"]
    assert len(held) == len(lines)
    for one in held:
        pages = {each["key"]: each["value"] for each in one.get("simplelicensing_customIdToUri", ())}
        expression = one["simplelicensing_licenseExpression"]
        assert (expression in pages) == expression.startswith("LicenseRef-")
        assert all(page.startswith("https://creativecommons.org/") for page in pages.values())


def test_what_has_neither_id_nor_page_is_quoted(tmp_path: Path) -> None:
    """A grant in its own words; a minted licence too, in an expression."""
    granted = msgspec.structs.replace(line_of("a", BY, key="jamendo:1"), licence="a grant of 2026", licence_keys=())
    minted = msgspec.structs.replace(
        line_of("b", BY, key="jamendo:2"), licence="An old licence", licence_keys=("LicenseRef-Old", "MIT")
    )
    document = spdx.document(Facts.of(write_sample(tmp_path / "manifest", [granted, minted]), About()))
    quoted = [one for one in _elements(document) if one["type"] == "simplelicensing_SimpleLicensingText"]
    assert sorted(one["simplelicensing_licenseText"] for one in quoted) == ["An old licence", "a grant of 2026"]
    (licence,) = [one for one in _elements(document) if one["type"] == "simplelicensing_LicenseExpression"]
    assert licence["simplelicensing_licenseExpression"] == "LicenseRef-Old OR MIT"
    assert _of(document, licence["simplelicensing_customIdToUri"][0]["value"]) in quoted


def test_the_manifests_own_licence_is_that_of_the_manifest(tmp_path: Path) -> None:
    """And of this document, and of nothing else."""
    document = spdx.document(Facts.of(write_sample(tmp_path / "manifest"), FULL))
    (licence,) = _to(document, "manifest", "hasDeclaredLicense")
    assert _of(document, licence)["simplelicensing_licenseExpression"] == "CC0-1.0"
    assert [one["dataLicense"] for one in _elements(document) if one["type"] == "SpdxDocument"] == [licence]
    users = [one["from"] for one in _elements(document) if licence in one.get("to", ())]
    assert [one.rpartition("#")[2] for one in users] == ["manifest"]


def test_a_licence_of_the_manifests_that_spdx_does_not_list(tmp_path: Path) -> None:
    """It is mapped to the address that the publisher gives."""
    said = About(licence="https://example.org/terms")
    document = spdx.document(Facts.of(write_sample(tmp_path / "manifest"), said))
    (licence,) = _to(document, "manifest", "hasDeclaredLicense")
    assert _of(document, licence)["simplelicensing_customIdToUri"] == [
        {"type": "DictionaryEntry", "key": "LicenseRef-manifest", "value": "https://example.org/terms"}
    ]


def test_its_times_are_days_that_are_known(tmp_path: Path) -> None:
    """Where the day of release is not stated, it says what stands in for it."""
    folder = write_sample(tmp_path / "manifest")
    for said, released, words in ((FULL, "2026-11-30", False), (About(), "2026-11-22", True)):
        whole = _of(document := spdx.document(Facts.of(folder, said)), _id(document, "data-set"))
        assert (whole["builtTime"], whole["releaseTime"]) == ("2026-11-22T00:00:00Z", f"{released}T00:00:00Z")
        assert ("stands in" in whole["comment"]) is words


def test_its_identifiers_follow_from_its_content(tmp_path: Path) -> None:
    """The same for the same, others for another."""
    folder = write_sample(tmp_path / "manifest")
    first, again, other = (_id(spdx.document(Facts.of(folder, About(name=name))), "data-set") for name in "AAB")
    assert first == again != other


def test_a_sealed_manifest_says_where_it_is_in_the_log(tmp_path: Path) -> None:
    """On the manifest, which is the evidence."""
    folder = write_sample(tmp_path / "manifest")
    (folder / SEAL_NAME).write_bytes(
        msgspec.json.encode(Seal(name="0" * 64, origin="log.example/one", place=7, entry="{}"))
    )
    document = spdx.document(Facts.of(folder, About()))
    (evidence,) = _to(document, "data-set", "hasEvidence")
    assert _of(document, evidence)["comment"] == "Entry 7 of the log log.example/one."


def _elements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in document["@graph"] if "spdxId" in one]


def _of(document: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in _elements(document) if one["spdxId"] == name]
    return found


def _id(document: dict[str, Any], place: str) -> str:
    (found,) = [one["spdxId"] for one in _elements(document) if one["spdxId"].endswith(f"#{place}")]
    return str(found)


def _to(document: dict[str, Any], place: str, kind: str) -> list[str]:
    name = _id(document, place)
    found = [one for one in _elements(document) if one.get("from") == name and one["relationshipType"] == kind]
    return [to for one in found for to in one["to"]]


def _by_id(content: bytes) -> dict[str, Any]:
    """Return the elements by name; the one thing without a name is called anything."""
    document = json.loads(re.sub(rb"_:[A-Za-z0-9]+", b"_:any", content))
    return {one.get("spdxId") or one["@id"]: one for one in document["@graph"]}
