"""What a template changes in Word beyond what each style says: the logo, the colours of Word's own styles, every size."""

import io
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from app.documents.looks.template import DEFAULT, Logo, Template, box_of, sized


def place_logo(doc: Any, logo: Logo) -> None:
    """Places a PNG or JPEG with its text alternative. (An SVG is placed as every other drawing is.)"""
    width, height = box_of(logo)
    shape = doc.add_picture(io.BytesIO(logo.data), width=Cm(width), height=Cm(height))
    shape._inline.docPr.set("descr", logo.alt)
    shape._inline.docPr.set("name", "Logo")


def fit(doc: Any, template: Template) -> None:
    """Scales sizes that were set for the default template to this one's, none under the call's minimum."""
    _recolour(doc, template.accent[1:])
    if template.size == DEFAULT.size and not template.minimum_size:
        return
    for style in doc.styles:
        size = style.font.size if getattr(style, "font", None) is not None else None
        if size is not None and style.name != "Normal":
            style.font.size = Pt(sized(size.pt, template))
    fact = doc.styles["Cobid Fact"]
    _widen(fact.paragraph_format, fact.font.size.pt / 10)
    heads = [part._element for section in doc.sections for part in (section.header, section.footer)]
    for size in (found for part in (doc.element.body, *heads) for found in part.xpath(".//w:rPr/w:sz")):
        size.val = Pt(template.at_least(size.val.pt))


def _recolour(doc: Any, accent: str) -> None:
    """Gives the accent to Word's own styles (title line, callout), which otherwise take a theme's colours."""
    for element in doc.styles.element.xpath("w:style[@w:type='paragraph']//*[starts-with(@w:themeColor, 'accent')]"):
        for name in [name for name in element.attrib if "theme" in name]:
            del element.attrib[name]
        element.set(qn("w:val") if element.tag == qn("w:color") else qn("w:color"), accent)


def _widen(facts: Any, ratio: float) -> None:
    """Widens the column of labels to fit larger letters."""
    width = facts.left_indent * ratio
    facts.left_indent, facts.first_line_indent = Cm(width / Cm(1)), Cm(-width / Cm(1))
    facts.tab_stops.clear_all()
    facts.tab_stops.add_tab_stop(Cm(width / Cm(1)))
