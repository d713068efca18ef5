"""What the documents' routes answer besides files."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.documents.rendering import Stage
from app.platform.web.wire import Instant, Out


class MakingOut(Out):
    """A long document is being made. Ask at `Location` until it is there."""

    status: Literal["rendering"] = Field(examples=["rendering"])
    stage: Stage = Field(examples=["laying_out"])
    pages_estimated: int = Field(examples=[120], description="Roughly, from the number of words and rows.")
    seconds: int = Field(examples=[4], description="Since it was begun.")
    waiting_before: int = Field(examples=[0], description="How many documents wait before it.")


class SignedOut(Out):
    """An organisation that agreed to be named here, and when the last signature that it needed was given."""

    organisation: str = Field(examples=["Harbour Youth"], description="As it stands in the signed text.")
    signed_at: Instant


class VerifiedOut(Out):
    """Whether an edition with this hash was signed. Who signed for each is printed in the document itself."""

    sha256: str = Field(examples=["5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"])
    known: bool = Field(description="Whether a version with this hash was ever locked for signing here.")
    status: Literal["open", "agreed", "withdrawn"] | None = Field(None, examples=["agreed"])
    signed_by_all: bool = False
    signatures: int = Field(0, examples=[3])
    partners_to_sign: int = Field(0, examples=[3])
    signed_by: list[SignedOut] = Field(
        [], description="Of a sealed call nobody is named before the bids are opened; persons never are."
    )
    signed_by_others: int = Field(0, examples=[1], description="Partners that signed and are not named here.")
    agreed_at: datetime | None = None
    withdrawn_at: datetime | None = None


class PlaceOut(Out):
    part: str = Field(examples=["Answers to the questions"], description="Empty: on the cover.")
    section: str = Field(examples=["How will you deliver?"], description="The heading above it, where there is one.")
    context: str = Field(examples=["ask the scribe 𓀀 for help"], description="A few words around it.")


class ReplacedOut(Out):
    """A character that no font here has. Write it otherwise, or ask the operator for a font (`FONT_DIR`)."""

    character: str = Field(examples=["𓀀"])
    code_point: str = Field(examples=["U+13000"])
    count: int = Field(examples=[2])
    places: list[PlaceOut] = Field([], description="The first twenty.")
