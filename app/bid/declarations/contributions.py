"""The verbs of contributions: contribute, change and withdraw one, or many at once. Only their owner can."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import rows
from app.bid.declarations.common import Setting, Told, needed, refuse, same_currency, tell
from app.bid.declarations.rules import rate_privacy as sight
from app.bid.declarations.rules.differences import contribution_differences
from app.bid.declarations.rules.items import contribution_faults
from app.bid.declarations.tables import Contribution as Row
from app.bid.value import Contribution
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.statements import Run
from app.platform.db.base import new_id
from app.platform.db.engine import first_row
from app.platform.db.event_log import Head
from app.platform.words.codes import Certainty, ContributionKind, Unit

REQUIRED = ("kind", "title", "certainty", "value")
_AS_SENT = ("kind", "title", "quantity", "unit", "certainty", "lot_id")


Kept = rows.Kept[Contribution]
Change = rows.Change[Contribution]
OWN = rows.own(Row)


async def find(session: AsyncSession, proposal_id: Id, ids: Sequence[Id]) -> dict[Id, Kept]:
    return {row.id: _kept(row) for row in await rows.find(session, Row, proposal_id, ids)}


def read(found: Any, proposal_id: Id) -> tuple[Kept, Setting, Head]:
    """From a row of `OWN`."""
    row, at, head = rows.read(Row, found, proposal_id)
    return _kept(row), at, head


def _kept(row: Any) -> Kept:
    return rows.Kept(
        Contribution(
            id=row.id,
            partner_id=row.partner_id,
            kind=ContributionKind(row.kind),
            title=row.title,
            value=row.value,
            certainty=Certainty(row.certainty),
            quantity=row.quantity,
            unit=Unit(row.unit) if row.unit else None,
            unit_value=row.unit_value,
            starts=row.starts,
            ends=row.ends,
            condition=row.condition,
            valuation_basis=row.valuation_basis,
            lot_id=row.lot_id,
            document_ids=tuple(row.document_ids),
            shown_as=row.shown_as,
            revealed=row.revealed,
        ),
        row.version,
        row.hidden_changes,
    )


async def save(session: AsyncSession, actor: Actor, at: Setting, changes: Sequence[Change]) -> list[Kept]:
    """Write them all or none, with one event. Answers them as they stand, in order. Faults of all rows at once."""
    faults: list[Fault] = []
    made: list[tuple[Kept | None, Contribution]] = []
    for change in changes:
        missing = needed(change.given, REQUIRED, new=change.before is None)
        if missing:
            faults += [Fault(f"{change.at}{f.pointer}", f.code, f.detail) for f in missing]
            continue
        after = _apply(change, at)
        wrong = contribution_faults(after, at.bounds)
        faults += [Fault(f"{change.at}{f.pointer}", f.code, f.detail) for f in wrong]
        made.append((change.before, after))
    refuse(faults)
    for one, (_, after) in zip(changes, made, strict=True):
        if "document_ids" in one.given and after.document_ids:
            await _check_documents(await first_row(session), at, one, after)
    new = [after for before, after in made if before is None]
    if new:
        await rows.check_room(session, Row, at.partner_id, len(new))
        await session.execute(insert(Row), [_columns(after) | {"proposal_id": at.proposal_id} for after in new])
    told = [_told(before.value if before else None, after, at.currency) for before, after in made]
    kept = [await _keep(session, at, before, after, one) for (before, after), one in zip(made, told, strict=True)]
    told = [one for one in told if one.own]
    if told:
        await tell(session, actor, at, "contribution", "added" if new else "changed", told)
    return kept


async def change(run: Run, actor: Actor, at: Setting, head: Head, before: Kept, given: dict[str, Any]) -> Kept | None:
    """Change one, with its event, in one statement. None, and nothing is written, where the log moved on meanwhile."""
    refuse(needed(given, REQUIRED, new=False))
    one = rows.Change(before, given)
    after = _apply(one, at)
    refuse(contribution_faults(after, at.bounds))
    if "document_ids" in given:
        await _check_documents(run, at, one, after)
    told = _told(before.value, after, at.currency)
    if not told.own:
        return before
    kept = _next(at, before, after, told)
    put = await rows.put_with_event(run, Row, kept, _columns(after), actor, at, head, told)
    return kept if put else None


async def withdraw(session: AsyncSession, actor: Actor, at: Setting, before: Kept) -> None:
    """Take one back. Expectations that it met are linked to it no longer, and their versions say so."""
    await session.execute(delete(Row).where(Row.id == before.value.id))
    await session.execute(_UNLINK, {"proposal_id": at.proposal_id, "id": before.value.id})
    await tell(session, actor, at, "contribution", "removed", [_told(before.value, None, at.currency)])


_UNLINK = text("""
UPDATE expectations e SET version = version + 1, met_by = (
  SELECT coalesce(jsonb_agg(l ORDER BY n), '[]') FROM jsonb_array_elements(e.met_by) WITH ORDINALITY x(l, n)
  WHERE NOT (l ->> 'type' = 'contribution' AND l ->> 'id' = CAST(:id AS text)))
