"""Feeds: a message becomes an entry of an Atom file that its reader fetches (RFC 4287).

1. `feed:ann` is the file `ann.atom` in one folder, which a web server may serve. A feed is as private as that folder.
2. An entry's id is made of the message's key: a message that comes again is known, and changes nothing.
3. The file holds the newest entries, up to a bound. It is replaced whole, under a lock: a reader never sees half of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from licet.atom import Entry, entries_of, feed_text
from licet.errors import SourceError
from licet.placing import make_folder, place, take_lock
from licet.registry.outbox.channels.channel import End, Outcome
from licet.registry.outbox.messages import FEED

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from licet.registry.outbox.messages import Message

MOST = 500  # entries in a file


class Feeds:
    """Writes messages into the feeds in `folder`, in the name of `author`."""

    scheme = FEED
    within_s = 10.0

    def __init__(self, folder: Path, author: str) -> None:
        self._folder = folder
        self._author = author

    def send(self, message: Message, at: datetime) -> Outcome:
        """Put `message` into its feed, once."""
        del at
        name = message.to.text.removeprefix(f"{FEED}:")
        try:
            make_folder(self._folder)
            lock = take_lock(self._folder / "lock", wait=True)
            try:
                return self._put(self._folder / f"{name}.atom", name, message)
            finally:
                os.close(lock)
        except (OSError, SourceError) as wrong:
            return Outcome(End.LATER, f"the feed {name} cannot be written: {wrong}")

    def _put(self, path: Path, name: str, message: Message) -> Outcome:
        before = entries_of(path.read_bytes()) if path.exists() else ()
        entry = _entry(message)
        if entry.id not in {one.id for one in before}:
            entries = (entry, *before)[:MOST]
            place({path: feed_text(f"urn:licet:feed:{name}", f"What {name} is told", self._author, entry.at, entries)})
        return Outcome(End.DELIVERED, f"it is in {path.name}")


def _entry(message: Message) -> Entry:
    at = message.created_at.isoformat()
    return Entry(f"urn:licet:message:{message.key}", at, message.subject, message.text, (message.kind,))
