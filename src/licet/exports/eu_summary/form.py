"""A form that is partly filled: sections of fields, each with what is known and from where, or what a person owes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers that a field offers."""

    says: str
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the template. What is filled says from what; what is not, or not wholly, says what a person owes."""

    label: str
    says: tuple[str, ...] = ()
    table: Table | None = None
    choices: tuple[Choice, ...] = ()
    filled_from: str = ""
    asks: str = ""

    @property
    def filled(self) -> bool:
        """Whether anything is known."""
        return bool(self.says) or self.table is not None or any(choice.taken for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the template and its fields."""

    number: str  # `2.2.1`; "" for what stands above the first
    title: str
    fields: tuple[Field, ...] = ()

    @property
    def depth(self) -> int:
        """1 for a part, 2 for a section, 3 for what a section is divided into."""
        return self.number.count(".") + 1


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole form. `notes` is what a reader must know before the first field."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, in order."""
        return tuple(field for section in self.sections for field in section.fields)

    @property
    def tally(self) -> str:
        """How much of it a person still owes, in a sentence."""
        asked = sum(bool(field.asks) for field in self.fields)
        filled = sum(field.filled for field in self.fields)
        return f"Of {len(self.fields)} fields, {filled} hold what is on record, and {asked} wait for a person."


def owed(label: str, asks: str) -> Field:
    """Return a field that only a person can fill."""
    return Field(label, asks=asks)


def yes_or_no(label: str, asks: str) -> Field:
    """Return a question that only a person can answer."""
    return Field(label, choices=(Choice("Yes"), Choice("No")), asks=asks)
