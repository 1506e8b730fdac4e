from __future__ import annotations

import base64
import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import LogError
from licet.transparency import (
    MANIFEST,
    PAYLOAD_TYPE,
    RECEIPT,
    Act,
    InSet,
    Kind,
    LogWriter,
    Membership,
    Receipt,
    Signer,
    SortedSet,
    Statement,
    Subject,
    digest_of_parts,
    parse_note,
    parse_receipt,
    prove_entry,
    said_of,
    sealed,
)
from licet.transparency.log import Log
from licet.transparency.receipts import MOST_BYTES
from logging_keys import ORIGIN, log_of, signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SALT = bytes(range(32))
KEEPER, LAWYER, THIEF = signer(), signer("legal.example/one"), signer("thief.example/one")
SHARED = {
    "manifest": {"sha256": "11" * 32},
    "use": {"act": "index", "day": "2026-11-22"},
    "policy": {"sha256": "22" * 32},
}
OTHERS = {f"item:0:{name}.mp3": bytes([number]) * 32 for number, name in enumerate("bcde")}


def statement(item: str = "a.mp3", **other: object) -> Statement:
    """State a verdict."""
    predicate = {**SHARED, "row": 0, "verdict": "permitted", "evidence": [{"evidence": "33" * 32}], **other}
    return Statement((Subject(item, {"sha256": "44" * 32}),), RECEIPT, predicate)


def made(folder: Path, one: Statement, *signers: Signer) -> Receipt:
    """Make a log of several entries, one of them a manifest's, and the receipt of an item in that."""
    own = digest_of_parts(one.parts())
    items = SortedSet.build(folder / "set", [("item:0:a.mp3", own), *OTHERS.items()], SALT)
    head = {"size": items.head.size, "salt": SALT.hex(), "root": items.head.root.hex()}
    entry = Statement((Subject("corpus", {"sha256": "11" * 32}),), MANIFEST, {**SHARED, "items": head}).encoded()
    log_of(folder / "log", 5)
    with LogWriter(folder / "log", KEEPER) as writer:
        (place,) = writer.append([entry])
        writer.append([b"another"])
    return Receipt(
        envelope=sealed(PAYLOAD_TYPE, one.encoded(), list(signers)),
        parts=one.parts(),
        item=InSet.of(items.prove("item:0:a.mp3")[0]),
        entry=entry.decode(),
        log=prove_entry(Log(folder / "log", [KEEPER.verifier]), place),
        keys=(said_of(LAWYER.verifier, Act.SUCCEEDS, by=signer("nobody.example/one"), at="now"),),
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A receipt as JSON."""
    receipt = made(tmp_path_factory.mktemp("receipt"), statement(), KEEPER, LAWYER)
    found: dict[str, Any] = json.loads(msgspec.json.encode(receipt))
    return found


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> dict[str, bytes]:
    """Proofs that a name is in the same manifest, and that others are not."""
    folder = tmp_path_factory.mktemp("proofs")
    made(folder, statement(), KEEPER)
    items = SortedSet(folder / "set")
    shared = {name: document[name] for name in ("entry", "log")}
    return {
        name: json.dumps(
            shared
            | {"format": "licet-membership/1", "name": name}
            | {"neighbours": [msgspec.to_builtins(InSet.of(one)) for one in items.prove(name)]}
        ).encode()
        for name in ("item:0:a.mp3", "item:0:z.mp3", "recording:jamendo:1")
    }


def check(document: dict[str, Any], *known: Signer, at_least: int = 1) -> Any:
    """Check a receipt as it comes over the wire."""
    receipt = parse_receipt(json.dumps(document).encode())
    assert isinstance(receipt, Receipt)
    return receipt.check([one.verifier for one in known or (KEEPER,)], at_least=at_least)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every leaf of a JSON value."""
    if isinstance(value, dict | list) and value:
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, name))
    else:
        yield path


def altered(value: Any) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, str):
        return ("b" if value[:1] != "b" else "a") + value[1:]
    return not value if isinstance(value, bool) else value + 1


