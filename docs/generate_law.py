"""Write `docs/law.md` from the files of law: `python docs/generate_law.py`. A test compares the two."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from licet.policy.law import parse_law

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.policy.law import Limitation, Provision

HEAD = """# The law as data

Written by `docs/generate_law.py` from the files in `src/licet/policy/data/law/`, which a lawyer edits. Licet informs.
It is no legal advice.

A *limitation* says that copyright does not reach some uses: whoever meets what it needs may copy without asking. The
default reading, `strict`, leans on none; [the readings](readings.md) say which reading leans on which. A limitation
that *yields* falls away where the holder has reserved the rights. What it *needs* are conditions that whoever asks must
accept in so many words (`--accept lawful-access`).

A limitation applies where it covers the act, the purpose and the whole of the place, on the day asked about. `EU` means
all twenty-seven members, so there it begins with the last transposition on file. Where none is on file for a member,
the directive is cited, and it is said that none is.

- **settled**: courts and the law's own words leave little doubt
- **contested**: courts or governments disagree, or a transposition departs from its directive
- **pending**: a higher court has been asked and has not answered

Every verdict that leans on a limitation is shown as no more settled than the limitation's least settled act.
"""


def page() -> str:
    """Return the page as it should stand."""
    folder = resources.files("licet.policy").joinpath("data/law")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    parsed = [parse_law(file.read_bytes()) for file in files]
    limitations = [one for found, _ in parsed for one in found]
    provisions = [one for _, found in parsed for one in found]
    parts = [HEAD, _overview(limitations), *map(_limitation, limitations), "## Provisions\n"]
    parts += [
        "They decide nothing. They are shown, and priced where a sum is at stake.\n",
        *map(_provision, provisions),
    ]
    return "\n".join(parts)


def _overview(limitations: list[Limitation]) -> str:
    rows = [
        (f"`{one.rule.id}`", one.jurisdiction, ", ".join(sorted(one.rule.purposes)), _yields(one), one.rule.status)
        for one in limitations
    ]
    return "## Limitations\n\n" + _table(("limitation", "place", "purposes", "yields", "status"), rows)


def _limitation(one: Limitation) -> str:
    until = f" to {one.until.isoformat()}" if one.until else ""
    place = f"{one.jurisdiction}, from {one.since.isoformat()}{until}, for {one.holders}."
    acts = _table(("act", "covered"), [(f"`{act}`", status) for act, status in sorted(one.by_act.items())])
    needs = "\n".join(f"- `{name}`: {says}" for name, says in one.needs)
    return (
        f"### {one.rule.id}\n\n{one.rule.says}\n\n"
        f"{place} As of {one.as_of.isoformat()}.\n\n"
        f"Source: {one.rule.cites}.\n\n{acts}\nIt needs:\n\n{needs}\n{_national(one)}"
    )


def _national(limitation: Limitation) -> str:
    if not limitation.national:
        return ""
    rows = [
        (state, one.since.isoformat(), one.cites, f"{one.says} {one.remark}".strip(), one.status)
        for state, one in sorted(limitation.national.items())
    ]
    as_of = min(one.as_of for one in limitation.national.values()).isoformat()
    head = f"\nHow the members of the Union have transposed it, as of {as_of}:\n\n"
    return head + _table(("member", "since", "citation", "in our words", "status"), rows)


def _provision(one: Provision) -> str:
    sums = "".join(f"- {name}: {amount}\n" for name, amount in one.amounts.items())
    what = f"Source: {one.cites}. In {one.jurisdiction}, {one.status}, as of {one.as_of.isoformat()}.\n"
    return f"### {one.id}\n\n{one.says}\n\n{what}" + (f"\n{sums}" if sums else "")


def _yields(one: Limitation) -> str:
    return "to reservations" if one.yields else "to none"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    Path(__file__).with_name("law.md").write_text(page(), encoding="utf-8")
