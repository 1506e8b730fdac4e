"""What AcoustID is asked, what is made of its answer, and that the key is shown to nobody."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from licet.errors import SourceError, UsageError
from licet.identify import acoustid
from licet.identify.acoustid import HINTS, KEY, AcoustId, CannedTransport, Hint, HttpTransport, key_in
from licet.identify.fpcalc import chromaprint

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "k3y-of-mine"  # noqa: S105  (nobody's)
SOUND = "9ff43b6a-4f16-427c-93c2-92307ca505e0"
RECORDING = "cd2e7c47-16f5-46c6-a37c-a1eb7bf599ff"
KNOWN = {
    "status": "ok",
    "results": [
        {"id": "7ff43b6a-4f16-427c-93c2-92307ca505e0", "score": 0.41},
        {
            "id": SOUND,
            "score": 0.97,
            "recordings": [{"id": RECORDING, "title": "Lolo", "artists": [{"id": RECORDING, "name": "Ani"}]}],
        },
    ],
}


def asking(answer: object, **options: Any) -> tuple[AcoustId, CannedTransport]:
    """Return an AcoustID that gives `answer`, and the transport that keeps what it is sent."""
    transport = CannedTransport(answer if isinstance(answer, bytes) else json.dumps(answer).encode())
    return AcoustId(SECRET, transport, hear=lambda _: (212, "AQADtN"), **options), transport


def test_what_it_takes_a_file_for_is_a_hint() -> None:
    """With a confidence and a method, the likeliest first, with a name or without one."""
    service, _ = asking(KNOWN)
    assert service.ask(Path("a.mp3")) == (
        Hint(SOUND, RECORDING, "Lolo", ("Ani",), 0.97),
        Hint("7ff43b6a-4f16-427c-93c2-92307ca505e0", None, "", (), 0.41),
    )
    assert service.ask(Path("a.mp3"))[0].method == "acoustid"


def test_it_is_sent_a_fingerprint_and_a_length() -> None:
    """And nothing else: neither the file's name nor its sound."""
    service, transport = asking(KNOWN)
    service.ask(Path("a.mp3"))
    (form,) = transport.sent
    expected = {"client": SECRET, "format": "json", "meta": "recordings", "duration": "212", "fingerprint": "AQADtN"}
    assert form == expected


def test_the_key_is_shown_to_nobody() -> None:
    """Neither by what holds it, nor where the service repeats it."""
    service, transport = asking({"status": "error", "error": {"code": 5, "message": f"cannot {SECRET}"}})
    with pytest.raises(SourceError, match="cannot …") as refused:
        service.ask(Path("a.mp3"))
    assert SECRET not in f"{service!r}{transport!r}{refused.value!r}"


@pytest.mark.parametrize(
    ("answer", "kind", "complaint"),
    [
        ({"status": "error", "error": {"code": 4, "message": "invalid API key"}}, UsageError, "does not know this key"),
        ({"status": "error", "error": {"code": 14, "message": "slow down"}}, SourceError, "refused: slow down"),
        ({"status": "error"}, SourceError, "refused: without a reason"),
        ({"status": "error", "error": {"message": "x" * 5000}}, SourceError, "x…"),
        (b"<html>down for repair</html>", SourceError, "not what it promises"),
        (b"\xff\xfe", SourceError, "not what it promises"),
        (b"[" * 100_000, SourceError, "not what it promises"),
        ({"status": "ok", "results": [{"id": "no id", "score": 1}]}, SourceError, "not what it promises"),
        ({"status": "ok", "results": [{"id": SOUND, "score": "high"}]}, SourceError, "not what it promises"),
    ],
    ids=["key", "rate", "no reason", "long reason", "html", "bytes", "deep", "no uuid", "no score"],
)
def test_an_answer_that_is_none_is_an_error_with_a_mend(answer: object, kind: type[Exception], complaint: str) -> None:
    """Never a crash."""
    service, _ = asking(answer)
    with pytest.raises(kind, match=complaint) as wrong:
        service.ask(Path("a.mp3"))
    assert len(str(wrong.value)) < 500


def test_an_answer_of_any_length_gives_a_few_hints() -> None:
    """With texts and scores in bounds."""
    many = [{"id": RECORDING, "title": "T" * 9999, "artists": [{"name": "A"}] * 99}] * 500
    service, _ = asking({"status": "ok", "results": [{"id": SOUND, "score": 7.5, "recordings": many}] * 3})
    hints = service.ask(Path("a.mp3"))
    assert len(hints) == HINTS
    assert (len(hints[0].title), len(hints[0].artists), hints[0].confidence) == (301, 10, 1.0)


