"""A data set as MLCommons' Croissant describes one: what it is, under which terms, and how to read the manifest.

Croissant Format Specification 1.1 (http://mlcommons.org/croissant/1.1); W3C PROV-O (30 April 2013) for provenance.

1. `license` lists the licences of the permitted items and no other, each once. No one of them is that of all: which is
   whose stands in the records, and in the policy under `usageInfo`. Where items are permitted by a grant or a signal,
   its words stand there as a `CreativeWork`.
2. The licence of the manifest itself (`About.licence`) is that of the file, and of this description: `sdLicense`.
3. `usageInfo` holds the policy: `licet.exports.odrl`.
4. The provenance says what the clearance used, by digest, and where the manifest stands in the log.
5. The record set yields every field of every line, whatever its verdict. Lists of records are nested fields.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, TypeAlias

from licet.corpus.manifest import PARQUET_NAME
from licet.corpus.wording import number, use_in_words
from licet.digests import CHUNK_BYTES, sha256_bytes
from licet.exports import odrl
from licet.exports.addresses import check_addresses, mail_address
from licet.exports.cleared import NOT_STATED, address, groups, keys_of, name_by_hash, unkeyed
from licet.exports.croissant_records import record_set
from licet.exports.json_text import json_bytes, write_json
from licet.placing import placed

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.cleared import Group
    from licet.exports.facts import Facts

NAME = "croissant.json"

_TERMS = """annotation arrayShape citeAs column conformsTo containedIn data dataType equivalentProperty examples
    excludes extract field fileObject fileProperty fileSet format includes isArray isLiveDataset jsonPath key md5
    parentField path readLines recordSet references regex repeated replace samplingRate sdVersion separator source
    subField transform unArchive value"""
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "prov": "http://www.w3.org/ns/prov#",
    **odrl.PREFIXES,
    **{term: f"cr:{term}" for term in _TERMS.split()},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
}
Node: TypeAlias = dict[str, Any]


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `croissant.json`, and the manifest beside it where it is not there already.

    Raises:
        UsageError: the publisher states an address that is none.
        OSError: a file cannot be written.
        ManifestError: the manifest is damaged.
    """
    check_addresses(facts.about)
    content = description(facts)
    if out.resolve() == facts.folder.resolve():
        return write_json(out / NAME, content)
    # Both are whole before either takes its name, the manifest first: no description speaks of what is not there.
    with placed(out / NAME) as stream, placed(out / PARQUET_NAME) as copy, facts.parquet.open("rb") as manifest:
        stream.write(json_bytes(content))
        shutil.copyfileobj(manifest, copy, CHUNK_BYTES)
    return out / NAME, out / PARQUET_NAME


def description(facts: Facts) -> Node:
    """Return the description as JSON-LD."""
    said = facts.about
    permitted = groups(facts, "permitted")
    publisher = _organization(facts)
    document: Node = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": facts.name or NOT_STATED,
        "description": said.description or _in_words(facts),
        "url": said.url or name_by_hash(facts.parquet_sha256),
        "version": said.version,
        "datePublished": said.published.isoformat() if said.published else "",
        "citeAs": said.cite or _citation(facts),
        "keywords": list(said.keywords),
        "creator": publisher or {"@type": "sc:Organization", "name": NOT_STATED},
        "publisher": publisher,
        "license": [
            *dict.fromkeys(filter(None, map(address, keys_of(permitted)))),
            *({"@type": "sc:CreativeWork", "name": words} for words in _without_address(permitted)),
        ],
        "sdLicense": said.licence,
        "usageInfo": {**odrl.policy(facts), "@type": ["sc:CreativeWork", "odrl:Set"]},
        **_provenance(facts),
        "distribution": [_file(facts)],
        "recordSet": [record_set()],
    }
    return {name: value for name, value in document.items() if value not in ("", [], None)}


def _without_address(permitted: tuple[Group, ...]) -> tuple[str, ...]:
    """Return in words what permits items and has no address of its own (step 1)."""
    minted = tuple(key for key in keys_of(permitted) if not address(key))
    return (*minted, *unkeyed(permitted)) if permitted else ("none: no item is permitted",)


def _in_words(facts: Facts) -> str:
    act, purpose, place, day = use_in_words(facts.head)
    counts = facts.counts
    return (
        f"What is on record about the rights in {facts.head.corpus}, recording by recording: whether it may {act} "
        f"{purpose} {place} {day}, under the reading {facts.head.reading}. {number(counts.total)} items: "
        f"{number(counts.permitted)} permitted, {number(counts.refused)} refused, {number(counts.unknown)} unknown, "
        f"{number(counts.error)} that could not be read. The licences listed are those of the permitted items, and no "
        "one of them is that of all. Nothing here is legal advice."
    )


def _citation(facts: Facts) -> str:
    return f"{facts.name}, as cleared on {facts.head.day}: {name_by_hash(facts.parquet_sha256)}"


def _organization(facts: Facts) -> Node | None:
    said = facts.about
    if not said.publisher:
        return None
    known = {"name": said.publisher, "url": said.publisher_url, "email": mail_address(said)}
    return {"@type": "sc:Organization", **{name: value for name, value in known.items() if value}}


def _provenance(facts: Facts) -> Node:
    """Return what the clearance was, and what it leaned on (step 4)."""
    head, seal = facts.head, facts.seal
    agent = {"@type": "prov:SoftwareAgent", "name": "Licet", "softwareVersion": head.licet}
    act, purpose, place, day = use_in_words(head)
    used = {"the catalogue": head.catalogue, "the fingerprint index": head.index}
    provenance: Node = {
        "prov:wasDerivedFrom": {"@type": "prov:Collection", "name": head.corpus},
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "name": "clearance",
            "description": f"Asked of each item: whether it may {act} {purpose} {place} {day}.",
            "prov:used": [
                {"@type": "prov:Plan", "name": f"the policy {head.policy}", "sha256": head.policy_sha256},
                *({"@type": "prov:Entity", "name": what, "identifier": state} for what, state in used.items() if state),
            ],
            "prov:wasAssociatedWith": agent,
        },
        "prov:wasAttributedTo": (
            {"@type": ["prov:Organization", "sc:Organization"], "name": facts.about.publisher}
            if facts.about.publisher
            else agent
        ),
    }
    if seal is not None:
        provenance["subjectOf"] = {
            "@type": ["sc:CreativeWork", "prov:Entity"],
            "name": f"entry {seal.place} of the log {seal.origin}",
            "position": seal.place,
            "isPartOf": {"@type": "prov:Collection", "name": seal.origin},
            "sha256": sha256_bytes(seal.entry.encode()),
        }
    return provenance


def _file(facts: Facts) -> Node:
    file = {
        "@type": "cr:FileObject",
        "@id": PARQUET_NAME,
        "name": PARQUET_NAME,
        "description": "The manifest: one row for each item, whatever its verdict.",
        "contentUrl": PARQUET_NAME,
        "contentSize": f"{facts.parquet.stat().st_size} B",
        "encodingFormat": ["application/x-parquet", "application/vnd.apache.parquet"],
        "sha256": facts.parquet_sha256,
    }
    return {**file, "license": facts.about.licence} if facts.about.licence else file  # step 2
