"""The lines of a manifest as Croissant's records: which fields they have, of which type, and where to find them.

Croissant Format Specification 1.1, "RecordSets" and "Hierarchical RecordSets". The fields are those of
`licet.corpus.Line` and cannot fall behind it: a list of records is a nested field, whose parts are picked out of the
column by JSONPath. What each field means stands in `docs/manifest.md`.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from licet.corpus import Line
from licet.corpus.manifest import PARQUET_NAME

RECORDS = "manifest"
_TYPES = {
    msgspec.inspect.StrType: "sc:Text",
    msgspec.inspect.IntType: "sc:Integer",
    msgspec.inspect.FloatType: "sc:Float",
    msgspec.inspect.BoolType: "sc:Boolean",
}
_MEANS = {  # what a field is in the words of schema.org's AudioObject
    "item": "sc:identifier",
    "title": "sc:name",
    "artist": "sc:creator",
    "holders": "sc:copyrightHolder",
    "licence_keys": "sc:license",
    "attribution": "sc:creditText",
    "sha256": "sc:sha256",
    "codec": "sc:encodingFormat",
}

Node: TypeAlias = dict[str, Any]


def record_set() -> Node:
    """Return the record set, one field for each field of a line."""
    kind = msgspec.inspect.type_info(Line)
    assert isinstance(kind, msgspec.inspect.StructType)
    return {
        "@type": "cr:RecordSet",
        "@id": RECORDS,
        "name": RECORDS,
        "description": "The lines of the manifest in its order. A line is permitted where `verdict` says so only.",
        "dataType": "sc:AudioObject",
        "key": [{"@id": f"{RECORDS}/item"}, {"@id": f"{RECORDS}/row"}],
        "field": [_field(field.name, field.type) for field in kind.fields],
    }


def _field(name: str, kind: msgspec.inspect.Type) -> Node:
    field: Node = {"@type": "cr:Field", "@id": f"{RECORDS}/{name}", "name": name}
    if name in _MEANS:
        field["equivalentProperty"] = _MEANS[name]
    if isinstance(kind, msgspec.inspect.VarTupleType):
        field["isArray"] = True
        kind = kind.item_type
    if isinstance(kind, msgspec.inspect.UnionType):  # null where it is not known
        kind = next(one for one in kind.types if not isinstance(one, msgspec.inspect.NoneType))
    if not isinstance(kind, msgspec.inspect.StructType):
        return {**field, "dataType": _TYPES[type(kind)], "source": _source(name)}
    return {**field, "subField": [_part(name, part) for part in kind.fields]}


def _part(whole: str, part: msgspec.inspect.Field) -> Node:
    """Return a nested field: what one record of a list says."""
    field = _field(f"{whole}/{part.name}", part.type)
    source = {**_source(whole), "transform": {"jsonPath": f"$['{part.name}']"}}  # in quotes: `where` is an operator
    return {**field, "name": part.name, "source": source}


def _source(column: str) -> Node:
    return {"fileObject": {"@id": PARQUET_NAME}, "extract": {"column": column}}
