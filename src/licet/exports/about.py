"""What only people know: the names, addresses and dates that no manifest holds, from a TOML file of theirs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from licet.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 1 << 20


class About(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A publication in its publisher's words. All of it may be left out; a writer says what it would need."""

    name: str = ""  # of the data set; the corpus's without it
    description: str = ""
    version: str = ""
    url: str = ""  # its page
    published: date | None = None
    publisher: str = ""
    publisher_url: str = ""
    contact: str = ""  # an e-mail address, or that of a page
    keywords: tuple[str, ...] = ()
    cite: str = ""  # how to cite it
    licence: str = ""  # of the manifest itself, as the address of its text: never of the recordings
    model: str = ""  # what is trained on it
    model_version: str = ""
    model_url: str = ""
    placed_on_market: date | None = None  # of the Union: Regulation (EU) 2024/1689, Art. 3(9)
    representative: str = ""  # in the Union, of a provider from elsewhere: Art. 54


def read_about(path: Path) -> About:
    """Read the file at `path`.

    Raises:
        UsageError: there is none, or it says what there is no place for. The message names the field.
    """
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise UsageError(f"{path} is too long", mend=f"at most {MOST_BYTES} bytes")
        return msgspec.toml.decode(content, type=About)
    except OSError as refused:
        raise UsageError(f"{path} cannot be read: {refused.strerror}") from refused
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(f"{path} is not understood: {wrong}", mend="`licet export --help` lists the fields") from wrong
