from __future__ import annotations

import json
from typing import Any

import pytest

from licet.terms.clauses import Act, Force, Purpose, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.odrl import READER
from licet.terms.statement import Stance

CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", {"tdm": "http://www.w3.org/ns/tdmrep#"}]
ALL = frozenset(Purpose)
NOT_RESEARCH = frozenset({Purpose.COMMERCIAL, Purpose.NON_COMMERCIAL})


def offer(**parts: object) -> dict[str, Any]:
    """Return a policy in the profile of the TDM Reservation Protocol."""
    usual = {"@context": CONTEXT, "@type": "Offer", "profile": "http://www.w3.org/ns/tdmrep", "uid": "https://p.com/1"}
    return {**usual, **parts}


def read(policy: object, url: str = "") -> Signal:
    """Read a policy as JSON."""
    return READER.read(json.dumps(policy).encode(), Target(url))


def mine(**parts: object) -> dict[str, Any]:
    """Return a permission to mine."""
    return {"action": "tdm:mine", **parts}


def purpose(right: object, **parts: object) -> dict[str, Any]:
    """Return a constraint on the purpose."""
    return {"leftOperand": "purpose", "operator": "eq", "rightOperand": right, **parts}


@pytest.mark.parametrize(
    ("permission", "purposes", "asks"),
    [
        pytest.param(mine(), ALL, set(), id="freely"),
        pytest.param([mine(target="https://provider.com/papers")], ALL, set(), id="a-named-collection"),
        pytest.param([mine(duty=[{"action": "obtainConsent"}])], ALL, {"consent"}, id="after-consent"),
        pytest.param([mine(duty={"action": "odrl:compensate"})], ALL, {"payment"}, id="for-payment"),
        pytest.param(
            [mine(duty={"action": ["attribute", "compensate"]})], ALL, {"attribution", "payment"}, id="two-duties"
        ),
        pytest.param([mine(constraint=[purpose("tdm:research")])], {Purpose.RESEARCH}, set(), id="research"),
        pytest.param(
            [mine(constraint=[purpose({"@id": "http://www.w3.org/ns/tdmrep#non-research"})])],
            NOT_RESEARCH,
            set(),
            id="others",
        ),
        pytest.param([{"odrl:action": {"@id": "http://www.w3.org/ns/tdmrep#mine"}}], ALL, set(), id="in-full"),
        pytest.param([{"http://www.w3.org/ns/odrl/2/action": "mine"}], ALL, set(), id="by-the-short-context"),
    ],
)
def test_an_offer_permits_mining_on_its_terms(permission: object, purposes: set[Purpose], asks: set[str]) -> None:
    """The policies that the profile can express come to a grant, for the purposes and in return for what they say."""
    signal = read(offer(permission=permission))
    (clause,) = signal.clauses
    assert (clause.says, clause.force) == (Says.PERMITS, Force.GRANT)
    assert (clause.purposes, clause.asks) == (purposes, asks)
    assert Act.REDISTRIBUTE not in clause.acts
    assert signal.resolution.stance is Stance.SIGNALLED


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(offer(permission=[{"action": "play"}]), id="another-action"),
        pytest.param(offer(permission=[{}]), id="no-action"),
        pytest.param(offer(permission=[mine(action=["tdm:mine", "play"])]), id="one-action-too-many"),
        pytest.param(offer(permission=[mine(action={"rdf:value": "tdm:mine", "refinement": []})]), id="refined"),
        pytest.param(offer(permission=["tdm:mine"]), id="no-object"),
        pytest.param(offer(permission=[mine(duty=[{"action": "pray"}])]), id="another-duty"),
        pytest.param(offer(permission=[mine(duty=[{}])]), id="empty-duty"),
        pytest.param(offer(permission=[mine(duty=["obtainConsent"])]), id="duty-no-object"),
        pytest.param(offer(permission=[mine(duty=[{"action": "compensate", "constraint": []}])]), id="duty-narrowed"),
        pytest.param(offer(permission=[mine(constraint=[purpose("tdm:leisure")])]), id="another-purpose"),
        pytest.param(offer(permission=[mine(constraint=[purpose("tdm:research", operator="neq")])]), id="operator"),
        pytest.param(offer(permission=[mine(constraint=[purpose("tdm:research", leftOperand="spatial")])]), id="left"),
        pytest.param(offer(permission=[mine(constraint=[purpose(["tdm:research"])])]), id="a-list-to-the-right"),
        pytest.param(offer(permission=[mine(constraint=["purpose"])]), id="constraint-no-object"),
        pytest.param(
            offer(permission=[mine(constraint=[purpose("tdm:research"), purpose("tdm:non-research")])]),
            id="no-purpose-left",
        ),
        pytest.param(offer(permission=[mine(assignee="https://somebody.example")]), id="somebody-else"),
        pytest.param(offer(permission=[{**mine(), "odrl:action": "play"}]), id="one-name-twice"),
        pytest.param(offer(permission=[mine()], obligation=[{"action": "compensate"}]), id="obligation"),
        pytest.param(offer(permission=[mine()], inheritFrom="https://p.com/0"), id="inherits"),
        pytest.param(offer(permission=[mine()], profile="https://other.example/profile"), id="another-profile"),
        pytest.param(offer(permission=[mine()], **{"@type": "Request"}), id="a-request"),
        pytest.param(offer(permission=[mine()], **{"@type": None}), id="no-type"),
        pytest.param(offer(permission=[mine()], **{"@context": {"tdm": "https://evil.example#"}}), id="prefix-rebound"),
        pytest.param(offer(permission=[mine()], **{"@context": {"permission": "odrl:prohibition"}}), id="term-rebound"),
        pytest.param(offer(permission=[mine()], **{"@context": {"mine": {"@id": 7}}}), id="term-without-meaning"),
        pytest.param(offer(permission=[mine()], **{"@context": "https://evil.example/c.jsonld"}), id="unknown-context"),
        pytest.param(offer(permission=[mine()], **{"@context": "https://[evil/"}), id="broken-context"),
        pytest.param(offer(permission=[mine()], prohibition=[{"action": "juggle"}]), id="unread-prohibition"),
        pytest.param([], id="no-policy"),
        pytest.param("tdm:mine", id="a-text"),
    ],
)
def test_whatever_else_it_says_permits_nothing(policy: object) -> None:
    """A permission with anything in or beside it that is not understood is no permission."""
    signal = read(policy)
    assert not signal.clauses
    assert bool(signal.problems) is (policy != [])


