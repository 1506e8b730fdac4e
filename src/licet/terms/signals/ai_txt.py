"""What an ai.txt reserves (Spawning, 2023). There is no agreed text, so that it is weak, and permits nothing.

In the wild it is written like a robots.txt, with paths (`/`) or file endings (`*.mp3`) after Disallow and Allow, and
means training wherever robots.txt means fetching. A Disallow for `*` reserves training; one for a crawler that gathers
for AI reserves what that one gathers for; Allow lifts a shorter Disallow and is no permission. Others have invented
fields (`Training: deny`, `AI-Training: disallow`) that no two of them write alike: these are reported, not read.
"""

from __future__ import annotations

from licet.terms.signals.crawlers import TRAINING
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.robots import reserved
from licet.terms.signals.robots_file import RobotsFile, can_be_asked, read_robots_file
from licet.terms.signals.understanding import shown, understood

FIELDS = frozenset({"allow", "disallow"})


def read(content: bytes, target: Target) -> Signal:
    """Read an ai.txt, for the path of the target; without one, for the root of the site."""
    if not can_be_asked(target.url):
        problem = f"no address that a rule could speak of: {shown(target.url)}"
        return Signal(READER.protocol, "ai.txt", READER.silence, problems=(problem,))
    file = read_robots_file(content)
    found = understood(reserved(file, target.url, everyone=TRAINING), (*file.problems, *_strange(file)))
    return Signal(READER.protocol, "ai.txt", READER.silence, *found)


def _strange(file: RobotsFile) -> list[str]:
    """Return what a file holds besides groups of Allow and Disallow."""
    inside = [line for group in file.groups for line in group.lines if line.field not in FIELDS]
    return [f"not known in ai.txt: {shown(f'{line.field}: {line.value}')}" for line in (*file.outside, *inside)]


READER = Reader(
    "ai-txt", "ai.txt, as Spawning's generator writes it (no published text)", Certainty.WEAK, "no rule", read
)
