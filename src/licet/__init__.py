"""Rights clearance for music AI: whose a recording is, what its holders allow, and the proof."""

__version__ = "0.1.0"
