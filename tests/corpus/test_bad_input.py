"""One bad file never stops a scan: it becomes a line that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpora import COMMERCIAL, lines_of

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line
    from licet.workspace import Workspace

Broken = tuple[dict[str, str], dict[str, "Line"]]


def test_every_bad_file_is_a_line_with_its_code(broken: Broken) -> None:
    """And nothing else is lost or made up."""
    expected, lines = broken
    assert {item: line.error.code if line.error else "" for item, line in lines.items()} == expected


def test_every_error_says_what_is_wrong_and_how_to_mend_it(broken: Broken) -> None:
    """In words."""
    for line in broken[1].values():
        if line.error is not None:
            assert (line.verdict, bool(line.error.message), bool(line.error.mend)) == ("error", True, True)


def test_a_file_cut_short_is_heard_as_far_as_it_goes_and_says_so(broken: Broken) -> None:
    """A partial result says that it is partial."""
    line = broken[1]["cut.mp3"]
    assert line.partial
    assert line.notes
    assert line.recordings == ("local:licences/given.wav",)


def test_names_that_are_no_plain_text_do_no_harm(broken: Broken) -> None:
    """They are escaped, and the sound is told all the same."""
    for item in ("new\\x0aline.mp3", "caf\\xe9.mp3", "misnamed.wav"):
        assert broken[1][item].recordings == ("local:licences/given.wav",)


def test_eight_channels_at_192_khz_are_heard(broken: Broken) -> None:
    """And described."""
    line = broken[1]["eight.wav"]
    assert (line.sample_rate_hz, line.channels, line.duration_s) == (192_000, 8, 1.0)


def test_a_list_with_bad_rows_and_paths_that_lead_out_loses_only_those(workspace: Workspace, tmp_path: Path) -> None:
    """A list is other people's input."""
    listing = tmp_path / "list.csv"
    listing.write_text('path,licence\n../secret.mp3,CC0\n/etc/passwd,CC0\nmissing.mp3,CC0\n"a,b\n', encoding="utf-8")
    workspace.clear(listing, COMMERCIAL, out=tmp_path / "out", workers=1)
    codes = sorted(line.error.code for line in lines_of(tmp_path / "out").values() if line.error)
    assert codes == ["bad-row", "outside", "outside", "unreadable"]


def test_an_empty_folder_gives_an_empty_manifest(workspace: Workspace, tmp_path: Path) -> None:
    """Nothing is nothing, and no error."""
    (tmp_path / "corpus").mkdir()
    assert workspace.clear(tmp_path / "corpus", COMMERCIAL, out=tmp_path / "out", workers=1).counts.total == 0
