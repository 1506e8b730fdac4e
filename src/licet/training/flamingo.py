"""Fine-tune Music Flamingo or Audio Flamingo 3 with LoRA, on what passes a gate.

1. A lesson names an item of the manifest, what is asked about its sound, and what is to be answered.
2. The sound is made from the very bytes that the gate hands over. A lesson whose item does not pass is not taught.
3. The model learns to answer: the sound, the question and the padding carry no label.
4. LoRA alone is trained, beside the query and value projections of the language model. The base stays as it came.

A. Goel et al., "Audio Flamingo 3", arXiv:2507.08128. S. Ghosh et al., "Music Flamingo", arXiv:2511.10289.
E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from licet.digests import sha256_bytes
from licet.errors import LogError, SourceError, UsageError
from licet.training.attestation import read_attested
from licet.training.loaders.listed import Placed, places_of
from licet.training.runs import BASES, Base, read_run
from licet.training.waveform import waveform
from licet.transparency import Attestation, parse_receipt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from licet.training.gate import Gate

LICENCE = "NVIDIA OneWay Noncommercial License"
ADAPTED = r".*language_model.*\.(q_proj|v_proj)"  # a regular expression over the names of a model's modules
UNLABELLED = -100  # torch's number for what no loss is taken of


@dataclass(frozen=True, slots=True)
class Family:
    """One of the models that are built alike."""

    classes: str  # how its classes begin in transformers
    name: str  # of the weights that its makers publish
    states: str  # what they say that it was trained on


FAMILIES = {  # by `model_type` of config.json
    "audioflamingo3": Family(
        "AudioFlamingo3",
        "nvidia/audio-flamingo-3-hf",
        "of music LP-MusicCaps, MusicQA, MusicAVQA, MusicBench, Mu-LLAMA, NSynth, FMA, MusDB-HQ, Music4All and Million "
        "Song Dataset; of mixed sound AudioSkills-XL, LongAudio-XL, AF-Think and AF-Chat; sets of speech and of sound "
        "besides (model card of Audio Flamingo 3, Training Dataset)",
    ),
    "musicflamingo": Family(
        "MusicFlamingo",
        "nvidia/music-flamingo-2601-hf",
        "LP-MusicCaps, MusicQA, MusicAVQA, MusicBench, Mu-LLAMA, NSynth, FMA, MusDB-HQ, Music4All, Million Song "
        "Dataset, MF-Skills and MF-Think (README of NVIDIA/audio-flamingo, branch music_flamingo at a406bdc717ee); it "
        "is built on Audio Flamingo 3",
    ),
}


class Lesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to learn about one item."""

    item: str  # its name in the manifest
    prompt: str
    answer: str


class Heard(NamedTuple):
    """A lesson with its sound: [shape=(n_samples,)], float32, -1 to 1."""

    sound: NDArray[np.float32]
    lesson: Lesson


def read_lessons(path: Path) -> list[Lesson]:
    """Read lessons from a JSONL file: `item`, `prompt` and `answer` on each line.

    Raises:
        SourceError: a line is not one.
        OSError: it cannot be read.
    """
    lessons = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            lessons.append(msgspec.json.decode(line, type=Lesson))
        except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
            raise SourceError(f"{path}, line {number}, is no lesson: {wrong}") from wrong
    return lessons


def found(model: str) -> Path:
    """Return the folder of a model: that of this name, or else what the Hugging Face Hub has by it, fetched if need be.

    Raises:
        OSError: it is neither here nor there.
    """
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(model))


def base_of(folder: Path, *, name: str = "", version: str = "", licence: str = LICENCE) -> Base:
    """Say what a fine-tune of a model inherits, for the start of a run.

    Args:
        folder: of the model.
        name: of the model. By default that which the cache of the Hugging Face Hub has it under, or else that of the
            family's weights as their makers publish them.
        version: which it is. By default the commit, where the folder lies in that cache.
        licence: that its weights are under.

    Raises:
        UsageError: the folder holds no model of these families.
    """
    family, (cached, commit) = _family(folder), _cached(folder)
    name = name or cached or family.name
    states = family.states if name == family.name else ""
    return Base(name=name, version=version or commit, licence=licence, states=states)


