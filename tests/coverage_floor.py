"""Hold branch coverage to its floors: all of the rooms that decide, 95 % overall."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOMS_COVERED_WHOLLY = ("policy", "registry", "terms", "transparency")
OVERALL_PERCENT = 95.0


def main(report: str) -> int:
    """Print what falls short of its floor; return 1 if anything does."""
    coverage = json.loads(Path(report).read_text(encoding="utf-8"))
    short = [
        f"{name}: {file['summary']['percent_covered']:.1f} %, wanted 100 %: lines {file['missing_lines']}, "
        f"branches {file['missing_branches']}"
        for name, file in coverage["files"].items()
        if any(f"licet/{room}/" in name for room in ROOMS_COVERED_WHOLLY) and file["summary"]["percent_covered"] < 100
    ]
    total = coverage["totals"]["percent_covered"]
    if total < OVERALL_PERCENT:
        short.append(f"overall: {total:.1f} %, wanted {OVERALL_PERCENT} %")
    sys.stderr.write("".join(f"{line}\n" for line in short))
    return bool(short)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
