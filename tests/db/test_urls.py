"""A database's URL chooses the driver, and no error repeats its password."""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from postgres import PASSWORD

from licet.db import is_url, open_database, reading
from licet.db.engines import engine_at
from licet.db.urls import hushed, shown, url_of
from licet.errors import WorkspaceError
from licet.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from postgres import Server

SECRET = "hunter2"  # noqa: S105  (nobody's)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"], ids=str)
def test_postgresql_is_spoken_to_through_psycopg(scheme: str) -> None:
    """However its URL begins."""
    assert engine_at(f"{scheme}://licet@db.example.org/licet").driver == "psycopg"


@pytest.mark.parametrize(
    "url",
    ["nonsense://x", "://", "sqlite+none:///x", "mysql://x/y", "postgresql+asyncpg://x/y", "postgresql://h:port/d"],
    ids=str,
)
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    """A wrong URL is the user's to mend, never a traceback."""
    assert is_url(url)
    with pytest.raises(WorkspaceError) as refusal:
        open_database(url)
    assert "postgresql://" in refusal.value.mend


def test_a_path_is_no_url(tmp_path: Path) -> None:
    """Nor is it shown as one."""
    assert not is_url(tmp_path / "licet.db")
    assert not is_url("licet.db")
    assert shown(url_of(tmp_path / "licet.db")) == str(tmp_path / "licet.db")


def test_a_missing_driver_is_told_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(WorkspaceError) as refusal:
        open_database(f"postgresql://licet:{SECRET}@db.example.org/licet")
    assert refusal.value.mend == "pip install 'licet[postgres]'"
    assert SECRET not in told(refusal)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://licet:{SECRET}@/licet?host=/nowhere",
        f"postgresql://licet@/licet?host=/nowhere&password={SECRET}",
        f"postgresql://licet@/licet?host=/nowhere&sslpassword={SECRET}",
        f"postgresql://licet:half@{SECRET}@/licet?host=/nowhere",
        f"postgresql://licet:{SECRET}",
        f"postgresql://licet:{SECRET}@/licet?host=/nowhere&{SECRET}={SECRET}",
        f"postgresql:// licet:{SECRET}@/ licet",
        f"mysql://licet:{SECRET}@/licet",
    ],
    ids=["plain", "query", "key", "unescaped", "no host", "unknown option", "spaces", "another kind"],
)
def test_no_error_repeats_a_password(url: str) -> None:
    """Neither ours nor what it came from, wherever in the URL it stands."""
    with pytest.raises(WorkspaceError) as refusal:
        open_database(url)
    assert SECRET not in told(refusal)


def test_a_wrong_password_is_not_told(postgres: Server) -> None:
    """The server's own words say whose it was."""
    with pytest.raises(WorkspaceError, match="guarded") as refusal:
        open_database(postgres.url(user=f"guarded:{SECRET}"))
    assert SECRET not in told(refusal)


def test_a_right_password_opens(postgres: Server) -> None:
    """With what is not a letter written as in any URL."""
    engine = engine_at(postgres.url(user="guarded:guarded%27s"))
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT current_user")) == "guarded"
    assert PASSWORD not in repr(engine) + shown(engine.url)
    engine.dispose()


def test_what_a_driver_repeats_is_starred() -> None:
    """Should one ever do so."""
    url = url_of(f"postgresql://licet:{SECRET}@db.example.org/licet?sslpassword=other")
    assert hushed(f"cannot use {SECRET} or other", url) == "cannot use *** or ***"


def test_settings_do_not_show_it() -> None:
    """Where they are printed as a value."""
    assert SECRET not in repr(Settings(database=f"postgresql://licet:{SECRET}@db.example.org/licet"))


def test_a_database_that_does_not_hold_every_text_is_refused(postgres: Server) -> None:
    """A title in Japanese must not fail years later."""
    with postgres.connect() as connection:
        options = "ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        connection.execute(f"CREATE DATABASE latin {options}")
    with pytest.raises(WorkspaceError, match="LATIN1") as refusal:
        open_database(postgres.url("latin"))
    assert "createdb" in refusal.value.mend


def told(refusal: pytest.ExceptionInfo[WorkspaceError]) -> str:
    """Return all that a traceback of it would print, less the lines of the test itself."""
    return "".join(str(one) for one in chain(refusal.value)) + traceback.format_exception_only(refusal.value)[-1]


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an error, and what it is printed as coming from."""
    if error is None:
        return []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [error, *chain(before)]
