from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licet.errors import LogError
from licet.transparency import Checkpoint, Kind, Note, Signer, Verifier, parse_note
from logging_keys import ORIGIN, signer

# The example of Go's package golang.org/x/mod/sumdb/note.
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
HEAD = Checkpoint(ORIGIN, 20_852_163, b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="))
WITNESS = signer("witness.example/w1", Kind.COSIGNATURE)
MOMENT = 1_679_315_147


def signed(*keys: Signer) -> Note:
    """Return a checkpoint that some keys signed."""
    return Note(HEAD.text, tuple(key.line(HEAD.text, MOMENT) for key in keys))


def test_a_published_note_checks() -> None:
    """And our signature of the same text by the same key is the same."""
    key = Verifier.parse(PUBLIC)
    assert str(key) == PUBLIC
    (found,) = parse_note(f"{TEXT}\n{LINE}".encode()).signatures([key])
    assert (found.verifier, found.at_s) == (key, None)
    private = Ed25519PrivateKey.from_private_bytes(b64decode(PRIVATE)[1:])
    assert Signer("PeterNeumann", private).line(TEXT) == LINE


def test_several_sign_and_a_witness_says_when() -> None:
    """Each is told by its key; those that nobody knows are passed over."""
    stranger = signer("stranger.example")
    note = parse_note(str(signed(signer(), WITNESS, stranger)).encode())
    found = note.signatures([WITNESS.verifier, signer().verifier])
    assert [(one.verifier.name, one.at_s) for one in found] == [(ORIGIN, None), ("witness.example/w1", MOMENT)]
    assert Checkpoint.parse(note.text) == HEAD
    assert note.with_line(note.lines[0]) == note
    assert len(note.with_line(signer("more").line(note.text)).lines) == 4


def test_the_same_name_and_another_key_is_another() -> None:
    """Nobody signs in another's name."""
    note = signed(Signer(ORIGIN, Ed25519PrivateKey.generate()))
    with pytest.raises(LogError, match="no known key"):
        note.signatures([signer().verifier])


@pytest.mark.parametrize("key", [signer(), WITNESS], ids=["its keeper", "a witness"])
def test_no_changed_bit_checks(key: Signer) -> None:
    """Wherever in the note it is."""
    whole = str(signed(key)).encode()
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LogError):
            parse_note(bytes(changed)).signatures([key.verifier])


def test_a_witness_signs_its_moment_too() -> None:
    """A cosignature of one moment is none of another, and no plain signature."""
    line = WITNESS.line(HEAD.text, MOMENT)
    as_plain = Verifier(WITNESS.name, WITNESS.verifier.key)
    assert as_plain.id != WITNESS.verifier.id
    with pytest.raises(LogError, match="no known key"):
        Note(HEAD.text, (line,)).signatures([as_plain])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"text\n", id="no signature"),
        pytest.param(b"text\n\n", id="a blank line and no signature"),
        pytest.param("text\n\n— a AAAAAAAA".encode(), id="no line feed at the end"),
        pytest.param(b"text\n\n- a AAAAAAAA\n", id="a hyphen"),
        pytest.param("text\n\n— a+b AAAAAAAA\n".encode(), id="a plus in the name"),
        pytest.param("text\n\n— a AAAA\n".encode(), id="too short"),
        pytest.param("text\n\n— a ????\n".encode(), id="no base64"),
        pytest.param("te\txt\n\n— a AAAAAAAA\n".encode(), id="a control character"),
        pytest.param("text\n\n— a AAAAAAAA\n".encode("utf-16"), id="another encoding"),
        pytest.param(("text\n\n" + "— a AAAAAAAA\n" * 65).encode(), id="too many signatures"),
    ],
)
def test_what_is_no_note_is_refused(content: bytes) -> None:
    """In words."""
    with pytest.raises(LogError):
        parse_note(content)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a\n1\n", id="no root"),
        pytest.param("a\n01\n" + "A" * 43 + "=\n", id="a leading zero"),
        pytest.param("a\n-1\n" + "A" * 43 + "=\n", id="a negative size"),
        pytest.param("a\n1\nAAAA\n", id="a short root"),
        pytest.param("a\n1\n????\n", id="no base64"),
        pytest.param("\n1\n" + "A" * 43 + "=\n", id="no origin"),
        pytest.param("a\n1\n" + "A" * 43 + "=\n\n", id="an empty line"),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """In words."""
    with pytest.raises(LogError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(PUBLIC.replace("c74f20a3", "c74f20a4"), id="another id"),
        pytest.param(PUBLIC[:-4], id="cut"),
        pytest.param("a+00000000+" + "A" * 44, id="a kind that is not used"),
        pytest.param(PUBLIC.replace("PeterNeumann", "Peter Neumann"), id="a blank in the name"),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    """In words."""
    with pytest.raises(LogError):
        Verifier.parse(text)


def test_a_private_key_is_never_shown() -> None:
    """Neither by `repr` nor by `str`."""
    assert repr(signer()) == str(signer()) == f"Signer('{ORIGIN}')"
