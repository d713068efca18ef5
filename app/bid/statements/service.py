"""The verbs of statements and claims of confidentiality: state, claim, withdraw. Each is its own partner's to use."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as bid
from app.bid.files import queries as files
from app.bid.statements.rules import claim_faults, statement_faults
from app.bid.statements.tables import ConfidentialityClaim, Statement
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import StatementKey

MAX_CLAIMS = 100


class TooManyClaims(Conflict):
    code = "too-many-claims"
    title = "There are too many claims of confidentiality"
    explanation = f"A partner keeps to {MAX_CLAIMS} claims. Point at whole sections where you can."


async def statements_of(session: AsyncSession, partner_id: Id) -> dict[StatementKey, Statement]:
    """The statements that this partner has given."""
    rows = (await session.execute(select(Statement).where(Statement.partner_id == partner_id))).scalars()
    return {StatementKey(row.key): row for row in rows}


def as_value(row: Statement) -> bid.Statement:
    return bid.Statement(
        row.partner_id, StatementKey(row.key), row.answer, row.detail_markdown, row.document_id, row.version
    )


async def check_statement(act: Act, given: Mapping[str, Any]) -> None:
    """Raises Invalid for an answer that is none, and for a document that the partner may not read."""
    if faults := statement_faults(given["answer"], given["detail_markdown"]):
        raise Invalid(errors=faults)
    await files.check_named(act.session, act.stream_id, act.seat_id, given["document_id"], "/document_id")


async def state(act: Act, key: StatementKey, row: Statement | None, given: Mapping[str, Any]) -> Statement:
    """Replace the partner's statement by one that was checked; `row` is the present one, None where none was given yet."""
    before = _said(row) if row else None
    after = {"key": key.value, **given}
    if row is not None and before == after:
        return row
    if row is None:
        row = Statement(id=new_id(), proposal_id=act.stream_id, partner_id=act.seat_id, key=key.value, version=0)
        act.session.add(row)
    for name, value in given.items():
        setattr(row, name, value)
    row.version += 1
    await act.record("statement_given", partner_id=act.seat_id, key=key.value, before=before, after=after)
    return row


def check_claim(act: Act, given: Mapping[str, Any]) -> None:
    """Raises Invalid for a claim without a place in the bid, a reason or a ground."""
    if faults := claim_faults(bid.ConfidentialityClaim("", act.seat_id or "", **given)):
        raise Invalid(errors=faults)


async def claim(act: Act, given: Mapping[str, Any]) -> ConfidentialityClaim:
    """Ask the authority to withhold a part of the bid, by a claim that was checked. The authority decides."""
    query = select(func.count()).where(
        ConfidentialityClaim.proposal_id == act.stream_id, ConfidentialityClaim.partner_id == act.seat_id
    )
    if (await act.session.execute(query)).scalar_one() >= MAX_CLAIMS:
        raise TooManyClaims
    row = ConfidentialityClaim(id=new_id(), proposal_id=act.stream_id, partner_id=act.seat_id, version=1, **given)
    act.session.add(row)
    await act.record("confidentiality_claimed", **_claimed(row))
    return row


async def withdraw(act: Act, row: ConfidentialityClaim) -> None:
    await act.session.delete(row)
    await act.record("confidentiality_claim_withdrawn", **_claimed(row))


def _said(row: Statement) -> dict[str, Any]:
    return {
        "key": row.key,
        "answer": row.answer,
        "detail_markdown": row.detail_markdown,
        "document_id": row.document_id,
    }


def _claimed(row: ConfidentialityClaim) -> dict[str, Any]:
    return {
        "partner_id": row.partner_id,
        "claim_id": row.id,
        "pointer": row.pointer,
        "reason": row.reason,
        "basis": row.basis,
        "until": row.until.isoformat() if row.until else None,
    }
