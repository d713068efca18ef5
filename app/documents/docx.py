"""Word (DOCX) by python-docx: real styles and heading levels, repeated table headers, page fields, language, contents.

What python-docx leaves to hand is done in the XML: header rows, languages, a fresh numbering for each ordered list,
bookmarks and the contents field with its entries filled in, and drawings as SVG with a PNG for readers that need one.
"""

import io
from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor, Twips

from app.documents import docx_fitting, docx_look, docx_tables
from app.documents import docx_xml as xml
from app.documents.blocks import Block, Composed, Inline
from app.documents.docx_look import LINE_CM, QUIET
from app.documents.looks.template import DEFAULT, Template, box_of
from app.documents.pdf import svg_to_png
from app.documents.zipped import same_bytes
from app.platform.richtext.list_labels import standard

HANGING = 360
"""The room before an item in Word's own list styles, in twentieths of a point."""


def render(composed: Composed, *, template: Template = DEFAULT, font_folder: str | None = None) -> bytes:
    writer = _Writer(composed, template, font_folder)
    writer.cover()
    writer.contents()
    writer.blocks(composed.body)
    docx_fitting.fit(writer.doc, template)
    return same_bytes(writer.saved())


class _Writer:
    def __init__(self, composed: Composed, template: Template, font_folder: str | None) -> None:
        self.composed, self.template, self.font_folder = composed, template, font_folder
        self.doc = docx_look.empty(composed, template)
        self.accent = RGBColor.from_string(template.accent[1:])
        self.ids = 100
        self.figures = 0
        self.style_ids = {style.name: style.style_id for style in self.doc.styles}

    def _add(self, into: Any, style: str | None = None) -> Any:
        """A paragraph with a style, set by its id: python-docx would look its name up again for every paragraph."""
        paragraph = into.add_paragraph()
        if style:
            paragraph._p.get_or_add_pPr().get_or_add_pStyle().val = self.style_ids[style]
        return paragraph

    def cover(self) -> None:
        cover = self.composed.cover
        if self.composed.draft:
            mark = self.doc.add_paragraph().add_run(self.composed.draft)
            mark.bold, mark.font.size, mark.font.color.rgb = True, Pt(14), self.accent
        if logo := self.template.logo:
            if logo.kind == "svg":
                self._picture(logo.data.decode(), logo.alt, box_of(logo)[0])
            else:
                docx_fitting.place_logo(self.doc, logo)
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
        """Each heading with the number of its page, which Word and LibreOffice count when they open the document.

        Inside a field of contents LibreOffice would show no numbers until somebody updates it.
        """
        entries = [b for b in self.composed.body if b["type"] == "heading" and b["level"] < 3 and b.get("id")]
        if not self.composed.contents_title or not entries:
            return
        title = self.doc.add_paragraph(self.composed.contents_title)
        title.runs[0].bold, title.runs[0].font.size, title.runs[0].font.color.rgb = True, Pt(19), self.accent
        for entry in entries:
            paragraph = self.doc.add_paragraph(style=f"TOC {entry['level']}")
            words = f"{entry['number']}  " if entry.get("number") else ""
            words += "".join(run.get("text", " ") for run in entry["content"])
            xml.internal_link(paragraph, xml.bookmark_name(entry["id"]), words)
            paragraph.add_run("\t")
            xml.field(paragraph, f"PAGEREF {xml.bookmark_name(entry['id'])} \\h", "")
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
            docx_tables.own_table(into, b, self.template.tint, self._cell)
            self._gap(into)

    def _heading(self, b: Block, into: Any) -> None:
        if into is not self.doc:
            self._runs(self._add(into, "Normal"), b)
            return
        paragraph = self._add(into, f"Heading {b['level']}")
        # Word cannot tell whether a page is hardly begun, so only the first part begins one.
        paragraph.paragraph_format.page_break_before = bool(b.get("page")) and b is self.composed.body[0]
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
        if side := str(b.get("align") or ""):
            # Where lines run from right to left, Word's 'left' is the side where they begin.
            mirrored = {"left": "right", "right": "left"}
            paragraph.alignment = docx_tables.ALIGN[mirrored.get(side, side) if rtl else side]
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
        number = None
        counted = ordered and standard(b["form"], b["start"], b["start"] + len(b["content"]) - 1)
        wider = max(0, round((b["widest"] + 0.35) * self.template.size * 20) - HANGING) if ordered else 0
        if counted:
            number = xml.new_numbering(self.doc, style, b["start"], b["form"], wider=wider)
        for item in b["content"]:
            if ordered and not counted:
                number = xml.new_numbering(self.doc, style, 1, b["form"], item["label"], wider)
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
                    elif wider and not first:
                        paragraph.paragraph_format.left_indent = Twips(HANGING * depth + wider)
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
            self._add(self.doc, "Caption").add_run(b["caption"]).bold = True
        docx_tables.data_table(self.doc, b, self.template.tint, lambda cell: self._add(cell, "Cobid Cell"))
        self._gap(self.doc)

    def _gap(self, into: Any) -> None:
        if into is self.doc:
            self.doc.add_paragraph().paragraph_format.space_after = Pt(4)

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
