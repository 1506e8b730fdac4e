"""The house's policy, and the law that its readings lean on, as they come with Licet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from licet.policy import Policy, parse_policy


@cache
def house_policy() -> Policy:
    """Return the policy that holds where a workspace names no other."""
    return parse_policy((files("licet.policy") / "data" / "house.toml").read_bytes(), law_files())


def law_files() -> tuple[bytes, ...]:
    """Return the files of law that come with Licet, by name."""
    folder = files("licet.policy") / "data" / "law"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(one.read_bytes() for one in found)
