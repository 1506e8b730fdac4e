"""The notice as one page that needs nothing else: to read, to print, to forward."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from licet.corpus.pages import content_security_policy, environment, part
from licet.exports.sheets import SHEET, style_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.exports.claim_notice.content import Block, Notice

_PACKAGE = "licet.exports.claim_notice"


def page(notice: Notice, files: Mapping[str, bytes]) -> str:
    """Return the page; its pictures are taken from `files` and travel in it."""
    style = style_of(SHEET) + part(_PACKAGE, "notice.css")
    pictures = {name: _in_place(content) for name, content in files.items() if name.startswith("pictures/")}
    surroundings = environment(_PACKAGE)
    surroundings.filters |= {"kind": _kind}
    policy = content_security_policy(style) + "; img-src data:"
    return surroundings.get_template("notice.html.j2").render(notice=notice, pictures=pictures, style=style, csp=policy)


def _in_place(content: bytes) -> str:
    return f"data:image/png;base64,{b64encode(content).decode('ascii')}"


def _kind(block: Block) -> str:
    return type(block).__name__.lower()
