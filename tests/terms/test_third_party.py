"""A third party's grant is recognised, and never counts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Stance
from licet.terms.third_party import LONGEST, MOST_FILES, grants_in, third_party_grant

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "conflicting-grants"
YAML = b"""manifest_version: 1
issuer:
  type: self
asset:
  identifier: example.org/some/data-set
rights:
  train: {granted: true}
  commercial: {granted: true}
"""
FACTS = {"manifest_version": 1, "issuer": {"type": "platform"}, "rights": {"train": {"granted": True}}}

GRANTS = {
    "yaml": (YAML, "issuer: self"),
    "windows lines": (YAML.replace(b"\n", b"\r\n"), "issuer: self"),
    "quoted": (b'"manifest_version": "1"\n"issuer": {"type": "self"}\n"rights":\n', "issuer: self"),
    "json": (json.dumps(FACTS, indent=2).encode(), "issuer: platform"),
    "json in one line": (json.dumps(FACTS, separators=(",", ":")).encode(), "issuer: platform"),
    "nobody": (b"manifest_version: 1\nissuer:\nrights: all\n", "issuer: nobody"),
    "not UTF-8": (b"\xff\n" + YAML, "issuer: self"),
}
OTHERS = {
    "empty": b"",
    "a card": b"license: cc-by-4.0\n",
    "no rights": YAML.replace(b"rights", b"wrongs"),
    "too long": YAML + b"#" * LONGEST,
    "noise": bytes(range(256)),
    "blanks": b"issuer:" + b" " * (LONGEST - 7),
    "blank lines": b"issuer:" + b"\n" * (LONGEST - 7),
    "commas": b", " * (LONGEST // 2),
    "one word": b"issuer" * (LONGEST // 6),
}


@pytest.mark.parametrize(("content", "note"), GRANTS.values(), ids=GRANTS)
def test_recognised(content: bytes, note: str) -> None:
    """It is told by its keys, whoever it names, and comes to nothing."""
    found = third_party_grant(content)
    assert found is not None
    assert found.stance is Stance.UNRESOLVED
    assert note in found.notes[0]


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_not_recognised(content: bytes) -> None:
    """What is none is left to whoever reads it."""
    assert third_party_grant(content) is None


@given(st.binary(max_size=500).map(lambda noise: YAML + noise))
def test_never_a_permission(content: bytes) -> None:
    """Whatever follows, it offers no licence and no clause."""
    found = third_party_grant(content)
    assert found is not None
    assert not found.offers
    assert not found.clauses


def test_found_in_a_folder(tmp_path: Path) -> None:
    """It is found beside the audio and one folder down, hidden or not; links, folders and long files are not read."""
    (tmp_path / ".rights").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / ".rights" / "manifest.yaml").write_bytes(YAML)
    (tmp_path / "grant.json").write_bytes(json.dumps(FACTS, indent=1).encode())
    (tmp_path / "card.yml").write_text("license: cc-by-4.0\n")
    (tmp_path / "long.yml").write_bytes(YAML + b"#" * LONGEST)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "grant.json")
    (tmp_path / "grant.txt").write_bytes(YAML)
    assert [name for name, _, _ in grants_in(tmp_path)] == [".rights/manifest.yaml", "grant.json"]


def test_a_folder_of_thousands(tmp_path: Path) -> None:
    """No more files are opened than the limit."""
    for number in range(MOST_FILES + 5):
        (tmp_path / f"{number:03}.yaml").write_bytes(YAML)
    assert len(list(grants_in(tmp_path))) == MOST_FILES


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read is no grant, and stops nothing."""
    (tmp_path / "grant.yaml").write_bytes(YAML)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert list(grants_in(tmp_path)) == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the checkout")
def test_the_one_in_the_wild() -> None:
    """The manifest that was put into MTG-Jamendo's repository is told for what it is."""
    assert [name for name, _, _ in grants_in(SHARED)] == ["MTG_mtg-jamendo-dataset_manifest.yaml"]
