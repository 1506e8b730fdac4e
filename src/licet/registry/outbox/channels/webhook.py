"""Web hooks: a message as JSON, signed with our key, posted to an https address.

As Standard Webhooks 1.0.0 has it (https://www.standardwebhooks.com):

1. The body is JSON: `type`, `timestamp` (when it was written) and `data`; beside them `subject` and `text`, for people.
   It is canonical (RFC 8785), so that a repeat has the same bytes.
2. `webhook-id` is the message's key, the same in every attempt: by it a receiver knows a repeat. `webhook-timestamp` is
   this attempt's, in seconds since 1970.
3. `webhook-signature` holds one signature for each of our keys, between spaces: `v1a,` and the base64 of Ed25519
   (RFC 8032) over `id.timestamp.body`.
4. 2xx is delivered. 410 is a receiver that wants no more. Anything else is tried again; redirects are not followed.
5. Only https, to an address on the public internet that was judged before the connection is made to it (see
   `terms.gathering.network`). Of the answer's body nothing is read.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import rfc8785

from licet.errors import UsageError
from licet.registry.outbox.channels.channel import End, Outcome
from licet.registry.outbox.messages import HOOK
from licet.terms.gathering.wire import UnansweredError
from licet.transparency.notes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from licet.registry.outbox.messages import Message
    from licet.terms.gathering.wire import Answer, Posting
    from licet.transparency.notes import Signer, Verifier

WITHIN_S = 20.0  # the specification recommends 15 to 30
_GONE = 410
_BUSY = frozenset({429, 502, 503, 504})  # of the server, not of this message
_LONGEST_WAIT_DIGITS = 9


class Webhook:
    """Posts messages to web hooks.

    Args:
        signers: the keys that sign, the newest first: two while one is being replaced. Use them for nothing else.
        agent: who posts, and of which version: `Licet/1.0`.
        wire: the way to the web; the real one without it.
        within_s: seconds for one message, from connecting to the answer.
        dangerously_allow_private_addresses: post to private hosts too: where the receivers are your own.

    Raises:
        UsageError: no key signs, or one that signs otherwise.
    """

    scheme = HOOK

    def __init__(
        self,
        signers: Sequence[Signer],
        agent: str,
        *,
        wire: Posting | None = None,
        within_s: float = WITHIN_S,
        dangerously_allow_private_addresses: bool = False,
    ) -> None:
        if not signers or any(signer.kind is not Kind.ED25519 for signer in signers):
            raise UsageError("a web hook is signed by Ed25519 keys, one at least")
        if wire is None:
            from licet.terms.gathering.network import Network

            wire = Network(dangerously_allow_private_addresses=dangerously_allow_private_addresses)
        self.within_s = within_s
        self._signers = tuple(signers)
        self._agent = agent
        self._wire = wire

    def send(self, message: Message, at: datetime) -> Outcome:
        """Post `message` once."""
        body, seconds = body_of(message), int(at.timestamp())
        headers = {
            "User-Agent": self._agent,
            "Content-Type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": str(seconds),
            "webhook-signature": " ".join(signature(one, message.key, seconds, body) for one in self._signers),
        }
        try:
            answer = self._wire.post(message.to.text, headers, body, within_s=self.within_s)
        except UnansweredError as unanswered:
            everybody = unanswered.code != "bad-answer"
            return Outcome(End.LATER, f"{unanswered.code}: {unanswered.message}", for_all=everybody)
        return _outcome(answer)


def body_of(message: Message) -> bytes:
    """Return what is posted (step 1)."""
    return rfc8785.dumps(
        {
            "type": message.kind,
            "timestamp": message.created_at.isoformat().replace("+00:00", "Z"),
            "subject": message.subject,
            "text": message.text,
            "data": message.facts,
        }
    )


def signature(signer: Signer, key: str, at_s: int, body: bytes) -> str:
    """Return what stands in `webhook-signature` for one key (step 3)."""
    return f"v1a,{b64encode(signer.private.sign(f'{key}.{at_s}.'.encode() + body)).decode()}"


def public_key(verifier: Verifier) -> str:
    """Return a public key as receivers are given it: `whpk_` and the base64 of its 32 bytes."""
    return f"whpk_{b64encode(verifier.key).decode()}"


def _outcome(answer: Answer) -> Outcome:
    """Say what an answer comes to (step 4)."""
    says = f"it answered {answer.status}"
    if 200 <= answer.status < 300:
        return Outcome(End.DELIVERED, says)
    if answer.status == _GONE:
        return Outcome(End.NEVER, f"{says}: it wants no more")
    if 300 <= answer.status < 400:
        return Outcome(End.LATER, f"{says}: redirects are not followed")
    return Outcome(End.LATER, says, for_all=answer.status in _BUSY, wait_s=_asked_wait(answer))


def _asked_wait(answer: Answer) -> float:
    """Return the seconds of `Retry-After`; 0 where there is none, or a date."""
    asked = next((value for name, value in answer.headers if name.lower() == b"retry-after"), b"").strip()
    return float(asked) if asked.isdigit() and len(asked) <= _LONGEST_WAIT_DIGITS else 0.0
