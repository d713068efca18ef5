"""The template as the writers use it (`app/documents/looks/rules.py` holds the value and which one applies)."""

import base64
import re
from dataclasses import replace

from app.documents.looks.rules import DEFAULT, PARTS, Logo, Template

__all__ = [
    "DEFAULT",
    "LOGO_MEDIA",
    "PARTS",
    "Logo",
    "Template",
    "box_of",
    "data_uri",
    "sized",
    "with_logo",
    "with_sizes",
]

LOGO_MEDIA = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg"}
LOGO_BOX = (6.0, 2.0)
"""Width and height in centimetres of the box on the cover that a logo is fitted into."""


def data_uri(logo: Logo) -> str:
    return f"data:{LOGO_MEDIA[logo.kind]};base64,{base64.b64encode(logo.data).decode()}"


def box_of(logo: Logo) -> tuple[float, float]:
    """Width and height in centimetres, in the logo's own proportions."""
    scale = min(LOGO_BOX[0] / logo.width, LOGO_BOX[1] / logo.height)
    return logo.width * scale, logo.height * scale


def with_logo(template: Template, data: bytes) -> Template:
    """The template with the bytes of its logo filled in."""
    return replace(template, logo=replace(template.logo, data=data)) if template.logo else template


_POINTS = re.compile(r'((?:fo:font-size|style:font-size-complex)=")(\d+(?:\.\d+)?)(pt")')


def sized(points: float, template: Template) -> float:
    """A size chosen for text of the default size, in proportion to this template's, and never under its minimum."""
    return template.at_least(round(points * template.size / DEFAULT.size, 2))


def with_sizes(styles: str, template: Template) -> str:
    """OpenDocument styles whose sizes were written for the default template."""
    return _POINTS.sub(lambda found: f"{found[1]}{sized(float(found[2]), template):g}{found[3]}", styles)
