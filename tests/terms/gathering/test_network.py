"""Nothing private is ever asked, and a connection goes to the address that was judged."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import UsageError
from licet.terms.gathering import Fetcher, UnansweredError, cleaned
from licet.terms.gathering.addresses import is_public
from licet.terms.gathering.network import Network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from ipaddress import IPv4Address
    from pathlib import Path

    from conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 240.0.0.1
    192.0.2.1 198.18.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1 100::1
    localhost 1 2130706433""".split(),
)
def test_an_address_that_is_not_public_is_told(address: str) -> None:
    """However it is wrapped up."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_an_address_that_is_public_is_told(address: str) -> None:
    """Also behind the prefix that an IPv6 network puts before IPv4 addresses."""
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_up_changes_nothing(address: IPv4Address) -> None:
    """Mapped or translated, it is as private as before."""
    assert is_public(f"::ffff:{address}") == is_public(f"64:ff9b::{address}") == is_public(str(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0", "127.1"]
)
def test_this_machine_is_never_asked(site: Site, host: str) -> None:
    """By whatever name."""
    port = site.root.rpartition(":")[2]
    fetcher = Fetcher("Licet/test", lambda: AT, interval_s=0)
    fetched = fetcher.fetch(f"http://{host}:{port}/robots.txt", well_known=True)
    assert fetched.response.trouble in {"private-address", "no-such-host"}
    assert not site.asked


def test_a_redirect_to_this_machine_is_not_followed(site: Site) -> None:
    """The first host may be asked; the second is judged by itself."""
    port = int(site.root.rpartition(":")[2])
    secret = f"http://metadata.example:{port}/secret"
    site.serve("/robots.txt", b"", 302, Location=secret)
    judged = {"metadata.example": ["169.254.169.254"], "public.example": ["127.0.0.1"]}

    class Half(Network):
        """Takes this machine for a public host, as a test must, and no other private address."""

    network = Half(resolve=lambda host, _: judged[host])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("licet.terms.gathering.network.is_public", lambda address: address == "127.0.0.1")
        fetcher = Fetcher("Licet/test", lambda: AT, wire=network, interval_s=0)
        fetched = fetcher.fetch(f"http://public.example:{port}/robots.txt", well_known=True)
    assert fetched.response.trouble == "private-address"
    assert [path for path, _ in site.asked] == ["/robots.txt"]


@pytest.mark.parametrize("others", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"]], ids=["alone", "beside a public one"])
def test_one_private_address_is_enough_to_ask_nothing(others: list[str]) -> None:
    """A name that points both ways is up to no good."""
    with pytest.raises(UnansweredError) as refused:
        Network(resolve=lambda *_: others).get("http://both.example/", {}, most_bytes=9, within_s=3)
    assert refused.value.code == "private-address"


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address(site: Site) -> None:
    """A name that resolves otherwise a moment later changes nothing."""
    port = int(site.root.rpartition(":")[2])
    answers = iter([["127.0.0.1"]])  # asked a second time, this would fail
    network = Network(resolve=lambda *_: next(answers), dangerously_allow_private_addresses=True)
    answer = network.get(f"http://rebinding.example:{port}/song", {}, most_bytes=9_999, within_s=3)
    assert answer.status == 404
    assert site.asked[0][1]["host"] == f"rebinding.example:{port}"


@pytest.mark.parametrize("found", [[], OSError("no such host"), UnicodeError()], ids=["nowhere", "unknown", "no name"])
def test_a_host_that_is_nowhere_is_told(found: list[str] | Exception) -> None:
    """And nothing is asked."""

    def resolve(*_: object) -> list[str]:
        if isinstance(found, Exception):
            raise found
        return found

    with pytest.raises(UnansweredError) as refused:
        Network(resolve=resolve).get("http://nowhere.example/", {}, most_bytes=9, within_s=3)
    assert refused.value.code == "no-such-host"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a?b=c#d", "https://example.org/a?b=c"),
        ("http://user:pass@example.org:8080/a b", "http://example.org:8080/a%20b"),
        ("https://bücher.example./ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("http://[2606:4700::1]:80/", "http://[2606:4700::1]/"),
    ],
    ids=["case", "port", "credentials", "words", "ipv6"],
)
def test_an_address_is_written_in_one_way(url: str, expected: str) -> None:
    """So that what was asked is found again."""
    assert cleaned(url) == cleaned(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        *("", "song.mp3", "ftp://a.b/", "file:///etc/passwd", "http://", "http://a:b/", "http://[::1", "http://a\\b/"),
        *("https://example.org/" + "a" * 5000, "http://" + "a" * 64 + ".example/", "http://..//", "http://a/\ud800"),
    ],
    ids=lambda url: url[:20],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    """With a sentence that does not repeat it: it may hold a password."""
    with pytest.raises(UsageError, match="no web address"):
        cleaned(url)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate of example.test that expired yesterday, with its key."""
    x509 = pytest.importorskip("cryptography.x509", reason="making a certificate takes the package cryptography")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "example.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=9))
        .not_valid_after(datetime.now(UTC) - timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("example.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(made.public_bytes(pem) + plain)
    return tmp_path / "both.pem"


@pytest.fixture
def secured(certificate: Path) -> Iterator[int]:
    """Shake hands under that certificate, and say nothing more; give the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def shake_hands() -> None:
            try:
                with listening.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as stream:
                    stream.recv(9_999)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nla")
            except OSError:
                pass  # the client has gone: it did not trust us

        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(3)


@pytest.mark.parametrize("trusted", [True, False], ids=["expired", "unknown"])
def test_a_certificate_that_is_not_valid_is_told(secured: int, certificate: Path, trusted: bool) -> None:
    """One that has expired by its name, and one that nobody vouches for too."""
    trust = ssl.create_default_context(cafile=certificate) if trusted else None
    network = Network(resolve=lambda *_: ["127.0.0.1"], trust=trust, dangerously_allow_private_addresses=True)
    fetched = Fetcher("Licet/test", lambda: AT, wire=network, interval_s=0).fetch(
        f"https://example.test:{secured}/robots.txt", well_known=True
    )
    assert fetched.response.trouble == ("expired-certificate" if trusted else "bad-certificate")


def test_a_certificate_that_is_valid_is_taken(secured: int, certificate: Path) -> None:
    """The same one, were it not for the date."""
    trust = ssl.create_default_context(cafile=certificate)
    trust.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME
    network = Network(resolve=lambda *_: ["127.0.0.1"], trust=trust, dangerously_allow_private_addresses=True)
    answer = network.get(f"https://example.test:{secured}/", {}, most_bytes=9, within_s=3)
    assert (answer.status, answer.body) == (200, b"la")


def test_a_server_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while of its own, before the time for everything is over."""
    monkeypatch.setattr("licet.terms.gathering.network.READ_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(UnansweredError) as left:
            Network(dangerously_allow_private_addresses=True).get(url, {}, most_bytes=9, within_s=9)
    assert left.value.code == "timeout"


def test_no_time_is_no_time() -> None:
    """Nothing is begun that cannot end."""
    with pytest.raises(UnansweredError) as late:
        Network(dangerously_allow_private_addresses=True).get("http://127.0.0.1/", {}, most_bytes=9, within_s=0)
    assert late.value.code == "too-slow"


def test_a_server_that_says_nothing_until_the_time_is_over_is_too_slow() -> None:
    """Which is told from a pause."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(UnansweredError) as late:
            Network(dangerously_allow_private_addresses=True).get(url, {}, most_bytes=9, within_s=0.1)
    assert late.value.code == "too-slow"
