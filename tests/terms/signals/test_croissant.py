from __future__ import annotations

import json

import pytest

from licet.terms.clauses import Act, Purpose, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.croissant import READER, licences
from licet.terms.statement import Stance

CONTEXT = {
    "@vocab": "https://schema.org/",
    "duo": "http://purl.obolibrary.org/obo/DUO_",
    "odrl": "http://www.w3.org/ns/odrl/2/",
}
# The specification's own example of DUO and ODRL together.
HEALTH = {
    "@type": ["CreativeWork", "odrl:Offer"],
    "name": "DUO Usage Policy",
    "odrl:permission": {
        "@type": "odrl:Permission",
        "odrl:action": {"@id": "duo:0000006", "name": "Health or Medical or Biomedical Use"},
        "odrl:constraint": [
            {
                "@type": "odrl:Constraint",
                "name": "Non-commercial use only",
                "odrl:operator": {"@id": "odrl:eq"},
                "odrl:rightOperand": {"@id": "duo:0000018"},
            }
        ],
    },
}


def read(usage: object, name: str = "usageInfo") -> Signal:
    """Read a data set with this usage information."""
    return READER.read(json.dumps({"@context": CONTEXT, "@type": "Dataset", name: usage}).encode(), Target())


@pytest.mark.parametrize(
    ("usage", "stance"),
    [
        pytest.param(None, Stance.SILENT, id="nothing"),
        pytest.param(
            [{"@type": "DefinedTerm", "termCode": "DUO_0000042", "url": "duo:0000042"}], Stance.SILENT, id="research"
        ),
        pytest.param("DUO:0000018", Stance.SIGNALLED, id="not-for-profit"),
        pytest.param({"@id": "http://purl.obolibrary.org/obo/DUO_0000046"}, Stance.SIGNALLED, id="non-commercial"),
        pytest.param(HEALTH, Stance.SIGNALLED, id="health-without-gain"),
        pytest.param("duo:0000007", Stance.UNRESOLVED, id="disease"),
        pytest.param("https://music.example/terms", Stance.UNRESOLVED, id="a-page"),
        pytest.param({"@type": "CreativeWork", "text": "be kind"}, Stance.UNRESOLVED, id="words"),
        pytest.param(7, Stance.UNRESOLVED, id="a-number"),
    ],
)
def test_usage_information_reserves_or_is_left_to_people(usage: object, stance: Stance) -> None:
    """DUO's non-commercial terms reserve commercial use, and no term of DUO permits anything."""
    signal = read(usage)
    assert signal.resolution.stance is stance
    for clause in signal.clauses:
        assert (clause.says, clause.acts, clause.purposes) == (Says.RESERVES, set(Act), {Purpose.COMMERCIAL})


@pytest.mark.parametrize("name", ["usageInfo", "sc:usageInfo", "http://schema.org/usageInfo"])
def test_an_offer_to_mine_is_read_as_odrl(name: str) -> None:
    """An `odrl:Offer` in the usage information permits what it would permit by itself."""
    (clause,) = read({"@type": "odrl:Offer", "odrl:permission": {"odrl:action": "tdm:mine"}}, name).clauses
    assert clause.says is Says.PERMITS


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        pytest.param("https://a.example/by", ("https://a.example/by",), id="address"),
        pytest.param(["a", " b ", "a"], ("a", "b"), id="list"),
        pytest.param(
            {"@type": "CreativeWork", "name": "Ours", "url": "https://a.example/"}, ("https://a.example/",), id="work"
        ),
        pytest.param({"@id": "x"}, ("x",), id="id"),
        pytest.param({"name": 3}, (), id="odd-name"),
        pytest.param([None, {}, ""], (), id="nothing"),
    ],
)
def test_the_licence_is_handed_on_and_gives_no_clause(licence: object, expected: tuple[str, ...]) -> None:
    """A data set's licence speaks of the data set: it is named, and permits nothing here."""
    content = json.dumps({"@type": "sc:Dataset", "license": licence}).encode()
    assert licences(content) == expected
    assert READER.read(content, Target()).resolution.stance is Stance.SILENT


@pytest.mark.parametrize("content", [b"", b"[]", b"[" * 10_000, b"\xff", b'{"@graph": []}', b'{"a": 1, "a": 2}'])
def test_what_is_no_data_set_is_a_problem(content: bytes) -> None:
    """Bytes that are no single description of a data set say nothing and permit nothing."""
    signal = READER.read(content, Target())
    assert signal.problems
    assert not signal.clauses
    assert licences(content) == ()
