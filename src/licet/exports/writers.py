"""Which formats there are, and the door to them. A writer's module is loaded when its format is asked for."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from licet.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.facts import Facts

WRITERS = {
    "attribution": "The credits that the licences ask for, as text, as a web page and as CSV.",
    "cc-rel": "The licence of each permitted item in CC REL, and the terms of the whole in ODRL 2.2 (JSON-LD).",
    "croissant": "A Croissant 1.1 description of the data set, whose record set is the manifest.",
    "cyclonedx": "A CycloneDX 1.6 bill of materials: the data set and the model trained on it.",
    "eu-summary": "The public summary of training content: Regulation (EU) 2024/1689, Art. 53(1)(d), HTML and DOCX.",
    "model-signing": "The manifest as a resource of an OpenSSF model-signing statement.",
    "rights-card": "A card in Markdown for a model's or a data set's page.",
    "spdx": "An SPDX 3.0 document with the data set profile.",
}


def export(name: str, facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `facts` in the format `name` into `out`, and return the files.

    Raises:
        UsageError: there is no such format, or it needs what `About` does not say.
        OSError: a file cannot be written; none appears in part.
    """
    if name not in WRITERS:
        raise UsageError(f"there is no format {name!r}", mend=f"one of {', '.join(WRITERS)}")
    out.mkdir(parents=True, exist_ok=True)
    writer = importlib.import_module(f"licet.exports.{name.replace('-', '_')}")
    files: tuple[Path, ...] = writer.write(facts, out)
    return files
