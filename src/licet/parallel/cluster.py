"""Call a function on a Ray cluster: one that is running, or one started on this machine for as long as the work lasts.

1. The function is put into the cluster once, with the folder we are in: a relative path means the same there as here.
2. Each worker process fetches both when its first item comes, and keeps them.
3. An item whose worker dies is tried once more, for the worker may have died of a neighbour; then it is `Crashed`.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from licet.errors import UsageError
from licet.parallel.engine import WINDOW_PER_WORKER, Crashed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import ModuleType

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_on_ray(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None,
    address: str | None,
    known: Callable[[Item], Result | None],
) -> Iterator[Result | Crashed[Item]]:
    """Yield `function(item)` for each item, in order, called on the cluster at `address`, or on one of our own.

    A cluster of our own has `workers` processors. A running one decides for itself how many calls it makes at a time;
    `workers` then bounds how many wait.

    Raises:
        UsageError: Ray is not installed, no cluster answers, or it fails as a whole.
    """
    with connected(workers, address) as ray:
        crew = _Crew(ray, function)
        size = (workers or crew.processors()) * WINDOW_PER_WORKER
        window: deque[tuple[Item, Any]] = deque()
        for item in items:
            result = known(item)
            window.append((item, crew.submit(item) if result is None else _Known(result)))
            while len(window) >= size:
                yield crew.result(*window.popleft())
        while window:
            yield crew.result(*window.popleft())


@dataclass(frozen=True, slots=True)
class _Known:
    result: Any


class _Crew:
    """The workers of a cluster, and the function that they were given."""

    def __init__(self, ray: ModuleType, function: Callable[[Any], Any]) -> None:
        self._ray = ray
        # Ray's own retries have no end where memory runs out, so there are none: `result` counts them.
        self._call = ray.remote(num_cpus=1, max_retries=0)(_call)
        self._function = [ray.put((function, Path.cwd()))]  # in a list: Ray would unpack a bare one for every item

    def processors(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def submit(self, item: object) -> Any:  # noqa: ANN401  (Ray's reference to a result)
        return self._call.remote(self._function, item)

    def result(self, item: Item, reference: Any) -> Any:  # noqa: ANN401  (whatever the function gives)
        if isinstance(reference, _Known):
            return reference.result
        deaths = _deaths(self._ray)
        try:
            try:
                return self._ray.get(reference)
            except deaths:
                return self._ray.get(self.submit(item))
        except deaths:
            return Crashed(item)
        except self._ray.exceptions.RayError as error:
            raise _ours(self._ray, error) from error


def _deaths(ray: ModuleType) -> tuple[type[Exception], ...]:
    """Return what Ray says when a worker, or the machine it was on, is gone."""
    gone = ray.exceptions
    return (gone.WorkerCrashedError, gone.OutOfMemoryError, gone.NodeDiedError, gone.ObjectLostError)


def _ours(ray: ModuleType, error: Exception) -> Exception:
    """Return what the function raised; where Ray itself failed, say so."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, Exception) and not isinstance(cause, ray.exceptions.RayError):
        return cause
    return UsageError(f"Ray failed: {_gist(cause or error)}", mend="see `ray status`, or leave out --engine ray")


def _gist(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def connected(workers: int | None, address: str | None) -> Iterator[ModuleType]:
    """Connect to a cluster, or start one; where the program is connected already, that one serves, and is left so."""
    try:
        import ray
    except ImportError:
        mend = "install it with `pip install licet[ray]`, or leave out --engine ray"
        raise UsageError("Ray is not installed", mend=mend) from None
    if ray.is_initialized():
        yield ray
        return
    _hush()
    ours = {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **({} if address else ours),
        )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = f"at {address}" if address else "on this machine"
        mend = (
            "start one with `ray start --head`; if it asks for a token, set RAY_AUTH_MODE=token; or leave out --address"
        )
        raise UsageError(f"no Ray cluster answers {where}: {_gist(error)}", mend=mend) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _hush() -> None:
    """Keep Ray from sending statistics of its use, and from printing a worker's death where documents of JSON go."""
    from ray._private import worker

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["RAY_IGNORE_UNHANDLED_ERRORS"] = "1"  # of items behind the one that stopped us
    worker.print_to_stdstream = lambda *_, **__: None  # a death comes back as `Crashed`; Ray has no setting for this


_installed: dict[str, Callable[[Any], Any]] = {}  # in a worker: the function it was given, by its reference


def _call(boxed: list[Any], item: Any) -> Any:  # noqa: ANN401  # pragma: no cover  (it runs in a worker of Ray's)
    import ray

    (reference,) = boxed
    name = reference.hex()
    if name not in _installed:
        function, folder = ray.get(reference)
        os.chdir(folder)
        _installed.clear()
        _installed[name] = function
    return _installed[name](item)
