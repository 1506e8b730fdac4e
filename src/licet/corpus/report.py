"""A clearance as one page to forward: what may be used, what blocks the rest, and why, for every item.

The page carries everything it shows and can fetch nothing: its content security policy names the one style sheet and
the one script in it by their SHA-256 (CSP Level 3, s. 2.3.1) and allows nothing else. The same manifest gives the same
bytes.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from licet.corpus import tallies, wording
from licet.corpus.asking import BROKEN, CONTESTED, DIFFERING, MISLABELLED, PARTIAL, asking
from licet.corpus.attribution import ATTRIBUTION_NAME, credit_lines
from licet.corpus.house import house_policy
from licet.corpus.listing import CHUNK, MISLABELLING, listing, telling, why
from licet.corpus.manifest import read_batches, read_head
from licet.corpus.pages import OUR_STYLE, content_security_policy, environment, part

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

    from licet.corpus.asking import Asked
    from licet.corpus.manifest import Counts, Head
    from licet.policy import Reading

PACKAGE = "licet.corpus"  # whose templates these are
REPORT_NAME = "report.html"
CARDS = 50  # mislabelled items shown whole
ROWS = 200  # broken or partial items in their tables
CREDIT_CHARACTERS = 1 << 20  # of the credits in the page; ATTRIBUTION.txt holds them all
SLIVER = 0.6  # percent of a bar: the least that an eye can see


def write_report(folder: Path, *, name: str = REPORT_NAME, workers: int | None = 1) -> Path:
    """Write the report of the manifest in `folder` beside it, and return its path; `workers` lend a hand.

    Raises:
        ManifestError: there is no manifest, or it is damaged.
        OSError: the file cannot be written.
    """
    head, counts = read_head(folder)
    listed = listing(read_batches(folder, CHUNK), head.reading, workers=workers)
    with asking(folder, head.reading) as manifest:
        facts = _facts(head, counts, manifest)
    page = _page(head=head, counts=counts, listing=listed, **facts)
    path = folder / name
    draft = path.with_name(f".{name}.draft")
    draft.write_text(page, encoding="utf-8", newline="\n")
    draft.replace(path)
    return path


def _facts(head: Head, counts: Counts, manifest: Asked) -> dict[str, Any]:
    """Ask the manifest everything that the page tells, but for its list of items."""
    paste, all_pasted = _credits(head, manifest)
    return {
        "standpoints": tallies.standpoints(manifest, head.reading, counts),
        "differing": manifest.count(DIFFERING),
        "contested": manifest.count(CONTESTED),
        "blockers": tallies.blockers(manifest),
        "changes": tallies.changes(manifest),
        "duties": tallies.duties(manifest),
        "seconds": tallies.seconds(manifest),
        "mislabelled": manifest.lines(MISLABELLED, CARDS),
        "mislabelled_count": manifest.count(MISLABELLED),
        "broken": manifest.lines(BROKEN, ROWS),
        "partial": manifest.lines(PARTIAL, ROWS),
        "partial_count": manifest.count(PARTIAL),
        "families": tallies.groups(manifest, tallies.FAMILY),
        "sources": tallies.groups(manifest, tallies.SOURCE),
        "holders": tallies.groups(manifest, tallies.HOLDER),
        "methods": tallies.groups(manifest, tallies.METHOD),
        "credits": paste,
        "all_credits": all_pasted,
    }


def _credits(head: Head, manifest: Asked) -> tuple[str, bool]:
    """Return the credits as text, and whether they are all there."""
    text: list[str] = []
    room = CREDIT_CHARACTERS
    for line in credit_lines(head, manifest):
        room -= len(line)
        if room < 0:
            return "\n".join(text), False
        text.append(line)
    return "\n".join(text), True


def _page(**facts: Any) -> str:  # noqa: ANN401  (a template takes what it takes)
    head: Head = facts["head"]
    style, script = part(PACKAGE, OUR_STYLE), part(PACKAGE, "report.js")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            style=style,
            script=script,
            csp=content_security_policy(style, script),
            readings=known_readings(head.policy_sha256),
            verdicts=tallies.VERDICTS,
            attribution_name=ATTRIBUTION_NAME,
            **facts,
        )
    )


def _environment() -> Environment:
    """Return the surroundings of the report's template: what it may call by name."""
    surroundings = environment(PACKAGE)
    surroundings.globals |= {
        "answer": wording.answer,
        "families_in_words": wording.FAMILIES,
        "identified_in_words": wording.IDENTIFIED,
        "meanings": wording.MEANINGS,
        "mislabelling": MISLABELLING,
        "recognised": wording.recognised,
        "segments": _segments,
        "share": wording.share,
        "telling": telling,
        "use_in_words": wording.use_in_words,
        "why": why,
    }
    return surroundings


def known_readings(policy_sha256: str) -> dict[str, Reading]:
    """Return the readings by name if the verdicts were given under the house's policy; another's is not to hand."""
    policy = house_policy()
    return {reading.name: reading for reading in policy.readings} if policy.digest == policy_sha256 else {}


def _segments(counts: Counts) -> list[tuple[str, str, str]]:
    """Return verdict, start and width of each part of a bar, in percent. A part that is there can be seen."""
    parts = [(verdict, getattr(counts, verdict)) for verdict in tallies.VERDICTS if getattr(counts, verdict)]
    widths = [max(100 * count / counts.total, SLIVER) for _, count in parts]
    scale = 100 / sum(widths) if widths else 1
    starts = accumulate((width * scale for width in widths), initial=0.0)
    return [
        (verdict, f"{start:.3f}%", f"{width * scale:.3f}%")
        for (verdict, _), start, width in zip(parts, starts, widths, strict=False)
    ]
