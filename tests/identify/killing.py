"""Fork a writer, and kill it while it writes."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def killed(write: Callable[[int], None], life_s: float, *, ready: bytes = b"") -> str:
    """Fork, call `write` with a file descriptor to tell things to, kill it after `life_s`, and return what it told.

    Its life begins when it has told that it is `ready`, which is left out of what is returned.
    """
    told, telling = os.pipe()
    writer = os.fork()
    if not writer:
        try:
            write(telling)
        finally:
            os._exit(1)  # only if it was not killed
    os.close(telling)
    assert os.read(told, len(ready)) == ready
    time.sleep(life_s)
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "the writer failed by itself"
    with os.fdopen(told) as stream:
        return stream.read()
