from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from licet.errors import LogError
from licet.transparency import Kind, make_key, public_path, read_key, read_verifiers

if TYPE_CHECKING:
    from pathlib import Path

PETER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


@pytest.mark.parametrize("kind", Kind)
def test_a_key_is_made_once_and_read_again(tmp_path: Path, kind: Kind) -> None:
    """Its owner alone may read it; its public half is for everybody."""
    path = tmp_path / "keys" / "log.key"
    made = make_key(path, "log.example/one", kind)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path).verifier == made.verifier
    assert read_verifiers(public_path(path)) == (made.verifier,)
    assert read_key(path).line("text\n", 5) == made.line("text\n", 5)
    with pytest.raises(LogError, match="already"):
        make_key(path, "log.example/one")


def test_a_published_key_is_read(tmp_path: Path) -> None:
    """The example of Go's package note."""
    path = tmp_path / "peter"
    path.write_text(PETER + "\n")
    path.chmod(0o600)
    assert str(read_key(path).verifier) == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_name_that_cannot_sign_gets_no_key(tmp_path: Path) -> None:
    """And leaves no file."""
    with pytest.raises(LogError):
        make_key(tmp_path / "key", "two words")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_read_is_not_used(tmp_path: Path, mode: int) -> None:
    """Nor one that they may write."""
    make_key(tmp_path / "key", "a")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(LogError, match="others may read"):
        read_key(tmp_path / "key")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("-----BEGIN PRIVATE KEY-----", id="another form"),
        pytest.param(PETER.replace("c74f20a3", "c74f20a4"), id="another id"),
        pytest.param(PETER[:-4], id="cut"),
        pytest.param("PRIVATE+KEY+a+00000000+" + "A" * 44, id="a kind that is not used"),
        pytest.param("\udcff", id="no text"),
    ],
)
def test_what_is_no_key_is_refused_and_not_told(tmp_path: Path, text: str) -> None:
    """A secret is told by no error."""
    path = tmp_path / "key"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(0o600)
    with pytest.raises(LogError) as told:
        read_key(path)
    assert "AYEKFALV" not in str(told.value)


def test_a_key_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    """Private or public."""
    with pytest.raises(LogError, match="no key at"):
        read_key(tmp_path / "key")
    with pytest.raises(LogError, match="no public keys"):
        read_verifiers(tmp_path / "key.pub")
