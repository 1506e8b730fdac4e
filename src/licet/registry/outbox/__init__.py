"""The outbox: what is to be told to whom, kept with the change that it tells of and carried until it arrives.

Each message has one effect at a receiver that keeps keys (see `courier` for what that means, and where it is durable).
"""

from __future__ import annotations

from licet.registry.outbox.courier import Attempt, Patience, deliver
from licet.registry.outbox.messages import Address, Message, message_key

__all__ = ["Address", "Attempt", "Message", "Patience", "deliver", "message_key"]
