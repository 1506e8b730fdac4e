"""The style sheets of the published pages: the house's look, and what each page adds to it."""

from __future__ import annotations

from licet.corpus.pages import OUR_STYLE, content_security_policy, part

SHEET = "published.css"


def style_of(*names: str) -> str:
    """Return the house's style sheet with those of the exports after it, as one text."""
    return part("licet.corpus", OUR_STYLE) + "".join(part("licet.exports", name) for name in names)


def policy_of(*names: str) -> str:
    """Return the policy of a page that holds these sheets and may do nothing but be read."""
    return content_security_policy(style_of(*names))
