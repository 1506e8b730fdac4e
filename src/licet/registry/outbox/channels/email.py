"""E-mail: a message as plain text, handed to the one mail server that sends for us (SMTP, RFC 5321).

1. `Message-ID` is made of the message's key and is the same in every attempt: by it a receiver knows a repeat. The
   whole mail is the same: its date is when the message was written.
2. Nothing is said before the connection is secured: by TLS from the start, or by STARTTLS (RFC 3207), which is asked
   for and never done without. The certificate is checked against the server's name.
3. The server answers the end of the mail with 250: it is delivered, and theirs from then on. What goes wrong after that
   does not matter.
4. 5xx for the mailbox or the mail itself is a refusal for good. Anything else is tried again.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.errors import UsageError
from licet.registry.outbox.channels.channel import End, Outcome
from licet.registry.outbox.messages import MAIL, Address

if TYPE_CHECKING:
    from datetime import datetime

    from licet.registry.outbox.channels.secret import Secret
    from licet.registry.outbox.messages import Message

TIMEOUT_S = 10.0  # for each answer of the server
_WAITS = 12  # connecting, greeting, EHLO, STARTTLS, handshake, EHLO, AUTH, MAIL, RCPT, DATA, the end of it, QUIT
_REFUSED = range(500, 600)


class Security(StrEnum):
    """How the connection to the mail server is secured."""

    TLS = "tls"
    STARTTLS = "starttls"
    DANGEROUSLY_PLAIN = "dangerously-plain"  # for a server on this machine; never with a login


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that sends for us, and as whom.

    Args:
        host: its name, as its certificate has it.
        port: 465 for TLS, 587 for STARTTLS as a rule.
        sender: the mailbox that mail is from: `licet@example.org`.
        security: how the connection is secured.
        user: who logs in; nobody without it.
        secret: where the password is kept.

    Raises:
        UsageError: there is a user without a secret or the other way round, a login in plain, or no sender.
    """

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    user: str = ""
    secret: Secret | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "sender", Address(f"{MAIL}:{self.sender}").mailbox)
        if bool(self.user) != (self.secret is not None):
            raise UsageError("a mail server's login is a user and a secret", mend="give both, or neither")
        if self.user and self.security is Security.DANGEROUSLY_PLAIN:
            raise UsageError("a password is not sent over a plain connection", mend="use tls or starttls")


class Email:
    """Hands messages to a mail server.

    Args:
        relay: which one.
        timeout_s: seconds for each of the server's answers.
        trust: which certificates to trust; those of the system without it.
    """

    scheme = MAIL

    def __init__(self, relay: Relay, *, timeout_s: float = TIMEOUT_S, trust: ssl.SSLContext | None = None) -> None:
        self.within_s = _WAITS * timeout_s
        self._relay = relay
        self._timeout_s = timeout_s
        self._trust = trust

    def send(self, message: Message, at: datetime) -> Outcome:
        """Hand `message` over once."""
        del at
        try:
            server = self._ready()
        except (OSError, smtplib.SMTPException, UsageError) as error:  # an OSError is also what ssl raises
            return Outcome(End.LATER, _told(error), for_all=True)
        try:
            server.send_message(mail_of(message, self._relay.sender), self._relay.sender, [message.to.mailbox])
        except (OSError, smtplib.SMTPException) as error:
            never = _answer_to_mail(error) in _REFUSED
            everybody = _late(error) or isinstance(error, smtplib.SMTPSenderRefused)
            return Outcome(End.NEVER if never else End.LATER, _told(error), for_all=everybody)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        return Outcome(End.DELIVERED, "the mail server has it")

    def _ready(self) -> smtplib.SMTP:
        """Connect, secure the connection (step 2) and log in."""
        relay, me = self._relay, self._relay.sender.partition("@")[2]  # our own name is nobody's business
        if relay.security is not Security.DANGEROUSLY_PLAIN and self._trust is None:
            self._trust = ssl.create_default_context()
        server: smtplib.SMTP
        if relay.security is Security.TLS:
            server = smtplib.SMTP_SSL(relay.host, relay.port, me, timeout=self._timeout_s, context=self._trust)
        else:
            server = smtplib.SMTP(relay.host, relay.port, me, timeout=self._timeout_s)
        try:
            if relay.security is Security.STARTTLS:
                server.starttls(context=self._trust)
            server.ehlo_or_helo_if_needed()
            if relay.secret is not None:
                server.login(relay.user, _password(relay.secret))
        except BaseException:
            server.close()
            raise
        return server


def _password(secret: Secret) -> str:
    if not (found := secret.read()).isascii():
        raise UsageError("a mail server's password is ASCII", mend="change it")
    return found


def mail_of(message: Message, sender: str) -> EmailMessage:
    """Return the mail that tells of `message`: of the same message always the same (step 1)."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.to.mailbox
    mail["Subject"] = message.subject
    mail["Date"] = message.created_at
    mail["Message-ID"] = f"<{message.key}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday reply is wanted
    mail.set_content(message.text, cte="quoted-printable")  # seven bits: every server takes them
    return mail


def _answer_to_mail(error: Exception) -> int:
    """Return the server's word on the mailbox or the mail; 0 where it spoke of something else, or not at all."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(code for code, _ in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPDataError) else 0


def _told(error: Exception) -> str:
    """Say what went wrong in our own words, and in the server's where it spoke of the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return f"the mail server does not take mail for that mailbox: {code} {_text(said)}"
    if isinstance(error, smtplib.SMTPAuthenticationError):  # without its answer: some repeat what they were given
        return f"the mail server does not accept the login: {error.smtp_code}"
    if isinstance(error, smtplib.SMTPResponseException):
        what = "the mail" if isinstance(error, smtplib.SMTPDataError) else "anything now"
        return f"the mail server does not take {what}: {error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the mail server's certificate is not valid: {error.verify_message}"
    if isinstance(error, UsageError):  # of the secret
        return str(error)
    return _unanswered(error)


def _unanswered(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is smtplib.SMTPException:
        return "the mail server does not offer what was asked for: STARTTLS, or a login"
    return "the mail server did not answer in time" if _late(error) else "the mail server cannot be reached"


def _late(error: Exception) -> bool:
    """Whether the time for an answer was over: smtplib tells that as a connection that was closed, because of it."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
