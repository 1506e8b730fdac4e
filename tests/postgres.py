"""A PostgreSQL server for the tests: made when the first one asks, reached by a Unix socket, gone with the last.

Its own order of text is that of English, so that whatever leaves an order to the server is found out. Nobody is asked
for a password but `guarded`, whose password is `guarded's`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "postgres"  # which Debian's package makes: the server refuses to be run by root
START_S = 60
PASSWORD = "guarded's"  # noqa: S105  (of a server that lives as long as the tests)
MISSING = "the tests need PostgreSQL 15 or newer, and it is not here: on Debian, apt-get install postgresql"

_HBA = "local all guarded scram-sha-256\nlocal all all trust\n"
_CLUSTER = (
    "--username=licet",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=icu",
    "--icu-locale=en-US",
    "--no-sync",
)
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # nothing in it outlives the tests
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "100",  # PostgreSQL's own number
    "autovacuum": "off",
}


class Server:
    """A server that runs, whose socket lies in `folder`. Every database that it is asked for is new and empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def url(self, database: str = "postgres", *, user: str = "licet", **query: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://{user}@/{database}?{urlencode({'host': str(self.folder), **query})}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as whoever may do anything; each statement is kept at once."""
        return psycopg.connect(host=str(self.folder), dbname=database, user="licet", autocommit=True)

    def empty_database(self) -> str:
        """Return the URL of an empty schema, which is to Licet a database of its own, and much sooner made."""
        name = f"licet_{next(self._numbers)}"
        with self.connect() as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return self.url(options=f"-csearch_path={name}")


@contextmanager
def running_server(**settings: str) -> Iterator[Server]:
    """Run a server until the block is left; `settings` are of PostgreSQL, and go before those of the tests.

    Raises:
        RuntimeError: PostgreSQL is not installed, or does not start.
    """
    _program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="licet-pg-"))  # a socket's path is short, and pytest's folders are not
    try:
        if os.getuid() == 0:
            shutil.chown(folder, ACCOUNT)
        _run("initdb", *_CLUSTER, f"--pgdata={folder / 'data'}")
        (folder / "data" / "pg_hba.conf").write_text(_HBA)
        process = _start(folder, _SETTINGS | settings)
        try:
            server = Server(folder)
            _wait_for(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # whoever is connected is cut off
            process.wait(START_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    told = [f"--{name}={value}" for name, value in settings.items()]
    # Where tests are killed, the kernel stops the server that they started.
    leash = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    command = [*leash, _program("postgres"), "-D", str(folder / "data"), "-k", str(folder), *told]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, **_as_nobody_special())


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(psycopg.OperationalError), server.connect() as connection:
            secret = PASSWORD.replace("'", "''")
            connection.execute(f"CREATE ROLE guarded LOGIN PASSWORD '{secret}'")
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL does not start:\n{(server.folder / 'log').read_text()}")


def _run(program: str, *arguments: str) -> None:
    command = [_program(program), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, **_as_nobody_special())
    if done.returncode:
        raise RuntimeError(f"{program} does not work:\n{done.stdout}{done.stderr}")


def _program(name: str) -> str:
    """Return where a program of the server lies. Debian keeps them off the path, one folder a version."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise RuntimeError(MISSING)
    return found


def _as_nobody_special() -> dict[str, Any]:
    return {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": [], "cwd": "/"} if os.getuid() == 0 else {}
