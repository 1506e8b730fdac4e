"""A courier that is killed again and again: run as a program, it says which messages must have arrived.

One process imports everything once. Again and again it forks a courier that puts messages into the outbox and carries
them, and kills it with SIGKILL at a random moment. The servers run elsewhere, and fail at random. At the end nobody is
killed, and what is left is carried until nothing waits.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import sys
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from killing import killed
from licet.db import open_database, writing
from licet.registry.outbox import Address, Message, Patience, deliver, message_key
from licet.registry.outbox.channels import Email, Relay, Webhook
from licet.registry.outbox.store import OutboxStore
from licet.terms.gathering.network import Network
from licet.transparency.notes import Signer

LONGEST_LIFE_S = 0.08
READY = b"\n"
MOST_A_LIFE = 4  # messages
PATIENCE = Patience(base_s=0.01, ceiling_s=0.1, attempts=10_000)
LEASE_S = 0.8
SIGNER = Signer("licet.example/hooks", Ed25519PrivateKey.from_private_bytes(sha256(b"hooks").digest()))


def now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


def channels(mail_port: int, certificate: Path) -> tuple[Webhook, Email]:
    """Make both ways to send, with little patience."""
    trust = ssl.create_default_context(cafile=certificate)
    wire = Network(trust=trust, dangerously_allow_private_addresses=True)
    relay = Relay("127.0.0.1", mail_port, "licet@licet.example")
    return Webhook([SIGNER], "Licet/test", wire=wire, within_s=0.15), Email(relay, timeout_s=0.05, trust=trust)


def message(life: int, number: int, hook: str) -> Message:
    """Write one message, to a mailbox or to the web hook."""
    to = Address((f"mailto:anna{number}@example.org", hook, f"{hook}/{life}")[(life + number) % 3])
    key = message_key("test.happened", to.text, f"{life} {number}")
    return Message(key, to, "test.happened", f"{number} ö", "What happened:\n.\nLife.\n", {"life": life}, now())


def begin(database: str, hook: str, ways: tuple[Webhook, Email]) -> set[str]:
    """Put the first messages and carry some, so that no courier has anything to import before it is killed."""
    engine = open_database(database)
    store = OutboxStore(engine)
    first = [message(-1, number, hook) for number in range(MOST_A_LIFE)]
    with writing(engine) as connection:
        store.put(connection, first)
    deliver(store, ways, now, patience=PATIENCE, lease_s=LEASE_S)
    engine.dispose()
    return {one.key for one in first}


def live(database: str, hook: str, ways: tuple[Webhook, Email], life: int, told: int) -> None:
    """Put messages and carry them until killed; tell each key as soon as it is durable."""
    engine = open_database(database)
    store, number = OutboxStore(engine), 0
    os.write(told, READY)
    while True:
        if number < MOST_A_LIFE:
            written = message(life, number := number + 1, hook)
            with writing(engine) as connection:
                store.put(connection, [written])
            os.write(told, f"{written.key}\n".encode())
        deliver(store, ways, now, patience=PATIENCE, lease_s=LEASE_S, limit=6, hands=4)


def main(database: str, hook: str, mail_port: int, certificate: Path, deaths: int) -> None:
    """Kill a courier `deaths` times, carry the rest, and print what was promised and what is in the outbox."""
    dice = random.Random(7)
    ways = channels(mail_port, certificate)
    promised = begin(database, hook, ways)
    for life in range(deaths):
        told = killed(partial(live, database, hook, ways, life), dice.uniform(0, LONGEST_LIFE_S), ready=READY)
        promised.update(told.split("\n")[:-1])
    engine = open_database(database)
    store = OutboxStore(engine)
    while store.waiting(limit=1):
        deliver(store, ways, now, patience=PATIENCE, lease_s=LEASE_S, hands=4)
    counts = {state.value: number for state, number in store.counts().items()}
    ends = {key: [event.what for event in store.history(key)] for key in promised}
    engine.dispose()
    print(json.dumps({"promised": sorted(promised), "counts": counts, "ends": ends}))  # noqa: T201  (what the test reads)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
