"""Read noise for as long as asked: the examples of every reader, mutated, and what each reader must never do.

The examples are those of the readers' contract test (`tests/terms/signals/examples.py`). One process a core takes every
reader in turn, with seeds that follow from `--seed` alone, so that a finding can be read again. Each input is held to
four laws:

1. A reader raises nothing.
2. It answers within two seconds of its own time.
3. It permits nothing where none of its permission tokens stands in the bytes.
4. A reservation that is added to statements takes no other away, and permits nothing more.

What breaks a law is written to a folder: the input, and beside it the seed and what happened. Exits 1 if there is any.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import random
import re
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mutating import mutated

from licet.parallel import Crashed, available_workers, ordered_map
from licet.terms import Act, Says, Stance, signals
from licet.terms.signals import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from examples import Example
    from licet.terms.signals import Signal


ROOT = Path(__file__).resolve().parents[1]
SECONDS = 2.0  # of a reader's own time
ROUND = 50  # inputs of one reader in one task


@dataclass(frozen=True, slots=True)
class Task:
    """One round: which reader, by its place, and the seed of its inputs."""

    reader: int
    seed: str


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke a law, and what happened."""

    protocol: str
    seed: str
    content: bytes
    what: str


@dataclass(frozen=True, slots=True)
class Round:
    """How many inputs were read, and what was found."""

    protocol: str
    read: int
    slowest_s: float
    findings: tuple[Finding, ...]


class Fuzz:
    """What a worker holds: every reader with its example. It pickles as nothing and loads where it is used."""

    def __call__(self, task: Task) -> Round:
        """Read one round of inputs."""
        pairs = readers_and_examples()
        reader, example = pairs[task.reader]
        parts = [part for _, one in pairs for part in (one.content, *one.statements, *one.reservations)]
        others = tuple(parts)
        chance = random.Random(task.seed)
        findings: list[Finding] = []
        slowest = 0.0
        for _ in range(ROUND):
            content = mutated(chance, chance.choice((example.content, composed(chance, example))), others)
            found, seconds = broken_by(reader, example, content)
            slowest = max(slowest, seconds)
            findings += [Finding(reader.protocol, task.seed, content, what) for what in found]
            if example.reservations:
                findings += lost(reader, example, chance, task.seed)
        return Round(reader.protocol, ROUND * (3 if example.reservations else 1), slowest, tuple(findings))


def readers_and_examples() -> list[tuple[Reader, Example]]:
    """Return every reader that has an example, by its name."""
    folder = str(ROOT / "tests/terms/signals")
    if folder not in sys.path:
        sys.path.append(folder)
    examples: dict[str, Example] = importlib.import_module("examples").EXAMPLES
    modules = [
        importlib.import_module(f"{signals.__name__}.{one.name}") for one in pkgutil.iter_modules(signals.__path__)
    ]
    held = {one.protocol: one for module in modules for one in vars(module).values() if isinstance(one, Reader)}
    return [(held[name], examples[name]) for name in sorted(held.keys() & examples.keys())]


def composed(chance: random.Random, example: Example) -> bytes:
    """Put some of an example's statements together; the example itself where it has none."""
    known = [*example.statements, *example.reservations]
    return example.composed(chance.choices(known, k=chance.randint(0, 6))) if known else example.content


def answered(reader: Reader, example: Example, content: bytes) -> Signal | str:
    """Return what a reader answers, or what it raised."""
    try:
        return reader.read(content, example.target)
    except Exception:  # noqa: BLE001  (law 1: whatever is raised is the finding)
        return traceback.format_exc()


def broken_by(reader: Reader, example: Example, content: bytes) -> tuple[list[str], float]:
    """Return which of the laws 1 to 3 an answer breaks, and how many seconds it took."""
    started = time.process_time()
    signal = answered(reader, example, content)
    seconds = time.process_time() - started
    broken = [f"it took {seconds:.1f} s"] if seconds > SECONDS else []
    if isinstance(signal, str):
        return [*broken, signal], seconds
    bare = content.replace(b"\0", b"")  # UTF-16 is ASCII with zero bytes between, and XML may be in it
    told = any(re.search(token, bare) for token in example.permission_tokens)
    if not told and acts(signal, Says.PERMITS):
        broken.append(f"it permits without a token: {signal}")
    return broken, seconds


def lost(reader: Reader, example: Example, chance: random.Random, seed: str) -> Iterator[Finding]:
    """Yield what a reservation more took away or permitted (law 4)."""
    parts = chance.choices([*example.statements, *example.reservations], k=chance.randint(0, 6))
    at = chance.randint(0, len(parts))
    more = example.composed([*parts[:at], chance.choice(example.reservations), *parts[at:]])
    before, after = (answered(reader, example, one) for one in (example.composed(parts), more))
    if isinstance(before, str) or isinstance(after, str):
        yield Finding(reader.protocol, seed, more, f"before {before}, after {after}")
    elif not acts(before, Says.RESERVES) <= acts(after, Says.RESERVES) or not usable(after) <= usable(before):
        yield Finding(reader.protocol, seed, more, f"a reservation more: before {before}, after {after}")


def acts(signal: Signal, says: Says) -> frozenset[Act]:
    """Return the acts that a signal permits, or reserves."""
    return frozenset[Act]().union(*(clause.acts for clause in signal.clauses if clause.says is says))


def usable(signal: Signal) -> frozenset[Act]:
    """Return the acts that a signal permits, reserves nowhere, and leaves no doubt about."""
    resolved = signal.resolution.stance is Stance.SIGNALLED
    return acts(signal, Says.PERMITS) - acts(signal, Says.RESERVES) if resolved else frozenset()


def tasks(seed: int, minutes: float) -> Iterator[Task]:
    """Yield rounds, every reader in turn, until the time is up."""
    ends = time.monotonic() + 60 * minutes
    number, readers = 0, len(readers_and_examples())
    while time.monotonic() < ends:
        yield Task(number % readers, f"{seed}/{number}")
        number += 1


def kept(finding: Finding, folder: Path, number: int) -> None:
    """Write a finding down: the input, and beside it how it came about."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.protocol}-{number:04}"
    path.with_suffix(".bin").write_bytes(finding.content)
    path.with_suffix(".txt").write_text(f"seed {finding.seed}\n{finding.what}\n", encoding="utf-8")


def main() -> int:
    """Fuzz every reader, and print what was read and found."""
    asked = argparse.ArgumentParser(description="Fuzz the readers of signals.")
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=available_workers())
    asked.add_argument("--out", type=Path, default=ROOT / ".bench/fuzz")
    given = asked.parse_args()
    print(f"seed {given.seed}, {given.minutes:g} minutes, {given.workers} workers", flush=True)
    began, read, slowest, number = time.monotonic(), Counter[str](), Counter[str](), 0
    for result in ordered_map(Fuzz(), tasks(given.seed, given.minutes), workers=given.workers):
        if isinstance(result, Crashed):
            number += 1
            print(f"a worker died of {result.item}", flush=True)
            continue
        read[result.protocol] += result.read
        slowest[result.protocol] = max(slowest[result.protocol], round(1000 * result.slowest_s))
        for finding in result.findings:
            number += 1
            kept(finding, given.out, number)
    seconds = time.monotonic() - began
    for protocol in sorted(read):
        print(f"{protocol:<18} {read[protocol]:>10,} inputs, the slowest {slowest[protocol]:>5} ms")
    print(f"{read.total():,} in {seconds:.0f} s, {read.total() / seconds:,.0f} a second, {number} findings")
    return 1 if number else 0


if __name__ == "__main__":
    sys.exit(main())
