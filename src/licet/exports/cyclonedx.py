"""A bill of materials for machine learning: the data set, item class by item class, and the model trained on it.

OWASP CycloneDX 1.6 (ECMA-424, 1st edition), JSON.

1. The data set is a component of type `data`. It has no licence of its own: its parts have, one for each set of terms
   under which items are permitted. What was refused, unknown or unread is counted and is no part.
2. The manifest is a part of type `file`, with its SHA-256. It has the licence that its publisher gives it, and so has
   this document (`metadata.licenses`).
3. The model, where one is named, is what the document is about, and its card refers to the data set.
4. What CycloneDX has no field for stands in properties whose names begin with `licet:`.
5. The serial number follows from the content (RFC 9562, section 5.5: version 5), and the time is that of the day that
   was asked about.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeAlias

from licet.corpus.manifest import PARQUET_NAME
from licet.corpus.wording import number, use_in_words
from licet.digests import sha256_bytes
from licet.exports.addresses import check_addresses, contact_page, mail_address
from licet.exports.cleared import NOT_STATED, address, begins, either, groups, name_by_hash, spdx_at, spdx_id
from licet.exports.json_text import json_bytes, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.cleared import Group
    from licet.exports.facts import Facts

NAME = "cyclonedx.json"
DATA_SET, MODEL = "data-set", "model"

Node: TypeAlias = dict[str, Any]


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `cyclonedx.json`.

    Raises:
        UsageError: the publisher states an address that is none.
        OSError: the file cannot be written.
        ManifestError: the manifest is damaged.
    """
    check_addresses(facts.about)
    return write_json(out / NAME, bill(facts))


def bill(facts: Facts) -> Node:
    """Return the bill of materials."""
    said = facts.about
    content = {
        "version": 1,
        "metadata": _filled(
            timestamp=begins(facts.head.day),
            tools={"components": [{"type": "application", "name": "Licet", "version": facts.head.licet}]},
            component=_model(facts) if said.model else None,
            supplier=_organization(facts),
            licenses=_own_licence(facts),
        ),
        "components": [_data_set(facts)],
        "dependencies": [
            *([{"ref": MODEL, "dependsOn": [DATA_SET]}] if said.model else []),
            {"ref": DATA_SET, "dependsOn": []},
        ],
    }
    serial = uuid.uuid5(uuid.NAMESPACE_URL, name_by_hash(sha256_bytes(json_bytes(content))))  # step 5
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        **content,
    }


def _data_set(facts: Facts) -> Node:
    """Return the data set (step 1)."""
    said = facts.about
    permitted = groups(facts, "permitted")
    return _filled(
        type="data",
        **{"bom-ref": DATA_SET},
        supplier=_organization(facts),
        publisher=said.publisher,
        name=facts.name or NOT_STATED,
        version=said.version,
        description=said.description or _in_words(facts),
        externalReferences=_website(said.url),
        components=[*(_part(place, group) for place, group in enumerate(permitted, 1)), _manifest(facts)],
        data=[
            _filled(
                type="dataset",
                name=facts.name,
                description=_in_words(facts),
                contents={"url": PARQUET_NAME},
                governance={"custodians": [{"organization": _organization(facts)}]} if said.publisher else None,
            )
        ],
        properties=_properties(facts),
    )


def _part(place: int, group: Group) -> Node:
    """Return the permitted items that are under the same terms."""
    return {
        "type": "data",
        "bom-ref": f"{DATA_SET}/permitted/{place}",
        "name": f"permitted items, {group.licence or NOT_STATED}",
        "licenses": _licences(group),
        "data": [{"type": "dataset"}],
        "properties": [
            _property("items", str(group.items)),
            *(_property("asks", name) for name in group.asks),
        ],
    }


def _licences(group: Group) -> list[Node]:
    if len(group.keys) > 1 or any(" " in key for key in group.keys):
        return [{"expression": either(group), "acknowledgement": "concluded"}]
    if not group.keys:  # a grant or a signal, in its own words
        return [{"license": {"name": group.licence or NOT_STATED, "acknowledgement": "concluded"}}]
    key = group.keys[0]
    name = spdx_id(key)
    called = {"name": group.licence or name} if name.startswith("LicenseRef-") else {"id": name}
    return [{"license": _filled(**called, acknowledgement="concluded", url=address(key))}]


def _manifest(facts: Facts) -> Node:
    """Return the manifest itself (step 2)."""
    return _filled(
        type="file",
        **{"bom-ref": f"{DATA_SET}/manifest", "mime-type": "application/vnd.apache.parquet"},
        name=PARQUET_NAME,
        description="What was found on record about each item, whatever its verdict.",
        hashes=[{"alg": "SHA-256", "content": facts.parquet_sha256}],
        licenses=_own_licence(facts),
    )


def _model(facts: Facts) -> Node:
    """Return the model (step 3)."""
    said = facts.about
    return _filled(
        type="machine-learning-model",
        **{"bom-ref": MODEL},
        supplier=_organization(facts),
        name=said.model,
        version=said.model_version,
        externalReferences=_website(said.model_url),
        modelCard={"modelParameters": {"datasets": [{"ref": DATA_SET}]}},
    )


def _own_licence(facts: Facts) -> list[Node] | None:
    """Return the licence that the publisher gives the manifest and this document."""
    page = facts.about.licence
    if not page:
        return None
    known = spdx_at(page)
    return [{"license": {**({"id": known} if known else {"name": page}), "acknowledgement": "declared", "url": page}}]


def _organization(facts: Facts) -> Node | None:
    said = facts.about
    if not said.publisher:
        return None
    mail = mail_address(said)
    pages = [page for page in (said.publisher_url, contact_page(said)) if page]
    return _filled(name=said.publisher, url=pages, contact=[{"email": mail}] if mail else None)


def _website(page: str) -> list[Node] | None:
    return [{"type": "website", "url": page}] if page else None


def _properties(facts: Facts) -> list[Node]:
    """Return what was asked, what came of it and what proves it (step 4)."""
    head, seal = facts.head, facts.seal
    told = {
        "act": head.act,
        "purpose": head.purpose,
        "territories": " ".join(head.territories),
        "day": head.day,
        "reading": head.reading,
        "accepts": " ".join(head.accepts),
        "policy": head.policy,
        "policy:sha256": head.policy_sha256,
        "catalogue": head.catalogue,
        "index": head.index,
        "manifest:sha256": facts.parquet_sha256,
    }
    told |= {f"items:{name}": str(getattr(facts.counts, name)) for name in facts.counts.__struct_fields__}
    if seal is not None:
        told |= {
            "log:origin": seal.origin,
            "log:place": str(seal.place),
            "log:entry:sha256": sha256_bytes(seal.entry.encode()),
        }
    return [_property(name, value) for name, value in told.items()]


def _property(name: str, value: str) -> Node:
    return {"name": f"licet:{name}", "value": value}


def _in_words(facts: Facts) -> str:
    act, purpose, place, day = use_in_words(facts.head)
    permitted, total = number(facts.counts.permitted), number(facts.counts.total)
    return (
        f"{permitted} of {total} items were found permitted to {act} {purpose} {place} {day}, under the reading "
        f"{facts.head.reading}. The licences of the parts are theirs alone. Nothing here is legal advice."
    )


def _filled(**fields: Any) -> Node:  # noqa: ANN401  (JSON)
    """Return the fields that hold something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
