from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

import train_tagger
from licet.demo.encoding import FLAC, encode
from licet.demo.tones import RATE
from licet.errors import AudioError, SourceError
from licet.workspace import Workspace
from tagger.clearing import apart
from tagger.features import BANDS, CHUNK, FRAMES, RATE_HZ, chunks, log_mel, mel_bands, middle
from tagger.games import game_pieces, stated_licence
from tagger.generated import TRACKS, shared_out
from tagger.jamendo import jamendo_pieces, read_list
from tagger.mels import Chunks
from tagger.metrics import average_precision, by_tag, difference, macro, roc_auc
from tagger.model import Tagger, loss_of, scores_of
from tagger.pieces import TEST, TRAIN, Piece, split, targets, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

ASKED = frozenset({"instrument"})


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Keep PyTorch to one thread: small models take longer with more, where tests run side by side."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def piece(name: str, artist: str = "", tags: str = "", asked: frozenset[str] = ASKED) -> Piece:
    """Return a piece; `tags` parted by spaces."""
    return Piece(name, name, artist or name, frozenset(tags.split()), asked)


# --- The figures


@pytest.mark.parametrize(
    ("truth", "scores", "roc", "precision"),
    [
        pytest.param(
            [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75, 5 / 6, id="the example of scikit-learn's documentation"
        ),
        pytest.param([0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8], 1.0, 1.0, id="told apart"),
        pytest.param([1, 0, 1, 0], [0.1, 0.9, 0.2, 0.8], 0.0, (1 / 3 + 2 / 4) / 2, id="the wrong way round"),
        pytest.param([1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5], 0.5, 0.25, id="all alike: a coin, and how often there is one"),
        pytest.param([1, 0, 1], [0.5, 0.5, 0.4], 0.25, (1 / 2 + 2 / 3) / 2, id="a tie counts half"),
    ],
)
def test_known_figures(truth: list[float], scores: list[float], roc: float, precision: float) -> None:
    """ROC-AUC and PR-AUC are what they are by hand."""
    answers, given = np.array(truth, np.float32), np.array(scores, np.float32)
    assert roc_auc(answers, given) == pytest.approx(roc)
    assert average_precision(answers, given) == pytest.approx(precision)


def test_the_figures_are_those_of_scikit_learn() -> None:
    """On draws with many ties, both figures are what the field reports them with."""
    draw = np.random.default_rng(1)
    for _ in range(20):
        truth = np.append(draw.integers(0, 2, 30), (0, 1)).astype(np.float32)
        scores = draw.integers(0, 8, 32).astype(np.float32)
        assert roc_auc(truth, scores) == pytest.approx(roc_auc_score(truth, scores))
        assert average_precision(truth, scores) == pytest.approx(average_precision_score(truth, scores))


def test_unknown_tags_do_not_count() -> None:
    """A tag is scored on the pieces of which it is known, and a tag that all or none of them have is left out."""
    truth = np.array([[0, 1], [1, 1], [np.nan, 1], [1, np.nan]], np.float32)
    scores = np.array([[0.1, 3], [0.9, 2], [0.0, 1], [0.8, 0]], np.float32)
    told = by_tag(truth, scores)
    assert (told[0], told[1]) == ((1.0, 1.0), None)
    assert macro(told) == (1.0, 1.0)


def test_the_same_model_gains_nothing() -> None:
    """Between a model and itself there is no difference, and a better one lies above it."""
    draw = np.random.default_rng(2)
    truth = draw.integers(0, 2, (60, 2)).astype(np.float32)
    guess, knows = draw.normal(size=(60, 2)).astype(np.float32), truth + draw.normal(0, 0.1, (60, 2)).astype(np.float32)
    assert difference(truth, guess, guess, draws=20, seed=0) == ((0, 0), (0, 0))
    assert difference(truth, guess, knows, draws=20, seed=0)[0].roc_auc > 0.1


# --- The pieces


def test_what_was_not_asked_is_unknown() -> None:
    """A tag that a piece lacks is a no in a category that it was asked about, and unknown in any other."""
    pieces = [piece("a", tags="instrument---harp"), piece("b", tags="play---racing", asked=frozenset({"play"}))]
    tags = vocabulary(pieces)
    assert tags == ["instrument---harp", "play---racing"]
    np.testing.assert_array_equal(targets(pieces, tags), [[1, np.nan], [np.nan, 1]])


def test_an_artist_is_in_one_part() -> None:
    """No artist is in two parts, every piece is in one, and about the share asked for is tested on."""
    pieces = [piece(f"{artist}/{turn}", f"artist {artist}") for artist in range(30) for turn in range(artist % 4 + 1)]
    parted = split(pieces, tested=0.3, seed=1)
    trained, held = ({one.artist for one in parted if one.part == part} for part in (TRAIN, TEST))
    assert not trained & held
    assert [one.name for one in parted] == [one.name for one in pieces]
    assert 0.3 <= sum(one.part == TEST for one in parted) / len(pieces) < 0.4
    assert split(pieces, tested=0.3, seed=1) == parted


def test_what_sounds_in_both_parts_is_not_tested(tmp_path: Path) -> None:
    """A piece in which a recording sounds that is trained on is not tested on, whatever its file is called."""
    for name, found in {"train": {"a": ["r1"], "b": []}, "test": {"c": ["r2"], "d": ["r2", "r1"], "e": []}}.items():
        (tmp_path / name).mkdir()
        pq.write_table(
            pa.table({"item": list(found), "recordings": list(found.values())}), tmp_path / name / "manifest.parquet"
        )
    left = apart([piece(name) for name in "cde"], tmp_path / "test", [piece("a"), piece("b")], tmp_path / "train")
    assert [one.name for one in left] == ["c", "e"]


LIST = """\
TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS
track_0000214\tartist_000014\talbum_000031\t14/214.mp3\t124.6\tgenre---punkrock
track_1009600\tartist_000020\talbum_000046\t00/1009600.mp3\t211.1\tgenre---rock\tinstrument---voice\tmood/theme---sad
"""


def test_the_official_lists_are_read(tmp_path: Path) -> None:
    """A track goes by its identifier, with every tag of its line; with audio, by the path at which that lies."""
    (tmp_path / "list.tsv").write_text(LIST)
    first, second = read_list(tmp_path / "list.tsv", TEST)
    assert (first.name, first.artist, first.part) == ("jamendo:214", "artist_000014", TEST)
    assert (second.name, second.path) == ("jamendo:1009600", "00/1009600.mp3")
    assert second.tags == {"genre---rock", "instrument---voice", "mood/theme---sad"}
    (tmp_path / "14").mkdir()
    (tmp_path / "14" / "214.mp3").touch()
    assert [one.name for one in read_list(tmp_path / "list.tsv", TEST, tmp_path)] == [
        "14/214.mp3",
        "00/1009600.low.mp3",
    ]


def test_what_is_no_list_says_where(tmp_path: Path) -> None:
    """A line that is no track is named, and so is a list that is not there."""
    (tmp_path / "list.tsv").write_text(LIST + "1009601,20,46\n")
    with pytest.raises(SourceError, match="line 4"):
        list(read_list(tmp_path / "list.tsv", TEST))
    with pytest.raises(SourceError, match=r"autotagging-train\.tsv"):
        jamendo_pieces(tmp_path, subset="autotagging", number=0, audio=None)


NOTES = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2002 The Team
License: GPL-2+

Files: data/music/*
       data/speech/*
Copyright: 2009 Ann
License: CC-BY-SA-3.0
 The full text follows.

Files: ./data/music/menu.ogg
Copyright: 2011 Ben
License: GPL-3 or CC-BY-3.0

License: GPL-2+
 This package is free software.
"""


@pytest.mark.parametrize(
    ("path", "licence"),
    [
        ("game/sounds/bang.ogg", "GPL-2+"),
        ("game/music/forest/walk.ogg", "CC-BY-SA-3.0"),
        ("game/speech/hello.ogg", "CC-BY-SA-3.0"),
        ("game/music/menu.ogg", "GPL-3 or CC-BY-3.0"),
    ],
)
def test_the_last_stanza_that_fits_counts(path: str, licence: str) -> None:
    """A file has the licence of the last stanza whose patterns fit it, wherever the package has put the folder."""
    assert stated_licence(NOTES, path) == licence


def test_prose_states_no_licence_that_can_be_read() -> None:
    """A copyright file that is not written for machines is not guessed at."""
    assert stated_licence("This package was debianized by Ann.\n\nFiles: *\nLicense: GPL-2\n", "game/music/a.ogg") == ""


def test_music_that_was_not_fetched_is_told(tmp_path: Path) -> None:
    """Where no music of games was fetched, that is said, with how to fetch it."""
    with pytest.raises(SourceError, match="make bench-data"):
        game_pieces(tmp_path / "nowhere", tmp_path, most=1)


def test_licences_are_shared_out_as_in_mtg_jamendo() -> None:
    """Of a thousand artists, as many have each licence as tracks of MTG-Jamendo do, to the thousandth."""
    licences = shared_out(1000, seed=3)
    for licence, tracks in TRACKS.items():
        assert licences.count(licence) / 1000 == pytest.approx(tracks / sum(TRACKS.values()), abs=0.001)


# --- What is heard


def tone(hertz: float, seconds: float) -> bytes:
    """Return a file that holds a tone."""
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return encode(np.stack((wave, wave), 1).astype(np.float32), FLAC)


@pytest.mark.parametrize("hertz", [440, 1000, 4000])
def test_a_tone_is_heard_in_its_band(hertz: float) -> None:
    """A tone is loudest in the band about its frequency, at the rate of MTG-Jamendo's own spectrograms."""
    mel = log_mel(tone(hertz, 3))
    assert mel.shape == (BANDS, pytest.approx(3 * RATE_HZ / 256, abs=2))
    band = mel_bands()[int(mel.mean(1).argmax())]
    heard = np.fft.rfftfreq(512, 1 / RATE_HZ)[band > 0]
    assert heard[0] - RATE_HZ / 512 <= hertz <= heard[-1] + RATE_HZ / 512  # bands low down are narrower than a bin


def test_the_middle_is_heard() -> None:
    """Of a long piece the middle 29.1 seconds are heard."""
    wave = np.zeros(50 * RATE, np.float32)
    wave[24 * RATE : 26 * RATE] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)
    loud = log_mel(encode(np.stack((wave, wave), 1), FLAC)).max(0) > -20
    assert len(loud) == FRAMES
    assert np.flatnonzero(loud).mean() == pytest.approx(FRAMES / 2, abs=10)


def test_what_is_no_music_is_told() -> None:
    """Bytes that are no audio, and sound too short for one window, are told as such."""
    with pytest.raises(AudioError, match="not audio"):
        log_mel(b"a letter to the editor", "letter.mp3")
    with pytest.raises(AudioError, match="samples of sound"):
        log_mel(tone(440, 0.02), "click.flac")


def test_chunks_cover_a_piece(tmp_path: Path) -> None:
    """Every frame of a piece is in a chunk, all chunks are whole, and a short piece is repeated to make one."""
    frames = np.arange(500, dtype=np.float32)[None].repeat(BANDS, 0)
    cut = chunks(frames)
    assert cut.shape[1:] == (BANDS, CHUNK)
    assert set(cut.ravel()) == set(range(500))
    np.save(tmp_path / "short.npy", frames[:, :50])
    assert chunks(middle(tmp_path / "short.npy")).shape[1:] == (BANDS, CHUNK)


# --- The training


def test_unknown_tags_do_not_train() -> None:
    """The loss is that over the known tags, and an unknown one has no gradient."""
    odds = torch.tensor([[2.0, -1.0]], requires_grad=True)
    loss = loss_of(odds, torch.tensor([[1.0, torch.nan]]))
    loss.backward()
    assert loss.item() == pytest.approx(np.log1p(np.exp(-2)))
    assert odds.grad is not None
    assert odds.grad[0, 0] < 0
    assert odds.grad[0, 1] == 0


def test_the_loss_falls(tmp_path: Path) -> None:
    """A model that is trained for twenty steps tells noise high up from noise low down, and its loss has halved."""
    draw = np.random.default_rng(4)
    paths, truth = [], np.array([[number % 2] for number in range(16)], np.float32)
    for number, (high,) in enumerate(truth):
        mel = draw.normal(-40, 5, (BANDS, 200))
        mel[48:] += 20 * high
        paths.append(tmp_path / f"{number}.npy")
        np.save(paths[-1], mel.astype(np.float16))
    dataset, lesson = Chunks(paths, truth), train_tagger.Lesson(["high"], steps=20, channels=4, device="cpu")

    def loss(model: Tagger) -> float:
        return loss_of(torch.from_numpy(scores_of(model, paths, "cpu")), torch.from_numpy(truth)).item()

    untrained, trained = (train_tagger.train(dataset, range(epochs), lesson, seed=0) for epochs in (0, 20))
    assert loss(trained) < loss(untrained) / 2
    assert macro(by_tag(truth, scores_of(trained, paths, "cpu"))).roc_auc == 1.0


class Experiment(NamedTuple):
    """What came of one."""

    out: Path
    figures: dict[str, Any]


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """Return a whole experiment: eight artists of one piece each, and one model of each kind."""
    out = tmp_path_factory.mktemp("tagger") / "out"
    (out.parent / "no-games").mkdir()
    small = "--artists 8 --each-artist 1 --seeds 1 --steps 3 --channels 2 --workers 1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tagger.generated.LONG_S", 5)
        patch.setattr("tagger.report.DRAWS", 20)
        train_tagger.main(["--out", str(out), "--music", str(out.parent / "no-games"), *small.split()])
    return Experiment(out, json.loads((out / "figures.json").read_text()))


def test_only_cleared_pieces_are_read(experiment: Experiment) -> None:
    """What the runs read is what was permitted to train on, in every epoch, and nothing that was refused."""
    with Workspace.open(experiment.out / "house") as room:
        status = room.runs.status("tagger-0")
        attested = room.runs.attestation("tagger-0")
        attested.check([room.receipts.signer().verifier])
    permitted = sum(counts.get("permitted", 0) for counts in experiment.figures["cleared"]["train"].values())
    refused = sum(counts.get("refused", 0) for counts in experiment.figures["cleared"]["train"].values())
    assert permitted
    assert refused
    assert status.items == permitted == experiment.figures["models"]["cleared"]["pieces"]
    assert status.reads == permitted * status.epochs
    assert len(list((experiment.out / "mels").rglob("*.npy"))) == permitted + experiment.figures["tested"]
    assert len(list((experiment.out / "mels-without-a-gate").rglob("*.npy"))) == refused


def test_no_piece_is_trained_and_tested_on(experiment: Experiment) -> None:
    """What was cleared to train on and what was cleared to test on have no piece in common, and are all pieces."""
    lists = [experiment.out / "house" / f"{act}.csv" for act in ("train-other", "evaluate")]
    trained, held = ([row["path"] for row in csv.DictReader(path.read_text().splitlines())] for path in lists)
    assert not set(trained) & set(held)
    assert len(trained) + len(held) == 8


def test_all_models_are_told_of(experiment: Experiment) -> None:
    """There are figures of each kind of model, and of how far they lie apart, and a picture."""
    models = experiment.figures["models"]
    assert set(models) == {"cleared", "all", "as few"}
    assert models["as few"]["pieces"] == models["cleared"]["pieces"] < models["all"]["pieces"]
    assert set(experiment.figures["gained"]) == {"cleared", "as few"}
    assert (experiment.out / "tagger.png").read_bytes().startswith(b"\x89PNG")


def test_it_is_ready_for_mtg_jamendo(tmp_path: Path) -> None:
    """From the lists of MTG-Jamendo and its spectrograms a model is trained on what the licences allow."""
    checkout, licences, lines = tmp_path / "checkout", [], {TRAIN: [], TEST: [], "validation": []}
    draw = np.random.default_rng(5)
    for track in range(1, 13):
        part, kind = (TRAIN, TEST)[track % 3 == 0], ("by", "by-nd")[track % 2]
        path, tag = f"{track:02}/{track}.mp3", ("instrument---harp", "instrument---flute")[track // 2 % 2]
        lines[part].append(f"track_{track:07}\tartist_{track:06}\talbum_{track:06}\t{path}\t60.0\t{tag}\n")
        link = f"http://creativecommons.org/licenses/{kind}/3.0/"
        licences.append(
            f"{path}\nSong {track} by Ann from Jamendo: http://www.jamendo.com/track/{track}\n"
            f"Available under a Creative Commons license: {link}\n\n"
        )
        (tmp_path / "mels" / path).parent.mkdir(parents=True)
        np.save(tmp_path / "mels" / Path(path).with_suffix(".npy"), draw.normal(-40, 9, (96, 400)).astype(np.float32))
    (checkout / "data" / "splits" / "split-0").mkdir(parents=True)
    (checkout / "audio_licenses.txt").write_text("".join(licences))
    for part, tracks in lines.items():
        header = LIST.splitlines(keepends=True)[0]
        (checkout / "data" / "splits" / "split-0" / f"autotagging-{part}.tsv").write_text(header + "".join(tracks))
    given = f"--out {tmp_path / 'out'} --jamendo {checkout} --captured 2024-07-01 --mels {tmp_path / 'mels'}"
    small = "--cleared-only --seeds 1 --steps 2 --channels 2 --workers 1"
    train_tagger.main([*given.split(), *small.split()])
    figures = json.loads((tmp_path / "out" / "figures.json").read_text())
    assert figures["cleared"]["train"] == {"BY": {"permitted": 4}, "BY-ND": {"refused": 4}}
    assert figures["models"]["cleared"]["pieces"] == 4
    assert figures["tested"] == 4
    assert set(figures["models"]) == {"cleared"}
