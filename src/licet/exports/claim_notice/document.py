"""The notice as a PDF: the same blocks on A4, for those who file paper. The same notice gives the same bytes.

Its fonts are those that every reader of PDF has, so that none travels along: they hold the letters of Western European
languages (Windows-1252). Any other character is shown by its number in Unicode; `notice.html` and `claim.json` have it.

Text that nothing bounds flows from page to page. A cell of a table cannot, and is cut to what stands on one: whatever
the text, there is a document.
"""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from licet.corpus.wording import day_in_words, shown
from licet.exports.claim_notice.content import Facts, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from licet.exports.claim_notice.content import Block, Notice

_MILLIMETRE = 72 / 25.4  # points
_WIDTH = 174 * _MILLIMETRE - 12  # of the text: a frame keeps 6 points on either side
_INK, _QUIET, _LINE, _RED = "#1d2126", "#5c636b", "#dfdcd3", "#b3361b"
_FOREIGN = "Some characters are shown by their numbers in Unicode: notice.html holds them as they are."
_WIDTHS = {  # of columns, parts of the whole, by how many there are
    2: (0.32, 0.68),
    4: (0.2, 0.33, 0.18, 0.29),
    5: (0.13, 0.19, 0.33, 0.09, 0.26),
}
_TALLEST = 300  # points of a cell: a row of them fits on a page
_FITS = 60  # characters that fit into any cell, whatever they are
_HEADING = 300  # characters of a heading
_CUT = "… (cut: notice.html has the rest)"


def document(notice: Notice, files: Mapping[str, bytes]) -> bytes:
    """Return the PDF; its pictures are taken from `files`."""
    from reportlab import rl_config
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    rl_config.useA85 = 0  # streams as bytes and not as text: a second less for each picture
    out = BytesIO()
    margin = 18 * _MILLIMETRE
    made = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=22 * _MILLIMETRE,
        title=_printable(f"{notice.title}: {notice.subtitle}"),
        author=f"Licet {notice.licet}",
        invariant=1,  # no time of making, and an id of the content
        lang="en",
    )
    foot = partial(
        _foot, words=_printable(f"{notice.title}, {day_in_words(notice.day)}. A finding is no proof of training.")
    )
    made.build(list(_flow(notice, files)), onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _flow(notice: Notice, files: Mapping[str, bytes]) -> Iterator[Any]:
    """Yield what is laid out, from the first line to the last."""
    from reportlab.platypus import HRFlowable, KeepTogether, Paragraph

    styles = _styles()
    yield Paragraph(_text(notice.title), styles["title"])
    yield Paragraph(_text(notice.subtitle), styles["subtitle"])
    if any(_foreign(text) for text in _texts(notice)):
        yield Paragraph(_text(_FOREIGN), styles["small"])
    for section in notice.sections:
        first, *others = [one for block in section.blocks for one in _laid(block, files, styles)]
        title = _printable(section.title)
        title = title if len(title) <= _HEADING else title[:_HEADING] + "…"
        heading = [Paragraph(escape(title), styles[f"heading{section.depth}"])]
        if section.depth == 1:
            heading.append(HRFlowable(width="100%", thickness=0.8, color=_INK, spaceAfter=5))
        yield KeepTogether([*heading, first])
        yield from others


def _laid(block: Block, files: Mapping[str, bytes], styles: Mapping[str, Any]) -> Iterator[Any]:
    from reportlab.lib.utils import ImageReader
    from reportlab.platypus import Image, KeepTogether, Paragraph

    if isinstance(block, Text):
        leads = "lead" if block.says.endswith(":") else "text"
        style = "strong" if block.strong else "quoted" if block.quoted else leads
        yield Paragraph(_text(block.says), styles[style])
    elif isinstance(block, Facts):
        yield _grid(
            [[_cell(label, styles["label"], 0.22), _cell(says, styles["cell"], 0.78)] for label, says in block.rows],
            (0.22, 0.78),
        )
    elif isinstance(block, Table):
        parts = _WIDTHS[len(block.head)]
        head = [Paragraph(_text(one), styles["label"]) for one in block.head]
        rows = [[_cell(one, styles["cell"], part) for one, part in zip(row, parts, strict=True)] for row in block.rows]
        yield _grid([head, *rows], parts, heads=1)
    else:
        wide, high = ImageReader(BytesIO(files[block.file])).getSize()
        picture = Image(BytesIO(files[block.file]), _WIDTH, _WIDTH * high / wide)
        yield KeepTogether([picture, Paragraph(_text(block.caption), styles["small"])])


def _grid(cells: list[list[Any]], parts: tuple[float, ...], heads: int = 0) -> Any:  # noqa: ANN401  (a flowable of theirs)
    from reportlab.platypus import Table as Grid

    grid = Grid(cells, colWidths=[_WIDTH * part for part in parts], repeatRows=heads, spaceAfter=7, spaceBefore=2)
    grid.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ]
    )
    return grid


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    plain = {"fontName": "Helvetica", "fontSize": 9.5, "leading": 13, "textColor": _INK, "spaceAfter": 5}
    serif = plain | {"fontName": "Times-Bold"}
    kinds = {
        "title": serif | {"fontSize": 26, "leading": 30, "spaceAfter": 6},
        "subtitle": plain | {"fontName": "Times-Roman", "fontSize": 13, "leading": 17, "spaceAfter": 10},
        "heading1": serif | {"fontSize": 15, "leading": 19, "spaceBefore": 12, "spaceAfter": 2},
        "heading2": serif | {"fontSize": 12, "leading": 15, "spaceBefore": 9, "spaceAfter": 3},
        "text": plain,
        "lead": plain | {"keepWithNext": 1},
        "strong": plain | {"fontName": "Helvetica-Bold", "textColor": _RED, "spaceAfter": 7},
        "quoted": plain
        | {"fontName": "Times-Italic", "fontSize": 11, "leading": 14.5, "leftIndent": 12, "spaceBefore": 4},
        "label": plain | {"fontSize": 8.5, "leading": 11.5, "textColor": _QUIET, "spaceAfter": 0},
        "cell": plain | {"fontSize": 8.5, "leading": 11.5, "spaceAfter": 0, "splitLongWords": 1},
        "small": plain | {"fontSize": 8, "leading": 10.5, "textColor": _QUIET, "spaceBefore": 3, "spaceAfter": 7},
    }
    return {name: ParagraphStyle(name, **kind) for name, kind in kinds.items()}


