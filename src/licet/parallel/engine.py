"""Where work is done, and what comes back of an item whose worker died."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from licet.errors import UsageError

Item = TypeVar("Item")

ENGINES = ("processes", "ray")
WINDOW_PER_WORKER = 8
"""Items under way for each worker: enough that none of them waits for the next."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where a function is called: in `processes` of this machine, or on `ray`.

    `address` names the Ray cluster, as Ray writes it: `auto`, `10.0.0.1:6379`, `ray://10.0.0.1:10001`. Without one a
    cluster is started on this machine and ended with the work.

    Raises:
        UsageError: there is no such engine, or an address is given to one that has no use for it.
    """

    name: str = "processes"
    address: str | None = None

    def __post_init__(self) -> None:
        if self.name not in ENGINES:
            raise UsageError(f"there is no engine {self.name!r}", mend=f"engines are: {', '.join(ENGINES)}")
        if self.address is not None and self.name != "ray":
            raise UsageError(
                f"an address of a Ray cluster, and the work is done in {self.name}", mend="add --engine ray"
            )


PROCESSES = Engine()


@dataclass(frozen=True, slots=True)
class Crashed(Generic[Item]):
    """The process that worked on `item` died: the item alone is lost, and the work goes on."""

    item: Item
