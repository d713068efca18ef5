"""What commissioners and portals read and send."""

from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from app.platform.access.money import format_quantity
from app.platform.web.wire import IdIn, In, Instant, Line, Markdown, Out, Quantity, ViewerCanOut
from app.platform.words.codes import LotOutcome, SubmissionStatus

ID = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"
TENDERER = {"partner_id": ID, "organisation_id": ID, "name": "Acorn Youth Trust", "role": "lead"}
ITEM: dict[str, Any] = {
    "id": ID,
    "proposal_id": ID,
    "opportunity_id": ID,
    "status": "submitted",
    "edition": 2,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "submitted_at": "2026-11-23T11:58:00.123456Z",
    "title": "Family hubs 2027: a joint bid",
    "opportunity_title": "Youth work",
    "organisation_name": "Acorn Youth Trust",
    "detail": "Submitted",
    "tenderers": [TENDERER],
    "notices": [],
    "version": 1,
}


class TendererOut(Out):
    partner_id: str
    organisation_id: str
    name: str
    role: str = Field(description="`lead` or `member`.")


class FeedItemOut(Out):
    """One submission as the feed gives it."""

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"example": ITEM})
    id: str
    proposal_id: str
    opportunity_id: str
    status: SubmissionStatus
    edition: int
    sha256: str
    submitted_at: Instant
    title: str = Field(description="The bid's own title, as it was signed.")
    opportunity_title: str = Field(description="The call's title, as it was signed.")
    organisation_name: str = Field(description="Who leads the bid, as it was signed.")
    detail: str = Field(description="What `status` means, in a few words for people.")
    tenderers: list[TendererOut]
    notices: list[dict[str, Any]] = Field(description="What happened to the bid since, such as a partner leaving.")
    version: int


class FeedOut(Out):
    items: list[FeedItemOut]
    next_cursor: str = Field(description="Never null: asked again with it, the feed gives what changed since.")


class ScoreIn(In):
    question_id: IdIn
    score: Quantity
    max: Quantity
    explanation_markdown: Markdown = ""

    @field_validator("max")
    @classmethod
    def _reached(cls, value: Decimal, info: ValidationInfo) -> Decimal:
        if "score" in info.data and info.data["score"] > value:
            raise ValueError("The score is higher than this. Give the most that could be reached.")
        return value

    def as_data(self) -> dict[str, Any]:
        return {
            "question_id": self.question_id,
            "score": format_quantity(self.score),
            "max": format_quantity(self.max),
            "explanation_markdown": self.explanation_markdown,
        }


class ResultIn(In):
    lot_id: IdIn | None = Field(None, description="May be left out where the bid is for one lot, or the call has none.")
    outcome: LotOutcome
    scores: list[ScoreIn] = Field(default=[], max_length=500)


class TenderOutcomeIn(In):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "results": [
                    {
                        "lot_id": ID,
                        "outcome": "awarded",
                        "scores": [
                            {
                                "question_id": ID,
                                "score": "4",
                                "max": "5",
                                "explanation_markdown": "A convincing plan for the first three months.",
                            }
                        ],
                    }
                ],
                "feedback_markdown": "Thank you for a clear bid.",
            }
        }
    )
    results: list[ResultIn] = Field(min_length=1, max_length=200)
    feedback_markdown: Markdown | None = Field(None, description="Left out: what was said before stands.")


class ResultOut(Out):
    lot_id: str | None
    outcome: LotOutcome
    scores: list[dict[str, Any]]


class TenderOutcomeOut(Out):
    results: list[ResultOut]
    feedback_markdown: str
    decided_at: Instant


class ReceivedSubmissionOut(FeedItemOut):
    """One submission with what became of it."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": ITEM
            | {
                "acknowledged_at": None,
                "outcome": None,
                "viewer": {"can": ["get_submission", "acknowledge_submission"]},
            }
        },
    )
    viewer: ViewerCanOut
    acknowledged_at: Instant | None
    outcome: TenderOutcomeOut | None


class AcknowledgeIn(In):
    reference: Line | None = Field(None, description="The commissioner's own number for this bid, where it gives one.")
