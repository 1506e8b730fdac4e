"""A corpus is cleared item by item: what each is, its verdict, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from corpora import COMMERCIAL, MASTERS, RATE_HZ, THEN, clip, lines_of, piece
from licet.corpus import house_policy
from playing import write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line
    from licet.workspace import Workspace


@pytest.mark.parametrize(
    ("item", "verdict", "recording"),
    [
        ("exact.wav", "permitted", "local:licences/given.wav"),
        ("same-samples.flac.wav", "refused", "local:licences/kept.wav"),
        ("clips/given.mp3", "permitted", "local:licences/given.wav"),
        ("clips/kept.opus", "refused", "local:licences/kept.wav"),
        ("clips/reserved.mp3", "refused", "local:licences/reserved.wav"),
        ("clips/unsaid.flac", "unknown", "local:licences/unsaid.wav"),
        ("clips/asked.m4a", "unknown", "local:licences/asked.wav"),
        ("stranger.mp3", "unknown", None),
        ("stranger-cc0.mp3", "unknown", None),
        ("laundered.mp3", "refused", "local:licences/kept.wav"),
    ],
    ids=str,
)
def test_each_item_is_told_and_decided(
    commercial: dict[str, Line], item: str, verdict: str, recording: str | None
) -> None:
    """Whatever it is called and however it was encoded."""
    line = commercial[item]
    assert (line.verdict, line.recordings[:1]) == (verdict, (recording,) if recording else ())


def test_files_that_are_plainly_no_audio_are_left_alone(commercial: dict[str, Line]) -> None:
    """A text file with a text suffix is not a bad recording."""
    assert "notes.txt" not in commercial


def test_the_same_bytes_are_told_by_their_digest(commercial: dict[str, Line]) -> None:
    """Which is surer than any sound."""
    assert (commercial["exact.wav"].identified_by, commercial["exact.wav"].confidence) == ("file-digest", 1.0)


def test_a_clip_says_where_in_the_recording_it_begins(commercial: dict[str, Line]) -> None:
    """And with which probability."""
    line = commercial["clips/given.mp3"]
    match = line.matches[0]
    assert line.identified_by == "fingerprint"
    assert abs(match.reference_start_s - match.query_start_s - 4.0) < 0.1
    assert match.path == "given.wav"


@pytest.mark.parametrize(
    ("pieces", "verdict"),
    [
        pytest.param((1, 99, 1), "permitted", id="one that is permitted, twice"),
        pytest.param((1, 3), "refused", id="one of them is refused"),
        pytest.param((4, 1), "unknown", id="nobody says anything of one"),
        pytest.param((4, 1, 3), "refused", id="the least permissive decides"),
    ],
)
def test_a_medley_needs_the_word_of_every_holder(
    workspace: Workspace, tmp_path: Path, pieces: tuple[int, ...], verdict: str
) -> None:
    """A file that holds several recordings is cleared for all of them or not at all; each is named once."""
    (tmp_path / "corpus").mkdir()
    write_wav(tmp_path / "corpus" / "medley.wav", np.concatenate([piece(seed) for seed in pieces]), RATE_HZ)
    workspace.clear(tmp_path / "corpus", COMMERCIAL, out=tmp_path / "out", workers=1, report=False)
    line = lines_of(tmp_path / "out")["medley.wav"]
    names = {seed: f"local:licences/{name}.wav" for name, seed, _ in MASTERS}
    assert sorted(line.recordings) == sorted({names[seed] for seed in pieces if seed in names})
    assert line.verdict == verdict


def test_what_is_heard_and_not_on_record_that_day_is_a_doubt(workspace: Workspace, tmp_path: Path) -> None:
    """The sound is registered, its terms were captured later: what is stated of the corpus does not speak for it."""
    (tmp_path / "corpus").mkdir()
    write_wav(tmp_path / "corpus" / "clip.wav", clip(1), RATE_HZ)
    before = replace(COMMERCIAL, day=THEN.date() - timedelta(days=2))
    workspace.clear(tmp_path / "corpus", before, out=tmp_path / "out", workers=1, report=False)
    line = lines_of(tmp_path / "out")["clip.wav"]
    assert line.verdict == "unknown"
    assert ("doubtful", "local:licences/given.wav") in {(reason.rule, reason.about) for reason in line.reasons}


def test_laundering_is_caught_and_both_statements_are_shown(research: dict[str, Line]) -> None:
    """The tag says CC0; the sound is a recording under CC BY-NC-SA, which research would have been permitted."""
    line = research["laundered.mp3"]
    assert line.verdict == "refused"
    assert "disagreement" in {reason.rule for reason in line.reasons}
    assert {(one.voice, one.licence) for one in line.statements} == {
        ("corpus", "CC0 1.0"),
        ("catalogue", "CC BY-NC-SA 2.0 FR"),
    }
    assert research["clips/kept.opus"].verdict == "permitted"


def test_a_tag_alone_permits_only_where_tags_are_trusted(
    commercial: dict[str, Line], workspace: Workspace, copies: Path, tmp_path: Path
) -> None:
    """By default it is unknown, and the line says what would change that."""
    line = commercial["stranger-cc0.mp3"]
    assert "uncorroborated" in {reason.rule for reason in line.reasons}
    assert "trusting what tags say (--trust-tags)" in line.changes
    workspace.clear(copies, COMMERCIAL, out=tmp_path, trust_tags=True, workers=1, report=False)
    assert lines_of(tmp_path)["stranger-cc0.mp3"].verdict == "permitted"
    assert lines_of(tmp_path)["laundered.mp3"].verdict == "refused"


def test_a_permitted_item_carries_the_credit_that_its_licence_asks_for(commercial: dict[str, Line]) -> None:
    """Title, author, source, licence."""
    expected = (
        "“Given” by Given's Maker, https://example.org/given — CC BY 4.0 <https://creativecommons.org/licenses/by/4.0/>"
    )
    assert commercial["exact.wav"].attribution == expected
    assert commercial["clips/kept.opus"].attribution == ""


def test_every_line_has_reasons_under_every_reading_and_they_name_evidence(commercial: dict[str, Line]) -> None:
    """Laws 3 and 4, in the manifest."""
    for line in commercial.values():
        assert {name for reason in line.reasons for name in reason.readings} == {
            reading.name for reading in house_policy().readings
        }
        assert all(reason.evidence for reason in line.reasons)


def test_what_would_change_a_refusal_is_said(commercial: dict[str, Line]) -> None:
    """In words that a person can act on."""
    assert "permission from the holder for this purpose" in commercial["clips/kept.opus"].changes