def require_base(gate: Gate, folder: Path) -> None:
    """Refuse to train on from a model that a run does not say it begins with: its licence would be lost on the way.

    A run that begins with a model that Licet attested says what that one began with: it stands there, and so on, as
    far as the attestations lie in this workspace. A folder outside the Hub's cache has no name, and may be that model.

    Raises:
        UsageError: it does not, or not under which licence; or the folder holds no model of these families.
        LogError: an attestation is damaged.
    """
    _family(folder)
    name, commit = _cached(folder)
    told = read_run(gate.run).bases
    fits = (one.licence and name in {"", one.name} and commit in {"", one.version} for one in _with_theirs(gate, told))
    if not any(fits) and (name or not any(one.statement for one in told)):
        raise UsageError(
            f"the run does not say that it begins with {f'{name}@{commit}' if name else folder}",
            mend="start one with this base, and its licence",
        )


def load(folder: Path, *, dtype: str = "auto") -> tuple[Any, Any]:
    """Load a model of either family and its processor; nothing is fetched.

    Args:
        folder: of the model.
        dtype: of its weights: `auto` takes them as they are stored.

    Returns:
        The model and its processor.

    Raises:
        UsageError: it is of neither family.
        OSError: it cannot be read.
    """
    import transformers

    classes = _family(folder).classes
    model, processor = (getattr(transformers, classes + part) for part in ("ForConditionalGeneration", "Processor"))
    # Only safetensors, and no code that lies beside them: a pickle could run anything, and so could the code.
    return (
        model.from_pretrained(folder, dtype=dtype, use_safetensors=True, local_files_only=True),
        processor.from_pretrained(folder, trust_remote_code=False, local_files_only=True),
    )


def with_lora(model: Any, *, rank: int = 16, alpha: int = 32, dropout: float = 0.05) -> Any:  # noqa: ANN401  (torch is an extra)
    """Return a model of which LoRA alone learns; `save_pretrained` writes LoRA alone.

    Args:
        model: of either family.
        rank: of the matrices that are learnt.
        alpha: what they learnt is added `alpha / rank` times.
        dropout: the share of their input that is left out while training.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules=ADAPTED, bias="none", task_type="CAUSAL_LM"
    )
    return get_peft_model(model, config)


def save_lora(model: Any, folder: Path) -> None:  # noqa: ANN401  (torch is an extra)
    """Write what LoRA learnt into `folder`, as safetensors."""
    model.save_pretrained(folder, save_embedding_layers=False)  # else peft asks the Hub how large the base's are


class Lessons(Placed[Heard]):
    """The lessons whose items pass in the epoch that is under way, with their sound: a data set for a `DataLoader`."""

    def __init__(self, gate: Gate, lessons: Sequence[Lesson], *, rate_hz: int, longest_s: float) -> None:
        """Take lessons; those whose items do not pass are left out.

        Args:
            gate: of the run.
            lessons: any; several may be about one item.
            rate_hz: that the model hears at.
            longest_s: seconds; what is longer is cut off.
        """
        super().__init__(gate, lambda: places_of(gate, (lesson.item for lesson in lessons)))
        self._lessons, self._rate_hz, self._longest_s = lessons, rate_hz, longest_s

    @classmethod
    def to(cls, processor: Any, gate: Gate, lessons: Sequence[Lesson]) -> Lessons:  # noqa: ANN401  (transformers is an extra)
        """Return the lessons as a model's processor takes them.

        Raises:
            SourceError: an answer is empty, or a text holds a mark that parts a conversation or stands for sound.
        """
        marks = {str(token) for token in processor.tokenizer.added_tokens_decoder.values()}
        for lesson in lessons:
            if not lesson.answer.strip():
                raise SourceError(f"the lesson of {lesson.item} has no answer", mend="say what is to be answered")
            if held := [mark for mark in marks if mark in lesson.prompt or mark in lesson.answer]:
                raise SourceError(f"the lesson of {lesson.item} holds {min(held)}", mend="take it out of the text")
        rate_hz = processor.feature_extractor.sampling_rate
        return cls(gate, lessons, rate_hz=rate_hz, longest_s=processor.max_audio_len)

    def sample(self, entry: int) -> tuple[Heard] | None:
        """Return a lesson with its sound, in a tuple; None if its item does not pass.

        Raises:
            AudioError: a cleared file holds no sound.
        """
        lesson = self._lessons[entry]
        content = self.gate.read(int(self.places[entry]))
        if content is None:
            return None
        return (Heard(waveform(content, self._rate_hz, name=lesson.item, longest_s=self._longest_s), lesson),)


class Collator:
    """Makes a model's input of lessons: token ids, sound features and labels."""

    def __init__(self, processor: Any, dtype: Any = None) -> None:  # noqa: ANN401  (transformers and torch are extras)
        """Take a model's processor and, where its weights are not float32, their type."""
        self._processor, self._dtype = processor, dtype

    def __call__(self, batch: Sequence[Heard]) -> Any:  # noqa: ANN401  (transformers is an extra)
        """Return one input of a model: a dictionary of tensors, padded on the left, whose labels are the answers.

        Raises:
            UsageError: the model's template does not put an answer last.
        """
        asked = [self._told(heard.lesson, answered=False) for heard in batch]
        told = [self._told(heard.lesson, answered=True) for heard in batch]
        sounds = [heard.sound for heard in batch]
        made = self._processor(text=told, audio=sounds, output_labels=True, text_kwargs={"padding_side": "left"})
        for labels, before, whole in zip(made["labels"], asked, told, strict=True):
            answer = whole.removeprefix(before)
            if answer == whole:
                raise UsageError("the model's chat template does not put the answer last", mend="give one that does")
            count = len(self._processor.tokenizer(answer, add_special_tokens=False).input_ids)
            labels[: len(labels) - count] = UNLABELLED
        if self._dtype is not None:
            made["input_features"] = made["input_features"].to(self._dtype)
        return made

    def _told(self, lesson: Lesson, *, answered: bool) -> str:
        """Return a lesson in the words of the model's own template, with the answer or up to it."""
        question = [{"type": "audio"}, {"type": "text", "text": lesson.prompt}]
        answer = [{"type": "text", "text": lesson.answer.strip()}]  # white space might melt with that of the template
        told = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        template = self._processor.apply_chat_template
        return str(template(told if answered else told[:1], tokenize=False, add_generation_prompt=not answered))


