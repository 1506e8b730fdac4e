"""The figures of an experiment: printed, as JSON, and drawn."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from tagger.metrics import by_tag, difference, macro

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

DRAWS = 300  # of the bootstrap
FORMAT = "licet-tagger/1"
STYLES = {"cleared": ("s", "tab:green"), "all": ("o", "0.6"), "as few": ("d", "tab:orange")}  # marker, colour


@dataclass(frozen=True, slots=True)
class Trained:
    """One model that was trained and tested."""

    kind: str  # what it was trained on: `cleared`, `all`, `as few`
    seed: int
    seconds: float  # that its training took, with its run and its gate
    learnt: NDArray[np.float32]  # what was known of the pieces that it was trained on, like `truth` below
    scores: NDArray[np.float32]  # [shape=(n_tested, n_tags)], log-odds


def report(
    out: Path,
    tags: Sequence[str],
    truth: NDArray[np.float32],
    trained: Sequence[Trained],
    manifests: Sequence[Path],
    settings: argparse.Namespace,
) -> dict[str, Any]:
    """Write `figures.json` and `tagger.png` into `out`, print the tables, and return the figures.

    Args:
        out: the folder.
        tags: in the order of the columns.
        truth: [shape=(n_tested, n_tags)], 1, 0 or NaN.
        trained: every model.
        manifests: the folders of what was cleared to train on, and of what was cleared to test on.
        settings: those of the command line.
    """
    kinds = list(dict.fromkeys(one.kind for one in trained))
    alike = {kind: [one for one in trained if one.kind == kind] for kind in kinds}
    figures = {
        "format": FORMAT,
        "settings": vars(settings),
        "cleared": {"train": verdicts(manifests[0]), "test": verdicts(manifests[1])},
        "tested": len(truth),
        "models": {kind: _figures(tags, truth, models) for kind, models in alike.items()},
    }
    mean = {kind: np.mean([one.scores for one in models], axis=0) for kind, models in alike.items()}
    if "all" in mean:
        figures["gained"] = {
            kind: dict(
                zip(("low", "high"), difference(truth, mean["all"], mean[kind], draws=DRAWS, seed=0), strict=True)
            )
            for kind in kinds
            if kind != "all"
        }
    (out / "figures.json").write_text(json.dumps(figures, indent=1, default=str) + "\n", encoding="utf-8")
    show(figures)
    draw(figures, out / "tagger.png")
    return figures


def verdicts(manifest: Path) -> dict[str, dict[str, int]]:
    """Return how many items of each family of licences came out how, the commonest family first."""
    table = pq.read_table(manifest / "manifest.parquet", columns=["family", "verdict"])
    families = Counter(table["family"].to_pylist())
    counts = Counter(zip(table["family"].to_pylist(), table["verdict"].to_pylist(), strict=True))
    return {
        family: {verdict: count for (its, verdict), count in sorted(counts.items()) if its == family}
        for family, _ in families.most_common()
    }


def _figures(tags: Sequence[str], truth: NDArray[np.float32], models: Sequence[Trained]) -> dict[str, Any]:
    told = [by_tag(truth, one.scores) for one in models]
    each = np.array([macro(one) for one in told])
    learnt = np.nansum(models[0].learnt, axis=0)
    scored = {
        tag: {
            "roc_auc": np.mean([one[number].roc_auc for one in told]),
            "pr_auc": np.mean([one[number].pr_auc for one in told]),
            "learnt_from": int(learnt[number]),
        }
        for number, tag in enumerate(tags)
        if told[0][number] is not None
    }
    return {
        "pieces": len(models[0].learnt),
        "seconds": [round(one.seconds, 1) for one in models],
        "seeds": [macro(one)._asdict() for one in told],
        "roc_auc": {"mean": each[:, 0].mean(), "sd": each[:, 0].std(ddof=1) if len(each) > 1 else 0.0},
        "pr_auc": {"mean": each[:, 1].mean(), "sd": each[:, 1].std(ddof=1) if len(each) > 1 else 0.0},
        "categories": _by_category(scored),
        "tags": scored,
    }


def _by_category(scored: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return the mean over the tags of each category."""
    categories = sorted({tag.partition("---")[0] for tag in scored})
    alike = {
        category: [one for tag, one in scored.items() if tag.startswith(f"{category}---")] for category in categories
    }
    return {
        category: {"tags": len(ones)}
        | {name: float(np.mean([one[name] for one in ones])) for name in ("roc_auc", "pr_auc")}
        for category, ones in alike.items()
    }


def show(figures: dict[str, Any]) -> None:
    """Print the tables."""
    for part, families in figures["cleared"].items():
        print(f"\ncleared to {part}")
        for family, counts in families.items():
            print(f"  {family:12}" + "".join(f"{count:>6} {verdict}" for verdict, count in counts.items()))
    print(f"\n{'trained on':12}{'pieces':>8}{'ROC-AUC':>16}{'PR-AUC':>16}   on {figures['tested']} pieces")
    for kind, one in figures["models"].items():
        shown = "".join(f"{one[name]['mean']:>9.3f} ± {one[name]['sd']:.3f}" for name in ("roc_auc", "pr_auc"))
        print(f"{kind:12}{one['pieces']:>8}{shown}")
        for category, of in one["categories"].items():
            print(f"  {category:18}{of['roc_auc']:>9.3f}        {of['pr_auc']:>9.3f}         {of['tags']} tags")
    for kind, (low, high) in ((kind, ends.values()) for kind, ends in figures.get("gained", {}).items()):
        print(
            f"{kind} less all: ROC-AUC {low[0]:+.3f} to {high[0]:+.3f}, PR-AUC {low[1]:+.3f} to {high[1]:+.3f} (95 %)"
        )


def draw(figures: dict[str, Any], path: Path) -> None:
    """Draw what each tag comes to, for every kind of model."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    models = figures["models"]
    tags = sorted(models["cleared"]["tags"], reverse=True)
    figure = Figure(figsize=(9, 1.5 + 0.22 * len(tags)), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, title) in zip(
        figure.subplots(1, 2, sharey=True), (("roc_auc", "ROC-AUC"), ("pr_auc", "PR-AUC")), strict=True
    ):
        for kind, one in models.items():
            marker, colour = STYLES[kind]
            values = [one["tags"][tag][name] for tag in tags]
            label = f"{kind} ({one['pieces']} pieces): {one[name]['mean']:.3f}"
            axes.plot(values, range(len(tags)), marker, color=colour, alpha=0.85, label=label)
            axes.axvline(one[name]["mean"], color=colour, linewidth=1)
        axes.set(
            title=title, xlim=(0, 1.02), yticks=range(len(tags)), yticklabels=[_named(tag, models) for tag in tags]
        )
        axes.grid(axis="y", alpha=0.3)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), fontsize=8)
    figure.savefig(path, dpi=110)


def _named(tag: str, models: dict[str, Any]) -> str:
    """Return a tag, and how many pieces with it were cleared to learn from, of how many."""
    counts = [models[kind]["tags"][tag]["learnt_from"] for kind in ("cleared", "all") if kind in models]
    return f"{tag.replace('---', ': ')} ({' of '.join(map(str, counts))})"
