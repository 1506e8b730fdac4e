"""The credits that the permitted items' licences ask for, as text that is ready to paste."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from licet.corpus.asking import asking
from licet.corpus.manifest import read_head
from licet.corpus.wording import number, shown, use_in_words
from licet.terms import Licence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus.asking import Asked
    from licet.corpus.manifest import Head

ATTRIBUTION_NAME = "ATTRIBUTION.txt"

# Sorted by licence, so that the credits of one licence come together; by SQL, because there may be millions of them.
_CREDITS = r"""
    SELECT DISTINCT licence, licence_keys, trim(regexp_replace(attribution, '\s+', ' ', 'g')) AS credit FROM lines
    WHERE verdict = 'permitted' AND attribution <> '' ORDER BY licence, licence_keys, credit
"""


def write_attribution(folder: Path) -> Path:
    """Write `ATTRIBUTION.txt` beside the manifest in `folder`: every credit once, sorted, under its licence.

    Raises:
        ManifestError: there is no manifest, or it is damaged.
        OSError: the file cannot be written.
    """
    head, _ = read_head(folder)
    path = folder / ATTRIBUTION_NAME
    draft = path.with_name(f".{ATTRIBUTION_NAME}.draft")
    with asking(folder, head.reading) as manifest, draft.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(f"{line}\n" for line in credit_lines(head, manifest))
    draft.replace(path)
    return path


def credit_lines(head: Head, manifest: Asked) -> Iterator[str]:
    """Yield the lines of the credits: what they are for, then each licence with its address and its credits."""
    items = manifest.count("verdict = 'permitted' AND attribution <> ''")
    title = f"Credits for {shown(head.corpus)}"
    yield from (title, "=" * len(title), "")
    if not items:
        yield "No permitted item asks for a credit."
        return
    many = f"{number(items)} items, which" if items > 1 else "one item, which"
    yield f"These credits are asked for by the licences of {many} may be used to"
    yield f"{', '.join(use_in_words(head))}."
    yield "Publish them wherever that use is published."
    for licence, keys, credits_of_it in credits_by_licence(manifest):
        yield from ("", "", shown(licence))
        yield from filter(None, map(licence_url, keys))
        yield ""
        yield from (f"  {shown(credit)}" for credit in credits_of_it)


def credits_by_licence(manifest: Asked) -> Iterator[tuple[str, tuple[str, ...], Iterator[str]]]:
    """Yield each licence that asks for credit, its keys and its credits, each once. They come one after the other."""
    for (licence, keys), rows in groupby(manifest.each(_CREDITS), key=lambda row: row[:2]):
        yield licence, tuple(keys), (credit for _, _, credit in rows)


def licence_url(key: str) -> str:
    """Return the address of a licence's page, or "" where it has none of its own."""
    return Licence(key, name="", family="", permits=frozenset()).url
