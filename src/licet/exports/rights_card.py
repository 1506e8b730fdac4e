"""A card in Markdown about the rights in a data set, for its page or for that of a model.

The front matter is Hugging Face's for data sets. It says `other` and that each recording has a licence of its own,
because no one licence holds for all of them; for a model's page its maker puts the licence of the weights there, which
no manifest knows. Where nothing is permitted there is no front matter, for then there is nothing to offer.

Names, titles and sentences of other people's are escaped for Markdown (CommonMark 0.31, s. 2.4; GitHub's extensions),
and for the HTML that Markdown lets through.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from licet.corpus import tallies
from licet.corpus.attribution import ATTRIBUTION_NAME, licence_url
from licet.corpus.report import known_readings
from licet.corpus.wording import MEANINGS, answer, day_in_words, number, share, shown, span_of_time, use_in_words
from licet.placing import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.corpus.asking import Asked
    from licet.exports.facts import Facts

CARD_NAME = "RIGHTS.md"
NO_ONE_LICENCE = "each-recording-has-its-own"
ADVICE = "Licet informs. It is no legal advice."

_LICENCES = """
    WITH tally AS (
        SELECT licence, licence_keys, count(*) AS items FROM lines WHERE verdict = 'permitted' GROUP BY ALL),
    placed AS (
        SELECT *, least(row_number() OVER (ORDER BY items DESC, licence, licence_keys), $top + 1) AS place FROM tally)
    SELECT CASE WHEN place > $top THEN count(*) || ' others' ELSE min(licence) END,
           CASE WHEN place > $top THEN [] ELSE min(licence_keys) END, sum(items)::BIGINT
    FROM placed GROUP BY place ORDER BY place
"""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A colon makes an address a link, or a word a picture; so does the dot of `www.`.
_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]#|~$^@=!]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_FIRST = re.compile(r"^(\d{0,9})(?=[-+]|[.)](?:\s|$))")  # what would begin a list


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write the card into `out`.

    Raises:
        ManifestError: the manifest is damaged.
        OSError: it cannot be written; what was there before is there still.
    """
    path = out / CARD_NAME
    with facts.asking() as manifest:
        lines = list(card_lines(facts, manifest))
    place({path: ("\n".join(lines) + "\n").encode()})
    return (path,)


def card_lines(facts: Facts, manifest: Asked) -> Iterator[str]:
    """Yield the lines of the card."""
    yield from _front_matter(facts)
    yield f"# Rights in {escaped(facts.name)}"
    yield from ("", f"**{answer(facts.counts)}** {ADVICE}", "")
    yield from _question(facts)
    yield from _readings(facts, manifest)
    yield from _licences(facts, manifest)
    yield from _blocked(facts, manifest)
    yield from _conditions(manifest)
    yield from _limits()
    yield from _verifying(facts)


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line, with nothing hidden in it."""
    quiet = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), shown(text))
    return _FIRST.sub(r"\1\\", quiet)


def _front_matter(facts: Facts) -> Iterator[str]:
    if not facts.counts.permitted:
        return
    tags = dict.fromkeys(("music", "audio", "rights", *map(shown, filter(None, facts.about.keywords))))
    yield from ("---", "license: other", f"license_name: {NO_ONE_LICENCE}", "tags:")
    yield from (f"- {json.dumps(tag, ensure_ascii=False)}" for tag in tags)
    yield from ("---", "")


def _question(facts: Facts) -> Iterator[str]:
    head, readings = facts.head, known_readings(facts.head.policy_sha256)
    read_as = readings.get(head.reading)
    act, purpose, where, when = use_in_words(head)
    accepted = ", ".join(map(escaped, head.accepts)) or "none"
    yield from ("## What was asked", "")
    yield f"May these recordings be used to **{escaped(act)}**, **{escaped(purpose)}**, **{escaped(where)}**,"
    yield f"**{escaped(when)}**?"
    yield ""
    yield f"- Read as: {escaped(read_as.title if read_as else head.reading)}."
    if read_as is not None:
        yield f"  {escaped(read_as.summary)}"
    yield f"- Conditions accepted: {accepted}."
    yield f"- A verdict holds for this use, these places and this day, {escaped(day_in_words(head.day))}, and no other."
    yield ""


def _readings(facts: Facts, manifest: Asked) -> Iterator[str]:
    known = known_readings(facts.head.policy_sha256)
    points = tallies.standpoints(manifest, facts.head.reading, facts.counts)
    yield from ("## The same items under each reading", "")
    yield "The law is contested, so every reading is shown beside the one that was asked for."
    yield ""
    rows = [
        (
            (f"**{name}**, asked for" if at == 0 else name),
            *(number(getattr(one.counts, verdict)) for verdict in tallies.VERDICTS),
        )
        for at, one in enumerate(points)
        for name in (escaped(known[one.reading].title if one.reading in known else one.reading),)
    ]
    yield from _table(("reading", *tallies.VERDICTS), rows, numbers=len(tallies.VERDICTS))
    yield from (f"- *{verdict}*: {MEANINGS[verdict]}" for verdict in tallies.VERDICTS)
    yield ""


def _licences(facts: Facts, manifest: Asked) -> Iterator[str]:
    yield from ("## Licences of the permitted items", "")
    rows = manifest.rows(_LICENCES, top=tallies.TOP)
    if not rows:
        yield from ("Nothing is permitted.", "")
        return
    yield "Each item is under its own, and none is for all of them. An item that is not permitted is not listed."
    yield ""
    read_as = known_readings(facts.head.policy_sha256).get(facts.head.reading)
    if read_as is None or read_as.limitations:
        yield "A reading may lean on an exception to copyright. Then that permits, and not the licence named here."
        yield ""
    length = tallies.seconds(manifest).get("permitted")
    if length:
        yield f"Together they last {span_of_time(length)}, as far as their length is known."
        yield ""
    yield from _table(
        ("licence", "address", "items"),
        [
            (
                escaped(name) or "none named: the manifest gives the reasons",
                " ".join(f"<{url}>" for url in map(_plain_address, keys) if url),
                number(items),
            )
            for name, keys, items in rows
        ],
    )


def _blocked(facts: Facts, manifest: Asked) -> Iterator[str]:
    yield from ("## What blocks the rest", "")
    blockers = tallies.blockers(manifest)
    if not blockers:
        yield from ("Nothing that could be read is blocked.", "")
        return
    yield "Under the reading asked for. An item that breaks two rules counts under both."
    yield ""
    rows = (
        (_because(one), one.verdict, one.status, number(one.items), share(one.items, facts.counts.total))
        for one in blockers
    )
    yield from _table(("because", "verdict", "law", "items", "of all"), rows, numbers=2)


def _because(blocker: tallies.Blocker) -> str:
    """Return the rule's words with what it was said of, the commonest first."""
    details = "; ".join(f"{number(items)} × {escaped(text.rstrip('.'))}" for text, items in blocker.details if text)
    return f"{escaped(blocker.says)} {details}".rstrip()


