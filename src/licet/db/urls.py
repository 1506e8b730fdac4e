"""Where a database is: a path or a URL, and how to name it without its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_SECRETS = ("password", "sslpassword")  # what a URL may also say behind its question mark
_MEND = "give a path, or a URL such as postgresql://user@host/database"


def is_url(target: str | Path) -> bool:
    """Tell a URL from a path."""
    return isinstance(target, str) and "://" in target


def url_of(target: str | Path) -> sa.URL:
    """Return the address of the database at `target`, with the driver that Licet speaks through.

    Raises:
        WorkspaceError: it is a URL, and of no database that Licet knows.
    """
    if not is_url(target):
        return sa.URL.create("sqlite", database=str(target))
    try:
        url = sa.make_url(str(target))
    except (ArgumentError, ValueError):
        # Nothing is quoted, and no cause is shown: any piece of what cannot be read may be of the password.
        raise WorkspaceError("the URL of the database cannot be read", mend=_MEND) from None
    if url.drivername not in _DRIVERS:
        raise WorkspaceError(f"Licet keeps nothing in a database of the kind {url.drivername}", mend=_MEND)
    url = url.set(drivername=_DRIVERS[url.drivername])
    if url.get_backend_name() == "postgresql" and str(target).count("@") > 1:
        # Read by the rule, what follows the first @ is the host, which errors name: it may be half of the password.
        raise WorkspaceError("the URL of the database has more than one @", mend="write %40 for those of the password")
    return url


def shown(url: sa.URL) -> str:
    """Name a database for a person: a path as it is, a URL without its password or what follows its question mark."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.set(query={}).render_as_string(hide_password=True)


def hushed(text: str, url: sa.URL) -> str:
    """Return what a driver said, with stars where it repeats a secret of `url`."""
    for secret in _secrets(url):
        text = text.replace(secret, "***")
    return text


def _secrets(url: sa.URL) -> Iterator[str]:
    values = [url.password, *(value for name in _SECRETS for value in url.normalized_query.get(name, ()))]
    yield from (str(value) for value in values if value)
