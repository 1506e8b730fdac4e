"""Decide only *where* the same function is called: here, in processes beside this one, or on Ray."""

from __future__ import annotations

from licet.parallel.engine import ENGINES, PROCESSES, Crashed, Engine
from licet.parallel.mapping import available_workers, ordered_map

__all__ = ["ENGINES", "PROCESSES", "Crashed", "Engine", "available_workers", "ordered_map"]
