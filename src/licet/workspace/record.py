"""What a workspace has on record, as deciding asks for it, in this process or in another."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from licet import identify
from licet.catalog.store import CatalogStore
from licet.db import is_url, open_database
from licet.registry.claims.store import ClaimStore
from licet.registry.store import RegistryStore
from licet.registry.terms import ANYBODY, Asker, Control, by_subject, registered_terms
from licet.terms import EvidenceStore
from licet.terms.store import ResponseStore
from licet.workspace.gathering import Gatherings
from licet.workspace.notices import Notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import sqlalchemy as sa

    from licet.catalog import Listed
    from licet.registry.statements import Subject
    from licet.registry.terms import Said
    from licet.terms import Term
    from licet.workspace.receipts import ReceiptBook

INDEX, EVIDENCE = "index", "evidence"


class WorkspaceRecord:
    """The catalogue, the sounds and the evidence in `folder`. Each is opened when first asked for.

    It pickles as where things lie, and nothing that is open goes along.
    """

    def __init__(self, folder: Path, database: str, demanded: Control = Control.ACCOUNT) -> None:
        self.folder = folder
        self.database = database
        self.demanded = demanded  # of whoever grants

    def __getstate__(self) -> dict[str, Any]:
        """Leave behind what is open."""
        return {"folder": self.folder, "database": self.database, "demanded": self.demanded}

    @cached_property
    def _engine(self) -> sa.Engine:
        return open_database(self.database if is_url(self.database) else self.folder / self.database)

    @cached_property
    def catalogue(self) -> CatalogStore:
        """The catalogue."""
        return CatalogStore(self._engine)

    @cached_property
    def evidence(self) -> EvidenceStore:
        """The evidence."""
        return EvidenceStore(self.folder / EVIDENCE)

    @cached_property
    def gatherings(self) -> Gatherings:
        """What was gathered from the web."""
        return Gatherings(ResponseStore(self._engine), self.evidence)

    def notices(self, book: ReceiptBook) -> Notices:
        """Who is told what."""
        return Notices(self._engine, self.registry, book)

    @cached_property
    def registry(self) -> RegistryStore:
        """What parties said for the record."""
        return RegistryStore(self._engine)

    @cached_property
    def claims(self) -> ClaimStore:
        """What parties claim."""
        return ClaimStore(self._engine)

    @cached_property
    def index(self) -> identify.FingerprintIndex:
        """The sounds on record when it was first asked for; `reread` to see what was added since."""
        return identify.FingerprintIndex.open(self.folder / INDEX)

    def reread(self) -> None:
        """Forget the index: sounds were added."""
        self.__dict__.pop("index", None)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def resolve(self, identifiers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Map identifiers to the keys of the recordings that carry them."""
        return self.catalogue.resolve(identifiers)

    def find(self, keys: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Listed, ...]]:
        """Map keys to what each source's snapshot of that day says of the recording."""
        return self.catalogue.find(keys, as_of=as_of)

    def signals(self, urls: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Term, ...]]:
        """Map addresses to what was gathered about them by then. Where nothing was, it is one cheap question."""
        return self.gatherings.terms(urls, as_of=as_of) if urls else {}

    def registered(
        self,
        names: Mapping[str, frozenset[Subject]],
        *,
        as_of: datetime,
        asker: Asker = ANYBODY,
        supposed: Mapping[str, Sequence[Said]] = MappingProxyType({}),
    ) -> Mapping[str, tuple[Term, ...]]:
        """Map recordings, each with all that a statement may call it, to what their holders say to `asker` by then.

        `supposed` is what is heard of each besides, as if it were on record.
        """
        with self.registry.in_one_state():  # else a grant could be heard, and a holder who came before it not
            holdings = self.registry.holdings(tuple(names), as_of=as_of)
            parties = {one.party for those in holdings.values() for one in those}
            said = by_subject(self.registry.about({name: names[name] for name in holdings}, parties, offers=False))
        return {
            recording: terms
            for recording, held in holdings.items()
            if (
                terms := registered_terms(
                    recording,
                    names[recording],
                    held,
                    (*said(names[recording]), *supposed.get(recording, ())),
                    as_of=as_of,
                    demanded=self.demanded,
                    asker=asker,
                )
            )
        }

    def sounds(self, recording: str) -> bool:
        """Whether the sound of a recording is registered."""
        return recording in self.index

    def keep(self, content: bytes) -> str:
        """Keep a statement as evidence and return its SHA-256."""
        return self.evidence.put_bytes(content)
