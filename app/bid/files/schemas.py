"""Attached files on the wire."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from app.bid.files.rules import PersonalData
from app.bid.files.service import marks_of
from app.bid.files.tables import File
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, Out, Patch

WARNING = (
    "This file is said to hold personal data of people who use your services. Only the readers that you named can open "
    "it, and the bid cannot be locked for signing while it goes in the bid or is evidence for it. If it identifies nobody "
    "after all, confirm that with 'anonymised'; otherwise attach one that identifies nobody, and take this one out."
)


class DocumentOut(Out):
    """A file that a partner attached. `warning` says what to do about personal data in it."""

    id: Id
    partner_id: Id
    name: str = Field(examples=["Safeguarding policy.pdf"])
    media_type: str = Field(examples=["application/pdf"], description="Told from the content, never believed.")
    bytes: int = Field(examples=[120_000])
    sha256: str = Field(examples=["5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"])
    personal_data: PersonalData = Field(examples=["none"])
    anonymised: bool = Field(False, description="Its owner's word that it identifies nobody.")
    anonymised_by: Id | None = Field(None, description="The person who confirmed it; null for a program.")
    anonymised_at: datetime | None = None
    in_bid: bool = Field(False, description="Whether it goes to the commissioner with the bid.")
    visible_to: list[Id] = Field([], description="Empty: every accepted partner and the facilitator.")
    uploaded_at: datetime
    version: int
    warning: str | None = None

    @classmethod
    def of(cls, file: File) -> "DocumentOut":
        out = cls.model_validate(file)
        if marks_of(file).identifies:
            out.warning = WARNING
        return out


class DocumentPatch(Patch):
    """What its owner says of a file. Null sets back what an upload without the field would have."""

    model_config = ConfigDict(json_schema_extra={"example": {"anonymised": True}})
    personal_data: PersonalData | None = None
    anonymised: Flag | None = Field(None, description="True: you confirm that it identifies nobody.")
    in_bid: Flag | None = None
    visible_to: list[IdIn] | None = Field(None, max_length=200, description="Partner ids; empty: every partner.")

    def marks(self) -> dict[str, Any]:
        """The fields of `Marks` that were sent."""
        empty = {"personal_data": PersonalData.NONE, "anonymised": False, "in_bid": False, "visible_to": ()}
        sent: dict[str, Any] = {name: empty[name] if value is None else value for name, value in self.sent().items()}
        return sent | ({"visible_to": tuple(dict.fromkeys(sent["visible_to"]))} if "visible_to" in sent else {})
