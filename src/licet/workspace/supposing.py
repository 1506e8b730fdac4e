"""The record as it would be: what a clearance would come to if somebody had granted something."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding, Said, registered_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from licet.catalog import Listed, Right
    from licet.registry.terms import Asker
    from licet.terms import Term
    from licet.workspace.record import WorkspaceRecord

_SOMEBODY = "whoever-holds-it"
_ALL = (Subject(Reach.CATALOGUE),)


@dataclass(frozen=True, slots=True)
class Supposing:
    """A record in which more was said (`said`), or rights are cleared, by whoever holds them (`cleared`)."""

    record: WorkspaceRecord
    said: Mapping[str, Sequence[Said]] = field(default_factory=dict)  # by recording
    cleared: Mapping[str, frozenset[Right]] = field(default_factory=dict)  # likewise

    def resolve(self, identifiers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Map identifiers to the keys of the recordings that carry them."""
        return self.record.resolve(identifiers)

    def find(self, keys: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Listed, ...]]:
        """Map keys to what each source's snapshot of that day says of the recording."""
        return self.record.find(keys, as_of=as_of)

    def signals(self, urls: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Term, ...]]:
        """Map addresses to what was gathered about them by then."""
        return self.record.signals(urls, as_of=as_of)

    def registered(
        self, names: Mapping[str, frozenset[Subject]], *, as_of: datetime, asker: Asker
    ) -> Mapping[str, tuple[Term, ...]]:
        """Map recordings to what their holders say by then, and what is supposed of them."""
        found = dict(self.record.registered(names, as_of=as_of, asker=asker, supposed=self.said))
        for name, rights in self.cleared.items():
            if name in names:
                kept = (term for term in found.get(name, ()) if not term.covers & rights)
                granted = (term.retold(name, term.evidence) for term in _granted(rights, as_of))
                found[name] = (*kept, *granted)
        return found

    def sounds(self, recording: str) -> bool:
        """Whether the sound of a recording is registered."""
        return self.record.sounds(recording)

    def keep(self, content: bytes) -> str:
        """Keep a statement as evidence and return its SHA-256."""
        return self.record.keep(content)


@cache
def _granted(rights: frozenset[Right], at: datetime) -> tuple[Term, ...]:
    """Return what a grant of rights by their only holder comes to, about no recording yet."""
    held = [Holding(_SOMEBODY, _SOMEBODY, right, Fraction(1), Control.TRUSTED_KEY) for right in sorted(rights)]
    grant = Statement(
        kind=Kind.GRANT,
        party=_SOMEBODY,
        actor=_SOMEBODY,
        at=at.isoformat(),
        subjects=_ALL,
        rights=tuple(sorted(rights)),
    )
    said = [Said(grant.id, grant)]
    return registered_terms("", _ALL, held, said, as_of=at, demanded=Control.SELF_DECLARED)
