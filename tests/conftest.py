"""Property tests take the time they need: a shared machine is slow at times, and that is no failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("licet", deadline=None)
settings.load_profile("licet")