def test_a_sound_that_it_does_not_know_gives_no_hint() -> None:
    """That is no error."""
    assert asking({"status": "ok", "results": []})[0].ask(Path("a.mp3")) == ()


def test_it_is_asked_three_times_a_second_at_the_most() -> None:
    """As its terms have it; time spent on listening counts."""
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    service, _ = asking(KNOWN, clock=lambda: now[0], sleep=sleep)
    for listening_s in (0.0, 0.0, 0.0, 5.0, 0.0):
        now[0] += listening_s
        service.ask(Path("a.mp3"))
    assert slept == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("environment", [{}, {KEY: "  "}], ids=["unset", "blank"])
def test_without_a_key_the_mend_says_where_to_get_one(environment: dict[str, str]) -> None:
    """The user's own, from the environment."""
    with pytest.raises(UsageError, match="new-application"):
        key_in(environment)
    assert key_in({KEY: f" {SECRET}\n"}) == SECRET


def over_http(handler: Callable[[Any], Any]) -> HttpTransport:
    """Return the real transport over a network that `handler` is."""
    httpx = pytest.importorskip("httpx")
    return HttpTransport(transport=httpx.MockTransport(handler))


def test_a_form_is_posted_and_the_body_returned() -> None:
    """Whatever the status: AcoustID's errors come with 400. The key is in the body, never in the address."""
    httpx = pytest.importorskip("httpx")
    seen: list[Any] = []

    def handler(request: Any) -> Any:
        seen.append(request)
        return httpx.Response(400, stream=httpx.ByteStream(b'{"status": "error"}'))

    assert over_http(handler).post({"client": SECRET}) == b'{"status": "error"}'
    (request,) = seen
    assert (request.method, str(request.url)) == ("POST", acoustid.URL)
    assert request.content == f"client={SECRET}".encode()


def test_a_network_that_is_down_is_an_error_with_a_mend() -> None:
    """And the error does not carry the form."""
    httpx = pytest.importorskip("httpx")

    def handler(_: Any) -> Any:
        raise httpx.ConnectTimeout("timed out")

    with pytest.raises(SourceError, match="did not answer: ConnectTimeout") as wrong:
        over_http(handler).post({"client": SECRET})
    assert wrong.value.__suppress_context__


@pytest.mark.parametrize(("size", "patience_s"), [(2_000_000, 30.0), (1, -1.0)], ids=["too much", "too slow"])
def test_an_answer_without_end_is_cut(size: int, patience_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """In size and in time."""
    httpx = pytest.importorskip("httpx")
    monkeypatch.setattr(acoustid, "PATIENCE_S", patience_s)
    endless = over_http(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"x" * size)))
    with pytest.raises(SourceError, match="no end"):
        endless.post({})


def test_without_httpx_the_mend_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    import sys

    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(UsageError, match=r"pip install licet\[acoustid\]"):
        HttpTransport()


def put_fpcalc(folder: Path, prints: str, *, code: int = 0) -> None:
    """Put a program that only prints, by the name of fpcalc, into `folder`; what it is asked goes beside it."""
    program = folder / "fpcalc"
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {folder}/asked\ncat <<'END'\n{prints}\nEND\nexit {code}\n")
    program.chmod(0o755)


def test_fpcalc_is_asked_without_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file's name is one argument, and never an option."""
    put_fpcalc(tmp_path, '{"duration": 211.6, "fingerprint": "AQAD"}', code=3)  # as Debian's does at any file's end
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    assert chromaprint(Path("-raw $(touch x).mp3")) == (212, "AQAD")
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["-json", "-length", "120", f"{tmp_path}/-raw $(touch x).mp3"]


@pytest.mark.parametrize(
    ("prints", "code", "complaint"),
    [
        ("", 2, "makes nothing of it"),
        ("no json", 0, "makes nothing of it"),
        ('{"duration": 3}', 0, "makes nothing of it"),
        ("[]", 0, "makes nothing of it"),
        ('{"duration": 1e999, "fingerprint": "A"}', 0, "makes nothing of it"),
        ('{"duration": 3, "fingerprint": ""}', 0, "too little"),
        ('{"duration": 0.2, "fingerprint": "A"}', 0, "too little"),
    ],
    ids=["fails", "no json", "no fingerprint", "a list", "endless", "empty", "a blink"],
)
def test_a_file_that_fpcalc_makes_nothing_of_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prints: str, code: int, complaint: str
) -> None:
    """Of that file alone."""
    put_fpcalc(tmp_path, prints, code=code)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SourceError, match=complaint):
        chromaprint(Path("a.mp3"))


def test_without_fpcalc_the_mend_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no Python package."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="libchromaprint-tools"):
        chromaprint(Path("a.mp3"))
