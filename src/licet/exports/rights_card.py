"""A card in Markdown about the rights in a data set, for its page or for that of a model.

The front matter is Hugging Face's for data sets. It says `other` and that each recording has a licence of its own,
because no one licence holds for all of them; for a model's page its maker puts the licence of the weights there, which
no manifest knows. Where nothing is permitted there is no front matter, for then there is nothing to offer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.corpus import tallies
from licet.corpus.attribution import ATTRIBUTION_NAME, licence_url
from licet.corpus.report import known_readings
from licet.corpus.wording import MEANINGS, answer, day_in_words, number, share, span_of_time, use_in_words
from licet.exports.markdown import escaped, front_matter, table, word
from licet.placing import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus import Head
    from licet.corpus.asking import Asked
    from licet.exports.facts import Facts

CARD_NAME = "RIGHTS.md"
NO_ONE_LICENCE = "each-recording-has-its-own"
TAGS = ("music", "audio", "rights")
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


def _front_matter(facts: Facts) -> Iterator[str]:
    if not facts.counts.permitted:
        return
    tags = (*TAGS, *facts.about.keywords)
    yield from front_matter({"license": "other", "license_name": NO_ONE_LICENCE, "tags": tags})


def _question(facts: Facts) -> Iterator[str]:
    head = facts.head
    act, purpose, where, when = use_in_words(head)
    yield from ("## What was asked", "")
    yield f"May these recordings be used to **{escaped(act)}**, **{escaped(purpose)}**, **{escaped(where)}**,"
    yield f"**{escaped(when)}**?"
    yield ""
    yield from read_as(head)
    yield f"- A verdict holds for this use, these places and this day, {escaped(day_in_words(head.day))}, and no other."
    yield ""


def read_as(head: Head) -> Iterator[str]:
    """Yield how the law was read, and which conditions were accepted."""
    reading = known_readings(head.policy_sha256).get(head.reading)
    yield f"- Read as: {escaped(reading.title if reading else head.reading)}."
    if reading is not None:
        yield f"  {escaped(reading.summary)}"
    yield f"- Conditions accepted: {', '.join(map(escaped, head.accepts)) or 'none'}."


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
    yield from table(("reading", *tallies.VERDICTS), rows, numbers=len(tallies.VERDICTS))
    yield from (f"- *{verdict}*: {MEANINGS[verdict]}" for verdict in tallies.VERDICTS)
    yield ""


def _licences(facts: Facts, manifest: Asked) -> Iterator[str]:
    yield from ("## Licences of the permitted items", "")
    if not facts.counts.permitted:
        yield from ("Nothing is permitted.", "")
        return
    yield "Each item is under its own, and none is for all of them. An item that is not permitted is not listed."
    yield ""
    yield from exceptions(facts.head)
    length = tallies.seconds(manifest).get("permitted")
    if length:
        yield f"Together they last {span_of_time(length)}, as far as their length is known."
        yield ""
    yield from licence_table(manifest)


def exceptions(head: Head) -> Iterator[str]:
    """Yield what must be known of the licences where a reading may lean on something else."""
    reading = known_readings(head.policy_sha256).get(head.reading)
    if reading is None or reading.limitations:
        yield "A reading may lean on an exception to copyright. Then that permits, and not the licence named here."
        yield ""


def licence_table(manifest: Asked) -> Iterator[str]:
    """Yield the licences of the permitted items, the commonest first."""
    yield from table(
        ("licence", "address", "items"),
        (
            (
                escaped(name) or "none named: the manifest gives the reasons",
                " ".join(f"<{url}>" for url in map(_plain_address, keys) if url),
                number(items),
            )
            for name, keys, items in manifest.rows(_LICENCES, top=tallies.TOP)
        ),
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
    yield from table(("because", "verdict", "law", "items", "of all"), rows, numbers=2)


def _because(blocker: tallies.Blocker) -> str:
    """Return the rule's words with what it was said of, the commonest first."""
    details = "; ".join(f"{number(items)} × {escaped(text.rstrip('.'))}" for text, items in blocker.details if text)
    return f"{escaped(blocker.says)} {details}".rstrip()


def _conditions(manifest: Asked) -> Iterator[str]:
    yield from ("## Conditions to keep", "")
    asked = list(duty_lines(manifest))
    if not asked:
        yield from ("The permitted items ask for nothing in return.", "")
        return
    yield from asked
    yield from ("", f"`{ATTRIBUTION_NAME}` holds the credits, ready to paste.", "")


def duty_lines(manifest: Asked) -> Iterator[str]:
    """Yield what the permitted items ask for in return, a line each."""
    for duty in tallies.duties(manifest):
        binds = "now" if duty.binds == "now" else "when something is shared"
        many = "1 item" if duty.items == 1 else f"{number(duty.items)} items"
        yield f"- **{escaped(duty.name)}** ({many}; binds {binds}): {escaped(duty.says)}"


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
    yield f"- Policy: {escaped(head.policy)}, SHA-256 `{word(head.policy_sha256)}`"
    yield f"- Catalogue: `{word(head.catalogue)}`; fingerprint index: `{word(head.index)}`"
    if seal is not None:
        yield f"- Logged in {escaped(seal.origin)} as entry {seal.place}, counted from 0."
        yield "- Ask for an item's receipt, and check it offline with the log's public key:"
        yield "  `licet verify receipt.json --known log.key.pub`"
    else:
        yield "- It is not logged, so nothing but these digests ties it to a day."
    yield from (f"- Made by Licet {word(head.licet)}", "", f"**{ADVICE}**")


def _plain_address(key: str) -> str:
    """Return a licence's address where it can stand between angle brackets as it is."""
    url = licence_url(key)
    return url if re.fullmatch(r"https://[\w./~%+-]+", url, re.ASCII) else ""
