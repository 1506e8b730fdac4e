"""A statement's words as they are compared: signs, entities and markup made plain, the sense left alone."""

from __future__ import annotations

import html
import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ue000-\uf8ff]")  # and the private use area
# Tags that leave the sense alone. Any other, such as one that strikes words out, stays, and no frame has room for it.
_MARKUP = re.compile(r"</?(?:a|b|br|div|em|font|i|img|p|small|span|strong)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^\s"'<>]+)""", re.IGNORECASE)
_SIGNS = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("‘’`´", "'"), **dict.fromkeys("“”„«»", '"')})


def plain(statement: str) -> str:
    """Return `statement` on one line: entities resolved, markup replaced by the links it held, signs made simple."""
    text = html.unescape(statement) if "&" in statement else statement
    if "<" in text:
        text = _MARKUP.sub(_links_of, text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text)).translate(_SIGNS)
    return _CONTROL.sub(" ", text).strip()


def _links_of(tag: re.Match[str]) -> str:
    return " ".join(["", *_HREF.findall(tag[0]), ""])
