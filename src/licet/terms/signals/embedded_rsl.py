"""What a Really Simple Licensing document says that a file carries in its own tags, in ID3 most of all.

RSL 1.0 lets a document be embedded: in `TXXX`, `COMM` or `PRIV` frames, in XMP. The text of one tag is handed over:

1. The document begins where `rsl` is first opened, with a prefix or without, and ends where it is last closed. UTF-16
   is ASCII with zero bytes between, which are left out.
2. What lies between is read as any other document (`rsl`). A prefix that was bound outside of it is not understood.
3. Without one, the tag says nothing of RSL.

A tag travels with any copy and anybody can write it: whoever keeps the term marks it as not vouched for.
"""

from __future__ import annotations

import re
from dataclasses import replace

from licet.terms.signals.reading import MOST_BYTES, Certainty, Reader, Signal, Target

_OPENED = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,60}:)?rsl[\s/>]")
_CLOSED = b"rsl>"


def _read(content: bytes, target: Target) -> Signal:
    from licet.terms.signals.rsl import DOCUMENT

    if len(content) > MOST_BYTES:
        return Signal("rsl-embedded", "rsl-1.0", READER.silence, problems=(f"more than {MOST_BYTES} bytes of tag",))
    text = content.replace(b"\0", b"")
    opened = _OPENED.search(text)  # 1
    if opened is None:
        return Signal("rsl-embedded", "rsl-1.0", READER.silence)  # 3
    closed = text.rfind(_CLOSED)
    end = closed + len(_CLOSED) if closed > opened.start() else len(text)
    return replace(DOCUMENT.read(text[opened.start() : end], target), protocol="rsl-embedded")  # 2


READER = Reader(
    protocol="rsl-embedded",
    standard="RSL Technical Steering Committee, Really Simple Licensing 1.0, 2025-12-10, embedded",
    certainty=Certainty.SECOND_HAND,
    silence="unlicensed",
    read=_read,
)
