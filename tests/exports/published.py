"""What a publisher says who leaves nothing out, and whose name is hostile."""

from __future__ import annotations

from datetime import date

from licet.exports import About
from manifests import HOSTILE_TITLES

FULL = About(
    name=HOSTILE_TITLES[1],
    version="1.0",
    url="https://example.org/harbour",
    published=date(2026, 11, 30),
    publisher=HOSTILE_TITLES[4],
    publisher_url="https://example.org/",
    contact="rights@example.org",
    licence="https://creativecommons.org/publicdomain/zero/1.0/",
    model="Tidal",
    model_version="2",
    model_url="https://example.org/tidal",
)
