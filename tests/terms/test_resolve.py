"""A statement is offered, reserved, silent, or kept unresolved; never guessed."""

from __future__ import annotations

import time

import pytest

from licet.terms import Stance, instruments, resolve

LINK = "http://creativecommons.org/licenses/by/3.0/"
BY3 = "CC BY 3.0"
CHOOSER_TEXT = (
    "This work is licensed under the Creative Commons Attribution 3.0 Unported License. To view a copy of this"
    f" license, visit {LINK} or send a letter to Creative Commons, PO Box 1866, Mountain View, CA 94042, USA."
)
CHOOSER_MARKUP = (
    f'<a rel="license" href="{LINK}"><img alt="CC" src="https://i.creativecommons.org/l/by/3.0/88x31.png" /></a>'
    f'<br />This work is licensed under a <a rel="license" href="{LINK}">CC Attribution 3.0 Unported License</a>.'
)
LICENSED = {
    "Jamendo": (f"Available under a Creative Commons Attribution license: {LINK}", BY3),
    "tag as Creative Commons asks": (
        f"© 2010 X. Licensed to the public under {LINK} verify at http://example.com/cc.html",
        BY3,
    ),
    "ID3 notice without sign": (
        f"2004 A. Person. Licensed to the public under {LINK} verify at http://example.com/",
        BY3,
    ),
    "in one sentence": (f"(c) 2010 X, licensed to the public under {LINK}", BY3),
    "the chooser's text": (CHOOSER_TEXT, BY3),
    "the chooser's markup": (CHOOSER_MARKUP, BY3),
    "Creative Commons and a link": (f"This track is licensed under a Creative Commons License: {LINK}", BY3),
    "label": ("License: CC BY 3.0", BY3),
    "SPDX label": ("SPDX-License-Identifier: CC-BY-3.0", BY3),
    "copyright label": ("Copyright: Creative Commons Attribution 3.0", BY3),
    "name and link": (f"CC BY 3.0 ({LINK})", BY3),
    "name without version, link with": (f"Some rights reserved. CC BY - {LINK}", BY3),
    "link states the port": (f"CC BY 3.0 {LINK}de/", "CC BY 3.0 DE"),
    "words state the version": ("GNU GPL v2: http://www.gnu.org/copyleft/gpl.html", "GPL 2.0"),
    "the same link twice": (f"{LINK} {LINK.replace('http', 'https')}deed.de", BY3),
    "names in two sentences": ("Released under CC BY. License: CC BY 3.0.", BY3),
    "French": ("sous licence CC BY 3.0", BY3),
    "entities and odd spaces": ("\ufeffAttribution&nbsp;3.0\x00", BY3),
    "sentence with an expression": ("Released under GPL-2+ or CC-BY-SA-3.0", "GPL 2.0 or later or CC BY-SA 3.0"),
    "whole folder": ("All files are released under the terms of the Creative Commons Attribution 3.0 licence", BY3),
}
RESERVED = {
    "All rights reserved": (),
    "(C) 2019 X. All rights reserved.": (),
    "© 2019 Dr. X & The Ys, all rights reserved": (),
    "X © 2019. All Rights Reserved by Y Music": (),
    "Copyright: all rights are strictly reserved": (),
    "Restricted": (),
    "Tous droits réservés": (),
    "© 2019 Y Inc. All rights reserved. Unauthorised copying and hiring is strictly prohibited.": (),
    "© 2019 Y. Recorded in Bar. All rights reserved.": (),
    "no AI training": ("reserves machine learning; says nothing of other uses",),
    "Not for AI or machine learning training": ("reserves machine learning; says nothing of other uses",),
    "Do not train AI models on this music": ("reserves machine learning; says nothing of other uses",),
    "FMA-Limited: Download Only": ("the Free Music Archive's own terms: download for oneself, nothing else",),
}
OWN_WORDS = "words of its own: kept, not guessed at"
UNRESOLVED = {
    "royalty free": OWN_WORDS,
    "free to use": OWN_WORDS,
    "free download": OWN_WORDS,
    "not CC BY": OWN_WORDS,
    "CC BY except for AI": OWN_WORDS,
    "This work is not licensed under CC BY": OWN_WORDS,
    "Licensed under CC BY-NC unless you pay": OWN_WORDS,
    "No longer available under CC BY": OWN_WORDS,
    "Not all rights reserved": OWN_WORDS,
    "All rights reserved except as allowed under CC BY": OWN_WORDS,
    "(c) CC BY 2010": OWN_WORDS,
    "<del>CC BY 3.0</del>": OWN_WORDS,
    "FMA Sound Recording Common Law": OWN_WORDS,
    "http://www.jamendo.com/track/214": OWN_WORDS,
    "https://creativecommons.org/about/": OWN_WORDS,
    '"Song" by X is licensed under CC BY 4.0': OWN_WORDS,  # a credit for another recording, it may be
    f"evil.example/{LINK.removeprefix('http://')}": OWN_WORDS,
    "Free. CC BY 3.0": "names CC BY 3.0 among words of its own: kept, not guessed at",
    f"{LINK} but ask me first": "names CC BY 3.0 among words of its own: kept, not guessed at",
    "© 2019 Foo, ask first. CC BY 3.0": "names CC BY 3.0 among words of its own: kept, not guessed at",
    "Some rights reserved": "speaks of a licence, and names none",
    "© 2019 Foo. Verify at http://example.com/": "speaks of a licence, and names none",
    "© 2019 X. All rights reserved. " + LINK: "reserves rights and names a licence in one statement",
    "CC BY 4.0. No AI training.": "reserves rights and names a licence in one statement",
    "All rights reserved. You may share it.": "reserves rights among other words that may grant some",
    f"CC BY-NC: {LINK}": "words say CC BY-NC, link says CC BY 3.0",
    f"Attribution 3.0 Germany: {LINK}": "words say CC BY 3.0 DE, link says CC BY 3.0",
    f"CC BY 4.0: {LINK}": "words say CC BY 4.0, link says CC BY 3.0",
    "License: CC BY. License: CC BY-SA.": "words say CC BY-SA, and also CC BY",
    f"{LINK} {LINK.replace('/by/', '/by-sa/')}": "links to CC BY 3.0 and to CC BY-SA 3.0",
    "Creative Commons: http://artlibre.org/licence/lal/": "words say Creative Commons, link says Licence Art Libre",
    f"GPL-2 or CC-BY-3.0. {LINK}": "names several licences in several places",
    "Released under CC BY 9.9": "no Creative Commons licence is at licenses/by/9.9; the nearest is licenses/by/4.0",
    "x" * 4_001: "longer than 4,000 characters: kept, not read",
    "x" * 65_537: "longer than 65,536 characters: kept, not read",
    "x" * 601: OWN_WORDS,
}
NOTICES = [
    "© 2019 X",
    "2010 Some Label",
    "Copyright 2010-2014 The Foo Band",
    "(P) 2019 X & © 2019 Y",
    "X ℗ 2019",
    "© 2019",
]
SILENCE = ["", "  \n", "none", "Unknown", "N/A", "nan", "-", "...", "<br/>"]