def tampered(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """Return the document with one leaf altered."""
    copy = deepcopy(document)
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = altered(at[path[-1]])
    return copy


def with_payload(document: dict[str, Any], payload: dict[str, Any], *signers: Signer) -> dict[str, Any]:
    """Return the document with another statement in its envelope, signed anew if there are signers."""
    body = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if signers:
        envelope = json.loads(msgspec.json.encode(sealed(PAYLOAD_TYPE, body, list(signers))))
    else:
        envelope = document["envelope"] | {"payload": base64.b64encode(body).decode()}
    return document | {"envelope": envelope}


def payload_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the statement in the envelope."""
    found: dict[str, Any] = json.loads(base64.b64decode(document["envelope"]["payload"]))
    return found


def test_a_receipt_checks_with_the_public_key_alone(document: dict[str, Any]) -> None:
    """And says who signed the statement, and who the head of the log."""
    checked = check(document)
    assert checked.statement == statement()
    assert checked.signed_by == (KEEPER.verifier,)
    assert [one.verifier for one in checked.anchor.signatures] == [KEEPER.verifier]
    assert (checked.anchor.place, checked.anchor.head.size, checked.anchor.head.origin) == (5, 7, ORIGIN)
    assert check(document, KEEPER, LAWYER, at_least=2).signed_by == (KEEPER.verifier, LAWYER.verifier)


def test_each_field_that_was_tampered_with_is_refused_by_its_name(document: dict[str, Any]) -> None:
    """Every leaf of the document, but for what is the business of keys that are not known here."""
    refused = 0
    for path in leaves(document):
        if path[0] == "keys" or path[:3] == ("envelope", "signatures", 1):
            continue
        with pytest.raises(LogError) as error:
            check(tampered(document, path))
        named = "entry|log.leaf" if path[0] == "entry" else ".".join(str(step) for step in path[:2] if step != 0)
        if path[:2] in {("item", "place"), ("item", "entry"), ("item", "path"), ("log", "place"), ("log", "path")}:
            named = path[0]
        if path[0] == "parts":
            named = path[1]
        assert any(one in str(error.value) for one in named.split("|")), (path, str(error.value))
        refused += 1
    assert refused > 25


@pytest.mark.parametrize(
    "signers", [(), (THIEF,), (KEEPER,)], ids=["not signed anew", "by a thief", "by the keeper himself"]
)
def test_each_field_of_the_statement_is_refused_by_its_name(
    document: dict[str, Any], signers: tuple[Signer, ...]
) -> None:
    """Whoever signs it again: what the log holds is another statement."""
    payload = payload_of(document)
    for path in leaves(payload):
        with pytest.raises(LogError) as error:
            check(with_payload(document, tampered(payload, path), *signers))
        name = ".".join(path[:2]) if path[0] == "predicate" else path[0]
        assert f"envelope.payload.{name}" in str(error.value), (path, str(error.value))


def test_a_field_more_or_less_is_refused(document: dict[str, Any]) -> None:
    """Of the document, and of its statement."""
    for name in set(document) - {"keys", "format"}:
        with pytest.raises(LogError, match=name):
            check({key: value for key, value in document.items() if key != name})
    with pytest.raises(LogError, match="more"):
        check(document | {"more": 1})
    payload = payload_of(document)
    with pytest.raises(LogError, match=r"payload.predicate.more"):
        check(with_payload(document, payload | {"predicate": payload["predicate"] | {"more": 1}}))
    del payload["predicate"]["verdict"]
    with pytest.raises(LogError, match=r"parts: .*verdict"):
        check(with_payload(document, payload))


def test_parts_that_fit_a_false_statement_do_not_fit_the_log(document: dict[str, Any]) -> None:
    """The keeper signs a lie, and computes all that he can compute."""
    lie = statement(verdict="refused")
    false = with_payload(document, json.loads(lie.encoded()), KEEPER) | {"parts": lie.parts()}
    with pytest.raises(LogError, match=r"^parts: .*manifest's root"):
        check(false)
    entry = InSet(false["item"]["place"], false["item"]["entry"][:64] + digest_of_parts(lie.parts()).hex(), ())
    with pytest.raises(LogError, match=r"^item: "):
        check(false | {"item": msgspec.to_builtins(entry)})


@pytest.mark.parametrize("part", ["manifest", "use", "policy"])
def test_a_statement_that_is_not_of_its_manifest_is_refused(part: str, tmp_path: Path) -> None:
    """Though it was logged: a keeper who seals nonsense is found out."""
    receipt = made(tmp_path, statement(**{part: {"sha256": "55" * 32}}), KEEPER)
    with pytest.raises(LogError, match=rf"envelope.payload.predicate.{part}: it is not that of the manifest's entry"):
        receipt.check([KEEPER.verifier])


def test_who_must_sign(document: dict[str, Any]) -> None:
    """As many as are asked for; the head of the log its own key, and not just any that is known."""
    with pytest.raises(LogError, match=r"envelope.signatures: 1 known keys signed it, and 2"):
        check(document, KEEPER, THIEF, at_least=2)
    with pytest.raises(LogError, match=r"log.checkpoint: no known key signed it"):
        check(document, THIEF)
    with pytest.raises(LogError, match=r"log.checkpoint"):
        check(document, LAWYER)


def test_a_witness_alone_does_not_speak_for_the_log(document: dict[str, Any]) -> None:
    """It saw the head, and its keeper must have signed it."""
    witness = signer("witness.example/one", Kind.COSIGNATURE)
    note = parse_note(document["log"]["checkpoint"].encode())
    seen = document["log"] | {"checkpoint": str(note.with_line(witness.line(note.text, 1)))}
    with pytest.raises(LogError, match=r"log.checkpoint: no known key of log.example/one signed it"):
        check(document | {"log": seen}, witness)
    checked = check(document | {"log": seen}, KEEPER, witness)
    assert [one.at_s for one in checked.anchor.signatures] == [None, 1]


def test_a_signature_under_anothers_name_is_refused(document: dict[str, Any]) -> None:
    """The hint is not signed, and would mislead whoever reads it."""
    copy = deepcopy(document)
    copy["envelope"]["signatures"][1]["keyid"] = "justice.example/one+00000000"
    with pytest.raises(LogError, match=r"envelope.signatures\[1\].keyid"):
        check(copy, KEEPER, LAWYER)
    check(copy, KEEPER)  # what a stranger's signature says of itself proves nothing, and counts for nothing


@given(data=st.data())
def test_no_bit_may_be_flipped(document: dict[str, Any], data: st.DataObject) -> None:
    """Of all that is checked with the keys that are known."""
    ours = document | {
        "keys": [],
        "envelope": document["envelope"] | {"signatures": document["envelope"]["signatures"][:1]},
    }
    content = bytearray(json.dumps(ours, ensure_ascii=False).encode())
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    content[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LogError):
        parse_receipt(bytes(content)).check([KEEPER.verifier])


@pytest.mark.parametrize(
    ("name", "there"), [("item:0:a.mp3", True), ("item:0:z.mp3", False), ("recording:jamendo:1", False)]
)
def test_a_name_is_proved_to_be_in_a_manifest_or_not(name: str, there: bool, proofs: dict[str, bytes]) -> None:
    """Offline, with the public key alone; and no bit of the proof may be flipped."""
    proof = parse_receipt(proofs[name])
    assert isinstance(proof, Membership)
    digest, anchor = proof.check([KEEPER.verifier])
    assert (digest is not None) is there
    assert anchor.manifest.subject[0].name == "corpus"
    for path in leaves(json.loads(proofs[name])):
        if path == ("name",) and not there:
            continue  # between the same neighbours there is room for many a name, of which each is absent
        wrong = json.dumps(tampered(json.loads(proofs[name]), path)).encode()
        with pytest.raises(LogError) as error:
            parse_receipt(wrong).check([KEEPER.verifier])
        expected = {"entry": "entry|log.leaf"}.get(path[0], path[0])
        assert any(one in str(error.value) for one in expected.split("|")), (path, str(error.value))


@pytest.mark.parametrize(
    "name", ["jamendo:1", "a.mp3", "item:a.mp3", "item:x:a.mp3", "recording:", "sha256:" + "AB" * 32, "sha256:ab", ""]
)
def test_what_a_set_could_not_hold_is_proved_of_nobody(name: str, document: dict[str, Any], tmp_path: Path) -> None:
    """Every set proves that it does not hold what is written otherwise than its names."""
    made(tmp_path, statement(), KEEPER)
    items = SortedSet(tmp_path / "set")
    neighbours = [msgspec.to_builtins(InSet.of(one)) for one in items.prove(name)]
    shared = {part: document[part] for part in ("entry", "log")}
    proof = json.dumps(shared | {"format": "licet-membership/1", "name": name, "neighbours": neighbours})
    with pytest.raises(LogError, match=r"^name: .* is no name that such a set holds"):
        parse_receipt(proof.encode()).check([KEEPER.verifier])


def test_an_entry_that_holds_no_set_is_refused(tmp_path: Path) -> None:
    """A manifest without a root proves nothing."""
    receipt = made(tmp_path, statement(), KEEPER)
    bare = Statement((Subject("corpus", {}),), MANIFEST, {**SHARED, "items": {"size": "many"}}).encoded()
    with LogWriter(tmp_path / "log", KEEPER) as writer:
        (place,) = writer.append([bare])
    log = prove_entry(Log(tmp_path / "log", [KEEPER.verifier]), place)
    with pytest.raises(LogError, match=r"entry.predicate.items"):
        msgspec.structs.replace(receipt, entry=bare.decode(), log=log).check([KEEPER.verifier])


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[1]", b'{"format":' * 100_000, b"\xff", b'{"format": "licet-receipt/9"}', b" " * (MOST_BYTES + 1)],
)
def test_what_is_no_receipt_is_refused(content: bytes) -> None:
    """Before anything of it is believed."""
    with pytest.raises(LogError):
        parse_receipt(content)


def test_a_statement_about_two_things_is_no_receipt(document: dict[str, Any]) -> None:
    """A receipt is of one row."""
    payload = payload_of(document)
    for wrong in (
        payload | {"subject": payload["subject"] * 2},
        payload | {"predicate": payload["predicate"] | {"row": "0"}},
    ):
        with pytest.raises(LogError, match=r"payload\.subject"):
            check(with_payload(document, wrong))
