"""What the answers amount to: how many were right, which were wrong, how exact they were, and what falls short."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import chromaprint
import numpy as np
from distorting import CHANGES, FACTORS
from questions import BESIDE_S, LENGTHS_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from questions import Answer

    from licet.identify import Match

MEAN_GOALS = {3: 85.0, 5: 95.0, 10: 98.0, 30: 99.5}  # per cent of clips found, over all changes
CELL_GOAL = {10: 85.0}  # and under each
SILENT_DB = -60.0  # under this a clip holds next to nothing to be found by

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """All clips of one length under one change."""

    asked: int
    right: int
    wrong: int

    @property
    def recall(self) -> float:
        """Per cent of the clips that were found."""
        return 100 * self.right / self.asked


def is_right(answer: Answer, group: Mapping[str, str]) -> bool:
    """Tell whether a sure match names the clip's recording, or one of its group."""
    return any(group.get(match.recording) == group[answer.excerpt.path] for match in answer.matches)


def is_wrong(answer: Answer, group: Mapping[str, str]) -> bool:
    """Tell whether a sure match names a recording of another group, or of none."""
    return any(group.get(match.recording) != group[answer.excerpt.path] for match in answer.matches)


def cells(answers: Iterable[Answer], group: Mapping[str, str]) -> dict[tuple[str, int], Cell]:
    """Return (change, length): what came of its clips."""
    of: dict[tuple[str, int], list[Answer]] = {}
    for answer in answers:
        of.setdefault((answer.excerpt.change, answer.length_s), []).append(answer)
    return {
        key: Cell(
            asked=len(found),
            right=sum(is_right(answer, group) for answer in found),
            wrong=sum(is_wrong(answer, group) for answer in found),
        )
        for key, found in of.items()
    }


def table(cells: Mapping[tuple[str, int], Cell], beside: Mapping[str, float]) -> list[str]:
    """Return the one table, in lines: recall for each change and length, wrong ids, and Chromaprint's recall."""
    lengths = [length for length in LENGTHS_S if any(key[1] == length for key in cells)]
    head = "".join(f"{f'{length} s':>9}" for length in lengths)
    lines = [f"{'% found, sure':16}{head}{'wrong':>8}{f'Chromaprint {BESIDE_S} s':>18}"]
    rows = [change for change in CHANGES if any(key[0] == change for key in cells)]
    for change in rows:
        shown = "".join(_shown(cells[change, length], length) for length in lengths)
        wrong = sum(cells[change, length].wrong for length in lengths)
        lines.append(f"{change:16}{shown}{wrong:8}{_percent(beside.get(change)):>18}")
    for name, of in (("mean", fmean), ("least", min)):
        shown = "".join(f"{of(cells[change, length].recall for change in rows):8.1f} " for length in lengths)
        total = sum(cell.wrong for cell in cells.values()) if name == "mean" else ""
        lines.append(f"{name:16}{shown}{total:>8}{_percent(of(beside.values()) if beside else None):>18}")
    asked = sorted({cell.asked for cell in cells.values()})
    lines.append(f"{'/'.join(map(str, asked))} clips a cell; * falls short of the mean asked for at its length")
    return lines


def shortfalls(cells: Mapping[tuple[str, int], Cell]) -> list[str]:
    """Say of each length, and of each cell, that what was aimed at was not reached; nothing where all was."""
    lines = []
    for length, goal in MEAN_GOALS.items():
        recalls = [cell.recall for key, cell in cells.items() if key[1] == length]
        if recalls and fmean(recalls) < goal:
            lines.append(f"{length} s: {fmean(recalls):.1f} % in the mean, and {goal} are asked for")
    for (change, length), cell in cells.items():
        if cell.recall < CELL_GOAL.get(length, 0.0):
            lines.append(f"{length} s, {change}: {cell.recall:.1f} %, and {CELL_GOAL[length]} are asked for")
        if cell.wrong:
            lines.append(f"{length} s, {change}: {cell.wrong} of {cell.asked} identified as something else")
    return lines


