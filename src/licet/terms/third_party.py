"""A grant by somebody who holds nothing: how such a manifest is recognised, so that it never counts as evidence.

Some tools write a file into other people's repositories that "grants" training on what lies there. It is known by this:

1. It is text, of `LONGEST` bytes at the most.
2. Among its keys are `manifest_version`, `issuer` and `rights`.
3. It is no matter whom the issuer names: `type: self` says that the grant rests on the word of whoever wrote the file,
   and any other that it rests on a word that nobody signed.

It is read as the little of YAML and JSON that such files use. What this does not recognise is no better
for it: only what a holder states can permit.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from licet.terms.statement import Resolution, Stance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST = 1 << 16  # bytes of a manifest that is read at all
MOST_FILES = 64  # of a folder that are opened to look for one

_KEYS = frozenset({"manifest_version", "issuer", "rights"})
# Every repetition is bounded, or begins at a place of its own: reading takes a time that is linear in the length.
_KEY = re.compile(r"""(?:^|[{,])[ \t]*["']?([A-Za-z_]\w{0,63})["']?[ \t]{0,8}:""", re.ASCII | re.MULTILINE)
_ISSUER = re.compile(
    r"""issuer["']?[ \t]{0,8}:\s{0,80}(?:\{\s{0,80})?["']?type["']?[ \t]{0,8}:[ \t]{0,8}["']?(\w{1,64})""", re.ASCII
)
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})


def third_party_grant(content: bytes) -> Resolution | None:
    """Return what a third party's grant comes to, which is nothing anyone may rely on; None if `content` is none."""
    if len(content) > LONGEST:  # 1.
        return None
    text = content.decode("utf-8", "replace")
    if _KEYS.difference(_KEY.findall(text)):  # 2.
        return None
    issuer = _ISSUER.search(text)  # 3.
    whose = issuer[1] if issuer else "nobody"
    note = f"a third party's grant (issuer: {whose}): nothing shows that whoever wrote it holds any right"
    return Resolution(Stance.UNRESOLVED, notes=(note,))


def grants_in(folder: Path) -> Iterator[tuple[str, bytes, Resolution]]:
    """Yield the third parties' grants in `folder` and in the folders right below it, by relative path, sorted.

    Links are not followed, and no more than `MOST_FILES` files are opened.
    """
    named = (path for pattern in ("*", "*/*") for path in folder.glob(pattern) if path.suffix.lower() in _SUFFIXES)
    for path in islice(sorted(named), MOST_FILES):
        content = _read(path)
        found = third_party_grant(content) if content else None
        if found is not None:
            yield path.relative_to(folder).as_posix(), content, found


def _read(path: Path) -> bytes:
    """Return a short file; b"" for anything else, or for what cannot be read."""
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as stream:
            content = stream.read(LONGEST + 1)
    except OSError:
        return b""
    return content if len(content) <= LONGEST else b""
