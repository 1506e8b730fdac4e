"""The training runs of a workspace: started over a sealed manifest, fed through a gate, finished with an attestation.

A run is finished in this order; a kill between any two steps leaves what the next attempt goes on from, and nothing is
logged twice:

1. Every gate that is open on this machine is shut, and what was read, on every machine, is summed up: the table, and
   the set of names.
2. What will be attested is noted, with the length of the log. From here on no epoch begins.
3. It is logged, unless it stands there already.
4. The attestation is written: the statement, signed, with its way to the log's head.
5. Parties that watch are told which of their recordings were read, in which run, for which model.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from licet import __version__
from licet.corpus import read_head
from licet.digests import sha256_bytes, sha256_file
from licet.errors import GateError, LogError, SourceError, UsageError
from licet.placing import alone, place
from licet.training.attestation import attest, read_attested, weights_in
from licet.training.drops import read_drops
from licet.training.gate import Gate
from licet.training.live import all_live
from licet.training.marks import epochs_marked, times_read
from licet.training.passes import read_pass_head
from licet.training.runs import (
    ATTESTATION_NAME,
    DROPS,
    FINISHING_NAME,
    LIVE,
    MARKS,
    RUN_NAME,
    Base,
    Run,
    State,
    passes_of,
    read_run,
    state_of,
    write_run,
)
from licet.training.usage import sum_up
from licet.transparency import MODEL, Attestation, Receipt, parse_receipt, parse_statement
from licet.transparency.receipts import item_name
from licet.transparency.tiles import MOST_ENTRY_BYTES
from licet.workspace.admitting import Admitter
from licet.workspace.reopening import Reopener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from licet.policy import Policy, Use
    from licet.training.passes import PassHead
    from licet.training.sharding import Share
    from licet.transparency import Verifier
    from licet.workspace.notices import Notices
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

RUNS = "runs"
MOST_STARTED_BYTES = 1 << 15
_Document = TypeVar("_Document", Attestation, Receipt)


class _Finishing(msgspec.Struct, frozen=True):
    """What is being logged of a run."""

    statement: str
    since: int  # how long the log was before


@dataclass(frozen=True, slots=True)
class Status:
    """How far a run is, and what passed so far."""

    run: Run
    state: State
    head: PassHead | None  # of the last epoch that was begun
    epochs: int  # in which something was read
    items: int  # that were read, each once
    reads: int  # of an item in an epoch
    dropped: dict[str, int] = field(default_factory=dict)  # items that did not pass, by why


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of the workspace in `folder`."""

    folder: Path
    record: WorkspaceRecord
    policy: Callable[[], Policy]  # that is in force now
    book: ReceiptBook
    notices: Notices

    def start(  # noqa: PLR0913  (what a run is started with has as many parts; all but five have a default)
        self,
        manifest: Path | None = None,
        *,
        receipts: Sequence[Path] = (),
        name: str,
        model: str,
        use: Use,
        root: Path,
        at: datetime,
        asker: str = "",
        for_model: str = "",
        bases: Sequence[Base | Path] = (),
        known: Sequence[Verifier] = (),
        code: str = "",
        config: Path | None = None,
        share: Share | None = None,
        most_unfit: float = 0.05,
    ) -> Run:
        """Start a run over a sealed manifest, or some of its receipts, for exactly the use that it was cleared for.

        Args:
            manifest: its folder; or
            receipts: the files of receipts, all of one manifest that is sealed here: of its items, those pass alone.
            name: what the run is called, in this workspace alone.
            model: what the model is called that comes out.
            use: the use; its day counts for nothing, for each epoch is decided on for its own day.
            root: the folder that the manifest's items lie in.
            at: now, aware.
            asker: for whom the manifest must have been asked.
            for_model: and for which model.
            bases: the models that it begins with: as their makers tell of them, or the files of their attestations.
            known: keys that are believed of attestations, besides that of this workspace's log.
            code: the commit of the training code.
            config: its configuration.
            share: the part of the corpus that it trains on (`licet.training.sharding`); all of it without one.
            most_unfit: the share of what the manifest permits that may fail to pass before the gate is shut, 0 to 1.

        Raises:
            GateError: the manifest was cleared for another use.
            ManifestError: it is not sealed.
            UsageError: there is a run of this name, or something else makes no sense.
            LogError: an attestation does not check.
        """
        if (manifest is None) is not bool(receipts):
            raise UsageError("a run is over a manifest, or over receipts", mend="give one of them")
        believed = [self.book.signer().verifier, *known]
        sealed, only = self._of_receipts(receipts, believed) if manifest is None else (manifest, ())
        sealed = self.book.sealed_folder(sealed)
        head, _ = read_head(sealed)
        seal, sha256 = self.book.sealed_as(sealed)
        asked = (use.act, use.purpose, tuple(sorted(use.territories)), asker, for_model)
        cleared = (head.act, head.purpose, head.territories, head.asker, head.model)
        if asked != cleared:
            raise GateError(
                f"the manifest was cleared for {_worded(cleared)}, and not for {_worded(asked)}",
                mend="clear the corpus for this use",
            )
        if not 0 <= most_unfit <= 1:
            raise UsageError(f"{most_unfit} is no share", mend="give 0 to 1")
        if not root.is_dir():
            raise SourceError(f"there is no folder {root}", mend="name the folder that the corpus lies in")
        for one in bases:
            if isinstance(one, Base) and one.statement:
                raise UsageError(f"{one.name} is said to be attested", mend="give the file of its attestation")
        given = [(one, b"") if isinstance(one, Base) else _attested(one, believed) for one in bases]
        run = Run(
            licet=__version__,
            name=name,
            model=model,
            started=at.isoformat(timespec="seconds"),
            manifest=sha256,
            sealed=sealed.name,
            origin=seal.origin,
            place=seal.place,
            root=str(root.resolve()),
            act=head.act,
            purpose=head.purpose,
            territories=head.territories,
            reading=head.reading,
            accepts=head.accepts,
            asker=asker,
            for_model=for_model,
            code=code,
            config="" if config is None else sha256_file(config),
            bases=tuple(base for base, _ in given),
            share=share,
            only=only,
            most_unfit=most_unfit,
        )
        if len(msgspec.json.encode(run)) - len(msgspec.json.encode(only)) > MOST_STARTED_BYTES:
            raise UsageError(
                f"a run begins with {len(run.bases)} models, and what is told of them is too long for the log",
                mend="shorten what their makers state, or join models in several steps",
            )
        write_run(self.folder / RUNS / name, run, {base.statement: content for base, content in given if content})
        return run

    def names(self) -> list[str]:
        """Return the names of all runs, in the order in which they were started."""
        found = [path.parent for path in (self.folder / RUNS).glob(f"*/{RUN_NAME}")]
        return [folder.name for folder in sorted(found, key=lambda one: (read_run(one).started, one.name))]

    def at(self, name: str) -> Path:
        """Return the folder of a run.

        Raises:
            UsageError: there is none of this name.
        """
        folder = self.folder / RUNS / name
        if folder.name != name or not (folder / RUN_NAME).exists():
            raise UsageError(f"there is no run {name!r} here", mend="`licet run list` names them")
        return folder

    def gate(
        self, name: str, *, now: Callable[[], datetime], salt: Callable[[], bytes], workers: int | None = 1
    ) -> Gate:
        """Open the gate of a run.

        Args:
            name: of the run.
            now: tells the time, aware: each epoch is decided on for the day on which it begins.
            salt: gives 32 random bytes.
            workers: processes that check the manifest when the first epoch begins.

        Raises:
            UsageError: there is no such run.
        """
        folder = self.at(name)
        run = read_run(folder)

        def reopener() -> Reopener:
            at = now()
            return Reopener(self.record, self.book, self.policy(), at.astimezone(UTC).date(), at, salt)

        admitter = Admitter(folder, run, self.book, reopener, workers)
        return Gate(folder, Path(run.root), admitter, most_unfit=run.most_unfit)

    def status(self, name: str) -> Status:
        """Tell how far a run is.

        Raises:
            UsageError: there is none of this name.
        """
        folder = self.at(name)
        passes = passes_of(folder)
        head = read_pass_head(passes[-1]) if passes else None
        times = times_read(folder / MARKS, 0 if head is None else head.lines)
        items, reads = int((times > 0).sum()), int(times.sum(dtype="uint64"))
        return Status(
            read_run(folder),
            state_of(folder),
            head,
            len(epochs_marked(folder / MARKS)),
            items,
            reads,
            _dropped(folder, head),
        )

    def finish(self, name: str, weights: Iterable[Path] = (), *, at: datetime, salt: bytes) -> Attestation:
        """Finish a run: sum up what it read, log it, and attest the weights that came out.

        Args:
            name: of the run.
            weights: files, and folders of files; none for a run that left nothing.
            at: now, aware.
            salt: 32 random bytes.

        Raises:
            UsageError: there is no such run.
            SourceError: there are no such weights.
            LogError: there is no log or no key.
        """
        folder, digests = self.at(name), _digests(weights)
        with alone(folder / ".lock"):  # no epoch begins meanwhile
            if not (folder / FINISHING_NAME).exists():
                for live in all_live(folder / LIVE):
                    live.close()
                pending = _Finishing(self._summed_up(folder, digests, at, salt), len(self.book.log()))
                place({folder / FINISHING_NAME: msgspec.json.encode(pending)})  # step 2
            pending = msgspec.json.decode((folder / FINISHING_NAME).read_bytes(), type=_Finishing)
            statement = parse_statement(pending.statement.encode(), of_type=MODEL)
            if digests not in ({}, weights_in(statement)):
                raise UsageError(
                    f"the run {name} is finished with other weights", mend="start a run for what you trained since"
                )
            if not (folder / ATTESTATION_NAME).exists():
                where = self.book.append_once(pending.statement.encode(), pending.since)  # step 3
                attestation = self.book.attestation(statement, where)
                place({folder / ATTESTATION_NAME: msgspec.json.encode(attestation)})  # step 4
        attestation = self.attestation(name)
        self.notices.read_in_run(folder, attestation.statement, attestation.log.place)  # step 5
        return attestation

    def _summed_up(self, folder: Path, weights: dict[str, str], at: datetime, salt: bytes) -> str:
        """Return the text of what will be attested (step 1)."""
        passes = passes_of(folder)
        if not passes:
            raise GateError(f"the run {folder.name} began no epoch", mend="train first: there is nothing to attest")
        head = read_pass_head(passes[-1])
        usage = sum_up(folder, passes[-1], times_read(folder / MARKS, head.lines), salt=salt)
        epochs, dropped = len(epochs_marked(folder / MARKS)), _dropped(folder, head)
        run = read_run(folder)
        text = attest(run, usage, finished=at, epochs=epochs, dropped=dropped, weights=weights).encoded()
        if len(text) > MOST_ENTRY_BYTES:
            raise UsageError(
                f"what would be attested has {len(text):,} bytes, and an entry of the log at most {MOST_ENTRY_BYTES:,}",
                mend="name fewer files of weights, such as one list of their SHA-256",
            )
        return text.decode()

    def attestation(self, name: str) -> Attestation:
        """Return the attestation of a finished run.

        Raises:
            UsageError: there is no such run, or it is not finished.
        """
        path = self.at(name) / ATTESTATION_NAME
        if not path.exists():
            raise UsageError(f"the run {name} is not finished", mend="finish it with `licet run finish`")
        return _as(Attestation, path)

    def _of_receipts(self, files: Sequence[Path], believed: Sequence[Verifier]) -> tuple[Path, tuple[str, ...]]:
        """Return the sealed manifest that receipts are of, and the names of their items in its set.

        Raises:
            GateError: they are of several manifests, or of one that is not sealed here.
            LogError: one does not check.
        """
        receipts = [_as(Receipt, path) for path in files]
        statements = [receipt.check(believed).statement for receipt in receipts]
        entries = {receipt.entry for receipt in receipts}
        sealed = [folder for folder in self.book.manifests() if self.book.sealed_as(folder)[0].entry in entries]
        if len(entries) != 1 or not sealed:
            raise GateError(
                "the receipts are of several manifests, or of one that is not sealed here",
                mend="give receipts of one manifest of this workspace: only here is it known what superseded them",
            )
        return sealed[0], tuple(map(item_name, statements))


