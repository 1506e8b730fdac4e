"""Rights clearance for music AI: whose a recording is, what its holders allow, and the proof.

Importing the package costs nothing; its two doors are opened when they are first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.policy import Use
    from licet.workspace import Workspace

__version__ = "0.1.0"
__all__ = ["Use", "Workspace", "__version__"]


def __getattr__(name: str) -> object:
    """Import `Use` and `Workspace` when they are first asked for."""
    if name == "Use":
        from licet.policy import Use

        return Use
    if name == "Workspace":
        from licet.workspace import Workspace

        return Workspace
    raise AttributeError(f"module 'licet' has no attribute {name!r}")
