"""Have a file heard by `fpcalc`, Chromaprint's own program: what AcoustID knows sounds by."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from licet.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

HEARD_S = 120  # of a file: AcoustID compares no more
PATIENCE_S = 120.0


def chromaprint(path: Path) -> tuple[int, str]:
    """Return the length in whole seconds and the Chromaprint fingerprint of the file at `path`.

    Raises:
        UsageError: `fpcalc` is not installed.
        SourceError: it makes nothing of the file.
    """
    program = shutil.which("fpcalc")
    if program is None:
        mend = (
            "install Chromaprint: libchromaprint-tools on Debian, chromaprint in Homebrew, or acoustid.org/chromaprint"
        )
        raise UsageError("fpcalc is not on the PATH", mend=mend)
    # An absolute path begins with a slash: it is never taken for an option.
    command = [program, "-json", "-length", str(HEARD_S), str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE_S)  # noqa: S603  (no shell)
        # Its exit code tells nothing: Debian's complains of the end of every file, and prints what it heard.
        heard = json.loads(done.stdout)
        duration, fingerprint = round(heard["duration"]), heard["fingerprint"]
    except (OSError, subprocess.TimeoutExpired, ValueError, KeyError, TypeError, OverflowError) as error:
        wrong = f"fpcalc makes nothing of it: {type(error).__name__}"
        raise SourceError(wrong, mend="look at it with fpcalc") from error
    if not isinstance(fingerprint, str) or not fingerprint or duration < 1:
        raise SourceError("there is too little in it to ask AcoustID about")
    return duration, fingerprint
