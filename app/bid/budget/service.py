"""The verbs of a budget: add, change and take out lines, work out overheads, take a workbook back.

A line belongs to the partner that wrote it. Whatever is written is checked as a whole, written or not at all, and
told: others learn of a change only when a figure that they share changes, and then by year; whoever a line is
opened to learns what it may read; everything else is told to the owner alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget.rules import overheads as domain_overheads
from app.bid.budget.rules.lines import is_money, line_faults, treatment_of, vat_of
from app.bid.budget.rules.merge import FIELDS, Merge
from app.bid.budget.rules.overheads import Method
from app.bid.budget.rules.views import Amounts, shared_figures
from app.bid.budget.tables import BudgetLine as Row
from app.bid.value import BudgetLine, Partner, Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.errors import Conflict, Fault, Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import BudgetSource

MAX_LINES = 2000
CHANGED, OPENED = "budget_changed", "budget_line_opened"


class TooManyLines(Conflict):
    code = "too-many-budget-lines"
    title = "The budget has too many lines"
    explanation = f"A partner keeps to {MAX_LINES} lines. Put small costs of one kind together."


class WorkbookOutOfDate(Conflict):
    code = "workbook-out-of-date"
    title = "The budget changed since the workbook was made"
    explanation = (
        "Lines that you changed in the workbook were changed here as well. Nothing was written. Fetch the workbook "
        "again and make your changes in that one; each entry under 'errors' names the line."
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One line before and after: None before is a new one, None after is taken out. `at` points into the request."""

    before: BudgetLine | None
    after: BudgetLine | None
    at: str = ""

    @property
    def line(self) -> BudgetLine:
        line = self.after or self.before
        assert line is not None
        return line


def line_from(given: dict[str, Any], proposal: Proposal, partner: Partner, at: str = "") -> BudgetLine:
    """A new line of `partner` from the wire's fields, VAT worked out where it is left out."""
    blank = BudgetLine(new_id(), partner.id, "other", 1, BudgetSource.REQUESTED, 0, revealed=is_open(proposal, partner))
    said = {name: value for name, value in given.items() if name != "vat_treatment" or value is not None}
    line = changed_line(blank, said, proposal, at)
    if "vat_treatment" in said:
        return line
    return replace(line, vat_treatment=treatment_of(line.amount, line.vat_amount, proposal.currency))


def changed_line(line: BudgetLine, given: dict[str, Any], proposal: Proposal, at: str = "") -> BudgetLine:
    """`line` with the fields that were sent."""
    values = {name: given[name] for name in given if name in _PLAIN}
    for name in ("amount", "vat_amount", "full_cost"):
        if (money := given.get(name)) is not None:
            if money.currency != proposal.currency:
                detail = f"This proposal is in {proposal.currency}. Give every amount in it."
                raise Invalid.at(f"{at}/{name}/currency", "another-currency", detail)
            values[name] = money.minor
        elif name in given and name == "full_cost":
            values[name] = None
    if "visible_to" in given:
        values["visible_to"] = _partners_named(given["visible_to"], proposal)
    after = replace(line, **values)
    if given.get("vat_amount") is None and {"amount", "vat_treatment", "vat_amount"} & given.keys():
        due = vat_of(after.amount, after.vat_treatment, proposal.currency)
        after = replace(after, vat_amount=after.vat_amount if due is None else due)
    return after


def batch(
    rows: Sequence[tuple[Id | None, int | None, dict[str, Any]]], proposal: Proposal, partner: Partner
) -> list[Change]:
    """Rows of `(id, version, fields)`: with an id a change of a line of this partner, without a new one.

    Invalid for an id that is not the partner's, StaleVersion with a fault for each row of another version.
    """
    standing = {line.id: line for line in proposal.budget_lines if line.partner_id == partner.id}
    unknown = [
        Fault(f"/items/{at}/id", "not-found", "This partner has nothing with that id here.")
        for at, (line_id, _, _) in enumerate(rows)
        if line_id is not None and line_id not in standing
    ]
    if unknown:
        raise Invalid(errors=unknown)
    faults = [
        Fault(f"/items/{at}/version", "stale-version", "Somebody changed this row since you read it.")
        for at, (line_id, version, _) in enumerate(rows)
        if line_id is not None and standing[line_id].version != version
    ]
    if faults:
        raise StaleVersion(errors=faults)
    _check_rows(rows)
    return [
        Change(standing[line_id], changed_line(standing[line_id], fields, proposal, f"/items/{at}"), f"/items/{at}")
        if line_id is not None
        else Change(None, line_from(fields, proposal, partner, f"/items/{at}"), f"/items/{at}")
        for at, (line_id, _, fields) in enumerate(rows)
    ]


