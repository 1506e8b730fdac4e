"""What is to be told is kept with what it tells of, comes due again until it is delivered, and is never lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.db import open_database, writing
from licet.errors import UsageError, WorkspaceError
from licet.registry import outbox
from licet.registry.outbox import Address, Message, Patience, deliver, message_key
from licet.registry.outbox.channels import CannedChannel, End, Outcome
from licet.registry.outbox.channels.email import mail_of
from licet.registry.outbox.store import OutboxStore, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import sqlalchemy as sa
    from postgres import Server

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANNA, HOOK, OTHER = "mailto:anna@example.org", "https://example.org/hook", "https://other.example/hook"
FAILED = Outcome(End.LATER, "it answered 500")
DOWN = Outcome(End.LATER, "timeout", for_all=True)
REFUSED = Outcome(End.NEVER, "it answered 410")
PATIENCE = Patience(base_s=10, ceiling_s=100, attempts=3)


def message(number: int = 1, to: str = HOOK, **changed: Any) -> Message:
    """Write a message."""
    facts = {"recording": "ISRC DE-A12-26-00001", "spans": [[0.5, 3]]}
    key = message_key("recording.found", to, str(number))
    written = Message(key, Address(to), "recording.found", "A recording was found", "It was found.\n", facts, AT)
    return replace(written, **changed)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    """A database with nothing in it, of either kind."""
    opened = open_database(database)
    yield opened
    opened.dispose()


@pytest.fixture
def new_postgresql(postgres: Server) -> Callable[[], str]:
    """Return what makes an empty database of PostgreSQL's."""
    return postgres.empty_database


@pytest.fixture
def store(engine: sa.Engine) -> OutboxStore:
    """An outbox with nothing in it."""
    return OutboxStore(engine)


def put(store: OutboxStore, *messages: Message) -> None:
    """Put messages in a transaction of their own."""
    with writing(store._engine) as connection:
        store.put(connection, messages)


def take(store: OutboxStore, at: datetime = AT, lease_s: float = 60, limit: int = 100) -> list[str]:
    """Take what is due, and return the keys."""
    return [one.message.key for one in store.take(at, lease_s=lease_s, limit=limit, schemes=("https", "mailto"))]


def carry(store: OutboxStore, *channels: CannedChannel, after_s: float = 0, **how: Any) -> list[End]:
    """Deliver once, so many seconds after the beginning."""
    at = AT + timedelta(seconds=after_s)
    return [one.end for one in deliver(store, channels, lambda: at, **{"patience": PATIENCE, **how})]


