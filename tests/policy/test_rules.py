"""The policy file: what a lawyer may write, and what is refused with the rule's name."""

from __future__ import annotations

import pytest

from asking import HOUSE, LAW
from licet.errors import PolicyError
from licet.policy import parse_policy

TEXT = HOUSE.decode()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('id = "copy"', 'id = "copy', "not valid TOML"),
        ("[reading.strict]", "[other.strict]", "belongs to reading 'strict', which there is not"),
        ('cites = "CC BY 4.0, s. 3(a)"', 'cites = ""', "attribution has no cites"),
        ('status = "settled"', 'status = "sure"', "there is no 'sure'"),
        ('id = "distribute"', 'id = "copy"', "two rules are called 'copy'"),
        ('permission = "Reproduction"', 'permission = "Copying"', "there is no 'Copying'"),
        ('prohibition = "CommercialUse"', "", "non-commercial bars everything"),
        ('licences = "other"', 'licences = "ours"', "is for licences 'ours'"),
        ("[law.silence]", "[law.stillness]", "leaves out the laws silence"),
        (
            "[law.silence]",
            '[law.moon]\nsays = "x"\ncites = "x"\nstatus = "settled"\n[law.silence]',
            "there are not: moon",
        ),
        ('version = "2026.11.1"', "version = 3", "version is not text"),
        ("as_of = 2026-11-22", "", "the policy has no as_of"),
    ],
    ids=lambda text: text[:30],
)
def test_a_faulty_policy_is_refused_and_the_fault_named(before: str, after: str, complaint: str) -> None:
    """Nothing is decided by a file that is wrong anywhere."""
    assert before in TEXT
    with pytest.raises(PolicyError, match=complaint):
        parse_policy(TEXT.replace(before, after, 1).encode(), LAW)


def test_a_policy_without_a_reading_is_refused() -> None:
    """There would be nothing to decide under."""
    with pytest.raises(PolicyError, match="no reading"):
        parse_policy(b'name = "x"')


def test_bytes_that_are_no_text_are_refused() -> None:
    """And said to be."""
    with pytest.raises(PolicyError, match="not valid TOML"):
        parse_policy(b"\xff\xfe")


def test_every_rule_cites_its_source() -> None:
    """A rule is worth what stands behind it."""
    policy = parse_policy(HOUSE, LAW)
    rules = [one.rule for reading in policy.readings for one in (*reading.needs, *reading.bars, *reading.duties)]
    assert all(rule.cites and rule.says for rule in (*rules, *policy.laws.values()))


def test_the_policy_is_named_by_the_digest_of_its_file() -> None:
    """So that a verdict names the very rules it was given under."""
    assert parse_policy(HOUSE, LAW).digest != parse_policy(HOUSE + b"\n", LAW).digest


def test_two_files_of_law_with_one_id_are_refused() -> None:
    """Neither may silently stand for the other."""
    with pytest.raises(PolicyError, match="under one id"):
        parse_policy(HOUSE, (*LAW, LAW[0]))


def test_a_reading_leans_only_on_law_that_is_on_file() -> None:
    """What no file states cannot be checked."""
    with pytest.raises(PolicyError, match="no file of law states"):
        parse_policy(HOUSE)
