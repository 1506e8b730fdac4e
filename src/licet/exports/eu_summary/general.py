"""Part 1 of the template: who provides which model, and how much of what it may be trained on."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from licet.corpus.wording import day_in_words, number, places, span_of_time
from licet.exports.eu_summary.form import Choice, Field, Section, Table, owed, yes_or_no

if TYPE_CHECKING:
    from datetime import date

    from licet.exports.about import About
    from licet.exports.eu_summary.figures import Amount, Figures
    from licet.exports.facts import Facts

# Section 1.3: what may be ticked. The ends of the ranges of audio are in hours.
HOURS = ("Less than 10,000 hours", "10,000 to 1 million hours", "More than 1 million hours")
ENDS = (10_000, 1_000_000)
OTHERS = {
    "Text": ("Less than 1 billion tokens", "1 billion to 10 trillion tokens", "More than 10 trillion tokens"),
    "Image": ("Less than 1 million images", "1 million to 1 billion images", "More than 1 billion images"),
    "Video": HOURS,
    "Other": (),
}
_EXAMPLES = {
    "Text": "If captions, lyrics or tags were trained on, tick a range and describe them.",
    "Image": "If scores or covers were trained on, tick a range and describe them.",
    "Video": "If films or clips were trained on, tick a range and describe them.",
    "Other": "If anything else was trained on, such as MIDI, describe it and say how much.",
}
MANIFEST = "the manifest’s permitted items"


def general(facts: Facts, figures: Figures) -> tuple[Section, ...]:
    """Return the head of the summary and its first part."""
    about = facts.about
    return (
        Section("", "About this summary", _about_the_summary(facts)),
        Section("1", "General information"),
        Section("1.1", "Provider identification", _provider(about)),
        Section("1.2", "Model identification", _model(about)),
        Section("1.3", "Modalities, overall training data size and other characteristics", _data(figures)),
    )


def hours_in_words(amount: Amount) -> str:
    """Return how long the items last; what could not be measured is said, and not counted."""
    if amount.unmeasured == amount.items:
        return "not measured"
    length = span_of_time(amount.seconds)
    return f"{length}; the length of {items_in_words(amount.unmeasured)} is not known" if amount.unmeasured else length


def items_in_words(count: int) -> str:
    """Return `1 item` or `2 items`."""
    return f"{number(count)} item{'' if count == 1 else 's'}"


def _about_the_summary(facts: Facts) -> tuple[Field, ...]:
    updated = _day("Last update", facts.about.published, "published", "Give the day on which it was last changed.")
    asks = "Number it, and link to the summaries that it replaces."
    return (owed("Version of the Summary, with links to previous versions", asks), updated)


def _provider(about: About) -> tuple[Field, ...]:
    reached = tuple(filter(None, (about.publisher, about.contact, about.publisher_url)))
    known = "about.toml: publisher, contact, publisher_url"
    asks = "Name whoever places the model on the market, and say how to reach them."
    return (
        Field(
            "Provider name and contact details",
            reached,
            filled_from=known if reached else "",
            asks="" if about.publisher and about.contact else asks,
        ),
        _told(
            "Authorised representative name and contact details",
            about.representative,
            "representative",
            "Only where the provider is established outside the Union (Art. 54): name the representative.",
        ),
    )


def _model(about: About) -> tuple[Field, ...]:
    name = " ".join(filter(None, (about.model, about.model_version)))
    named = tuple(filter(None, (name, about.model_url if name else "")))
    return (
        Field(
            "Versioned model name(s)",
            named,
            filled_from="about.toml: model, model_version, model_url" if named else "",
            asks="" if about.model and about.model_version else "Name every version of the model that this covers.",
        ),
        owed(
            "Model dependencies",
            "If it was made by changing another general-purpose model, name that model and link to its summary.",
        ),
        _day(
            "Date of placement of the model on the Union market",
            about.placed_on_market,
            "placed_on_market",
            "Give the day on which it was first made available in the Union (Art. 3(9)).",
        ),
    )


def _data(figures: Figures) -> tuple[Field, ...]:
    first, last = (day_in_words(text[:10]) for text in figures.captured)
    captured = f"What is on record about the rights was captured from {first} to {last}." if last else ""
    return (
        _size(figures.content),
        _types(figures),
        *(
            Field(
                f"{modality}: training data size and types of content",
                choices=tuple(map(Choice, ranges)),
                asks=f"Licet clears recordings alone. {_EXAMPLES[modality]}",
            )
            for modality, ranges in OTHERS.items()
        ),
        Field(
            "Latest date of data acquisition/collection for model training",
            tuple(filter(None, (captured,))),
            filled_from="the statements about " + MANIFEST if captured else "",
            asks="Give month and year in which the recordings themselves were last acquired.",
        ),
        yes_or_no(
            "Is the model continuously trained on new or dynamic data after that date?",
            "Tick the box.",
        ),
        owed(
            "Description of the linguistic characteristics of the overall training data",
            "Say which languages are sung or spoken, or that the music is instrumental.",
        ),
        owed(
            "Other relevant characteristics of the overall training data",
            "Describe what matters besides: genres, countries, eras, who is heard and who is missing.",
        ),
        owed("Additional comments (optional)", "Add what a reader would want to know."),
    )


def _size(content: Amount) -> Field:
    """Tick a range only where every item was measured; a sum of some is a lower bound."""
    label = "Audio: training data size"
    if not content.items:
        return Field(label, choices=_ranges(None), asks="No item is permitted: say what the model was trained on.")
    hours = content.seconds / 3600
    found = "recording was" if content.recordings == 1 else "recordings were"
    count = f"{items_in_words(content.items)}, in which {number(content.recordings)} different {found} found"
    length = f"Length: {hours_in_words(content)}."
    return Field(
        label,
        (f"{count}.", length),
        choices=_ranges(None if content.unmeasured else hours),
        filled_from=MANIFEST,
        asks="Measure the items whose length is not known, and tick the range." if content.unmeasured else "",
    )


def _ranges(hours: float | None) -> tuple[Choice, ...]:
    taken = bisect_left(ENDS, hours) if hours is not None else None
    return tuple(Choice(words, at == taken) for at, words in enumerate(HOURS))


def _types(figures: Figures) -> Field:
    codecs = ", ".join(f"{name or 'not decoded'} ({number(items)})" for name, items in figures.codecs)
    rows = tuple((name or "none named", number(items)) for name, items in figures.licences)
    return Field(
        "Audio: types of content",
        (f"Audio recordings. As encoded: {codecs}. Each has a licence of its own:",) if codecs else (),
        table=Table(("Licence of the recording", "items"), rows) if rows else None,
        filled_from=MANIFEST if codecs else "",
        asks="Say what the recordings are: music of which kinds, speech, sounds.",
    )


def _told(label: str, value: str, key: str, asks: str) -> Field:
    return Field(label, (value,), filled_from=f"about.toml: {key}") if value else owed(label, asks)


def _day(label: str, day: date | None, key: str, asks: str) -> Field:
    return _told(label, day_in_words(day.isoformat()) if day else "", key, asks)


def asked_in_words(facts: Facts) -> str:
    """Return the place and the day that the clearance holds for."""
    return f"for {places(facts.head.territories)} as of {day_in_words(facts.head.day)}"