def open_gate(
    run: Path | str,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    salt: Callable[[], bytes] = lambda: os.urandom(32),
    workers: int | None = 1,
) -> Gate:
    """Open the gate of a run by its folder: the one line of a training script.

    Args:
        run: `runs/NAME` in the folder of a workspace.
        now: tells the time, aware.
        salt: gives 32 random bytes.
        workers: processes that check the manifest when the first epoch begins. With more than one, a script must keep
            what it does under `if __name__ == "__main__"`.

    Raises:
        WorkspaceError: there is no workspace there.
        UsageError: there is no such run.
    """
    from licet.workspace.workspace import Workspace

    folder = Path(run).resolve()
    return Workspace.open(folder.parent.parent).runs.gate(folder.name, now=now, salt=salt, workers=workers)


def _attested(path: Path, believed: Sequence[Verifier]) -> tuple[Base, bytes]:
    """Return the base that a file attests, and the file's content.

    Raises:
        LogError: it does not check.
    """
    given = _as(Attestation, path)
    told = read_attested(given.check(believed).statement)
    inherited = "; ".join(dict.fromkeys(base.licence for base in told.bases if base.licence))
    return Base(name=told.model, licence=inherited, statement=sha256_bytes(given.envelope.body)), path.read_bytes()


def _as(kind: type[_Document], path: Path) -> _Document:
    """Return a document of a kind, of which nothing is checked yet."""
    try:
        given = parse_receipt(path.read_bytes())
    except OSError as refused:
        raise SourceError(f"{path} cannot be read: {refused.strerror}") from refused
    except LogError as wrong:
        raise LogError(f"{path}: {wrong.message}", mend=wrong.mend) from wrong
    if not isinstance(given, kind):
        raise UsageError(f"{path} is no {kind.__name__.lower()}", mend="`licet verify` says what it is")
    return given


