"""DDEX ERN messages (NewReleaseMessage 4.1 to 4.3.2, and 3.8): what labels state about their recordings.

An ERN message tells a service which recordings there are, whose they are and how they may be sold or streamed. It says
nothing of training, so nothing in it permits any: the deals are not read, and an entry's licence is silent but for
words of the recording's own P-line that reserve rights (see `ern_rights`). The marks for AI-made content (ERN 4.3.2)
are about what a recording was made with, not what may be made with it, and are not read either.

A place is one message or a folder of them, read in this order:

1. Which message has the last word on each recording (see `ern_standing`). A message that takes a release down leaves
   its recordings on record: they are somebody's still.
2. The parties, works and releases of each such message.
3. Its recordings: one entry each. The evidence is the `SoundRecording` element.

A recording goes by its ISRC; without one by `local:sender/message/reference`. Test messages state nothing. Videos,
images and texts are passed over, and so are GRid, DPID and IPN, which are no schemes of ours.

DDEX, Electronic Release Notification Message Suite Standard; DDEX Knowledge Base, "ERN messages as a statements of
truth".
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path  # noqa: TC003  (a dataclass field)
from typing import TYPE_CHECKING

from licet.catalog.entries import Problem, Severity, SourceFile
from licet.catalog.paths import escape_path
from licet.catalog.sources.ern_entry import entry_of, index_of
from licet.catalog.sources.ern_facts import isrcs_of, key_of
from licet.catalog.sources.ern_standing import Words, standing, survey
from licet.catalog.sources.ern_xml import Break, bytes_of, composites, root_of
from licet.catalog.sources.reading import opened, shown, source_file, span_of
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.catalog.entries import Entry

_ROOT = "NewReleaseMessage"
_MEND = "give a DDEX NewReleaseMessage, or a folder that holds some"


@dataclass(frozen=True, slots=True)
class _Message:
    """One file of the source."""

    path: Path
    file: SourceFile


@dataclass(frozen=True)
class DdexErn:
    """The message at `path`, or the messages in the folder there and below. Links are not followed."""

    path: Path
    kind: str = "ddex-ern"

    @property
    def location(self) -> str:
        """Where it lies, as the user gave it."""
        return shown(self.path)

    def files(self) -> tuple[SourceFile, ...]:
        """Return every message, with its SHA-256.

        Raises:
            SourceError: there is no message.
        """
        return tuple(message.file for message in self._found[0])

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the SHA-256 and the place of every message."""
        for message in self._found[0]:
            yield message.file.sha256, message.path

    def read(self) -> Iterator[Entry | Problem]:
        """Yield what is wrong with the files, then the recordings, message by message.

        Raises:
            SourceError: there is no message.
        """
        messages, problems = self._found
        yield from problems
        words: Words = {}
        for number, message in enumerate(messages):  # 1.
            with opened(message.path, self.kind) as stream:
                yield from survey(stream, number, message.file.path, words)
        chosen = standing(words)
        for number in sorted(chosen):
            yield from self._entries(messages[number], chosen[number])

    @cached_property
    def _found(self) -> tuple[tuple[_Message, ...], tuple[Problem, ...]]:
        try:
            folder = self.path.is_dir()
        except OSError:
            folder = False
        if not folder:
            message = self._message(self.path, shown(self.path).rpartition("/")[2])
            if isinstance(message, Problem):
                raise SourceError(f"{self.location} is no ERN message: {message.says}", mend=_MEND)
            return (message,), ()
        found = list(self._below())
        messages = tuple(one for one in found if isinstance(one, _Message))
        if not messages:
            raise SourceError(f"{self.location} holds no ERN message", mend=_MEND)
        return messages, tuple(one for one in found if isinstance(one, Problem))

    def _below(self) -> Iterator[_Message | Problem]:
        """Yield the messages in the folder, by path, and what is wrong with those that are none."""
        waiting = [self.path]
        while waiting:
            place = waiting.pop()
            name = escape_path(os.fsencode(place.relative_to(self.path)))
            message = place.suffix.lower() == ".xml"
            try:
                if place.is_symlink() and place != self.path:
                    if message:
                        yield Problem(name, "a link, and links are not followed")
                elif place.is_dir():
                    waiting.extend(sorted(place.iterdir(), key=os.fsencode, reverse=True))
                elif message:
                    yield self._message(place, name)
            except SourceError as error:
                yield Problem(name, error.message)
            except OSError as error:
                yield Problem(name, f"it cannot be read: {error.strerror or error}")

    def _message(self, path: Path, name: str) -> _Message | Problem:
        """Return the message at `path`, or what is there instead."""
        with opened(path, self.kind) as stream:
            root = root_of(stream)
        if isinstance(root, Break):
            return Problem(f"{name}:{root.line}", f"not XML that is safe to read: {root.says}")
        if root != _ROOT:
            return Problem(f"{name}:1", f"a {root[:60]}, and no {_ROOT}: it is passed over", Severity.DOUBT)
        return _Message(path, source_file(path, name, self.kind))

    def _entries(self, message: _Message, chosen: dict[int, int]) -> Iterator[Entry | Problem]:
        """Yield the recordings of a message that begin where `chosen` says, with how many senders speak of each."""
        name = message.file.path
        with opened(message.path, self.kind) as stream:  # 2.
            header, index, wrong = index_of(stream)
        for line, doubt in wrong:
            yield Problem(f"{name}:{line}", doubt, Severity.DOUBT)
        with opened(message.path, self.kind) as stream, opened(message.path, self.kind) as again:  # 3.
            for one in composites(stream, {"SoundRecording"}):
                if isinstance(one, Break) or one.node is None or one.start not in chosen:
                    continue
                content = bytes_of(again, one)
                isrcs, bad = isrcs_of(one.node)
                key = key_of(isrcs, one.node.says("ResourceReference"), header, name)
                if content is None or key is None:
                    yield Problem(f"{name}:{one.line}", "the SoundRecording is too large to be read")
                    continue
                span = span_of(content, one.start, message.file.sha256)
                entry, doubts = entry_of(one.node, key, isrcs, span, index, name.rpartition("/")[0])
                for doubt in (*_contested(str(key), chosen[one.start]), *bad, *doubts):
                    yield Problem(f"{name}:{one.line}", doubt, Severity.DOUBT)
                yield entry


def _contested(key: str, senders: int) -> tuple[str, ...]:
    if senders == 1:
        return ()
    return (f"{key} is stated by {senders} senders: one that reserves rights stands, else the last",)
