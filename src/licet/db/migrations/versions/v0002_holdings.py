"""Version 2: a holding says in which role it is held, and with which others it was registered at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from licet.db.columns import NUMBER, TEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both to what was registered before: no role, and told apart by its moment alone."""
    if sa.inspect(op.get_bind()).has_table("registry_holding"):
        op.add_column("registry_holding", sa.Column("role", TEXT, nullable=False, server_default=""))
        op.add_column("registry_holding", sa.Column("registration", NUMBER, nullable=False, server_default="0"))
