"""The real way to the web: one request, to an address that was checked, within a time and a size.

1. Resolve the host. If any address that it resolves to is not public, ask nothing.
2. Connect to the address that was judged, so that a name which resolves otherwise a moment later changes nothing.
   The certificate is still checked against the host's name.
3. Of sound, read the headers alone. Else read until the answer ends, the size is reached, or the time for all of it is
   over, however the bytes drip in.

httpcore is the engine inside httpx. It is used directly, because there a connection can be made to the address that was
judged, and because it follows no redirect, keeps no cookie and reads no proxy from the environment.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpcore

from licet.terms.gathering.addresses import is_public
from licet.terms.gathering.wire import Answer, UnansweredError, decoded, is_media

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Resolve = Callable[[str, int], list[str]]

CONNECT_S = 10.0
READ_S = 10.0  # between two pieces
_TOO_SLOW = "the answer did not end in time"
_TRIED = 3  # addresses of one host
_EXPIRED = 10  # OpenSSL: X509_V_ERR_CERT_HAS_EXPIRED


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system resolves it and within the system's own time.

    Raises:
        OSError: there is no such host.
    """
    return [str(place[4][0]) for place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Network:
    """Asks servers on the public internet.

    Args:
        resolve: how a host is resolved.
        clock: seconds that only ever grow.
        trust: which certificates to trust; those of certifi without it.
        dangerously_allow_private_addresses: ask private hosts too: for tests against a local server, and nothing else.
    """

    def __init__(
        self,
        *,
        resolve: Resolve = resolved,
        clock: Callable[[], float] = time.monotonic,
        trust: ssl.SSLContext | None = None,
        dangerously_allow_private_addresses: bool = False,
    ) -> None:
        self._resolve = resolve
        self._clock = clock
        self._trust = trust
        self._private = dangerously_allow_private_addresses

    def get(self, url: str, headers: Mapping[str, str], *, most_bytes: int, within_s: float) -> Answer:
        """Ask for `url` once."""
        with self._asked("GET", url, headers, None, within_s) as answer:
            named = {name.lower(): value.decode("latin-1") for name, value in answer.headers}
            if is_media(named.get(b"content-type", "")):
                return Answer(answer.status, answer.headers)
            body = decoded(answer.iter_stream(), named.get(b"content-encoding", ""), most_bytes)
            return Answer(answer.status, answer.headers, body)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, *, within_s: float) -> Answer:
        """Send `body` to `url` once. Of what comes back, the status and the headers are had and nothing else."""
        with self._asked("POST", url, headers, body, within_s) as answer:
            return Answer(answer.status, answer.headers)

    @contextmanager
    def _asked(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, within_s: float
    ) -> Iterator[httpcore.Response]:
        """Give the answer to one request, its body not read yet; what goes wrong until the end is told in our words."""
        until = self._clock() + within_s
        if self._trust is None and url.startswith("https:"):
            self._trust = httpcore.default_ssl_context()
        backend = _Guarded(self._resolve, self._clock, until, private=self._private)
        pause = READ_S if body is None else None  # whoever is told something may think about it while there is time
        extensions = {"timeout": {"connect": CONNECT_S, "read": pause, "write": READ_S, "pool": CONNECT_S}}
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._trust, network_backend=backend) as pool,
                pool.stream(method, url, headers=list(headers.items()), content=body, extensions=extensions) as answer,
            ):
                yield answer
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError) as error:
            raise _told(error, late=self._clock() >= until) from error


class _Guarded(httpcore.NetworkBackend):
    """Connects to public addresses alone (steps 1 and 2), and gives out streams that end in time (step 3)."""

    def __init__(self, resolve: Resolve, clock: Callable[[], float], until: float, *, private: bool) -> None:
        self._resolve = resolve
        self._left: Callable[[], float] = lambda: until - clock()
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = list(dict.fromkeys(self._resolve(host, port)))
        except (OSError, UnicodeError):
            raise UnansweredError("no-such-host", f"the host {host} cannot be resolved") from None
        if not addresses:
            raise UnansweredError("no-such-host", f"the host {host} has no address")
        if not self._private and not all(map(is_public, addresses)):
            raise UnansweredError("private-address", f"the host {host} is not on the public internet")
        failed: Exception | None = None
        for address in addresses[:_TRIED]:
            patience = _sooner(timeout, self._left())
            try:
                plain = self._plain.connect_tcp(address, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Timed(plain, self._left)
        assert failed is not None
        raise failed


class _Timed(httpcore.NetworkStream):
    """A stream that ends when the time for all of it is over, not only when nothing comes for a while."""

    def __init__(self, plain: httpcore.NetworkStream, left: Callable[[], float]) -> None:
        self._plain = plain
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _sooner(timeout, self._left()))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _sooner(timeout, self._left()))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._plain.start_tls(ssl_context, server_hostname, _sooner(timeout, self._left()))
        return _Timed(secured, self._left)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  (httpcore's own signature)
        return self._plain.get_extra_info(info)


def _sooner(timeout: float | None, left: float) -> float:
    """Return how long one step may take."""
    if left <= 0:
        raise UnansweredError("too-slow", _TOO_SLOW)
    return left if timeout is None else min(timeout, left)


def _told(error: Exception, *, late: bool) -> UnansweredError:
    """Say in our own words what went wrong."""
    chain: BaseException | None = error
    while chain is not None:
        if isinstance(chain, ssl.SSLCertVerificationError):
            expired = chain.verify_code == _EXPIRED
            code = "expired-certificate" if expired else "bad-certificate"
            return UnansweredError(code, f"the server's certificate is not valid: {chain.verify_message}")
        chain = chain.__cause__ or chain.__context__
    if late:
        return UnansweredError("too-slow", _TOO_SLOW)
    if isinstance(error, httpcore.TimeoutException):
        return UnansweredError("timeout", "the server did not answer in time")
    if isinstance(error, httpcore.ProtocolError):
        return UnansweredError("bad-answer", "what the server sent is no HTTP")
    return UnansweredError("unreachable", "the server cannot be reached, or broke off")