@pytest.mark.parametrize(("statement", "label"), LICENSED.values(), ids=LICENSED)
def test_licensed(statement: str, label: str) -> None:
    """A licence that is named or linked in a known frame is offered."""
    found = resolve(statement)
    assert (found.stance, found.label, found.notes) == (Stance.LICENSED, label, ())


@pytest.mark.parametrize(("statement", "notes"), RESERVED.items(), ids=RESERVED)
def test_reserved(statement: str, notes: tuple[str, ...]) -> None:
    """Words that reserve, with nothing beside them that may grant, are a reservation."""
    found = resolve(statement)
    assert (found.stance, found.label, found.notes) == (Stance.RESERVED, "reserved", notes)


@pytest.mark.parametrize(("statement", "note"), UNRESOLVED.items(), ids=[case[:40] for case in UNRESOLVED])
def test_unresolved(statement: str, note: str) -> None:
    """Conditions, negations, contradictions and prose are kept unresolved, and a note says why."""
    found = resolve(statement)
    assert (found.stance, found.offers, found.notes) == (Stance.UNRESOLVED, (), (note,))


@pytest.mark.parametrize("statement", NOTICES)
def test_notice_is_silence(statement: str) -> None:
    """A copyright notice names a holder; it neither permits nor reserves."""
    found = resolve(statement)
    assert (found.stance, len(found.notes)) == (Stance.SILENT, 1)


@pytest.mark.parametrize("statement", SILENCE, ids=repr)
def test_silence(statement: str) -> None:
    """Words that only say that nothing is said are silence."""
    assert (resolve(statement).stance, resolve(statement).notes) == (Stance.SILENT, ())


def test_long_bad_input_is_quick() -> None:
    """No text makes the reading of sentences slow."""
    texts = [
        "(" * 4000,
        "a. " * 1300,
        "© " * 2000,
        "1999 " * 800,
        "by " * 1300,
        "http://" * 500,
        "<a " * 1300,
        "&lt;" * 1000,
    ]
    start = time.perf_counter()
    assert not any(resolve(text).offers for text in [*texts, "unauthorised " + "a " * 1900, "GPL or " * 500 + "MIT"])
    assert time.perf_counter() - start < 5


def test_many_distinct_links_are_quick() -> None:
    """Fifty thousand distinct links resolve in seconds."""
    keys = [licence.key for licence in instruments()]
    start = time.perf_counter()
    for number in range(50_000):
        assert resolve(f"{keys[number % len(keys)]}?n={number}").offers
    assert time.perf_counter() - start < 15  # 0.5 s on an idle core; a shared one may be much slower
