"""News as an Atom feed (RFC 4287)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.atom import feed_text

if TYPE_CHECKING:
    from licet.exports.feed import Feed

NAME = "reopened.atom"


def text(feed: Feed) -> bytes:
    """Return the feed."""
    return feed_text(feed.id, feed.title, feed.origin, feed.at, feed.news)
