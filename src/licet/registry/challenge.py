"""A challenge: whoever controls a site puts a line there that names the party and the log, and nobody else can.

The file is `/.well-known/licet-party.txt` (RFC 8615), over HTTPS, and from that very host: where a redirect leads to
another one, that one answered. The line is no secret; what it proves is that the site's keeper let it stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.terms.gathering import Fetched

PATH = "/.well-known/licet-party.txt"


def challenge_line(origin: str, party: str) -> str:
    """Return the line that the file must hold; `origin` names the log."""
    return f"licet-party: {party} at {origin}"


def challenge_url(site: str) -> str:
    """Return where the file of a site lies.

    Raises:
        UsageError: it is no site that is reached over HTTPS.
    """
    parts = urlsplit(site if "://" in site else f"https://{site}")
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise UsageError(f"{site!r} is no site that is reached over HTTPS", mend="name it as https://example.org")
    return f"https://{parts.netloc}{PATH}"


def answered(fetched: Fetched, line: str) -> str:
    """Say what is wrong with the answer to a challenge; "" if it holds the line."""
    response = fetched.response
    if not response.found:
        return response.says or f"the server answered {response.status}"
    if urlsplit(response.landed or response.url)[:2] != urlsplit(response.url)[:2]:
        return f"it leads to {response.landed}, and another host answered"
    lines = fetched.body.decode("utf-8", "replace").splitlines()
    return "" if line in map(str.strip, lines) else "the file does not hold the line"
