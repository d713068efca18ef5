"""The verbs of statements and claims: state, claim, withdraw. Each is its partner's own."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files import queries as attached
from app.bid.statements.rules import claim_faults, statement_faults
from app.bid.statements.tables import ConfidentialityClaim as ClaimRow
from app.bid.statements.tables import Statement as Row
from app.bid.value import ConfidentialityClaim, Statement
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import StatementKey

MAX_CLAIMS = 100


class TooManyClaims(Conflict):
    code = "too-many-claims"
    title = "There are too many claims of confidentiality"
    explanation = f"A partner keeps to {MAX_CLAIMS} claims. Point at whole sections where you can."


async def statement_of(session: AsyncSession, partner_id: Id, key: StatementKey, lock: bool = False) -> Row | None:
    query = select(Row).where(Row.partner_id == partner_id, Row.key == key.value)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def statements(session: AsyncSession, proposal_id: Id) -> list[Row]:
    return list((await session.execute(select(Row).where(Row.proposal_id == proposal_id).order_by(Row.id))).scalars())


def as_value(row: Row) -> Statement:
    return Statement(row.partner_id, StatementKey(row.key), row.answer, row.detail_markdown, row.document_id)


async def state(
    session: AsyncSession,
    actor: Actor,
    side: Side,
    proposal_id: Id,
    key: StatementKey,
    row: Row | None,
    given: dict[str, Any],
) -> Row:
    """The statement as given from now on; `row` is what stands, None when none was given yet."""
    if faults := statement_faults(given["answer"], given["detail_markdown"]):
        raise Invalid(errors=faults)
    await attached.check_named(session, proposal_id, side.seat_id, given["document_id"], "/document_id")
    before = _said(row) if row else None
    if row is None:
        row = Row(id=new_id(), proposal_id=proposal_id, partner_id=side.seat_id, key=key.value, version=0)
        session.add(row)
    for name in ("answer", "detail_markdown", "document_id"):
        setattr(row, name, given[name])
    after = {"key": key.value, **given}
    if before == after:
        return row
    row.version += 1
    await session.flush()
    payload = {"partner_id": side.seat_id, "key": key.value, "before": before, "after": after}
    await _log(session, actor, side, proposal_id, "statement_given", payload)
    return row


async def claims(session: AsyncSession, proposal_id: Id) -> list[ClaimRow]:
    query = select(ClaimRow).where(ClaimRow.proposal_id == proposal_id).order_by(ClaimRow.id)
    return list((await session.execute(query)).scalars())


async def claim(session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, given: dict[str, Any]) -> ClaimRow:
    """Ask the authority to withhold a part of the bid. The authority decides."""
    values = {name: given[name] for name in ("pointer", "reason", "basis", "until")}
    made = ConfidentialityClaim(new_id(), side.seat_id or "", **values)
    if faults := claim_faults(made):
        raise Invalid(errors=faults)
    standing = [row for row in await claims(session, proposal_id) if row.partner_id == side.seat_id]
    if len(standing) >= MAX_CLAIMS:
        raise TooManyClaims
    row = ClaimRow(id=made.id, proposal_id=proposal_id, partner_id=side.seat_id, version=1, **values)
    session.add(row)
    await session.flush()
    await _log(session, actor, side, proposal_id, "confidentiality_claimed", _claimed(row))
    return row


async def withdraw(session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, row: ClaimRow) -> None:
    said = _claimed(row)
    await session.execute(delete(ClaimRow).where(ClaimRow.id == row.id))
    await _log(session, actor, side, proposal_id, "confidentiality_claim_withdrawn", said)


def claim_value(row: ClaimRow) -> ConfidentialityClaim:
    return ConfidentialityClaim(row.id, row.partner_id, row.pointer, row.reason, row.basis, row.until)


def _said(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "answer": row.answer,
        "detail_markdown": row.detail_markdown,
        "document_id": row.document_id,
    }


def _claimed(row: ClaimRow) -> dict[str, Any]:
    return {
        "partner_id": row.partner_id,
        "claim_id": row.id,
        "pointer": row.pointer,
        "reason": row.reason,
        "basis": row.basis,
        "until": row.until.isoformat() if row.until else None,
    }


async def _log(
    session: AsyncSession, actor: Actor, side: Side, proposal_id: Id, type_: str, payload: dict[str, Any]
) -> None:
    await event_log.record(
        session, "proposal", proposal_id, type_, actor=actor, organisation_id=side.organisation_id, payload=payload
    )
