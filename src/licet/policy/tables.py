"""How a file of rules is read: each value checked where it stands, and every mistake named with its mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from licet.errors import PolicyError
from licet.policy.verdict import Status
from licet.terms import Act, Purpose

if TYPE_CHECKING:
    from licet.terms import Licence

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule says of itself, and when it applies. Empty `families` means every licence."""

    id: str
    says: str
    cites: str
    status: Status
    acts: frozenset[Act] = frozenset()
    purposes: frozenset[Purpose] = frozenset(Purpose)
    families: frozenset[str] = frozenset()
    creative_commons: bool | None = None  # True: those licences alone; False: the others alone; None: all

    def applies(self, licence: Licence, act: Act, purpose: Purpose) -> bool:
        """Whether the rule speaks of this licence put to this act for this purpose."""
        return (
            act in self.acts
            and purpose in self.purposes
            and (not self.families or licence.family in self.families)
            and self.creative_commons in {None, is_creative_commons(licence)}
        )


def is_creative_commons(licence: Licence) -> bool:
    """Whether a licence is one of Creative Commons' own six families or their retired relatives."""
    return licence.key.startswith(("http://creativecommons.org/", "LicenseRef-CC"))


def rule_of(table: dict[str, Any]) -> Rule:
    """Read what every rule says of itself."""
    name = text(table, "id", "a rule")
    whose = table.get("licences", "all")
    if whose not in {"all", "creative-commons", "other"}:
        raise PolicyError(f"{name} is for licences {whose!r}", mend="all, creative-commons or other")
    return Rule(
        id=name,
        says=text(table, "says", name),
        cites=text(table, "cites", name),
        status=member(Status, required(table, "status", name), name),
        acts=frozenset(member(Act, act, name) for act in required(table, "acts", name)),
        purposes=frozenset(member(Purpose, purpose, name) for purpose in table.get("purposes", Purpose)),
        families=frozenset(table.get("families", ())),
        creative_commons={"all": None, "creative-commons": True, "other": False}[whose],
    )


def required(table: dict[str, Any], key: str, where: str) -> Any:  # noqa: ANN401  (TOML gives any value)
    """Return what stands under `key`, which must hold something."""
    if key not in table or table[key] in ("", [], None):
        raise PolicyError(f"{where} has no {key}", mend=f"add `{key}`")
    return table[key]


def text(table: dict[str, Any], key: str, where: str) -> str:
    """Return the text under `key`."""
    value = required(table, key, where)
    if not isinstance(value, str):
        raise PolicyError(f"{where}: {key} is not text")
    return value


def member(kind: type[_E], value: object, where: str) -> _E:
    """Return the member of `kind` that `value` names."""
    try:
        return kind(str(value))
    except ValueError:
        raise PolicyError(f"{where}: there is no {value!r}", mend=f"one of: {', '.join(kind)}") from None
