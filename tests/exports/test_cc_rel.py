"""CC REL and ODRL, read back as RDF."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rdflib import DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from licet.exports import About, Facts, export
from licet.exports.cc_rel import work
from licet.terms.signals.odrl import clauses_of
from licet.terms.signals.reading import Target
from manifests import BY, CC0, HOSTILE_TITLES, NC, SA, line_of, many_lines, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line

# Said inside rdflib, of its own code.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

CC, ODRL = Namespace("http://creativecommons.org/ns#"), Namespace("http://www.w3.org/ns/odrl/2/")
THREE = (
    line_of("a", BY, key="jamendo:1", title="Tune", artist="Maris Quay"),
    line_of("b", NC, key="jamendo:2", title="No"),
    line_of("c", CC0, key="jamendo:3", title="Free", holders=("Quay", "Odile")),
)


def test_each_permitted_item_has_its_own_licence(tmp_path: Path) -> None:
    """With its name, its maker and whom to credit; what was refused is not in the graph."""
    graph, _ = _written(tmp_path, THREE)
    licences = {str(graph.value(one, DCTERMS.identifier)): graph.value(one, CC.license) for one in _works(graph)}
    assert licences == {"a": URIRef(BY.key), "c": URIRef(CC0.key)}
    tune = graph.value(predicate=DCTERMS.identifier, object=Literal("a"))
    assert graph.value(tune, DCTERMS.title) == Literal("Tune")
    assert graph.value(tune, DCTERMS.creator) == graph.value(tune, CC.attributionName) == Literal("Maris Quay")
    assert graph.value(tune, CC.attributionURL) == URIRef("https://example.org/track/1")
    free = graph.value(predicate=DCTERMS.identifier, object=Literal("c"))
    assert graph.value(free, CC.attributionName) == Literal("Quay, Odile")
    assert {str(one) for one in graph.objects(free, DCTERMS.rightsHolder)} == {"Quay", "Odile"}


def test_the_whole_sample_survives(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Every permitted item once, with its title letter for letter, and no address that is none."""
    facts, graph, _ = _read(tmp_path, None)
    permitted = [line for line in facts.lines() if line.verdict == "permitted"]
    assert len(_works(graph)) == len(permitted) == facts.counts.permitted
    titles = {
        (str(graph.value(one, DCTERMS.identifier)), str(graph.value(one, DCTERMS.title, default="")))
        for one in _works(graph)
    }
    assert titles == {(line.item, line.title) for line in permitted}
    assert {title for _, title in titles} >= set(HOSTILE_TITLES)
    assert all(str(page).startswith("https://") for page in graph.objects(None, CC.attributionURL))
    assert "does not look like a valid URI" not in caplog.text


def test_an_item_is_in_the_collection_whose_rule_permits_it(tmp_path: Path) -> None:
    """The two files are one graph: from a work to its duties and its licence."""
    graph, policy = _written(tmp_path, THREE)
    found = (graph + policy).query(
        """SELECT ?item ?duty WHERE { ?work odrl:partOf ?part; dct:identifier ?item; cc:license ?licence .
            ?rule a odrl:Permission; odrl:target ?part . ?part dct:license ?page
            OPTIONAL { ?rule odrl:duty/odrl:action ?duty } } ORDER BY ?item""",
        initNs={"odrl": ODRL, "cc": CC, "dct": DCTERMS},
    )
    assert [tuple(row) for row in found] == [(Literal("a"), ODRL.attribute), (Literal("c"), None)]


def test_what_was_refused_is_prohibited(tmp_path: Path) -> None:
    """One rule for each licence, whatever it asks for, and it is not shown as one that may be relied on."""
    asking = line_of("d", NC, key="jamendo:4", conditions=THREE[0].conditions)
    _, policy = _written(tmp_path, (*THREE, asking, line_of("e", SA, key="jamendo:5")))
    rules = list(policy.subjects(RDF.type, ODRL.Prohibition))
    words = {str(policy.value(policy.value(rule, ODRL.target), DCTERMS.description)) for rule in rules}
    assert words == {
        "2 items refused for this use. On record: CC BY-NC 3.0.",
        "1 item refused for this use. On record: CC BY-SA 3.0.",
    }
    assert {str(one) for one in policy.objects(None, DCTERMS.license)} == {
        "https://creativecommons.org/licenses/by/3.0/",
        "https://creativecommons.org/publicdomain/zero/1.0/",
    }
    assert policy.value(predicate=RDF.type, object=ODRL.Set) is not None
    assert set(policy.objects(None, ODRL.conflict)) == {ODRL.prohibit}


def test_silence_is_under_no_rule(tmp_path: Path) -> None:
    """Neither permitted nor prohibited: it is counted in words."""
    _, policy = _written(tmp_path, list(many_lines(4))[1:])
    assert not set(policy.objects(None, ODRL.target))
    assert "3 items that nobody has said enough about" in str(next(policy.objects(None, DCTERMS.description)))


