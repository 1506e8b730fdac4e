"""The rights card says what was cleared and what was not, and nobody's title can make it say anything else."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from licet.corpus import Line, Seal, house_policy
from licet.corpus.wording import shown
from licet.exports import About, Facts
from licet.exports.rights_card import NO_ONE_LICENCE, card_lines, escaped, write
from manifests import BY, CC0, HOSTILE_TITLES, NC, STRICT, line_of, many_lines, reasons, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HEADINGS = (
    "What was asked",
    "The same items under each reading",
    "Licences of the permitted items",
    "What blocks the rest",
    "Conditions to keep",
    "What Licet cannot tell",
    "How to verify it",
)


def card(
    folder: Path,
    lines: Iterable[Line] | None = None,
    about: About | None = None,
    seal: Seal | None = None,
    **head: object,
) -> str:
    """Return the card of a look-alike manifest."""
    facts = Facts.of(write_sample(folder, lines, **head), about or About())
    facts = Facts(facts.folder, facts.head, facts.counts, facts.about, seal)
    with facts.asking() as manifest:
        return "\n".join(card_lines(facts, manifest))


def rendered(text: str) -> str:
    """Return Markdown as a page shows it, with HTML let through, as such pages do."""
    return MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)


def section(text: str, heading: str) -> str:
    """Return what stands under one heading."""
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_it_has_every_part(tmp_path: Path) -> None:
    """In one order, whatever the manifest holds."""
    for name, lines in (("sample", None), ("empty", [])):
        assert tuple(re.findall(r"^## (.+)$", card(tmp_path / name, lines), re.MULTILINE)) == HEADINGS


def test_it_says_for_what_it_holds(tmp_path: Path) -> None:
    """Use, place, day, reading and the conditions accepted."""
    asked = section(card(tmp_path), "What was asked")
    for words in ("train a generative model", "commercially", "in the EU and the US", "22 November 2026", STRICT):
        assert words in asked
    assert "Conditions accepted: attribution, notice." in asked


def test_every_reading_is_shown_beside_the_one_that_was_asked_for(tmp_path: Path) -> None:
    """Contested law is never shown as settled."""
    rows = section(card(tmp_path), "The same items under each reading")
    facts = Facts.of(tmp_path, About())
    assert f"| **strict**, asked for | {facts.counts.permitted} | {facts.counts.refused} |" in rows
    (other,) = re.findall(r"^\| cc-guidance-2025 \| (\d+) \|", rows, re.MULTILINE)
    assert int(other) > facts.counts.permitted


def test_readings_of_the_house_go_by_their_titles(tmp_path: Path) -> None:
    """And say what they take to be so."""
    text = card(tmp_path, policy_sha256=house_policy().digest)
    assert "| **Strict**, asked for |" in text
    assert house_policy().reading("strict").summary in text


def test_licences_are_those_of_permitted_items_alone(tmp_path: Path) -> None:
    """Each with its address and its number; that of a refused item is not among them."""
    lines = [
        line_of("a", BY, key="jamendo:1"),
        line_of("b", BY, key="jamendo:2"),
        line_of("c", CC0, key="jamendo:3"),
        line_of("d", NC, key="jamendo:4"),
    ]
    found = section(card(tmp_path, lines), "Licences of the permitted items")
    assert "| CC BY 3.0 | <https://creativecommons.org/licenses/by/3.0/> | 2 |" in found
    assert "| CC0 1.0 | <https://creativecommons.org/publicdomain/zero/1.0/> | 1 |" in found
    assert "NC" not in found


def test_no_licence_is_given_for_all(tmp_path: Path) -> None:
    """The front matter says that each has its own, even where all happen to be alike."""
    text = card(tmp_path, [line_of("a", BY, key="jamendo:1")], About(keywords=("ambient", 'a: "b"')))
    assert text.startswith(f"---\nlicense: other\nlicense_name: {NO_ONE_LICENCE}\ntags:\n")
    assert '\n- "ambient"\n- "a: \\"b\\""\n---\n' in text


def test_where_nothing_is_permitted_nothing_is_offered(tmp_path: Path) -> None:
    """No front matter, no licence, no table of them."""
    text = card(tmp_path, [line_of("a", NC, key="jamendo:1")])
    assert text.startswith("# Rights in ")
    assert "Nothing is permitted." in text
    assert "license:" not in text


def test_what_blocks_the_rest_is_ranked_with_how_settled_it_is(tmp_path: Path) -> None:
    """The commonest first, each with its share."""
    rows = re.findall(r"^\| .+ \| (\w+) \| (\w+) \| ([\d,]+) \| [\d.]+% \|$", card(tmp_path), re.MULTILINE)
    assert len(rows) > 3
    assert [int(items) for _, _, items in rows] == sorted((int(items) for _, _, items in rows), reverse=True)
    assert {"contested", "settled"} <= {status for _, status, _ in rows}


def test_conditions_are_those_of_permitted_items(tmp_path: Path) -> None:
    """What is asked of refused items binds nobody."""
    kept = section(card(tmp_path), "Conditions to keep")
    assert "**attribution**" in kept
    assert "share-alike" not in kept


def test_how_to_verify_it(tmp_path: Path) -> None:
    """By the digest of the manifest, and by the log where it was logged."""
    logged = section(
        card(tmp_path, seal=Seal(name="0" * 64, origin="quay.example/log", place=12, entry="")), "How to verify it"
    )
    assert sha256((tmp_path / "manifest.parquet").read_bytes()).hexdigest() in logged
    assert "quay.example/log as entry 12" in logged
    assert "`licet verify receipt.json --known log.key.pub`" in logged
    assert "not logged" in section(card(tmp_path), "How to verify it")


def test_it_says_that_it_is_no_legal_advice(tmp_path: Path) -> None:
    """At the top and at the end."""
    assert card(tmp_path).count("Licet informs. It is no legal advice.") == 2


NASTY = (
    *HOSTILE_TITLES,
    "[a](javascript:alert(1))",
    "![a](https://example.org/x.png)",
    "`code` **bold** _it_ ~~no~~ $x$",
    "a | b",
    "# heading",
    "- list",
    "1. list",
    "> quote",
    "---",
    "&lt;script&gt;&#60;b&#62;",
    "back\\slash \\",
    "https://example.org www.example.org @you",
    "<!-- -->",
    "<https://example.org>",
    "[^1]: note",
    "```",
)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_what_others_wrote_is_shown_as_they_wrote_it(text: str) -> None:
    """In a paragraph, in a list and in a table: one text, no element, no link."""
    for frame in ("{}", "- {}", "| a | b |\n| --- | --- |\n| {} | c |"):
        page = rendered(frame.format(escaped(text)))
        assert set(re.findall(r"<(\w+)", page)) <= {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
        plain = re.sub(r"<[^>]+>", "", page).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        assert " ".join(shown(text).split()) in plain.replace("&amp;", "&")


def test_no_name_of_others_becomes_markup(tmp_path: Path) -> None:
    """Wherever a manifest lets them write: the corpus, licences, reasons, conditions, readings, the log."""
    lines = [
        line_of(f"{at:02}", kind, key=f"jamendo:{at}", licence=text, family=text, source=text, reasons=told)
        for at, text in enumerate(NASTY)
        for kind in (BY if at % 2 else NC,)
        for told in (tuple(_saying(text, one) for one in reasons(kind, STRICT, ("e",), "")),)
    ]
    evil = "</td></table><script>alert(1)</script>|[x](javascript:y)"
    text = card(
        tmp_path,
        lines,
        About(name=evil, keywords=(evil, "\n---\nlicense: mit")),
        Seal(name="0" * 64, origin=evil, place=1, entry=""),
        corpus=evil,
        policy=evil,
        policy_sha256=evil,
        catalogue="`" + evil,
        licet=evil,
        accepts=(evil,),
    )
    page = rendered(text.partition("\n---\n\n")[2])
    assert set(re.findall(r"<(\w+)", page)) == set(
        "h1 h2 p strong em ul li table thead tbody tr th td code a".split()
    ), page
    assert set(re.findall(r'href="([^"]+)"', page)) == {"https://creativecommons.org/licenses/by/3.0/"}
    assert text.count("\n---\n") == 1
    assert "\u202e" not in text


def _saying(text: str, reason: object) -> object:
    from msgspec.structs import replace

    return replace(reason, says=text)  # type: ignore[type-var]  # a msgspec value


def test_an_address_that_is_none_is_not_linked(tmp_path: Path) -> None:
    """A key that would break out of its angle brackets is left away."""
    line = line_of("a", BY, key="jamendo:1", licence_keys=("http://x/ ><script>alert(1)</script>",))
    assert "alert(1)" not in card(tmp_path, [line])


def test_many_licences_are_summed_after_the_first(tmp_path: Path) -> None:
    """A card stays a card."""
    lines = (line_of(f"{at:04}", BY, key=f"jamendo:{at}", licence=f"Licence {at}") for at in range(60))
    assert "| 40 others |  | 40 |" in card(tmp_path / "a", lines)
    facts = Facts.of(write_sample(tmp_path / "b", many_lines(5_000)), About())
    (path,) = write(facts, tmp_path)
    assert path.stat().st_size < 20_000
