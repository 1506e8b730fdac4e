"""Version 1: the tables of the first Licet, each made by its room. Nothing comes before it, so there is no step."""

from __future__ import annotations

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Change nothing: a workspace of version 1 is taken as it stands."""
