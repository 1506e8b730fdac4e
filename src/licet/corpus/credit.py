"""The credit that a licence asks for: title, author, source, licence (CC BY 4.0, s. 3(a)(1); "TASL" for short)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms import Requirement

if TYPE_CHECKING:
    from licet.catalog import Entry
    from licet.terms import Licence


def credit_for(entry: Entry, licence: Licence) -> str:
    """Return one line of credit, or "" where the licence asks for none.

    A source's own credit line is kept as worded; a licence that it does not name is added.
    """
    ending = signature(licence)
    credit = " ".join(entry.attribution.split()) if entry.attribution else _credit(entry)
    return f"{credit}{ending}" if ending else ""


def signature(licence: Licence) -> str:
    """Return what ends a credit: the licence and its address; "" where it asks for no credit."""
    if Requirement.ATTRIBUTION not in licence.requires:
        return ""
    return f" — {licence.name}{f' <{licence.url}>' if licence.url else ''}"


def _credit(entry: Entry) -> str:
    title = f"“{entry.title}”" if entry.title else str(entry.key)
    maker = entry.artist or ", ".join(holding.party.name for holding in entry.holdings) or "unknown maker"
    page = f", {entry.url}" if entry.url else ""
    return f"{title} by {maker}{page}"


# The same for DuckDB, over the columns `item`, `title`, `artist`, `url` and `attribution`. A test holds the two equal.
_SPACES = r"[\t-\r\x{1c}-\x{20}\x{85}\p{Z}]+"
CREDIT = f"""
    CASE WHEN attribution <> '' THEN
        CASE WHEN regexp_full_match(attribution, '[!-~]+( [!-~]+)*') THEN attribution
             ELSE trim(regexp_replace(attribution, '{_SPACES}', ' ', 'g')) END
    ELSE CASE WHEN title <> '' THEN '“' || title || '”' ELSE item END
        || ' by ' || coalesce(nullif(artist, ''), 'unknown maker')
        || CASE WHEN url <> '' THEN ', ' || url ELSE '' END END
"""