def _with_theirs(gate: Gate, bases: Sequence[Base]) -> Iterator[Base]:
    """Yield models that a run begins with and those that they began with, as attestations in any run's folder say."""
    waiting, seen = list(bases), set[str]()
    for one in waiting:  # it grows meanwhile
        yield one
        if one.statement and one.statement not in seen:
            seen.add(one.statement)
            for path in sorted(gate.run.parent.glob(f"*/{BASES}/{glob.escape(one.statement)}.json"))[:1]:
                waiting += _attested(path, one.statement)


def _attested(path: Path, statement: str) -> tuple[Base, ...]:
    """Return the models that an attested one began with."""
    given = parse_receipt(path.read_bytes())
    if not isinstance(given, Attestation) or sha256_bytes(given.envelope.body) != statement:
        raise LogError(f"{path} is not what its name says", mend="put back what was attested")
    return read_attested(given.statement).bases


def _cached(folder: Path) -> tuple[str, str]:
    """Return the name and the commit that a folder has in the Hugging Face Hub's cache; "" where it lies elsewhere."""
    folder = folder.resolve()  # .../models--owner--name/snapshots/commit
    kind, *name = folder.parent.parent.name.split("--")
    if folder.parent.name != "snapshots" or kind != "models":
        return "", ""
    return "/".join(name), folder.name


class _Config(msgspec.Struct):
    model_type: str = ""


def _family(folder: Path) -> Family:
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config)
    except (OSError, msgspec.DecodeError) as wrong:
        raise UsageError(f"there is no model in {folder}: {wrong}", mend="name the folder of config.json") from wrong
    if config.model_type not in FAMILIES:
        raise UsageError(
            f"the model in {folder} is of type {config.model_type!r}", mend=f"give one of type {' or '.join(FAMILIES)}"
        )
    return FAMILIES[config.model_type]
