"""Overheads and workbooks on the wire: what they change in a budget."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from app.bid.budget.rules.changes import Change
from app.bid.budget.schemas import MONEY, BudgetLineOut
from app.bid.value import Proposal
from app.platform.access.errors import Fault
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, MoneyIn, MoneyOut, Out, Quantity
from app.platform.words.codes import BudgetSource


class PercentageIn(In):
    method: Literal["percentage"]
    rate: Quantity = Field(description="Per cent of direct costs.", examples=["12.5"])


class PerHeadIn(In):
    method: Literal["per_head"]
    amount: MoneyIn = Field(description="For each full-time post and year.", examples=[MONEY])
    heads: dict[str, Quantity] = Field(max_length=30, description="Posts by year.", examples=[{"1": "1.5"}])


class FullCostRecoveryIn(In):
    method: Literal["full_cost_recovery"]
    central: dict[str, MoneyIn] = Field(
        max_length=30, description="Central costs of your organisation by year.", examples=[{"1": MONEY}]
    )
    direct: dict[str, MoneyIn] = Field(
        max_length=30,
        description="All direct costs of your organisation by year, this project included.",
        examples=[{"1": MONEY}],
    )


class OverheadsIn(In):
    """How overheads are worked out, and what becomes of them.

    `lines` writes a line of the category 'overheads' for each year, lot and source, in place of those there were;
    `full_cost` leaves the lines as they are and notes for you alone what each truly costs.
    """

    partner_id: IdIn | None = None
    how: PercentageIn | PerHeadIn | FullCostRecoveryIn = Field(
        discriminator="method", examples=[{"method": "percentage", "rate": "12.5"}]
    )
    into: Literal["lines", "full_cost"] = "lines"
    dry_run: Flag = Field(False, description="True: answer what would change, and change nothing.")


class LineChangeOut(Out):
    """`fields` differ. `cells` names where each stands in the workbook."""

    before: BudgetLineOut | None
    after: BudgetLineOut | None
    fields: list[str]
    cells: dict[str, str]


class WorkbookConflictOut(Out):
    pointer: str
    code: str
    detail: str


class SumOut(Out):
    """What all lines of the partners concerned add up to in one source, without VAT."""

    source: BudgetSource
    before: MoneyOut
    after: MoneyOut


class WorkbookDifferencesOut(Out):
    """What would change, or (with `applied` true) what changed. Nothing is applied while there are `conflicts`."""

    applied: bool
    sums: list[SumOut] = Field(description="What the changes come to in money, by source.")
    added: list[LineChangeOut]
    changed: list[LineChangeOut]
    removed: list[LineChangeOut]
    unchanged: int
    conflicts: list[WorkbookConflictOut]
    version: int

    @classmethod
    def of(
        cls,
        changes: Sequence[Change],
        proposal: Proposal,
        seats: frozenset[Id],
        *,
        applied: bool,
        unchanged: int | None = None,
        cells: Mapping[Id, Mapping[str, str]] | None = None,
        conflicts: Iterable[Fault] = (),
    ) -> "WorkbookDifferencesOut":
        """`seats` are the partners whose lines these are. Left out, `unchanged` is the number of their other lines."""
        if unchanged is None:
            own = sum(line.partner_id in seats for line in proposal.budget_lines)
            unchanged = own - sum(change.before is not None for change in changes)

        def out(change: Change) -> LineChangeOut:
            before, after = (
                BudgetLineOut.of(line, proposal.currency, seats) if line else None
                for line in (change.before, change.after)
            )
            where = dict((cells or {}).get(change.line.id, {}))
            return LineChangeOut(before=before, after=after, fields=list(change.fields), cells=where)

        return cls(
            applied=applied,
            sums=_sums(changes, proposal, seats),
            added=[out(change) for change in changes if change.before is None],
            changed=[out(change) for change in changes if change.before and change.after],
            removed=[out(change) for change in changes if change.after is None],
            unchanged=unchanged,
            conflicts=[
                WorkbookConflictOut(pointer=each.pointer, code=each.code, detail=each.detail) for each in conflicts
            ],
            version=proposal.version,
        )


def _sums(changes: Iterable[Change], proposal: Proposal, seats: frozenset[Id]) -> list[SumOut]:
    before = Counter[BudgetSource]()
    for line in proposal.budget_lines:
        if line.partner_id in seats:
            before[line.source] += line.amount
    after = Counter(before)
    for change in changes:
        if change.before:
            after[change.before.source] -= change.before.amount
        if change.after:
            after[change.after.source] += change.after.amount
    return [
        SumOut(
            source=source,
            before=MoneyOut.of(before[source], proposal.currency),
            after=MoneyOut.of(after[source], proposal.currency),
        )
        for source in BudgetSource
        if source in after
    ]
