"""How times and changes of sound are worded, wherever a command tells them."""

from __future__ import annotations

AUDIBLE_PERCENT = 0.25


def clock(seconds: float) -> str:
    """Return a time in a recording as minutes and seconds."""
    minutes, rest = divmod(round(max(seconds, 0.0), 1), 60)
    return f"{int(minutes)}:{rest:04.1f}"


def span(start_s: float, end_s: float) -> str:
    """Return a stretch of a recording."""
    return f"{clock(start_s)}–{clock(end_s)}"


def change(time_factor: float, frequency_factor: float) -> str:
    """Say how one sound differs from another, where that can be heard; "" where it cannot."""
    tempo, pitch = 100 * (time_factor - 1), 100 * (frequency_factor - 1)
    changes = [f"{tempo:+.1f} % tempo"] if abs(tempo) >= AUDIBLE_PERCENT else []
    changes += [f"{pitch:+.1f} % pitch"] if abs(pitch) >= AUDIBLE_PERCENT else []
    return ", ".join(changes)
