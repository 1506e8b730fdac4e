"""How the bytes of a signal are spoilt: flipped, spliced, repeated, cut, nested, shuffled, and put in another encoding.

Each takes what chance there is, the bytes, and the bytes of every other protocol to borrow from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Mutation = Callable[[random.Random, bytes, tuple[bytes, ...]], bytes]

LONGEST = 1 << 18  # bytes of an input: the contract test reads a mebibyte, and here the number of inputs counts

_TOKEN = re.compile(rb"[\w.-]+|[^\w\s]|\s+")


def mutated(chance: random.Random, content: bytes, others: tuple[bytes, ...]) -> bytes:
    """Mutate bytes once to six times over."""
    for _ in range(chance.randint(1, 6)):
        content = chance.choice(MUTATIONS)(chance, content, others)[:LONGEST]
    return content


def flipped(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Change one byte in thirty, or one at the least."""
    changed = bytearray(content)
    for _ in range(1 + len(changed) // 30 if changed else 0):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def spliced(chance: random.Random, content: bytes, others: tuple[bytes, ...]) -> bytes:
    """Put a piece of another protocol's example in."""
    other = chance.choice(others)
    start, at = chance.randint(0, len(other)), chance.randint(0, len(content))
    return content[:at] + other[start : start + chance.randint(0, 80)] + content[at:]


def repeated(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Say a piece over and over."""
    start = chance.randint(0, len(content))
    end = chance.randint(start, len(content))
    return content[:end] + content[start:end] * chance.choice((1, 2, 40, 600)) + content[end:]


def truncated(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Cut an end off."""
    at = chance.randint(0, len(content))
    return content[:at] if chance.random() < 0.7 else content[at:]


def nested(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Open what is never closed, or wrap what stands there."""
    opening, closing = chance.choice(
        ((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"(", b")"), (b"<!--", b"-->"))
    )
    depth, at = chance.choice((1, 3, 70, 5000)), chance.randint(0, len(content))
    return content[:at] + opening * depth + content[at:] + (closing * depth if chance.random() < 0.5 else b"")


def swapped(chance: random.Random, content: bytes, others: tuple[bytes, ...]) -> bytes:
    """Put a token of any protocol in the place of one that stands there."""
    tokens = _TOKEN.findall(content)
    if tokens:
        strange = _TOKEN.findall(chance.choice(others)) or [b""]
        tokens[chance.randrange(len(tokens))] = chance.choice(strange)
    return b"".join(tokens)


def shuffled(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Let two tokens change places."""
    tokens = _TOKEN.findall(content)
    if tokens:
        one, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
        tokens[one], tokens[other] = tokens[other], tokens[one]
    return b"".join(tokens)


def recoded(chance: random.Random, content: bytes, _others: tuple[bytes, ...]) -> bytes:
    """Say the same in another encoding."""
    return content.decode("utf-8", "replace").encode(
        chance.choice(("utf-16", "utf-8-sig", "utf-7", "utf-32")), "replace"
    )


MUTATIONS: tuple[Mutation, ...] = (flipped, spliced, repeated, truncated, nested, swapped, swapped, shuffled, recoded)
