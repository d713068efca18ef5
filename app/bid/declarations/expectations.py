"""Expectations: what of a declaration is theirs alone; linking what meets one, waiving it, accepting another's must."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.events import EventItem, record_event
from app.bid.declarations.rules.differences import Difference, differences, expectation_fields, target_wire
from app.bid.declarations.rules.items import expectation_faults
from app.bid.declarations.scope import DeclarationScope
from app.bid.declarations.service import Change, Kind, as_event, refuse, write
from app.bid.declarations.tables import Expectation as Row
from app.bid.records import sight
from app.bid.records.whole_proposal import expectation as read
from app.bid.value import Expectation, MetBy, Target
from app.platform.access.errors import Conflict, Fault
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor
from app.platform.db.base import new_id
from app.platform.words.codes import MetByType, Strength, TargetType

MOST_LINKS = 100
_UNKNOWN = (
    "This bid has nothing of this type with this id that you can link. Read the list of them and take an id from it."
)
_MEANING = ("kind", "title", "of_partner_id", "target")
"""What the others accept when they accept a must: changed, it is another one."""


class NothingToAccept(Conflict):
    code = "nothing-to-accept"
    title = "There is nothing here to accept"
    explanation = "Only a must of another partner can be accepted, and only once. Read the expectation again."


class AlreadyWaived(Conflict):
    code = "already-waived"
    title = "This expectation is waived already"
    explanation = "Its owner gave a reason before. To expect it again, write it down anew."


def _apply(change: Change[Expectation], scope: DeclarationScope) -> Expectation:
    given, before = change.given, change.before
    values: dict[str, Any] = {
        name: given[name] for name in ("kind", "title", "strength", "of_partner_id", "audience") if name in given
    }
    if values.get("audience", "") is None:
        del values["audience"]
    if "target" in given:
        values["target"] = _target(given["target"], scope, f"{change.at}/target")
    if before is None:
        fresh = Expectation(id=new_id(), partner_id=scope.partner_id, revealed=scope.open, **values)
        return replace(fresh, must_after_reveal=scope.open and fresh.strength is Strength.MUST)
    after = replace(before, **values)
    means_another = any(getattr(before, name) != getattr(after, name) for name in _MEANING)
    raised = before.strength is not Strength.MUST
    if after.strength is not Strength.MUST:
        return replace(after, must_after_reveal=False, accepted_by=())
    if scope.open and (means_another or raised):
        return replace(after, must_after_reveal=True, accepted_by=())
    return after


def _target(sent: Any, scope: DeclarationScope, pointer: str) -> Target | None:
    if sent is None:
        return None
    if sent.type is TargetType.MONEY:
        return Target(sent.type, amount=scope.minor(sent.value, f"{pointer}/value"))
    if sent.type in (TargetType.TEXT, TargetType.RIGHT):
        return Target(sent.type, text=sent.value)
    return Target(sent.type, number=sent.number)


def _columns(value: Expectation, currency: str) -> dict[str, Any]:
    return {
        "target": target_wire(value.target, currency),
        "met_by": [{"type": one.type.value, "id": one.id} for one in value.met_by],
    }


def _differences(
    before: Expectation | None, after: Expectation | None, currency: str
) -> tuple[Sequence[Difference], Sequence[Difference]]:
    """Nothing of an expectation is its owner's own."""
    was, now = (expectation_fields(one, currency) if one else None for one in (before, after))
    found = differences(was, now)
    return found, found


EXPECTATIONS: Kind[Expectation] = Kind(
    name="expectation",
    table=Row,
    needed=("kind", "title", "strength"),
    kept=("audience",),
    read=read,
    columns=_columns,
    apply=_apply,
    faults=expectation_faults,
    differences=_differences,
)


