"""`licet verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from licet.cli.shared import console, json_option, print_json, printable
from licet.digests import sha256_bytes

if TYPE_CHECKING:
    from licet.training.lineage import Lineage
    from licet.training.runs import Base
    from licet.transparency import Attestation, Checkpoint, Membership, Receipt, Statement, Verifier

FILE = click.Path(path_type=Path)


class _Named(msgspec.Struct):
    """A document, of which only the kind is looked at."""

    format: str = ""


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
    """Check RECEIPT offline: with public keys, and nothing else.

    It may be a receipt, the attestation of a model, a proof that something is in a manifest or was read by a run, or
    is not, or was not; or a proof that neither a model nor those that it began with have read something.

    What does not check is refused with the name of the field. What checks says what was decided and logged: not that
    the decision was right, which its evidence must show, and not that nothing superseded it since.

    \b
    Examples:
      licet verify receipt.json --known log.key.pub
      licet verify receipt.json --known log.key.pub --known legal.key.pub --at-least 2
      licet verify proof.json --known log.key.pub --checkpoint checkpoint --growth growth.json
      licet verify attestation.json --known log.key.pub

    Exit codes: 0 it checks; 2 it does not, and the error says which field.
    """
    from licet.transparency import read_verifiers

    keys = [one for path in known for one in read_verifiers(path)]
    told, heads = _checked(_content(receipt), keys, at_least)
    if checkpoint is not None:
        grown = None if growth is None else _content(growth)
        for head in heads:
            _agrees(head, _content(checkpoint), grown, keys)
        told["agrees_with"] = str(checkpoint)
    if as_json:
        print_json("verify", told)
        return
    out = console()
    out.print(f"{printable(str(receipt))} checks.", soft_wrap=True)
    for name, value in told.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        out.print(f"  {name.replace('_', ' '):<16} {printable(shown)}", soft_wrap=True)


def _content(path: Path) -> bytes:
    from licet.errors import UsageError

    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(
            f"there is no file {path}", mend="name what is to be checked, and what it is held to"
        ) from None
    except OSError as refused:
        raise UsageError(f"{path} cannot be read: {refused.strerror}") from refused


def _checked(content: bytes, keys: list[Verifier], at_least: int) -> tuple[dict[str, Any], list[Checkpoint]]:
    """Check a document of whatever kind: return what it says, and the heads of the log that it leans on."""
    from licet.training.lineage import parse_lineage
    from licet.transparency import Attestation, Receipt, parse_receipt

    if _format(content).startswith("licet-lineage/"):
        return _lineage(parse_lineage(content), keys, at_least)
    given = parse_receipt(content)
    if isinstance(given, Receipt):
        return _receipt(given, keys, at_least)
    return _attestation(given, keys, at_least) if isinstance(given, Attestation) else _membership(given, keys, at_least)


def _receipt(receipt: Receipt, keys: list[Verifier], at_least: int) -> tuple[dict[str, Any], list[Checkpoint]]:
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
    return told | _logged(checked.anchor), [checked.anchor.head]


def _membership(proof: Membership, keys: list[Verifier], at_least: int) -> tuple[dict[str, Any], list[Checkpoint]]:
    from licet.errors import UsageError
    from licet.transparency import MANIFEST

    if at_least > 1:
        raise UsageError(
            "nobody signs a proof of membership but the log's key", mend="leave out --at-least, or check an attestation"
        )
    digest, anchor = proof.check(keys)
    told: dict[str, Any]
    if anchor.manifest.predicate_type == MANIFEST:
        subject = anchor.manifest.subject[0]
        told = {
            "name": proof.name,
            "answer": "it is not in the manifest" if digest is None else "it is in the manifest",
            "manifest": f"{subject.name} {subject.digest['sha256']}",
        }
    else:
        told = {
            "name": proof.name,
            "answer": "the run did not read it" if digest is None else "the run read it",
            **_model(anchor.manifest),
            "statement": sha256_bytes(proof.entry.encode()),
            "weights": _weights(anchor.manifest),
        }
    return told | _logged(anchor), [anchor.head]


def _attestation(
    attestation: Attestation, keys: list[Verifier], at_least: int
) -> tuple[dict[str, Any], list[Checkpoint]]:
    from licet.training.attestation import read_attested

    checked = attestation.check(keys, at_least=at_least)
    one = read_attested(checked.statement)
    told = {
        **_model(checked.statement),
        "statement": sha256_bytes(attestation.envelope.body),
        "weights": _weights(checked.statement),
        "use": [one.use.act, one.use.purpose, *one.use.territories],
        "reading": one.use.reading,
        "manifest": f"{one.manifest.sha256}, entry {one.manifest.place} of {one.manifest.origin}",
        "read": f"{one.read.items} items in {one.read.epochs} epochs, {float(one.read.seconds):.0f} seconds at most",
        "conditions": [f"{name} ({items})" for name, items in one.conditions.items()],
        "not_passed": [f"{why} ({items})" for why, items in one.dropped.items()],
        "bases": list(map(_base, one.bases)),
        "code": one.code,
        "signed_by": [key.name for key in checked.signed_by],
    }
    return told | _logged(checked.anchor), [checked.anchor.head]


def _lineage(lineage: Lineage, keys: list[Verifier], at_least: int) -> tuple[dict[str, Any], list[Checkpoint]]:
    checked = lineage.check(keys, at_least=at_least)
    own, *_ = checked.models.values()
    told = {
        "unread": list(lineage.names),
        "answer": "none of the models read it" if len(lineage.names) == 1 else "none of the models read any of them",
        "models": ["{model} (run {run})".format_map(_model(one)) for one in checked.statements],
        "statements": list(checked.models),
        "weights": _weights(own.statement),
        "nothing_proved_of": list(map(_base, checked.unknown)),
    }
    return told | _logged(own.anchor), list(checked.heads)


def _format(content: bytes) -> str:
    """Return what a document says that it is, or "" where it does not say so."""
    try:
        return msgspec.json.decode(content, type=_Named).format
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _model(statement: Statement) -> dict[str, str]:
    from licet.training.attestation import read_attested

    one = read_attested(statement)
    return {"model": one.model, "run": one.run.name}


def _weights(statement: Statement) -> list[str]:
    """Return the files of weights that are attested, each with its SHA-256: a run of the same name has others."""
    files = (file for file in statement.subject if file.annotations.get("digestOf") != "usage")
    return [f"{file.name} {file.digest.get('sha256', '')}" for file in files]


def _base(base: Base) -> str:
    """Say in a line what is known of a model that another began with."""
    name = f"{base.name} {base.version}".rstrip()
    if base.statement:
        return f"{name} (attested: {base.statement})"
    return f"{name} (licence: {base.licence or 'not stated'}; trained on: {base.states or 'not disclosed'})"


def _deciding(predicate: dict[str, Any]) -> list[str]:
    """Return the reasons that decide under the reading that was asked for."""
    reading, verdict = predicate["use"]["reading"], predicate["verdict"]
    return [one["says"] for one in predicate["reasons"] if reading in one["readings"] and one["verdict"] == verdict]


def _logged(anchor: Any) -> dict[str, Any]:  # noqa: ANN401  (the room is loaded when it is needed)
    predicate = anchor.manifest.predicate
    when = {"sealed": predicate["sealed"]} if "sealed" in predicate else {"finished": predicate["run"]["finished"]}
    return when | {
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