def exactness(answers: Iterable[Answer]) -> Figures:
    """Return how far right matches lie from the truth: offsets in milliseconds, factors in per cent."""
    offset, time, frequency = [], [], []
    for answer in answers:
        match = _own(answer)
        if match is None:
            continue
        time_factor, frequency_factor = FACTORS.get(answer.excerpt.change, (1.0, 1.0))
        begins_s = match.reference_start_s - match.query_start_s * match.time_factor
        offset.append(1000 * abs(begins_s - answer.start_s))
        time.append(100 * abs(match.time_factor / time_factor - 1))
        frequency.append(100 * abs(match.frequency_factor / frequency_factor - 1))
    return {
        "matches": float(len(offset)),
        **_spread("offset_ms", offset),
        **_spread("time_factor_percent", time),
        **_spread("frequency_factor_percent", frequency),
    }


def latency(answers: Iterable[Answer], length_s: int = BESIDE_S) -> Figures:
    """Return how long clips of one length took, in milliseconds, and the most memory that a process held."""
    all_answers = list(answers)
    clips = [answer for answer in all_answers if answer.length_s == length_s]
    searched: dict[str, list[float]] = {"unchanged": [], "changed": [], "unregistered": []}
    for answer in clips:
        known = "changed" if answer.excerpt.change in FACTORS else "unchanged"
        searched[known if answer.excerpt.registered else "unregistered"].append(1000 * answer.search_s)
    figures = _spread("listen_ms", [1000 * answer.listen_s for answer in clips])
    for kind, took in searched.items():
        figures |= _spread(f"search_{kind}_ms", took)
    return figures | {"peak_mb": max((answer.peak_mb for answer in all_answers), default=0.0)}


def chromaprint_recall(
    index: chromaprint.Index, names: Sequence[str], answers: Iterable[Answer], group: Mapping[str, str]
) -> tuple[dict[str, float], float]:
    """Return Chromaprint's recall under each change, and its threshold: just under the nearest wrong answer.

    `answers` are to clips of registered recordings and of others; `names` are those behind `index`, in its order.
    """
    limit = chromaprint.FARTHEST
    near: dict[str, list[tuple[bool, float]]] = {}
    for answer in answers:
        if answer.length_s != BESIDE_S:
            continue
        found = index.nearest(answer.chromaprint)
        if answer.excerpt.registered:
            right = group[names[found.place]] == group[answer.excerpt.path]
            near.setdefault(answer.excerpt.change, []).append((right, found.distance))
        else:
            limit = min(limit, found.distance)
    recall = {
        change: 100 * sum(right and distance < limit for right, distance in found) / len(found)
        for change, found in near.items()
    }
    return recall, limit


def tell(title: str, figures: Figures) -> Figures:
    """Print a few figures under one title, and return them."""
    print(f"\n{title}:")
    for name, value in figures.items():
        shown = f"{value:.1e}" if 0 < abs(value) < 0.005 else f"{value:.2f}"
        print(f"  {name.replace('_', ' '):34}{shown:>12}")
    return figures


def _own(answer: Answer) -> Match | None:
    """Return the likeliest match with the clip's very recording: others of its group may run at another pace."""
    own = [match for match in answer.matches if match.recording == answer.excerpt.path]
    return max(own, key=lambda match: (match.probability, match.aligned_peaks), default=None)


def _spread(name: str, values: Sequence[float]) -> Figures:
    if not values:
        return {}
    return {f"{name}_median": float(np.median(values)), f"{name}_95th": float(np.percentile(values, 95))}


def _shown(cell: Cell, length_s: int) -> str:
    return f"{cell.recall:8.1f}{'*' if cell.recall < MEAN_GOALS.get(length_s, 0.0) else ' '}"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
