"""The terms of the whole in ODRL: what may be done with which items in return for what, and what may not.

W3C, ODRL Information Model 2.2 and ODRL Vocabulary & Expression 2.2 (15 February 2018):

1. The policy is a `Set`. An `Offer` has an assigner who grants, and Licet grants nothing: it states what it found.
2. Each rule's target is an asset collection: the items of one verdict that are under the same terms.
3. The action is the nearest of the common vocabulary. What the act and the purpose are stands in a constraint, since
   the vocabulary knows no training; so do the places and the day.
4. What a licence asks for is a duty. An action that the vocabulary does not know is `reviewPolicy`: a person reads.
5. A prohibition wins (`conflict`). Items that nobody has said enough about are under no rule, and so not permitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from licet.corpus.wording import number
from licet.exports.cleared import address, groups, name_by_hash

if TYPE_CHECKING:
    from licet.corpus import Head
    from licet.exports.cleared import Group
    from licet.exports.facts import Facts

PREFIXES = {
    "cc": "http://creativecommons.org/ns#",
    "dct": "http://purl.org/dc/terms/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ACTIONS = {"index": "odrl:index", "redistribute": "odrl:distribute"}
_DUTIES = {
    "attribution": "odrl:attribute",
    "consent": "odrl:obtainConsent",
    "notice": "cc:Notice",
    "payment": "odrl:compensate",
    "reporting": "odrl:inform",
    "share-alike": "cc:ShareAlike",
    "source-code": "cc:SourceCode",
}
_COUNTRY = "https://www.iso.org/obp/ui/#iso:code:3166:"  # ODRL wants an IRI; the page of the code is one

Node: TypeAlias = dict[str, Any]


def policy(facts: Facts) -> Node:
    """Return the policy (steps 1 and 5) as JSON-LD, in the prefixes of `PREFIXES`."""
    head = facts.head
    rules = {
        "odrl:permission": [_rule(facts, "permitted", *each) for each in enumerate(groups(facts, "permitted"), 1)],
        "odrl:prohibition": [_rule(facts, "refused", *each) for each in enumerate(groups(facts, "refused"), 1)],
    }
    return {
        "@id": f"{name_by_hash(facts.parquet_sha256)}#policy",
        "@type": "odrl:Set",
        "dct:description": (
            f"What was found on record on {head.day} under the reading {head.reading}. "
            f"{number(facts.counts.unknown + facts.counts.error)} items that nobody has said enough about, or that "
            "could not be read, are under no rule here and are not permitted. This is information and no legal advice."
        ),
        "odrl:conflict": {"@id": "odrl:prohibit"},
        **{name: held for name, held in rules.items() if held},
    }


def collection(facts: Facts, verdict: str, place: int) -> str:
    """Return the name of the items in place `place` among `groups(facts, verdict)`, from 1 (step 2)."""
    return f"{name_by_hash(facts.parquet_sha256)}#{verdict}/{place}"


def _rule(facts: Facts, verdict: str, place: int, group: Group) -> Node:
    refused = verdict == "refused"
    addresses = [{"@id": found} for key in group.keys if (found := address(key))]
    many = "1 item" if group.items == 1 else f"{number(group.items)} items"
    about = f"{many} {verdict} for this use. On record: {group.licence or 'no licence'}."
    target: Node = {
        "@id": collection(facts, verdict, place),
        "@type": "odrl:AssetCollection",
        "dct:description": about,
    }
    rule: Node = {
        "@type": "odrl:Prohibition" if refused else "odrl:Permission",
        "odrl:target": target,
        "odrl:action": {"@id": _ACTIONS.get(facts.head.act, "odrl:use")},
        "odrl:constraint": _constraints(facts.head),
    }
    if refused:
        return rule  # a licence that does not permit this use is not shown as one that does
    if addresses:
        target["dct:license"] = addresses
    return {**rule, "odrl:duty": [_duty(name) for name in group.asks]} if group.asks else rule


def _constraints(head: Head) -> list[Node]:
    """Return what narrows every rule to the use that was asked about (step 3)."""
    places = [{"@id": f"{_COUNTRY}{code}"} for code in head.territories if code != "WORLD"]
    day = {"@value": head.day, "@type": "xsd:date"}
    return [
        _constraint("purpose", "isAllOf", [head.act, head.purpose]),
        *([_constraint("spatial", "isAnyOf", places)] if places else []),
        _constraint("dateTime", "eq", day),
    ]


def _constraint(left: str, operator: str, right: object) -> Node:
    return {
        "@type": "odrl:Constraint",
        "odrl:leftOperand": {"@id": f"odrl:{left}"},
        "odrl:operator": {"@id": f"odrl:{operator}"},
        "odrl:rightOperand": right,
    }


def _duty(name: str) -> Node:
    """Return a duty (step 4)."""
    return {
        "@type": "odrl:Duty",
        "odrl:action": {"@id": _DUTIES.get(name, "odrl:reviewPolicy")},
        "dct:description": name,
    }