def _conditions(manifest: Asked) -> Iterator[str]:
    yield from ("## Conditions to keep", "")
    duties = tallies.duties(manifest)
    if not duties:
        yield from ("The permitted items ask for nothing in return.", "")
        return
    for duty in duties:
        binds = "now" if duty.binds == "now" else "when something is shared"
        many = "1 item" if duty.items == 1 else f"{number(duty.items)} items"
        yield f"- **{escaped(duty.name)}** ({many}; binds {binds}): {escaped(duty.says)}"
    yield from ("", f"`{ATTRIBUTION_NAME}` holds the credits, ready to paste.", "")


def _limits() -> Iterator[str]:
    yield from ("## What Licet cannot tell", "")
    yield "- Whether whoever stated a licence holds the rights. It tells who stated what, where and when."
    yield "- What was fed to a model. A cleared manifest says what may be; the record of a run says what was."
    yield "- What nobody has put on record: voices, names and personal data, trade marks, samples within a recording."
    yield "- How a court will decide where the law is contested."
    yield ""


def _verifying(facts: Facts) -> Iterator[str]:
    head, seal = facts.head, facts.seal
    yield from ("## How to verify it", "")
    yield f"- Manifest: `{facts.parquet.name}`, SHA-256 `{facts.parquet_sha256}`"
    yield f"- Policy: {escaped(head.policy)}, SHA-256 `{_word(head.policy_sha256)}`"
    yield f"- Catalogue: `{_word(head.catalogue)}`; fingerprint index: `{_word(head.index)}`"
    if seal is not None:
        yield f"- Logged in {escaped(seal.origin)} as entry {seal.place}, counted from 0."
        yield "- Ask for an item's receipt, and check it offline with the log's public key:"
        yield "  `licet verify receipt.json --known log.key.pub`"
    else:
        yield "- It is not logged, so nothing but these digests ties it to a day."
    yield from (f"- Made by Licet {_word(head.licet)}", "", f"**{ADVICE}**")


def _table(head: tuple[str, ...], rows: Iterable[Iterable[str]], *, numbers: int = 1) -> Iterator[str]:
    """Yield a table whose last so many columns hold numbers."""
    rule = ("---",) * (len(head) - numbers) + ("---:",) * numbers
    yield from (f"| {' | '.join(line)} |" for line in (head, rule, *rows))
    yield ""


def _plain_address(key: str) -> str:
    """Return a licence's address where it can stand between angle brackets as it is."""
    url = licence_url(key)
    return url if re.fullmatch(r"https://[\w./~%+-]+", url, re.ASCII) else ""


def _word(text: str) -> str:
    """Return a digest or a state as it can stand in a code span."""
    return re.sub(r"[^\w.:-]", "", text, flags=re.ASCII)