# Messages


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("MAILTO:Anna.B+x@Example.ORG", "mailto:Anna.B+x@example.org"),
        ("mailto:anna@bücher.example", "mailto:anna@xn--bcher-kva.example"),
        ("HTTPS://Example.org:443", "https://example.org/"),
        ("https://example.org/a b?token=ü#there", "https://example.org/a%20b?token=%C3%BC"),
    ],
    ids=["mailbox", "words", "hook", "path"],
)
def test_an_address_is_written_in_one_way(text: str, canonical: str) -> None:
    """A mailbox's own part keeps its case, which is the receiving server's business."""
    assert Address(text) == Address(canonical)
    assert str(Address(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *("", "anna@example.org", "http://example.org/", "ftp://example.org/", "mailto:", "mailto:anna", "mailto:@a.b"),
        *("mailto:anna@", "mailto:a@b@c.d", "mailto:a@b.c,d@e.f", "mailto:a@b.c?bcc=d@e.f", "mailto:a@[127.0.0.1]"),
        *("mailto:a@b.c\r\nBcc: d@e.f", "mailto:a\n@b.c", "mailto:a b@c.d", "mailto:<a@b.c>", "mailto:ä@b.c"),
        *(
            "mailto:a@" + "b" * 64 + ".c",
            "mailto:" + "a" * 65 + "@b.c",
            "mailto:a@b..c",
            "mailto:a@" + "bc." * 90 + "d",
        ),
        *("https://", "https://user:pass@example.org/", "https://user@example.org/", "https://@example.org/"),
        *("https://example.org/a\r\nHost: b", "https://exam\nple.org/", "https://[::1/", "https://a/" + "b" * 5000),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """With a sentence that does not repeat it: it may hold a password."""
    with pytest.raises(UsageError) as refused:
        Address(text)
    assert "pass@" not in str(refused.value)


@given(st.text(max_size=40).map("mailto:{}@example.org".format) | st.text(max_size=40).map("https://{}".format))
def test_an_address_holds_nothing_that_ends_a_line(text: str) -> None:
    """Whatever it was made of; and what it was written as is read as the same."""
    try:
        address = Address(text)
    except UsageError:
        return
    assert address.text.isascii()
    assert address.text.isprintable()
    assert Address(address.text) == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("key", value) for value in ("", "short", "a.full.stop.is.refused", "a" * 129, "a" * 16 + "\n", "ä" * 16)),
        *(("kind", value) for value in ("", "Found", "a..b", ".a", "a b", "a\n", "a" * 65)),
        *(
            ("subject", value)
            for value in ("", "  ", "a\nb", "a\r\nBcc: b@c.d", "a\x85b", "a\u2028b", "\ud800", "a" * 201)
        ),
        *(("text", value) for value in ("a\rb", "a\x00", "\x1b[0m", "\ud800", "ä" * 40_000)),
        *(
            ("facts", value)
            for value in ([], {1: 2}, {"a": float("nan")}, {"a": 2**60}, {"a": b""}, {"a": "a" * 70_000})
        ),
        ("created_at", AT.replace(tzinfo=None)),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_message_that_cannot_be_sent_is_refused(name: str, value: object) -> None:
    """When it is written, and not when a courier has it."""
    with pytest.raises(UsageError):
        message(**{name: value})


def test_facts_that_never_end_are_refused() -> None:
    """Deeper than anybody reads."""
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(UsageError):
        message(facts={"deep": deep})


@given(st.text(min_size=1, max_size=200), st.text(max_size=200))
def test_no_subject_or_text_makes_a_header(subject: str, text: str) -> None:
    """A mail has the headers that we gave it, whatever is in it."""
    try:
        written = message(to=ANNA, subject=subject, text=text)
    except UsageError:
        return
    mail = mail_of(written, "licet@licet.example")
    names = [
        line.partition(b":")[0] for line in mail.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n") if line[:1] != b" "
    ]
    assert names[:6] == [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted"]
    assert sorted(names[6:]) == [b"Content-Transfer-Encoding", b"Content-Type", b"MIME-Version"]


def test_a_message_is_what_it_was_when_it_was_written() -> None:
    """What its writer does with the facts afterwards, and which time zone the clock had, changes nothing."""
    facts = {"spans": (1, 2)}
    written = message(facts=facts, created_at=AT.astimezone(timezone(timedelta(hours=5))))
    facts.clear()
    assert written.facts == {"spans": [1, 2]}
    assert written.created_at == AT
    assert written.created_at.tzinfo is UTC
    assert hash(written) == hash(message(facts={}))


def test_a_key_is_made_of_what_a_message_is_about() -> None:
    """Of the same things the same, of things that are divided otherwise another."""
    assert message_key("a", "b") == message_key("a", "b")
    assert len({message_key("a", "b"), message_key("ab"), message_key("a", "b", ""), message_key("b", "a")}) == 4


def test_the_outbox_lists_its_public_names() -> None:
    """And the store is not among them: only the workspace opens stores."""
    assert outbox.__all__ == ["Address", "Attempt", "Message", "Patience", "deliver", "message_key"]
    assert all(hasattr(outbox, name) for name in outbox.__all__)


# The store


def test_a_message_is_there_if_what_it_tells_of_is(store: OutboxStore, engine: sa.Engine) -> None:
    """It is put in the writer's own transaction."""

    def change_that_fails() -> None:
        with writing(engine) as connection:
            store.put(connection, [message(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()
    assert store.waiting() == ()
    put(store, message(1))
    assert [standing.message for standing in store.waiting()] == [message(1)]


def test_a_message_that_is_put_again_is_left_as_it_is(store: OutboxStore) -> None:
    """Whatever came of it: what was delivered is not delivered again."""
    put(store, message(1), message(1, subject="Otherwise"))
    put(store)
    assert take(store) == [message(1).key]
    put(store, message(1))
    assert store.delivered(message(1).key, AT)
    put(store, message(1), message(2))
    assert take(store) == [message(2).key]
    assert store.counts() == {State.WAITING: 1, State.DELIVERED: 1, State.GIVEN_UP: 0}


def test_what_was_taken_comes_back_when_its_lease_is_over(store: OutboxStore) -> None:
    """And not before."""
    put(store, message())
    assert take(store, lease_s=60) == [message().key]
    assert take(store, AT + timedelta(seconds=59)) == []
    assert take(store, AT + timedelta(seconds=60)) == [message().key]


def test_a_message_is_not_sent_before_it_was_written(store: OutboxStore) -> None:
    """One that is written for tomorrow waits."""
    put(store, message(created_at=AT + timedelta(days=1)))
    assert take(store) == []
    assert take(store, AT + timedelta(days=1)) == [message().key]


def test_each_receivers_oldest_comes_before_anybodys_second(store: OutboxStore) -> None:
    """However long the queue to one of them is."""
    put(store, *(message(number, to) for to in (HOOK, OTHER, ANNA) for number in range(5 if to == HOOK else 2)))
    assert len(take(store, limit=3)) == 3
    receivers = [one.message.to.receiver for one in store.waiting() if one.due_at > AT]
    assert sorted(receivers) == ["https://example.org", "https://other.example", "mailto"]


@pytest.mark.parametrize(("limit", "lease_s"), [(0, 60), (501, 60), (1, 0)])
def test_nothing_is_taken_for_no_time_or_without_bound(store: OutboxStore, limit: int, lease_s: float) -> None:
    """It would never end, or end at once."""
    with pytest.raises(UsageError):
        take(store, limit=limit, lease_s=lease_s)


def test_word_of_an_old_claim_counts_only_if_it_is_good(store: OutboxStore) -> None:
    """A slow courier does not undo what the next one is doing; but what was delivered was delivered."""
    put(store, message())
    (old,) = store.take(AT, lease_s=1, limit=1, schemes=("https",))
    (new,) = store.take(AT + timedelta(seconds=1), lease_s=60, limit=1, schemes=("https",))
    assert not store.failed(old, AT, "too slow", AT)
    assert not store.given_up(old, AT, "too slow")
    assert store.delivered(old.message.key, AT, "late")
    assert not store.delivered(new.message.key, AT)
    assert not store.failed(new, AT, "refused", AT)
    assert [event.what for event in store.history(message().key)] == ["put", "taken", "taken", "delivered"]


def test_word_of_a_failure_counts_once(store: OutboxStore) -> None:
    """However often it is given, and whatever happened in between."""
    put(store, message())
    (taken,) = store.take(AT, lease_s=60, limit=1, schemes=("https",))
    assert store.failed(taken, AT, "refused", AT)
    assert not store.failed(taken, AT, "refused", AT)
    assert [one.failures for one in store.waiting()] == [1]
    (taken,) = store.take(AT, lease_s=60, limit=1, schemes=("https",))
    assert store.given_up(taken, AT, "refused")
    assert store.retry(message().key, AT)
    assert not store.failed(taken, AT, "refused", AT)


def test_what_was_given_up_can_be_sent_again(store: OutboxStore) -> None:
    """By a person who has mended something; nothing else brings it back."""
    put(store, message())
    (taken,) = store.take(AT, lease_s=60, limit=1, schemes=("https",))
    assert store.given_up(taken, AT, "gone")
    assert [one.message for one in store.undelivered()] == [message()]
    assert take(store, AT + timedelta(days=9)) == []
    assert store.retry(message().key, AT)
    assert not store.retry(message().key, AT)
    assert take(store) == [message().key]


def test_nothing_is_known_of_a_key_that_was_never_put(store: OutboxStore) -> None:
    """And word of it changes nothing."""
    assert (store.find("a" * 64), store.history("a" * 64)) == (None, ())
    assert not store.delivered("a" * 64, AT)


def test_what_a_server_said_is_kept_on_one_short_line(store: OutboxStore) -> None:
    """It may say anything."""
    put(store, message())
    store.delivered(message().key, AT, "a\r\nb\x00\x1b[0m" + "c" * 999)
    said = store.history(message().key)[-1].says
    assert said.startswith("a  b  [0mc")
    assert len(said) == 300


def test_a_database_that_is_gone_is_told(tmp_path: Path) -> None:
    """In our own words."""
    engine = open_database(tmp_path / "licet.db")
    store = OutboxStore(engine)
    engine.dispose()
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(WorkspaceError):
        store.waiting()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 5)),
        st.tuples(st.sampled_from(["take", "crash"]), st.integers(0, 2)),
        st.tuples(st.sampled_from(["delivered", "failed", "given-up", "wait"]), st.integers(0, 20)),
    ),
    max_size=25,
)


@given(steps)
def test_no_order_of_what_happens_loses_a_message_or_gives_it_to_two(steps: list[tuple[str, int]]) -> None:
    """Three couriers put, take, die, are slow and send: each message is one's at a time, and all arrive in the end."""
    live_through(steps, "sqlite://")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])  # each has a new database
