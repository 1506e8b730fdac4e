"""What a party that watches is told of conflicts, in words and as facts: one message for what one registration led to.

Nothing here says who is right: only that two claims cannot both be, or may not be, and who made which, and when.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from licet.registry.outbox.messages import Address, Message, message_key
from licet.registry.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from licet.registry.conflicts import Conflict, Stake

KIND = "recording.conflict"
NAMED = 20  # conflicts that a message names, and parties of each; the others it counts
_MOST_BYTES = 300  # of a recording's name, or of who claims it: a message is short


@dataclass(slots=True)
class _Contested:
    """The conflicts of one party that one registration led to."""

    count: int = 0
    first: list[Conflict] = field(default_factory=list)


@dataclass(slots=True)
class Contests:
    """Gathers conflicts by whom they concern, and by the registration that led to them."""

    _found: dict[tuple[str, str, datetime], _Contested] = field(default_factory=dict)

    def add(self, conflict: Conflict) -> None:
        """Note a conflict for every party that it concerns; a mere duplicate is nobody's news."""
        if conflict.contradicts:
            latest = conflict.latest
            for party in conflict.parties:
                contested = self._found.setdefault((party, latest.by, latest.since), _Contested())
                contested.count += 1
                if len(contested.first) < NAMED:
                    contested.first.append(conflict)

    @property
    def parties(self) -> frozenset[str]:
        """Whom they concern."""
        return frozenset(party for party, _, _ in self._found)

    def messages(self, watching: Mapping[str, Iterable[Address]], at: datetime) -> Iterator[Message]:
        """Yield what those hear who watch.

        The key of a message names the party and the registration: what that led to is told once, however often it is
        looked at again.
        """
        for (party, by, since), contested in self._found.items():
            for to in watching.get(party, ()):
                key = message_key(KIND, to.text, party, by, since.isoformat())
                yield Message(
                    key, to, KIND, "Recordings of yours are contested", *_told(party, by, since, contested), at
                )


def _told(party: str, by: str, since: datetime, contested: _Contested) -> tuple[str, dict[str, Any]]:
    lines = "".join(f"{_in_words(one)}\n" for one in contested.first)
    more = contested.count - len(contested.first)
    hidden = f"… and {more:,} more (licet conflicts --party {party} lists them).\n\n" if more else ""
    text = (
        f"{by} registered what contradicts claims that concern {party}, on {since:%Y-%m-%d %H:%M} UTC: "
        f"{contested.count:,} conflict{'s' * (contested.count != 1)}.\n\n{lines}{hidden}"
        "Nothing was merged or removed, and that two recordings sound alike does not say whose they are.\n"
    )
    facts = {
        "party": party,
        "by": by,
        "since": since.isoformat(),
        "count": contested.count,
        "conflicts": [_in_short(one) for one in contested.first],
    }
    return text, facts


def facts_of(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict as JSON tells it, whole."""
    shared = conflict.shared
    sides = [{"recording": side.recording, "stakes": [_stake(one) for one in side.stakes]} for side in conflict.sides]
    return {
        "kind": str(conflict.kind),
        "rights": [str(right) for right in conflict.rights],
        "says": conflict.words,
        "sides": sides,
        "shared": None if shared is None else asdict(shared),
    }


def _stake(stake: Stake) -> dict[str, Any]:
    holding = stake.holding
    return {
        "holder": holding.party,
        "name": holding.name,
        "right": str(holding.right),
        "share": None if holding.share is None else str(holding.share),
        "role": holding.role,
        "by": stake.by,
        "since": stake.since.isoformat(),
    }


def _in_short(conflict: Conflict) -> dict[str, Any]:
    return {
        "kind": str(conflict.kind),
        "rights": [str(right) for right in conflict.rights],
        "recordings": [_short(side.recording) for side in conflict.sides],
        "parties": list(conflict.parties[:NAMED]),
        "method": None if conflict.shared is None else conflict.shared.method,
        "probability": None if conflict.shared is None else conflict.shared.probability,
    }


def _in_words(conflict: Conflict) -> str:
    sides = "".join(
        f"  {_short(side.recording)}: {_short(side.holders)} (registered by {_short(side.registered)})\n"
        for side in conflict.sides
    )
    return f"{conflict.words}\n{sides}"


def _short(text: str) -> str:
    plain = one_line(text, None)
    content = plain.encode()
    return plain if len(content) <= _MOST_BYTES else f"{content[:_MOST_BYTES].decode(errors='ignore')}…"
