"""What accepting a quote says: acceptances, the grants that they make, what is due for them, and who is told.

A grant says what its offer says: the same acts, purposes, places and days, on the same conditions and payment. From
the quote come the recordings, which of the offer's rights are taken, and the price: no grant is wider than its offer.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from licet.money import Money
from licet.registry.offering import PAYMENT, RIGHT_NAMES
from licet.registry.outbox.messages import Message, message_key
from licet.registry.quotes import MOST_MODEL, Due
from licet.registry.quoting import sums
from licet.registry.statements import MOST_NAME, MOST_TEXT, Kind, Reach, Statement, Subject
from licet.registry.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from licet.registry.outbox.messages import Address
    from licet.registry.quotes import Quote, QuotedLine, Request
    from licet.registry.terms import Asker

GRANTS_NAMED = 200  # in a message, and as many offers, and shares of revenue


def acceptance(line: QuotedLine, quote: Quote, at: str, actor: str) -> Statement:
    """Word the acceptance of an offer, as a quote has it."""
    words = words_of(quote)
    return Statement(kind=Kind.ACCEPTANCE, party=quote.party, actor=actor, at=at, of=line.offer, words=words)


def words_of(quote: Quote) -> str:
    """Return what every acceptance of a quote says, by which it is known again."""
    return f"quote {quote.id}"


def grants(line: QuotedLine, taker: Asker, offer: Statement, under: str, at: str, actor: str) -> Iterator[Statement]:
    """Yield the grants that an acceptance makes: what the offer says, of the recordings taken, to whoever takes it.

    Nothing but the recordings, the rights and the price comes from the quote, and no right that is not the offer's.
    """
    for portion in line.portions:
        yield Statement(
            kind=Kind.GRANT,
            party=offer.party,
            actor=actor,
            at=at,
            subjects=tuple(Subject(Reach.RECORDING, name) for name in portion.recordings),
            rights=tuple(right for right in offer.rights if right in portion.rights),
            acts=offer.acts,
            purposes=offer.purposes,
            territories=offer.territories,
            begins=offer.begins,
            ends=offer.ends,
            asks=tuple(sorted({*offer.asks, PAYMENT})),
            grantees=(taker.party,),
            models=(taker.model,) if taker.model else offer.models,
            exclusive=offer.exclusive,
            irrevocable=offer.irrevocable,
            under=under,
            price=portion.price,
        )


def drafted(request: Request, quote: Quote) -> str:
    """Word a request that the team can send to a holder who makes no offer that applies."""
    holder = one_line(request.name)
    lines = [
        f"To {holder},",
        "",
        f"{one_line(quote.party)} asks for a licence{_for_what(quote)}: {_use(quote)},",
        f"from {quote.day} on, of what {holder} is on record to hold in these recordings.",
        "",
    ]
    for portion in request.portions:
        rights = " and ".join(f"the {RIGHT_NAMES[right]}" for right in portion.rights)
        lines += [f"{rights} of:".capitalize(), *(f"  {one_line(name, MOST_NAME)}" for name in portion.recordings), ""]
    lines += ["An offer on record (`licet offer`) lets us accept it at once.", ""]
    return "\n".join(lines)


def dues(lines: Iterable[QuotedLine]) -> tuple[Due, ...]:
    """Return what each offering party is owed, by its id."""
    theirs: dict[str, list[QuotedLine]] = defaultdict(list)
    for line in lines:
        theirs[line.party].append(line)
    return tuple(
        Due(
            party=party,
            amounts=tuple(str(one) for one in sums(Money.parse(line.price) for line in some if line.price)),
            revenue=tuple(share for line in some for share in line.revenue),
        )
        for party, some in sorted(theirs.items())
    )


def of_agreement(
    quote: Quote,
    made: Sequence[Statement],
    watching: Mapping[str, Iterable[Address]],
    origin: str,
    at: datetime,
) -> Iterator[Message]:
    """Yield what those hear whose offers were accepted, and whoever accepted them.

    What was said is named by its id, under which the log has it: where, is known only after it is committed. A party
    hears of its own offers alone, and of nobody else's price.

    Args:
        quote: what is accepted.
        made: the acceptances and the grants.
        watching: where parties hear.
        origin: of the log.
        at: when.
    """
    by, log = one_line(quote.party), one_line(origin)
    for due in dues(quote.lines):
        own = [line for line in quote.lines if line.party == due.party]
        count = len({name for line in own for portion in line.portions for name in portion.recordings})
        shares = list(dict.fromkeys(due.revenue))
        more = ["more, as the grants say"] if len(shares) > GRANTS_NAMED else []
        offering, owed = one_line(due.party), ", ".join((*due.amounts, *shares[:GRANTS_NAMED], *more))
        granted = [one for one in made if one.party == due.party and one.kind is Kind.GRANT]
        facts = {
            "party": due.party,
            "by": quote.party,
            "model": quote.model,
            "runs": quote.runs,
            "quote": quote.id,
            "due": list(due.amounts),
            "revenue": shares[:GRANTS_NAMED],
            "recordings": count,
            "offers": [line.offer for line in own][:GRANTS_NAMED],
            "grants": [one.id for one in granted][:GRANTS_NAMED],
            "log": origin,
        }
        text = (
            f"{by} accepted what {offering} offers{_for_what(quote)}: {count:,} recording{'s' * (count != 1)}, to "
            f"{_use(quote)}.\n\nDue to {offering}: {owed}.\n\n"
            f"The acceptance and the grants are in the log {log}, by their ids.\n"
        )
        for to, kind, subject in (
            *((to, "offer.accepted", "An offer of yours was accepted") for to in watching.get(due.party, ())),
            *((to, "grant.made", "You were granted what you accepted") for to in watching.get(quote.party, ())),
        ):
            yield Message(message_key(kind, to.text, quote.id, due.party), to, kind, subject, text, facts, at)


def _for_what(quote: Quote) -> str:
    """Say for which model, and for how many training runs."""
    model = f" for the model {one_line(quote.model, MOST_MODEL)}," if quote.model else ""
    return f"{model} for {quote.runs:,} training run{'s' * (quote.runs != 1)}"


def _use(quote: Quote) -> str:
    return one_line(f"{quote.act}, {quote.purpose}, in {', '.join(quote.territories)}", MOST_TEXT)
