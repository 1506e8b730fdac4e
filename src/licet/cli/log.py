"""`licet log`: keep a log, prove what is in it, and check others'."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from licet.cli.shared import console, json_option, now, print_json, printable

if TYPE_CHECKING:
    from licet.transparency import Log, Verifier

FILE = click.Path(path_type=Path)
folder_option = click.option(
    "--log",
    "folder",
    type=FILE,
    default=lambda: _here("log"),
    help="The folder of the log. Default: log, in the workspace or here.",
)
key_option = click.option(
    "--key",
    type=FILE,
    default=lambda: _here("keys/log.key"),
    help="The private key that signs. Default: keys/log.key, in the workspace or here.",
)
known_option = click.option(
    "--known", type=FILE, multiple=True, help="A file of public keys, one a line; repeat. Default: the --key's own."
)
SHOWN = 20


@click.group("log")
def command() -> None:
    """Keep a log that only grows, prove what is in it, and check others'.

    A log is a folder of plain files (C2SP tlog-tiles) that any web server can serve. Its head is signed; whoever has
    the public key can check it offline.

    \b
    Examples:
      licet log init example.org/our-log
      licet log append statement.json
      licet log prove 0 > proof.json
      licet log verify --proof proof.json --entry statement.json --known log.key.pub

    Exit codes: 0 done, and all that was checked checks; 2 an error, or something does not check.
    """


@command.command("init")
@click.argument("origin")
@folder_option
@key_option
@json_option
def init(origin: str, folder: Path, key: Path, as_json: bool) -> None:
    """Begin a log and make its key. ORIGIN names it for good: a host and a path, such as example.org/our-log."""
    from licet.transparency import create_log, make_key, public_path, read_key

    signer = read_key(key) if key.exists() else make_key(key, origin)
    create_log(folder, origin, signer)
    told = {"origin": origin, "log": str(folder), "public_key": str(signer.verifier)}
    if as_json:
        print_json("log-init", told)
    else:
        console().print(f"{printable(origin)}: an empty log in {printable(str(folder))}", soft_wrap=True)
        console().print(f"its public key, in {printable(str(public_path(key)))}: {signer.verifier}", soft_wrap=True)


@command.command("append")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@folder_option
@key_option
@json_option
def append(files: tuple[Path, ...], folder: Path, key: Path, as_json: bool) -> None:
    """Append each FILE as an entry. What was appended is on the disk when this ends."""
    from licet.transparency import LogWriter, read_key

    entries = [file.read_bytes() for file in files]
    with LogWriter(folder, read_key(key)) as writer:
        places = writer.append(entries)
        size = writer.head.size
    if as_json:
        print_json("log-append", {"places": dict(zip(map(str, files), places, strict=True)), "size": size})
    else:
        for file, place in zip(files, places, strict=True):
            console().print(f"{place:>9}  {printable(str(file))}", soft_wrap=True)


@command.command("show")
@folder_option
@key_option
@known_option
@json_option
def show(folder: Path, key: Path, known: tuple[Path, ...], as_json: bool) -> None:
    """Show the head of a log, who signed it, and its last entries."""
    from licet.transparency import leaf_hash

    log = _opened(folder, key, known)
    signed = [{"name": one.verifier.name, "at_s": one.at_s} for one in log.note.signatures(_known(key, known))]
    places = range(max(0, len(log) - SHOWN), len(log))
    last = [{"place": place, "bytes": len(log[place]), "leaf": leaf_hash(log[place]).hex()} for place in places]
    head = log.head
    if as_json:
        told = {"origin": head.origin, "size": head.size, "root": head.root.hex(), "signed_by": signed, "last": last}
        print_json("log-show", told)
        return
    out = console()
    out.print(f"{printable(head.origin)}: {head.size:,} entries, root {head.root.hex()}", soft_wrap=True)
    out.print("signed by " + ", ".join(printable(str(one["name"])) for one in signed), soft_wrap=True)
    for one in last:
        out.print(f"{one['place']:>9}  {one['bytes']:>6} bytes  {one['leaf']}", soft_wrap=True)


@command.command("prove")
@click.argument("place", type=int)
@click.option("--growth", is_flag=True, help="Prove instead that the log began with its first PLACE entries.")
@folder_option
@key_option
@known_option
def prove(place: int, growth: bool, folder: Path, key: Path, known: tuple[Path, ...]) -> None:
    """Prove that entry PLACE is in the log: prints one JSON document, which is checked offline."""
    from licet.errors import UsageError
    from licet.transparency import prove_entry, prove_growth

    log = _opened(folder, key, known)
    try:
        proof = prove_growth(log, place) if growth else prove_entry(log, place)
    except IndexError as none:
        raise UsageError(str(none)) from none
    click.echo(msgspec.json.encode(proof).decode())


@command.command("verify")
@click.option("--proof", type=FILE, help="Check this proof instead of a whole log; nothing but public keys is needed.")
@click.option("--entry", type=FILE, help="The entry that the proof should be of.")
@folder_option
@key_option
@known_option
@json_option
def verify(
    proof: Path | None, entry: Path | None, folder: Path, key: Path, known: tuple[Path, ...], as_json: bool
) -> None:
    """Read every entry and every hash of a log and compare them with its head; or check a proof."""
    from licet.transparency import InclusionProof, parse_proof

    keys = _known(key, known)
    if proof is None:
        log = _opened(folder, key, known)
        log.verify()
        checked, signed = str(folder), log.note.signatures(keys)
    else:
        given = parse_proof(proof.read_bytes())
        if isinstance(given, InclusionProof):
            signed = given.check(keys, entry.read_bytes() if entry is not None else None)
        else:
            signed = given.check(keys)
        checked = str(proof)
    names = [one.verifier.name for one in signed]
    if as_json:
        print_json("log-verify", {"checked": checked, "signed_by": names})
    else:
        console().print(f"{printable(checked)} checks; signed by {printable(', '.join(names))}", soft_wrap=True)


@command.command("witness")
@click.argument("checkpoint", type=FILE)
@click.option("--of", "log_key", type=FILE, required=True, help="The public key of the log.")
@click.option("--as", "name", help="The name to sign under, where there is no --key yet.")
@click.option("--proof", type=FILE, help="That the log grew from the head that was signed last: `prove --growth`.")
@click.option("--remembers", type=FILE, default=Path("witness"), show_default=True, help="Where heads are kept.")
@key_option
def witness(checkpoint: Path, log_key: Path, name: str | None, proof: Path | None, remembers: Path, key: Path) -> None:
    """Sign the head in CHECKPOINT, beside its log, if it begins with what was signed before. Prints it, signed."""
    from licet.errors import UsageError
    from licet.transparency import (
        ConsistencyProof,
        Kind,
        cosign,
        make_key,
        parse_note,
        parse_proof,
        read_key,
        read_verifiers,
    )

    given = parse_proof(proof.read_bytes()) if proof is not None else None
    if given is not None and not isinstance(given, ConsistencyProof):
        raise UsageError(f"{proof} proves an entry, and not growth", mend="licet log prove --growth SIZE")
    signer = make_key(key, name, Kind.COSIGNATURE) if name is not None and not key.exists() else read_key(key)
    (known,) = read_verifiers(log_key)
    note = cosign(
        parse_note(checkpoint.read_bytes()),
        known,
        given.hashes if given is not None else [],
        signer,
        remembers=remembers,
        at_s=int(now().timestamp()),
    )
    click.echo(str(note), nl=False)


def _here(name: str) -> Path:
    """Return where something lies: in the nearest workspace upwards from here, or here."""
    from licet.errors import WorkspaceError
    from licet.settings import nearest

    try:
        return nearest(Path.cwd()) / name
    except WorkspaceError:
        return Path(name)


def _opened(folder: Path, key: Path, known: tuple[Path, ...]) -> Log:
    from licet.transparency import Log

    return Log(folder, _known(key, known))


def _known(key: Path, files: tuple[Path, ...]) -> list[Verifier]:
    """Return the public keys that were named, or that of the private one."""
    from licet.transparency import public_path, read_verifiers

    return [one for file in files or (public_path(key),) for one in read_verifiers(file)]
