"""Property tests take the time they need: a shared machine is slow at times, and that is no failure.

`HYPOTHESIS_PROFILE=thorough` draws 20,000 examples for each property instead of a hundred (`make laws`).
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("licet", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "licet"))
