"""A workspace: the database, the fingerprint index, the evidence and the log, opened together."""

from licet.workspace.adding import Added, Sounds
from licet.workspace.clearing import Cleared
from licet.workspace.runs import open_gate
from licet.workspace.workspace import Workspace

__all__ = ["Added", "Cleared", "Sounds", "Workspace", "open_gate"]