def _check_rows(rows: Sequence[tuple[Id | None, int | None, dict[str, Any]]]) -> None:
    faults = [
        Fault(f"/items/{at}/amount", "missing", "A new line needs this.")
        for at, (line_id, _, fields) in enumerate(rows)
        if line_id is None and "amount" not in fields
    ]
    named = [line_id for line_id, _, _ in rows if line_id is not None]
    faults += [
        Fault(f"/items/{at}/id", "line-twice", "Name each line once.")
        for at, (line_id, _, _) in enumerate(rows)
        if line_id is not None and named.count(line_id) > 1
    ]
    if faults:
        raise Invalid(errors=faults)


_PLAIN = ("category", "year", "lot_id", "source", "description", "vat_treatment")


def _partners_named(ids: Iterable[Id], proposal: Proposal) -> tuple[Id, ...]:
    """Partner ids; an organisation's own id stands for its partner. What is neither stays, and is refused later."""
    partner_of = {each.organisation_id: each.id for each in proposal.accepted if each.organisation_id}
    return tuple(partner_of.get(id_, id_) for id_ in ids)


def is_open(proposal: Proposal, partner: Partner) -> bool:
    """Whether what this partner declares is on the table for the others."""
    return proposal.revealed and has_filed(partner)


async def save(
    session: AsyncSession, actor: Actor | None, proposal: Proposal, partner: Partner, changes: Sequence[Change]
) -> list[BudgetLine]:
    """Write the changes to one partner's lines, all or nothing, with their events. The proposal's row is locked.

    Answers the lines as they stand afterwards, in the order given. Refuses with every fault of every line.
    """
    changes = [change for change in changes if change.before != change.after]
    _check(proposal, partner, changes)
    written = [await _write(session, proposal.id, change) for change in changes]
    if changes:
        pairs = [Change(change.before, after, change.at) for change, after in zip(changes, written, strict=True)]
        await _tell(session, actor, proposal, partner, pairs)
    return [line for line in written if line is not None]


def _check(proposal: Proposal, partner: Partner, changes: Iterable[Change]) -> None:
    faults: list[Fault] = []
    accepted = {each.id for each in proposal.accepted}
    count = sum(line.partner_id == partner.id for line in proposal.budget_lines)
    for change in changes:
        count += (change.before is None) - (change.after is None)
        if change.after is None:
            continue
        known = accepted.union(change.before.visible_to if change.before else ())
        faults += [
            Fault(f"{change.at}/visible_to/{index}", "not-found", "There is no such partner in this bid.")
            for index, named in enumerate(change.after.visible_to)
            if named not in known
        ]
        faults += line_faults(change.after, proposal, change.at)
    if faults:
        raise Invalid(errors=faults)
    if count > MAX_LINES:
        raise TooManyLines


async def _write(session: AsyncSession, proposal_id: Id, change: Change) -> BudgetLine | None:
    if change.after is None:
        await session.execute(delete(Row).where(Row.id == change.line.id))
        return None
    line = _next(change.before, change.after)
    values = {
        "partner_id": line.partner_id,
        "category": line.category,
        "year": line.year,
        "lot_id": line.lot_id,
        "source": line.source.value,
        "amount": line.amount,
        "description": line.description,
        "vat_treatment": line.vat_treatment.value,
        "vat_amount": line.vat_amount,
        "visible_to": list(line.visible_to),
        "full_cost": line.full_cost,
        "revealed": line.revealed,
        "version": line.version,
        "hidden_changes": line.hidden_changes,
    }
    if change.before is None:
        await session.execute(insert(Row).values(id=line.id, proposal_id=proposal_id, **values))
    else:
        await session.execute(update(Row).where(Row.id == line.id).values(**values))
    return line


def _next(before: BudgetLine | None, after: BudgetLine) -> BudgetLine:
    """`after` with its version, and whether those to whom the line is open can tell that it changed."""
    if before is None:
        return replace(after, version=1)
    told = any(getattr(before, name) != getattr(after, name) for name in FIELDS)
    hidden = before.hidden_changes + (0 if told else 1)
    return replace(after, version=before.version + 1, hidden_changes=hidden)


async def _tell(
    session: AsyncSession, actor: Actor | None, proposal: Proposal, partner: Partner, changes: Sequence[Change]
) -> None:
    """The events: see the module's text. One type for every change, since even 'added' or 'removed' says too much."""
    own = [line for line in proposal.budget_lines if line.partner_id == partner.id]
    gone = {change.line.id for change in changes}
    now = [line for line in own if line.id not in gone] + [change.after for change in changes if change.after]
    open_now = is_open(proposal, partner)
    common = _shared_difference(proposal, partner, own, now) if open_now else None
    payload = {"partner_id": partner.id, "lines": [_difference(change) for change in changes]}
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        CHANGED,
        actor=actor,
        organisation_id=partner.organisation_id,
        payload=payload,
        shared=common,
        readers=event_log.only(partner.id) if common is None else event_log.owned_by(partner.id),
    )
    for other in proposal.accepted if open_now else ():
        seen = [change for change in (_as_opened_to(other.id, change) for change in changes) if change]
        if other.id != partner.id and seen and has_filed(other):
            await event_log.record(
                session,
                "proposal",
                proposal.id,
                OPENED,
                actor=actor,
                organisation_id=partner.organisation_id,
                payload={"partner_id": partner.id, "lines": [_difference(change) for change in seen]},
                readers=event_log.only(other.id),
            )


