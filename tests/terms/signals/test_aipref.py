from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.aipref import HEADER, LONGEST_HEADER, ROBOTS, VOCABULARIES
from licet.terms.signals.robots_file import LONGEST_ADDRESS, MOST_BYTES
from licet.terms.signals.usage_rules import MOST_RULES, settled
from licet.terms.statement import Stance

SITE = "https://music.example"


def said(signal: Signal) -> str:
    """Write what a signal says on one line: `+` permits, `-` reserves, a word for each act."""
    words = [
        f"{'+' if clause.says is Says.PERMITS else '-'}{act.value}" for clause in signal.clauses for act in clause.acts
    ]
    return " ".join(sorted(words))


def header(value: str, vocabulary: str = "") -> Signal:
    """Read a Content-Usage header."""
    return HEADER.read(value.encode(), Target(vocabulary=vocabulary))


def robots(text: str, path: str = "/songs/one.mp3") -> Signal:
    """Read a robots.txt for one path."""
    return ROBOTS.read(text.encode(), Target(SITE + path))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("train-ai=n", "-fine-tune -train-generative", id="the draft's header example"),
        pytest.param("train-ai=y, search=n", "+fine-tune +train-generative -index", id="the draft's format example"),
        pytest.param('train-ai=y, train-ai, search=n, search="n"', "", id="the draft's duplicates: the last, no token"),
        pytest.param("train-ai;allow=n, train-ai=y", "+fine-tune +train-generative", id="the draft's lost parameter"),
        pytest.param('train-ai;has;parameters="?"', "", id="the draft's parameters without a preference"),
        pytest.param("train-ai=n;why=because", "-fine-tune -train-generative", id="parameters are ignored"),
        pytest.param("other=y, search=y", "+index", id="unknown labels are ignored"),
        pytest.param("Train-AI=y", "", id="case counts: an upper case key spoils the dictionary"),
        pytest.param("search=Y", "", id="case counts in the value too"),
        pytest.param("search=(y)", "", id="a list is no token"),
        pytest.param("search=?1", "", id="a boolean is no token"),
        pytest.param("search=y,", "", id="a trailing comma spoils the dictionary"),
        pytest.param("", "", id="an empty header"),
    ],
)
def test_a_header_is_read_as_the_draft_says(value: str, expected: str) -> None:
    """The examples of vocab-07, section 6, and what they imply."""
    assert said(header(value)) == expected


@pytest.mark.parametrize(
    ("vocabulary", "value", "expected"),
    [
        pytest.param("aipref-vocab-02", "train-ai=n", "-fine-tune -train-generative -train-other", id="02 any"),
        pytest.param("aipref-vocab-07", "train-ai=n", "-fine-tune -train-generative", id="07 generative"),
        pytest.param("aipref-vocab-08", "train-ai=n, ai-use=n", "-fine-tune -retrieve -train-generative", id="08 use"),
        pytest.param("aipref-vocab-02", "train-genai=y", "+fine-tune +train-generative", id="02 train-genai"),
        pytest.param(
            "aipref-vocab-02",
            "all=n, search=y",
            "+index -evaluate -fine-tune -retrieve -train-generative -train-other",
            id="02 a category takes the preference of the one above it",
        ),
        pytest.param(
            "aipref-vocab-02",
            "train-ai=n, train-genai=y",
            "+train-generative -fine-tune -train-other",
            id="02 what is reserved by one category is not permitted by another",
        ),
        pytest.param("aipref-vocab-99", "train-ai=y", "", id="an unknown version"),
    ],
)
def test_the_versions_of_the_vocabulary_are_kept_apart(vocabulary: str, value: str, expected: str) -> None:
    """`train-ai` changed its meaning, so that the same words are read by the version that they were written in."""
    signal = header(value, vocabulary)
    assert said(signal) == expected
    assert signal.vocabulary == vocabulary


def test_a_preference_is_worth_a_preference() -> None:
    """`y` is what whoever serves the file would like, and grants nothing."""
    (clause,) = header("search=y").clauses
    assert clause == Clause(Says.PERMITS, frozenset({Act.INDEX}), "search=y", Force.PREFERENCE)


@pytest.mark.parametrize("value", ["a b", "train-ai=y\nx", "é=y", "x" * (LONGEST_HEADER + 1)])
def test_what_is_no_dictionary_is_reported(value: str) -> None:
    """A header that cannot be parsed leaves everything unknown, and says so."""
    assert header(value).resolution.stance is Stance.UNRESOLVED


