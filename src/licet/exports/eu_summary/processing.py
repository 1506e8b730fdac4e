"""Part 3 of the template: what was done about reserved rights, and about the rest.

Directive (EU) 2019/790, Art. 4(3): holders may reserve text and data mining; Regulation (EU) 2024/1689, Art. 53(1)(c):
a provider has a policy that finds such reservations and keeps to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus.wording import number
from licet.exports.eu_summary.form import Field, Section, Table, owed, yes_or_no
from licet.exports.eu_summary.general import asked_in_words
from licet.exports.eu_summary.sources import COMMENTS, PLACES

if TYPE_CHECKING:
    from licet.exports.eu_summary.figures import Figures
    from licet.exports.facts import Facts


def processing(facts: Facts, figures: Figures) -> tuple[Section, ...]:
    """Return the third part."""
    return (
        Section("3", "Data processing aspects"),
        Section(
            "3.1",
            "Respect of reservation of rights from text and data mining exception or limitation",
            (
                yes_or_no(
                    "Are you a Signatory to the Code of Practice for general-purpose AI models that includes "
                    "commitments to respect reservations of rights from the TDM exception or limitation?",
                    "Tick the box.",
                ),
                _measures(facts, figures),
                COMMENTS,
            ),
        ),
        Section(
            "3.2",
            "Removal of illegal content",
            (
                owed(
                    "General description of measures taken",
                    "Say what was done to keep out what is illegal under Union law. Licet looks at rights alone.",
                ),
            ),
        ),
        Section("3.3", "Other information (optional)", (_proof(facts),)),
    )


def _measures(facts: Facts, figures: Figures) -> Field:
    counts = facts.counts
    looked = counts.total - counts.error
    rows = tuple((PLACES.get(one.place, one.place), number(one.items), number(one.refused)) for one in figures.heard)
    decided = (
        f"Of {number(counts.total)} items, {number(looked)} could be looked at. What is on record about the recording "
        f"in each, from the places below, was decided on {asked_in_words(facts)}, under the reading "
        f"“{facts.head.reading}”."
    )
    were = "item was" if figures.reserved == 1 else "items were"
    refused = (
        f"{number(figures.reserved)} {were} refused because the holder reserves the rights. Nothing that is refused "
        "counts as content. Nor does anything on which nothing is stated: silence was not taken for permission."
    )
    return Field(
        "Measures implemented before model training to respect reservations of rights from the TDM exception or "
        "limitation, including the opt-out protocols and solutions honoured",
        (decided, refused) if counts.total else (),
        table=Table(("Where it was looked for", "items in which it is found", "refused as reserved there"), rows)
        if rows
        else None,
        filled_from="every line of the manifest, permitted or not" if counts.total else "",
        asks="Add what was done while the data was collected, by you and by those you have it from.",
    )


def _proof(facts: Facts) -> Field:
    head, counts, seal = facts.head, facts.counts, facts.seal
    came_to = (
        f"Of {number(counts.total)} items, {number(counts.permitted)} are permitted, {number(counts.refused)} refused, "
        f"{number(counts.unknown)} unknown; {number(counts.error)} could not be read."
    )
    manifest = f"Manifest: {facts.parquet.name}, SHA-256 {facts.parquet_sha256}."
    policy = f"Policy: {head.policy}, SHA-256 {head.policy_sha256}."
    logged = (f"Logged in {seal.origin} as entry {seal.place}, counted from 0.",) if seal is not None else ()
    return Field(
        "Other relevant information about data processing (optional)",
        (came_to, manifest, policy, *logged),
        filled_from="clearance.json, the manifest’s own bytes" + (" and its seal" if seal is not None else ""),
        asks="Add what else was done to the data before training.",
    )
