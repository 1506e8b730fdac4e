"""Write `docs/images/eu-summary.png`: the EU summary of the demo, as Chromium draws it.

`python docs/generate_screenshot.py [MANIFEST]` takes the manifest of a `licet demo` run; without one it runs the demo.
Chromium is Debian's package `chromium`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from licet.exports import About, Facts, export

IMAGE = Path(__file__).with_name("images") / "eu-summary.png"
WIDTH, HEIGHT = 1100, 1592  # CSS pixels: the head, and part 1 as far as how much audio it is
ABOUT = About(
    name="Harbour Sessions",
    publisher="Quay Models SAS",
    contact="rights@quay.example",
    model="Harbour",
    model_version="1.0",
    placed_on_market=date(2026, 12, 1),
    published=date(2026, 11, 22),
)


def draw(manifest: Path, image: Path) -> None:
    """Draw the summary of `manifest` into `image`."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("chromium is not installed: on Debian, apt-get install chromium")
    with TemporaryDirectory() as folder:
        page, _ = export("eu-summary", Facts.of(manifest, ABOUT), Path(folder))
        shot = Path(folder) / "page.png"
        arguments = ["--headless", "--disable-gpu", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # Chromium has no sandbox for root
        subprocess.run(  # noqa: S603  (our own arguments)
            [browser, *arguments, f"--user-data-dir={folder}/profile", f"--screenshot={shot}", page.as_uri()],
            check=True,
            timeout=120,
            capture_output=True,
        )
        image.parent.mkdir(exist_ok=True)
        shutil.move(shot, image)


def main() -> None:
    """Draw the manifest that is named, or that of a demo."""
    if len(sys.argv) > 1:
        draw(Path(sys.argv[1]), IMAGE)
        return
    with TemporaryDirectory() as folder:
        out = Path(folder) / "demo"
        subprocess.run([sys.executable, "-m", "licet.cli", "demo", "--out", str(out)], check=True)  # noqa: S603  (as above)
        draw(out / "commercial", IMAGE)


if __name__ == "__main__":
    main()
