"""Fairness checks and partners' answers on the wire."""

from pydantic import Field

from app.bid.fairness.rules import Finding
from app.platform.access.ids import Id
from app.platform.web.wire import IdIn, In, Markdown, Out
from app.platform.words.codes import CheckState, FairnessCode


class EvidenceOut(Out):
    """Where to look: a JSON Pointer from the proposal."""

    pointer: str
    label: str


class AnswerOut(Out):
    partner_id: Id
    answer_markdown: str
    version: int


class CheckOut(Out):
    """One finding. `figures` are null but for the partner that it is about and the facilitator."""

    code: FairnessCode
    state: CheckState
    detail: str = Field(examples=["Harbour Youth would depend on this bid for much of its yearly income."])
    mend: str = Field("", description="What would mend it.")
    figures: dict[str, str] | None = Field(None, examples=[{"income_share": "0.6200"}])
    partner_id: Id | None
    evidence: list[EvidenceOut]
    answers: list[AnswerOut]
    shown_to_commissioner: bool = False

    @classmethod
    def of(cls, finding: Finding, answers: list[AnswerOut], shown_to_commissioner: bool) -> "CheckOut":
        """`answers` are all partners' to this check; next to a finding about one partner, only that partner's is shown."""
        about = [each for each in answers if finding.partner_id in (None, each.partner_id)]
        return cls(
            code=finding.code,
            state=finding.state,
            detail=finding.sentence,
            mend=finding.mend,
            figures={**finding.figures, **finding.private_figures} or None,
            partner_id=finding.partner_id,
            evidence=[EvidenceOut(pointer=each.pointer, label=each.label) for each in finding.evidence],
            answers=about,
            shown_to_commissioner=shown_to_commissioner,
        )


class FairnessAnswerIn(In):
    """An empty answer takes it back."""

    partner_id: IdIn | None = None
    answer_markdown: Markdown = Field(examples=["Our trustees know, and accepted it on 3 November."])


class AnswerItemOut(Out):
    """The answer of one partner to one check; empty, version 0, where there is none."""

    code: FairnessCode
    partner_id: Id
    answer_markdown: str = ""
    version: int = 0


class ShareIn(In):
    """Whether your organisation agrees that the commissioner is shown this check."""

    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    agree: bool = True


class ShareOut(Out):
    code: FairnessCode
    agreed_by: list[Id]
    shown_to_commissioner: bool
