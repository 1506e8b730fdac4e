"""What the record states of a recording, in one word a licence: enough to see that two statements differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms import Stance, resolve, statements_in_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.catalog import Entry, Listed


def own_statement(entry: Entry) -> str:
    """Return what an entry states for itself: its licence as worded, else its file's tag; "" where neither does."""
    if entry.licence or entry.tags is None:
        return entry.licence or ""
    return next((stated.text for stated in statements_in_tags(entry.tags)), "")


def licences_stated(listed: Iterable[Listed]) -> tuple[str, ...]:
    """Return the licences that the sources of one recording state, sorted: by name, or `reserved`, or `unresolved`.

    What is stated for a whole collection counts where the entry itself is silent. Silence states nothing.
    """
    named = set()
    for one in listed:
        for statement in (own_statement(one.entry), one.snapshot.licence or ""):
            resolution = resolve(statement)
            if resolution.stance is not Stance.SILENT:
                named.add(" or ".join(sorted(offer.name for offer in resolution.offers)) or str(resolution.stance))
                break
    return tuple(sorted(named))
