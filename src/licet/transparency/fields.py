"""Say in which field of a document something is wrong: an error names the way to it, as in `log.path: ...`."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from licet.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES_A_FIELD = re.compile(r"[\w.\[\]]+: ")


@contextmanager
def in_field(name: str) -> Iterator[None]:
    """Put the name of a field before what is wrong in it.

    Raises:
        LogError: whatever was raised, with the name.
    """
    try:
        yield
    except LogError as wrong:
        within = "." if _NAMES_A_FIELD.match(wrong.message) else ": "
        raise LogError(f"{name}{within}{wrong.message}", mend=wrong.mend) from wrong
