"""Document templates on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.documents.looks.rules import (
    DEFAULT,
    FONTS,
    LARGE_PRINT,
    LARGEST,
    LONGEST_NAME,
    MOST_PAGES,
    PAPERS,
    PARTS,
    SMALLEST,
    CallRules,
    Logo,
    Look,
    Template,
)
from app.documents.looks.template import LOGO_MEDIA
from app.platform.web.wire import Flag, In, Line, Out, Text, Whole

Colour = Annotated[str, StringConstraints(max_length=20)]
Words = Annotated[Text, StringConstraints(max_length=600, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$")]
Short = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Names = dict[str, Annotated[Line, StringConstraints(max_length=LONGEST_NAME)]]
Part = Annotated[str, StringConstraints(max_length=40), Field(json_schema_extra={"enum": list(PARTS)})]
Font = Annotated[str, StringConstraints(max_length=60), Field(json_schema_extra={"enum": list(FONTS)})]
Paper = Annotated[str, StringConstraints(max_length=20), Field(json_schema_extra={"enum": list(PAPERS)})]
_ACCENT = "Of headings, bars and the cover. Text in it must be readable on white paper (contrast 4.5)."
_TINT = "Behind table headers. Left out or null: a light wash of the accent."
_NAMES = {"answers": "Method statements", "budget": "Price"}


class OrganisationTemplateIn(In):
    """All of it at once; what is left out is the default. The logo is sent by itself (`…/logo`)."""

    accent: Colour = Field(DEFAULT.accent, description=_ACCENT, examples=["#9A3412"])
    tint: Colour | None = Field(None, description=_TINT, examples=["#FFF4EC"])
    font: Font = Field(DEFAULT.font, examples=["FiraGO"])
    size: float = Field(
        DEFAULT.size, description=f"Of running text, in points: {SMALLEST:g} to {LARGEST:g}.", examples=[11]
    )
    paper: Paper = Field(DEFAULT.paper, examples=["a4"])
    cover_eyebrow: Short = Field(
        "", description="The line above the title on the cover.", examples=["Working together"]
    )
    cover_note: Words = Field("", description="A few lines at the foot of the cover.", examples=["Registered charity."])
    parts: list[Part] = Field(
        list(PARTS),
        max_length=len(PARTS),
        description="Their order. Parts left out here still follow, before the signatures: only a call can leave one out.",
    )
    names: Names = Field(default_factory=dict, description="Other names for parts, by their code.", examples=[_NAMES])


class CallTemplateIn(In):
    """All of it at once; what is left out or null is left to the bidders. The logo is sent by itself (`…/logo`)."""

    minimum_size: float | None = Field(
        None, description=f"No text of a bid is smaller, in points, up to {LARGE_PRINT:g}.", examples=[11]
    )
    page_limit: Whole | None = Field(
        None,
        description=f"Pages of the whole PDF, cover included, up to {MOST_PAGES:,}. Whoever has a longer one made is told.",
        examples=[40],
    )
    paper: Paper | None = Field(None, examples=["a4"])
    anonymise_answers: Flag = Field(
        False, description="Partners' names in the answers become 'Partner A', 'Partner B' …", examples=[False]
    )
    parts: list[Part] | None = Field(
        None, max_length=len(PARTS), description="Which parts are printed, in this order.", examples=[list(PARTS)]
    )
    names: Names = Field(default_factory=dict, description="Names for parts, by their code.", examples=[_NAMES])
    accent: Colour | None = Field(None, description=f"{_ACCENT} Null: the lead partner's own.", examples=["#14532D"])
    tint: Colour | None = Field(None, description=_TINT, examples=["#F0F7F2"])
    font: Font | None = Field(None, examples=["Noto Sans"])
    cover_eyebrow: Short | None = Field(None, examples=["Tender response"])
    cover_note: Words | None = Field(None, examples=["Commercial in confidence until award."])


class LogoOut(Out):
    """The picture itself is at `href`."""

    href: str = Field(examples=["/v1/organisations/019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11/document-template/logo"])
    media_type: str = Field(examples=["image/svg+xml"])
    alt: str = Field(examples=["Harbour Youth: a lighthouse"])
    width: float = Field(examples=[300])
    height: float = Field(examples=[120])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])


class OrganisationTemplateOut(Out):
    """`stored` false: nothing of its own yet, and this is the default that is used."""

    stored: bool = Field(examples=[True])
    version: int = Field(examples=[1])
    accent: str = Field(examples=["#9A3412"])
    tint: str | None = Field(examples=["#FFF4EC"])
    font: str = Field(examples=["FiraGO"])
    size: float = Field(examples=[11])
    paper: str = Field(examples=["a4"])
    cover_eyebrow: str = Field(examples=["Working together"])
    cover_note: str = Field(examples=["Registered charity."])
    parts: list[str] = Field(examples=[list(PARTS)])
    names: dict[str, str] = Field(examples=[_NAMES])
    logo: LogoOut | None

    @classmethod
    def of(cls, look: Look | None, version: int, logo: LogoOut | None) -> "OrganisationTemplateOut":
        shown = look or Look()
        fields = {name: getattr(shown, name) for name in OrganisationTemplateIn.model_fields}
        return cls(stored=look is not None, version=version, logo=logo, **fields)


class CallTemplateOut(Out):
    """`stored` false: the call asks nothing of how bids look. Null: left to the bidders."""

    stored: bool = Field(examples=[True])
    version: int = Field(examples=[1])
    minimum_size: float | None = Field(examples=[11])
    page_limit: int | None = Field(examples=[40])
    paper: str | None = Field(examples=["a4"])
    anonymise_answers: bool = Field(examples=[False])
    parts: list[str] | None = Field(examples=[list(PARTS)])
    names: dict[str, str] = Field(examples=[_NAMES])
    accent: str | None = Field(examples=["#14532D"])
    tint: str | None = Field(examples=["#F0F7F2"])
    font: str | None = Field(examples=["Noto Sans"])
    cover_eyebrow: str | None = Field(examples=["Tender response"])
    cover_note: str | None = Field(examples=["Commercial in confidence until award."])
    logo: LogoOut | None

    @classmethod
    def of(cls, rules: CallRules | None, version: int, logo: LogoOut | None) -> "CallTemplateOut":
        shown = rules or CallRules()
        fields = {name: getattr(shown, name) for name in CallTemplateIn.model_fields}
        return cls(stored=rules is not None, version=version, logo=logo, **fields)


class AppliedTemplateOut(Out):
    """The one template that holds. `minimum_size` 0 and `page_limit` null: the call asks for none."""

    accent: str = Field(examples=["#9A3412"])
    tint: str = Field(examples=["#FFF4EC"])
    font: str = Field(examples=["FiraGO"])
    size: float = Field(examples=[11])
    minimum_size: float = Field(examples=[11])
    paper: str = Field(examples=["a4"])
    logo_alt: str | None = Field(examples=["Harbour Youth: a lighthouse"])
    cover_eyebrow: str = Field(examples=["Working together"])
    cover_note: str = Field(examples=["Registered charity."])
    parts: list[str] = Field(examples=[list(PARTS)])
    names: dict[str, str] = Field(examples=[_NAMES])
    page_limit: int | None = Field(examples=[40])
    anonymise_answers: bool = Field(examples=[False])

    @classmethod
    def of(cls, template: Template) -> "AppliedTemplateOut":
        logo_alt = template.logo.alt if template.logo else None
        return cls(**{**template.as_data(), "logo_alt": logo_alt})


def logo_out(logo: Logo | None, path: str) -> LogoOut | None:
    """`path` is that of the template that the logo belongs to."""
    if logo is None:
        return None
    fields = {name: getattr(logo, name) for name in ("alt", "width", "height", "sha256")}
    return LogoOut(href=f"{path}/logo", media_type=LOGO_MEDIA[logo.kind], **fields)
