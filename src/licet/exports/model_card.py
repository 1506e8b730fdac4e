"""A card in Markdown about the rights in a model: what it read, what it owes in return, what it inherits.

It is made of a finished run alone: what was attested, the manifest that it was fed, and the attestations of the models
that it began with. What is on disk must be what was attested, or there is no card (`finished`).

The front matter is Hugging Face's for models. The licence of the weights is their maker's to give; where nobody gives
one it says `other`, and names the licence of the one model that it began with, which a fine-tune inherits, through
however many models. A licence that calls itself non-commercial is not hidden by one that does not.

Beside it comes `ATTRIBUTION.txt`: the credits that the licences of what was read ask for, and of nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from licet.corpus.attribution import ATTRIBUTION_NAME, credit_lines
from licet.corpus.wording import day_in_words, listed, number, span_of_time, use_in_words
from licet.digests import sha256_bytes
from licet.exports.markdown import escaped, front_matter, table, word
from licet.exports.rights_card import ADVICE, CARD_NAME, TAGS, duty_lines, exceptions, licence_table, read_as
from licet.placing import place, placed
from licet.training.attestation import weights_in
from licet.training.runs import ATTESTATION_NAME
from licet.training.usage import TABLE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus.asking import Asked
    from licet.exports.finished import Finished
    from licet.training.attestation import Attested
    from licet.training.runs import Base

MOST_FILES = 20  # of weights that are listed
NOT_STATED, OF_ITS_BASES = "not-stated", "those-of-its-bases"
_HUB = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)  # owner/name
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.+-]*")  # as Hugging Face writes one: apache-2.0
_NON_COMMERCIAL = re.compile(r"non-?commercial|\bNC\b", re.IGNORECASE)


def write(finished: Finished, out: Path, *, licence: str = "") -> tuple[Path, ...]:
    """Write the card and the credits into `out`.

    Args:
        finished: the run.
        out: the folder, which is made if need be.
        licence: of the weights, in their maker's words.

    Raises:
        GateError: the manifest's lines are not what was attested.
        ManifestError: the manifest is damaged.
        OSError: a file cannot be written; what was there before is there still.
    """
    out.mkdir(parents=True, exist_ok=True)
    card, credit = out / CARD_NAME, out / ATTRIBUTION_NAME
    with finished.asking() as read:
        lines = list(card_lines(finished, read, licence))
        with placed(credit) as stream:
            head = replace(finished.head, corpus=f"what {finished.attested.model} read")
            stream.writelines(f"{line}\n".encode() for line in credit_lines(head, read))
    place({card: ("\n".join(lines) + "\n").encode()})
    return (card, credit)


def card_lines(finished: Finished, read: Asked, licence: str = "") -> Iterator[str]:
    """Yield the lines of the card; `read` holds the lines of the manifest whose items were read."""
    one = finished.attested
    yield from _front_matter(finished, licence)
    yield f"# Rights in {escaped(one.model)}"
    yield from ("", f"**{_answer(one)}** {ADVICE}", "")
    if bound := _hidden(finished, licence):
        yield f"**Its maker gives it under {escaped(licence)}. It inherits {escaped(bound)} all the same, which calls"
        yield from ("itself non-commercial.**", "")
    yield from _trained(finished)
    yield from _what_was_read(finished, read)
    yield from _conditions(read)
    yield from _inherited(finished)
    yield from _limits()
    yield from _verifying(finished)


def _front_matter(finished: Finished, licence: str) -> Iterator[str]:
    one = finished.attested
    facts: dict[str, str | tuple[str, ...]] = {"license": licence.lower()}
    hidden = _hidden(finished, licence)
    if hidden or not _LICENCE.fullmatch(licence.lower()):
        own = "" if hidden else _slug(licence)
        facts = {"license": "other", "license_name": own or _inherited_licence(finished)}
    facts["base_model"] = tuple(base.name for base in one.bases if not base.statement and _HUB.fullmatch(base.name))
    yield from front_matter({**facts, "tags": TAGS})


def _inherited_licence(finished: Finished) -> str:
    names = {_slug(_licences(finished, base)) for base in finished.attested.bases}
    if not any(names):
        return NOT_STATED
    return names.pop() if len(names) == 1 else OF_ITS_BASES


def _licences(finished: Finished, base: Base) -> str:
    """Return what a base is under; of one that was attested, what it inherits itself, through however many models."""
    attested = finished.begun_with.get(base.statement)
    inherited = () if attested is None else attested.bases
    return base.licence or "; ".join(dict.fromkeys(other.licence for other in inherited if other.licence))


def _hidden(finished: Finished, licence: str) -> str:
    """Return the inherited licences that call themselves non-commercial, where the one that is given does not."""
    if not licence or _NON_COMMERCIAL.search(licence):
        return ""
    inherited = (_licences(finished, base) for base in finished.attested.bases)
    return "; ".join(dict.fromkeys(one for one in inherited if _NON_COMMERCIAL.search(one)))


def _answer(one: Attested) -> str:
    read = one.read
    if not read.items:
        return "Nothing passed the gate that it was trained through."
    return f"Through the gate it read {_many(read.items, 'item')}, each cleared, in {_many(read.epochs, 'epoch')}."


def _trained(finished: Finished) -> Iterator[str]:
    one, head = finished.attested, finished.head
    act, purpose, where, _ = map(escaped, use_in_words(head))
    yield from ("## What it was trained on", "")
    yield f"Recordings of **{escaped(head.corpus)}**, cleared to **{act}**, **{purpose}**, **{where}**."
    yield ""
    yield f"- Decided for the day on which each epoch began: {_span(finished.days)}."
    yield from read_as(head)
    yield f"- Started and finished: {_span((one.run.started[:10], one.run.finished[:10]))}."
    if (share := one.share) is not None:
        slices = f", up to slice {share.slice} of {share.slices}" if share.slices > 1 else ""
        yield f"- Its share of the corpus: shard {share.shard} of {share.shards}{slices}, counted from 0."
    yield f"- Code: {f'`{word(one.code)}`' if one.code else 'not stated'}."
    yield f"- Configuration: {f'SHA-256 `{word(one.config)}`' if one.config else 'not stated'}."
    yield ""


def _what_was_read(finished: Finished, read: Asked) -> Iterator[str]:
    one = finished.attested.read
    yield from ("## What it read", "")
    rows = (
        ("items", number(one.items)),
        ("epochs in which it read", number(one.epochs)),
        ("readings: an item counts once an epoch", number(one.reads)),
        ("sound, at most", span_of_time(float(one.seconds))),
        ("items of unknown length, which are not in that", number(one.unmeasured)),
    )
    yield from table(("what", "how much"), rows)
    yield "An item's whole length counts for each of its epochs. A training that takes excerpts heard less, never more."
    yield ""
    if one.items:
        yield from exceptions(finished.head)
        yield from licence_table(read)
    dropped = finished.attested.dropped
    if dropped:
        yield "What did not pass the gate, and was not read:"
        yield ""
        yield from table(("because", "items"), ((escaped(why), number(items)) for why, items in dropped.items()))


def _conditions(read: Asked) -> Iterator[str]:
    yield from ("## Conditions to keep", "")
    asked = list(duty_lines(read))
    if not asked:
        yield from ("What it read asks for nothing in return.", "")
        return
    yield from (*asked, "")
    if read.count("attribution <> ''"):
        yield from (f"`{ATTRIBUTION_NAME}` holds the credits, ready to paste. Publish them with the model.", "")


def _inherited(finished: Finished) -> Iterator[str]:
    one = finished.attested
    yield from ("## What it inherits", "")
    if not one.bases:
        yield from ("It began with no other model, as whoever started the run states.", "")
        return
    yield "It began with the weights of other models. What they learned from stays in it; what binds them, binds it."
    yield ""
    for base in one.bases:
        yield f"### {escaped(base.name)}"
        yield ""
        attested = finished.begun_with.get(base.statement)
        yield from _stated(base) if attested is None else _attested_base(base, attested, _licences(finished, base))
        if one.use.purpose == "commercial" and _NON_COMMERCIAL.search(_licences(finished, base)):
            yield "- **That licence calls itself non-commercial, whatever the recordings were cleared for.**"
        yield ""


def _stated(base: Base) -> Iterator[str]:
    """Yield what is said of a base that nobody attested."""
    if base.version:
        yield f"- Version: {escaped(base.version)}"
    if base.licence:
        yield f"- Licence of its weights: {escaped(base.licence)}. A fine-tune inherits it."
    else:
        yield "- Licence of its weights: not stated. A fine-tune inherits it all the same."
    if base.states:
        yield f"- Its maker states that it was trained on: {escaped(base.states)}. Licet has not checked that."
    else:
        yield "- What it was trained on is **not disclosed**."


def _attested_base(base: Base, one: Attested, licences: str) -> Iterator[str]:
    """Yield what is attested of a base, and under which licences it came to be."""
    yield f"- Attested, from the run {escaped(one.run.name)}: statement SHA-256 `{word(base.statement)}`"
    yield (
        f"- It read {_many(one.read.items, 'item')} in {_many(one.read.epochs, 'epoch')}, "
        f"{span_of_time(float(one.read.seconds))} of sound at most, cleared for {escaped(one.use.act)}, "
        f"{escaped(one.use.purpose)}, in {escaped(', '.join(one.use.territories))}."
    )
    if asked := listed(tuple(f"{escaped(name)} ({number(items)})" for name, items in one.conditions.items())):
        yield f"- What it read asks for {asked} in return."
    for other in one.bases:
        stated = f"licence: {escaped(other.licence) or 'not stated'}"
        trained = f"{stated}; trained on: {escaped(other.states) or '**not disclosed**'}"
        yield f"- It began with {escaped(other.name)} ({'attested too' if other.statement else trained})."
    if licences:
        yield f"- Licence that it inherits itself: {escaped(licences)}. A fine-tune of it inherits it too."


def _limits() -> Iterator[str]:
    yield from ("## What Licet cannot tell", "")
    yield "- Whether whoever stated a licence holds the rights. It tells who stated what, where and when."
    yield "- What reached the model by another way than the gate. The record holds what passed it."
    yield "- What a model that nobody attested was trained on, beyond the words of its maker."
    yield "- Whether what the model puts out resembles what it read."
    yield "- How a court will decide where the law is contested."
    yield ""


def _verifying(finished: Finished) -> Iterator[str]:
    one, statement = finished.attested, finished.attestation.statement
    origin = escaped(one.manifest.origin)
    yield from ("## How to verify it", "")
    weights = list(weights_in(statement).items())
    if weights:
        rows = ((escaped(name), f"`{word(digest)}`") for name, digest in weights[:MOST_FILES])
        yield from table(("weights", "SHA-256"), rows, numbers=0)
        if len(weights) > MOST_FILES:
            yield from (f"And {number(len(weights) - MOST_FILES)} more, which the attestation lists.", "")
    else:
        yield from ("No weights were attested.", "")
    yield f"- Attestation: `{ATTESTATION_NAME}`, entry {finished.attestation.log.place} of {origin}, counted from 0;"
    yield f"  statement SHA-256 `{sha256_bytes(finished.attestation.envelope.body)}`"
    yield f"- What was read: `{TABLE_NAME}`, SHA-256 `{word(one.read.table)}`"
    yield f"- Manifest: entry {one.manifest.place} of {origin}, SHA-256 `{word(one.manifest.sha256)}`"
    yield "- Check it offline, with the log's public key:"
    yield f"  `licet verify {ATTESTATION_NAME} --known log.key.pub`"
    yield "- Whoever keeps the run proves of any recording that it was read, or was not:"
    yield f"  `licet prove RECORDING --run {word(one.run.name)}`"
    yield from (f"- Made by Licet {word(one.run.licet)}", "", f"**{ADVICE}**")


def _slug(text: str) -> str:
    """Return a licence's name as Hugging Face writes names of licences."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


def _span(days: tuple[str, ...]) -> str:
    if not days:
        return "not on record"
    first, last = (escaped(day_in_words(day)) for day in (days[0], days[-1]))
    return first if first == last else f"from {first} to {last}"


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{number(count)} {what}s"
