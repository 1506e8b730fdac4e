"""What every page of ours shares: templates that escape everything, and a policy under which it can fetch nothing."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from licet.corpus import wording

if TYPE_CHECKING:
    from jinja2 import Environment

OUR_STYLE = "report.css"  # the look of them all


def environment(package: str) -> Environment:
    """Return the surroundings of a package's templates. A name that there is not is an error, not a blank."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # 0.1 s that importing does not owe

    surroundings = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    surroundings.filters |= {
        name: getattr(wording, name)
        for name in ("day_in_words", "heard", "listed", "moment", "number", "shown", "span_of_time")
    }
    return surroundings


def part(package: str, name: str) -> str:
    """Return a file that lies beside a package's templates."""
    return (files(package) / "templates" / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def content_security_policy(style: str, script: str = "") -> str:
    """Allow this style sheet and this script, by hash, and nothing else: no address, no frame, no form.

    Content Security Policy Level 3, s. 2.3.1.
    """
    runs = f"script-src '{_named(script)}'; " if script else ""
    return f"default-src 'none'; style-src '{_named(style)}'; {runs}base-uri 'none'; form-action 'none'"


def _named(content: str) -> str:
    return f"sha256-{b64encode(sha256(content.encode('utf-8')).digest()).decode('ascii')}"
