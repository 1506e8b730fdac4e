"""The steps from the tables of an older Licet to today's: one Alembic revision a version, whose name is its number.

1. Walk the revisions from the version that was found, oldest first.
2. Take each step inside the caller's transaction. Whoever called writes down the version that was reached.

A step changes the tables that are there. One that is not there is made by its room when that opens its store, in
today's form, so that a new table needs no step. Alembic's own table of versions is not used (see ADR 9).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    import sqlalchemy as sa

FOLDER = Path(__file__).parent


def migrate(connection: sa.Connection, found: int) -> None:
    """Take every step that leads on from the version `found`."""
    steps = [step for step in ScriptDirectory(FOLDER).walk_revisions() if int(step.revision) > found]
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(steps):
            step.module.upgrade()
