"""Carry what is due to its receivers: each message once at least, and each receiver by itself.

What is promised is one effect a message: it is sent until its receiver has acknowledged it, and every time under the
same key, by which a receiver that keeps keys knows a repeat and does nothing. The durable steps:

1. The message is committed together with what it tells of (`OutboxStore.put`).
2. A courier takes it for a time, and that is committed before anything is sent (`OutboxStore.take`).
3. It is sent, and acknowledged: 2xx of a web hook, 250 of a mail server. From here on the receiver has it.
4. That is committed (`OutboxStore.delivered`), and it is never sent again.

Whoever dies between 1 and 3 has told nobody, and the message comes due again when its time is over. Between 3 and 4 the
receiver has it and we do not know: it is sent again, and this is the one way to a repeat.

No message is sent that could not end before its lease does, so that two couriers send one message at the same time only
where a clock or a server is off. One receiver's failure holds up no other: each has a queue, and several queues are
worked at once; where a receiver takes nothing at all, one attempt stands for all that was taken for it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from licet.errors import UsageError
from licet.registry.outbox.channels.channel import End, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from licet.registry.outbox.channels.channel import Channel
    from licet.registry.outbox.messages import Address
    from licet.registry.outbox.store import OutboxStore, Taken

    Clock = Callable[[], datetime]

LEASE_S = 600.0
_MOST_DOUBLINGS = 60  # a float holds them; the ceiling is reached long before


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait after each failure, and after how many to give up.

    The wait doubles from `base_s` up to `ceiling_s`. Half of it is drawn from the key, so that messages that failed
    together do not come back together, and a run can be repeated. As it stands, a message is tried for about three
    days.

    Raises:
        UsageError: no attempt is made, or the wait does not grow from more than nothing.
    """

    base_s: float = 60.0
    ceiling_s: float = 6 * 3600.0
    attempts: int = 24

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 < self.base_s <= self.ceiling_s:
            raise UsageError("patience is one attempt at least, and a wait of more than 0 s up to a longer one")

    def wait_s(self, key: str, failures: int) -> float:
        """Return the seconds to wait after so many failures (one at least): from half the full wait to all of it."""
        full = min(self.ceiling_s, self.base_s * 2.0 ** min(failures - 1, _MOST_DOUBLINGS))
        drawn = int.from_bytes(sha256(f"{key} {failures}".encode()).digest()[:4]) / 2**32
        return full * (1 + drawn) / 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt came to: `never` if it was given up, and when it is tried again if that is `later`.

    `noted` is False where the word no longer counted: another courier had the message by then, or had delivered it.
    """

    key: str
    to: Address
    end: End
    says: str
    next_at: datetime | None = None
    noted: bool = True


def deliver(
    store: OutboxStore,
    channels: Sequence[Channel],
    now: Clock,
    *,
    patience: Patience | None = None,
    lease_s: float = LEASE_S,
    limit: int = 100,
    hands: int = 8,
) -> tuple[Attempt, ...]:
    """Take up to `limit` messages that are due, send each once, and say what came of it, in the order they were taken.

    Messages for which there is no channel are left to a courier that has it. Call it again until nothing is done.

    Args:
        store: the outbox.
        channels: the ways to send, one for each scheme.
        now: the time of day.
        patience: how failures are retried.
        lease_s: for how long messages are taken; longer than any channel takes for one.
        limit: how many are taken at once.
        hands: how many receivers are told at once.

    Raises:
        UsageError: the lease is too short for a channel, or `limit` or `hands` makes no sense.
        WorkspaceError: the database cannot be used. What was not noted is sent again.
    """
    patience = patience or Patience()
    by_scheme = {channel.scheme: channel for channel in channels}
    if hands < 1 or any(channel.within_s >= lease_s for channel in channels):
        raise UsageError("a courier has hands, and takes messages for longer than sending one may last")
    taken = store.take(now(), lease_s=lease_s, limit=limit, schemes=tuple(by_scheme))
    queues: dict[str, list[Taken]] = {}
    for one in taken:
        queues.setdefault(one.message.to.receiver, []).append(one)

    def work(queue: Sequence[Taken]) -> list[Attempt]:
        return list(_work(store, by_scheme, now, patience, queue))

    with ThreadPoolExecutor(max_workers=hands) as pool:
        done = {attempt.key: attempt for attempts in pool.map(work, queues.values()) for attempt in attempts}
    return tuple(done[one.message.key] for one in taken if one.message.key in done)


def _work(
    store: OutboxStore, channels: Mapping[str, Channel], now: Clock, patience: Patience, queue: Sequence[Taken]
) -> Iterator[Attempt]:
    """Send one receiver's messages, one after another."""
    down: Outcome | None = None
    for taken in queue:
        channel, at = channels[taken.message.to.scheme], now()
        if down is None and at + timedelta(seconds=channel.within_s) > taken.until:
            return  # it might not end before the lease does: what is left comes due again
        outcome = down or _sent(channel, taken, at)
        if outcome.end is End.LATER and outcome.for_all:
            down = outcome
        yield _noted(store, taken, outcome, now(), patience)


def _sent(channel: Channel, taken: Taken, at: datetime) -> Outcome:
    try:
        return channel.send(taken.message, at)
    except Exception as broken:  # noqa: BLE001  (a mistake of ours about one message must not hold up the others)
        return Outcome(End.LATER, f"the channel {channel.scheme} broke: {type(broken).__name__}")


def _noted(store: OutboxStore, taken: Taken, outcome: Outcome, at: datetime, patience: Patience) -> Attempt:
    """Commit what came of it (step 4)."""
    key, to, failures = taken.message.key, taken.message.to, taken.failures + 1
    if outcome.end is End.DELIVERED:
        return Attempt(key, to, End.DELIVERED, outcome.says, noted=store.delivered(key, at, outcome.says))
    if outcome.end is End.LATER and failures < patience.attempts:
        asked_s = min(outcome.wait_s, patience.ceiling_s)
        next_at = at + timedelta(seconds=max(asked_s, patience.wait_s(key, failures)))
        noted = store.failed(taken, at, outcome.says, next_at)
        return Attempt(key, to, End.LATER, outcome.says, next_at, noted)
    says = outcome.says if outcome.end is End.NEVER else f"given up after {failures} attempts: {outcome.says}"
    return Attempt(key, to, End.NEVER, says, noted=store.given_up(taken, at, says))
