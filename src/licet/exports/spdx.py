"""An SPDX document: the data set, the permitted items by their terms, and the model trained on them.

System Package Data Exchange (SPDX) 3.0.1, JSON-LD, profiles core, software, simpleLicensing, dataset, and ai where a
model is named.

1. The whole is a `DatasetPackage` whose licences are `NoAssertionLicense`: there is no one licence of all. It contains
   one `DatasetPackage` for each set of terms under which items are permitted. What was refused is counted, in words.
2. A part's licence is an SPDX expression, any one of several where any one may be taken. It is declared, since the
   record says so, and concluded, since the clearance came to it. Ids that are not on SPDX's list are mapped to pages.
3. What has no licence of a known name (a grant, a signal) is quoted as a `SimpleLicensingText`.
4. The manifest is a `File` that the whole has as evidence. It has the licence that its publisher gives it.
5. A model was trained on the parts, and never on the whole.
6. Required times are days that are known: the day that was asked about, and the day of publication, for which the day
   asked about stands in, and says so. Identifiers are named by the hash of what they are made from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.manifest import PARQUET_NAME
from licet.corpus.wording import number, use_in_words
from licet.digests import sha256_bytes
from licet.exports.addresses import check_addresses, mail_address
from licet.exports.cleared import NOT_STATED, begins, either, groups, name_by_hash, spdx_at
from licet.exports.json_text import write_json
from licet.exports.spdx_elements import CONTEXT, CREATION, NO_ASSERTION, Elements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.exports.cleared import Group
    from licet.exports.facts import Facts
    from licet.exports.spdx_elements import Node

NAME = "spdx.json"
NOWHERE = "NOASSERTION"  # where a place must be named and nobody named one


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `spdx.json`.

    Raises:
        UsageError: the publisher states an address that is none.
        OSError: the file cannot be written.
        ManifestError: the manifest is damaged.
    """
    check_addresses(facts.about)
    return write_json(out / NAME, document(facts))


def document(facts: Facts) -> Node:
    """Return the document as JSON-LD."""
    said = facts.about
    made_from = (facts.parquet_sha256, facts.head, said, facts.seal)
    them = Elements(name_by_hash(sha256_bytes(msgspec.json.encode(made_from))))  # step 6
    parts = {f"permitted/{place}": group for place, group in enumerate(groups(facts, "permitted"), 1)}
    elements = [*_agents(facts, them), *_data_set(facts, them, parts), *_manifest(facts, them)]
    if said.model:
        elements += _model(facts, them, list(parts))
    creation = {
        "type": "CreationInfo",
        "@id": CREATION,
        "specVersion": "3.0.1",
        "created": begins(facts.head.day),
        "createdBy": [them.name("licet")],
    }
    whole = them.element(
        "SpdxDocument",
        "document",
        name=facts.name,
        dataLicense=them.name("manifest/licence") if said.licence else None,
        profileConformance=["core", "software", "simpleLicensing", "dataset", *(["ai"] if said.model else [])],
        rootElement=[them.name("model" if said.model else "data-set")],
        element=[one["spdxId"] for one in elements],
    )
    return {"@context": CONTEXT, "@graph": [creation, whole, *elements]}


def _agents(facts: Facts, them: Elements) -> Iterator[Node]:
    """Yield who wrote the document, and who publishes the data set."""
    said = facts.about
    yield them.element("SoftwareAgent", "licet", name=f"Licet {facts.head.licet}")
    known = {"email": mail_address(said), "urlScheme": said.publisher_url} if said.publisher else {}
    identifiers = [
        {"type": "ExternalIdentifier", "externalIdentifierType": kind, "identifier": value}
        for kind, value in known.items()
        if value
    ]
    name = said.publisher or NOT_STATED
    yield them.element("Organization", "publisher", name=name, externalIdentifier=identifiers)


def _data_set(facts: Facts, them: Elements, parts: dict[str, Group]) -> Iterator[Node]:
    """Yield the whole and its parts (step 1)."""
    told = {
        "name": facts.name or NOT_STATED,
        "description": facts.about.description or _in_words(facts),
        "comment": _told(facts),
        "software_packageVersion": facts.about.version,
    }
    yield _package(facts, them, "data-set", size=facts.counts.total, **told)
    yield from them.licensed("data-set", NO_ASSERTION)
    for place, group in parts.items():
        yield from _part(facts, them, place, group)
    if parts:
        yield them.relation("data-set", "contains", *map(them.name, parts))


