"""A tagger after the short-chunk CNN: four seconds of log-mel in, the odds of each tag out.

Won, Ferraro, Bogdanov and Serra, "Evaluation of CNN-based automatic music tagging models", Sound and Music Computing
2020: layers of 3x3 filters, each followed by a pooling by two, over chunks of a few seconds; a piece is scored by the
mean over its chunks. Here the first layer steps by two, and there are few channels, so that two processors suffice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from tagger.features import chunks, middle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


class Tagger(nn.Module):
    """Scores `n_tags` tags.

    Args:
        n_tags: how many.
        channels: of the first layer; the last has eight times as many.
    """

    def __init__(self, n_tags: int, channels: int = 16) -> None:
        super().__init__()
        widths = (1, channels, 2 * channels, 4 * channels, 4 * channels, 8 * channels)
        layers: list[nn.Module] = [nn.BatchNorm2d(1)]  # dB of whatever scale
        for number, (narrow, wide) in enumerate(pairwise(widths)):
            layers += [
                nn.Conv2d(narrow, wide, 3, stride=1 if number else 2, padding=1, bias=False),
                nn.BatchNorm2d(wide),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
        self.layers = nn.Sequential(*layers)
        self.tags = nn.Sequential(nn.Dropout(0.3), nn.Linear(2 * widths[-1], n_tags))

    def forward(self, mel: Tensor) -> Tensor:
        """Return the log-odds of each tag [shape=(n, n_tags)] in log-mel [shape=(n, 96, n_frames)], dB."""
        heard = self.layers(mel[:, None]).flatten(2)
        return self.tags(torch.cat((heard.mean(2), heard.amax(2)), 1))


def loss_of(odds: Tensor, truth: Tensor) -> Tensor:
    """Return the binary cross-entropy over the tags that are known: NaN in `truth` is an unknown one."""
    known = ~truth.isnan()
    return nn.functional.binary_cross_entropy_with_logits(odds[known], truth[known])


@torch.no_grad()
def scores_of(model: Tagger, paths: Sequence[Path], device: str) -> NDArray[np.float32]:
    """Return the log-odds of each tag in each piece whose features are kept: [shape=(n_pieces, n_tags)], float32."""
    model.eval()
    heard = (torch.from_numpy(chunks(middle(path))).to(device) for path in paths)
    return np.array([model(mel).mean(0).cpu().numpy() for mel in heard])
