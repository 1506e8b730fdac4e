"""Web hooks and mail arrive at real servers, signed and secured, and every answer comes to what it should."""

from __future__ import annotations

import base64
import email
import email.policy
import socket
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import UsageError
from licet.registry.outbox import Address, Message, message_key
from licet.registry.outbox.channels import (
    CannedChannel,
    Email,
    End,
    Outcome,
    Relay,
    Secret,
    Security,
    Webhook,
    public_key,
)
from licet.registry.outbox.channels.webhook import signature
from licet.terms.gathering import Answer, CannedWire, UnansweredError
from licet.terms.gathering.network import Network
from licet.transparency.notes import Kind, Signer
from receivers import HERE, Inbox, MailServer, WebServer, make_certificate, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from licet.registry.outbox.channels import Channel

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"])
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PASSWORD = "a password"  # noqa: S105  (the test server's)
SIGNER = Signer("licet.example/hooks", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
OLDER = Signer("licet.example/older", Ed25519PrivateKey.from_private_bytes(b"o" * 32))
HOOK = "https://example.org/hook"


def message(to: str) -> Message:
    """Write a message."""
    text = "Ihre Aufnahme „Ümläute“ wurde gefunden.\n.\n..zwei\n" + "lang " * 400 + "\n"
    key = message_key("recording.found", to)
    return Message(key, Address(to), "recording.found", "Gefunden: ♫ " + "ö" * 80, text, {"spans": [[0.5, 3]]}, AT)


def checked(headers: dict[str, str], body: bytes, key: str, now_s: float) -> bool:
    """Check a web hook as its receiver would, knowing the specification, a public key and nothing of ours."""
    if abs(now_s - int(headers["webhook-timestamp"])) > 300 or not key.startswith("whpk_"):
        return False
    signed = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
    for part in headers["webhook-signature"].split(" "):
        version, _, coded = part.partition(",")
        if version == "v1a":
            try:
                public.verify(base64.b64decode(coded), signed)
            except InvalidSignature:
                continue
            return True
    return False


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make this machine's certificate."""
    return make_certificate(tmp_path / "both.pem")


@pytest.fixture
def trust(certificate: Path) -> ssl.SSLContext:
    """Trust this machine, and nobody else."""
    return ssl.create_default_context(cafile=certificate)


@pytest.fixture
def web(certificate: Path) -> Iterator[WebServer]:
    """Serve web hooks."""
    server = WebServer(Inbox(), certificate)
    with serving(server):
        yield server


@pytest.fixture
def mail(certificate: Path) -> Iterator[MailServer]:
    """Serve mail."""
    server = MailServer(Inbox(), certificate)
    with serving(server):
        yield server


@pytest.fixture
def here(trust: ssl.SSLContext) -> Webhook:
    """Post to this machine."""
    wire = Network(trust=trust, dangerously_allow_private_addresses=True)
    return Webhook([SIGNER], "Licet/test", wire=wire, within_s=5)


# Web hooks


def test_a_web_hook_arrives_and_its_receiver_can_check_it(web: WebServer, here: Webhook) -> None:
    """With the public key alone; and not with another, later, or with other bytes."""
    written = message(web.url)
    assert here.send(written, AT) == Outcome(End.DELIVERED, "it answered 204")
    ((key, body),), (headers,) = web.inbox.arrived, web.inbox.headers
    ours = public_key(SIGNER.verifier)
    assert key == written.key
    assert checked(headers, body, ours, AT.timestamp())
    assert not checked(headers, body, public_key(OLDER.verifier), AT.timestamp())
    assert not checked(headers, body, ours, AT.timestamp() + 301)
    assert not checked(headers, body + b" ", ours, AT.timestamp())
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "Licet/test")
    assert msgspec.json.decode(body) == {
        "type": "recording.found",
        "timestamp": "2026-11-22T12:00:00Z",
        "subject": written.subject,
        "text": written.text,
        "data": {"spans": [[0.5, 3]]},
    }