def test_every_rule_is_narrowed_to_the_use_that_was_asked_about(tmp_path: Path) -> None:
    """The act and the purpose, the places by their code's page, and the day."""
    _, policy = _written(tmp_path, THREE)
    for rule in (*policy.subjects(RDF.type, ODRL.Permission), *policy.subjects(RDF.type, ODRL.Prohibition)):
        narrowed = {
            policy.value(one, ODRL.leftOperand): {str(right) for right in policy.objects(one, ODRL.rightOperand)}
            for one in policy.objects(rule, ODRL.constraint)
        }
        code = "https://www.iso.org/obp/ui/#iso:code:3166:"
        assert narrowed == {
            ODRL.purpose: {"train-generative", "commercial"},
            ODRL.spatial: {f"{code}EU", f"{code}US"},
            ODRL.dateTime: {"2026-11-22"},
        }


@pytest.mark.parametrize(
    ("head", "action"),
    [({"act": "index"}, ODRL["index"]), ({"act": "redistribute"}, ODRL.distribute), ({"act": "fine-tune"}, ODRL.use)],
)
def test_the_action_is_the_nearest_that_odrl_has(head: dict[str, str], action: URIRef, tmp_path: Path) -> None:
    """ODRL knows no training: the act stands in the purpose. The whole world is no constraint."""
    folder = write_sample(tmp_path / "manifest", THREE, territories=("WORLD",), **head)
    policy = Graph().parse(export("cc-rel", Facts.of(folder, About()), tmp_path / "out")[1], format="json-ld")
    duties = set(policy.objects(None, ODRL.duty))
    rules = set(policy.subjects(ODRL.action)) - duties
    assert {policy.value(rule, ODRL.action) for rule in rules} == {action}
    assert (None, ODRL.leftOperand, ODRL.spatial) not in policy


def test_a_duty_without_a_name_in_odrl_sends_a_person_to_read(tmp_path: Path) -> None:
    """And keeps its own name."""
    condition = msgspec.structs.replace(THREE[0].conditions[0], name="no-adaptations")
    line = msgspec.structs.replace(THREE[0], conditions=(*THREE[0].conditions, condition))
    _, policy = _written(tmp_path, [line])
    held = {
        (policy.value(one, ODRL.action), str(policy.value(one, DCTERMS.description)))
        for one in policy.objects(None, ODRL.duty)
    }
    assert held == {(ODRL.attribute, "attribution"), (ODRL.reviewPolicy, "no-adaptations")}


def test_our_own_reader_takes_none_of_it_for_a_permission(tmp_path: Path) -> None:
    """What Licet found is no offer of a holder's: read as a signal it permits nothing."""
    facts = Facts.of(write_sample(tmp_path / "manifest", THREE), About())
    policy = json.loads(export("cc-rel", facts, tmp_path / "out")[1].read_bytes())
    clauses, problems = clauses_of(policy, policy["@context"], Target("https://example.org/a"))
    assert not [clause for clause in clauses if clause.says == "permits"]
    assert problems


def test_a_grant_is_quoted(tmp_path: Path) -> None:
    """It has no address, so it is no `cc:license`."""
    line = msgspec.structs.replace(THREE[0], licence="a grant of 2026", licence_keys=())
    graph, _ = _written(tmp_path, [line])
    assert list(graph.objects(None, DCTERMS.rights)) == [Literal("a grant of 2026")]
    assert (None, CC.license, None) not in graph


def test_two_rows_of_one_item_are_two_works(tmp_path: Path) -> None:
    """And an item whose name looks like another's row is not taken for it."""
    names = {
        work(line, "ni:m", "ni:m#c")["@id"]
        for line in (
            line_of("x", BY, key="jamendo:1", row=1),
            line_of("x", BY, key="jamendo:1", row=2),
            line_of("x:1", BY, key="jamendo:1"),
        )
    }
    assert names == {"ni:m#item/x:1", "ni:m#item/x:2", "ni:m#item/x%3A1"}


@pytest.mark.untraced
def test_memory_does_not_grow_with_the_manifest(tmp_path: Path) -> None:
    """Ten times the lines, the same peak."""
    peaks = []
    for number in (1_000, 10_000):
        facts = Facts.of(write_sample(tmp_path / str(number), many_lines(number)), About())
        export("cc-rel", facts, tmp_path / "warm")
        tracemalloc.start()
        export("cc-rel", facts, tmp_path / "out")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def _written(tmp_path: Path, lines: Any) -> tuple[Graph, Graph]:
    return _read(tmp_path, lines)[1:]


def _read(tmp_path: Path, lines: list[Line] | None) -> tuple[Facts, Graph, Graph]:
    facts = Facts.of(write_sample(tmp_path / "manifest", lines), About())
    works, policy = export("cc-rel", facts, tmp_path / "out")
    return facts, Graph().parse(works, format="json-ld"), Graph().parse(policy, format="json-ld")


def _works(graph: Graph) -> set[Any]:
    return set(graph.subjects(RDF.type, CC.Work))
