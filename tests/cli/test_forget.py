"""`licet forget`: a holder withdraws a recording's sound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

from licet import cli
from licet.identify import Fingerprint, IndexWriter

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Make a workspace with the sound of three recordings."""
    CliRunner().invoke(cli.licet, ["init", str(tmp_path)])
    with IndexWriter(tmp_path / "index") as writer:
        for name in "abc":
            frames = np.arange(50, dtype=np.float32)
            writer.add(f"local:{name}", f"{name}.wav", Fingerprint(frames, np.full(50, 9.0, np.float32), 60.0))
    return tmp_path


def test_what_is_forgotten_is_no_longer_in_the_index(place: Path) -> None:
    """And the rest is."""
    done = CliRunner().invoke(cli.licet, ["forget", "local:b", "-w", str(place)])
    assert (done.exit_code, done.output) == (0, "1 forgotten.\n")
    with IndexWriter(place / "index") as writer:
        assert [f"local:{name}" in writer for name in "abc"] == [True, False, True]


def test_what_was_not_there_is_told(place: Path) -> None:
    """Exit code 1, and the others are forgotten all the same."""
    arguments = ["forget", "local:a", "local:[x]", "-w", str(place)]
    done = CliRunner().invoke(cli.licet, arguments)
    assert (done.exit_code, done.output) == (1, "1 forgotten.\n  local:[x] was not in the index\n")
    again = json.loads(CliRunner().invoke(cli.licet, [*arguments, "--json"]).output)
    assert (again["forgotten"], again["missing"], again["erased"]) == ([], ["local:a", "local:[x]"], False)


def test_what_is_erased_leaves_no_trace_in_the_folder(place: Path) -> None:
    """Not even its name."""
    CliRunner().invoke(cli.licet, ["forget", "local:b", "--erase", "-w", str(place)])
    kept = b"".join(file.read_bytes() for file in (place / "index").iterdir())
    assert b"local:b" not in kept
    assert b"local:a" in kept