def test_a_signature_is_that_of_the_specifications_own_library() -> None:
    """Its published vector: key, id, time, body and signature."""
    seed = base64.b64decode("VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=")
    signer = Signer("vector", Ed25519PrivateKey.from_private_bytes(seed))
    assert signature(signer, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == (
        "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag=="
    )


def test_while_a_key_is_replaced_both_sign() -> None:
    """A receiver that knows either can check it."""
    wire = CannedWire({HOOK: Answer(200, [])})
    Webhook([SIGNER, OLDER], "Licet/test", wire=wire).send(message(HOOK), AT)
    ((_, headers, body),) = wire.told
    assert all(checked(headers, body, public_key(one.verifier), AT.timestamp()) for one in (SIGNER, OLDER))


def test_a_repeat_has_the_same_key_and_body_and_a_new_time() -> None:
    """By the key its receiver knows it; the time is signed too."""
    wire = CannedWire({HOOK: Answer(500, [])})
    hooks = Webhook([SIGNER], "Licet/test", wire=wire)
    for second in (0, 400):
        assert hooks.send(message(HOOK), AT.replace(minute=second // 60)).end is End.LATER
    first, second_ = ((headers["webhook-id"], body) for _, headers, body in wire.told)
    assert first == second_
    assert len({headers["webhook-timestamp"] for _, headers, _ in wire.told}) == 2


@given(st.data())
def test_no_change_to_a_web_hook_goes_unseen(data: st.DataObject) -> None:
    """Whichever byte of the body, the key or the time it is."""
    wire = CannedWire({HOOK: Answer(200, [])})
    Webhook([SIGNER], "Licet/test", wire=wire).send(message(HOOK), AT)
    ((_, headers, body),) = wire.told
    place, other = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    changed = body[:place] + bytes([body[place] ^ other]) + body[place + 1 :]
    ours, now = public_key(SIGNER.verifier), AT.timestamp()
    assert not checked(headers, changed, ours, now)
    assert not checked({**headers, "webhook-id": "b" * 64}, body, ours, now)
    assert not checked({**headers, "webhook-timestamp": str(int(now) + other)}, body, ours, now)


@pytest.mark.parametrize(
    ("answer", "end", "for_all", "wait_s"),
    [
        *((Answer(status, []), End.DELIVERED, False, 0) for status in (200, 202, 299)),
        *((Answer(status, []), End.LATER, False, 0) for status in (199, 301, 307, 400, 401, 404, 500, 600)),
        *((Answer(status, []), End.LATER, True, 0) for status in (429, 502, 503, 504)),
        (Answer(410, []), End.NEVER, False, 0),
        (Answer(503, [(b"Retry-After", b" 120 ")]), End.LATER, True, 120),
        (Answer(503, [(b"Retry-After", b"Wed, 21 Oct 2026 07:28:00 GMT")]), End.LATER, True, 0),
        (Answer(503, [(b"Retry-After", b"9" * 400)]), End.LATER, True, 0),
        (UnansweredError("timeout", "the server did not answer in time"), End.LATER, True, 0),
        (UnansweredError("private-address", "not on the public internet"), End.LATER, True, 0),
        (UnansweredError("bad-answer", "what the server sent is no HTTP"), End.LATER, False, 0),
    ],
)
def test_every_answer_comes_to_something(
    answer: Answer | UnansweredError, end: End, for_all: bool, wait_s: float
) -> None:
    """2xx is delivered, 410 is never, and everything else is tried again."""
    outcome = Webhook([SIGNER], "Licet/test", wire=CannedWire({HOOK: answer})).send(message(HOOK), AT)
    assert (outcome.end, outcome.for_all, outcome.wait_s) == (end, for_all, wait_s)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]"])
def test_a_private_host_is_told_nothing(web: WebServer, host: str) -> None:
    """Unless it is allowed by name: whoever gives us an address could read what is not theirs."""
    outcome = Webhook([SIGNER], "Licet/test").send(message(f"https://{host}:{web.port}/hook"), AT)
    assert outcome.end is End.LATER
    assert outcome.says.startswith(("private-address", "no-such-host"))
    assert not web.inbox.faults


def test_a_host_of_ones_own_is_told_where_that_is_allowed(web: WebServer) -> None:
    """Its certificate is checked all the same."""
    outcome = Webhook([SIGNER], "Licet/test", dangerously_allow_private_addresses=True).send(message(web.url), AT)
    assert (outcome.end, outcome.says.partition(":")[0]) == (End.LATER, "bad-certificate")
    assert web.inbox.arrived == []


def test_a_redirect_is_not_followed(web: WebServer, here: Webhook) -> None:
    """A receiver says where it is by itself."""

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", web.url)
        handler.end_headers()

    web.answer = redirect
    assert here.send(message(web.url), AT) == Outcome(End.LATER, "it answered 307: redirects are not followed")
    assert len(web.inbox.arrived) == 1


def test_an_answer_that_never_ends_is_not_waited_for(web: WebServer, here: Webhook) -> None:
    """Its status is all we ask for."""
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        handler.wfile.flush()
        done.wait(10)

    web.answer = drip
    assert here.send(message(web.url), AT).end is End.DELIVERED
    done.set()


def test_a_receiver_may_think_about_it_but_not_for_ever(web: WebServer, trust: ssl.SSLContext) -> None:
    """Until the time for one message is over."""
    done = threading.Event()
    web.answer = lambda _: done.wait(10) and None
    wire = Network(trust=trust, dangerously_allow_private_addresses=True)
    outcome = Webhook([SIGNER], "Licet/test", wire=wire, within_s=0.3).send(message(web.url), AT)
    done.set()
    assert (outcome.end, outcome.says, outcome.for_all) == (
        End.LATER,
        "too-slow: the answer did not end in time",
        True,
    )


def test_a_hook_that_nobody_can_check_is_refused() -> None:
    """Without a key, or with one that signs otherwise."""
    for signers in ([], [replace(SIGNER, kind=Kind.COSIGNATURE)]):
        with pytest.raises(UsageError):
            Webhook(signers, "Licet/test")


# Mail


def relay(server: MailServer, security: Security = Security.STARTTLS, **login: object) -> Relay:
    """Send through the test server."""
    return Relay(HERE, server.port, "licet@licet.example", security, **login)  # type: ignore[arg-type]  # user and secret


ANNA = message("mailto:anna@example.org")


@pytest.mark.parametrize("security", Security)
def test_a_mail_arrives_as_it_was_written(mail: MailServer, trust: ssl.SSLContext, security: Security) -> None:
    """However the connection is secured: a repeat is the same, byte by byte."""
    mail.secured = security is Security.TLS
    sending = Email(relay(mail, security), timeout_s=5, trust=trust)
    for _ in range(2):
        assert sending.send(ANNA, AT) == Outcome(End.DELIVERED, "the mail server has it")
    (key, first), (_, second) = mail.inbox.arrived
    read = email.message_from_bytes(first, policy=email.policy.default)
    assert first == second
    assert key == ANNA.key
    assert read.get_content().replace("\r\n", "\n") == ANNA.text
    assert {name: str(read[name]) for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "licet@licet.example",
        "To": "anna@example.org",
        "Subject": ANNA.subject,
        "Message-ID": f"<{ANNA.key}@licet.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert read["Date"].datetime == AT
    assert first.isascii()
    said = {line.lower().partition(" size=")[0] for line in mail.inbox.said}
    assert {"mail from:<licet@licet.example>", "rcpt to:<anna@example.org>"} <= said
    assert "ehlo licet.example" in mail.inbox.said


def test_a_server_that_wants_a_login_has_it(
    mail: MailServer, trust: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file or from the environment, read when it is needed."""
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    (tmp_path / "password").chmod(0o600)
    monkeypatch.setenv("LICET_TEST_PASSWORD", PASSWORD)
    for place in (f"file:{tmp_path}/password", "env:LICET_TEST_PASSWORD"):
        login = relay(mail, user="licet", secret=Secret(place))
        assert PASSWORD not in repr(login)
        assert Email(login, trust=trust).send(ANNA, AT).end is End.DELIVERED
    assert sum(line.startswith("AUTH") for line in mail.inbox.said) == 2


def test_a_login_that_is_not_accepted_is_tried_again_and_not_told(
    mail: MailServer, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """This server repeats what it was given, as some do."""
    caplog.set_level(0)
    monkeypatch.setenv("LICET_TEST_PASSWORD", "wrong")
    outcome = Email(relay(mail, user="licet", secret=Secret("env:LICET_TEST_PASSWORD")), trust=trust).send(ANNA, AT)
    assert outcome == Outcome(End.LATER, "the mail server does not accept the login: 535", for_all=True)
    assert not caplog.records
    assert mail.inbox.arrived == []


@pytest.mark.parametrize(("value", "says"), [("", "no secret at env:LICET_SECRET"), ("geheimß", "is ASCII")])
def test_a_secret_that_cannot_be_sent_is_tried_again(
    mail: MailServer, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, value: str, says: str
) -> None:
    """Somebody may mend it."""
    monkeypatch.setenv("LICET_SECRET", value)
    outcome = Email(relay(mail, user="licet", secret=Secret("env:LICET_SECRET")), trust=trust).send(ANNA, AT)
    assert (outcome.end, outcome.for_all) == (End.LATER, True)
    assert says in outcome.says


def test_a_login_that_the_server_does_not_know_is_tried_again(
    mail: MailServer, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It offers none at all, or one of another kind."""
    monkeypatch.setenv("LICET_SECRET", PASSWORD)
    login = relay(mail, user="licet", secret=Secret("env:LICET_SECRET"))
    for offered in ("250 STARTTLS", "250-STARTTLS\r\n250 AUTH GSSAPI"):
        mail.answers["EHLO"] = f"250-mail.example\r\n{offered}"
        outcome = Email(login, trust=trust).send(ANNA, AT)
        assert (outcome.end, outcome.for_all) == (End.LATER, True)
        assert outcome.says.startswith("the mail server does not offer")


def test_nothing_is_said_to_a_server_that_cannot_be_secured(mail: MailServer, trust: ssl.SSLContext) -> None:
    """Neither whom it is for nor a password."""
    mail.answers["EHLO"] = "250 mail.example"
    outcome = Email(relay(mail), trust=trust).send(ANNA, AT)
    assert (outcome.end, outcome.for_all) == (End.LATER, True)
    assert "STARTTLS" in outcome.says
    assert [line for line in mail.inbox.said if not line.startswith("ehlo")] == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_nothing_is_said_to_a_server_that_nobody_vouches_for(mail: MailServer, security: Security) -> None:
    """Its certificate is checked against the system's."""
    mail.secured = security is Security.TLS
    outcome = Email(relay(mail, security)).send(ANNA, AT)
    assert (outcome.end, outcome.for_all) == (End.LATER, True)
    assert outcome.says.startswith("the mail server's certificate is not valid")
    assert mail.inbox.arrived == []


@pytest.mark.parametrize(
    ("verb", "answer", "end", "for_all"),
    [
        ("RCPT", "550 no such mailbox", End.NEVER, False),
        ("RCPT", "450 mailbox is busy", End.LATER, False),
        ("MAIL", "550 not you", End.LATER, True),
        ("MAIL", "421 going down", End.LATER, True),
        ("EHLO", "554 go away", End.LATER, True),
        ("verdict", "554 looks like spam", End.NEVER, False),
        ("verdict", "451 try again", End.LATER, False),
    ],
)
def test_every_answer_of_a_mail_server_comes_to_something(
    mail: MailServer, verb: str, answer: str, end: End, for_all: bool
) -> None:
    """Only what it says for good of the mailbox or the mail is for good."""
    if verb == "verdict":
        mail.verdict = answer
    else:
        mail.answers[verb] = answer
    outcome = Email(relay(mail, Security.DANGEROUSLY_PLAIN), timeout_s=5).send(ANNA, AT)
    assert (outcome.end, outcome.for_all) == (end, for_all)


def test_what_goes_wrong_after_the_mail_was_taken_does_not_matter(mail: MailServer) -> None:
    """It is the server's from then on."""
    mail.breaks_off = True
    assert Email(relay(mail, Security.DANGEROUSLY_PLAIN), timeout_s=5).send(ANNA, AT).end is End.DELIVERED


def test_a_server_that_says_nothing_is_left() -> None:
    """After a while, for all mail."""
    with socket.create_server((HERE, 0)) as silent:
        silence = Relay(HERE, silent.getsockname()[1], "licet@licet.example", Security.DANGEROUSLY_PLAIN)
        outcome = Email(silence, timeout_s=0.1).send(ANNA, AT)
    assert outcome == Outcome(End.LATER, "the mail server did not answer in time", for_all=True)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    """Nobody listens at the port; for web hooks too."""
    with socket.create_server((HERE, 0)) as gone:
        port = gone.getsockname()[1]
    nobody = Relay(HERE, port, "licet@licet.example", Security.DANGEROUSLY_PLAIN)
    assert Email(nobody).send(ANNA, AT) == Outcome(End.LATER, "the mail server cannot be reached", for_all=True)
    hooks = Webhook([SIGNER], "Licet/test", dangerously_allow_private_addresses=True)
    assert hooks.send(message(f"https://{HERE}:{port}/"), AT).says.startswith("unreachable")


@pytest.mark.parametrize(
    "changed",
    [
        {"user": "licet"},
        {"secret": Secret("env:A")},
        {"user": "licet", "secret": Secret("env:A"), "security": Security.DANGEROUSLY_PLAIN},
        {"sender": "licet@licet.example\r\nBcc: a@b.c"},
        {"sender": ""},
    ],
    ids=["no secret", "no user", "in plain", "header", "nobody"],
)
def test_a_relay_that_cannot_be_used_is_refused(changed: dict[str, object]) -> None:
    """Before a mail is sent through it."""
    facts = {"host": HERE, "port": 25, "sender": "licet@licet.example", **changed}
    with pytest.raises(UsageError):
        Relay(**facts)  # type: ignore[arg-type]  # a table of cases


# Secrets and the seam


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """As a private key would be."""
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "password").chmod(0o640)
    with pytest.raises(UsageError, match="others may read"):
        Secret(f"file:{tmp_path}/password").read()


def test_a_secret_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """No file, an empty one, no text."""
    (tmp_path / "empty").touch(0o600)
    (tmp_path / "bytes").touch(0o600)
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("none", "empty", "bytes"):
        with pytest.raises(UsageError, match="no secret"):
            Secret(f"file:{tmp_path}/{name}").read()


def test_a_secret_given_in_place_of_its_place_is_not_repeated() -> None:
    """Somebody will do it."""
    for place in (PASSWORD, "env:", ""):
        with pytest.raises(UsageError) as refused:
            Secret(place)
        assert PASSWORD not in str(refused.value)


def test_every_channel_fills_the_seam(here: Webhook) -> None:
    """The fake, too."""
    plain = Relay(HERE, 25, "licet@licet.example", Security.DANGEROUSLY_PLAIN)
    channels: list[Channel] = [here, Email(plain), CannedChannel("https")]
    assert [(channel.scheme, channel.within_s > 0) for channel in channels] == [
        ("https", True),
        ("mailto", True),
        ("https", True),
    ]
