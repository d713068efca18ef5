"""How a Word document looks while it is still empty: properties, language, styles, page, running heads."""

from datetime import UTC, datetime
from html import escape
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from app.documents import docx_xml as xml
from app.documents.blocks import Composed
from app.documents.looks.template import Template
from app.documents.pdf import UNDATED
from app.documents.words import tag

LINE_CM = 16.4
"""Width of the printed line: A4 less the margins."""
QUIET = RGBColor(0x4A, 0x54, 0x62)


def empty(composed: Composed, template: Template) -> Any:
    doc: Any = Document()
    _properties(doc, composed)
    _styles(doc, composed, template)
    _page(doc, composed, template)
    _other_font(doc, template.font)
    # Pages are counted by whoever opens it: the contents have their numbers from then on.
    doc.settings.element.append(xml.element("w:updateFields", val="true"))
    return doc


LIKE_IT = "Calibri"
"""What Word takes where the reader has not the document's own font."""


def _other_font(doc: Any, font: str) -> None:
    """Names another font beside the document's own, since most readers do not have it."""
    (table,) = [part for part in doc.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml"]
    named = f'<w:font w:name="{escape(font)}"><w:altName w:val="{LIKE_IT}"/></w:font></w:fonts>'
    table._blob = table.blob.decode().replace("</w:fonts>", named).encode()


def _properties(doc: Any, composed: Composed) -> None:
    made = datetime.fromisoformat(composed.made_at or UNDATED).astimezone(UTC).replace(tzinfo=None)
    core = doc.core_properties
    core.title, core.author, core.subject = (
        composed.title,
        composed.author[:255],
        composed.subject[:255],
    )
    core.language = tag(composed.language)
    core.created = core.modified = made
    core.last_modified_by, core.comments, core.revision = "", "", 1


def _styles(doc: Any, composed: Composed, template: Template) -> None:
    styles, font, accent = doc.styles, template.font, RGBColor.from_string(template.accent[1:])
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for found in defaults.findall(qn("w:lang")):
        defaults.remove(found)
    defaults.append(xml.element("w:lang", val=tag(composed.language), bidi="ar-SA"))
    normal = styles["Normal"]
    xml.font(normal, font, template.size)
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.2
    for level, size in ((1, 19), (2, 14), (3, 12), (4, 11), (5, 10.5), (6, 10.5)):
        style = styles[f"Heading {level}"]
        xml.font(style, font, size)
        style.font.bold, style.font.color.rgb, style.font.italic = True, accent, False
        style.paragraph_format.space_before = Pt(20 if level == 1 else 14 if level == 2 else 10)
        style.paragraph_format.space_after = Pt(8 if level == 1 else 5)
        style.paragraph_format.keep_with_next = True
    xml.bottom_line(styles["Heading 1"], template.accent)
    xml.font(styles["Title"], font, 30)
    styles["Title"].font.color.rgb = accent
    cell = styles.add_style("Cobid Cell", WD_STYLE_TYPE.PARAGRAPH)
    cell.base_style = normal
    cell.font.size = Pt(9.5)
    cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(2)
    cell.paragraph_format.line_spacing = 1.1
    for name, size in (("Cobid Note", 9), ("Cobid Question", 10.5), ("Cobid Count", 9.5), ("Cobid Fact", 10)):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.font.size = Pt(size)
        style.font.color.rgb = accent if name == "Cobid Count" else QUIET if name != "Cobid Fact" else None
    styles["Cobid Question"].font.italic = True
    for name in ("Cobid Question", "Cobid Count"):
        styles[name].paragraph_format.keep_with_next = True
    fact = styles["Cobid Fact"].paragraph_format
    fact.left_indent, fact.first_line_indent, fact.space_after = Cm(4.2), Cm(-4.2), Pt(3)
    fact.tab_stops.add_tab_stop(Cm(4.2))
    code = styles.add_style("Cobid Code", WD_STYLE_TYPE.PARAGRAPH)
    xml.font(code, "Courier New", 9)
    xml.font(styles["Quote"], font, template.size)
    styles["Quote"].font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
    styles["Quote"].paragraph_format.left_indent = Cm(0.8)
    xml.font(styles["Caption"], font, 9.5)
    styles["Caption"].font.color.rgb = QUIET
    styles["Caption"].paragraph_format.keep_with_next = True
    for level in (1, 2):
        toc = styles.add_style(f"TOC {level}", WD_STYLE_TYPE.PARAGRAPH)
        xml.font(toc, font, 10.5)
        toc.font.bold = level == 1
        toc.paragraph_format.tab_stops.add_tab_stop(Cm(LINE_CM), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        toc.paragraph_format.right_indent = Cm(0.8)
        toc.paragraph_format.left_indent, toc.paragraph_format.space_after = Cm(0.7 * (level - 1)), Pt(3)


def _page(doc: Any, composed: Composed, template: Template) -> None:
    section = doc.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    letter = template.paper == "us-letter"
    section.page_width, section.page_height = (Cm(21.59), Cm(27.94)) if letter else (Cm(21), Cm(29.7))
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.3)
    head = section.header.paragraphs[0]
    head.add_run(composed.title).font.size = Pt(8.5)
    if composed.draft:
        mark = head.add_run(f"\t{composed.draft}")
        mark.bold, mark.font.size = True, Pt(9)
        mark.font.color.rgb = RGBColor.from_string(template.accent[1:])
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{composed.footer}\t" if composed.footer != composed.title else "\t")
    before, _, rest = composed.page_words.partition("{page}")
    between, _, after = rest.partition("{pages}")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        foot.add_run(words)
        if field:
            xml.field(foot, field, "1")
    for run in foot.runs:
        run.font.size = Pt(8.5)
    for name in ("Header", "Footer"):
        stops = doc.styles[name].paragraph_format.tab_stops
        stops.clear_all()
        stops.add_tab_stop(Cm(LINE_CM), WD_TAB_ALIGNMENT.RIGHT)
