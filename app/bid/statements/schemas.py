"""Statements and claims of confidentiality on the wire."""

from typing import Any

from pydantic import Field, field_validator

from app.bid.statements.rules import required, wants_detail
from app.bid.statements.tables import ConfidentialityClaim
from app.bid.value import Proposal, Statement
from app.documents.words import Words
from app.platform.web.wire import Day, IdIn, In, Line, Markdown, Out
from app.platform.words.catalogue import ENGLISH
from app.platform.words.codes import StatementKey

_PRINTED = Words.of("en")
"""A statement has the title under which a bid prints it."""


class StatementIn(In):
    """`answer` is a short text; true and false stand for 'yes' and 'no'."""

    answer: Line = Field(examples=["yes"])
    detail_markdown: Markdown = ""
    document_id: IdIn | None = None

    @field_validator("answer", mode="before")
    @classmethod
    def _yes_or_no(cls, value: Any) -> Any:
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


class StatementOut(Out):
    """What a partner states, with what was asked. `answer` is null until it is given; `version` is then 0."""

    partner_id: str
    key: StatementKey
    title: str = Field(examples=["Non-collusion"])
    question: str
    required: bool
    answer: str | None
    detail_markdown: str
    document_id: str | None
    wants_detail: bool = Field(description="A council would ask for more with this answer. A hint; it blocks nothing.")
    version: int

    @classmethod
    def of(
        cls, partner_id: str, key: StatementKey, given: Statement | None, version: int, proposal: Proposal
    ) -> "StatementOut":
        return cls(
            partner_id=partner_id,
            key=key,
            title=_PRINTED.code("statement", key),
            question=ENGLISH(f"statement.{key}.question"),
            required=key in required(proposal),
            answer=given.answer if given else None,
            detail_markdown=given.detail_markdown if given else "",
            document_id=given.document_id if given else None,
            wants_detail=wants_detail(given) if given else False,
            version=version,
        )


class ClaimIn(In):
    """What you ask the authority to withhold if somebody asks for the bid under freedom-of-information law."""

    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")
    pointer: str = Field(max_length=500, description="JSON Pointer into the bid document.", examples=["/budget"])
    reason: Markdown = Field(description="What harm publishing it would do.", examples=["Our rates would be known."])
    until: Day | None = Field(None, examples=["2030-03-31"])
    basis: Line = Field(
        "other", description="foia_s41, foia_s43, eir_12_5_e, pa2023_s94 or other.", examples=["foia_s43"]
    )


class ClaimOut(Out):
    """`note`: the authority decides."""

    id: str
    partner_id: str
    pointer: str = Field(examples=["/budget"])
    reason: str
    until: Day | None
    basis: str
    basis_label: str
    note: str = "The authority decides whether this is withheld."
    version: int

    @classmethod
    def of(cls, row: ConfidentialityClaim, label: str) -> "ClaimOut":
        return cls(
            id=row.id,
            partner_id=row.partner_id,
            pointer=row.pointer,
            reason=row.reason,
            until=row.until,
            basis=row.basis,
            basis_label=label,
            version=row.version,
        )
