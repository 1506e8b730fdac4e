from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms.clauses import Act, Force, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.tdmrep import FILE, HEADERS, META, in_file, in_headers
from licet.terms.statement import Stance

# The standard's own example, "TDM File on the Origin Server", 2.
THREE_GROUPS = json.dumps(
    [
        {"location": "/directory-a/", "tdm-reservation": 1},
        {
            "location": "/directory-b/html/",
            "tdm-reservation": 1,
            "tdm-policy": "https://provider.com/policies/policy.json",
        },
        {"location": "/directory-b/images/*.jpg", "tdm-reservation": 0},
    ]
).encode()


def says(signal: Signal) -> str:
    """Return what a signal comes to, in a word."""
    if signal.clauses:
        return "/".join(clause.says.value for clause in signal.clauses)
    return "unclear" if signal.problems else signal.silence


def at(path: str) -> Target:
    """Return an address on the standard's own server."""
    return Target(f"https://provider.com{path}")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/directory-a/one.pdf", "reserves", id="reserved"),
        pytest.param("/directory-b/html/one.html", "reserves", id="reserved-with-policy"),
        pytest.param("/directory-b/images/one.jpg", "permits", id="not-reserved"),
        pytest.param("/directory-b/images/one.jpg?size=2", "permits", id="a-pattern-is-a-beginning"),
        pytest.param("/directory-b/images/one.png", "unset", id="star-needs-its-tail"),
        pytest.param("/directory-c/", "unset", id="no-rule"),
        pytest.param("/Directory-A/one.pdf", "unset", id="case-counts"),
        pytest.param("/directory%2Da/one.pdf", "reserves", id="needless-percent"),
    ],
)
def test_the_first_rule_that_matches_counts(path: str, expected: str) -> None:
    """The file of the standard's own example says of each address what the standard says."""
    assert says(FILE.read(THREE_GROUPS, at(path))) == expected


@pytest.mark.parametrize(
    ("location", "path", "matches"),
    [
        pytest.param("/", "", True, id="site-root"),
        pytest.param("/*.mp3$", "/a/one.mp3", True, id="end"),
        pytest.param("/*.mp3$", "/a/one.mp3?x", False, id="not-the-end"),
        pytest.param("/a$", "/a", True, id="exact"),
        pytest.param("/a$", "/ab", False, id="exact-only"),
        pytest.param("/a*b*c$", "/aXbc", True, id="stars"),
        pytest.param("/a*b*c$", "/acb", False, id="stars-in-order"),
        pytest.param("/a*bb$", "/ab", False, id="no-overlap"),
        pytest.param("/a*b*c", "/a-c", False, id="a-piece-is-missing"),
        pytest.param("/foo-%24", "/foo-$", True, id="dollar-itself"),
        pytest.param("/é", "/%c3%a9", True, id="not-ascii"),
    ],
)
def test_a_location_is_a_pattern_as_in_robots_txt(location: str, path: str, *, matches: bool) -> None:
    """`*`, `$` and percent-encoding mean what the standard borrows from robots.txt."""
    rules = json.dumps([{"location": location, "tdm-reservation": 1}]).encode()
    assert says(FILE.read(rules, at(path))) == ("reserves" if matches else "unset")


def test_order_counts_and_not_length() -> None:
    """The most specific match is the first in sequence, however short its pattern is."""
    rules = b'[{"location": "/", "tdm-reservation": 1}, {"location": "/free/", "tdm-reservation": 0}]'
    assert says(FILE.read(rules, at("/free/one.mp3"))) == "reserves"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'[{"location": "/", "tdm-reservation": true}]', id="true"),
        pytest.param(b'[{"location": "/", "tdm-reservation": false}]', id="false"),
        pytest.param(b'[{"location": "/", "tdm-reservation": "0"}]', id="text"),
        pytest.param(b'[{"location": "/", "tdm-reservation": 2}]', id="two"),
        pytest.param(b'[{"location": "/", "tdm-reservation": 0.0}]', id="float"),
        pytest.param(b'[{"location": "/"}]', id="missing"),
        pytest.param(b'[{"location": "/", "tdm-reservation": 1, "tdm-reservation": 0}]', id="twice"),
        pytest.param(b'[{"location": "/", "tdm-reservation": 0, "tdm-policy": 3}]', id="policy-is-no-address"),
        pytest.param(b'[7, {"location": "/", "tdm-reservation": 0}]', id="a-rule-before-is-unreadable"),
        pytest.param(
            b'[{"location": "a", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]', id="no-path"
        ),
        pytest.param(b'{"location": "/", "tdm-reservation": 0}', id="no-array"),
        pytest.param(b"[" * 10_000 + b"]" * 10_000, id="deep"),
        pytest.param(b'[{"location": "/", "tdm-reservation": NaN}]', id="not-a-number"),
        pytest.param(b'[{"location": "/", "tdm-reservation": ' + b"1" * 5000 + b"}]", id="endless-number"),
        pytest.param('[{"location": "/", "tdm-reservation": 0}]'.encode("utf-16"), id="utf-16"),
        pytest.param(b'[{"location": "/", "tdm-reservation": 0}]' + b" " * (1 << 20), id="too-long"),
        pytest.param(b"<html>not found", id="html"),
    ],
)
def test_what_is_not_understood_permits_nothing(content: bytes) -> None:
    """A value that is neither 1 nor 0, or a file that is none, is unset and says why."""
    assert says(FILE.read(content, at("/one.mp3"))) == "unclear"


def test_brackets_in_a_text_nest_nothing() -> None:
    """Depth is counted outside of texts."""
    rules = json.dumps([{"location": "/", "tdm-reservation": 1, "why": "[" * 100 + '\\"{'}]).encode()
    assert says(FILE.read(rules, at("/"))) == "reserves"


