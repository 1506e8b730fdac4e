"""How plain loops become machine code, and where that code is kept for the next time.

numba keeps it beside the package, or in the user's cache where that is read-only; `NUMBA_CACHE_DIR` names another
place. Where none of them can be written it is kept in a folder of the user's own among the temporary files, and where
there is none either it is compiled anew in every process.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from numba import config, njit

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F")


def kernel(*fastmath: str) -> Callable[[F], F]:
    """Compile a function when it is first called, without the interpreter's lock.

    Args:
        fastmath: which of LLVM's liberties with floating-point numbers may be taken; none by default.

    Returns:
        The decorator. What it returns is called like the function, which stays at hand as its `py_func`.
    """

    def compiled(function: F) -> F:
        # No C code calls a kernel: without the wrapper for it compiling takes a twelfth less.
        options: dict[str, Any] = {"nogil": True, "fastmath": set(fastmath), "no_cfunc_wrapper": True}
        try:
            ready: F = njit(cache=True, **options)(function)
        except RuntimeError:  # numba found no folder that it can write
            folder = private_folder()
            config.CACHE_DIR = folder  # type: ignore[attr-defined,unused-ignore]  # numba sets it as it is loaded
            ready = njit(cache=bool(folder), **options)(function)
        return ready

    return compiled


def private_folder() -> str:
    """Return a folder among the temporary files that nobody else can write to; made if need be, "" if it cannot be.

    Compiled code is trusted when it is read. Whoever may write to the folder could have us run theirs.
    """
    try:
        folder = Path(tempfile.gettempdir(), f"licet-{os.getuid()}")
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return ""
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return str(folder) if ours else ""