WHERE e.proposal_id = :proposal_id
  AND e.met_by @> jsonb_build_array(jsonb_build_object('type', 'contribution', 'id', CAST(:id AS text)))""")


def _apply(change: Change, at: Setting) -> Contribution:
    given, before = change.given, change.before.value if change.before else None
    values: dict[str, Any] = {name: given[name] for name in _AS_SENT if name in given}
    for name in ("value", "unit_value"):
        if name in given:
            sent = given[name]
            values[name] = None if sent is None else same_currency(sent, at.currency, f"{change.at}/{name}")
    for name in ("condition", "valuation_basis"):
        if name in given:
            values[name] = given[name] or ""
    if "document_ids" in given:
        values["document_ids"] = tuple(dict.fromkeys(given["document_ids"] or ()))
    if "period" in given:
        period = given["period"]
        sent_days = period.model_fields_set if period is not None else {"start", "end"}
        values |= {
            column: getattr(period, name, None)
            for name, column in (("start", "starts"), ("end", "ends"))
            if name in sent_days
        }
    if before is None:
        fresh = Contribution(id=new_id(), partner_id=at.partner_id, revealed=at.open, **values)
        return replace(fresh, shown_as=given.get("shown_as") or sight.shown_as(fresh))
    after = replace(before, **values)
    wanted = given.get("shown_as") or before.shown_as
    return replace(after, shown_as=sight.turn(before, wanted, seen=before.revealed))


def _columns(after: Contribution) -> dict[str, Any]:
    return {
        "id": after.id,
        "partner_id": after.partner_id,
        "kind": after.kind.value,
        "title": after.title,
        "quantity": after.quantity,
        "unit": after.unit.value if after.unit else None,
        "unit_value": after.unit_value,
        "value": after.value,
        "starts": after.starts,
        "ends": after.ends,
        "certainty": after.certainty.value,
        "condition": after.condition,
        "valuation_basis": after.valuation_basis,
        "lot_id": after.lot_id,
        "document_ids": list(after.document_ids),
        "shown_as": after.shown_as,
        "revealed": after.revealed,
    }


def _next(at: Setting, before: Kept, after: Contribution, told: Told) -> Kept:
    if before.value == after:
        return before
    hidden = at.open and not told.others
    return rows.Kept(after, before.version + 1, before.hidden_changes + int(hidden))


async def _keep(session: AsyncSession, at: Setting, before: Kept | None, after: Contribution, told: Told) -> Kept:
    if before is None:
        return rows.Kept(after, 1)
    kept = _next(at, before, after, told)
    if kept is not before:
        await rows.put(await first_row(session), Row, kept, _columns(after))
    return kept


def _told(before: Contribution | None, after: Contribution | None, currency: str) -> Told:
    one = after or before
    assert one is not None
    return Told(one.id, one.title, *contribution_differences(before, after, currency))


async def _check_documents(run: Run, at: Setting, change: Change, after: Contribution) -> None:
    """Evidence is a document of this proposal that the partner attached itself."""
    (found,) = await run(_ATTACHED, list(after.document_ids), at.proposal_id, at.partner_id)
    for index, document_id in enumerate(after.document_ids):
        if document_id not in found:
            raise Invalid.at(
                f"{change.at}/document_ids/{index}", "not-found", "Attach the document to this proposal first."
            )


_ATTACHED = """
SELECT coalesce(array_agg(id::text), '{}') FROM attachments WHERE id = ANY($1::text[]::uuid[])
  AND proposal_id = $2::text::uuid AND partner_id = $3::text::uuid AND deleted_at IS NULL"""