@given(steps)
def test_nor_does_any_in_postgresql(new_postgresql: Callable[[], str], steps: list[tuple[str, int]]) -> None:
    """The same law."""
    live_through(steps, new_postgresql())


def live_through(steps: list[tuple[str, int]], database: str) -> None:
    """Let it happen, and compare what is left with what should be."""
    engine = open_database(database)
    try:
        live(steps, OutboxStore(engine))
    finally:
        engine.dispose()


def live(steps: list[tuple[str, int]], store: OutboxStore) -> None:
    """Keep by hand what each courier has, and what came of each message."""
    now, had = AT, set()
    ends: dict[str, str] = {}
    hands: list[list[Any]] = [[], [], []]
    settled: set[tuple[str, int]] = set()  # claims of which word was noted
    for what, number in steps:
        held = [one for hand in hands for one in hand]
        one = held[number % len(held)] if held else None
        if what == "put":
            put(store, message(number))
            had.add(message(number).key)
        elif what == "take":
            taken = store.take(now, lease_s=10, limit=2, schemes=("https",))
            owned = {one.message.key for one in held if now < one.until and (one.message.key, one.claim) not in settled}
            assert not {one.message.key for one in taken} & (owned | set(ends))
            hands[number] += taken
        elif what == "crash":
            hands[number] = []
        elif what == "wait":
            now += timedelta(seconds=number)
        elif one is not None and what == "delivered":
            store.delivered(one.message.key, now)
            ends[one.message.key] = what
        elif one is not None:
            wait = {"next_at": now + timedelta(seconds=3)} if what == "failed" else {}
            noted = (store.failed if what == "failed" else store.given_up)(one, now, "", **wait)
            assert not (noted and (one.message.key, one.claim) in settled), "the word of one claim counted twice"
            if noted:
                settled.add((one.message.key, one.claim))
                ends |= {one.message.key: what} if what == "given-up" else {}
    rest = {one.message.key for one in store.take(now + timedelta(seconds=60), lease_s=9, limit=99, schemes=("https",))}
    standing = {key: store.find(key) for key in had}
    assert rest == had - set(ends)
    assert {key: str(one.state) for key, one in standing.items() if one is not None and key in ends} == ends


