"""Check a receipt of Licet with nothing but Python's own library and openssl: python verify_by_hand.py RECEIPT KEY.pub.

It does what `licet verify` does, for a log that has had one key, so that nobody need trust Licet's code to check what
Licet says. KEY.pub holds the log's public key in one line: name+id+base64.
"""

import json
import subprocess
import sys
import tempfile
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

DER = bytes.fromhex("302a300506032b6570032100")  # what stands before the 32 bytes of an Ed25519 key: RFC 8410


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Ask openssl whether the key signed the message."""
    with tempfile.TemporaryDirectory() as folder:
        pem, text, sig = (Path(folder, name) for name in ("key.pem", "message", "signature"))
        pem.write_text(f"-----BEGIN PUBLIC KEY-----\n{b64encode(DER + key).decode()}\n-----END PUBLIC KEY-----\n")
        text.write_bytes(message)
        sig.write_bytes(signature)
        asked = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", pem, "-rawin", "-in", text, "-sigfile", sig]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603  (fixed words)


def root_from(leaf: bytes, place: int, size: int, path: list[str]) -> bytes:
    """Climb from a leaf to the root that it would have: RFC 9162, s. 2.1.3.2."""
    at, last, found = place, size - 1, leaf
    for step in map(bytes.fromhex, path):
        if at % 2 or at == last:
            found = sha256(b"\x01" + step + found).digest()
            while not at % 2 and at:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + step).digest()
        at, last = at >> 1, last >> 1
    return found if last == 0 and place < size else b""


def canonical(value: object) -> bytes:
    """Write JSON as RFC 8785 has it; a receipt holds no number with a fraction, and names in ASCII alone."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def main(receipt_path: str, key_path: str) -> None:
    """Check, and say what was decided."""
    receipt = json.loads(Path(receipt_path).read_bytes())
    name, _, coded = Path(key_path).read_text(encoding="utf-8").strip().split("+", 2)
    key = b64decode(coded)[1:]  # the first byte says that it is Ed25519

    # 1. The head of the log is signed with the key.
    text, _, lines = receipt["log"]["checkpoint"].rpartition("\n\n")
    origin, size, root, *_ = text.split("\n")
    signatures = [b64decode(line.split(" ")[2])[4:] for line in lines.splitlines() if line.split(" ")[1] == name]
    assert origin == name, "the key is another log's"
    assert any(signed(key, f"{text}\n".encode(), one) for one in signatures), "checkpoint"

    # 2. The manifest's entry is in the log.
    entry = receipt["entry"].encode()
    leaf = sha256(b"\x00" + entry).digest()
    assert root_from(leaf, receipt["log"]["place"], int(size), receipt["log"]["path"]) == b64decode(root), "log"
    manifest = json.loads(entry)["predicate"]

    # 3. The statement is the one that the manifest's root stands for.
    payload = b64decode(receipt["envelope"]["payload"])
    statement = json.loads(payload)
    assert canonical(statement) == payload, "payload"
    parts = {part: statement[part] for part in ("_type", "predicateType", "subject")}
    parts |= {f"predicate.{part}": value for part, value in statement["predicate"].items()}
    digest = sha256(canonical({part: sha256(canonical(value)).hexdigest() for part, value in parts.items()})).digest()
    item = f"item:{statement['predicate']['row']}:{statement['subject'][0]['name']}"
    items = manifest["items"]
    in_set = sha256(bytes.fromhex(items["salt"]) + item.encode()).digest() + digest
    leaf = sha256(b"\x00" + in_set).digest()
    climbed = root_from(leaf, receipt["item"]["place"], items["size"], receipt["item"]["path"])
    assert climbed == bytes.fromhex(items["root"]), "item"
    for part in ("manifest", "use", "policy"):
        assert statement["predicate"][part] == manifest[part], part

    # 4. The statement is signed with the key: DSSE, pre-authentication encoding.
    kind = receipt["envelope"]["payloadType"].encode()
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    assert any(signed(key, message, b64decode(one["sig"])) for one in receipt["envelope"]["signatures"]), "signatures"

    print(f"{statement['subject'][0]['name']}: {statement['predicate']['verdict']}")  # noqa: T201  (what it is for)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
