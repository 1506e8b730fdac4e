"""Answers that somebody saved are read like those that were asked for, and a broken file is told."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import SourceError, UsageError
from licet.terms.gathering import saved_responses

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "https://example.org/song"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Usage: train-ai=n\r\nContent-Length: 5\r\n\r\nla la"


def record(content: bytes = ANSWER, kind: str = "response", version: str = "1.0", **more: str) -> bytes:
    """Write one WARC record."""
    head = {"WARC-Type": kind, "WARC-Target-URI": PAGE, "WARC-Date": "2026-11-20T08:00:00Z"}
    head |= {name.replace("_", "-"): value for name, value in more.items()}
    head.setdefault("Content-Length", str(len(content)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/{version}\r\n{lines}\r\n".encode() + content + b"\r\n\r\n"


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_the_responses_of_a_warc_file_are_read(tmp_path: Path, version: str, packed: bool) -> None:
    """Whatever other records stand between them."""
    records = [record(b"software: x", "warcinfo"), record(version=version), record(b"GET /", "request"), record()]
    (tmp_path / "saved.warc").write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    first, second = saved_responses(tmp_path / "saved.warc", captured_at=AT)
    assert first == second
    assert (first.response.url, first.body, first.response.status) == (PAGE, b"la la", 200)
    assert first.response.fetched_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert first.response.values("content-usage") == ("train-ai=n",)


@pytest.mark.parametrize(
    ("written", "trouble"),
    [
        (record(WARC_Truncated="length"), "truncated"),
        (record(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(5 << 20)), "too-large"),
        (record(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2 << 20)), "too-large"),
        (record(b"no HTTP"), "bad-answer"),
        (record(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nla"), "truncated"),
        (record(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), "bad-answer"),
        (record(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nla"), "bad-encoding"),
    ],
    ids=["truncated", "huge", "large", "no HTTP", "cut", "bad chunks", "bad gzip"],
)
def test_an_answer_that_is_not_whole_did_not_come(tmp_path: Path, written: bytes, trouble: str) -> None:
    """It is a response that says so, and the next is read all the same."""
    (tmp_path / "saved.warc").write_bytes(written + record())
    broken, whole = saved_responses(tmp_path / "saved.warc", captured_at=AT)
    assert (broken.response.trouble, broken.body, whole.body) == (trouble, b"", b"la la")


@pytest.mark.parametrize(
    "more",
    [{"WARC_Target_URI": "dns:example.org"}, {"WARC_Date": "yesterday"}, {"WARC_Date": "0001-01-01T00:00:00+09:00"}],
    ids=["no web address", "no time", "no such time"],
)
def test_a_record_of_no_address_or_no_time_is_passed_over(tmp_path: Path, more: dict[str, str]) -> None:
    """It is evidence of nothing."""
    (tmp_path / "saved.warc").write_bytes(record(**more) + record(WARC_Target_URI=f"<{PAGE}>"))
    assert [one.response.url for one in saved_responses(tmp_path / "saved.warc", captured_at=AT)] == [PAGE]


def test_chunks_are_joined(tmp_path: Path) -> None:
    """As they were sent."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nla \r\n2\r\nla\r\n0\r\n\r\n"
    (tmp_path / "saved.warc").write_bytes(record(chunked))
    assert [one.body for one in saved_responses(tmp_path / "saved.warc", captured_at=AT)] == [b"la la"]


@pytest.mark.parametrize("version", [b"1.0", b"1.1", b"2", b"3"])
def test_one_saved_response_is_read(tmp_path: Path, version: bytes) -> None:
    """As `curl -i` writes it, of an address that is given."""
    saved = tmp_path / "song.http"
    saved.write_bytes(b"HTTP/%s 200\r\ntdm-reservation: 1\r\n\r\nla la" % version)
    (fetched,) = saved_responses(saved, url=PAGE, captured_at=AT)
    assert (fetched.body, fetched.response.fetched_at, fetched.response.url) == (b"la la", AT, PAGE)
    with pytest.raises(UsageError, match="not its address"):
        list(saved_responses(saved, captured_at=AT))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"la la",
        b"\x1f\x8bnot gzip",
        gzip.compress(record())[:-20],
        record(Content_Length="many"),
        record(Content_Length=str(1 << 40)),
        record() + b"something else\n",
        record() + b"\r\n" * 999,
        b"WARC/1.0\r\n" + b"a: b\r\n" * 999,
    ],
    ids=["empty", "text", "no gzip", "cut gzip", "no length", "too long", "no record", "empty lines", "endless head"],
)
def test_a_file_that_is_neither_is_told(tmp_path: Path, written: bytes) -> None:
    """By name, and with its mend."""
    (tmp_path / "saved.warc").write_bytes(written)
    with pytest.raises(SourceError, match="saved"):
        list(saved_responses(tmp_path / "saved.warc", url=PAGE, captured_at=AT))
    with pytest.raises(SourceError, match="cannot be read"):
        list(saved_responses(tmp_path / "nowhere.warc", captured_at=AT))


def test_a_file_that_ends_inside_a_record_gives_what_it_has(tmp_path: Path) -> None:
    """The last answer did not come."""
    (tmp_path / "saved.warc").write_bytes(record() + record()[:-40])
    whole, cut = saved_responses(tmp_path / "saved.warc", captured_at=AT)
    assert (whole.body, cut.response.trouble) == (b"la la", "truncated")


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 40))
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, cut: int) -> None:
    """They are read, or told."""
    saved = tmp_path_factory.mktemp("noise") / "saved.warc"
    whole = record() + record()
    saved.write_bytes(whole[:at] + noise + whole[at + cut :])
    with suppress(SourceError):
        list(saved_responses(saved, url=PAGE, captured_at=AT))
