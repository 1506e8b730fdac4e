"""What was cleared, as every format needs it: the licences of the permitted items, what each asks for, and addresses.

A manifest, and whatever belongs to one, is named by its content: RFC 6920, Naming Things with Hashes (`ni:`).
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from licet.corpus.attribution import licence_url
from licet.terms import instruments
from licet.terms.other_licences import by_spdx

if TYPE_CHECKING:
    from licet.exports.facts import Facts

NOT_STATED = "not stated"
_EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")
_ODD = re.compile(r"[^A-Za-z0-9.-]+")

_GROUPS = """
    SELECT licence, licence_keys, count(*) AS items,
        CASE verdict WHEN 'permitted' THEN list_sort(list_distinct([c.name for c in conditions])) ELSE [] END AS asks
    FROM lines WHERE verdict = $verdict GROUP BY ALL ORDER BY licence, licence_keys, asks
"""


class Group(NamedTuple):
    """The items of one verdict that are under the same terms."""

    licence: str  # for people; "" where nothing is known
    keys: tuple[str, ...]  # any one of them may be taken; none where a grant or a signal speaks
    asks: tuple[str, ...]  # attribution, notice ...; what a refused item would ask for is asked of nobody
    items: int


def groups(facts: Facts, verdict: str) -> tuple[Group, ...]:
    """Return the items of one verdict by their terms, sorted."""
    with facts.asking() as manifest:
        rows = manifest.rows(_GROUPS, verdict=verdict)
    return tuple(Group(licence, tuple(keys), tuple(asks), items) for licence, keys, items, asks in rows)


def keys_of(permitted: tuple[Group, ...]) -> tuple[str, ...]:
    """Return the key of every licence among `permitted`, each once, sorted."""
    return tuple(sorted({key for group in permitted for key in group.keys}))


def unkeyed(permitted: tuple[Group, ...]) -> tuple[str, ...]:
    """Return in words what permits the items that no licence of a known name permits."""
    return tuple(sorted({group.licence or NOT_STATED for group in permitted if not group.keys}))


def address(key: str) -> str:
    """Return the `https` address of a licence, or "" where it has none of its own."""
    return licence_url(key) if key else ""


def spdx_id(key: str) -> str:
    """Return the SPDX id or expression of a licence; one without an id gets one that begins with `LicenseRef-`.

    SPDX 3.0.1, Annex B (licence expressions): an id of one's own holds letters, digits, full stops and hyphens.
    """
    known = _spdx_ids().get(key, key)
    return known if _EXPRESSION.fullmatch(known) else f"LicenseRef-{_ODD.sub('-', known).strip('-')}"


def either(group: Group) -> str:
    """Return the SPDX expression of a group's licences, any one of which may be taken; "" where there is none."""
    ids = [spdx_id(key) for key in group.keys]
    return ids[0] if len(ids) == 1 else " OR ".join(f"({one})" if " " in one else one for one in ids)


def page_of(spdx: str) -> str:
    """Return the `https` address of the licence with this SPDX id, or "" where it is not known."""
    return address(_keys().get(spdx, ""))


def spdx_at(page: str) -> str:
    """Return the SPDX id of the licence at this address, or "" where none of a known name is."""
    known = _spdx_ids().get("http://" + page.removeprefix("https://").removeprefix("http://"), "")
    return "" if known.startswith("LicenseRef-") else known


def name_by_hash(sha256: str) -> str:
    """Return the `ni` URI of what has this SHA-256 (RFC 6920, section 3)."""
    return f"ni:///sha-256;{urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def begins(day: str) -> str:
    """Return the first moment of a day, in UTC."""
    return f"{day}T00:00:00Z"


@cache
def _spdx_ids() -> dict[str, str]:
    return {licence.key: licence.spdx for licence in (*instruments(), *by_spdx().values()) if licence.spdx}


@cache
def _keys() -> dict[str, str]:
    return {spdx: key for key, spdx in _spdx_ids().items()}
