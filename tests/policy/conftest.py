"""The house's own policy, for every test of the room."""

from __future__ import annotations

import pytest

from asking import HOUSE, LAW
from licet.policy import Policy, parse_policy


@pytest.fixture(scope="session")
def house() -> Policy:
    """Return the policy of the house."""
    return parse_policy(HOUSE, LAW)
