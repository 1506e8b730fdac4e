"""The cases that a lawyer reads (`docs/cases.md`): the policy answers each as written, under every reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from asking import ITEM
from licet.policy import Policy, Question, Use, decide
from saying import doubts_said, terms_said

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[2] / "docs/cases.md"
READINGS = ("strict", "cc-guidance-2025", "eu-tdm", "text-and-data-mining-permissive")
COLUMNS = ("case", "what is said", "use", "place", "day", "accepts", *READINGS, "because")

_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)
_QUOTED = re.compile("`([^`]*)`")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table, cell by cell."""

    name: str
    said: tuple[str, ...]
    use: Use
    accepts: str
    answers: dict[str, str]
    rule: str
    reading: str  # under which the rule is among the grounds


def cases() -> Iterator[Case]:
    """Yield every row of the tables."""
    for row in _ROW.findall(PAGE.read_text(encoding="utf-8")):
        cells = dict(zip(COLUMNS, (cell.strip() for cell in row.split("|")), strict=True))
        if cells["case"] == "case" or not cells["case"].strip("-"):
            continue
        act, purpose = cells["use"].split(", ")
        rule, _, reading = cells["because"].partition(" ")
        yield Case(
            cells["case"],
            tuple(_QUOTED.findall(cells["what is said"])),
            Use(act, purpose, frozenset(cells["place"].split(", ")), date.fromisoformat(cells["day"])),  # type: ignore[arg-type]  # it checks its words itself
            cells["accepts"],
            {reading: cells[reading] for reading in READINGS},
            rule.strip("`"),
            reading.strip("()") or "strict",
        )


CASES = list(cases())


def accepted(words: str, house: Policy) -> frozenset[str]:
    """Return the conditions that a case accepts: those named, and all that an exception needs where it says so."""
    if words == "nothing":
        return frozenset()
    leant = {one.rule.id: one for reading in house.readings for one in reading.limitations}
    needs = {name for one in re.findall("all of `([^`]*)`", words) for name, _ in leant[one].needs}
    return frozenset({"attribution", "notice", *_QUOTED.findall(words), *needs} - leant.keys())


def grounds(case: Case, house: Policy) -> set[str]:
    """Return the rules that speak in the answer to a case: those of its reasons, and those of its conditions."""
    opinion = decide(asked(case, house), house, case.reading).opinion
    reading = house.reading(case.reading)
    rules = [one.rule for kind in (reading.needs, reading.duties) for one in kind]
    shown = {rule.id for rule in rules for one in opinion.conditions if one.says == rule.says}
    if any(one.says.startswith(house.laws["signal-asks"].says) for one in opinion.conditions):
        shown.add("signal-asks")
    return shown | {reason.rule for reason in opinion.reasons}


def asked(case: Case, house: Policy) -> Question:
    """Return the question that a case puts."""
    terms = tuple(term for one in case.said for term in terms_said(one, case.use.day))
    doubts = tuple(doubt for one in case.said for doubt in doubts_said(one))
    return Question(case.use, terms, ITEM, accepted(case.accepts, house), doubts)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_policy_answers_as_the_case_says(case: Case, house: Policy) -> None:
    """Under each of the four readings, and for the reason given."""
    question = asked(case, house)
    assert {name: str(decide(question, house, name).outcome) for name in READINGS} == case.answers
    assert case.rule in grounds(case, house)


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    """A hundred and fifty at the least, and none is there twice."""
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({(case.said, case.use, case.accepts, case.rule) for case in CASES}) == len(CASES)


def test_every_rule_is_exercised_by_a_case(house: Policy) -> None:
    """A need, a bar or a duty that no case speaks of is a rule that nobody has checked.

    Every licence that is known permits copies, and every one that is not of Creative Commons permits adaptations, so
    that no case can be refused for want of either.
    """
    rules = {one.rule.id for r in house.readings for kind in (r.needs, r.bars, r.duties) for one in kind}
    assert rules - {"copy", "adapt-other"} <= {case.rule for case in CASES}


def test_every_law_and_every_exception_is_exercised_by_a_case(house: Policy) -> None:
    """So is a law of the house, and an exception that a reading leans on."""
    leant = {one.rule.id for reading in house.readings for one in reading.limitations}
    assert house.laws.keys() | leant <= {case.rule for case in CASES}
