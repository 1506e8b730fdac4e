"""Everything Licet keeps for one house, opened together: the doors to add, identify, clear and explain."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from licet import identify
from licet.catalog.sources import open_source
from licet.corpus import (
    Clearance,
    Corpus,
    grants_found,
    house_policy,
    law_files,
    write_attribution,
    write_report,
)
from licet.errors import PolicyError, WorkspaceError
from licet.parallel import PROCESSES, Engine
from licet.policy import Policy, Use, parse_policy
from licet.registry.terms import ANYBODY, Asker, control_named
from licet.settings import DATABASE, FILE_NAME, read_settings, template
from licet.workspace.adding import Added, Sounds, add_sounds, add_statements, reject_taken_names
from licet.workspace.claims import Claims
from licet.workspace.clearing import Cleared, cleared_into, manifest_folder, stated_in_words
from licet.workspace.desk import Desk
from licet.workspace.market import Market
from licet.workspace.receipts import ReceiptBook
from licet.workspace.record import INDEX, WorkspaceRecord
from licet.workspace.reopening import Reopener
from licet.workspace.runs import Runs
from licet.workspace.scrubbing import Scrubber
from licet.workspace.stating import licences_stated

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from licet.workspace.gathering import Gatherings
    from licet.workspace.notices import Notices
    from licet.workspace.reopening import Reopening

LATEST = "latest"


class Workspace:
    """An open workspace; a resource, so use it in a `with` block, or call `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = read_settings(folder)
        self.policy = _policy_of(folder)
        self._record = WorkspaceRecord(folder, self.settings.database, control_named(self.settings.control))
        self.catalogue = self._record.catalogue
        self.evidence = self._record.evidence

    @classmethod
    def init(cls, folder: Path | str, database: str = DATABASE) -> Workspace:
        """Make a workspace in `folder` and open it; its catalogue is a file in there, or a database by URL.

        Raises:
            WorkspaceError: there is one already, or the folder cannot be written, or the database not be reached.
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / FILE_NAME).open("x", encoding="utf-8") as stream:
                stream.write(template(database))
        except FileExistsError:
            raise WorkspaceError(f"{folder} is a workspace already", mend="just use it") from None
        except OSError as refused:
            raise WorkspaceError(f"no workspace can be made in {folder}: {refused.strerror}") from refused
        try:
            return cls(folder)
        except BaseException:
            (folder / FILE_NAME).unlink()
            raise

    @classmethod
    def open(cls, folder: Path | str) -> Workspace:
        """Open the workspace in `folder`.

        Raises:
            WorkspaceError: there is none, or it cannot be read.
        """
        return cls(Path(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._record.close()

    @property
    def index_folder(self) -> Path:
        """Where the fingerprints lie."""
        return self.folder / INDEX

    @cached_property
    def receipts(self) -> ReceiptBook:
        """The log of this workspace, and the receipts that stand on it."""
        return ReceiptBook(self.folder)

    @cached_property
    def desk(self) -> Desk:
        """The registry: who speaks for rights, and what they say."""
        registry, arbiters = self._record.registry, self.settings.arbiters
        return Desk(registry, self.catalogue, self.evidence, self.receipts, arbiters)

    @cached_property
    def claims(self) -> Claims:
        """What parties claim, what becomes of it, and the packs that they hand over."""
        return Claims(self._record, self.receipts, self.identify)

    @cached_property
    def market(self) -> Market:
        """What is offered, quoted and accepted."""
        return Market(self.folder / "manifests", self._record, self.policy, self.desk, self.receipts)

    @cached_property
    def notices(self) -> Notices:
        """Who is told what, and what waits to be sent."""
        return self._record.notices(self.receipts)

    @cached_property
    def runs(self) -> Runs:
        """The training runs, their gates and what they attest."""
        return Runs(self.folder, self._record, partial(_policy_of, self.folder), self.receipts, self.notices)

    @property
    def scrubber(self) -> Scrubber:
        """What takes recordings out of models again."""
        return Scrubber(self.runs, self.receipts)

    @property
    def gatherings(self) -> Gatherings:
        """What was gathered from the web, and the door to gather more."""
        return self._record.gatherings

    def add(  # noqa: PLR0913  (each says where a statement comes from, and all but two have a default)
        self,
        kind: str,
        path: Path | str,
        *,
        captured_at: datetime,
        audio: Path | None = None,
        licence: str | None = None,
        licence_from: Path | None = None,
        workers: int | None = None,
        engine: Engine = PROCESSES,
        progress: Callable[[str], None] = lambda _: None,
        options: Mapping[str, object] | None = None,
    ) -> Added:
        """Put a source on record.

        Args:
            kind: a reader: `mtg-jamendo`, `fma`, `stable-audio`, `table`, `ddex-ern`, `audio-folder`.
            path: what it reads.
            captured_at: when its statements were captured, aware.
            audio: the folder its paths are relative to; the sound of every file found there is registered. A folder of
                audio is its own.
            licence: a licence stated for the whole collection, as worded.
            licence_from: the file that states it, kept as evidence.
            workers: processes to listen with; as many as processors without it.
            engine: where they listen: in processes here, or on Ray.
            progress: called with what became of each file.
            options: what else the reader takes.

        Raises:
            SourceError: the source cannot be read as that kind.
            UsageError: another source calls its recordings by the same names.
        """
        path = Path(path).absolute()  # a snapshot is compared with the last one from the same place
        source = open_source(kind, path, **dict(options or {}))
        reject_taken_names(source, self.catalogue)
        recorded, tally = add_statements(
            source,
            self.catalogue,
            self.evidence,
            captured_at=captured_at,
            licence=licence,
            licence_from=licence_from,
        )
        root = audio or (path if kind == "audio-folder" else None)
        sounds = Sounds()
        if root is not None:
            entries = self.catalogue.entries(recorded.snapshot.id)
            sounds = add_sounds(
                entries,
                root,
                self.catalogue,
                self.index_folder,
                workers=workers,
                engine=engine,
                progress=progress,
            )
            self._record.reread()
        return Added(
            recorded=recorded,
            families=tuple(sorted(tally.families.items(), key=lambda pair: (-pair[1], pair[0]))),
            licences=len(tally.keys),
            statements=len(tally.statements),
            unresolved=tally.unresolved,
            silent=tally.silent,
            sounds=sounds,
        )

    def clear(  # noqa: PLR0913  (a question has as many parts; all but two have a default)
        self,
        path: Path | str,
        use: Use,
        *,
        reading: str | None = None,
        accepts: Iterable[str] = (),
        out: Path | None = None,
        audio: Path | None = None,
        columns: Mapping[str, str] | None = None,
        trust_tags: bool = False,
        stated: str | None = None,
        stated_from: Path | None = None,
        asker: Asker = ANYBODY,
        today: date | None = None,
        workers: int | None = None,
        engine: Engine = PROCESSES,
        progress: Callable[[str], None] = lambda _: None,
        report: bool = True,
    ) -> Cleared:
        """Clear the corpus at `path` for `use`: a verdict with its reasons for every item.

        Args:
            path: a folder, or a list (CSV, TSV, JSONL, Parquet) that names items by path, identifier or digest.
            use: the use.
            reading: the reading of the law; the workspace's own without it.
            accepts: conditions that you undertake to keep, besides those of the workspace.
            out: where the manifest goes; a folder of the workspace without it.
            audio: the folder that the paths of a list are relative to; the list's own without it.
            columns: which column of a list holds what.
            trust_tags: whether a tag in a file may permit by itself, with nothing on record to bear it out.
            stated: a licence that the corpus as a whole is said to be under, as worded.
            stated_from: the file that states it, kept as evidence.
            asker: for whom it is asked: a party on record, and a model. A grant for some alone counts for them.
            today: when the corpus is looked at, and what it says of itself captured; the day of the use without it.
            workers: processes to listen with; as many as processors without it.
            engine: where they listen: in processes here, or on Ray.
            progress: called with what each item came to.
            report: whether to write the HTML report and the attribution text too.

        Raises:
            SourceError: there is no such corpus.
            PolicyError: there is no such reading.
            UsageError: a condition that no licence asks for, or nobody is called what the asker is.
        """
        corpus = Corpus(Path(path), audio=audio, columns=columns)
        when = datetime.combine(today or use.day, time.min, UTC)
        if asker.party:
            self.desk.known(asker.party, datetime.max.replace(tzinfo=UTC))
        clearance = Clearance(
            use=use,
            policy=self.policy,
            reading=self.policy.reading(reading or self.settings.reading).name,
            accepts=self._accepted(accepts),
            today=when.date(),
            trust_tags=trust_tags,
            asker=asker,
            stated=(
                *(() if stated is None else (stated_in_words(stated, stated_from, when, self.evidence),)),
                *(grants_found(corpus.root, self.evidence.put_bytes, when) if not corpus.listed else ()),
            ),
        )
        self._record.reread()  # another process may have added sounds
        folder = out or manifest_folder(self.folder, corpus, clearance)
        counts = cleared_into(
            folder, corpus, clearance, self._record, workers=workers, engine=engine, progress=progress
        )
        if report:
            write_report(folder, workers=workers)
            write_attribution(folder)
        (self.folder / "manifests").mkdir(exist_ok=True)
        (self.folder / "manifests" / LATEST).write_text(f"{folder.resolve()}\n", encoding="utf-8")
        return Cleared(folder, counts)

    def identify(self, path: Path | str) -> identify.Hearing:
        """Tell which recordings on record sound in one file; `trouble` says why nothing could be heard."""
        self._record.reread()
        return identify.Hearer(self.index_folder, self._record.index.state)(Path(path))

    def licences_of(self, recordings: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return what the record states of each of `recordings` today: licences by name, `reserved` or `unresolved`."""
        found = self.catalogue.find(tuple(recordings), as_of=datetime.max.replace(tzinfo=UTC))
        return {recording: licences_stated(listed) for recording, listed in found.items()}

    def forget(self, recordings: Iterable[str], *, erase: bool = False) -> tuple[str, ...]:
        """Take the sound of `recordings` out of the index, and return those whose sound was in it.

        Nothing finds them by their sound from now on. What is stored of it goes with the next merge, or now, with
        `erase`, which rewrites the segments that hold it. What was said of them stays on record, with its evidence.

        Raises:
            WorkspaceError: another process is adding to the index, or it cannot be written.
        """
        with identify.IndexWriter(self.index_folder) as writer:
            gone = tuple(recording for recording in recordings if writer.withdraw(recording))
            if erase:
                writer.merge(all=True)
        self._record.reread()
        return gone

    def reopen(
        self,
        *,
        day: date,
        at: datetime,
        salt: Callable[[], bytes],
        evidence: Collection[str] = (),
        recordings: Collection[str] = (),
        progress: Callable[[str], None] = lambda _: None,
    ) -> Iterator[Reopening]:
        """Open again every receipt that leans on what has changed, and supersede those that come out otherwise.

        Args:
            day: the day for which it is decided.
            at: now, aware.
            salt: gives 32 random bytes.
            evidence: SHA-256 of evidence whose receipts are opened besides.
            recordings: keys of recordings whose receipts are opened besides.
            progress: called with what each superseded item came to.

        Raises:
            LogError: there is no log or no key, or another writer is at work.
            ManifestError: a sealed manifest is damaged.
        """
        reopener = Reopener(self._record, self.receipts, self.policy, day, at, salt, progress)
        yield from reopener(evidence, recordings)
        self.notices.superseded()

    def latest_manifest(self) -> Path:
        """Return the folder of the manifest that was written last.

        Raises:
            WorkspaceError: none was.
        """
        try:
            return Path((self.folder / "manifests" / LATEST).read_text(encoding="utf-8").rstrip("\n"))
        except FileNotFoundError:
            raise WorkspaceError("nothing was cleared here yet", mend="run `licet clear`, or name a manifest") from None

    def _accepted(self, more: Iterable[str]) -> frozenset[str]:
        return self.policy.accepted((*self.settings.accept, *more))


def _policy_of(folder: Path) -> Policy:
    """Return the policy that a workspace's settings name today, or the house's."""
    named = read_settings(folder).policy
    if named is None:
        return house_policy()
    path = folder / named
    try:
        return parse_policy(path.read_bytes(), law_files())
    except OSError as refused:
        raise PolicyError(f"the policy {path} cannot be read: {refused.strerror}") from refused
