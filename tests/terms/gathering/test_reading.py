"""What an answer comes to: the signals of its place, silence in their own words, and unknown where none came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.digests import sha256_bytes
from licet.terms import Says, Scope, Stance
from licet.terms.gathering import Fetched, Kind, Place, Response, places, pointed_to, terms_from

if TYPE_CHECKING:
    from licet.terms import Term

PAGE = "https://example.org/song"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RSL = "application/rsl+xml"


def found(body: bytes = b"", status: int = 200, **headers: str) -> Fetched:
    """Make an answer."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fetched(Response(PAGE, AT, status, named, sha256_bytes(body), landed=PAGE), body)


def said(kind: Kind, fetched: Fetched) -> list[Term]:
    """Return the terms that are not silent."""
    terms = terms_from(Place(kind, PAGE), fetched, PAGE)
    assert terms
    return [term for term in terms if term.resolution.stance is not Stance.SILENT]


@pytest.mark.parametrize(
    ("kind", "fetched", "statement", "where"),
    [
        (Kind.ROBOTS, found(b"User-agent: GPTBot\nDisallow: /"), "User-agent: GPTBot, Disallow: /", PAGE),
        (Kind.ROBOTS, found(b"User-agent: *\nContent-Usage: train-ai=n"), "train-ai=n", PAGE),
        (Kind.ROBOTS, found(b"User-agent: *\nContent-Signal: ai-train=no"), "ai-train=no", PAGE),
        (Kind.AI_TXT, found(b"User-agent: *\nDisallow: /"), "User-agent: *, Disallow: /", PAGE),
        (Kind.TDMREP, found(b'[{"location": "/", "tdm-reservation": 1}]'), "tdm-reservation=1", PAGE),
        (Kind.RESOURCE, found(content_usage_="", **{"content-usage": "train-ai=n"}), "train-ai=n", "Content-Usage"),
        (Kind.RESOURCE, found(tdm_reservation="1"), "tdm-reservation=1", "headers tdm-reservation"),
        (Kind.RESOURCE, found(x_robots_tag="noai"), "noai", "header X-Robots-Tag"),
        (Kind.RESOURCE, found(b'<meta name="robots" content="noai">'), "noai", "HTML"),
        (Kind.RESOURCE, found(b'<meta name="tdm-reservation" content="1">'), "tdm-reservation=1", "HTML"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_place_is_read_for_its_own_signals(kind: Kind, fetched: Fetched, statement: str, where: str) -> None:
    """With the bytes that say so: a site's file speaks of a collection, what a resource says of it alone."""
    (term,) = said(kind, fetched)
    assert term.statement == statement
    assert where in term.evidence.where
    assert term.scope is (Scope.RECORDING if kind is Kind.RESOURCE else Scope.COLLECTION)
    assert term.evidence.blob in {fetched.response.head, fetched.response.body}
    assert term.evidence.captured_at == AT


def test_ai_txt_is_weak() -> None:
    """Nobody vouches for it."""
    (term,) = said(Kind.AI_TXT, found(b"User-agent: *\nDisallow: /"))
    assert not term.vouched


def test_what_a_page_permits_it_permits_of_itself() -> None:
    """Sound that is served with the same words is permitted; beside a permission of a page, a reservation stays."""
    words = {"content-usage": "train-ai=y, search=n"}
    (of_page,) = said(Kind.RESOURCE, found(b"<html>", **words))
    assert [clause.says for clause in of_page.resolution.clauses] == [Says.RESERVES]
    (of_sound,) = said(Kind.RESOURCE, found(content_type="audio/mpeg", **words))
    assert {clause.says for clause in of_sound.resolution.clauses} == {Says.PERMITS, Says.RESERVES}
    assert not said(Kind.RESOURCE, found(b"<html>", **{"content-usage": "train-ai=y"}))


def test_html_is_read_of_pages_alone() -> None:
    """A text that holds the same bytes is no page."""
    assert not said(Kind.RESOURCE, found(b'<meta name="robots" content="noai">', content_type="text/plain"))


def test_silence_is_told_in_each_protocols_own_word() -> None:
    """In one term."""
    (silent,) = terms_from(Place(Kind.ROBOTS, PAGE), found(), PAGE)
    assert "aipref-robots calls this unknown" in silent.resolution.notes
    assert "robots calls this nothing disallowed" in silent.resolution.notes


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("status", [404, 429, 500, 304, 0], ids=str)
def test_what_did_not_come_is_unknown_and_never_silence(kind: Kind, status: int) -> None:
    """Only a file that a site need not have is silent by not being there."""
    (term,) = terms_from(Place(kind, PAGE), found(status=status), PAGE)
    silent = kind.for_site and status == 404
    assert term.resolution.stance is (Stance.SILENT if silent else Stance.UNRESOLVED)


def test_a_failure_says_why() -> None:
    """In the words of the fetcher."""
    failed = Fetched(replace(found().response, status=0, trouble="too-slow", says="it took too long"))
    (term,) = terms_from(Place(Kind.ROBOTS, PAGE), failed, PAGE)
    assert term.resolution.notes == (f"{PAGE}: it took too long",)


@pytest.mark.parametrize(
    ("kind", "fetched", "expected"),
    [
        (Kind.ROBOTS, found(b"License: https://example.org/rsl.xml"), (Kind.LICENCE, "rsl.xml")),
        (
            Kind.TDMREP,
            found(b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://example.org/p.json"}]'),
            (Kind.POLICY, "p.json"),
        ),
        (Kind.RESOURCE, found(tdm_reservation="1", tdm_policy="/p.json"), (Kind.POLICY, "p.json")),
        (
            Kind.RESOURCE,
            found(b'<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="p.json">'),
            (Kind.POLICY, "p.json"),
        ),
        (Kind.RESOURCE, found(link=f'<x>; rel=next, </l.xml>; rel="license"; type="{RSL}"'), (Kind.LICENCE, "l.xml")),
        (Kind.RESOURCE, found(b"<LINK rel='license' type='%b' href=l.xml>" % RSL.encode()), (Kind.LICENCE, "l.xml")),
        (Kind.RESOURCE, found(b"<!-- <link rel=license type=%b href=l.xml> -->" % RSL.encode()), None),
        (Kind.RESOURCE, found(b"<link rel=license href=https://creativecommons.org/licenses/by/4.0/>"), None),
        (Kind.RESOURCE, found(b"<link rel=license>", content_type="text/plain", link="<l>; rel=license"), None),
        (Kind.RESOURCE, found(tdm_policy="file:///etc/passwd"), None),
        (Kind.RESOURCE, found(tdm_policy="http://[", status=404), None),
        (Kind.AI_TXT, found(b"License: https://example.org/rsl.xml"), None),
    ],
    ids=[
        "robots",
        "tdmrep",
        "header",
        "meta",
        "Link",
        "link",
        "comment",
        "no RSL",
        "no page",
        "file",
        "absent",
        "ai.txt",
    ],
)
def test_what_a_place_points_to_is_asked_too(kind: Kind, fetched: Fetched, expected: tuple[Kind, str] | None) -> None:
    """If it can be asked at all."""
    named = pointed_to(Place(kind, PAGE), fetched, PAGE)
    assert named == (() if expected is None else (Place(expected[0], f"https://example.org/{expected[1]}"),))


def test_a_page_cannot_send_us_round_the_whole_web() -> None:
    """A few policies are enough."""
    links = ", ".join(f'<https://example.org/{n}>; rel=license; type="{RSL}"' for n in range(99))
    assert len(pointed_to(Place(Kind.RESOURCE, PAGE), found(link=links), PAGE)) == 8


def test_a_sites_files_are_asked_first() -> None:
    """Robots.txt before all."""
    asked = [place.url.removeprefix("https://example.org") for place in places(PAGE)]
    assert asked == ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/song"]


@given(st.sampled_from(list(Kind)), st.binary(max_size=200), st.text('abc-=;,<>:" \t\n', max_size=60))
def test_noise_permits_nothing(kind: Kind, body: bytes, words: str) -> None:
    """And crashes nothing."""
    fetched = found(body, content_type="", link=words, content_usage=words, x_robots_tag=words, tdm_policy=words)
    place = Place(kind, PAGE)
    pointed_to(place, fetched, PAGE)
    clauses = [clause for term in terms_from(place, fetched, PAGE) for clause in term.resolution.clauses]
    assert not any(clause.says is Says.PERMITS for clause in clauses)
