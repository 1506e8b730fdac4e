"""The ways to tell somebody something: one file a way, and the seam that they fill."""

from __future__ import annotations

from licet.registry.outbox.channels.channel import CannedChannel, Channel, End, Outcome
from licet.registry.outbox.channels.email import Email, Relay, Security
from licet.registry.outbox.channels.feed import Feeds
from licet.registry.outbox.channels.secret import Secret
from licet.registry.outbox.channels.webhook import Webhook, public_key

__all__ = [
    "CannedChannel",
    "Channel",
    "Email",
    "End",
    "Feeds",
    "Outcome",
    "Relay",
    "Secret",
    "Security",
    "Webhook",
    "public_key",
]
