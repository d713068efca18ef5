"""The verbs of expectations: expect, change, take back, link what meets them, waive, and accept another's must."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import rows
from app.bid.declarations.common import Setting, Told, needed, refuse, same_currency, tell
from app.bid.declarations.rules.differences import Difference, differences, expectation_fields, target_wire
from app.bid.declarations.rules.items import expectation_faults
from app.bid.declarations.tables import Expectation as Row
from app.bid.records import sight
from app.bid.records.whole_proposal import target as read_target
from app.bid.value import Expectation, MetBy, Target
from app.platform.access.errors import Conflict, Fault
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor
from app.platform.access.statements import Run
from app.platform.db.base import new_id
from app.platform.db.engine import first_row
from app.platform.db.event_log import Head
from app.platform.words.codes import Audience, ExpectationKind, MetByType, Strength, TargetType

REQUIRED = ("kind", "title", "strength")
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


Kept = rows.Kept[Expectation]
Change = rows.Change[Expectation]
OWN = rows.own(Row)


async def find(session: AsyncSession, proposal_id: Id, ids: Sequence[Id]) -> dict[Id, Kept]:
    return {row.id: _kept(row) for row in await rows.find(session, Row, proposal_id, ids)}


def read(found: Any, proposal_id: Id) -> tuple[Kept, Setting, Head]:
    """From a row of `OWN`."""
    row, at, head = rows.read(Row, found, proposal_id)
    return _kept(row), at, head


def _kept(row: Any) -> Kept:
    return rows.Kept(
        Expectation(
            id=row.id,
            partner_id=row.partner_id,
            kind=ExpectationKind(row.kind),
            title=row.title,
            strength=Strength(row.strength),
            of_partner_id=row.of_partner_id,
            target=read_target(row.target),
            audience=Audience(row.audience),
            met_by=tuple(MetBy(MetByType(link["type"]), link["id"]) for link in row.met_by),
            waived_reason=row.waived_reason,
            accepted_by=tuple(row.accepted_by),
            must_after_reveal=row.must_after_reveal,
            revealed=row.revealed,
        ),
        row.version,
        row.hidden_changes,
    )


async def save(session: AsyncSession, actor: Actor, at: Setting, changes: Sequence[Change]) -> list[Kept]:
    """Write them all or none, with one event. Answers them as they stand, in order. Faults of all rows at once."""
    faults: list[Fault] = []
    made: list[tuple[Kept | None, Expectation]] = []
    for change in changes:
        missing = needed(
            change.given, (*REQUIRED, "audience") if change.before else REQUIRED, new=change.before is None
        )
        if missing:
            faults += [Fault(f"{change.at}{f.pointer}", f.code, f.detail) for f in missing]
            continue
        after = _apply(change, at)
        wrong = expectation_faults(after, at.bounds)
        faults += [Fault(f"{change.at}{f.pointer}", f.code, f.detail) for f in wrong]
        made.append((change.before, after))
    refuse(faults)
    new = [after for before, after in made if before is None]
    if new:
        await rows.check_room(session, Row, at.partner_id, len(new))
        values = [_columns(after, at.currency) | {"proposal_id": at.proposal_id} for after in new]
        await session.execute(insert(Row), values)
    kept = [await _keep(session, at, before, after) for before, after in made]
    told = [_told(before.value if before else None, after, at.currency) for before, after in made]
    told = [one for one in told if one.own]
    if told:
        await tell(session, actor, at, "expectation", "added" if new else "changed", told)
    return kept


async def change(run: Run, actor: Actor, at: Setting, head: Head, before: Kept, given: dict[str, Any]) -> Kept | None:
    """Change one, with its event, in one statement. None, and nothing is written, where the log moved on meanwhile."""
    refuse(needed(given, (*REQUIRED, "audience"), new=False))
    after = _apply(rows.Change(before, given), at)
    refuse(expectation_faults(after, at.bounds))
    told = _told(before.value, after, at.currency)
    if not told.own:
        return before
    kept = rows.Kept(after, before.version + 1, before.hidden_changes)
    put = await rows.put_with_event(run, Row, kept, _columns(after, at.currency), actor, at, head, told)
    return kept if put else None


async def take_back(session: AsyncSession, actor: Actor, at: Setting, before: Kept) -> None:
    await session.execute(delete(Row).where(Row.id == before.value.id))
    await tell(session, actor, at, "expectation", "removed", [_told(before.value, None, at.currency)])


async def link(
    session: AsyncSession, actor: Actor, at: Setting, before: Kept, links: Sequence[Any], seats: Sequence[Id]
) -> Kept:
    """What meets it, by its owner's word. What is not of this proposal, or hidden from the owner, is refused alike."""
    sent = [MetBy(one.type, _link_id(one, at.proposal_id)) for one in links]
    wanted = list(dict.fromkeys(sent))
    refuse([Fault("", "too-many", f"Link at most {MOST_LINKS} things.")] if len(wanted) > MOST_LINKS else [])
    found = await session.execute(
        _FOUND,
        {
            "proposal_id": at.proposal_id,
            "seats": list(seats),
            "types": [one.type.value for one in wanted],
            "ids": [one.id if is_id(one.id) else None for one in wanted],
        },
    )
    there = {wanted[number - 1] for (number,) in found}
    refuse(Fault(f"/{at}/id", "not-found", _UNKNOWN) for at, one in enumerate(sent) if one not in there)
    after = replace(before.value, met_by=tuple(wanted))
    if set(after.met_by) == set(before.value.met_by):
        return before
    changed = Difference("met_by", _links(before.value.met_by), _links(after.met_by))
    shared = Difference("met_by", _links(before.value.met_by, False), _links(after.met_by, False))
    one = Told(after.id, after.title, [changed], [shared] if shared.before != shared.after else [])
    kept = await _keep(session, at, before, after, hidden=at.open and not one.others)
    await tell(session, actor, at, "expectation", "met_by_changed", [one])
    return kept


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