# The courier


def test_what_is_due_is_sent_once(store: OutboxStore) -> None:
    """And is then never sent again."""
    hooks, mail = CannedChannel("https"), CannedChannel("mailto")
    put(store, message(1), message(2, ANNA))
    assert carry(store, hooks, mail) == [End.DELIVERED, End.DELIVERED]
    assert carry(store, hooks, mail, after_s=9999) == []
    assert [one.key for one, _ in hooks.sent + mail.sent] == [message(1).key, message(2, ANNA).key]
    assert store.counts()[State.DELIVERED] == 2


def test_a_message_waits_for_a_courier_that_has_its_channel(store: OutboxStore) -> None:
    """It is no failure that mail was not set up here."""
    put(store, message(1, ANNA))
    assert carry(store, CannedChannel("https")) == []
    assert carry(store) == []
    assert carry(store, CannedChannel("mailto")) == [End.DELIVERED]


def test_a_failure_is_tried_again_later_and_later(store: OutboxStore) -> None:
    """Until it has failed so often that it is given up, which is said."""
    hooks = CannedChannel("https", {message().key: [FAILED] * 9})
    put(store, message())
    (first,) = deliver(store, [hooks], lambda: AT, patience=PATIENCE)
    assert first.next_at is not None
    assert 5 <= (first.next_at - AT).total_seconds() <= 10
    assert carry(store, hooks, after_s=4) == []
    assert carry(store, hooks, after_s=10) == [End.LATER]
    (last,) = deliver(store, [hooks], lambda: AT + timedelta(seconds=30), patience=PATIENCE)
    assert (last.end, last.says) == (End.NEVER, "given up after 3 attempts: it answered 500")
    assert store.history(message().key)[-1].says == last.says
    assert carry(store, hooks, after_s=9999) == []


