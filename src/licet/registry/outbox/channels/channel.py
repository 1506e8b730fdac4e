"""A channel, as a seam: what sending one message needs and comes to, and a fake that sends to memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from licet.registry.outbox.messages import Message


class End(StrEnum):
    """What came of sending a message once."""

    DELIVERED = "delivered"  # the receiver said that it has it
    LATER = "later"  # it may have it or not: try again
    NEVER = "never"  # the receiver said that it does not want it


@dataclass(frozen=True, slots=True)
class Outcome:
    """How sending ended, and what the other side said.

    `for_all` says that whoever takes this receiver's messages takes none at all just now, and `wait_s` for how long it
    asked to be left alone.
    """

    end: End
    says: str = ""
    for_all: bool = False
    wait_s: float = 0.0


class Channel(Protocol):
    """One way to tell somebody something."""

    @property
    def scheme(self) -> str:
        """The scheme of the addresses that it reaches."""
        ...

    @property
    def within_s(self) -> float:
        """The longest that sending one message takes, in seconds."""
        ...

    def send(self, message: Message, at: datetime) -> Outcome:
        """Send `message` once; `at` is now. What goes wrong is an outcome, and never raised."""
        ...


@dataclass(slots=True)
class CannedChannel:
    """A channel that sends to memory, and answers as it was told to: for tests.

    `ends` names what each message comes to, by its key, one attempt after another; after them it is delivered.
    """

    scheme: str
    ends: Mapping[str, Sequence[Outcome]] = field(default_factory=dict)
    within_s: float = 1.0
    sent: list[tuple[Message, datetime]] = field(default_factory=list)

    def send(self, message: Message, at: datetime) -> Outcome:
        """Keep it, and give the next outcome of its key."""
        before = sum(one.key == message.key for one, _ in self.sent)
        self.sent.append((message, at))
        ends = self.ends.get(message.key, ())
        return ends[before] if before < len(ends) else Outcome(End.DELIVERED)
