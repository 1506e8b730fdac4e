from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms.clauses import Act, Clause, Force, Purpose, Says
from licet.terms.signals import Signal, Target
from licet.terms.signals.rsl import DOCUMENT, ROBOTS, licence_urls
from licet.terms.statement import Stance

TRAINING = {Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE}
SONG = Target("https://music.example/songs/one.mp3")
TRAIN = '<permits type="usage">ai-train</permits>'


def read(inside: str, target: Target = SONG) -> Signal:
    """Read what stands in the root of a document."""
    return DOCUMENT.read(f'<rsl xmlns="https://rslstandard.org/rsl">{inside}</rsl>'.encode(), target)


def licence(inside: str, url: str = "/", **attributes: str) -> Signal:
    """Read one licence of one content."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return read(f'<content url="{url}"{more}><license>{inside}</license></content>')


def permitted(signal: Signal) -> Clause:
    """Return the only clause of a signal, which permits."""
    (clause,) = signal.clauses
    assert (clause.says, clause.force) == (Says.PERMITS, Force.GRANT)
    return clause


@pytest.mark.parametrize(
    ("words", "acts"),
    [
        pytest.param("ai-train", TRAINING, id="ai-train"),
        pytest.param("ai-input", {Act.RETRIEVE}, id="ai-input"),
        pytest.param("ai-index search", {Act.INDEX}, id="ai-index-search"),
        pytest.param("ai-all", TRAINING | {Act.RETRIEVE, Act.INDEX}, id="ai-all"),
        pytest.param("all", set(Act), id="all"),
        pytest.param("AI-Train\n\tSEARCH", TRAINING | {Act.INDEX}, id="case-and-space"),
    ],
)
def test_a_usage_is_permitted_as_listed(words: str, acts: set[Act]) -> None:
    """`permits` of type usage lists acts, and nothing is asked where no payment stands."""
    clause = permitted(licence(f'<permits type="usage">{words}</permits>'))
    assert clause.acts == acts
    assert (clause.purposes, clause.territories, clause.asks) == (frozenset(Purpose), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("more", "attributes", "asks"),
    [
        pytest.param('<payment type="free"/>', {}, set(), id="free"),
        pytest.param("<payment/>", {}, set(), id="no-type-is-free"),
        pytest.param('<payment type="attribution"/>', {}, {"attribution"}, id="attribution"),
        pytest.param('<payment type="training"/>', {}, {"payment"}, id="training"),
        pytest.param('<payment type="free"><amount currency="EUR">1</amount></payment>', {}, {"payment"}, id="priced"),
        pytest.param('<payment type="use"/><payment type="attribution"/>', {}, {"payment", "attribution"}, id="both"),
        pytest.param('<reporting type="audit" profile="https://a.example"/>', {}, {"reporting"}, id="reporting"),
        pytest.param("", {"server": "https://licence.example"}, {"consent"}, id="server"),
        pytest.param("", {"encrypted": "true"}, {"consent"}, id="encrypted"),
        pytest.param("", {"encrypted": "false"}, set(), id="not-encrypted"),
        pytest.param("<legal type='warranty'>ownership</legal><terms>https://a.example</terms>", {}, set(), id="legal"),
    ],
)
def test_a_licence_asks_in_return(more: str, attributes: dict[str, str], asks: set[str]) -> None:
    """Payment, reporting and a licence server become what a permission asks; legal terms are left to people."""
    assert permitted(licence(TRAIN + more, **attributes)).asks == asks


@pytest.mark.parametrize(
    ("users", "purposes"),
    [
        pytest.param("commercial", {Purpose.COMMERCIAL}, id="commercial"),
        pytest.param("non-commercial", {Purpose.NON_COMMERCIAL, Purpose.RESEARCH}, id="non-commercial"),
        pytest.param("commercial education", {Purpose.COMMERCIAL}, id="a-school-is-no-purpose"),
    ],
)
def test_users_are_purposes(users: str, purposes: set[Purpose]) -> None:
    """Whom a licence is for says for what it is."""
    assert permitted(licence(f'{TRAIN}<permits type="user">{users}</permits>')).purposes == purposes


def test_places_are_listed_by_country() -> None:
    """Where a licence holds is a list of countries, or the EU."""
    assert permitted(licence(f'{TRAIN}<permits type="geo">EU us</permits>')).territories == {"EU", "US"}


@pytest.mark.parametrize(
    ("inside", "acts", "purposes", "territories"),
    [
        pytest.param('<prohibits type="usage">ai-train</prohibits>', TRAINING, set(Purpose), set(), id="usage"),
        pytest.param(
            '<prohibits type="usage"><!-- no --> <b/>ai-train</prohibits>', TRAINING, set(Purpose), set(), id="mixed"
        ),
        pytest.param('<prohibits type="user">commercial</prohibits>', set(Act), {Purpose.COMMERCIAL}, set(), id="user"),
        pytest.param('<prohibits type="geo">US</prohibits>', set(Act), set(Purpose), {"US"}, id="geo"),
        pytest.param(
            '<prohibits type="usage">ai-all</prohibits>',
            set(Act) - {Act.REDISTRIBUTE},
            set(Purpose),
            set(),
            id="any-ai",
        ),
        pytest.param(
            '<prohibits type="user">education</prohibits>',
            set(Act),
            {Purpose.NON_COMMERCIAL, Purpose.RESEARCH},
            set(),
            id="schools-may-be-researchers",
        ),
    ],
)
def test_what_is_prohibited_is_reserved(
    inside: str, acts: set[Act], purposes: set[Purpose], territories: set[str]
) -> None:
    """A prohibited usage is reserved from everybody, a prohibited user or place in every usage."""
    (clause,) = licence(inside).clauses
    assert clause.says is Says.RESERVES
    assert (clause.acts, clause.purposes, clause.territories) == (acts, purposes, territories)


def test_what_is_permitted_and_prohibited_is_reserved_as_well() -> None:
    """Both clauses stand, and whoever decides lets the reservation win."""
    signal = licence(TRAIN + '<prohibits type="usage">ai-train</prohibits>')
    assert {clause.says for clause in signal.clauses} == {Says.PERMITS, Says.RESERVES}


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("", id="empty"),
        pytest.param('<payment type="free"/>', id="free-of-what"),
        pytest.param('<permits type="user">commercial</permits>', id="no-usage"),
        pytest.param('<permits type="usage"/>', id="no-words"),
        pytest.param(TRAIN + '<permits type="user">education</permits>', id="nobody-known"),
        pytest.param(TRAIN + '<permits type="geo"> </permits>', id="nowhere"),
        pytest.param(TRAIN + '<permits type="geo">UK</permits>', id="no-iso-code"),
        pytest.param(TRAIN + "<permits>search</permits>", id="no-type"),
        pytest.param(TRAIN + '<permits type="usage">juggle</permits>', id="unread-word"),
        pytest.param(TRAIN + '<payment type="barter"/>', id="unread-payment"),
        pytest.param(TRAIN + "<unless>you are kind</unless>", id="unread-element"),
        pytest.param(TRAIN + '<prohibits type="mood">sad</prohibits>', id="unread-prohibition"),
        pytest.param(TRAIN + '<prohibits type="usage">juggle</prohibits>', id="unread-prohibited-word"),
        pytest.param(TRAIN + '<prohibits type="usage"/>', id="prohibits-who-knows-what"),
        pytest.param(TRAIN + '<prohibits type="geo">UK</prohibits>', id="prohibited-where"),
        pytest.param(TRAIN + "</license><limits/><license>" + TRAIN, id="unread-beside"),
    ],
)
def test_what_is_not_understood_permits_nothing(inside: str) -> None:
    """A licence that names no usage, or holds what is not read, is for people to read."""
    signal = licence(inside)
    assert not signal.clauses
    assert signal.resolution.stance is Stance.UNRESOLVED


BILLION_LAUGHS = b'<!DOCTYPE rsl [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rsl><content url="">&b;</content></rsl>'


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(BILLION_LAUGHS, id="entities"),
        pytest.param(b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rsl>&x;</rsl>', id="external-entity"),
        pytest.param(b'<!DOCTYPE rsl SYSTEM "https://evil.example/rsl.dtd"><rsl/>', id="external-dtd"),
        pytest.param(b"<rsl>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</rsl>", id="deep"),
        pytest.param(b"<rsl>" + b" " * (1 << 20) + b"</rsl>", id="too-long"),
        pytest.param(b'<?xml version="1.0" encoding="nonsense"?><rsl/>', id="encoding"),
        pytest.param(b'<?xml version="1.0" encoding="shift_jis"?><rsl/>', id="multi-byte-encoding"),
        pytest.param(b"<rsl>\xff</rsl>", id="not-utf-8"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"<rsl", id="broken"),
        pytest.param(b"<rss/>", id="another-root"),
        pytest.param(b'<rsl xmlns="https://other.example/rsl"/>', id="another-namespace"),
    ],
)
def test_hostile_xml_is_a_problem(content: bytes) -> None:
    """Entities, DTDs, depth and broken encodings are refused, and named."""
    signal = DOCUMENT.read(content, SONG)
    assert signal.problems
    assert not signal.clauses


@pytest.mark.parametrize(
    ("url", "speaks"),
    [
        pytest.param("", True, id="what-it-was-found-on"),
        pytest.param("/", True, id="the-site"),
        pytest.param("/songs/*.mp3$", True, id="pattern"),
        pytest.param("*.mp3", True, id="star"),
        pytest.param("/songs/*.wav", False, id="other-files"),
        pytest.param("https://music.example", True, id="bare-origin"),
        pytest.param("HTTPS://MUSIC.example:443/songs/*", True, id="absolute-pattern"),
        pytest.param("https://music.example/albums/", False, id="other-path"),
        pytest.param("https://other.example/", False, id="other-host"),
        pytest.param("http://music.example:8080/", False, id="other-port"),
    ],
)
def test_a_content_speaks_for_what_its_url_matches(url: str, *, speaks: bool) -> None:
    """`content@url` is empty, a path pattern or a web address, and all else is unlicensed."""
    signal = licence(TRAIN, url)
    assert bool(signal.clauses) is speaks
    assert (signal.silence, signal.problems) == ("unlicensed", ())


@pytest.mark.parametrize("url", ["songs/", "//music.example/", "mailto:a@b.c"])
def test_an_address_of_no_kind_makes_permissions_doubtful(url: str) -> None:
    """Whether an unreadable content would have been the narrowest is not known."""
    free = f'<content url="/"><license>{TRAIN}</license></content>'
    assert read(f'<content url="{url}"/>{free}').resolution.stance is Stance.UNRESOLVED


def test_the_narrowest_content_speaks() -> None:
    """A narrower pattern speaks in place of a broader one, and equals speak together."""
    stop = '<license><prohibits type="usage">search</prohibits></license>'
    broad, narrow = f'<content url="/">{stop}</content>', f'<content url="/songs/"><license>{TRAIN}</license></content>'
    assert permitted(read(broad + narrow))
    assert len(read(narrow + f'<content url="/songs/">{stop}</content>').clauses) == 2


def test_without_an_address_only_a_single_content_can_permit() -> None:
    """A document taken from a file speaks of that file, if it speaks of one thing."""
    one = f'<content url="/elsewhere"><license>{TRAIN}</license></content>'
    assert permitted(read(one, Target()))
    assert not read(one + one, Target()).clauses
    assert read(one, Target("ftp://music.example/")).problems


@pytest.mark.parametrize(
    ("inside", "acts"),
    [
        pytest.param('<permits type="usage">train-ai,search</permits>', TRAINING | {Act.INDEX}, id="commas"),
        pytest.param('<permits type="usage">train-genai</permits>', {Act.TRAIN_GENERATIVE, Act.FINE_TUNE}, id="genai"),
        pytest.param('<permits type="usage">ai-use</permits>', {Act.RETRIEVE}, id="ai-use"),
        pytest.param('<permits type="usage">search</permits><payment type="inference"/>', {Act.INDEX}, id="inference"),
    ],
)
def test_the_draft_dialect_is_read_and_named(inside: str, acts: set[Act]) -> None:
    """Words of the 2025 draft are accepted, and the signal says by which version it was read."""
    signal = licence(inside)
    assert (permitted(signal).acts, signal.vocabulary) == (acts, "rsl-0.9")
    assert licence(TRAIN).vocabulary == "rsl-1.0"


def test_what_a_content_holds_for_people_changes_nothing() -> None:
    """A schema, a copyright notice or an alternate beside the licence leave its permission as it is."""
    assert permitted(read(f'<content url="/"><copyright/><license>{TRAIN}</license><schema/></content>'))


def test_a_prefix_and_no_namespace_are_the_same() -> None:
    """The namespace may be bound to a prefix or be left out altogether."""
    inside = f'<content url="/"><license>{TRAIN}</license></content>'
    prefixed = inside.replace("</", "</r:").replace("<", "<r:").replace("<r:/r:", "</r:")
    for text in (f"<rsl>{inside}</rsl>", f'<r:rsl xmlns:r="https://rslstandard.org/rsl">{prefixed}</r:rsl>'):
        assert permitted(DOCUMENT.read(text.encode(), SONG))


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param("License: https://a.example/rsl.xml", ("https://a.example/rsl.xml",), id="outside"),
        pytest.param(
            "License: https://a.example/1\nUser-agent: *\nAllow: /\nLICENSE : https://a.example/2 # ours",
            ("https://a.example/2",),
            id="the-group-counts-first",
        ),
        pytest.param("User-agent: x\nLicense: https://a.example/1", ("https://a.example/1",), id="only-for-another"),
        pytest.param("License: /rsl.xml\nLicense: ftp://a.example/", (), id="no-web-address"),
        pytest.param("License: https://a.example/\n" * 2, ("https://a.example/",), id="once"),
        pytest.param("User-agent: *\nDisallow: /", (), id="none"),
    ],
)
def test_robots_txt_says_where_the_licence_is(text: str, urls: tuple[str, ...]) -> None:
    """`License:` lines are found by group, and name web addresses."""
    assert licence_urls(text.encode(), SONG) == urls
    signal = ROBOTS.read(text.encode(), SONG)
    assert not signal.clauses
    assert bool(signal.problems) is ("/rsl.xml\nLicense: ftp" in text)


@given(st.text(alphabet="<>/= \"'abcdeghilnoprstuy-", max_size=80))
def test_no_markup_without_permits_permits(text: str) -> None:
    """A licence in which no `permits` stands permits nothing."""
    signal = licence(text.replace("permits", ""))
    assert not any(clause.says is Says.PERMITS for clause in signal.clauses)
