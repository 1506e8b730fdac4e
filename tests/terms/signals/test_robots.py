from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms.clauses import Act, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.crawlers import CRAWLERS, RETRIEVAL, SEARCH, TRAINING
from licet.terms.signals.robots import READER
from licet.terms.signals.robots_file import MOST_BYTES, barred, read_robots_file, speaks_of
from licet.terms.statement import Stance

TRACK = Target("https://music.example/songs/one.mp3")


def read(text: str, url: str = TRACK.url) -> Signal:
    """Read a robots.txt for an address."""
    return READER.read(text.encode(), Target(url))


def reserved(text: str, url: str = TRACK.url) -> frozenset[Act]:
    """Return the acts that a robots.txt reserves at an address."""
    return frozenset[Act]().union(*(clause.acts for clause in read(text, url).clauses))


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        pytest.param("User-agent: GPTBot\nDisallow: /", TRAINING, id="a training crawler"),
        pytest.param("user-AGENT: gptbot\ndisallow: /songs/", TRAINING, id="names in any case"),
        pytest.param("User-agent: GPTBot/1.1\nDisallow: /", TRAINING, id="a version after the name"),
        pytest.param("User-agent: ChatGPT-User\nDisallow: /", RETRIEVAL, id="a retrieving crawler"),
        pytest.param("User-agent: OAI-SearchBot\nDisallow: /", SEARCH, id="a searching crawler"),
        pytest.param("User-agent: Tunebot\nDisallow: /", frozenset(), id="a crawler that nobody knows"),
        pytest.param("User-agent: *\nDisallow: /", frozenset(Act), id="all crawlers"),
        pytest.param("User-agent: *\nDisallow: /other/", frozenset(), id="another path"),
        pytest.param("User-agent: *\nDisallow:", frozenset(), id="an empty Disallow"),
        pytest.param("User-agent: *\nAllow: /", frozenset(), id="Allow"),
        pytest.param("User-agent: GPTBot\nDisallow: /\nAllow: /songs/", frozenset(), id="the longer Allow wins"),
        pytest.param("User-agent: GPTBot\nAllow: /\nDisallow: /songs/", TRAINING, id="the longer Disallow wins"),
        pytest.param("User-agent: GPTBot\nDisallow: /s\nAllow: /s", frozenset(), id="Allow wins a tie"),
        pytest.param("User-agent: GPTBot\nUser-agent: *\nDisallow: /", frozenset(Act), id="two names, one group"),
        pytest.param("User-agent: CCBot\nSitemap: x\nUser-agent: a\nDisallow: /", TRAINING, id="a sitemap ends none"),
        pytest.param("User-agent: CCBot\nAllow: /x\nUser-agent: a\nDisallow: /", frozenset(), id="a rule ends names"),
        pytest.param(
            "User-agent: CCBot\nDisallow: /s\n\nUser-agent: a\nAllow: /\n\nUser-agent: CCBot\nAllow: /songs/",
            frozenset(),
            id="groups of one crawler are one",
        ),
        pytest.param("Disallow: /", frozenset(), id="a rule in no group"),
        pytest.param("\ufeffUser-agent: CCBot\r\nDisallow: / # all\r", TRAINING, id="byte order mark and line ends"),
        pytest.param("<html><body>Not found</body></html>", frozenset(), id="a page instead of a file"),
        pytest.param("User-agent GPTBot\nDisallow /", frozenset(), id="no colons"),
        pytest.param("", frozenset(), id="nothing"),
    ],
)
def test_a_crawler_kept_out_reserves_what_it_gathers_for(text: str, acts: frozenset[Act]) -> None:
    """A Disallow that covers the address reserves; nothing else says anything."""
    assert reserved(text) == acts


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        pytest.param("/", "/fish", True, id="/ covers all"),
        pytest.param("/fish", "/fishheads/yummy.html", True, id="a beginning"),
        pytest.param("/fish", "/Fish.asp", False, id="case counts"),
        pytest.param("/fish*", "/fish", True, id="a star at the end"),
        pytest.param("/*.php", "/folder/filename.php?parameters", True, id="a star inside"),
        pytest.param("/*.php$", "/filename.php?parameters", False, id="the end"),
        pytest.param("/*.php$", "/filename.php", True, id="the end is there"),
        pytest.param("/fish*.php", "/Fish.PHP", False, id="star and case"),
        pytest.param("/fish$", "/fish", True, id="the end without a star"),
        pytest.param("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", False, id="RFC 9309"),
        pytest.param("/foo/bar/\u30c4", "/foo/bar/%E3%83%84", True, id="RFC 9309: not ASCII"),
        pytest.param("/foo/bar/%62%61%7A", "/foo/bar/baz", True, id="RFC 9309: encoded without need"),
        pytest.param("", "/", False, id="an empty pattern"),
    ],
)
def test_patterns_match_as_rfc_9309_says(pattern: str, path: str, matches: bool) -> None:
    """The examples of RFC 9309, section 2.2, and those of Google's documentation."""
    assert speaks_of(pattern, f"https://music.example{path}") is matches


@given(pattern=st.text("/*aä", min_size=1), path=st.text("/aä?"))
def test_the_beginning_of_a_pattern_speaks_of_whatever_the_pattern_does(pattern: str, path: str) -> None:
    """Law: to write a pattern longer never makes it speak of more."""
    url = f"https://music.example/{path}"
    assert speaks_of(f"/{pattern[:-1]}", url) or not speaks_of(f"/{pattern}", url)


def test_a_clause_names_the_crawler_and_the_rule() -> None:
    """The words that reserve are told as they stand."""
    (clause,) = read("User-agent: ccbot\nDisallow: /*.mp3$\n").clauses
    assert (clause.says, clause.token) == (Says.RESERVES, "User-agent: CCBot, Disallow: /*.mp3$")


def test_a_file_that_is_too_long_is_read_to_its_last_whole_line() -> None:
    """What lies within 500 KiB counts, half a line does not, and the rest is reported."""
    start = b"User-agent: CCBot\nDisallow: /songs/\n"
    content = start + b"Allow: /songs/one.mp3" + b"#" * MOST_BYTES
    signal = READER.read(content, TRACK)
    assert [clause.acts for clause in signal.clauses] == [TRAINING]
    assert "longer than" in signal.problems[0]


@pytest.mark.parametrize("url", ["http://[", "songs/one.mp3", "https://music.example/" + "a" * 4096])
def test_an_address_that_no_rule_could_speak_of_is_reported(url: str) -> None:
    """Without a path nothing is reserved, and nothing is silent either."""
    assert read("User-agent: *\nDisallow: /", url).resolution.stance is Stance.UNRESOLVED


def test_without_an_address_the_root_is_asked_about() -> None:
    """The bytes alone speak of the whole site."""
    assert reserved("User-agent: CCBot\nDisallow: /", "") == TRAINING


def test_each_known_crawler_gathers_for_something_and_has_a_source() -> None:
    """The table is complete: acts, and a page that says so."""
    assert all(crawler.acts and crawler.source.startswith("https://") for crawler in CRAWLERS.values())
    assert {"gptbot", "google-extended", "ccbot", "claudebot", "bytespider", "meta-externalagent"} < set(CRAWLERS)


def test_a_group_that_names_every_crawler_is_matched_once() -> None:
    """Each crawler gets the same answer from one group."""
    names = "".join(f"User-agent: {crawler.token}\n" for crawler in CRAWLERS.values())
    assert set(barred(read_robots_file(f"{names}Disallow: /".encode()), TRACK.url)) == set(CRAWLERS)
