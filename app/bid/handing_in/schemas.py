"""Submissions and lodgements on the wire, as the partners see them."""

from typing import Any

from pydantic import ConfigDict, Field

from app.bid.handing_in.queries import LodgedEdition, SubmittedEdition
from app.platform.access.ids import Id
from app.platform.web.wire import IdIn, In, Instant, Line, Out
from app.platform.words.codes import SubmissionStatus

ID = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class SubmissionIn(In):
    model_config = ConfigDict(json_schema_extra={"example": {"organisation_id": ID}})
    organisation_id: IdIn | None = Field(None, description="Whom you act for, where you could act for several.")
    partner_id: IdIn | None = None


class ReceiptOut(Out):
    submitted_at: Instant = Field(description="By the database's clock, to the microsecond.")
    sha256: str = Field(description="Of the bytes that the commissioner has: the hash that all partners signed.")
    edition: int


class SubmissionOut(Out):
    """One hand-in with its receipt, and what became of it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "id": ID,
                "status": "submitted",
                "partner_id": ID,
                "receipt": {"submitted_at": "2026-11-23T11:58:00.123456Z", "sha256": SHA, "edition": 2},
                "notices": [],
                "acknowledged_at": None,
                "outcome": None,
                "withdrawn_at": None,
                "version": 1,
            }
        },
    )
    id: Id
    status: SubmissionStatus
    partner_id: Id
    receipt: ReceiptOut
    notices: list[dict[str, Any]]
    acknowledged_at: Instant | None
    outcome: dict[str, Any] | None
    withdrawn_at: Instant | None
    version: int

    @classmethod
    def of(cls, found: SubmittedEdition) -> "SubmissionOut":
        row = found.submission
        return cls(
            id=row.id,
            status=SubmissionStatus(row.status),
            partner_id=row.partner_id,
            receipt=ReceiptOut(submitted_at=row.submitted_at, sha256=found.sha256, edition=found.edition),
            notices=row.notices,
            acknowledged_at=row.acknowledged_at,
            outcome=row.outcome,
            withdrawn_at=row.withdrawn_at,
            version=row.version,
        )


class LodgementIn(In):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {"organisation_id": ID, "portal_reference": "DN-721534", "lodged_at": "2026-11-23T11:30:00Z"}
        }
    )
    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    portal_reference: Line
    lodged_at: Instant
    document_id: IdIn | None = Field(None, description="An attached document, such as the portal's own receipt.")


class LodgementOut(Out):
    """A person's record that this version was put in on the council's own portal. It is no receipt."""

    id: Id
    edition: int
    sha256: str
    partner_id: Id
    portal_reference: str
    lodged_at: Instant
    document_id: Id | None
    recorded_at: Instant
    version: int

    @classmethod
    def of(cls, found: LodgedEdition) -> "LodgementOut":
        row = found.lodgement
        return cls(
            id=row.id,
            edition=found.edition,
            sha256=found.sha256,
            partner_id=row.partner_id,
            portal_reference=row.portal_reference,
            lodged_at=row.lodged_at,
            document_id=row.document_id,
            recorded_at=row.created_at,
            version=row.version,
        )
