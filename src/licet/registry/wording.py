"""Other people's text in what we write to anybody."""

from __future__ import annotations

NAME_SHOWN = 100  # characters of a name in a message


def one_line(text: str, most: int | None = NAME_SHOWN) -> str:
    """Return a text of other people's for a message: on one line, of at most so many characters (None: all of them)."""
    return "".join(one if one.isprintable() else " " for one in text[:most])
