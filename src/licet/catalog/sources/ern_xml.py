"""An ERN message as a stream of composites: one party, recording or release at a time, with its place in the file.

1. The file is fed to expat a block at a time, as defusedxml sets it up: no DTD, no entities, nothing fetched.
2. Only the composites that are asked for are kept, each until it is handed on; of the rest nothing is.
3. Names lose their namespace: versions of ERN differ in it, and senders get it wrong.
4. What breaks the XML ends the reading with a `Break`; what was complete before it has been handed on.

No more than one composite and one block is held at a time, however long the message. Nothing here knows what the
elements mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from defusedxml.ElementTree import XMLParser

DEEPEST = 64  # elements within elements
HEAVIEST = 1 << 23  # characters in one composite, an element counting as _ELEMENT
LONGEST = 1 << 24  # bytes from a composite's first to its last
_ELEMENT = 64
_TOKEN_BYTES = 1 << 20  # one tag or comment: expat holds it whole
_BLOCK_BYTES = 1 << 16
_END_TAG_BYTES = 1 << 12
_UNSAFE = (SyntaxError, ValueError, LookupError)  # expat's errors are SyntaxErrors, defusedxml's are ValueErrors


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its name without namespace, its attributes likewise, its own text stripped, its children."""

    name: str
    attributes: Mapping[str, str]
    text: str
    children: tuple[Node, ...]

    def at(self, *path: str) -> Iterator[Node]:
        """Yield what lies at `path` below this element, in document order."""
        for child in self.children:
            if child.name == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from child.at(*path[1:])

    def all(self, name: str) -> Iterator[Node]:
        """Yield every element called `name` below this one, however deep."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.all(name)

    def says(self, *path: str) -> str:
        """Return the first text at `path`, or ""."""
        return next((node.text for node in self.at(*path) if node.text), "")

    def flag(self, name: str) -> bool:
        """Whether the attribute `name` is true, as XML Schema writes it."""
        return self.attributes.get(name, "").strip() in {"true", "1"}


@dataclass(frozen=True, slots=True)
class Composite:
    """One composite and where it stands. `node` is None where it is too large to be held."""

    name: str
    node: Node | None
    line: int
    start: int  # where its start tag begins, in bytes
    end_tag: int  # where its end tag begins


@dataclass(frozen=True, slots=True)
class Break:
    """Where the XML ends to be readable, and why."""

    line: int
    says: str


def root_of(stream: BinaryIO) -> str | Break:
    """Return the name of the root element, or why there is none. No more is read than that takes."""
    cutter, parser = _parser(frozenset())
    try:
        while not cutter.root and (block := stream.read(_BLOCK_BYTES)):
            _feed(parser, block, stream.tell(), cutter)
        if not cutter.root:
            parser.close()
    except _UNSAFE as broken:
        if not cutter.root:
            return Break(cutter.expat.CurrentLineNumber, _says(broken))
    return cutter.root


def composites(stream: BinaryIO, wanted: AbstractSet[str]) -> Iterator[Composite | Break]:
    """Yield the outermost elements called one of `wanted`, as they end; last, where the XML is broken, a `Break`."""
    cutter, parser = _parser(wanted)
    try:
        while block := stream.read(_BLOCK_BYTES):
            _feed(parser, block, stream.tell(), cutter)
            yield from cutter.take()
        parser.close()
    except _UNSAFE as broken:
        yield from cutter.take()
        yield Break(cutter.expat.CurrentLineNumber, _says(broken))


def bytes_of(stream: BinaryIO, composite: Composite) -> bytes | None:
    """Return the bytes of a composite, from its start tag to its end tag, or None where they are too many."""
    length = composite.end_tag - composite.start
    if length > LONGEST:
        return None
    stream.seek(composite.start)
    raw = stream.read(length + _END_TAG_BYTES)
    end = raw.find(b">", length)
    if end < 0:
        return None
    little_endian = raw[1:2] == b"\0"  # UTF-16: the sign has a second byte, and it comes last
    return raw[: end + 1 + little_endian]


class _Expat(Protocol):
    """What is asked of the parser that defusedxml sets up."""

    @property
    def CurrentByteIndex(self) -> int: ...  # noqa: N802  (expat's name)

    @property
    def CurrentLineNumber(self) -> int: ...  # noqa: N802  (expat's name)


class _Open:
    """An element that has begun."""

    __slots__ = ("attributes", "children", "name", "texts")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.texts: list[str] = []
        self.children: list[Node] = []

    def closed(self) -> Node:
        return Node(self.name, self.attributes, "".join(self.texts).strip(), tuple(self.children))


class _Cutter:
    """Cuts the wanted composites out of what the parser reports, and forgets the rest."""

    expat: _Expat

    def __init__(self, wanted: AbstractSet[str]) -> None:
        self.root = ""
        self._wanted = wanted
        self._done: list[Composite] = []
        self._open: list[_Open] = []
        self._depth = self._outside = self._weight = self._line = self._start = 0

    def take(self) -> list[Composite]:
        """Return the composites that have ended since the last time."""
        done, self._done = self._done, []
        return done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(f"elements are nested more than {DEEPEST} deep")
        name = _local(tag)
        self.root = self.root or name
        if not self._open:
            if name not in self._wanted:
                return
            self._outside, self._weight = self._depth - 1, 0
            self._line, self._start = self.expat.CurrentLineNumber, self.expat.CurrentByteIndex
        elif self._weight > HEAVIEST:
            return  # it is counted to its end, and no longer kept
        self._weight += _ELEMENT + sum(len(key) + len(value) for key, value in attributes.items())
        self._open.append(_Open(name, {_local(key): value for key, value in attributes.items()}))

    def data(self, text: str) -> None:
        if self._open and self._weight <= HEAVIEST:
            self._weight += len(text)
            self._open[-1].texts.append(text)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        if not self._open:
            return
        heavy = self._weight > HEAVIEST
        if self._depth == self._outside:
            node = None if heavy else self._open[-1].closed()
            place = (self._line, self._start, self.expat.CurrentByteIndex)
            self._done.append(Composite(self._open[0].name, node, *place))
            self._open.clear()
        elif not heavy:
            node = self._open.pop().closed()
            self._open[-1].children.append(node)


def _parser(wanted: AbstractSet[str]) -> tuple[_Cutter, XMLParser]:
    from defusedxml.ElementTree import XMLParser

    cutter = _Cutter(wanted)
    parser = XMLParser(target=cutter, forbid_dtd=True)
    cutter.expat = parser.parser
    return cutter, parser


def _feed(parser: XMLParser, block: bytes, fed: int, cutter: _Cutter) -> None:
    parser.feed(block)
    if fed - cutter.expat.CurrentByteIndex > _TOKEN_BYTES:
        raise ValueError(f"a tag or comment is longer than {_TOKEN_BYTES:,} bytes")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _says(broken: Exception) -> str:
    return str(broken) or type(broken).__name__