def test_a_receiver_that_wants_no_more_is_left_alone(store: OutboxStore) -> None:
    """At once."""
    hooks = CannedChannel("https", {message().key: [REFUSED]})
    put(store, message())
    assert carry(store, hooks) == [End.NEVER]
    assert [one.failures for one in store.undelivered()] == [1]


def test_a_receiver_that_asks_for_time_has_it(store: OutboxStore) -> None:
    """As much as the ceiling allows."""
    asked = [Outcome(End.LATER, "busy", wait_s=90), Outcome(End.LATER, "busy", wait_s=10**9)]
    hooks = CannedChannel("https", {message().key: asked})
    put(store, message())
    assert carry(store, hooks) == [End.LATER]
    assert carry(store, hooks, after_s=89) == []
    assert carry(store, hooks, after_s=90) == [End.LATER]
    assert carry(store, hooks, after_s=190) == [End.DELIVERED]


def test_one_receivers_failure_holds_up_no_other(store: OutboxStore) -> None:
    """Where it takes nothing at all, one attempt stands for all; where it does not take one message, for that one."""
    messages = [one for to in (HOOK, OTHER) for one in sorted((message(n, to) for n in range(3)), key=lambda m: m.key)]
    hooks = CannedChannel("https", {messages[0].key: [DOWN], messages[3].key: [FAILED]})
    put(store, *messages)
    ends = {one.key: one.end for one in deliver(store, [hooks], lambda: AT, patience=PATIENCE)}
    assert [ends[one.key] for one in messages] == [End.LATER] * 4 + [End.DELIVERED] * 2
    assert sum(one.to == Address(HOOK) for one, _ in hooks.sent) == 1


def test_a_receiver_that_stalls_does_not_make_the_others_wait(store: OutboxStore) -> None:
    """Each receiver has a queue, and several are worked at once."""
    others = threading.Event()

    class Stalling(CannedChannel):
        def send(self, message: Message, at: datetime) -> Outcome:
            if message.to.text == HOOK:
                assert others.wait(10), "the other receiver was kept waiting"
            else:
                others.set()
            return super().send(message, at)

    put(store, message(1, HOOK), message(2, OTHER))
    assert carry(store, Stalling("https")) == [End.DELIVERED] * 2


