"""Law as data: what a lawyer may write, where and when an exception applies, and that no article is left out."""

from __future__ import annotations

import importlib.util
import json
import re
from contextlib import suppress
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import PolicyError
from licet.policy.law import LONGEST, Limitation, applies, cited, parse_law
from licet.policy.verdict import Status
from licet.terms import Act, Purpose
from licet.terms.territories import EUROPEAN_UNION

ROOT = Path(__file__).parents[2]
FOLDER = resources.files("licet.policy").joinpath("data/law")
FILES = {name: FOLDER.joinpath(f"{name}.toml").read_bytes() for name in ("eu", "jp", "sg", "uk", "us")}
LAW = {one.rule.id: one for content in FILES.values() for one in parse_law(content)[0]}
PROVISIONS = {one.id: one for content in FILES.values() for one in parse_law(content)[1]}
TODAY = date(2026, 11, 22)
SURVEY = ROOT.parent / "shared" / "data" / "law" / "dsm_national.json"
SMALL = """
as_of = 2026-11-22

[[limitation]]
id = "eu-x"
jurisdiction = "EU"
since = 2021-06-07
until = 2030-01-01
yields = true
purposes = ["research"]
holders = "anyone"
says = "Something."
cites = "Somewhere, Art. 1"
national_as_of = 2026-05-01
acts = { train-other = "settled", fine-tune = "pending" }
needs = { lawful-access = "Lawful access." }
national.DE = { since = 2021-06-21, status = "settled", cites = "§ 1", says = "Something." }

[[provision]]
id = "eu-y"
jurisdiction = "EU"
cites = "Somewhere, Art. 2"
says = "Something else."
status = "settled"
amounts = { minimum = 5, currency = "EUR" }
"""


def test_the_readings_find_every_exception_that_they_lean_on() -> None:
    """Under the names that the policy uses."""
    assert LAW.keys() == {"eu-dsm-3", "eu-dsm-4", "uk-cdpa-29a", "us-107", "jp-30-4", "sg-244"}
    assert PROVISIONS.keys() == {"us-411", "us-412", "us-504"}


@pytest.mark.parametrize("one", LAW.values(), ids=LAW)
def test_every_exception_says_what_a_lawyer_would_ask(one: Limitation) -> None:
    """Who may lean on it, what it needs, where it stands, and how settled each act is."""
    assert one.rule.says
    assert one.rule.cites
    assert one.holders
    assert all(one.needs)
    assert one.by_act.keys() == one.rule.acts
    assert one.as_of == TODAY


@pytest.mark.parametrize("one", LAW.values(), ids=LAW)
def test_training_a_generative_model_is_nowhere_settled(one: Limitation) -> None:
    """So nothing that leans on an exception for it may be shown as settled."""
    assert one.by_act[Act.TRAIN_GENERATIVE] is Status.CONTESTED
    assert one.rule.status is Status.CONTESTED


@pytest.mark.parametrize("one", LAW.values(), ids=LAW)
def test_no_exception_lets_a_recording_be_passed_on(one: Limitation) -> None:
    """All of them are for analysis, none for redistribution, nor for showing the recording when a model answers."""
    assert not one.rule.acts & {Act.REDISTRIBUTE, Act.RETRIEVE}


def test_statutory_damages_are_counted_by_the_work() -> None:
    """17 USC 504(c), in whole dollars."""
    assert PROVISIONS["us-504"].amounts == {
        "minimum": 750,
        "maximum": 30_000,
        "wilful": 150_000,
        "innocent": 200,
        "currency": "USD",
        "per": "work",
    }
    assert not PROVISIONS["us-411"].amounts


@pytest.mark.parametrize(
    ("rule", "act", "purpose", "place", "day", "expected"),
    [
        ("eu-dsm-4", "train-generative", "commercial", "EU", TODAY, True),
        ("eu-dsm-4", "train-other", "commercial", "DE", TODAY, True),
        ("eu-dsm-4", "train-other", "commercial", "CY", TODAY, True),
        ("eu-dsm-4", "redistribute", "commercial", "DE", TODAY, False),
        ("eu-dsm-4", "train-other", "commercial", "WORLD", TODAY, False),
        ("eu-dsm-4", "train-other", "commercial", "GB", TODAY, False),
        ("eu-dsm-4", "train-other", "commercial", "CH", TODAY, False),
        ("eu-dsm-4", "train-other", "commercial", "NL", date(2021, 6, 7), True),
        ("eu-dsm-4", "train-other", "commercial", "NL", date(2021, 6, 6), False),
        ("eu-dsm-4", "train-other", "commercial", "PL", date(2024, 7, 25), False),
        ("eu-dsm-4", "train-other", "commercial", "PL", date(2024, 7, 26), True),
        ("eu-dsm-4", "train-other", "commercial", "EU", date(2024, 7, 25), False),
        ("eu-dsm-3", "train-generative", "research", "FR", TODAY, True),
        ("eu-dsm-3", "train-generative", "non-commercial", "FR", TODAY, False),
        ("uk-cdpa-29a", "train-other", "research", "GB", TODAY, True),
        ("uk-cdpa-29a", "train-other", "commercial", "GB", TODAY, False),
        ("uk-cdpa-29a", "train-other", "research", "GB", date(2014, 5, 31), False),
        ("us-107", "train-generative", "commercial", "US", TODAY, True),
        ("us-107", "train-generative", "commercial", "WORLD", TODAY, False),
        ("jp-30-4", "evaluate", "commercial", "JP", TODAY, True),
        ("jp-30-4", "evaluate", "commercial", "JP", date(2018, 12, 31), False),
        ("sg-244", "fine-tune", "commercial", "SG", TODAY, True),
        ("sg-244", "index", "commercial", "SG", TODAY, False),
    ],
)
def test_where_when_and_for_what_an_exception_applies(
    rule: str, act: str, purpose: str, place: str, day: date, *, expected: bool
) -> None:
    """By act, purpose, place and day; the Union as a whole waits for its last member."""
    assert applies(LAW[rule], Act(act), Purpose(purpose), place, day) is expected