async def waive(session: AsyncSession, actor: Actor, at: Setting, before: Kept, reason: str) -> Kept:
    """Its owner does without it, and says why."""
    if before.value.waived_reason is not None:
        raise AlreadyWaived
    after = replace(before.value, waived_reason=reason)
    kept = await _keep(session, at, before, after)
    await tell(session, actor, at, "expectation", "waived", [_told(before.value, after, at.currency)])
    return kept


async def accept(session: AsyncSession, actor: Actor, at: Setting, before: Kept, partner: Setting) -> Kept:
    """Another partner takes on a must that was made after everything was open; `at` is its owner's setting."""
    value = before.value
    if value.strength is not Strength.MUST or value.waived_reason is not None or not value.revealed:
        raise NothingToAccept
    if partner.partner_id == value.partner_id:
        raise NothingToAccept("This is your own expectation: the others accept it.")
    if partner.partner_id in value.accepted_by:
        return before
    after = replace(value, accepted_by=(*value.accepted_by, partner.partner_id))
    kept = await _keep(session, at, before, after)
    changed = [Difference("accepted_by", list(value.accepted_by), list(after.accepted_by))]
    speaker = replace(partner, open=True)
    await tell(session, actor, speaker, "expectation", "accepted", [Told(value.id, value.title, changed, changed)])
    return kept


def _apply(change: Change, at: Setting) -> Expectation:
    given, before = change.given, change.before.value if change.before else None
    values: dict[str, Any] = {
        name: given[name] for name in ("kind", "title", "strength", "of_partner_id", "audience") if name in given
    }
    if "audience" in values and values["audience"] is None:
        del values["audience"]
    if "target" in given:
        values["target"] = _target(given["target"], at.currency, f"{change.at}/target")
    if before is None:
        fresh = Expectation(id=new_id(), partner_id=at.partner_id, revealed=at.open, **values)
        return replace(fresh, must_after_reveal=at.open and fresh.strength is Strength.MUST)
    after = replace(before, **values)
    anew = any(getattr(before, name) != getattr(after, name) for name in _MEANING)
    raised = before.strength is not Strength.MUST
    if after.strength is not Strength.MUST:
        return replace(after, must_after_reveal=False, accepted_by=())
    if at.open and (anew or raised):
        return replace(after, must_after_reveal=True, accepted_by=())
    return after


def _target(sent: Any, currency: str, pointer: str) -> Target | None:
    if sent is None:
        return None
    if sent.type is TargetType.MONEY:
        return Target(sent.type, amount=same_currency(sent.value, currency, f"{pointer}/value"))
    if sent.type in (TargetType.TEXT, TargetType.RIGHT):
        return Target(sent.type, text=sent.value)
    return Target(sent.type, number=sent.number)


def _columns(after: Expectation, currency: str) -> dict[str, Any]:
    return {
        "id": after.id,
        "partner_id": after.partner_id,
        "kind": after.kind.value,
        "title": after.title,
        "strength": after.strength.value,
        "of_partner_id": after.of_partner_id,
        "target": target_wire(after.target, currency),
        "audience": after.audience.value,
        "met_by": [{"type": one.type.value, "id": one.id} for one in after.met_by],
        "waived_reason": after.waived_reason,
        "accepted_by": list(after.accepted_by),
        "must_after_reveal": after.must_after_reveal,
        "revealed": after.revealed,
    }


async def _keep(
    session: AsyncSession, at: Setting, before: Kept | None, after: Expectation, *, hidden: bool = False
) -> Kept:
    """`hidden`: nothing changed that the others see (which of the owner's private lines are linked)."""
    if before is None:
        return rows.Kept(after, 1)
    if before.value == after:
        return before
    kept = rows.Kept(after, before.version + 1, before.hidden_changes + int(hidden))
    await rows.put(await first_row(session), Row, kept, _columns(after, at.currency))
    return kept


def _told(before: Expectation | None, after: Expectation | None, currency: str) -> Told:
    one = after or before
    assert one is not None
    found = differences(
        expectation_fields(before, currency) if before else None,
        expectation_fields(after, currency) if after else None,
    )
    return Told(one.id, one.title, found, found)
