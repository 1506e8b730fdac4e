"""Licences are known by their titles, codes and ids, read whole or not at all."""

from __future__ import annotations

import pytest
from license_expression import get_spdx_licensing

from licet.terms import Requirement, Stance, resolve
from licet.terms.other_licences import by_spdx

CC = "http://creativecommons.org/licenses/"
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"
NAMES = {
    # the Free Music Archive
    "Attribution-Noncommercial-Share Alike 3.0 United States": CC + "by-nc-sa/3.0/us/",
    "Attribution-NonCommercial-NoDerivatives (aka Music Sharing) 3.0 International": CC + "by-nc-nd/3.0/",
    "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0": CC + "by-nc-nd/4.0/",
    "Attribution-Noncommercial-No Derivative Works 2.1 Japan": CC + "by-nc-nd/2.1/jp/",
    "Attribution-Noncommercial-Share Alike 2.5 UK: Scotland": CC + "by-nc-sa/2.5/scotland/",
    "Attribution 2.0 UK: England & Wales": CC + "by/2.0/uk/",
    "Attribution-NonCommercial-NoDerivs 2.0 Generic": CC + "by-nc-nd/2.0/",
    "Attribution 3.0 Germany": CC + "by/3.0/de/",
    "Attribution 2.5 España": CC + "by/2.5/es/",
    "Attribution": "LicenseRef-CC-BY",
    "CC0 1.0 Universal": CC0,
    "Public Domain Mark 1.0": "http://creativecommons.org/publicdomain/mark/1.0/",
    "Public Domain": "LicenseRef-Public-Domain",
    "Free Art License": "http://artlibre.org/licence/lal/",
    "Noncommercial Sampling Plus 1.0": CC + "nc-sampling+/1.0/",
    # Freesound
    "Attribution NonCommercial": "LicenseRef-CC-BY-NC",
    "Creative Commons 0": CC0,
    "Sampling+": "LicenseRef-CC-SAMPLING-PLUS",
    # codes
    "ccby": "LicenseRef-CC-BY",
    "cc0": CC0,
    "CC BY-NC-SA": "LicenseRef-CC-BY-NC-SA",
    "cc-by-4.0": CC + "by/4.0/",
    "BY-NC": "LicenseRef-CC-BY-NC",
    "CC BY-SA 3.0 DE": CC + "by-sa/3.0/de/",
    "CC BY v3": CC + "by/3.0/",
    "cc nc-nd": "LicenseRef-CC-NC-ND",
    # people
    "Creative Commons License Attribution 3.0": CC + "by/3.0/",
    "Creative Commons Attribution 4.0 International Public License": CC + "by/4.0/",
    "Attribution 4.0 International (CC BY 4.0)": CC + "by/4.0/",
    "CC BY (Attribution 4.0)": CC + "by/4.0/",
    "Creative Commons — Attribution 3.0 Unported — CC BY 3.0": CC + "by/3.0/",
    "Attribution-NonCommercial (BY-NC)": "LicenseRef-CC-BY-NC",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": CC0,
    # SPDX
    "CC-BY-NC-SA-2.0-FR": CC + "by-nc-sa/2.0/fr/",
    "CC-BY-NC-ND-1.0": CC + "by-nd-nc/1.0/",
    "LicenseRef-CC-BY-3.0-FR": CC + "by/3.0/fr/",
    "LicenseRef-CC-BY": "LicenseRef-CC-BY",
    "GPL-2.0-or-later": "GPL-2.0-or-later",
    "GPL-2.0+": "GPL-2.0-or-later",
    "LicenseRef-GPL": "LicenseRef-GPL",
    # Debian
    "GPL-2": "GPL-2.0-only",
    "GPL-2+": "GPL-2.0-or-later",
    "GPL": "LicenseRef-GPL",
    "LGPL-2.1+": "LGPL-2.1-or-later",
    "GFDL-1.3": "GFDL-1.3-only",
    "CC-BY-SA-3.0": CC + "by-sa/3.0/",
    "CC-BY-SA-3+": CC + "by-sa/3.0/",
    "Expat": "MIT",
    "zlib": "Zlib",
    "SIL-1.1": "OFL-1.1",
    "public-domain": "LicenseRef-Public-Domain",
    # in words
    "GNU General Public License, version 2 or any later version": "GPL-2.0-or-later",
    "The MIT License": "MIT",
    "Licence Art Libre 1.3": "LAL-1.3",
    # by link
    "http://artlibre.org/licence/lal/": "http://artlibre.org/licence/lal/",
    "https://www.artlibre.org/licence/lal/en/": "http://artlibre.org/licence/lal/",
    "https://www.gnu.org/licenses/gpl-3.0.en.html": "GPL-3.0-only",
    "http://www.gnu.org/copyleft/fdl.html": "LicenseRef-GFDL",
    "https://opensource.org/licenses/MIT": "MIT",
    "https://spdx.org/licenses/CC-BY-SA-3.0.html": CC + "by-sa/3.0/",
}
NO_NAMES = [
    *("BY", "by", "Share Alike", "NonCommercial", "CC", "Creative Commons", "un", "the", "license", "MPL-2.0"),
    *(
        "CC BY-SA-ND",
        "CC BY BY",
        "CC BY, CC0",
        "CC BY (NC)",
        "CC BY 4.0 (free)",
        "CC BY 4.0 public domain",
        "CC BY 3.0 CC BY 4.0",
        "CC BY 3.0 inn",
    ),
    *(
        "CC BY²",
        "CC BYE",
        "CC BY?",
        "!GPL",
        "GPLではない",
        "CC BY-",
        "Attribution-",
        "GPL-",
        "Attribution-NonCommercial-Sha",
    ),
    *("Attribution " * 30, "G" * 200, "CC BY 4.0 (Attribution 9.9)", "CC BY 9.9 (Attribution)"),
]
NONE_SUCH = {
    "CC BY 9.9": "no Creative Commons licence is at licenses/by/9.9; the nearest is licenses/by/4.0",
    "Attribution 4.0 France": "no Creative Commons licence is at licenses/by/4.0/fr; the nearest is licenses/by/4.0",
    "GPL-9+": "there is no GPL 9.0; the newest is 3.0",
    "https://spdx.org/licenses/MPL-2.0.html": "the terms of mpl-2.0 are not known here",
}


