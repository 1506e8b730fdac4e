"""The policy file: named readings of the law, and the rules of each, every one with its source.

The file is TOML that a lawyer edits (`policy/data/house.toml` is ours). `parse_policy` takes its bytes and gives a
frozen `Policy`, or a `PolicyError` that names the rule and what is wrong with it. A rule without a citation is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.digests import sha256_bytes
from licet.errors import PolicyError, UsageError
from licet.policy.law import parse_law
from licet.policy.tables import Rule, member, required, rule_of, text
from licet.policy.verdict import Binds, Status
from licet.terms import Force, Permission, Prohibition, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from licet.policy.law import Limitation, Provision

LAWS = frozenset(
    {
        "licensed",
        "unaccepted",
        "reserved",
        "silence",
        "uncorroborated",
        "unresolved",
        "later",
        "dropped",
        "disagreement",
        "contradicted",
        "doubtful",
        "other-layer",
        "other-version",
        "third-party",
        "signal-permits",
        "signal-asks",
        "signal-reserves",
        "no-grant",
    }
)


# What signals ask in return, besides: RSL 1.0 (payment, reporting), ODRL as TDMRep uses it (consent, payment).
ASKED_BY_SIGNALS = frozenset({"attribution", "consent", "payment", "reporting"})


@dataclass(frozen=True, slots=True)
class Need:
    """A use needs a permission. Where it is missing the use is refused, or goes ahead under `otherwise`."""

    rule: Rule
    permission: Permission
    otherwise: str = ""  # a condition that binds on sharing


@dataclass(frozen=True, slots=True)
class Bar:
    """A prohibition bars a use; with no prohibition named, belonging to the rule's families is enough."""

    rule: Rule
    prohibition: Prohibition | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A requirement becomes a condition."""

    rule: Rule
    requirement: Requirement
    condition: str
    binds: Binds


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A named, cited way to read contested law. Compared by identity: a reading belongs to its policy."""

    name: str
    title: str
    summary: str
    cites: str
    needs: tuple[Need, ...]
    bars: tuple[Bar, ...]
    duties: tuple[Duty, ...]
    takes: frozenset[Force]  # which signals that permit are taken for a permission
    limitations: tuple[Limitation, ...]  # the exceptions to copyright that it leans on


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A versioned set of readings, named by the SHA-256 of the files it was read from."""

    name: str
    version: str
    as_of: date
    digest: str
    readings: tuple[Reading, ...]
    laws: dict[str, Rule]
    provisions: tuple[Provision, ...]  # law that decides nothing here, and is shown

    @property
    def conditions(self) -> frozenset[str]:
        """Return the names of every condition that a licence, a signal or an exception may ask for."""
        duties = {duty.condition for reading in self.readings for duty in reading.duties}
        leant = {limitation for reading in self.readings for limitation in reading.limitations}
        needs = {name for limitation in leant for name, _ in limitation.needs}
        return ASKED_BY_SIGNALS | duties | needs

    def accepted(self, names: Iterable[str]) -> frozenset[str]:
        """Return the conditions that somebody undertakes to keep.

        Raises:
            UsageError: one of them is asked for by nothing.
        """
        accepted = frozenset(names)
        if unknown := accepted - self.conditions:
            known = ", ".join(sorted(self.conditions))
            raise UsageError(f"no licence asks for {', '.join(sorted(unknown))}", mend=f"conditions are: {known}")
        return accepted

    def reading(self, name: str) -> Reading:
        """Return the reading called `name`.

        Raises:
            PolicyError: there is none.
        """
        for reading in self.readings:
            if reading.name == name:
                return reading
        names = ", ".join(reading.name for reading in self.readings)
        raise PolicyError(f"policy {self.name} has no reading {name!r}", mend=f"one of: {names}")


def parse_policy(content: bytes, law: Sequence[bytes] = ()) -> Policy:
    """Read a policy file, and the files of law that its readings lean on.

    Raises:
        PolicyError: one is no TOML, or a rule is missing something, names what there is not, or repeats an id.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as broken:
        raise PolicyError(f"the policy file is not valid TOML: {broken}") from broken
    _reject_repeated_ids(document)
    names = tuple(document.get("reading", {}))
    if not names:
        raise PolicyError("the policy has no reading", mend="add a [reading.<name>] table")
    parsed = [parse_law(one) for one in law]
    found = [one for some, _ in parsed for one in some]
    limitations = {one.rule.id: one for one in found}
    if len(limitations) < len(found):
        raise PolicyError("two files of law state an exception under one id", mend="an exception's id is its own")
    return Policy(
        name=text(document, "name", "the policy"),
        version=text(document, "version", "the policy"),
        as_of=required(document, "as_of", "the policy"),
        digest=sha256_bytes(b"".join([content, *(sha256_bytes(one).encode() for one in law)])),
        readings=tuple(_reading(document, name, names, limitations) for name in names),
        laws=_laws(document),
        provisions=tuple(one for _, some in parsed for one in some),
    )


