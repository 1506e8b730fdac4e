"""One contract for every reader of a signal."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import EXAMPLES, Example
from licet.terms import signals
from licet.terms.clauses import Act, Says
from licet.terms.signals import Reader, Signal
from licet.terms.statement import Stance

READERS = {
    id(held): held
    for module in pkgutil.walk_packages(signals.__path__, f"{signals.__name__}.")
    for held in vars(importlib.import_module(module.name)).values()
    if isinstance(held, Reader)
}.values()
KNOWN = [reader for reader in READERS if reader.protocol in EXAMPLES]
MIB = 1 << 20
HOSTILE = [
    *(b"*", b"<", b"[", b"(", b'{"a":', b'"', b"\\", b"\x00", b"\xff\xfe", b"\xe2\x80\xa8", b"# \r", b"- ", b"? "),
    *(b"<!--", b"<meta ", b"<a a=", b"<![CDATA[", b"&x;", b"&a [*a, ", b"a=(", b"a;b=", b"a,", b"User-agent: *\n"),
    *(b"Disallow: /*s*o*n*g*z\n", b"User-agent: *\nUser-agent: gptbot\nDisallow: /*\n"),
    *(b"Content-Usage: /*n*e a=y, train-ai=n;b\n", b"Content-Signal: /*n*e ai-train=yes, b\n"),
]

each_reader = pytest.mark.parametrize("reader", KNOWN, ids=lambda reader: reader.protocol)


def acts(signal: Signal, says: Says) -> frozenset[Act]:
    """Return the acts that the clauses of a signal permit, or reserve."""
    return frozenset[Act]().union(*(clause.acts for clause in signal.clauses if clause.says is says))


def usable(signal: Signal) -> frozenset[Act]:
    """Return the acts that a signal permits, reserves nowhere, and leaves no doubt about."""
    resolved = signal.resolution.stance is Stance.SIGNALLED
    return acts(signal, Says.PERMITS) - acts(signal, Says.RESERVES) if resolved else frozenset()


@st.composite
def mutations(draw: st.DrawFn, example: Example) -> bytes:
    """Draw the bytes of an example, cut, patched and stuffed at up to four places."""
    content = example.content
    pieces = st.one_of(
        st.binary(max_size=12),
        st.sampled_from([*HOSTILE, *example.statements, *example.reservations, b"\n", b"", b"=", b":", b"y", b"n"]),
    )
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content)))
        content = content[:at] + draw(pieces) + content[at + draw(st.integers(0, 8)) :]
    return content


def test_every_reader_has_an_example_of_its_own() -> None:
    """A reader without an example is not tested, and two readers of one name could not be told apart."""
    assert sorted(reader.protocol for reader in READERS) == sorted(EXAMPLES)


@each_reader
def test_an_example_says_something(reader: Reader) -> None:
    """The real example of each protocol is read without a raised hand, by a reader that names its standard."""
    example = EXAMPLES[reader.protocol]
    assert bool(reader.read(example.content, example.target).clauses) is example.speaks
    assert reader.standard
    assert reader.silence


@each_reader
@settings(max_examples=50)  # for each of two dozen readers
@given(data=st.data())
def test_any_bytes_get_a_lawful_answer(reader: Reader, data: st.DataObject) -> None:
    """Whatever the bytes, a reader answers in its own name, and without a permission token it permits nothing."""
    example = EXAMPLES[reader.protocol]
    content = data.draw(st.one_of(st.binary(), st.text().map(str.encode), mutations(example)))
    signal = reader.read(content, example.target)
    assert (signal.protocol, signal.silence) == (reader.protocol, reader.silence)
    assert all(clause.acts and clause.token for clause in signal.clauses)
    if not any(re.search(token, content) for token in example.permission_tokens):
        assert not acts(signal, Says.PERMITS)


@pytest.mark.untraced
@each_reader
@settings(max_examples=50)  # for each of two dozen readers
@given(data=st.data())
def test_a_reservation_more_never_permits_more(reader: Reader, data: st.DataObject) -> None:
    """Adding a reservation, anywhere among any statements, takes no reservation away and permits no other act."""
    example = EXAMPLES[reader.protocol]
    if not example.reservations:
        return
    parts = data.draw(st.lists(st.sampled_from([*example.statements, *example.reservations]), max_size=6))
    at = data.draw(st.integers(0, len(parts)))
    more = [*parts[:at], data.draw(st.sampled_from(example.reservations)), *parts[at:]]
    before = reader.read(example.composed(parts), example.target)
    after = reader.read(example.composed(more), example.target)
    assert acts(before, Says.RESERVES) <= acts(after, Says.RESERVES)
    assert usable(after) <= usable(before)


@pytest.mark.untraced
@each_reader
@pytest.mark.parametrize("piece", [*HOSTILE, None], ids=lambda piece: repr(piece)[:24])
def test_a_mebibyte_of_malice_is_answered_within_two_seconds(reader: Reader, piece: bytes | None) -> None:
    """Neither repetition nor nesting makes a reader slow: two seconds of its own time are plenty."""
    example = EXAMPLES[reader.protocol]
    repeated = piece or example.content
    content = example.head + repeated * (MIB // len(repeated))
    started = time.process_time()
    reader.read(content, example.target)
    assert time.process_time() - started < 2