def test_a_mistake_of_ours_holds_up_no_other(store: OutboxStore) -> None:
    """It is a failure of that message, and its words are not told: they may hold anything."""

    class Broken(CannedChannel):
        def send(self, message: Message, at: datetime) -> Outcome:
            if message.kind == "broken":
                raise ValueError("a password")
            return super().send(message, at)

    put(store, message(1, kind="broken"), message(2))
    assert sorted(carry(store, Broken("https"))) == [End.DELIVERED, End.LATER]
    assert store.history(message(1).key)[-1].says == "the channel https broke: ValueError"


def test_nothing_is_sent_that_could_outlast_its_lease(store: OutboxStore) -> None:
    """What a slow receiver leaves no time for comes due again, uncounted."""
    clock = iter(range(0, 1000, 5))
    put(store, *map(message, range(4)))
    hooks = CannedChannel("https", within_s=12)
    done = deliver(store, [hooks], lambda: AT + timedelta(seconds=next(clock)), lease_s=30)
    assert len(done) == len(hooks.sent) == 2
    assert [one.failures for one in store.waiting()] == [0, 0]
    assert carry(store, hooks, after_s=30) == [End.DELIVERED] * 2


def test_what_another_courier_has_by_now_is_told(store: OutboxStore) -> None:
    """Its word does not count; a delivery is told as such."""
    put(store, message(1), message(2))

    class Slow(CannedChannel):
        def send(self, message: Message, at: datetime) -> Outcome:
            store.take(AT + timedelta(days=1), lease_s=60, limit=9, schemes=("https",))
            return super().send(message, at)

    done = deliver(store, [Slow("https", {message(1).key: [FAILED]})], lambda: AT, patience=PATIENCE, hands=1)
    assert {one.key: (one.end, one.noted) for one in done} == {
        message(1).key: (End.LATER, False),
        message(2).key: (End.DELIVERED, True),
    }


def test_couriers_share_the_work(store: OutboxStore, engine: sa.Engine) -> None:
    """Four at once send each message once."""
    put(store, *(message(number, f"https://h{number % 7}.example/") for number in range(60)))
    hooks = CannedChannel("https")

    def work() -> None:
        mine = OutboxStore(engine)
        while carry(mine, hooks, limit=5):
            pass

    couriers = [threading.Thread(target=work) for _ in range(4)]
    for courier in couriers:
        courier.start()
    for courier in couriers:
        courier.join()
    assert len(hooks.sent) == len({one.key for one, _ in hooks.sent}) == 60


@pytest.mark.parametrize("how", [{"hands": 0}, {"lease_s": 1}, {"limit": 0}], ids=["no hands", "no time", "nothing"])
def test_a_courier_that_cannot_work_is_refused(store: OutboxStore, how: dict[str, Any]) -> None:
    """Before it takes anything."""
    put(store, message())
    with pytest.raises(UsageError):
        carry(store, CannedChannel("https", within_s=1), **how)
    assert take(store) == [message().key]


@pytest.mark.parametrize("make", [lambda: Patience(attempts=0), lambda: Patience(base_s=0), lambda: Patience(9, 8)])
def test_patience_that_makes_no_sense_is_refused(make: Callable[[], Patience]) -> None:
    """No attempt at all, or a wait that does not grow."""
    with pytest.raises(UsageError):
        make()


@given(st.text(max_size=20), st.integers(1, 10**6))
def test_the_wait_grows_and_can_be_told_beforehand(key: str, failures: int) -> None:
    """From half the full wait to all of it, the same for the same key, and never beyond the ceiling."""
    patience = Patience(base_s=60, ceiling_s=3600)
    wait = patience.wait_s(key, failures)
    full = min(3600, 60 * 2 ** min(failures - 1, 20))
    assert full / 2 <= wait <= full
    assert wait == patience.wait_s(key, failures)


def test_as_it_stands_a_message_is_tried_for_days() -> None:
    """About three."""
    patience = Patience()
    for key in "abcdefgh":
        days = sum(patience.wait_s(key, failures) for failures in range(1, patience.attempts)) / 86_400
        assert 2 < days < 4
