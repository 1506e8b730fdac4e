"""What every reader of a signal shares: what it is asked, what it answers, and how sure we are of its standard."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.terms.clauses import Says
from licet.terms.statement import Resolution, Stance

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.terms.clauses import Clause

MOST_BYTES = 1 << 20  # of a signal that is read at all; a reader may bound itself further
LONGEST_TOKEN = 200  # characters of a clause's words that are shown


class Certainty(StrEnum):
    """How sure we are of what a signal means."""

    PRIMARY = "primary"  # read in the standard itself
    SECOND_HAND = "second-hand"  # known from others who describe it
    WEAK = "weak"  # no agreed text: never the only ground for a permission


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: the resource, by its absolute URL, or "" where the bytes speak of it directly."""

    url: str = ""
    vocabulary: str = ""  # the version of the protocol's words, where the source names one; "" for the newest


@dataclass(frozen=True, slots=True)
class Signal:
    """What some bytes say of a target, in one protocol.

    No clauses is silence, in the protocol's own word for it (`silence`); `problems` say what was there and not
    understood.
    """

    protocol: str  # `aipref`
    vocabulary: str  # the version that it was read by: `aipref-vocab-07`
    silence: str  # what the protocol calls it when nothing is said: `unknown`, `unset`, `unlicensed`
    clauses: tuple[Clause, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def resolution(self) -> Resolution:
        """Return the signal as a term holds it. What was not understood leaves a permission unresolved."""
        notes = (f"{self.protocol}, read as {self.vocabulary}", *self.problems)
        if self.problems and not any(clause.says is Says.RESERVES for clause in self.clauses):
            return Resolution(Stance.UNRESOLVED, notes=notes)
        if not self.clauses:
            return Resolution(Stance.SILENT, notes=(*notes, f"{self.protocol} calls this {self.silence}"))
        return Resolution(Stance.SIGNALLED, notes=notes, clauses=self.clauses, partly=bool(self.problems))


@dataclass(frozen=True, slots=True)
class Reader:
    """One protocol: its name, its standard, how sure we are of it, what it calls silence, and how it is read.

    `read` takes bytes exactly as served and what is asked about. It answers every input, however hostile, and in a
    time that is linear in its length.
    """

    protocol: str
    standard: str  # the text that it follows, with version and date
    certainty: Certainty
    silence: str
    read: Callable[[bytes, Target], Signal]
