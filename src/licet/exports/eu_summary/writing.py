"""From the facts to the summary, and from the summary to its page and its document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus.pages import environment
from licet.corpus.wording import use_in_words
from licet.exports.eu_summary.document import document
from licet.exports.eu_summary.figures import Figures
from licet.exports.eu_summary.form import Summary
from licet.exports.eu_summary.general import general
from licet.exports.eu_summary.processing import processing
from licet.exports.eu_summary.sources import sources
from licet.exports.sheets import SHEET, policy_of, style_of
from licet.placing import place

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.facts import Facts

PAGE_NAME = "eu-summary.html"
DOCUMENT_NAME = "eu-summary.docx"
STATUTE = "Regulation (EU) 2024/1689, Art. 53(1)(d)"
TITLE = "Public Summary of Training Content"
COMPARE = (
    "Headings and ranges are the template’s (C(2025) 5235 final, Annex) as others have rendered it. Compare them with "
    "the Commission’s own."
)
TRAINS = frozenset({"train-generative", "train-other", "fine-tune"})


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write the page and the document into `out`.

    Raises:
        ManifestError: the manifest is damaged.
        OSError: one cannot be written; what was there before is there still.
    """
    summary = summary_of(facts)
    files = {
        out / PAGE_NAME: _page(summary, facts).encode(),
        out / DOCUMENT_NAME: document(summary, facts.head.day),
    }
    place(files)
    return tuple(files)


def summary_of(facts: Facts) -> Summary:
    """Return the template, filled as far as the facts go."""
    with facts.asking() as manifest:
        figures = Figures.of(manifest)
    return Summary(
        title=TITLE,
        subtitle=f"{facts.about.model or facts.name}: a draft after the Commission’s template, {STATUTE}",
        notes=_notes(facts),
        sections=(*general(facts, figures), *sources(figures), *processing(facts, figures)),
        closing=(
            f"Made by Licet {facts.head.licet} from the manifest of {facts.head.corpus}.",
            COMPARE,
            "Licet informs. It is no legal advice.",
        ),
    )


def _notes(facts: Facts) -> tuple[str, ...]:
    may = (
        f"Only items that are permitted to {', '.join(use_in_words(facts.head))} count here as content. That is what "
        "may be fed to training. What was fed, the record of a run says, and Licet keeps none yet: whoever publishes "
        "this vouches that the two agree."
    )
    other = "The items were not cleared for training: by this manifest, nothing may be trained on."
    counsel = "Whether a model of music alone is a general-purpose AI model (Art. 3(63)) is a question for counsel."
    return (may, *(() if facts.head.act in TRAINS else (other,)), counsel)


def _page(summary: Summary, facts: Facts) -> str:
    template = environment("licet.exports").get_template("eu-summary.html.j2")
    sheets = (SHEET, "form.css")
    return template.render(summary=summary, head=facts.head, style=style_of(*sheets), csp=policy_of(*sheets))
