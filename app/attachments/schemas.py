"""What an attached file looks like on the wire."""

from datetime import datetime

from pydantic import Field

from app.domain.attachments import PersonalData
from app.domain.ids import Id
from app.web.wire import Out


class DocumentOut(Out):
    """A file that a partner attached. `warning` says what to do about personal data in it."""

    id: Id
    partner_id: Id
    name: str = Field(examples=["Safeguarding policy.pdf"])
    media_type: str = Field(examples=["application/pdf"], description="Told from the content, never believed.")
    bytes: int = Field(examples=[120_000])
    sha256: str = Field(examples=["5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"])
    personal_data: PersonalData = Field(examples=["none"])
    anonymised: bool = False
    in_bid: bool = Field(False, description="Whether it goes to the commissioner with the bid.")
    visible_to: list[Id] = Field([], description="Empty: every accepted partner and the facilitator.")
    uploaded_at: datetime
    version: int
    warning: str | None = None
