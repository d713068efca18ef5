"""The verbs of outcomes: promise, change, take out, confirm.

An outcome is the whole bid's, not one partner's: any partner's editor writes it and all partners see it. A partner that
another names in it says itself whether it delivers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.bid.outcomes.rules import confirmed_after, outcome_faults
from app.bid.outcomes.tables import Outcome as Row
from app.bid.value import Outcome, Proposal
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.money import format_quantity
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.db.rows import value

MAX_OUTCOMES = 500
_WRITTEN = (
    "framework",
    "outcome",
    "indicator",
    "unit",
    "baseline",
    "target",
    "target_date",
    "method",
    "partner_ids",
    "audience",
    "question_id",
    "lot_id",
)
"""The fields that partners write."""


class TooManyOutcomes(Conflict):
    code = "too-many-outcomes"
    title = "The bid promises too many outcomes"
    explanation = f"Keep to {MAX_OUTCOMES} outcomes. Commissioners read the ones that matter."


def prepare(proposal: Proposal, given: Sequence[Mapping[str, Any]], at: str = "") -> list[Outcome]:
    """New outcomes from their fields. Raises Invalid with all faults, each below `at`, in which `{}` is its index."""
    none = Outcome("", "", "")
    outcomes = [_with(replace(none, id=new_id()), fields) for fields in given]
    faults = [
        fault for index, outcome in enumerate(outcomes) for fault in _faults(outcome, none, proposal, at.format(index))
    ]
    if faults:
        raise Invalid(errors=faults)
    return outcomes


async def promise(act: Act, proposal: Proposal, outcomes: Sequence[Outcome]) -> list[Row]:
    """Record new outcomes that were prepared, with one event for all. Their author confirms its own part thereby."""
    if len(proposal.outcomes) + len(outcomes) > MAX_OUTCOMES:
        raise TooManyOutcomes
    rows = []
    for outcome in outcomes:
        row = Row(id=outcome.id, proposal_id=proposal.id, created_by_partner_id=act.seat_id, version=1)
        _set(row, outcome, confirmed_after(outcome, outcome, _own(act)))
        act.session.add(row)
        rows.append(row)
    await act.record("outcome_added", outcomes=[_said(row) for row in rows])
    return rows


def changed(row: Row, proposal: Proposal, given: Mapping[str, Any]) -> Outcome:
    """The outcome with the fields that were sent. Raises Invalid with all its faults."""
    before = _value(row)
    after = _with(before, given)
    if after != before and (faults := _faults(after, before, proposal, "")):
        raise Invalid(errors=faults)
    return after


async def change(act: Act, row: Row, after: Outcome) -> None:
    """Record what `changed` made. Partners confirm again what is promised differently."""
    before, said = _value(row), _said(row)
    if after == before:
        return
    _set(row, after, confirmed_after(before, after, _own(act)))
    row.version += 1
    await act.record("outcome_changed", outcome_id=row.id, before=said, after=_said(row))


async def take_out(act: Act, row: Row) -> None:
    await act.session.delete(row)
    await act.record("outcome_removed", outcome_id=row.id, before=_said(row), after=None)


def check_named(act: Act, row: Row) -> None:
    """Raises Forbidden unless the outcome names the partner that acts."""
    if act.seat_id not in row.partner_ids:
        raise Forbidden("This outcome does not name your organisation. Add it to 'partner_ids' first.")


async def confirm(act: Act, row: Row) -> None:
    """The partner that acts, which the outcome names, says that it delivers. A second time it changes nothing."""
    if act.seat_id in row.confirmed_by:
        return
    row.confirmed_by = [p for p in row.partner_ids if p in row.confirmed_by or p == act.seat_id]
    row.version += 1
    await act.record("outcome_confirmed", outcome_id=row.id, partner_id=act.seat_id)


def _own(act: Act) -> list[str]:
    return [act.seat_id] if act.seat_id else []


def _value(row: Row) -> Outcome:
    plain = {name: getattr(row, name) for name in ("id", "confirmed_by", *_WRITTEN)}
    return value(Outcome, plain, target_date=plain.pop("target_date"))


def _with(outcome: Outcome, given: Mapping[str, Any]) -> Outcome:
    values = {name: given[name] for name in _WRITTEN if name in given}
    if "partner_ids" in values:
        values["partner_ids"] = tuple(values["partner_ids"])
    return replace(outcome, **values)


def _set(row: Row, outcome: Outcome, confirmed_by: Sequence[str]) -> None:
    for name in _WRITTEN:
        setattr(row, name, getattr(outcome, name))
    row.partner_ids, row.confirmed_by = list(outcome.partner_ids), list(confirmed_by)
    row.audience = outcome.audience.value


def _faults(outcome: Outcome, before: Outcome, proposal: Proposal, at: str) -> list[Fault]:
    """What is wrong with the outcome. Whoever is no partner of this bid is not found, wherever else it is one."""
    known = {partner.id for partner in proposal.accepted}.union(before.partner_ids)
    faults = [
        Fault(f"{at}/partner_ids/{index}", "not-found", "There is no such partner in this bid.")
        for index, named in enumerate(outcome.partner_ids)
        if named not in known
    ]
    faults += outcome_faults(outcome, proposal, at)
    if outcome.question_id and outcome.question_id not in {q.id for q in proposal.opportunity.questions}:
        faults.append(Fault(f"{at}/question_id", "not-a-question", "This call asks no such question."))
    return faults


def _said(row: Row) -> dict[str, Any]:
    """The outcome as the event log has it."""
    said = {name: getattr(row, name) for name in ("id", *_WRITTEN, "confirmed_by")}
    for name in ("baseline", "target"):
        said[name] = None if said[name] is None else format_quantity(said[name])
    return said | {"target_date": row.target_date.isoformat() if row.target_date else None}
