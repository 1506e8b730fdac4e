"""Music Flamingo and Audio Flamingo 3 are fine-tuned on what passes a gate."""

from __future__ import annotations

import re
import wave
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from licet.errors import AudioError, LogError, SourceError, UsageError
from licet.training.flamingo import (
    FAMILIES,
    LICENCE,
    Collator,
    Heard,
    Lesson,
    Lessons,
    base_of,
    load,
    read_lessons,
    require_base,
    save_lora,
    with_lora,
)
from licet.training.runs import ATTESTATION_NAME, Base
from licet.training.waveform import waveform
from schooling import NOON, SALT, manifest_of, opened, sound, started, trained
from tiny_flamingo import END, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.transparency import Verifier
    from licet.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
PROMPT = "describe this track ."
ANSWERS = ("a slow piece for piano .", "a bright piece for strings .")
PASS = ("0000.wav", "0001.wav", "0003.wav", "0004.wav")  # of the six sounds of the lab
LESSONS = [Lesson(item, PROMPT, ANSWERS[at % 2]) for at, item in enumerate(PASS)]
REFUSED, UNKNOWN = (Lesson(item, PROMPT, ANSWERS[0]) for item in ("0002.wav", "none.wav"))


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be looked up elsewhere."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make the weights of a small model of each family, as they are published."""
    import torch

    folder = tmp_path_factory.mktemp(request.param)
    model, processor = tiny(request.param, [PROMPT, *ANSWERS])
    model.to(torch.bfloat16).save_pretrained(folder)
    processor.save_pretrained(folder)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # with so small a model several do nothing but wait for one another
    yield folder
    torch.set_num_threads(threads)


def taught(room: Workspace, lessons: Sequence[Lesson] = LESSONS) -> Lessons:
    """Return lessons behind the gate of a run of the room, in its first epoch."""
    gate = opened(room)
    gate.begin_epoch(0)
    return Lessons(gate, lessons, rate_hz=16_000, longest_s=1)


def learnt(base: Path, room: Workspace, run: str, folder: Path, epochs: int) -> list[float]:
    """Train on a base in a run until it is finished, all lessons at each step; return the loss of each."""
    from transformers import Trainer, TrainingArguments

    from licet.training.callbacks.huggingface import GateCallback

    gate = opened(room, run)
    model, processor = load(base)
    arguments = TrainingArguments(
        str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=len(LESSONS),
        learning_rate=0.03,
        logging_steps=1,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
        disable_tqdm=True,
        label_names=["labels"],
    )

    def finish(weights: Sequence[Path]) -> None:
        room.runs.finish(run, weights, at=NOON, salt=SALT)

    callback = GateCallback(gate, finish, save=save_lora)
    data, collator = Lessons.to(processor, gate, LESSONS), Collator(processor, model.dtype)
    running = Trainer(with_lora(model, rank=8, dropout=0), arguments, collator, data, callbacks=[callback])
    running.train()
    return [entry["loss"] for entry in running.state.log_history if "loss" in entry]


def key(room: Workspace) -> Verifier:
    """Return the key of the workspace's log."""
    return room.receipts.signer().verifier


def test_a_flamingo_learns_through_the_gate_and_is_attested(base: Path, room: Workspace, tmp_path: Path) -> None:
    """The loss falls by half, what LoRA learnt is attested, and with it whose licence the model inherits."""
    from safetensors import safe_open

    started(room, bases=[base_of(base)])
    losses = learnt(base, room, "first", tmp_path, epochs=10)
    assert losses[-1] < losses[0] / 2

    stated = room.runs.attestation("first").check([key(room)]).statement
    assert [subject.name for subject in stated.subject] == ["adapter_model.safetensors"]
    assert [(one["name"], one["licence"]) for one in stated.predicate["bases"]] == [(base_of(base).name, LICENCE)]
    assert (stated.predicate["read"]["items"], stated.predicate["read"]["reads"]) == (4, 40)
    with safe_open(tmp_path / "weights" / "adapter_model.safetensors", "pt") as weights:
        assert all(re.search(r"\.language_model\..*\.[qv]_proj\.lora_", name) for name in weights.offset_keys())


def test_the_rights_card_says_what_is_inherited(base: Path, room: Workspace, tmp_path: Path) -> None:
    """The licence of the weights, that it is a non-commercial one, and what their makers say they learnt from."""
    from licet.exports.finished import Finished
    from licet.exports.markdown import escaped
    from licet.exports.model_card import write

    started(room, bases=[base_of(base)])
    learnt(base, room, "first", tmp_path, epochs=1)
    sealed = room.receipts.sealed_folder(manifest_of(room))
    card = write(Finished.of(room.runs.at("first"), sealed), tmp_path / "card")[0].read_text()
    assert f"{LICENCE}. A fine-tune inherits it." in card
    assert "calls itself non-commercial" in card
    assert escaped(base_of(base).states) in card


