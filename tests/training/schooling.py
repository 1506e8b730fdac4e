"""A workspace over a folder of sounds that may be used, but for one, and a run over its sealed manifest."""

from __future__ import annotations

import wave
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from licet.policy import Act, Purpose, Use
from licet.transparency import create_log, make_key
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from licet.training import Gate
    from licet.transparency import Attestation

ORIGIN = "log.example/lab"
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use(Act.TRAIN_OTHER, Purpose.COMMERCIAL, frozenset({"EU"}), DAY)
SALT = bytes(range(32))
LICENCES = ("CC-BY-4.0", "CC0-1.0", "CC-BY-NC-4.0")  # the third may not be used; of more sounds, every third
RATE_HZ = 16_000


def sound(path: Path, number: int, seconds: float = 2.0) -> None:
    """Write a sound of its own for each number."""
    rng = np.random.default_rng(number)
    samples = (rng.normal(size=int(RATE_HZ * seconds)) * 3000).astype("<i2")
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(RATE_HZ)
        stream.writeframes(samples.tobytes())


def lab(folder: Path, sounds: int = 6, seconds: float = 2.0) -> Workspace:
    """Make the workspace, its sounds in `music/`, its catalogue and its log."""
    room = Workspace.init(folder)
    music = folder / "music"
    music.mkdir()
    rows = []
    for number in range(sounds):
        sound(music / f"{number:04}.wav", number, seconds)
        rows.append(f"jamendo:{number},Song {number},Ann,{LICENCES[number % 3]},{number:04}.wav\n")
    (folder / "catalogue.csv").write_text("id,title,artist,licence,path\n" + "".join(rows))
    before = datetime(2026, 11, 21, tzinfo=UTC)
    room.add("table", folder / "catalogue.csv", captured_at=before, audio=music, workers=1)
    create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
    return room


def cleared(room: Workspace) -> Path:
    """Clear the sounds and seal what it came to; return the manifest's folder."""
    folder = room.clear(room.folder / "music", USE, workers=1, report=False).folder
    room.receipts.seal(folder, salt=SALT, at=NOON)
    return folder


def manifest_of(room: Workspace) -> Path:
    """Return the folder of the sealed manifest, which is made if there is none yet."""
    folder = room.folder / "manifests" / "music-train-other-commercial"
    return folder if folder.exists() else cleared(room)


def started(room: Workspace, name: str = "first", **how: object) -> Path:
    """Start a run over the sealed manifest; return its folder."""
    told = {
        "manifest": manifest_of(room),
        "model": "tagger",
        "use": USE,
        "root": room.folder / "music",
        "at": NOON,
        "most_unfit": 1.0,
    } | how
    room.runs.start(name=name, **told)  # type: ignore[arg-type]  # keywords pass through
    return room.runs.at(name)


def opened(room: Workspace, name: str = "first", at: datetime = NOON) -> Gate:
    """Open the gate of a run."""
    return room.runs.gate(name, now=lambda: at, salt=lambda: SALT)


def trained(room: Workspace, name: str = "first", epochs: int = 1, **how: object) -> Attestation:
    """Start a run, read all that passes, and finish it with weights of its own."""
    started(room, name, **how)
    gate = opened(room, name)
    for _ in gate.epochs(epochs):
        for place in gate.admitted():
            gate.read(int(place))
    weights = room.folder / f"{name}.safetensors"
    weights.write_bytes(name.encode())
    return room.runs.finish(name, [weights], at=NOON, salt=SALT)


def names(gate: Gate) -> list[str]:
    """Return the names of the items that pass."""
    return [gate.item(int(place)).name for place in gate.admitted()]