def _reading(
    document: dict[str, Any], name: str, names: tuple[str, ...], limitations: Mapping[str, Limitation]
) -> Reading:
    about = document["reading"][name]
    where = f"reading {name}"
    leans = about.get("limitations", ())
    if missing := [one for one in leans if one not in limitations]:
        raise PolicyError(f"{where} leans on {missing[0]!r}, which no file of law states")

    def belonging(kind: str) -> list[dict[str, Any]]:
        return [table for table in document.get(kind, []) if name in _readings(table, kind, names)]

    return Reading(
        name=name,
        title=text(about, "title", where),
        summary=text(about, "summary", where),
        cites=text(about, "cites", where),
        needs=tuple(_need(table) for table in belonging("need")),
        bars=tuple(_bar(table) for table in belonging("bar")),
        duties=tuple(_duty(table) for table in belonging("duty")),
        takes=frozenset(member(Force, one, where) for one in about.get("takes", [Force.GRANT])),
        limitations=tuple(limitations[one] for one in leans),
    )


def _readings(table: dict[str, Any], kind: str, names: tuple[str, ...]) -> list[str]:
    where = f"{kind} {table.get('id', '?')}"
    listed: list[str] = required(table, "readings", where)
    for name in listed:
        if name not in names:
            raise PolicyError(f"{where} belongs to reading {name!r}, which there is not")
    return listed


def _need(table: dict[str, Any]) -> Need:
    rule = rule_of(table)
    permission = member(Permission, required(table, "permission", rule.id), rule.id)
    return Need(rule, permission, table.get("otherwise", ""))


def _bar(table: dict[str, Any]) -> Bar:
    rule = rule_of(table)
    named = table.get("prohibition")
    if named is None and not rule.families:
        raise PolicyError(f"{rule.id} bars everything", mend="name a prohibition or families")
    return Bar(rule, None if named is None else member(Prohibition, named, rule.id))


def _duty(table: dict[str, Any]) -> Duty:
    rule = rule_of(table)
    return Duty(
        rule,
        member(Requirement, required(table, "requirement", rule.id), rule.id),
        text(table, "condition", rule.id),
        member(Binds, required(table, "binds", rule.id), rule.id),
    )


def _laws(document: dict[str, Any]) -> dict[str, Rule]:
    tables = document.get("law", {})
    if missing := LAWS - tables.keys():
        raise PolicyError(f"the policy leaves out the laws {', '.join(sorted(missing))}")
    if unknown := tables.keys() - LAWS:
        raise PolicyError(f"the policy names laws that there are not: {', '.join(sorted(unknown))}")
    return {
        name: Rule(
            id=name,
            says=text(table, "says", f"law {name}"),
            cites=text(table, "cites", f"law {name}"),
            status=member(Status, required(table, "status", f"law {name}"), f"law {name}"),
        )
        for name, table in tables.items()
    }


def _reject_repeated_ids(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for kind in ("need", "bar", "duty"):
        for table in document.get(kind, []):
            name = table.get("id", "")
            if name in seen:
                raise PolicyError(f"two rules are called {name!r}", mend="a rule's id is its own")
            seen.add(name)