def _part(facts: Facts, them: Elements, place: str, group: Group) -> Iterator[Node]:
    """Yield the permitted items that are under the same terms, and those terms (steps 2 and 3)."""
    asks = f" Asked in return: {', '.join(group.asks)}." if group.asks else ""
    told = {
        "name": f"permitted items, {group.licence or NOT_STATED}",
        "comment": f"Permitted for the use stated of the whole, and for no other.{asks}",
    }
    yield _package(facts, them, place, size=group.items, **told)
    if group.keys:
        yield from them.expression(f"{place}/licence", either(group), group.licence)
    else:
        yield them.quoted(f"{place}/licence", group.licence or NOT_STATED)
    yield from them.licensed(place, them.name(f"{place}/licence"))


def _package(facts: Facts, them: Elements, place: str, /, *, size: int, comment: str, **told: Any) -> Node:  # noqa: ANN401  (JSON)
    said = facts.about
    stand_in = "" if said.published else " The day of release is not stated: the day asked about stands in."
    return them.element(
        "dataset_DatasetPackage",
        place,
        **told,
        comment=comment + stand_in,
        builtTime=begins(facts.head.day),
        originatedBy=[them.name("publisher")],
        releaseTime=_released(facts),
        software_downloadLocation=said.url or NOWHERE,
        software_primaryPurpose="data",
        dataset_datasetSize=size,
        dataset_datasetType=["audio"],
        dataset_hasSensitivePersonalInformation="noAssertion",
        dataset_intendedUse=_use(facts),
    )


def _manifest(facts: Facts, them: Elements) -> Iterator[Node]:
    """Yield the manifest, as evidence (step 4)."""
    licence, seal = facts.about.licence, facts.seal
    yield them.element(
        "software_File",
        "manifest",
        name=PARQUET_NAME,
        comment=f"Entry {seal.place} of the log {seal.origin}." if seal else "",
        software_primaryPurpose="evidence",
        contentType="application/vnd.apache.parquet",
        verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": facts.parquet_sha256}],
    )
    yield them.relation("data-set", "hasEvidence", them.name("manifest"))
    if licence:
        expression = spdx_at(licence) or "LicenseRef-manifest"
        yield from them.expression("manifest/licence", expression, licence, page=licence)
        yield them.relation("manifest", "hasDeclaredLicense", them.name("manifest/licence"))


def _model(facts: Facts, them: Elements, parts: list[str]) -> Iterator[Node]:
    """Yield the model (step 5)."""
    said = facts.about
    yield them.element(
        "ai_AIPackage",
        "model",
        name=said.model,
        suppliedBy=them.name("publisher"),
        releaseTime=_released(facts),
        software_downloadLocation=said.model_url or NOWHERE,
        software_homePage=said.model_url,
        software_packageVersion=said.model_version or NOT_STATED,
        software_primaryPurpose="model",
    )
    yield from them.licensed("model", NO_ASSERTION)
    if parts:
        yield them.relation("model", "trainedOn", *map(them.name, parts))


def _released(facts: Facts) -> str:
    published = facts.about.published
    return begins(published.isoformat() if published else facts.head.day)


def _use(facts: Facts) -> str:
    act, purpose, place, day = use_in_words(facts.head)
    return f"to {act} {purpose} {place} {day}"


def _in_words(facts: Facts) -> str:
    counts = facts.counts
    return (
        f"{number(counts.permitted)} of {number(counts.total)} items were found permitted {_use(facts)}, under the "
        f"reading {facts.head.reading}. {number(counts.refused)} were refused, of {number(counts.unknown)} nobody has "
        f"said enough, {number(counts.error)} could not be read."
    )


def _told(facts: Facts) -> str:
    head = facts.head
    return (
        f"Policy {head.policy} (SHA-256 {head.policy_sha256}), reading {head.reading}, conditions accepted: "
        f"{', '.join(head.accepts) or 'none'}. {_in_words(facts)} No licence holds for the whole. "
        "Nothing here is legal advice."
    )