def test_bytes_that_are_no_json_are_a_problem() -> None:
    """What cannot be parsed is said to be so."""
    assert READER.read(b"{", Target()).problems


@pytest.mark.parametrize(
    ("action", "act", "purposes"),
    [
        pytest.param("cc:CommercialUse", Act.TRAIN_GENERATIVE, {Purpose.COMMERCIAL}, id="commercial"),
        pytest.param("cc:CommericalUse", Act.TRAIN_GENERATIVE, {Purpose.COMMERCIAL}, id="as-misspelt"),
        pytest.param("http://creativecommons.org/ns#CommercialUse", Act.INDEX, {Purpose.COMMERCIAL}, id="in-full"),
        pytest.param("tdm:mine", Act.TRAIN_OTHER, ALL, id="mining"),
        pytest.param("odrl:use", Act.REDISTRIBUTE, ALL, id="every-use"),
        pytest.param("distribute", Act.REDISTRIBUTE, ALL, id="passing-on"),
    ],
)
def test_a_prohibition_reserves(action: str, act: Act, purposes: set[Purpose]) -> None:
    """What a policy prohibits is reserved, whatever type the policy has."""
    (clause,) = read({"@type": "Set", "prohibition": {"action": action}}).clauses
    assert clause.says is Says.RESERVES
    assert act in clause.acts
    assert clause.purposes == purposes


@pytest.mark.parametrize(
    ("constraint", "purposes"),
    [
        pytest.param(purpose("tdm:research"), [{Purpose.RESEARCH}], id="narrowed"),
        pytest.param({"leftOperand": "dateTime"}, [ALL], id="narrowed-by-who-knows-what"),
    ],
)
def test_a_narrowed_prohibition_is_read_widely(constraint: object, purposes: list[set[Purpose]]) -> None:
    """A constraint that is not understood narrows no prohibition."""
    signal = read(offer(prohibition=[{"action": "use", "constraint": constraint}]))
    assert [clause.purposes for clause in signal.clauses] == purposes


def test_a_prohibition_for_no_purpose_says_nothing() -> None:
    """Commercial use by nobody but researchers is nothing that could be reserved."""
    assert not read(offer(prohibition=[{"action": "cc:CommercialUse", "constraint": purpose("tdm:research")}])).clauses


@pytest.mark.parametrize(
    ("target", "url", "permits"),
    [
        pytest.param("https://p.com/songs", "https://p.com/songs/1.mp3", True, id="within"),
        pytest.param("https://p.com/songs", "https://p.com/songs", True, id="itself"),
        pytest.param("https://p.com/songs", "https://p.com/songsters", False, id="a-neighbour"),
        pytest.param("https://p.com/songs", "", True, id="asked-directly"),
    ],
)
def test_outside_the_profile_a_target_limits_a_permission(target: str, url: str, *, permits: bool) -> None:
    """A general ODRL offer speaks of its target alone, be it the policy's or the permission's."""
    within = {"@context": CONTEXT, "@type": "Offer", "permission": mine(target=target)}
    assert bool(read(within, url).clauses) is permits
    above = {"@context": CONTEXT, "@type": "Offer", "target": target, "permission": mine()}
    assert bool(read(above, url).clauses) is permits


def test_under_the_profile_a_target_is_a_name() -> None:
    """The TDM profile's target is for messages to the holder: the resource's own link is what binds."""
    assert read(offer(permission=mine(target="https://provider.com/papers")), "https://p.com/songs/1.mp3").clauses


def test_aliases_of_identity_are_usual() -> None:
    """A context may call `@id` and `@type` by the names that ODRL's own context gives them."""
    context = [
        {"uid": "@id", "type": {"@id": "@type"}, "odrl": "http://www.w3.org/ns/odrl/2/", "x": "https://x.example/"}
    ]
    assert read({"@context": context, "type": "odrl:Offer", "odrl:permission": mine()}).clauses