def test_an_exception_ends_with_its_last_day() -> None:
    """Which is the last on which it applies."""
    ((one,), _) = parse_law(SMALL.encode())
    use = Act.FINE_TUNE, Purpose.RESEARCH, "DE"
    assert applies(one, *use, date(2030, 1, 1))
    assert not applies(one, *use, date(2030, 1, 2))


@given(st.sampled_from(sorted(LAW)), st.sampled_from(Act), st.sampled_from(Purpose), st.integers(0, 9000))
def test_what_applies_in_the_union_applies_in_every_member(rule: str, act: Act, purpose: Purpose, days: int) -> None:
    """A wider place is never allowed more."""
    day = date(2005, 1, 1) + timedelta(days)
    if applies(LAW[rule], act, purpose, "EU", day):
        assert all(applies(LAW[rule], act, purpose, member, day) for member in EUROPEAN_UNION)


@pytest.mark.parametrize(
    ("rule", "place", "expected"),
    [
        ("eu-dsm-4", "DE", "Copyright Act (Urheberrechtsgesetz), § 44b, transposing Directive (EU) 2019/790, Art. 4"),
        ("eu-dsm-4", "CY", "(no transposition is on file for CY)"),
        ("eu-dsm-4", "EU", "(no transposition is on file for CY)"),
        ("eu-dsm-3", "CY", "Copyright Law, s. 24, transposing Directive (EU) 2019/790, Art. 3"),
        ("jp-30-4", "JP", "Art. 30-4, item (ii)"),
    ],
)
def test_the_national_article_is_cited_before_the_directive(rule: str, place: str, expected: str) -> None:
    """And where none is on file, that is said."""
    assert expected in cited(LAW[rule], place)


def test_where_every_member_has_transposed_nothing_is_said_to_be_missing() -> None:
    """As of Art. 3 on research."""
    assert cited(LAW["eu-dsm-3"], "EU") == LAW["eu-dsm-3"].rule.cites


