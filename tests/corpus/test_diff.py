"""What changed between two clearances, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from corpora import COMMERCIAL, DAY
from licet.corpus import Difference, decide_in_bulk, difference
from licet.corpus.house import house_policy
from licet.corpus.manifest import Head, Line, ReasonLine, StatementLine, Trouble, Written, writing
from licet.errors import ManifestError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = Head(
    licet="1",
    corpus="c",
    act="train-generative",
    purpose="commercial",
    territories=("EU",),
    day="2026-11-22",
    reading="strict",
    accepts=(),
    policy="house 1",
    policy_sha256="0",
    catalogue="x",
    index="y",
)


def reason(rule: str, verdict: str, reading: str = "strict") -> ReasonLine:
    """Return a reason."""
    return ReasonLine((reading,), rule, verdict, f"{rule} says so.", ("e",), "a source", "settled")


def line(item: str, verdict: str, rule: str = "licensed", evidence: tuple[str, ...] = ("e",), row: int = 0) -> Line:
    """Return a line."""
    told = tuple(StatementLine("corpus", "list", "x", "x", "licensed", "", "w", "t", one, "", 0, 0) for one in evidence)
    why = (reason(rule, verdict), reason("elsewhere " + rule, verdict, "eu-tdm"))
    return Line(item=item, row=row, verdict=verdict, reasons=why, statements=told)


def manifest(folder: Path, *lines: Line, **asked: Any) -> Path:
    """Write a manifest."""
    with writing(folder, replace(HEAD, **asked)) as out:
        for one in lines:
            out.add(Written.of(one))
    return folder


def bulk(path: Path, *given: tuple[str | None, str], accepts: tuple[str, ...] = ("attribution", "notice")) -> Path:
    """Decide on items in bulk."""
    items = path.with_suffix(".items")
    pq.write_table(pa.table({"item": [one for one, _ in given], "licence": [says for _, says in given]}), items)
    asked: dict[str, Any] = {"use": COMMERCIAL, "policy": house_policy(), "reading": "strict", "today": DAY}
    asked["licet"] = "1"
    return decide_in_bulk(items, path, accepts=frozenset(accepts), **asked).verdicts


def moves(found: Difference) -> list[tuple[str, str, int]]:
    """Return the verdicts that changed."""
    return [(change.before, change.after, change.items) for change in found.verdicts]


def test_a_manifest_does_not_differ_from_itself(tmp_path: Path) -> None:
    """Nothing changed, and nothing is shown."""
    one = manifest(tmp_path / "one", line("a", "permitted"), Line(item="b", verdict="error", error=Trouble("x", "y")))
    found = difference(one, one, limit=5)
    assert (found.asked, found.verdicts, found.reasons, found.changed, found.same) == ((), (), (), 0, 2)
    assert found.evidence == {"added": 0, "removed": 0, "changed": 0, "same": 2}


def test_manifests_are_compared_item_by_item(tmp_path: Path) -> None:
    """What was asked, the evidence, the verdicts, the reasons under the reading asked for, and some examples."""
    old = manifest(
        tmp_path / "old",
        line("a", "permitted"),
        line("b", "permitted"),
        line("c", "refused", "reserved"),
        line("d", "permitted", evidence=("e", "f")),
        line("e", "permitted", evidence=("e",)),
        line("gone", "permitted"),
    )
    new = manifest(
        tmp_path / "new",
        line("a", "refused", "reserved", ("g",)),
        line("b", "refused", "reserved", ("g",)),
        line("c", "refused", "non-commercial"),
        line("come", "unknown", "silence"),
        line("d", "permitted", evidence=("e",)),
        line("e", "permitted", evidence=("e", "f")),
        day="2026-12-01",
        policy_sha256="1",
    )
    found = difference(old, new, limit=1)
    assert found.asked == (("day", "2026-11-22", "2026-12-01"), ("policy_sha256", "0", "1"))
    assert found.evidence == {"added": 2, "removed": 2, "changed": 2, "same": 1}
    assert moves(found) == [("permitted", "refused", 2), ("absent", "unknown", 1), ("permitted", "absent", 1)]
    worse = found.verdicts[0]
    assert [(one.rule, one.items) for one in worse.appeared] == [("reserved", 2)]
    assert [(one.rule, one.items) for one in worse.went] == [("licensed", 2)]
    assert worse.examples == ("a",)
    (other,) = found.reasons
    assert (other.before, other.appeared[0].rule, other.went[0].rule) == ("refused", "non-commercial", "reserved")
    assert (found.changed, found.same) == (4, 3)


def test_an_item_that_is_listed_twice_is_compared_with_itself(tmp_path: Path) -> None:
    """By its place among those of its name, wherever its rows stand."""
    old = manifest(tmp_path / "old", line("a", "permitted", row=1), line("a", "refused", "reserved", row=2))
    new = manifest(tmp_path / "new", line("a", "permitted", row=7), line("a", "refused", "reserved", row=9))
    assert difference(old, new, limit=5).same == 2


def test_verdicts_in_bulk_are_compared(tmp_path: Path) -> None:
    """One changed licence: the items under it, and no others."""
    old = bulk(tmp_path / "old.parquet", ("a", "CC BY 4.0"), ("b", "CC BY 4.0"), ("c", "CC0"), (None, "CC0"))
    new = bulk(tmp_path / "new.parquet", ("a", "CC BY 4.0"), ("b", "CC BY-NC 4.0"), ("c", "CC0"), (None, "CC0"))
    found = difference(old, new, limit=5)
    assert found.asked == ()
    assert moves(found) == [("permitted", "refused", 1)]
    assert found.verdicts[0].examples == ("b",)
    assert found.evidence == {"added": 0, "removed": 0, "changed": 1, "same": 3}


def test_another_promise_changes_verdicts_and_no_evidence(tmp_path: Path) -> None:
    """The same rows are decided on otherwise, and why is told."""
    given = (("a", "CC BY-SA 4.0"), ("b", "CC0"))
    old = bulk(tmp_path / "old.parquet", *given)
    new = bulk(tmp_path / "new.parquet", *given, accepts=("attribution", "notice", "share-alike"))
    found = difference(old, new, limit=5)
    assert [what for what, _, _ in found.asked] == ["accepts"]
    assert moves(found) == [("refused", "permitted", 1)]
    assert "unaccepted" in {one.rule for one in found.verdicts[0].went}
    assert found.evidence["same"] == 2


def test_what_is_no_clearance_is_a_named_error(tmp_path: Path) -> None:
    """Neither a folder without a manifest, nor any other file."""
    good = bulk(tmp_path / "good.parquet", ("a", "CC0"))
    (tmp_path / "text.parquet").write_text("x")
    (tmp_path / "text.classes.parquet").write_text("x")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "plain.parquet")
    pq.write_table(pa.table({"a": [1]}), tmp_path / "plain.classes.parquet")
    damaged = manifest(tmp_path / "damaged", line("a", "permitted"))
    (damaged / "manifest.parquet").write_bytes(b"PAR1 and nothing else")
    (tmp_path / "empty").mkdir()
    for name in ("nothing.parquet", "text.parquet", "plain.parquet", "empty", "damaged"):
        with pytest.raises(ManifestError):
            difference(good, tmp_path / name, limit=5)
