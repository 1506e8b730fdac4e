"""What a notice is made of: the claim, how it stands, what was found, and what was on record at the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from licet.corpus import StatementLine
    from licet.registry.claims import Claim, Disclosed, Found, Standing
    from licet.registry.parties import Party


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the pack that holds evidence; `trouble` says why there is none."""

    file: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Where a recording sounds in a file, and the picture of both; `notes` say what could not be shown, and why."""

    found: Found
    picture: str = ""  # the file of the pack; "" where no sound was at hand
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One item of a manifest, or one audio file: what was found in it, and what was said of that at the time."""

    label: str  # "Item", "Output"
    name: str
    sha256: str  # of the file; "" where it is not known
    facts: tuple[tuple[str, str], ...]  # what else is known of it: label and words
    shown: tuple[Shown, ...]
    terms: tuple[tuple[StatementLine, Kept], ...] = ()
    receipt: Kept = Kept()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """What the claimant was on record to hold in one recording at the moment of the claim, by whose word."""

    recording: str
    title: str
    right: str
    share: Fraction | None
    control: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement of the claimant's about the recordings, made before the claim."""

    id: str
    kind: str
    at: str
    says: str
    signed: bool
    kept: Kept


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a notice tells, and the files that go along: `files` by their names in the pack."""

    claim: Claim
    claimant: Party
    standing: Standing
    as_of: datetime
    origin: str  # of the log
    places: dict[str, int]  # in the log: of the claim and its steps, by id
    titles: dict[str, str]  # by recording: title and artist, where they are on record
    exhibits: tuple[Exhibit, ...]
    disclosures: tuple[tuple[Disclosed, Kept], ...]
    held: tuple[Held, ...]
    spoken: tuple[Spoken, ...]
    files: dict[str, bytes]
    licet: str  # version