def test_a_word_of_another_version_takes_the_permissions_away() -> None:
    """A label that another version knows was meant to say something: nothing is permitted beside it."""
    signal = header("train-genai=n, search=y")
    assert (signal.clauses, signal.problems) == ((), ("train-genai is no word of aipref-vocab-07",))


DRAFT = """
User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: / train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: / train-ai=y
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/test", "-fine-tune -train-generative", id="/test"),
        pytest.param("/never/test", "-fine-tune -train-generative", id="/never/test: reserved in any case"),
        pytest.param("/ai-ok/test", "+fine-tune +train-generative", id="/ai-ok/test"),
    ],
)
def test_the_drafts_robots_file_is_read_as_its_table_says(path: str, expected: str) -> None:
    """attach-05, section 4.4; where nothing may be crawled a reservation is kept, since it cannot harm."""
    assert said(robots(DRAFT, path)) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param("Content-Usage: search=y", "+index", id="no path speaks of the site"),
        pytest.param("content-usage :\t/songs/\tsearch=y", "+index", id="tabs and case of the field"),
        pytest.param("Content-Usage: /other/ search=y", "", id="another path"),
        pytest.param("Content-Usage: / search=y\nContent-Usage: / search=n", "-index", id="one path: no wins"),
        pytest.param("Content-Usage: / search=n\nContent-Usage: / search=y", "-index", id="in any order"),
        pytest.param("Content-Usage: / search=n\nContent-Usage: /s search=y", "+index", id="the longer path wins"),
        pytest.param(
            "Content-Usage: / train-ai=n, search=y\nContent-Usage: /songs/ search=n",
            "-fine-tune -index -train-generative",
            id="a reservation stands where the longer path is silent",
        ),
        pytest.param("Content-Usage: / train-ai=y\nContent-Usage: /songs/ search=n", "-index", id="no permission does"),
        pytest.param("Content-Usage: /songs/*.mp3$ search=y", "+index", id="wildcards"),
        pytest.param("Content-Usage: / search=y\nDisallow: /songs/", "", id="no permission for what is barred"),
        pytest.param("Content-Usage: /songs/", "", id="a path without a preference"),
        pytest.param("Content-Usage:", "", id="nothing at all"),
        pytest.param("Content-Usage: / search=y\nContent-Usage: / ???", "", id="no permission beside nonsense"),
        pytest.param("Allow: /\nUser-agent: GPTBot\nContent-Usage: search=y", "", id="another crawler's group"),
    ],
)
def test_rules_prevail_by_the_length_of_their_paths(rules: str, expected: str) -> None:
    """The longest path speaks first, a reservation is never lost, and what is not understood permits nothing."""
    assert said(robots(f"User-agent: *\n{rules}\n")) == expected


@pytest.mark.parametrize(
    ("content", "url"),
    [
        pytest.param(b"Content-Usage: search=y\nUser-agent: *\n", SITE, id="outside any group"),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n# caf\xe9\n", SITE, id="not UTF-8"),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n" + b"#" * MOST_BYTES, SITE, id="too long"),
        pytest.param(
            b"User-agent: *\n" + b"".join(b"Content-Usage: /%d search=y\n" % n for n in range(MOST_RULES + 1)),
            SITE,
            id="too many rules",
        ),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n", "", id="no address"),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n", "http://[", id="no URL"),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n", "songs/one.mp3", id="a relative URL"),
        pytest.param(b"User-agent: *\nContent-Usage: search=y\n", SITE + "/" * LONGEST_ADDRESS, id="an endless URL"),
    ],
)
def test_a_doubtful_file_permits_nothing(content: bytes, url: str) -> None:
    """A permission stands only in a file that was wholly understood, for an address that was asked about."""
    assert ROBOTS.read(content, Target(url)).resolution.stance is Stance.UNRESOLVED


@given(
    preferences=st.dictionaries(
        st.sampled_from(sorted(VOCABULARIES["aipref-vocab-02"])), st.sampled_from(["y", "n", "x", '"y"'])
    ),
    vocabulary=st.sampled_from(sorted(VOCABULARIES)),
)
def test_no_act_is_both_permitted_and_reserved(preferences: dict[str, str], vocabulary: str) -> None:
    """Whatever is combined, one preference comes out for each act."""
    signal = header(", ".join(f"{label}={value}" for label, value in preferences.items()), vocabulary)
    words = said(signal).split()
    assert not {word[1:] for word in words if word[0] == "+"} & {word[1:] for word in words if word[0] == "-"}


def test_nothing_is_settled_from_nothing() -> None:
    """No layers say nothing, and an empty layer hides none."""
    clause = Clause(Says.RESERVES, frozenset({Act.INDEX}), "search=n")
    assert settled([]) == ()
    assert settled([[], [clause]]) == (clause,)
