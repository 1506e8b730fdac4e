"""Receivers on this machine: a web server and a mail server that fail as they are told to, and keep what they got."""

from __future__ import annotations

import base64
import random
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HERE = "127.0.0.1"
FAULTS = ("refuse", "hang-up", "hang-up-after", "error", "slow", "slow-after")  # `after` it was taken in
SLOW_S = 0.25


@dataclass
class Inbox:
    """What arrived, each time it did; and for each key its effect, which only the first arrival has."""

    arrived: list[tuple[str, bytes]] = field(default_factory=list)
    effects: dict[str, bytes] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # what the mail server was told
    faults: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str, body: bytes) -> None:
        """Take in a delivery; by its key, a repeat has no effect."""
        with self.lock:
            self.arrived.append((key, body))
            self.effects.setdefault(key, body)


def never() -> str:
    """Fail at nothing."""
    return ""


def at_random(seed: int, share: float) -> Callable[[], str]:
    """Fail at a share of all that is asked: in every way there is at first, then in any, however little is asked."""
    dice, lock = random.Random(seed), threading.Lock()
    first = dice.sample(FAULTS, len(FAULTS))

    def draw() -> str:
        with lock:
            if dice.random() >= share:
                return ""
            return first.pop() if first else dice.choice(FAULTS)

    return draw


def make_certificate(path: Path) -> Path:
    """Write a certificate of this machine and its key to `path`; who trusts the certificate trusts it alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address(HERE))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + plain)
    return path


class _Server(socketserver.ThreadingTCPServer):
    """Gives each connection a thread, a fault and, from the start or when asked, TLS."""

    allow_reuse_address = daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handler: Any, inbox: Inbox, certificate: Path, fault: Callable[[], str]) -> None:
        super().__init__((HERE, 0), handler)
        self.inbox, self.fault = inbox, fault
        self.secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.secure.load_cert_chain(certificate)
        self.secured = True

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        fault = self.fault()
        self.inbox.faults[fault] += 1
        with suppress(OSError, ValueError):  # the courier has gone, or was killed
            if fault == "refuse":
                request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            with self.secure.wrap_socket(request, server_side=True) if self.secured else request as stream:
                self.RequestHandlerClass(stream, client_address, self, fault)  # type: ignore[call-arg]  # ours takes it

    def handle_error(self, *_: object) -> None:
        """Say nothing: a thread that fails is a fault like another."""


class _Handling:
    def __init__(self, request: Any, client_address: Any, server: Any, fault: str) -> None:
        self.fault, self.inbox = fault, server.inbox
        super().__init__(request, client_address, server)  # type: ignore[call-arg]  # of the handler beside it


class _Hook(_Handling, BaseHTTPRequestHandler):
    server: WebServer

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        if self.fault == "hang-up":
            self.rfile.read(length // 2)
        elif self.fault == "slow":
            time.sleep(SLOW_S)
        elif self.fault == "error":
            self.send_error(500)
        else:
            body = self.rfile.read(length)
            if len(body) < length:
                return  # the courier was killed in the middle
            self.inbox.headers.append({name.lower(): value for name, value in self.headers.items()})
            self.inbox.take(self.headers["webhook-id"], body)
            if self.fault == "slow-after":
                time.sleep(SLOW_S)
            elif self.fault != "hang-up-after":
                self.server.answer(self)

    def log_message(self, *_: object) -> None:
        pass


def _no_content(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(204)
    handler.end_headers()


class WebServer(_Server):
    """Takes web hooks by https."""

    def __init__(self, inbox: Inbox, certificate: Path, fault: Callable[[], str] = never) -> None:
        super().__init__(_Hook, inbox, certificate, fault)
        self.answer: Callable[[BaseHTTPRequestHandler], None] = _no_content

    @property
    def url(self) -> str:
        """Where it takes them."""
        return f"https://{HERE}:{self.port}/hook"


class _Mail(_Handling, socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Speak as much of RFC 5321 as a client of ours needs."""
        self.say("220 mail.example")
        while line := self.rfile.readline():
            text = line.decode().strip()
            self.inbox.said.append(text)
            verb = text.partition(" ")[0].upper()
            if verb in self.server.answers:
                self.say(self.server.answers[verb])
                if verb == "QUIT":
                    return
            elif verb == "STARTTLS":
                self.say("220 go on")
                self.request = self.server.secure.wrap_socket(self.request, server_side=True)
                self.setup()
            elif verb == "AUTH":
                given = base64.b64decode(text.split(" ")[-1]).decode().split("\0")
                self.say("235 welcome" if given == ["", *self.server.login] else f"535 no: {text}")
            elif verb != "DATA":
                self.say("502 what?")
            elif not self.data():
                return

    def finish(self) -> None:
        """Close what may be another connection than the one that was given: a secured one."""
        super().finish()
        self.request.close()

    def data(self) -> bool:
        """Take in a mail; False where the connection is to break off."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            if self.fault == "hang-up":
                return False
        if not line or self.fault == "slow":
            time.sleep(SLOW_S if line else 0)
            return False
        if self.fault == "error":
            self.say("451 try again")
            return True
        mail = b"".join(lines)
        key = next(line for line in lines if line.lower().startswith(b"message-id:")).split(b"<")[1].split(b"@")[0]
        self.inbox.take(key.decode(), mail)
        if self.fault in {"hang-up-after", "slow-after"}:
            time.sleep(SLOW_S if self.fault == "slow-after" else 0)
            return False
        self.say(self.server.verdict)
        return not self.server.breaks_off

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(_Server):
    """Takes mail by SMTP: what it answers to each verb is in `answers`, and to a whole mail in `verdict`."""

    def __init__(self, inbox: Inbox, certificate: Path, fault: Callable[[], str] = never) -> None:
        super().__init__(_Mail, inbox, certificate, fault)
        self.secured = False
        self.login = ["licet", "a password"]
        self.verdict = "250 taken"
        self.breaks_off = False
        self.answers = {
            "EHLO": "250-mail.example\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            "MAIL": "250 fine",
            "RCPT": "250 fine",
            "RSET": "250 fine",
            "QUIT": "221 farewell",
        }


@contextmanager
def serving(*servers: _Server) -> Iterator[None]:
    """Let servers serve while the block lasts."""
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
