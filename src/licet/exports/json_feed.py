"""News as a JSON Feed (version 1.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.exports.feed import Feed

NAME = "reopened.json"


def text(feed: Feed) -> bytes:
    """Return the feed."""
    news = [
        {
            "id": one.id,
            "title": one.title,
            "content_text": one.text,
            "date_published": one.at,
            "tags": list(one.tags),
        }
        for one in feed.news
    ]
    whole = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "authors": [{"name": feed.origin}],
        "items": news,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"
