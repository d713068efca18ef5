"""Word (DOCX) by python-docx: real styles and heading levels, repeated table headers, page fields, language, contents.

What python-docx leaves to hand is done in the XML: header rows, languages, a fresh numbering for each ordered list,
bookmarks and the contents field with its entries filled in, and drawings as SVG with a PNG for readers that need one.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row

from app.documents import docx_look as look
from app.documents import docx_xml as xml
from app.documents.blocks import Block, Composed, Inline
from app.documents.pdf import UNDATED, svg_to_png
from app.documents.template import DEFAULT, Template, box_of
from app.documents.zipped import same_bytes

LOCALES = {"en": "en-GB", "cy": "cy-GB"}
LINE_CM = 16.4
"""Width of the printed line: A4 less the margins."""
ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
QUIET = RGBColor(0x4A, 0x54, 0x62)
_NOTHING: Block = {"content": [], "colspan": 1, "rowspan": 1, "header": False}


def render(composed: Composed, *, template: Template = DEFAULT, font_folder: str | None = None) -> bytes:
    writer = _Writer(composed, template, font_folder)
    writer.cover()
    writer.contents()
    writer.blocks(composed.body)
    look.fit(writer.doc, template)
    return same_bytes(writer.saved())


class _Writer:
    def __init__(self, composed: Composed, template: Template, font_folder: str | None) -> None:
        self.composed, self.template, self.font_folder = composed, template, font_folder
        self.doc: Any = Document()
        self.accent = RGBColor.from_string(template.accent[1:])
        self.ids = 100
        self.figures = 0
        self._properties()
        self._styles()
        self.style_ids = {style.name: style.style_id for style in self.doc.styles}
        self._page()

    def _add(self, into: Any, style: str | None = None) -> Any:
        """A paragraph with a style, set by its id: python-docx looks a name up anew for every paragraph."""
        paragraph = into.add_paragraph()
        if style:
            paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = self.style_ids[style]
        return paragraph

    # The document -------------------------------------------------------------------------------------------
    def _properties(self) -> None:
        made = datetime.fromisoformat(self.composed.made_at or UNDATED).astimezone(UTC).replace(tzinfo=None)
        core = self.doc.core_properties
        core.title, core.author, core.subject = (
            self.composed.title,
            self.composed.author[:255],
            self.composed.subject[:255],
        )
        core.language = LOCALES[self.composed.language]
        core.created = core.modified = made
        core.last_modified_by, core.comments, core.revision = "", "", 1

    def _styles(self) -> None:
        styles = self.doc.styles
        font = self.template.font
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for found in defaults.findall(qn("w:lang")):
            defaults.remove(found)
        defaults.append(xml.element("w:lang", val=LOCALES[self.composed.language], bidi="ar-SA"))
        normal = styles["Normal"]
        xml.font(normal, font, self.template.size)
        normal.paragraph_format.space_after = Pt(7)
        normal.paragraph_format.line_spacing = 1.2
        for level, size in ((1, 19), (2, 14), (3, 12), (4, 11), (5, 10.5), (6, 10.5)):
            style = styles[f"Heading {level}"]
            xml.font(style, font, size)
            style.font.bold, style.font.color.rgb, style.font.italic = True, self.accent, False
            style.paragraph_format.space_before = Pt(20 if level == 1 else 14 if level == 2 else 10)
            style.paragraph_format.space_after = Pt(8 if level == 1 else 5)
            style.paragraph_format.keep_with_next = True
        xml.bottom_line(styles["Heading 1"], self.template.accent)
        xml.font(styles["Title"], font, 30)
        styles["Title"].font.color.rgb = self.accent
        cell = styles.add_style("Cobid Cell", WD_STYLE_TYPE.PARAGRAPH)
        cell.base_style = normal
        cell.font.size = Pt(9.5)
        cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
        cell.paragraph_format.line_spacing = 1.1
        for name, size in (("Cobid Note", 9), ("Cobid Question", 10.5), ("Cobid Count", 9.5), ("Cobid Fact", 10)):
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = normal
            style.font.size = Pt(size)
            style.font.color.rgb = self.accent if name == "Cobid Count" else QUIET if name != "Cobid Fact" else None
        styles["Cobid Question"].font.italic = True
        for name in ("Cobid Question", "Cobid Count"):
            styles[name].paragraph_format.keep_with_next = True
        fact = styles["Cobid Fact"].paragraph_format
        fact.left_indent, fact.first_line_indent, fact.space_after = Cm(4.2), Cm(-4.2), Pt(3)
        fact.tab_stops.add_tab_stop(Cm(4.2))
        code = styles.add_style("Cobid Code", WD_STYLE_TYPE.PARAGRAPH)
        xml.font(code, "Courier New", 9)
        xml.font(styles["Quote"], font, self.template.size)
        styles["Quote"].font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        styles["Quote"].paragraph_format.left_indent = Cm(0.8)
        xml.font(styles["Caption"], font, 9.5)
        styles["Caption"].font.color.rgb = QUIET
        styles["Caption"].paragraph_format.keep_with_next = True
        for level in (1, 2):
            toc = styles.add_style(f"TOC {level}", WD_STYLE_TYPE.PARAGRAPH)
            xml.font(toc, font, 10.5)
            toc.font.bold = level == 1
            toc.paragraph_format.left_indent, toc.paragraph_format.space_after = Cm(0.7 * (level - 1)), Pt(3)

    def _page(self) -> None:
        section = self.doc.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        letter = self.template.paper == "us-letter"
        section.page_width, section.page_height = (Cm(21.59), Cm(27.94)) if letter else (Cm(21), Cm(29.7))
        section.left_margin = section.right_margin = Cm(2.3)
        section.top_margin = section.bottom_margin = Cm(2.3)
        head = section.header.paragraphs[0]
        head.add_run(self.composed.title).font.size = Pt(8.5)
        if self.composed.draft:
            mark = head.add_run(f"\t{self.composed.draft}")
            mark.bold, mark.font.size, mark.font.color.rgb = True, Pt(9), self.accent
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{self.composed.footer}\t" if self.composed.footer != self.composed.title else "\t")
        before, _, rest = self.composed.page_words.partition("{page}")
        between, _, after = rest.partition("{pages}")
        for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
            foot.add_run(words)
            if field:
                xml.field(foot, field, "1")
        for run in foot.runs:
            run.font.size = Pt(8.5)
        for name in ("Header", "Footer"):
            stops = self.doc.styles[name].paragraph_format.tab_stops
            stops.clear_all()
            stops.add_tab_stop(Cm(LINE_CM), WD_TAB_ALIGNMENT.RIGHT)

    def cover(self) -> None:
        cover = self.composed.cover
        if self.composed.draft:
            mark = self.doc.add_paragraph().add_run(self.composed.draft)
            mark.bold, mark.font.size, mark.font.color.rgb = True, Pt(14), self.accent
        if logo := self.template.logo:
            if logo.kind == "svg":
                self._picture(logo.data.decode(), logo.alt, box_of(logo)[0])
            else:
                look.place_logo(self.doc, logo)
        eyebrow = self.doc.add_paragraph(cover["eyebrow"])
        eyebrow.paragraph_format.space_before = Pt(80)
        self.doc.add_paragraph(cover["title"], style="Title")
        if cover["subtitle"]:
            subtitle = self.doc.add_paragraph(cover["subtitle"])
            subtitle.runs[0].font.size = Pt(13)
            subtitle.paragraph_format.space_after = Pt(30)
        self._facts({"rows": cover["rows"]})
        if cover["note"]:
            note = self.doc.add_paragraph()
            note.paragraph_format.space_before = Pt(14)
            xml.lines(note, cover["note"])
        self._break()

    def contents(self) -> None:
        """A real contents field whose entries are filled in, so that it reads well before it is updated."""
        entries = [b for b in self.composed.body if b["type"] == "heading" and b["level"] < 3 and b.get("id")]
        if not self.composed.contents_title or not entries:
            return
        title = self.doc.add_paragraph(self.composed.contents_title)
        title.runs[0].bold, title.runs[0].font.size, title.runs[0].font.color.rgb = True, Pt(19), self.accent
        for index, entry in enumerate(entries):
            paragraph = self.doc.add_paragraph(style=f"TOC {entry['level']}")
            if index == 0:
                xml.field_start(paragraph, 'TOC \\o "1-2" \\h \\z \\u')
            words = f"{entry['number']}  " if entry.get("number") else ""
            words += "".join(run.get("text", " ") for run in entry["content"])
            xml.internal_link(paragraph, xml.bookmark_name(entry["id"]), words)
            if index == len(entries) - 1:
                xml.field_end(paragraph)
        if not self.composed.body[0].get("page"):  # two breaks would leave an empty page where the contents fill theirs
            self._break()

    def _break(self) -> None:
        self.doc.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    # Blocks -------------------------------------------------------------------------------------------------
    def blocks(self, blocks: Sequence[Block], into: Any = None, style: str | None = None) -> None:
        for block in blocks:
            self.block(block, into if into is not None else self.doc, style)

    def block(self, b: Block, into: Any, style: str | None) -> None:  # noqa: C901 (one branch for each kind of block)
        kind = b["type"]
        if kind == "paragraph":
            names = {"note": "Cobid Note", "question": "Cobid Question", "count": "Cobid Count"}
            paragraph = self._add(into, style or names.get(b["role"]))
            if b.get("number"):
                paragraph.add_run(f"{b['number']}\t")
                paragraph.paragraph_format.left_indent = Cm(1.2)
                paragraph.paragraph_format.first_line_indent = Cm(-1.2)
            self._runs(paragraph, b)
        elif kind == "heading":
            self._heading(b, into)
        elif kind in ("bulletList", "orderedList"):
            self._list(b, into, 1)
        elif kind == "blockquote":
            self.blocks(b["content"], into, style or "Quote")
        elif kind == "callout":
            self.blocks(b["content"], into, "Intense Quote")
        elif kind == "codeBlock":
            paragraph = self._add(into, "Cobid Code")
            xml.lines(paragraph, b["text"])
        elif kind == "rule":
            xml.bottom_line(into.add_paragraph(), "#C3CBD6")
        elif kind == "facts":
            self._facts(b)
        elif kind == "figure":
            self._figure(b)
        elif kind == "dataTable":
            self._data_table(b)
        elif kind == "table":
            self._table(b, into)
        elif kind == "pageBreak":
            self._break()

    def _heading(self, b: Block, into: Any) -> None:
        if into is not self.doc:
            self._runs(self._add(into, "Normal"), b)
            return
        paragraph = self._add(into, f"Heading {b['level']}")
        paragraph.paragraph_format.page_break_before = bool(b.get("page"))
        if b.get("number"):
            paragraph.add_run(f"{b['number']}  ")
        self._runs(paragraph, b)
        if b.get("id"):
            self.ids += 1
            xml.bookmark(paragraph, xml.bookmark_name(b["id"]), self.ids)

    def _runs(self, paragraph: Any, b: Block) -> None:
        rtl = b.get("dir") == "rtl"
        if rtl:
            paragraph._p.get_or_add_pPr().append(xml.element("w:bidi"))
        for run in b["content"]:
            self._run(paragraph, run, rtl, b.get("lang"))

    def _run(self, paragraph: Any, run: Inline, rtl: bool, language: str | None) -> None:
        if run["type"] == "break":
            paragraph.add_run().add_break()
            return
        made = (
            xml.external_link(paragraph, run["link"], run["text"])
            if run.get("link")
            else paragraph.add_run(run["text"])
        )
        made.bold, made.italic = run.get("bold"), run.get("italic")
        made.font.strike = run.get("strike")
        if run.get("underline") or run.get("link"):
            made.underline = True
        if run.get("code"):
            made.font.name = "Courier New"
        properties = made._r.get_or_add_rPr()
        if rtl:
            properties.append(xml.element("w:rtl"))
        if language:
            properties.append(xml.element("w:lang", **({"bidi": language} if rtl else {"val": language})))

    def _list(self, b: Block, into: Any, depth: int) -> None:
        ordered = b["type"] == "orderedList"
        base = "List Number" if ordered else "List Bullet"
        style = base if depth == 1 else f"{base} {min(depth, 3)}"
        number = xml.new_numbering(self.doc, style, b["start"]) if ordered else None
        for item in b["content"]:
            first = True
            for child in item["content"]:
                if child["type"] in ("bulletList", "orderedList"):
                    self._list(child, into, depth + 1)
                elif child["type"] == "paragraph":
                    name = style if first else f"List Continue{'' if depth == 1 else f' {min(depth, 3)}'}"
                    paragraph = self._add(into, name)
                    if first and number is not None:
                        xml.numbered(paragraph, number)
                    paragraph.paragraph_format.space_after = Pt(3)
                    if depth > 3:
                        paragraph.paragraph_format.left_indent = Cm(0.6 * depth)
                    self._runs(paragraph, child)
                else:
                    self.block(child, into, None)
                first = False

    def _facts(self, b: Block) -> None:
        for label, value in b["rows"]:
            paragraph = self._add(self.doc, "Cobid Fact")
            name = paragraph.add_run(label)
            name.font.color.rgb = QUIET
            paragraph.add_run("\t")
            xml.lines(paragraph, value)

    def _figure(self, b: Block) -> None:
        self._picture(b["svg"], b["alt"], LINE_CM)
        if b["caption"]:
            self.doc.add_paragraph(b["caption"], style="Caption").paragraph_format.keep_with_next = False

    def _picture(self, svg: str, alt: str, width: float) -> None:
        """The drawing as a PNG that every reader shows, with the SVG itself for those that can."""
        self.figures += 1
        png = svg_to_png(svg, 960, font_folder=self.font_folder)
        shape = self.doc.add_picture(io.BytesIO(png), width=Cm(width))
        properties = shape._inline.docPr
        properties.set("descr", alt)
        properties.set("name", f"Figure {self.figures}")
        name = PackURI(f"/word/media/drawing{self.figures}.svg")
        part = Part(name, "image/svg+xml", svg.encode(), self.doc.part.package)
        related = self.doc.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        blip.append(xml.svg_extension(related))

    def _data_table(self, b: Block) -> None:
        if b["caption"]:
            caption = self._add(self.doc, "Caption")
            caption.add_run(b["caption"]).bold = True
        columns = b["columns"]
        table = self._new_table(0, len(columns), b["caption"])
        whole = sum(c["width"] for c in columns)
        widths = [Cm(LINE_CM * c["width"] / whole) for c in columns]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for index, cells in enumerate([[c["label"] for c in columns], *b["rows"]]):
            bold = index == 0 or (b["total"] and index == len(b["rows"]))
            made = OxmlElement("w:tr")
            table._tbl.append(made)
            for value, column, width in zip(cells, columns, widths, strict=True):
                paragraph = self._add(self._new_cell(made, table, width, 1), "Cobid Cell")
                paragraph.alignment = ALIGN[column["align"]]
                xml.lines(paragraph, value, bold)
        rows = table._tbl.tr_lst
        self._head_row(_Row(rows[0], table), _Row(rows[-1], table) if b["total"] else None)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(4)

    def _new_table(self, rows: int, columns: int, words: str, into: Any = None) -> Any:
        table = (into or self.doc).add_table(rows, columns)
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

    def _head_row(self, row: Any, total: Any = None) -> None:
        row._tr.get_or_add_trPr().append(xml.element("w:tblHeader"))
        for filled in [row, *([total] if total else [])]:
            for cell in filled.cells:
                shading = xml.element("w:shd", val="clear", color="auto", fill=self.template.tint[1:])
                cell._tc.get_or_add_tcPr().append(shading)

    def _table(self, b: Block, into: Any) -> None:
        """A person's own table, row by row: python-docx's own cells are looked up ever slower as a table grows."""
        table = self._new_table(0, b["columns"], "", into)
        width = Cm(LINE_CM / b["columns"])
        below: dict[int, tuple[int, int]] = {}
        for r, row in enumerate(b["rows"]):
            made = OxmlElement("w:tr")
            table._tbl.append(made)
            waiting, column = list(row), 0
            while column < b["columns"]:
                if column in below:
                    column = self._hanging(made, table, below, column)
                    continue
                cell = waiting.pop(0) if waiting else _NOTHING
                across = min(cell["colspan"], b["columns"] - column)
                target = self._new_cell(made, table, width, across)
                if cell["rowspan"] > 1:
                    target._tc.get_or_add_tcPr().append(xml.element("w:vMerge", val="restart"))
                    below[column] = (cell["rowspan"] - 1, across)
                self._cell(target, cell, r < b["headers"] or cell["header"])
                column += across
        for row in [_Row(tr, table) for tr in table._tbl.tr_lst[: b["headers"]]]:
            self._head_row(row)
        if into is self.doc:
            self.doc.add_paragraph().paragraph_format.space_after = Pt(4)

    def _hanging(self, row: Any, table: Any, below: dict[int, tuple[int, int]], column: int) -> int:
        """The rest of a cell that hangs down from the row above; answers the column after it."""
        left, across = below[column]
        target = self._new_cell(row, table, Cm(0), across)
        target._tc.get_or_add_tcPr().append(xml.element("w:vMerge"))
        target.add_paragraph()
        if left == 1:
            del below[column]
        else:
            below[column] = (left - 1, across)
        return column + across

    def _new_cell(self, row: Any, table: Any, width: Any, across: int) -> Any:
        made = OxmlElement("w:tc")
        row.append(made)
        properties = made.get_or_add_tcPr()
        if width:
            properties.append(xml.element("w:tcW", w=str(int(width * across / 635)), type="dxa"))
        if across > 1:
            properties.append(xml.element("w:gridSpan", val=str(across)))
        return _Cell(made, table)

    def _cell(self, target: Any, cell: Any, bold: bool) -> None:
        self.blocks(cell["content"], target)
        if not len(target._tc) or target._tc[-1].tag != qn("w:p"):
            target.add_paragraph()
        for paragraph in target.paragraphs:
            properties = paragraph._p.get_or_add_pPr()
            if properties.pStyle is None:
                properties.get_or_add_pStyle().val = self.style_ids["Cobid Cell"]
            for run in paragraph.runs:
                run.bold = True if bold else run.bold

    def saved(self) -> bytes:
        out = io.BytesIO()
        self.doc.save(out)
        return out.getvalue()
