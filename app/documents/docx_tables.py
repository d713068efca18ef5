"""Tables in Word, row by row: python-docx looks up a cell the more slowly the larger the table is."""

from collections.abc import Callable
from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Cm
from docx.table import _Cell, _Row

from app.documents import docx_xml as xml
from app.documents.blocks import Block
from app.documents.docx_look import LINE_CM

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_NOTHING: Block = {"content": [], "colspan": 1, "rowspan": 1, "header": False}


def data_table(into: Any, b: Block, tint: str, new_paragraph: Callable[[Any], Any]) -> None:
    """A table that the service wrote: its first row is the header, its last the sum where it has one."""
    columns = b["columns"]
    table = _table(into, len(columns), b["caption"])
    whole = sum(c["width"] for c in columns)
    widths = [Cm(LINE_CM * c["width"] / whole) for c in columns]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for index, cells in enumerate([[c["label"] for c in columns], *b["rows"]]):
        bold = index == 0 or (b["total"] and index == len(b["rows"]))
        row = _row(table)
        for value, column, width in zip(cells, columns, widths, strict=True):
            paragraph = new_paragraph(_cell(row, table, width, 1))
            paragraph.alignment = ALIGN[column["align"]]
            if index == 0 or (b["together"] and index < len(b["rows"])):
                paragraph.paragraph_format.keep_with_next = True  # else a header may stand alone at the foot of a page
            xml.lines(paragraph, value, bold)
    rows = table._tbl.tr_lst
    _head(_Row(rows[0], table), tint)
    if b["total"]:
        _shade(_Row(rows[-1], table), tint)


def own_table(into: Any, b: Block, tint: str, fill: Callable[[Any, Block, bool], None]) -> None:
    """A person's own table, with its spans; `fill` writes a cell's content, in bold for a header."""
    table = _table(into, b["columns"], "")
    for column, width in zip(table.columns, b["widths"], strict=True):
        column.width = Cm(LINE_CM * width / sum(b["widths"]))
    below: dict[int, tuple[int, int]] = {}
    for r, row in enumerate(b["rows"]):
        made = _row(table)
        waiting, column = list(row), 0
        while column < b["columns"]:
            if column in below:
                column = _hanging(made, table, below, column)
                continue
            cell = waiting.pop(0) if waiting else _NOTHING
            across = min(cell["colspan"], b["columns"] - column)
            target = _cell(made, table, Cm(LINE_CM * cell.get("share", across / b["columns"]) / across), across)
            if cell["rowspan"] > 1:
                target._tc.get_or_add_tcPr().append(xml.element("w:vMerge", val="restart"))
                below[column] = (cell["rowspan"] - 1, across)
            fill(target, cell, r < b["headers"] or cell["header"])
            column += across
    for head in table._tbl.tr_lst[: b["headers"]]:
        _head(_Row(head, table), tint)
        for paragraph in (p for cell in _Row(head, table).cells for p in cell.paragraphs):
            paragraph.paragraph_format.keep_with_next = True


def _hanging(row: Any, table: Any, below: dict[int, tuple[int, int]], column: int) -> int:
    """Continues a cell that spans down from the row above. Returns the column after it."""
    left, across = below[column]
    target = _cell(row, table, Cm(0), across)
    target._tc.get_or_add_tcPr().append(xml.element("w:vMerge"))
    target.add_paragraph()
    if left == 1:
        del below[column]
    else:
        below[column] = (left - 1, across)
    return column + across


def _table(into: Any, columns: int, words: str) -> Any:
    table = into.add_table(0, columns)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    properties = table._tbl.tblPr
    if words:
        properties.append(xml.element("w:tblCaption", val=words[:250]))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(xml.element(f"w:{side}", val="single", sz="4", space="0", color="C3CBD6"))
    properties.append(borders)
    return table


def _row(table: Any) -> Any:
    """A row, which no page parts."""
    made = OxmlElement("w:tr")
    made.get_or_add_trPr().append(xml.element("w:cantSplit"))
    table._tbl.append(made)
    return made


def _cell(row: Any, table: Any, width: Any, across: int) -> Any:
    made = OxmlElement("w:tc")
    row.append(made)
    properties = made.get_or_add_tcPr()
    if width:
        properties.append(xml.element("w:tcW", w=str(int(width * across / 635)), type="dxa"))
    if across > 1:
        properties.append(xml.element("w:gridSpan", val=str(across)))
    return _Cell(made, table)


def _head(row: Any, tint: str) -> None:
    row._tr.get_or_add_trPr().append(xml.element("w:tblHeader"))
    _shade(row, tint)


def _shade(row: Any, tint: str) -> None:
    for cell in row.cells:
        cell._tc.get_or_add_tcPr().append(xml.element("w:shd", val="clear", color="auto", fill=tint[1:]))
