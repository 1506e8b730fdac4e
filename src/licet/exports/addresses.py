"""Addresses in other people's words, checked: what is none would spoil a whole document, or hide behind a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.exports.about import About

_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20\x7f]+")
_MAIL = re.compile(r"[^\s<>@:/\"]+@[^\s<>@:/\"]+")
_FIELDS = ("url", "publisher_url", "licence", "model_url")


def is_web_address(text: str) -> bool:
    """Whether `text` may stand where a link is: of the web, in one piece, with nothing in it that is not seen."""
    return text.isprintable() and _WEB.fullmatch(text) is not None


def check_addresses(said: About) -> None:
    """Let through what a publisher states if its addresses are addresses.

    Raises:
        UsageError: one is not. The message names the field.
    """
    for field in _FIELDS:
        value = getattr(said, field)
        if value and not is_web_address(value):
            raise UsageError(f"{field} is no web address: {value[:200]!r}", mend="begin it with https://")


def mail_address(said: About) -> str:
    """Return the publisher's e-mail address, or "" where the contact is none."""
    return said.contact if _MAIL.fullmatch(said.contact) else ""


def contact_page(said: About) -> str:
    """Return the page to turn to, or "" where the contact is none."""
    return said.contact if is_web_address(said.contact) else ""