@pytest.mark.skipif(not SURVEY.exists(), reason="the survey of national law is not part of this repository")
def test_every_national_article_of_the_survey_is_represented() -> None:
    """With its own citation, its own day, and a sentence that is not the survey's."""
    rows = json.loads(SURVEY.read_text(encoding="utf-8"))
    stated = [row for row in rows if row["title"]]
    assert len(stated) == 53
    for row in stated:
        national = LAW[row["exc"].replace("dsm", "eu-dsm-")].national[row["juris"]]
        title = re.sub(r" \(Член.*\)", "", row["title"])  # it says once more in Bulgarian what it says in English
        title = re.sub(r"<sup>(\d)</sup>|\^(\d)", lambda found: "⁰¹²³"[int(found[1] or found[2])], title)
        missing = [one for one in re.findall(r"\d+[A-Za-z]?[¹²³]?", title) if one not in national.cites]
        assert not missing, (row["juris"], row["exc"], national.cites)
        assert national.since.isoformat().startswith(row["date"])
        assert national.says != row["description"]
    assert sum(len(one.national) for one in LAW.values()) == len(stated)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("as_of = 2026-11-22\n\n", "", "the file of law has no as_of"),
        ("as_of = 2026-11-22\n\n", 'as_of = "today"\n', "as_of is not a day"),
        ("as_of = 2026-11-22\n\n", "as_of = 2026-11-22T00:00:00\n", "as_of is not a day"),
        ("as_of = 2026-11-22\n\n", "as_of = 2026-11-22\nby = 1\n", "the file of law says 'by'"),
        ("as_of = 2026-11-22\n\n", "as_of = [", "not valid TOML"),
        ("[[limitation]]", "[limitation]", "limitation is not a list of tables"),
        ("[[limitation]]", "[[limitations]]", "says 'limitations', which there is not"),
        ('id = "eu-x"', "", "a limitation has no id"),
        ('id = "eu-x"', "id = 3", "id is not text"),
        ('id = "eu-x"', 'id = "eu-y"', "two rules are called 'eu-y'"),
        ('jurisdiction = "EU"', 'jurisdiction = "UK"', "there is no jurisdiction 'UK'"),
        ('jurisdiction = "EU"', 'jurisdiction = "Europe"', "there is no jurisdiction 'Europe'"),
        ('jurisdiction = "EU"', 'jurisdiction = "US"', "'DE' transposes no directive"),
        ("until = 2030-01-01", "untill = 2030-01-01", "eu-x says 'untill', which there is not"),
        ("until = 2030-01-01", "until = 2020-01-01", "ends before it begins"),
        ("until = 2030-01-01", "until = 2030", "until is not a day"),
        ("yields = true", "", "eu-x has no yields"),
        ("yields = true", 'yields = "yes"', "yields is not true or false"),
        ('purposes = ["research"]', "", "eu-x has no purposes"),
        ('purposes = ["research"]', "purposes = []", "eu-x has no purposes"),
        ('purposes = ["research"]', "purposes = 5", "purposes is not a list"),
        ('purposes = ["research"]', 'purposes = ["fun"]', "eu-x: there is no 'fun'"),
        ('cites = "Somewhere, Art. 1"', "", "eu-x has no cites"),
        ('fine-tune = "pending"', 'finetune = "pending"', "eu-x: there is no 'finetune'"),
        ('fine-tune = "pending"', 'fine-tune = "likely"', "eu-x: there is no 'likely'"),
        ('{ train-other = "settled", fine-tune = "pending" }', "{}", "acts is not a table that says something"),
        ('needs = { lawful-access = "Lawful access." }', "", "eu-x has no needs"),
        ('lawful-access = "Lawful access."', "lawful-access = true", "lawful-access is not text"),
        ("national_as_of = 2026-05-01", "", "eu-x has no national_as_of"),
        ("national.DE = ", "national.XK = ", "'XK' transposes no directive"),
        ('cites = "§ 1"', 'cites = ""', "eu-x in DE has no cites"),
        ('says = "Something." }', 'says = "Something.", remarks = "?" }', "eu-x in DE says 'remarks'"),
        ("national.DE = ", "national.DE = 1 #", "DE is not a table"),
        ("[[provision]]", "[[provision]]\nsort = 1", "eu-y says 'sort'"),
        ("minimum = 5,", "minimum = 5.5,", "minimum is neither a whole number nor text"),
        ("minimum = 5,", "minimum = true,", "minimum is neither a whole number nor text"),
    ],
)
def test_faulty_law_is_refused_and_the_fault_named(before: str, after: str, complaint: str) -> None:
    """A file of law that is wrong anywhere lets nobody lean on it."""
    assert before in SMALL
    with pytest.raises(PolicyError, match=re.escape(complaint)):
        parse_law(SMALL.replace(before, after, 1).encode())


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(b"\xff\xfe", "not valid TOML", id="no text"),
        pytest.param(b"as_of = " + b"9" * 10_000, "not valid TOML", id="a number without end"),
        pytest.param(b"as_of = " + b"[" * 10_000, "nested too deep", id="nested 10,000 deep"),
        pytest.param(b" " * (LONGEST + 1), "longer than", id="too long"),
    ],
)
def test_hostile_bytes_are_refused(content: bytes, complaint: str) -> None:
    """With the same error as any fault."""
    with pytest.raises(PolicyError, match=complaint):
        parse_law(content)


def test_a_remark_is_kept_and_an_empty_file_states_nothing() -> None:
    """Neither is a fault."""
    assert "70-septies" in LAW["eu-dsm-4"].national["IT"].remark
    assert parse_law(b"as_of = 2026-11-22") == ((), ())


def test_an_act_less_settled_than_the_others_speaks_for_the_rule() -> None:
    """A rule is no surer than its least sure act."""
    ((one,), _) = parse_law(SMALL.encode())
    assert one.rule.status is Status.PENDING


@given(
    st.lists(st.tuples(st.sampled_from(SMALL.splitlines()), st.sampled_from(["", " = 1", "[", "]]", '"'])), max_size=30)
)
def test_shuffled_law_is_read_or_refused(lines: list[tuple[str, str]]) -> None:
    """And never ends in any other way."""
    with suppress(PolicyError):
        parse_law("\n".join(line + end for line, end in lines).encode())


def test_the_page_of_the_law_is_written_from_the_law() -> None:
    """By `docs/generate_law.py`, which mends this."""
    spec = importlib.util.spec_from_file_location("generate_law", ROOT / "docs" / "generate_law.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "law.md").read_text(encoding="utf-8") == module.page()
