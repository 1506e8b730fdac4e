"""The licences other than Creative Commons' that are stated for music: art, software and font licences, public domain.

The facts stand in `data/other_licences.toml`. Names are compared without regard to letter case, spaces and hyphens,
so that `GPL-2+`, `GPLv2+` and `GNU General Public License, version 2 or any later version` are one licence.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.terms.creative_commons import VERSION_NOT_STATED, NoSuchLicence
from licet.terms.statement import Licence, Permission, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Every licence of this table lets whoever keeps its conditions copy, pass on and change.
PERMITS = frozenset({Permission.REPRODUCTION, Permission.DISTRIBUTION, Permission.DERIVATIVE_WORKS})
LONGEST_NAME = 120  # characters

_GNU_LINK = re.compile(r"gnu\.org/(?:licenses|copyleft)/(?:old-licenses/)?(a?l?gpl|fdl)(?:-(\d\.\d))?(?:\.[a-z.-]+)?")


def by_name(name: str) -> Licence | NoSuchLicence | None:
    """Return the licence called `name`, or None where no licence of this table is."""
    if len(name) > LONGEST_NAME:
        return None
    squashed = _squashed(name)
    bare = squashed.removeprefix("the").removesuffix("license")
    return _by_name().get(squashed) or _by_name().get(bare) or _gnu(bare)


def at_link(place: str) -> Licence | NoSuchLicence | None:
    """Return the licence that stands at `place`: host and path in lower case, without "www." and closing slash."""
    if match := _GNU_LINK.fullmatch(place):
        return _gnu({"fdl": "gfdl"}.get(match[1], match[1]) + (match[2] or ""))
    return _by_link().get(place.removesuffix("/en"))


@cache
def by_spdx() -> Mapping[str, Licence]:
    """Return every licence of this table by its SPDX id in lower case."""
    stated = [licence for licence, _ in _stated()]
    gnu = [_gnu_licence(row, *facts) for row in _data()["gnu"] for facts in _gnu_versions(row)]
    return {licence.spdx.lower(): licence for licence in [*stated, *gnu] if licence.spdx}


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "other_licences.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _stated() -> tuple[tuple[Licence, dict[str, Any]], ...]:
    return tuple((_licence(row), row) for row in _data()["licence"])


@cache
def _by_name() -> dict[str, Licence]:
    return {
        _squashed(name): licence
        for licence, row in _stated()
        for name in (licence.key, licence.name, *row.get("also", ()))
        if _squashed(name)  # an address is no name
    }


@cache
def _by_link() -> dict[str, Licence]:
    return {link: licence for licence, row in _stated() for link in row.get("links", ())}


def _licence(row: dict[str, Any]) -> Licence:
    return Licence(
        key=row["key"],
        name=row["name"],
        family=row["family"],
        permits=PERMITS,
        requires=frozenset(map(Requirement, row.get("requires", ()))),
        spdx=row.get("spdx", row["key"]),
        note=row.get("note", ""),
        version=row.get("version"),
    )


def _squashed(name: str) -> str:
    """Return a name without what keeps its words apart.

    Any other sign may change the sense ("!GPL", or words in another script) and leaves no name at all: "".
    """
    bare = re.sub(r"[\s\-_,/()\"']", "", name.lower().replace("licence", "license"))
    return bare if re.fullmatch(r"[a-z0-9.+]+", bare) else ""


@cache
def _gnu_pattern() -> re.Pattern[str]:
    called = {row["family"].lower(): _squashed(row["called"]).removesuffix("license") for row in _data()["gnu"]}
    families = "|".join(f"(?P<{short}>{short}|{long}(?:license)?)" for short, long in called.items())
    later = r"\+|or(?:any)?later(?:version)?"
    return re.compile(rf"(?:gnu)?(?:{families})(?:version|v)?(?P<v>\d(?:\.\d)?)?(?:(?P<later>{later})|only)?")


def _gnu(squashed: str) -> Licence | NoSuchLicence | None:
    """Return the GNU licence that a squashed name spells out."""
    match = _gnu_pattern().fullmatch(squashed)
    if match is None:
        return None
    row = next(row for row in _data()["gnu"] if match[row["family"].lower()])
    version = match["v"] and (match["v"] if "." in match["v"] else match["v"] + ".0")
    if version and version not in row["versions"]:
        return NoSuchLicence(f"there is no {row['family']} {version}; the newest is {row['versions'][-1]}")
    return _gnu_licence(row, version, later=bool(match["later"]))


def _gnu_versions(row: dict[str, Any]) -> Iterator[tuple[str | None, bool]]:
    yield None, False
    for version in row["versions"]:
        yield version, False
        yield version, True


def _gnu_licence(row: dict[str, Any], version: str | None, later: bool) -> Licence:
    family: str = row["family"]
    ending = "or-later" if later else "only"
    key = f"{family}-{version}-{ending}" if version else f"LicenseRef-{family}"
    return Licence(
        key=key,
        name=f"{family} {version}{' or later' if later else ''}" if version else family,
        family=family,
        permits=PERMITS,
        requires=frozenset(map(Requirement, row["requires"])),
        spdx=key,
        note="" if version else VERSION_NOT_STATED,
        version=version,
    )
