"""Whose each permitted item is, and under which licence, in the words of Creative Commons; and the terms of the whole.

ccREL: The Creative Commons Rights Expression Language (W3C Member Submission, 1 May 2008), with the terms of
http://creativecommons.org/ns# and DCMI Metadata Terms; JSON-LD 1.1. The terms of the whole: `licet.exports.odrl`.

1. Each permitted item is a `cc:Work`, and nothing else is in the graph: what was refused has no licence for this use.
2. `cc:license` holds the canonical name of its licence; several where any one may be taken.
3. What permits it and has no address, such as a grant, stands in words in `dct:rights`.
4. `cc:attributionName` is whom to name, and `cc:attributionURL` where to link, where a source has said so.
5. `odrl:partOf` leads to the collection in `odrl.jsonld` whose rule permits it, with the duties that come with it.

The graph is written an item a line, and its context stands in it: no reader has to fetch anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias
from urllib.parse import quote

from licet.exports import odrl
from licet.exports.addresses import is_web_address
from licet.exports.cleared import address, groups, name_by_hash
from licet.exports.json_text import json_bytes, json_line
from licet.placing import placed

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line
    from licet.exports.facts import Facts

GRAPH_NAME = "cc-rel.jsonld"
POLICY_NAME = "odrl.jsonld"

Node: TypeAlias = dict[str, Any]


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `cc-rel.jsonld` and `odrl.jsonld`.

    Raises:
        OSError: a file cannot be written.
        ManifestError: the manifest is damaged.
    """
    with placed(out / GRAPH_NAME) as graph, placed(out / POLICY_NAME) as policy:
        policy.write(json_bytes({"@context": odrl.PREFIXES, **odrl.policy(facts)}))
        _write_graph(facts, graph)
    return out / GRAPH_NAME, out / POLICY_NAME


def _write_graph(facts: Facts, graph: BinaryIO) -> None:
    places = {group[:3]: place for place, group in enumerate(groups(facts, "permitted"), 1)}
    graph.write(b'{"@context":%s,"@graph":[' % json_line(odrl.PREFIXES))
    between = b"\n"
    for line in facts.lines():
        if line.verdict == "permitted":  # step 1
            asks = tuple(sorted({condition.name for condition in line.conditions}))
            place = places[line.licence, line.licence_keys, asks]
            collection = odrl.collection(facts, "permitted", place)
            graph.write(between + json_line(work(line, name_by_hash(facts.parquet_sha256), collection)))
            between = b",\n"
    graph.write(b"\n]}\n")


def work(line: Line, manifest: str, collection: str) -> Node:
    """Return a permitted item as a node of JSON-LD."""
    licences = [name for key in line.licence_keys if (name := _canonical(key))]
    page = next(filter(is_web_address, line.pages), "")
    node = {
        "@id": f"{manifest}#item/{quote(line.item)}{f':{line.row}' if line.row else ''}",
        "@type": "cc:Work",
        "dct:identifier": line.item,
        "dct:title": line.title,
        "dct:creator": line.artist,
        "dct:rightsHolder": list(line.holders),
        "cc:license": [{"@id": name} for name in licences],  # step 2
        "dct:rights": "" if licences else line.licence,  # step 3
        "cc:attributionName": line.artist or ", ".join(line.holders),  # step 4
        "cc:attributionURL": {"@id": page} if page else "",
        "odrl:partOf": {"@id": collection},  # step 5
    }
    return {name: held for name, held in node.items() if held not in ("", [])}


def _canonical(key: str) -> str:
    """Return the URI that names a licence: Creative Commons' own are the keys themselves."""
    return key if key.startswith("http://creativecommons.org/") else address(key)