def test_a_flamingo_trained_again_without_a_recording_proves_it(base: Path, room: Workspace, tmp_path: Path) -> None:
    """Of what its base read nothing is proved, whatever its makers say."""
    started(room, bases=[base_of(base)])
    learnt(base, room, "first", tmp_path / "first", epochs=1)
    with pytest.raises(UsageError, match="the run first read"):
        room.scrubber.lineage("first", "jamendo:3")
    out = tmp_path / "without"
    room.scrubber.without(manifest_of(room), "jamendo:3", out)
    room.receipts.seal(out, salt=SALT, at=NOON)
    started(room, "again", manifest=out, bases=[base_of(base)])
    learnt(base, room, "again", tmp_path / "again", epochs=1)
    checked = room.scrubber.lineage("again", "jamendo:3").check([key(room)])
    assert checked.unknown == (base_of(base),)


def test_what_was_learnt_loads_onto_its_base(base: Path, tmp_path: Path) -> None:
    """LoRA alone is saved, and on the base it says what it said before."""
    import torch
    from peft import PeftModel

    model, processor = load(base)
    learner = with_lora(model, rank=4).eval()
    with torch.no_grad():
        for name, weight in learner.named_parameters():
            weight.add_(0.1 if "lora" in name else 0)
    save_lora(learner, tmp_path)
    batch = Collator(processor, model.dtype)([Heard(np.zeros(16_000, np.float32), LESSONS[0])])
    again = PeftModel.from_pretrained(load(base)[0], tmp_path).eval()
    with torch.no_grad():
        assert torch.equal(learner(**batch).logits, again(**batch).logits)
        assert not torch.equal(again(**batch).logits, load(base)[0].eval()(**batch).logits)


def test_the_answers_alone_are_learnt(base: Path) -> None:
    """The question, the sound and the padding carry no label."""
    _, processor = load(base)
    short, long = (
        Heard(np.zeros(length, np.float32), lesson) for length, lesson in zip((8_000, 40_000), LESSONS[:2], strict=True)
    )
    labels = Collator(processor)([short, long])["labels"]
    learnt = [processor.tokenizer.decode(row[row >= 0]) for row in labels]
    assert learnt == [f"{answer} {END}" for answer in ANSWERS]


def test_what_is_heard_counts(base: Path) -> None:
    """Two tracks of one lesson are told apart by their sound alone."""
    import torch

    model, processor = load(base)
    sounds = (waveform(wav(hertz, 1, 16_000), 16_000) for hertz in (110, 1760))
    batch = Collator(processor, model.dtype)([Heard(sound, LESSONS[0]) for sound in sounds])
    with torch.no_grad():
        low, high = model.eval()(**batch).logits[:, -1]
    assert not torch.allclose(low, high, atol=0.01)


def test_a_run_must_say_what_it_begins_with(room: Workspace, tmp_path: Path) -> None:
    """Else the licence of the base would be lost on the way."""
    here, cached = tmp_path / "here", tmp_path / "models--nvidia--audio-flamingo-next-hf" / "snapshots" / "0a1b2c"
    for folder in (here, cached):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text('{"model_type": "musicflamingo"}')
    told = {"silent": [], "unlicensed": [base_of(cached, licence="")], "another": [base_of(here)]}
    for name, bases in told.items():
        started(room, name, bases=bases)
        with pytest.raises(UsageError, match="begins with nvidia/audio-flamingo-next-hf@0a1b2c"):
            require_base(opened(room, name), cached)
    require_base(opened(room, "another"), here)
    with pytest.raises(UsageError, match="begins with"):
        require_base(opened(room, "silent"), here)
    started(room, "told", bases=[base_of(cached)])
    require_base(opened(room, "told"), cached)


def test_a_run_may_begin_with_what_was_attested(room: Workspace, tmp_path: Path) -> None:
    """What that began with stands in its attestation."""
    (tmp_path / "config.json").write_text('{"model_type": "musicflamingo"}')
    trained(room)
    started(room, "next", bases=[room.runs.at("first") / ATTESTATION_NAME])
    require_base(opened(room, "next"), tmp_path)


