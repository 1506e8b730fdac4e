"""A small catalogue of Licet's own music, and the copies that a corpus might hold of it."""

from __future__ import annotations

from licet.demo.catalogue import LICENCE_OF_THE_MUSIC
from licet.demo.corpus import DemoCorpus, Expected, write_demo

__all__ = ["LICENCE_OF_THE_MUSIC", "DemoCorpus", "Expected", "write_demo"]
