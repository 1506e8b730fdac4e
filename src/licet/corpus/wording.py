"""How a clearance is put into words: the question, the answer, numbers, and how a recording was recognised.

Everything a report or a credit list shows passes through `shown`, because titles, tags and file names are other
people's input: what would break a line, turn the direction of writing or hide from the eye is made visible.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.corpus.manifest import Counts, Head, MatchLine

LONGEST = 2_000  # characters of one text on a page; the manifest keeps it whole

MEANINGS = {
    "permitted": "Every recording found in it is permitted, performance and composition, on conditions you accepted.",
    "refused": "At least one statement on record, or one condition that was not accepted, stands against it.",
    "unknown": "Nothing on record permits it, or nobody can yet say what it is. Silence is never permission.",
    "error": "The file could not be looked at. Nothing is concluded from that, and it opens no gate.",
}
IDENTIFIED = {
    "file-digest": "the very same bytes",
    "pcm-digest": "the very same samples in another container",
    "fingerprint": "its sound",
    "listed": "the list's word alone",
    "": "not identified",
}
FAMILIES = {
    "reserved": "All rights reserved",
    "unresolved": "Words that a person must read",
    "silent": "Nothing stated",
    "": "Not known",
}
VOICES = {"corpus": "The file says", "catalogue": "The record says"}

_ACTS = {
    "train-generative": "train a generative model",
    "train-other": "train a model that does not generate",
    "fine-tune": "fine-tune a model",
    "retrieve": "be shown to a model when it answers",
    "index": "be found by a search",
    "evaluate": "evaluate a model",
    "redistribute": "be passed on to others",
}
_PURPOSES = {
    "commercial": "commercially",
    "non-commercial": "for non-commercial ends",
    "research": "for research, by a research organisation",
}
_ARTICLED = frozenset({"EU", "US", "GB", "AE", "PH", "NL"})  # “in the EU”
_MONTHS = "January February March April May June July August September October November December".split()
_BREAKS = re.compile(r"[\t-\r\x85\u2028\u2029]+")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def shown(text: str) -> str:
    r"""Return `text` on one line with nothing hidden in it: a turn of direction becomes `\u202e`. Cut at `LONGEST`."""
    cut = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", _BREAKS.sub(" ", cut))


def use_in_words(head: Head) -> tuple[str, str, str, str]:
    """Return the act, the purpose, the place and the day that were asked about, each as part of a sentence."""
    return (
        _ACTS.get(head.act, head.act),
        _PURPOSES.get(head.purpose, head.purpose) + _for_whom(head),
        f"in {places(head.territories)}",
        f"on {day_in_words(head.day)}",
    )


def _for_whom(head: Head) -> str:
    by = f", by {shown(head.asker)}" if head.asker else ""
    return by + (f", for the model {shown(head.model)}" if head.model else "")


def places(territories: tuple[str, ...]) -> str:
    """Return the territories as a list in a sentence."""
    return listed(tuple("the whole world" if code == "WORLD" else _placed(code) for code in territories))


def _placed(code: str) -> str:
    return f"the {code}" if code in _ARTICLED else code


def listed(names: tuple[str, ...]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def day_in_words(day: str) -> str:
    """Return `22 November 2026` for `2026-11-22`, in English wherever this runs; other texts as they are."""
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def moment(text: str) -> str:
    """Return `2026-11-01 12:00 UTC` for an ISO 8601 time in UTC; other texts as they are."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?(?:Z|\+00:00)", text)
    return f"{found[1]} {found[2]} UTC" if found else text


def answer(counts: Counts) -> str:
    """Return what the clearance comes to, in one or two sentences."""
    total = counts.total
    if not total:
        return "There is nothing in it."
    if counts.permitted == total:
        return "Yes, all of it may, on the conditions below." if total > 1 else "Yes, it may, on the conditions below."
    if not counts.permitted:
        return f"As things stand, none of the {number(total)} may." if total > 1 else "As things stand, it may not."
    open_ends = (
        (counts.refused, "{} may not"),
        (counts.unknown, "for {} nobody has said enough"),
        (counts.error, "{} could not be read"),
    )
    rest = "; ".join(text.format(number(count)) for count, text in open_ends if count)
    return f"{number(counts.permitted)} of {number(total)} may ({share(counts.permitted, total)}); {rest}."


def number(count: int) -> str:
    """Return `53,386`."""
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """Return a percentage that never rounds a few to none, or almost all to all."""
    if not whole or part in {0, whole}:
        return "100%" if part else "0%"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<0.1%"
    return ">99.9%" if percent > 99.9 else f"{percent:.1f}%"


def span_of_time(seconds: float) -> str:
    """Return `12.4 hours`, `3 minutes` or `20 seconds`."""
    if seconds >= 3600:
        return f"{seconds / 3600:,.1f} hours"
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def clock(seconds: float) -> str:
    """Return a place in a recording: `1:02.5`."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def probability(value: float) -> str:
    """Return a probability in four places, never rounded up to certainty."""
    return "1" if value >= 1 else f"{min(value, 0.9999):.4f}"


def recognised(method: str, confidence: float | None) -> str:
    """Return how an item was recognised, and how sure that is."""
    how = IDENTIFIED.get(method, method)
    return f"{how}, probability {probability(confidence)}" if confidence is not None else how


def heard(match: MatchLine) -> str:
    """Return where a recording sounds in a file, how changed, and how sure that is."""
    file = f"{clock(match.query_start_s)} to {clock(match.query_end_s)} of the file"
    part = f"{clock(match.reference_start_s)} to {clock(match.reference_end_s)} of the recording"
    source = f" (registered from {match.path})" if match.path else ""
    return (
        f"{match.recording}{source} sounds from {file}, {part}; "
        f"{_changed(match.time_factor, 'speed')}, {_changed(match.frequency_factor, 'pitch')}, "
        f"{number(match.aligned_peaks)} peaks agree, probability {probability(match.probability)}"
    )


def _changed(factor: float, what: str) -> str:
    percent = 100 * (factor - 1)
    return f"{what} unchanged" if abs(percent) < 0.05 else f"{what} {percent:+.1f}%".replace("-", "−")