def _as_opened_to(reader: Id, change: Change) -> Change | None:
    """What of a change this reader may know: nothing of what the line said while it was closed to it."""
    before = change.before if change.before and reader in change.before.visible_to else None
    after = change.after if change.after and reader in change.after.visible_to else None
    told = Change(_for_reader(before, reader), _for_reader(after, reader))
    return None if told.before == told.after else told


def _for_reader(line: BudgetLine | None, reader: Id) -> BudgetLine | None:
    return replace(line, visible_to=(reader,), full_cost=None, version=0, hidden_changes=0) if line else None


def _difference(change: Change) -> dict[str, Any]:
    return {"line_id": change.line.id, "before": _said(change.before), "after": _said(change.after)}


def _said(line: BudgetLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "category": line.category,
        "year": line.year,
        "lot_id": line.lot_id,
        "source": line.source.value,
        "description": line.description,
        "amount": format_amount(line.amount),
        "vat_treatment": line.vat_treatment.value,
        "vat_amount": format_amount(line.vat_amount),
        "visible_to": list(line.visible_to),
        "full_cost": None if line.full_cost is None else format_amount(line.full_cost),
    }


def _shared_difference(
    proposal: Proposal, partner: Partner, before: Iterable[BudgetLine], after: Iterable[BudgetLine]
) -> dict[str, Any] | None:
    """What others learn: the years whose totals changed. None when no shared figure did."""
    was, now = _own_figures(proposal, partner, before), _own_figures(proposal, partner, after)
    if was == now:
        return None
    years = sorted(year for year in was[0].keys() | now[0].keys() if was[0].get(year) != now[0].get(year))
    return {
        "partner_id": partner.id,
        "partners_only": {
            "by_year": [
                {"year": year, "before": _told(was[0].get(year)), "after": _told(now[0].get(year))} for year in years
            ]
        },
    }


def _own_figures(
    proposal: Proposal, partner: Partner, lines: Iterable[BudgetLine]
) -> tuple[dict[int, Amounts], dict[BudgetSource, int], int | None]:
    """This partner's part of everything that the partners share of the budget."""
    shared = shared_figures(replace(proposal, budget_lines=tuple(lines), partners=(partner,)))
    by_year = {year: cell for (_, year), cell in shared.by_partner_year.items()}
    return by_year, dict(shared.by_source), shared.vat_on_requested


def _told(cell: Amounts | None) -> dict[str, str]:
    cell = cell or Amounts()
    return {
        "total": format_amount(cell.total),
        "requested": format_amount(cell.requested),
        "other_funding": format_amount(cell.other),
        "in_kind": format_amount(cell.in_kind),
    }


def from_merge(merged: Merge, proposal: Proposal, partner: Partner) -> list[Change]:
    """What a workbook changes. New lines are as open as their owner's others are."""
    revealed = is_open(proposal, partner)
    return [
        *(Change(change.before, change.after) for change in merged.changed),
        *(Change(None, replace(line, revealed=revealed)) for line in merged.added),
        *(Change(line, None) for line in merged.removed),
    ]


def overhead_changes(proposal: Proposal, partner: Partner, method: Method, into: str) -> list[Change]:
    """Lines of overheads in place of those there were, or the full cost noted on every line."""
    own = [line for line in proposal.budget_lines if line.partner_id == partner.id]
    if into == "full_cost":
        return [
            Change(line, after) for line, after in zip(own, domain_overheads.with_full_cost(own, method), strict=True)
        ]
    wanted = domain_overheads.overheads(own, method)
    standing = [line for line in own if is_money(line) and domain_overheads.is_overhead(line)]
    changes: list[Change] = []
    for line in standing:
        cell = domain_overheads.Cell(line.year, line.lot_id or "", line.source)
        amount = wanted.pop(cell, None)
        changes.append(Change(line, None if amount is None else _with_amount(line, amount, proposal)))
    for cell, amount in wanted.items():
        line = BudgetLine(
            new_id(), partner.id, domain_overheads.OVERHEADS, cell.year, cell.source, amount, cell.lot_id,
            "Overheads, worked out", revealed=is_open(proposal, partner),
        )  # fmt: skip
        changes.append(Change(None, line))
    return [change for change in changes if change.before != change.after]


def _with_amount(line: BudgetLine, amount: int, proposal: Proposal) -> BudgetLine:
    due = vat_of(amount, line.vat_treatment, proposal.currency)
    full = None if line.full_cost is None else max(line.full_cost, amount)
    return replace(line, amount=amount, vat_amount=line.vat_amount if due is None else due, full_cost=full)


def fields_that_differ(change: Change) -> list[str]:
    if change.before is None or change.after is None:
        return list(FIELDS)
    return [name for name in (*FIELDS, "full_cost") if getattr(change.before, name) != getattr(change.after, name)]