def _foot(canvas: Any, made: Any, *, words: str) -> None:  # noqa: ANN401  (theirs, without types)
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_QUIET)
    canvas.drawString(made.leftMargin + 6, 12 * _MILLIMETRE, words)
    canvas.drawRightString(made.pagesize[0] - made.rightMargin - 6, 12 * _MILLIMETRE, f"{made.page}")
    canvas.restoreState()


def _texts(notice: Notice) -> Iterator[str]:
    """Yield every text of a notice."""
    yield notice.subtitle
    for section in notice.sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, Text):
                yield block.says
            elif isinstance(block, Facts | Table):
                yield from (one for row in block.rows for one in row)


def _text(says: str) -> str:
    return escape(_printable(says))


def _cell(says: str, style: Any, part: float) -> Any:  # noqa: ANN401  (theirs, without types)
    """Return a text for a column that is `part` of the whole width, cut to what fits as it is shown."""
    from reportlab.platypus import Paragraph

    def laid(count: int) -> Any:  # noqa: ANN401  (likewise)
        return Paragraph(escape(printed if count == len(printed) else printed[:count] + _CUT), style)

    printed = _printable(says)
    fits, too_many = _FITS, len(printed) + 1
    count = len(printed)
    while fits < count:
        if laid(count).wrap(_WIDTH * part, _TALLEST)[1] <= _TALLEST:
            fits = count
        else:
            too_many = count
        count = (fits + too_many) // 2
    return laid(min(fits, len(printed)))


def _printable(text: str) -> str:
    return "".join(f"[U+{ord(one):04X}]" if _foreign(one) else one for one in shown(text))


def _foreign(text: str) -> bool:
    """Whether some character has no place in the fonts."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return True
    return False
