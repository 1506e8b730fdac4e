"""Part 2 of the template: where the content comes from.

A manifest says on whose word a recording is permitted, never where its copy was taken from: that a recording is on
record in a data set is no proof that it was got there. So the sources are listed, and a person ticks the boxes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus.wording import number
from licet.exports.eu_summary.form import Choice, Field, Section, Table, owed, yes_or_no
from licet.exports.eu_summary.general import MANIFEST, hours_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.exports.eu_summary.figures import Figures, Origin

MODALITY = "Modality(ies) of the content covered"
COMMENTS = owed("Additional comments (optional)", "Add what a reader would want to know.")
_MOVE = (
    "Say where the recordings come from. Move each row to the section above that it belongs to, or describe it here."
)
PLACES = {
    "": "no statement decides: see the reasons",
    "table": "a table that was put on record",
    "ddex-ern": "DDEX release messages that were put on record",
    "registry": "what holders said in the registry",
    "list": "the list that the items were named by",
    "stated for the corpus": "what was stated for the whole corpus",
    "audio-folder": "a folder of audio that was put on record",
    "robots": "robots.txt (RFC 9309)",
    "robots-meta": "robots meta elements of the page",
    "x-robots-tag": "X-Robots-Tag headers",
    "ai-txt": "ai.txt",
    "tdmrep": "TDMRep, the site's file",
    "tdmrep-headers": "TDMRep headers",
    "tdmrep-meta": "TDMRep meta elements of the page",
    "aipref": "AIPREF, Content-Usage headers",
    "aipref-robots": "AIPREF, in robots.txt",
    "rsl": "Really Simple Licensing (RSL)",
    "rsl-robots": "RSL, in robots.txt",
    "rsl-embedded": "RSL, in the file itself",
    "odrl": "an ODRL policy (TDMRep)",
    "c2pa": "C2PA or CAWG manifests in the files",
    "resource": "the page or the file at its address",
}


def sources(figures: Figures) -> tuple[Section, ...]:
    """Return the second part."""
    return (
        Section("2", "List of data sources"),
        Section("2.1", "Publicly available datasets", _public(figures)),
        Section("2.2", "Private non-publicly available datasets obtained from third parties"),
        Section(
            "2.2.1", "Datasets commercially licensed by rightsholders or their representatives", _licensed(figures)
        ),
        Section("2.2.2", "Private datasets obtained from other third parties", _private()),
        Section("2.3", "Data crawled and scraped from online sources", _crawled()),
        Section("2.4", "User data", _user_data()),
        Section("2.5", "Synthetic data", _synthetic()),
        Section("2.6", "Other sources of data", _other(figures)),
    )


def _public(figures: Figures) -> tuple[Field, ...]:
    known = [one for one in figures.origins if one.data_set]
    return (
        Field(
            "Have you used publicly available datasets to train the model?",
            choices=(Choice("Yes"), Choice("No")),
            asks="Tick the box. Licet knows which data sets name the recordings, and not where your copies are from.",
        ),
        Field(
            MODALITY,
            ("Audio",) if known else (),
            filled_from=MANIFEST if known else "",
            asks="" if known else "Name the modalities, if you ticked yes.",
        ),
        Field(
            "List of large publicly available datasets",
            table=_listed(known, "Data set in which they are on record") if known else None,
            filled_from=f"the statements that decide about {MANIFEST}" if known else "",
            asks="Keep those that you took copies from and that the template calls large, with a link to each.",
        ),
        owed(
            "General description of other publicly available datasets not listed above",
            "Describe the smaller ones together.",
        ),
        COMMENTS,
    )


def _licensed(figures: Figures) -> tuple[Field, ...]:
    says = (
        f"{number(figures.public_licence)} of {number(figures.content.items)} permitted items are under a public "
        "licence, which is no such agreement."
    )
    return (
        Field(
            "Have you concluded transactional commercial licensing agreement(s) with rightsholder(s) or with their "
            "representatives?",
            (says,) if figures.content.items else (),
            choices=(Choice("Yes"), Choice("No")),
            filled_from=f"the statements that decide about {MANIFEST}" if figures.content.items else "",
            asks="Tick the box: your agreements are known to you alone.",
        ),
        owed(MODALITY, "Name the modalities that the agreements cover."),
    )


def _private() -> tuple[Field, ...]:
    return (
        yes_or_no(
            "Have you obtained private datasets from third parties that are not licensed as described in Section "
            "2.2.1, such as data obtained from providers of private databases, or data intermediaries?",
            "Tick the box.",
        ),
        owed(MODALITY, "Name them, if you ticked yes."),
        owed("List of publicly known private datasets", "Name those that are publicly known, with a link."),
        owed("General description of non-publicly known private datasets", "Describe the others."),
        COMMENTS,
    )


def _crawled() -> tuple[Field, ...]:
    return (
        yes_or_no("Were crawlers used by the provider or on behalf of?", "Tick the box."),
        owed("Crawler name(s)/identifier(s)", "Give the names under which the crawlers present themselves."),
        owed("Purposes of the crawler(s)", "Say what each was sent out for."),
        owed("General description of crawler behaviour", "Say what they respect: robots.txt, paywalls, captchas."),
        owed("Period of data collection", "Give the first and the last month."),
        owed("Comprehensive description of the type of content and online sources crawled", "Describe them."),
        owed("Type of modality covered", "Name the modalities."),
        owed(
            "Summary of the most relevant domain names crawled",
            "List the domains by how much was taken from each: the template says how many a large and a small provider "
            "owe.",
        ),
        COMMENTS,
    )


def _user_data() -> tuple[Field, ...]:
    return (
        yes_or_no(
            "Was data from user interactions with the AI model (e.g. user input and prompts) used to train the model?",
            "Tick the box.",
        ),
        yes_or_no(
            "Was data collected from user interactions with the provider’s other services or products used to train "
            "the model?",
            "Tick the box: recordings that users uploaded are such data.",
        ),
        owed("General description of the provider’s services or products", "Name those that the data came from."),
        owed(MODALITY, "Name them, if you ticked yes."),
        COMMENTS,
    )


def _synthetic() -> tuple[Field, ...]:
    return (
        yes_or_no(
            "Was synthetic AI-generated data created by the provider or on their behalf to train the model?",
            "Tick the box: Licet does not tell made music from played music.",
        ),
        owed("Modality of the synthetic data", "Name it, if you ticked yes."),
        owed(
            "General-purpose AI model(s) used to generate the synthetic data", "Name them, and link to their summaries."
        ),
        owed(
            "Information about other AI models used to generate synthetic data, the provider’s own among them",
            "Describe them and what they were trained on.",
        ),
        COMMENTS,
    )


def _other(figures: Figures) -> tuple[Field, ...]:
    rest = [one for one in figures.origins if not one.data_set]
    return (
        yes_or_no(
            "Have data sources other than those described in Sections 2.1 to 2.5 been used to train the model?",
            "Tick the box.",
        ),
        Field(
            "Narrative description of these data sources and the data",
            table=_listed(rest, "On whose word they are permitted") if rest else None,
            filled_from=f"the statements that decide about {MANIFEST}" if rest else "",
            asks=_MOVE if rest else "Describe them, if you ticked yes.",
        ),
        COMMENTS,
    )


def _listed(origins: Iterable[Origin], head: str) -> Table:
    rows = (
        (one.data_set or PLACES.get(one.source, one.source), number(one.amount.items), hours_in_words(one.amount))
        for one in origins
    )
    return Table((head, "items", "length"), tuple(rows))
