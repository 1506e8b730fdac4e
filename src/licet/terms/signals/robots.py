"""What a robots.txt reserves by keeping crawlers out (RFC 9309). It permits nothing: to fetch is not to use.

1. A crawler that gathers for some acts, and is barred from the target's path, shows that these acts are reserved.
2. A Disallow for `*` keeps every crawler out that is not named, and so reserves every act for what lies there.
3. Allow, an empty Disallow and silence say nothing of rights.

One crawler stands for its kind: a holder who bars GPTBot is taken to refuse training, not one company's alone.
"""

from __future__ import annotations

from licet.terms.clauses import Act, Clause, Says
from licet.terms.signals.crawlers import CRAWLERS, Crawler
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.robots_file import RobotsFile, barred, can_be_asked, read_robots_file
from licet.terms.signals.understanding import shown


def reserved(file: RobotsFile, url: str, everyone: frozenset[Act]) -> tuple[Clause, ...]:
    """Return what a file reserves by barring crawlers from an address; a Disallow for `*` reserves `everyone`."""
    crawlers = {**CRAWLERS, "*": Crawler("*", everyone, "RFC 9309, section 2.2.1")}
    kept_out = [(crawlers[agent], by) for agent, by in sorted(barred(file, url).items()) if agent in crawlers]
    return tuple(
        Clause(Says.RESERVES, crawler.acts, shown(f"User-agent: {crawler.token}, Disallow: {by}"))
        for crawler, by in kept_out
    )


def read(content: bytes, target: Target) -> Signal:
    """Read a robots.txt, for the path of the target; without one, for the root of the site."""
    if not can_be_asked(target.url):
        problem = f"no address that a rule could speak of: {shown(target.url)}"
        return Signal(READER.protocol, "rfc-9309", READER.silence, problems=(problem,))
    file = read_robots_file(content)
    clauses = reserved(file, target.url, everyone=frozenset(Act))
    return Signal(READER.protocol, "rfc-9309", READER.silence, clauses, file.problems)


READER = Reader(
    "robots",
    "RFC 9309, Robots Exclusion Protocol (September 2022), and what operators say of their crawlers",
    Certainty.SECOND_HAND,
    "nothing disallowed",
    read,
)
