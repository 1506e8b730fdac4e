"""The cases that a lawyer reads: the policy answers each as written."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from asking import make_question, make_term
from licet.policy import Act, Policy, Purpose, decide

CASES = tomllib.loads(resources.files("licet.policy").joinpath("data/cases.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_policy_answers_as_the_case_says(case: dict[str, Any], house: Policy) -> None:
    """Under both readings, and for the reason given."""
    question = make_question(
        make_term(case["licence"]),
        act=Act(case["act"]),
        purpose=Purpose(case["purpose"]),
        accepts=frozenset({"attribution", "notice", *case.get("accept", ())}),
    )
    verdict = decide(question, house, "strict")
    assert verdict.outcome == case["strict"]
    assert verdict.others[0].outcome == case["guidance"]
    if "because" in case:
        assert case["because"] in {reason.rule for reason in verdict.opinion.reasons}


def test_every_rule_is_exercised_by_a_case(house: Policy) -> None:
    """A bar or a need that no case speaks of is a rule that nobody has checked."""
    strict = house.reading("strict")
    spoken = {case.get("because") for case in CASES}
    assert {one.rule.id for one in (*strict.needs, *strict.bars)} - {"copy"} <= spoken
