"""NeMo: the lines of a JSONL manifest whose sound passes a gate.

NeMo opens the paths of a manifest by itself. So what it is to read is first copied to a folder of the training's own,
by the SHA-256 of its bytes, and a manifest is written that names the copies and no other file: once an epoch, for
that is when what passes may change. A copy that is there is compared again. Who may write to that folder may still
swap a copy between that and NeMo's reading; nobody else can.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from licet.errors import SourceError
from licet.placing import make_folder, place, placed
from licet.training.loaders.listed import item_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.training.gate import Gate

PATH = "audio_filepath"
_NAMING = ("filepath", "_file", "_path")  # how fields end that name a file, such as context_audio_filepath
MANIFEST_NAME = "manifest.json"  # JSON Lines, which NeMo calls so


def passing(gate: Gate, manifest: Path | str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the lines whose sound passes, each with the bytes of its file: for who decodes by himself.

    Raises:
        SourceError: the manifest cannot be read.
        GateError: the gate is shut.
    """
    manifest = Path(manifest)
    last, content = "", None
    for line in _lines(manifest):
        name = item_name(gate.root, manifest.parent / line[PATH])  # relative to the manifest, as NeMo has it
        if name != last:  # a file has a line for each of its segments
            last, content = name, gate.read(gate.place_of(name), name)
        if content is not None:
            yield line, content


def verified(gate: Gate, manifest: Path | str, folder: Path | str) -> Path:
    """Copy what passes in this epoch to `folder`, and return the manifest of the copies there.

    Raises:
        SourceError: the manifest cannot be read.
        GateError: the gate is shut.
        OSError: it cannot be copied.
    """
    folder = Path(folder)
    make_folder(folder)
    with placed(folder / MANIFEST_NAME) as stream:
        for line, content in passing(gate, manifest):
            digest = sha256(content).hexdigest()
            copy = folder / digest[:2] / f"{digest}{Path(line[PATH]).suffix}"
            if not copy.exists() or copy.read_bytes() != content:
                place({copy: content})
            kept = {name: value for name, value in line.items() if not name.endswith(_NAMING)}
            stream.write(msgspec.json.encode(kept | {PATH: str(copy.resolve())}) + b"\n")
    return folder / MANIFEST_NAME


def _lines(manifest: Path) -> Iterator[dict[str, Any]]:
    try:
        with manifest.open("rb") as stream:
            for number, raw in enumerate(stream, 1):
                if raw.strip():
                    line = msgspec.json.decode(raw, type=dict[str, Any])
                    if not isinstance(line.get(PATH), str):
                        raise SourceError(f"{manifest}, line {number}: there is no {PATH!r}")
                    yield line
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise SourceError(f"{manifest} is no manifest of NeMo's: {wrong}", mend="one JSON object a line") from wrong
