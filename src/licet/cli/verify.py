"""`licet verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import console, json_option, print_json, printable

if TYPE_CHECKING:
    from licet.transparency import Membership, Receipt, Verifier
    from licet.transparency.checkpoints import Checkpoint

FILE = click.Path(path_type=Path)


@click.command("verify")
@click.argument("receipt", type=FILE)
@click.option("--known", type=FILE, multiple=True, required=True, help="A file of public keys, one a line; repeat.")
@click.option("--at-least", type=click.IntRange(1), default=1, show_default=True, help="How many of them must sign.")
@click.option("--checkpoint", type=FILE, help="A head of the log that you had from somebody else: it must agree.")
@click.option("--growth", type=FILE, help="That the log grew from the receipt's head to yours, or the other way round.")
@json_option
def command(
    receipt: Path,
    known: tuple[Path, ...],
    at_least: int,
    checkpoint: Path | None,
    growth: Path | None,
    as_json: bool,
) -> None:
    """Check RECEIPT, or a proof of membership, offline: with public keys, and nothing else.

    What does not check is refused with the name of the field. What checks says what was decided and logged: not that
    the decision was right, which its evidence must show, and not that nothing superseded it since.

    \b
    Examples:
      licet verify receipt.json --known log.key.pub
      licet verify receipt.json --known log.key.pub --known legal.key.pub --at-least 2
      licet verify proof.json --known log.key.pub --checkpoint checkpoint --growth growth.json

    Exit codes: 0 it checks; 2 it does not, and the error says which field.
    """
    from licet.transparency import Receipt, parse_receipt, read_verifiers

    keys = [one for path in known for one in read_verifiers(path)]
    given = parse_receipt(receipt.read_bytes())
    told, head = _receipt(given, keys, at_least) if isinstance(given, Receipt) else _membership(given, keys)
    if checkpoint is not None:
        _agrees(head, checkpoint.read_bytes(), growth.read_bytes() if growth is not None else None, keys)
        told["agrees_with"] = str(checkpoint)
    if as_json:
        print_json("verify", told)
        return
    out = console()
    out.print(f"{printable(str(receipt))} checks.", soft_wrap=True)
    for name, value in told.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        out.print(f"  {name.replace('_', ' '):<16} {printable(shown)}", soft_wrap=True)


def _receipt(receipt: Receipt, keys: list[Verifier], at_least: int) -> tuple[dict[str, Any], Checkpoint]:
    checked = receipt.check(keys, at_least=at_least)
    subject, predicate = checked.statement.subject[0], checked.statement.predicate
    use, verdict = predicate["use"], predicate["verdict"]
    told = {
        "item": subject.name,
        "sha256": subject.digest["sha256"] if subject.annotations.get("digestOf") == "file" else "",
        "verdict": f"{verdict}, contested" if predicate["contested"] else verdict,
        "use": [use["act"], use["purpose"], *use["territories"], use["day"]],
        "reading": use["reading"],
        "policy": f"{predicate['policy']['name']} {predicate['policy']['sha256']}",
        "because": list(dict.fromkeys(_deciding(predicate))),
        "evidence": [one["evidence"] for one in predicate["evidence"]],
        "signed_by": [key.name for key in checked.signed_by],
    }
    return told | _logged(checked.anchor), checked.anchor.head


def _membership(proof: Membership, keys: list[Verifier]) -> tuple[dict[str, Any], Checkpoint]:
    digest, anchor = proof.check(keys)
    subject = anchor.manifest.subject[0]
    told = {
        "name": proof.name,
        "answer": "it is not in the manifest" if digest is None else "it is in the manifest",
        "manifest": f"{subject.name} {subject.digest['sha256']}",
    }
    return told | _logged(anchor), anchor.head


def _deciding(predicate: dict[str, Any]) -> list[str]:
    """Return the reasons that decide under the reading that was asked for."""
    reading, verdict = predicate["use"]["reading"], predicate["verdict"]
    return [one["says"] for one in predicate["reasons"] if reading in one["readings"] and one["verdict"] == verdict]


def _logged(anchor: Any) -> dict[str, Any]:  # noqa: ANN401  (the room is loaded when it is needed)
    return {
        "sealed": anchor.manifest.predicate["sealed"],
        "log": f"entry {anchor.place} of {anchor.head.origin}, which had {anchor.head.size} entries",
        "head_signed_by": [one.verifier.name for one in anchor.signatures],
    }


def _agrees(head: Checkpoint, content: bytes, growth: bytes | None, keys: list[Verifier]) -> None:
    """Refuse a receipt whose head of the log is not that of everybody else."""
    from licet.errors import LogError
    from licet.transparency import ConsistencyProof, parse_note, parse_proof
    from licet.transparency.checkpoints import Checkpoint

    note = parse_note(content)
    note.signatures(keys)
    other = Checkpoint.parse(note.text)
    if other.origin != head.origin:
        raise LogError(f"checkpoint: it is of {other.origin}, and the receipt of {head.origin}")
    if other.size == head.size:
        if other.root != head.root:
            raise LogError("checkpoint: of this size there are two logs: it was forked", mend="ask its keeper why")
        return
    proof = parse_proof(growth) if growth is not None else None
    if not isinstance(proof, ConsistencyProof):
        sizes = f"checkpoint: it has {other.size} entries, and the receipt's head {head.size}"
        raise LogError(sizes, mend="have that proved: `licet log prove --growth`, and give it with --growth")
    proof.check(keys)
    after, _ = proof.head(keys)
    smaller, larger = sorted((head, other), key=lambda one: one.size)
    if (proof.before, proof.root) != (smaller.size, smaller.root.hex()):
        raise LogError("growth: it does not begin with the smaller of the two heads")
    if (after.size, after.root) != (larger.size, larger.root):
        raise LogError("growth: it does not lead to the larger of the two heads")
