"""Which ERN message has the last word on each recording.

1. A message states all that its sender knows at its `MessageCreatedDateTime`: of one sender's the latest stands. One
   that does not say when it was made comes before all that do.
2. Of two statements of one time, one that reserves rights stands before one that does not; then the one in the later
   file, by name; within a file, the first.
3. Of several senders, one that reserves rights stands before one that does not; then the latest. Nobody's silence takes
   back what another reserved.

`UpdateIndicator` is not asked: DDEX advises against it and has taken it out of ERN 4. The order of the files decides
nothing but a tie.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from licet.catalog.entries import Problem, Severity
from licet.catalog.sources.ern_facts import Header, header_of, isrcs_of, key_of
from licet.catalog.sources.ern_rights import reservation_of
from licet.catalog.sources.ern_xml import Break, Composite, composites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.catalog.identifiers import Identifier


class Said(NamedTuple):
    """Where a sender speaks of a recording. The greatest is the sender's last word."""

    when: float  # seconds since 1970
    reserves: bool
    message: int  # its place among the messages
    before: int  # bytes from the file's beginning, negative: of two alike the first


Words = dict["Identifier", dict[str, Said]]  # what each sender says last of each recording


class _Recording(NamedTuple):
    """What of a `SoundRecording` tells it from others, until the header has been read: it may come last."""

    line: int
    start: int
    isrcs: list[Identifier]
    reference: str
    reserves: bool


def survey(stream: BinaryIO, number: int, name: str, words: Words) -> Iterator[Problem]:
    """Note in `words` what the message `number`, a file called `name`, speaks of; yield what is wrong with the file."""
    header = Header()
    recordings: list[_Recording] = []
    for one in composites(stream, {"MessageHeader", "SoundRecording"}):
        if isinstance(one, Break):
            yield Problem(f"{name}:{one.line}", f"the XML breaks here, and reading ends: {one.says}")
        elif one.node is None:
            yield Problem(f"{name}:{one.line}", f"the {one.name} is too large to be read")
        elif one.name == "MessageHeader":
            header = header_of(one.node)
        else:
            recordings.append(_recording(one))
    if header.test:
        yield Problem(f"{name}:1", "a test message: it states nothing, and is passed over")
        return
    if header.created is None:
        says = "it does not say when it was made: it comes before every message of its sender that does"
        yield Problem(f"{name}:1", says, Severity.DOUBT)
    when = header.created.timestamp() if header.created else -math.inf
    here: set[Identifier] = set()
    for recording in recordings:
        key = key_of(recording.isrcs, recording.reference, header, name)
        if key is None:
            yield Problem(f"{name}:{recording.line}", "the SoundRecording has neither an ISRC nor a reference to go by")
            continue
        if key in here:
            says = f"{key} is stated again in this message: the first that reserves rights stands, else the first"
            yield Problem(f"{name}:{recording.line}", says, Severity.DOUBT)
        here.add(key)
        said = Said(when, recording.reserves, number, -recording.start)
        senders = words.setdefault(key, {})
        senders[header.sender] = max(said, senders.get(header.sender, said))


def standing(words: Words) -> dict[int, dict[int, int]]:
    """Return where the recordings begin on which each message has the last word, and how many senders speak of each."""
    chosen: dict[int, dict[int, int]] = {}
    for senders in words.values():
        said = max(senders.values(), key=lambda one: (one.reserves, one))
        chosen.setdefault(said.message, {})[-said.before] = len(senders)
    return chosen


def _recording(one: Composite) -> _Recording:
    assert one.node is not None
    reserves = reservation_of(one.node) is not None
    return _Recording(one.line, one.start, isrcs_of(one.node)[0], one.node.says("ResourceReference"), reserves)