def test_another_model_that_was_attested_does_not_stand_for_the_base(room: Workspace, tmp_path: Path) -> None:
    """What that one began with does, through however many models."""
    cached = tmp_path / "models--nvidia--audio-flamingo-next-hf" / "snapshots" / "0a1b2c"
    cached.mkdir(parents=True)
    (cached / "config.json").write_text('{"model_type": "musicflamingo"}')
    trained(room, "plain")
    started(room, "next", bases=[room.runs.at("plain") / ATTESTATION_NAME])
    with pytest.raises(UsageError, match="begins with nvidia/audio-flamingo-next-hf@0a1b2c"):
        require_base(opened(room, "next"), cached)
    trained(room, "tuned", bases=[base_of(cached)])
    trained(room, "tuned2", bases=[room.runs.at("tuned") / ATTESTATION_NAME])
    started(room, "tuned3", bases=[room.runs.at("tuned2") / ATTESTATION_NAME])
    require_base(opened(room, "tuned3"), cached)
    (kept,) = (room.runs.at("tuned3") / "bases").iterdir()
    kept.write_bytes((room.runs.at("plain") / ATTESTATION_NAME).read_bytes())
    with pytest.raises(LogError, match="not what its name says"):
        require_base(opened(room, "tuned3"), cached)


def test_a_file_swapped_after_the_clearance_never_reaches_the_model(room: Workspace) -> None:
    """The lesson after it is taught in its place, and the change is on record."""
    started(room)
    lessons = taught(room)
    sound(room.folder / "music" / PASS[1], 99)
    heard = [lessons[at].lesson.item for at in range(len(lessons))]
    assert heard == [PASS[0], PASS[2], PASS[2], PASS[3]]
    assert room.runs.status("first").dropped["changed"] == 1
    assert room.runs.status("first").items == 3


def test_workers_hear_what_one_process_hears(room: Workspace) -> None:
    """And what they read is on record."""
    from torch.utils.data import DataLoader

    started(room)
    lessons = taught(room)
    alone = [lessons[at].sound for at in range(len(lessons))]
    helped = [heard.sound for (heard,) in DataLoader(lessons, num_workers=2, collate_fn=list)]
    assert all(np.array_equal(one, other) for one, other in zip(alone, helped, strict=True))
    assert room.runs.status("first").reads == len(PASS)


def test_lessons_of_what_does_not_pass_are_not_taught(room: Workspace) -> None:
    """Of what was refused nothing is heard; what the manifest does not know is on record besides."""
    started(room)
    lessons = taught(room, [REFUSED, LESSONS[0], UNKNOWN])
    assert [lessons[at].lesson for at in range(len(lessons))] == [LESSONS[0]]
    assert room.runs.status("first").dropped["not-in-manifest"] == 1


@pytest.mark.parametrize(
    ("answer", "says"), [("a <sound> .", r"0000\.wav holds <sound>"), (" ", r"0000\.wav has no answer")]
)
def test_lessons_that_cannot_be_told_are_refused(base: Path, room: Workspace, answer: str, says: str) -> None:
    """A text could otherwise end its turn, or ask for a sound that there is not."""
    started(room)
    _, processor = load(base)
    with pytest.raises(SourceError, match=says):
        Lessons.to(processor, opened(room), [Lesson("0000.wav", PROMPT, answer)])


def test_a_template_must_put_the_answer_last(base: Path) -> None:
    """Else something else would be learnt in its place."""
    _, processor = load(base)
    processor.chat_template = "{{ messages[-1].role }} <sound>"
    with pytest.raises(UsageError, match="answer last"):
        Collator(processor)([Heard(np.zeros(16_000, np.float32), LESSONS[0])])


def wav(hertz: float, seconds: float, rate_hz: int, channels: int = 1) -> bytes:
    """Return a file of a tone."""
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    samples = (np.sin(2 * np.pi * hertz * time) * 16_000).astype("<i2").repeat(channels)
    held = BytesIO()
    with wave.open(held, "wb") as stream:
        stream.setnchannels(channels)
        stream.setsampwidth(2)
        stream.setframerate(rate_hz)
        stream.writeframes(samples.tobytes())
    return held.getvalue()


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (16_000, 1), (44_100, 2), (48_000, 6)])
def test_any_sound_is_heard_at_the_rate_of_the_model(rate_hz: int, channels: int) -> None:
    """Its pitch, its loudness and its length stay."""
    heard = waveform(wav(1000, 2, rate_hz, channels), 16_000)
    spectrum = np.abs(np.fft.rfft(heard[:32_000] * np.hanning(len(heard[:32_000]))))
    assert abs(spectrum.argmax() * 16_000 / len(heard[:32_000]) - 1000) < 1
    assert abs(np.abs(heard[4_000:-4_000]).max() - 16_000 / 32_767) < 0.01
    assert abs(len(heard) - 32_000) < 32


