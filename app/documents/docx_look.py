"""What a template changes in Word beyond its colours: the logo on the cover, and every size in proportion."""

import io
from typing import Any

from docx.shared import Cm, Pt

from app.documents.template import DEFAULT, Logo, Template, box_of, sized


def place_logo(doc: Any, logo: Logo) -> None:
    """A PNG or JPEG as it is, with its words. (A drawing is placed as every other one is.)"""
    width, height = box_of(logo)
    shape = doc.add_picture(io.BytesIO(logo.data), width=Cm(width), height=Cm(height))
    shape._inline.docPr.set("descr", logo.alt)
    shape._inline.docPr.set("name", "Logo")


def fit(doc: Any, template: Template) -> None:
    """Sizes that were set for the default template follow this one's, and none is under the call's minimum."""
    if template.size == DEFAULT.size and not template.minimum_size:
        return
    for style in doc.styles:
        size = style.font.size if getattr(style, "font", None) is not None else None
        if size is not None and style.name != "Normal":
            style.font.size = Pt(sized(size.pt, template))
    for section in doc.sections:
        for paragraph in (*section.header.paragraphs, *section.footer.paragraphs):
            for run in paragraph.runs:
                run.font.size = Pt(template.at_least(run.font.size.pt)) if run.font.size else None
