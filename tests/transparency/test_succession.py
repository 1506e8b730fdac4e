from __future__ import annotations

import pytest

from licet.errors import LogError
from licet.transparency import PAYLOAD_TYPE, SUCCESSION, Act, Envelope, Statement, Subject, believed, said_of, sealed
from logging_keys import signer

FIRST, SECOND, THIRD, THIEF = (signer(f"log.example/{name}") for name in ("first", "second", "third", "thief"))
AT = "2026-11-22T00:00:00+00:00"
TO_SECOND = said_of(SECOND.verifier, Act.SUCCEEDS, by=FIRST, at=AT)
TO_THIRD = said_of(THIRD.verifier, Act.SUCCEEDS, by=SECOND, at=AT)
NO_FIRST = said_of(FIRST.verifier, Act.REVOKED, by=SECOND, at=AT, why="stolen")


@pytest.mark.parametrize(
    ("known", "history", "expected"),
    [
        ([FIRST], [], [FIRST]),
        ([FIRST], [TO_SECOND], [FIRST, SECOND]),
        ([FIRST], [TO_SECOND, TO_THIRD], [FIRST, SECOND, THIRD]),
        ([THIRD], [TO_SECOND, TO_THIRD], [THIRD]),
        ([FIRST], [TO_THIRD, TO_SECOND], [FIRST, SECOND]),
        ([FIRST], [TO_SECOND, NO_FIRST, TO_THIRD], [SECOND, THIRD]),
        ([FIRST], [NO_FIRST], [FIRST]),
        ([FIRST], [said_of(THIEF.verifier, Act.SUCCEEDS, by=THIEF, at=AT)], [FIRST]),
        ([FIRST], [TO_SECOND, NO_FIRST, said_of(THIEF.verifier, Act.SUCCEEDS, by=FIRST, at=AT)], [SECOND]),
        ([], [TO_SECOND], []),
    ],
    ids=[
        "nothing is said",
        "one successor",
        "two",
        "from the middle of the chain",
        "said out of order",
        "the first is revoked",
        "by a key that is not known",
        "a thief names himself",
        "a revoked key names nobody",
        "nobody is known",
    ],
)
def test_who_is_believed(known: list[object], history: list[Envelope], expected: list[object]) -> None:
    """Whoever is known, and whom they named, less whom they took back."""
    keys = [one.verifier for one in known]  # type: ignore[attr-defined]  # signers
    assert believed(keys, history) == tuple(one.verifier for one in expected)  # type: ignore[attr-defined]  # likewise


@pytest.mark.parametrize(
    "predicate", [{}, {"key": "no key", "act": "succeeds"}, {"key": str(SECOND.verifier)}, {"key": 1}]
)
def test_a_believed_key_that_says_nonsense_is_an_error(predicate: dict[str, object]) -> None:
    """It is not passed over: something is wrong with a key that is believed."""
    statement = Statement((Subject("a", {}),), SUCCESSION, predicate)
    with pytest.raises(LogError):
        believed([FIRST.verifier], [sealed(PAYLOAD_TYPE, statement.encoded(), [FIRST])])


def test_what_another_type_says_of_keys_is_not_heard() -> None:
    """A receipt that happens to name a key makes no successor of it."""
    statement = Statement((Subject("a", {}),), "urn:another", {"key": str(THIEF.verifier), "act": "succeeds"})
    with pytest.raises(LogError, match="predicateType"):
        believed([FIRST.verifier], [sealed(PAYLOAD_TYPE, statement.encoded(), [FIRST])])