def test_what_folds_back_is_filtered_out() -> None:
    """A tone above half of the model's rate is not heard as a lower one."""
    assert np.abs(waveform(wav(11_000, 2, 44_100), 16_000)[4_000:-4_000]).max() < 0.005


def test_no_more_is_heard_than_is_asked_for() -> None:
    """A long track is cut off."""
    assert waveform(wav(440, 5, 22_050), 16_000, longest_s=1.5).shape == (24_000,)


@pytest.mark.parametrize(
    ("content", "code"), [(b"no sound", "not-audio"), (wav(440, 0.05, 16_000), "too-short")], ids=["text", "a click"]
)
def test_what_holds_no_sound_is_said_to(content: bytes, code: str) -> None:
    """By its name, and with the reason."""
    with pytest.raises(AudioError, match=r"track\.wav") as wrong:
        waveform(content, 16_000, name="track.wav")
    assert wrong.value.code == code


def test_lessons_are_read_from_lines(tmp_path: Path) -> None:
    """Each line is one lesson; what is none is told by its number."""
    path = tmp_path / "lessons.jsonl"
    path.write_text('{"item": "a.wav", "prompt": "what?", "answer": "this"}\n')
    assert read_lessons(path) == [Lesson("a.wav", "what?", "this")]
    path.write_text(path.read_text() + '{"item": "a.wav"}\n')
    with pytest.raises(SourceError, match="line 2"):
        read_lessons(path)


@pytest.mark.parametrize("name", ["music-flamingo", "audio-flamingo-3"])
def test_the_files_of_bases_say_what_the_code_says(name: str, tmp_path: Path) -> None:
    """`licet run start --base` takes them."""
    told = msgspec.toml.decode((EXAMPLES / f"{name}.toml").read_bytes())
    (family,) = (kind for kind, one in FAMILIES.items() if one.name == told["name"])
    (tmp_path / "config.json").write_text(f'{{"model_type": "{family}"}}')
    assert Base(**told) == base_of(tmp_path)


def test_a_base_is_known_by_its_configuration(tmp_path: Path) -> None:
    """And, where it lies in the cache of the Hub, by its name and its commit; then its makers' words are no others'."""
    folder = tmp_path / "models--nvidia--audio-flamingo-next-hf" / "snapshots" / "0a1b2c"
    folder.mkdir(parents=True)
    with pytest.raises(UsageError, match="no model in"):
        base_of(folder)
    (folder / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(UsageError, match="'bert'"):
        base_of(folder)
    (folder / "config.json").write_text('{"model_type": "musicflamingo"}')
    assert base_of(folder) == Base(name="nvidia/audio-flamingo-next-hf", version="0a1b2c", licence=LICENCE)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_the_example_runs_with_a_small_model(room: Workspace, tmp_path: Path, family: str) -> None:
    """As its first lines say; at the end the run is finished."""
    import finetune_music_flamingo

    path = tmp_path / "lessons.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(lesson) for lesson in [*LESSONS, REFUSED]))
    run = started(room)
    told = ["--run", run, "--lessons", path, "--tiny", family, "--out", tmp_path / "out"]
    losses = finetune_music_flamingo.main([*map(str, told), "--epochs", "4", "--batch", "2", "--rate", "0.03"])
    assert losses[-1] < losses[0] / 2
    stated = room.runs.attestation("first").check([key(room)]).statement
    assert stated.predicate["read"]["reads"] == 4 * len(PASS)


def test_the_example_takes_weights_by_their_path(base: Path, room: Workspace, tmp_path: Path) -> None:
    """Nothing but their path is needed, and a run that names them as its base. LoRA learns: it begins with zeros."""
    from safetensors.torch import load_file

    import finetune_music_flamingo

    path = tmp_path / "lessons.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, LESSONS)))
    run = started(room, bases=[base_of(base)])
    told = ["--run", run, "--lessons", path, "--model", base, "--out", tmp_path / "out", "--epochs", "1"]
    assert len(finetune_music_flamingo.main([*map(str, told)])) == len(PASS)
    assert room.runs.status("first").state == "finished"
    learnt = load_file(tmp_path / "out" / "weights" / "adapter_model.safetensors")
    assert all(weight.count_nonzero() for weight in learnt.values())
