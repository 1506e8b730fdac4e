"""Which addresses may be asked: http and https, on the public internet, and without credentials.

An address comes from other people's lists and redirects, and Licet may run where private services listen. So every
host is resolved, every address that it resolves to is judged, and the connection goes to the address that was judged.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit, urlunsplit

from licet.errors import UsageError

LONGEST_URL = 4_096  # characters
_SAFE = "/%:@!$&'()*+,;=~-._"  # RFC 3986: what a path and a query may hold as it is
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
_UNICAST = IPv6Network("2000::/3")
_TUNNELS = (IPv6Network("2001::/23"), IPv6Network("2002::/16"))  # Teredo, ORCHID and others; 6to4
_USUAL = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def is_public(address: str) -> bool:
    """Tell whether `address` (an IP address as text) lies on the public internet, and is one host's."""
    try:
        return _public(ip_address(address))
    except ValueError:
        return False


def _public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    if address.ipv4_mapped is not None:
        return _public(address.ipv4_mapped)
    if address in _NAT64:
        return _public(IPv4Address(address.packed[-4:]))
    return address.is_global and address in _UNICAST and not any(address in tunnel for tunnel in _TUNNELS)


def cleaned(url: str) -> str:
    """Return `url` as it is asked for and kept: host in ASCII, no credentials, no fragment, `/` for an empty path.

    Raises:
        UsageError: it is no http or https address. Its credentials are not repeated in the message.
    """
    try:
        return _written(url.strip())
    except ValueError:  # of a host name or a port; UnicodeError is one
        mend = "write http:// or https:// and a host"
        says = f"that is no web address, or one longer than {LONGEST_URL} characters"
        raise UsageError(says, mend=mend) from None


def _written(url: str) -> str:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").rstrip(".")
    if parts.scheme not in _USUAL or not host or len(url) > LONGEST_URL or _CONTROL.search(host):
        raise ValueError
    place = host if port in {None, _USUAL[parts.scheme]} else f"{host}:{port}"
    path, query = quote(parts.path or "/", safe=_SAFE), quote(parts.query, safe=_SAFE + "?")
    return urlunsplit((parts.scheme, place, path, query, ""))


def origin(url: str) -> str:
    """Return scheme, host and port of a cleaned address: `https://example.org`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