@pytest.mark.parametrize(
    "url", ["ftp://provider.com/a", "https://[bad/", "/a", "https://a.b:99999/", "https://a/" + "x" * 9000]
)
def test_a_target_that_is_no_web_address_gets_no_answer(url: str) -> None:
    """What cannot be matched is not guessed at."""
    assert says(FILE.read(b'[{"location": "/", "tdm-reservation": 0}]', Target(url))) == "unclear"


def test_without_an_address_only_a_single_rule_can_leave_rights_unreserved() -> None:
    """Of several rules it is not known which counts, so reservations alone are kept."""
    assert says(FILE.read(b'[{"location": "/", "tdm-reservation": 0}]', Target())) == "permits"
    several = b'[{"location": "/a", "tdm-reservation": 0}, {"location": "/b", "tdm-reservation": 1}]'
    assert says(FILE.read(several, Target())) == "reserves"


def test_a_policy_is_handed_on() -> None:
    """The policy's address stands in the clause's words, and in full in the declaration."""
    target = at("/directory-b/html/")
    assert in_file(THREE_GROUPS, target).policies == ("https://provider.com/policies/policy.json",)
    (clause,) = FILE.read(THREE_GROUPS, target).clauses
    assert clause.token.split("; ") == ["tdm-reservation=1", "tdm-policy=https://provider.com/policies/policy.json"]


def test_mining_is_every_act_but_passing_on() -> None:
    """A reservation covers training, evaluating, indexing and retrieval; a 0 is worth what an exception makes of it."""
    (reserved,) = HEADERS.read(b"TDM-Reservation: 1", Target()).clauses
    (unreserved,) = HEADERS.read(b"TDM-Reservation: 0", Target()).clauses
    assert reserved.acts == unreserved.acts == frozenset(Act) - {Act.REDISTRIBUTE}
    assert unreserved.force is Force.NO_RESERVATION


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"tdm-reservation: 1\r\ntdm-policy: https://a.example/p", "reserves", id="reserved"),
        pytest.param(b"Server: x\nTDM-RESERVATION:0\n", "permits", id="case"),
        pytest.param(b"tdm-reservation: 0, 1", "reserves", id="joined-conflict"),
        pytest.param(b"tdm-reservation: 0\ntdm-reservation: 1", "reserves", id="conflict"),
        pytest.param(b"tdm-reservation: 0\ntdm-reservation: 0", "permits", id="repeated"),
        pytest.param(b"tdm-reservation: yes", "unclear", id="yes"),
        pytest.param(b"x: y\x85tdm-reservation: 0", "unset", id="no-line-end"),
        pytest.param(b"tdm-reservation 0", "unset", id="no-colon"),
        pytest.param(b"", "unset", id="nothing"),
    ],
)
def test_headers_are_read_by_name(content: bytes, expected: str) -> None:
    """A header block says 1, 0, both (then 1), something else, or nothing."""
    assert says(HEADERS.read(content, Target())) == expected


def test_conflicting_headers_leave_no_permission() -> None:
    """Where a response says both, only the reservation is a clause."""
    signal = HEADERS.read(b"tdm-reservation: 0, 1", Target())
    assert [clause.says for clause in signal.clauses] == [Says.RESERVES]
    assert signal.resolution.stance is Stance.SIGNALLED
    assert in_headers(b"tdm-policy: a\ntdm-policy: a\ntdm-policy: b", Target()).policies == ("a", "b")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        pytest.param(b'<meta name="tdm-reservation" content="1">', "reserves", id="reserved"),
        pytest.param(b"<META CONTENT=0 NAME=TDM-Reservation />", "permits", id="loose-html"),
        pytest.param(b'<!-- <meta name="tdm-reservation" content="0"> -->', "unset", id="comment"),
        pytest.param(b'<!-- <meta name="tdm-reservation" content="0">', "unset", id="open-comment"),
        pytest.param(b'<script><meta name="tdm-reservation" content="0"></script>', "unset", id="script"),
        pytest.param(b'<style><meta name="tdm-reservation" content="0">', "unset", id="open-style"),
        pytest.param(b"<a title='<meta name=tdm-reservation content=0>'>", "unset", id="attribute"),
        pytest.param(b"<!x <meta name=tdm-reservation content=0>", "unset", id="bogus-comment"),
        pytest.param(b"<meta name=tdm-reservation content=0", "unset", id="never-ends"),
        pytest.param(b"<meta name=tdm-reservation><meta content=0>", "unset", id="halves"),
        pytest.param(b"<meta name=tdm-reservation content=1 content=0>", "reserves", id="first-attribute-counts"),
        pytest.param(b"<meta a>" * 1001 + b"<meta name=tdm-reservation content=0>", "unset", id="too-many"),
    ],
)
def test_only_real_meta_elements_speak(page: bytes, expected: str) -> None:
    """What stands in comments, scripts and attributes is no element."""
    assert says(META.read(page, Target())) == expected


def test_a_page_names_its_policy() -> None:
    """Both meta elements of the standard's example are read."""
    page = b'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://provider.com/p.json">'
    assert META.read(page, Target()).clauses[0].token.endswith("tdm-policy=https://provider.com/p.json")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_value_but_zero_leaves_rights_unreserved(value: object) -> None:
    """Of all values JSON has, the number 0 alone is a permission."""
    rules = json.dumps([{"location": "/", "tdm-reservation": value}]).encode()
    permits = says(FILE.read(rules, at("/one.mp3"))) == "permits"
    assert permits == (type(value) is int and value == 0)
