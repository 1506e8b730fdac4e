"""How well tags are told apart: the two figures of music tagging, each the mean over the tags.

As the MTG-Jamendo baselines report them (Bogdanov, Won, Tovstogan, Porter and Serra, "The MTG-Jamendo dataset for
automatic music tagging", Machine Learning for Music Discovery workshop, ICML 2019), ROC-AUC and PR-AUC are what
scikit-learn calls `roc_auc_score` and `average_precision_score` with `average="macro"`; the tests compare the two. What
is written here takes a fiftieth of the time, for a bootstrap asks for tens of thousands of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Score(NamedTuple):
    """How one tag is told apart."""

    roc_auc: float
    pr_auc: float


def roc_auc(truth: NDArray[np.float32], scores: NDArray[np.float32]) -> float:
    """Return the chance that a piece with the tag is scored above one without, ties counting half.

    Args:
        truth: [shape=(n,)], 1 with the tag, 0 without; both must occur.
        scores: [shape=(n,)], any real numbers.
    """
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]  # from 1; ties share the mean of theirs
    yes = truth > 0.5
    positives = int(yes.sum())
    won = ranks[yes].sum() - positives * (positives + 1) / 2
    return float(won / (positives * (len(truth) - positives)))


def average_precision(truth: NDArray[np.float32], scores: NDArray[np.float32]) -> float:
    """Return the precision at each score, weighed by the recall that it adds: the area under precision and recall.

    Args:
        truth: [shape=(n,)], 1 with the tag, 0 without; some must be with it.
        scores: [shape=(n,)], any real numbers.
    """
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(truth[order] > 0.5)[last]
    asked = np.arange(1, len(truth) + 1)[last]
    return float(np.sum(found / asked * np.diff(found, prepend=0)) / found[-1])


def by_tag(truth: NDArray[np.float32], scores: NDArray[np.float32]) -> list[Score | None]:
    """Return the score of each tag over the pieces of which it is known; None where they are all alike.

    Args:
        truth: [shape=(n_pieces, n_tags)], 1, 0, or NaN where it is unknown.
        scores: [shape=(n_pieces, n_tags)].
    """
    told: list[Score | None] = []
    for answers, given in zip(truth.T, scores.T, strict=True):
        known = ~np.isnan(answers)
        yes, said = answers[known], given[known]
        alike = len(np.unique(yes)) < 2
        told.append(None if alike else Score(roc_auc(yes, said), average_precision(yes, said)))
    return told


def macro(told: list[Score | None]) -> Score:
    """Return the mean over the tags that could be scored; NaN without any."""
    scored = np.array([score for score in told if score is not None]).reshape(-1, 2)
    return Score(*(float(mean) for mean in scored.mean(axis=0))) if len(scored) else Score(np.nan, np.nan)


def difference(
    truth: NDArray[np.float32], before: NDArray[np.float32], after: NDArray[np.float32], *, draws: int, seed: int
) -> tuple[Score, Score]:
    """Return between what the macro scores of `after` less `before` lie, 95 times in 100, over draws of test pieces.

    Pieces are drawn with replacement, the same for both (a paired bootstrap). Arrays are [shape=(n_pieces, n_tags)].
    """
    draw = np.random.default_rng(seed)
    gained = []
    for _ in range(draws):
        rows = draw.integers(0, len(truth), len(truth))
        was, now = (macro(by_tag(truth[rows], scores[rows])) for scores in (before, after))
        gained.append((now.roc_auc - was.roc_auc, now.pr_auc - was.pr_auc))
    low, high = np.nanpercentile(gained, (2.5, 97.5), axis=0)
    return Score(*map(float, low)), Score(*map(float, high))