async def link(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, before: Expectation, links: Sequence[Any]
) -> Expectation:
    """What meets it, by its owner's word. What is not of this proposal, or hidden from the owner, is refused alike."""
    sent = [MetBy(one.type, _link_id(one, scope.proposal_id)) for one in links]
    wanted = list(dict.fromkeys(sent))
    refuse([Fault("", "too-many", f"Link at most {MOST_LINKS} things.")] if len(wanted) > MOST_LINKS else [])
    given = {
        "proposal_id": scope.proposal_id,
        "seats": [scope.partner_id],
        "types": [one.type.value for one in wanted],
        "ids": [one.id if is_id(one.id) else None for one in wanted],
    }
    there = {wanted[number - 1] for (number,) in await session.execute(_FOUND, given)}
    refuse(Fault(f"/{at}/id", "not-found", _UNKNOWN) for at, one in enumerate(sent) if one not in there)
    after = replace(before, met_by=tuple(wanted))
    if set(after.met_by) == set(before.met_by):
        return before
    changed = Difference("met_by", _links(before.met_by), _links(after.met_by))
    shared = Difference("met_by", _links(before.met_by, False), _links(after.met_by, False))
    item = EventItem(after.id, after.title, [changed], [shared] if shared.before != shared.after else [])
    written = await write(session, scope, EXPECTATIONS, before, after, item)
    await record_event(session, actor, scope, EXPECTATIONS.name, "met_by_changed", [item])
    return written


def _link_id(one: Any, proposal_id: Id) -> Id:
    if one.type is MetByType.STRUCTURE:
        return proposal_id if one.id.lower() in (proposal_id, "structure") or not is_id(one.id) else one.id
    return str(one.id).lower()


def _links(links: Sequence[MetBy], own: bool = True) -> list[dict[str, Any]]:
    """Others read of links to budget lines only that there are some."""
    seen = [
        {"type": one.type.value, "id": one.id if own or one.type is not MetByType.BUDGET_LINE else None}
        for one in links
    ]
    return [one for index, one in enumerate(seen) if one not in seen[:index]]


_FOUND = text(f"""
WITH reader AS (SELECT s.seats, {sight.sees("pr", "s.seats")} AS sees
                FROM (SELECT CAST(:seats AS uuid[]) AS seats) s, proposals pr WHERE pr.id = :proposal_id),
     wanted AS (SELECT * FROM unnest(CAST(:types AS text[]), CAST(:ids AS uuid[])) WITH ORDINALITY AS w(type, id, number))
SELECT w.number FROM wanted w, reader WHERE
  w.type = 'contribution' AND EXISTS (SELECT FROM contributions c WHERE c.id = w.id
    AND c.proposal_id = :proposal_id AND {sight.visible("c", "reader.seats", "reader.sees")})
  OR w.type = 'budget_line' AND EXISTS (SELECT FROM budget_lines b WHERE b.id = w.id
    AND b.proposal_id = :proposal_id AND (b.partner_id = ANY(reader.seats)
      OR (reader.sees AND b.revealed AND b.visible_to && reader.seats)))
  OR w.type = 'structure' AND w.id = :proposal_id
  OR w.type = 'decision' AND EXISTS (SELECT FROM decisions d WHERE d.id = w.id AND d.proposal_id = :proposal_id)
  OR w.type = 'outcome' AND EXISTS (SELECT FROM outcomes o WHERE o.id = w.id AND o.proposal_id = :proposal_id)
  OR w.type = 'section' AND EXISTS (SELECT FROM sections s WHERE s.id = w.id AND s.proposal_id = :proposal_id)""")


async def waive(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, before: Expectation, reason: str
) -> Expectation:
    """Its owner does without it, and says why."""
    if before.waived_reason is not None:
        raise AlreadyWaived
    after = replace(before, waived_reason=reason)
    item = as_event(EXPECTATIONS, before, after, scope)
    written = await write(session, scope, EXPECTATIONS, before, after, item)
    await record_event(session, actor, scope, EXPECTATIONS.name, "waived", [item])
    return written


async def accept(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, before: Expectation, partner: DeclarationScope
) -> Expectation:
    """Another partner takes on a must that was made after everything was open; `scope` is its owner's."""
    if before.strength is not Strength.MUST or before.waived_reason is not None or not before.revealed:
        raise NothingToAccept
    if partner.partner_id == before.partner_id:
        raise NothingToAccept("This is your own expectation: the others accept it.")
    if partner.partner_id in before.accepted_by:
        return before
    after = replace(before, accepted_by=(*before.accepted_by, partner.partner_id))
    changed = [Difference("accepted_by", list(before.accepted_by), list(after.accepted_by))]
    item = EventItem(before.id, before.title, changed, changed)
    written = await write(session, scope, EXPECTATIONS, before, after, item)
    await record_event(session, actor, replace(partner, open=True), EXPECTATIONS.name, "accepted", [item])
    return written
