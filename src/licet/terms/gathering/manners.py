"""Whether a site's robots.txt lets our own agent in (RFC 9309). What it says to others is a signal, read elsewhere."""

from __future__ import annotations

from licet.terms.signals.robots_file import barred, can_be_asked, read_robots_file

MOST_ROBOTS_BYTES = 500 << 10  # RFC 9309, 2.5


def lets_in(robots: bytes, product: str, url: str) -> bool:
    """Tell whether `robots` lets the agent called `product` ask for `url`.

    The groups that name it speak, and where none does, those for `*` (RFC 9309, 2.2.1).
    """
    file, name = read_robots_file(robots), product.lower()
    named = any(name in group.agents for group in file.groups)
    return can_be_asked(url) and (name if named else "*") not in barred(file, url)
