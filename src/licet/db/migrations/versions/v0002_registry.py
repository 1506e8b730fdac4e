"""Version 2: more is kept of the registry.

A holding says in which role it is held, and with which others it was registered at once. Of a statement stands what
kind it is, and where the envelope is kept that its party signed.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from licet.db.columns import DIGEST, NUMBER, TEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add it to what is on record: no role, told apart by its moment alone; no envelope was kept."""
    connection = op.get_bind()
    tables = sa.inspect(connection)
    if tables.has_table("registry_holding"):
        op.add_column("registry_holding", sa.Column("role", TEXT, nullable=False, server_default=""))
        op.add_column("registry_holding", sa.Column("registration", NUMBER, nullable=False, server_default="0"))
    if tables.has_table("registry_statement"):
        op.add_column("registry_statement", sa.Column("kind", sa.String(16), nullable=False, server_default=""))
        op.add_column("registry_statement", sa.Column("envelope", DIGEST, nullable=False, server_default=""))
        said = sa.table("registry_statement", sa.column("number"), sa.column("body"), sa.column("kind"))
        kinds = [{"of": row.number, "is": json.loads(row.body)["kind"]} for row in connection.execute(sa.select(said))]
        if kinds:
            noting = said.update().where(said.c.number == sa.bindparam("of")).values(kind=sa.bindparam("is"))
            connection.execute(noting, kinds)