def _dropped(folder: Path, head: PassHead | None) -> dict[str, int]:
    """Return how many items did not pass, by why: of the last epoch's pass, and what was found when it was read."""
    counts = {} if head is None else dict(head.dropped)
    found = {(one.place, one.item, one.why) for one in read_drops(folder / DROPS)}
    for _, _, why in found:
        counts[why] = counts.get(why, 0) + 1
    return dict(sorted(counts.items()))


def _digests(weights: Iterable[Path]) -> dict[str, str]:
    """Return the SHA-256 of each file of weights, by its name below what was given.

    Raises:
        SourceError: there is none where it was said to be.
        UsageError: two of them have one name.
    """
    found: dict[str, str] = {}
    for path in weights:
        files = {path.name: path} if path.is_file() else {}
        if path.is_dir():
            files = {one.relative_to(path).as_posix(): one for one in sorted(path.rglob("*")) if one.is_file()}
        if not files:
            raise SourceError(f"there are no weights at {path}", mend="name a file, or a folder of files")
        if twice := files.keys() & found.keys():
            raise UsageError(f"two files of weights are called {min(twice)}", mend="name the folder that both lie in")
        found |= {name: sha256_file(one) for name, one in files.items()}
    return {os.fsencode(name).decode("utf-8", "backslashreplace"): digest for name, digest in found.items()}


def _worded(use: tuple[object, ...]) -> str:
    act, purpose, territories, asker, model = use
    whom = "".join(f", {how} {name}" for how, name in (("for", asker), ("model", model)) if name)
    return f"{act}, {purpose}, in {', '.join(territories)}{whom}"  # type: ignore[arg-type]  # the places are a tuple
