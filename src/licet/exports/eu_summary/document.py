"""The summary as a Word document (ECMA-376), the same bytes for the same summary.

python-docx writes the time of day into the archive and a template's own into the properties; both are set to the day
that the clearance is for.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from licet.corpus.wording import shown

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    from licet.exports.eu_summary.form import Field, Section, Summary, Table

EARLIEST = date(1980, 1, 1)  # that an archive can name
TAKEN, LEFT = "☒", "☐"
_NOT_XML = re.compile("[\ufffe\uffff]")  # XML 1.0, production 2; `shown` sees to the others


def document(summary: Summary, day: str) -> bytes:
    """Return the document; `day` (ISO 8601) is when it says that it was made."""
    import docx  # 0.2 s that importing does not owe

    when = _when(day)
    made = docx.Document()
    _lay_out(made)
    _name(made, summary, when)
    made.add_heading(_text(summary.title), 0)
    made.add_paragraph(_text(summary.subtitle), style="Subtitle")
    for note in summary.notes:
        made.add_paragraph(_text(note), style="List Bullet")
    made.add_paragraph(_text(summary.tally))
    for section in summary.sections:
        _add_section(made, section)
    for line in summary.closing:
        made.add_paragraph(_text(line))
    written = BytesIO()
    made.save(written)
    return _timeless(written.getvalue(), when)


def _lay_out(made: Document) -> None:
    """A4, as in the Union."""
    from docx.shared import Mm, Pt, RGBColor

    for page in made.sections:
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.left_margin = page.right_margin = Mm(20)
        page.top_margin = page.bottom_margin = Mm(20)
    styles = made.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(10.5)
    for name in ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].font.color.rgb = RGBColor(0x1D, 0x21, 0x26)


def _name(made: Document, summary: Summary, when: datetime) -> None:
    properties = made.core_properties
    properties.title = _text(summary.title)
    properties.subject = _text(summary.subtitle)[:255]
    properties.author = properties.last_modified_by = "Licet"
    properties.comments = "Licet informs. It is no legal advice."
    properties.language = "en"
    properties.created = properties.modified = when
    properties.revision = 1


def _add_section(made: Document, section: Section) -> None:
    made.add_heading(_text(f"{section.number} {section.title}".strip()), section.depth)
    if not section.fields:
        return
    from docx.shared import Mm

    grid = made.add_table(rows=0, cols=2, style="Table Grid")
    grid.autofit = False
    for field in section.fields:
        label, content = grid.add_row().cells
        label.width, content.width = Mm(55), Mm(115)
        label.paragraphs[0].add_run(_text(field.label)).bold = True
        _fill(content, field)


def _fill(cell: _Cell, field: Field) -> None:
    lines = [*field.says, *(f"{TAKEN if one.taken else LEFT} {one.says}" for one in field.choices)]
    for line in lines:
        _next(cell).add_run(_text(line))
    if field.table is not None:
        _add_table(cell, field.table)
    if field.filled_from:
        _next(cell).add_run(_text(f"From: {field.filled_from}.")).italic = True
    if field.asks:
        _mark(_next(cell), field.asks)


def _mark(paragraph: Paragraph, asks: str) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    run = paragraph.add_run("To be filled by a person. ")
    run.bold = True
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    paragraph.add_run(_text(asks))


def _add_table(cell: _Cell, table: Table) -> None:
    inner = cell.add_table(rows=1 + len(table.rows), cols=len(table.head))
    inner.style = "Table Grid"
    for line, texts in zip(inner.rows, (table.head, *table.rows), strict=True):
        for place, text in zip(line.cells, texts, strict=True):
            place.text = _text(text)
    for head in inner.rows[0].cells:
        head.paragraphs[0].runs[0].bold = True


def _next(cell: _Cell) -> Paragraph:
    """Return the paragraph to write into: a cell begins with an empty one, and a table in it is followed by one."""
    last: Paragraph = cell.paragraphs[-1]
    return cell.add_paragraph() if last.text else last


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", shown(text))


def _when(day: str) -> datetime:
    try:
        stated = date.fromisoformat(day)
    except ValueError:
        stated = EARLIEST
    return datetime.combine(max(stated, EARLIEST), datetime.min.time(), UTC)


def _timeless(content: bytes, when: datetime) -> bytes:
    """Pack the archive again, each part in its place, under one date."""
    packed = BytesIO()
    with ZipFile(BytesIO(content)) as parts, ZipFile(packed, "w", ZIP_DEFLATED) as again:
        for part in parts.infolist():
            name = ZipInfo(part.filename, when.timetuple()[:6])
            name.compress_type = ZIP_DEFLATED
            again.writestr(name, parts.read(part))
    return packed.getvalue()
