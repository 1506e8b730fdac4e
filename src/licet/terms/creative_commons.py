"""Every instrument of Creative Commons, by the address that is its name.

The facts stand in `data/creative_commons.toml`, as families times versions times ports; this module multiplies them
out. An address that names no instrument is answered with the nearest that exists, and never with that one's terms.

Source: Creative Commons' RDF in the words of CC REL, https://www.w3.org/Submission/ccREL/.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.terms.statement import Licence, Permission, Prohibition, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SITE = "http://creativecommons.org/"
NO_PORT = "-"
VERSION_NOT_STATED = "version not stated"


@dataclass(frozen=True, slots=True)
class NoSuchLicence:
    """What is named does not exist: `note` says so, and names the nearest that does."""

    note: str


def instruments() -> tuple[Licence, ...]:
    """Return every Creative Commons instrument, sorted by canonical URI."""
    return tuple(sorted(_by_path().values(), key=lambda licence: licence.key))


def at_path(path: str) -> Licence | NoSuchLicence:
    """Return the instrument at `path` on the site: `licenses/by-nc-sa/2.0/fr`, in any letter case.

    NonCommercial and NoDerivatives may stand in either order: version 1.0 had them the other way round.
    """
    path = path.lower()
    found = _by_path().get(path) or _by_path().get(_other_order(path))
    return found or NoSuchLicence(f"no Creative Commons licence is at {path[:80]}{_nearest(path)}")


def of_elements(elements: tuple[str, ...], version: str | None, port: str | None) -> Licence | NoSuchLicence | None:
    """Return the instrument that a title names: its elements (`by`, `nc`, `sa` ...), version and port.

    Without a version the licence is the family's own, and says so. None means that the elements make no family.
    """
    codes = [code for code in dict.fromkeys(map("-".join, permutations(elements))) if code in _families()]
    if not codes:
        return None
    if version is None:
        return _whole_family(_families()[codes[0]]["family"])
    paths = ["/".join(filter(None, (_root(code), code, version, port))) for code in codes]
    return next((_by_path()[path] for path in paths if path in _by_path()), None) or at_path(paths[0])


@cache
def by_spdx() -> Mapping[str, Licence]:
    """Return every instrument, and every family as a whole, by its SPDX id in lower case."""
    families = {family["family"] for family in _families().values()}
    known = [*map(_whole_family, families), *_by_path().values()]
    return {licence.spdx.lower(): licence for licence in known if licence.spdx}


@cache
def port_names() -> Mapping[str, str]:
    """Return the port that each code and name means, in lower case: `uk: england & wales` is `uk`."""
    ports: dict[str, list[str]] = _data()["ports"]
    return {name.lower(): port for port, names in ports.items() for name in (port, *names)}


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).parent / "data" / "creative_commons.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _families() -> dict[str, dict[str, Any]]:
    return {family["code"].lower(): family for family in _data()["family"]}


@cache
def _official_ids() -> frozenset[str]:
    return frozenset(_data()["spdx"].split())


@cache
def _by_path() -> dict[str, Licence]:
    made = (licence for family in _data()["family"] for licence in _multiplied(family))
    return {licence.key.removeprefix(SITE).rstrip("/").lower(): licence for licence in made}


@cache
def _kin() -> dict[tuple[str, ...], list[str]]:
    """Return the paths of each family by its elements in no order: what a misspelt address is measured against."""
    kin: dict[tuple[str, ...], list[str]] = {}
    for path in _by_path():
        kin.setdefault(_elements(path), []).append(path)
    return kin


def _multiplied(family: dict[str, Any]) -> Iterator[Licence]:
    """Yield one licence for each version and port of a family."""
    shared = {version: _data()["versions"][version] for version in family.get("shared", ())}
    groups = ((shared, False), (family.get("current", {}), False), (family.get("retired", {}), True))
    for versions, retired in groups:
        for version, ports in versions.items():
            for port in ports.split():
                yield _instrument(family, version, "" if port == NO_PORT else port, retired=retired)


def _instrument(family: dict[str, Any], version: str, port: str, *, retired: bool) -> Licence:
    code: str = family["code"]
    where = [part for part in (version, port) if part]
    return Licence(
        key=SITE + "/".join([_root(code), code, *where]) + "/",
        name=" ".join([family.get("name", f"CC {code.upper()}"), *where[:1], port.upper()]).strip(),
        family=family["family"],
        permits=frozenset(map(Permission, family["permits"])),
        requires=frozenset(map(Requirement, family.get("requires", ()))),
        prohibits=frozenset(map(Prohibition, family.get("prohibits", ()))),
        spdx=_spdx(family, where),
        jurisdiction=port or None,
        retired=retired,
        note=_mend(code, version, port) or family.get("note", ""),
        version=version or None,
    )


@cache
def _whole_family(name: str) -> Licence:
    """Return a family as a licence of its own, unless it holds a single instrument: then that one is meant."""
    members = [licence for licence in _by_path().values() if licence.family == name]
    if len(members) == 1:
        return members[0]
    minted = _minted(name)
    return replace(
        members[0],
        key=minted,
        name=next(
            (kin["name"] for kin in _families().values() if kin["family"] == name and "name" in kin), f"CC {name}"
        ),
        spdx=minted,
        jurisdiction=None,
        retired=all(member.retired for member in members),
        note=VERSION_NOT_STATED,
        version=None,
    )


def _spdx(family: dict[str, Any], where: list[str]) -> str:
    """Return the official SPDX id where the list has one, else one minted as SPDX's annex on LicenseRef allows."""
    official = "-".join(["CC", family["family"], *where]).upper()
    if official in _official_ids():
        return official
    return str(family.get("spdx", "")) or _minted(family["code"], *where)


def _minted(*parts: str) -> str:
    return "-".join(["LicenseRef-CC", *parts]).upper().replace("LICENSEREF", "LicenseRef").replace("+", "-PLUS")


def _mend(code: str, version: str, port: str) -> str:
    """Return the note of a licence whose published facts contradict its text, or ""."""
    for mend in _data()["mended"]:
        if (version, port) == (mend["version"], mend["port"]) and code in mend["codes"]:
            return str(mend["note"])
    return ""


def _root(code: str) -> str:
    return str(_families()[code.lower()].get("root", "licenses"))


def _elements(path: str) -> tuple[str, ...]:
    """Return what stands for the family in a path, in no order: `licenses/by-sa-nc/3.0` is by, nc, sa."""
    return tuple(sorted(path.partition("/")[2].partition("/")[0].split("-")))


def _other_order(path: str) -> str:
    return path.replace("nc-nd", "nd-nc") if "nc-nd" in path else path.replace("nd-nc", "nc-nd")


def _nearest(path: str) -> str:
    """Name the nearest instrument that exists: the same version without the port, else the newest."""
    kin = _kin().get(_elements(path), [])
    if not kin:
        return ""
    version = "/".join(path.split("/")[2:3])
    plain = [other for other in kin if other.count("/") < 3] or kin
    nearest = next((other for other in plain if other.split("/")[2:3] == [version]), max(plain))
    return f"; the nearest is {nearest}"