@pytest.mark.parametrize(("name", "key"), NAMES.items(), ids=NAMES)
def test_named(name: str, key: str) -> None:
    """A title, a code, an id or a link names one licence."""
    assert [licence.key for licence in resolve(name).offers] == [key]


@pytest.mark.parametrize("name", NO_NAMES, ids=lambda name: name[:30])
def test_not_named(name: str) -> None:
    """What is nearly a name is none: it is kept, unresolved."""
    assert resolve(name).stance is Stance.UNRESOLVED


@pytest.mark.parametrize(("name", "note"), NONE_SUCH.items(), ids=NONE_SUCH)
def test_none_such(name: str, note: str) -> None:
    """A well-formed name of what does not exist, or has no terms here, is unresolved and says so."""
    assert (resolve(name).offers, resolve(name).notes) == ((), (note,))


def test_version_not_stated() -> None:
    """A licence without its version is the family's own, and says so; a family of one needs no version."""
    (by,), (zero,) = resolve("CC BY").offers, resolve("CC0").offers
    assert (by.name, by.version, by.note, by.url) == ("CC BY", None, "version not stated", "")
    assert (zero.version, zero.note) == ("1.0", "")


def test_software_licences() -> None:
    """The GPL asks for the source and the same licence; permissive ones ask for their notice alone."""
    (gpl,), (mit,) = resolve("GPL-2").offers, resolve("MIT").offers
    assert gpl.requires == {Requirement.NOTICE, Requirement.SHARE_ALIKE, Requirement.SOURCE_CODE}
    assert mit.requires == {Requirement.NOTICE}
    assert gpl.permits == mit.permits


def test_other_licences_by_spdx() -> None:
    """Every licence of the table is found by its own id, which is SPDX's own where it is not minted."""
    listed = get_spdx_licensing().known_symbols
    for licence in by_spdx().values():
        assert licence.spdx is not None
        assert resolve(licence.spdx).offers == resolve(licence.key).offers == (licence,)
        assert licence.spdx.startswith("LicenseRef-") or licence.spdx in listed


def test_page_of_a_licence() -> None:
    """A licence has an https address to show, where it has a page at all."""
    assert resolve("CC BY 4.0").offers[0].url == "https://creativecommons.org/licenses/by/4.0/"
    assert resolve("GPL-2").offers[0].url == "https://spdx.org/licenses/GPL-2.0-only.html"
