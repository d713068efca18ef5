"""What was sent, as changes of one partner's budget lines. Faults point at the field in the request."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.lines import is_open, treatment_of, vat_of
from app.bid.budget.rules.overheads import (
    FullCostRecovery,
    Method,
    Percentage,
    PerHead,
    full_cost_changes,
    line_changes,
)
from app.bid.budget.schemas import BudgetLineRow
from app.bid.budget.schemas_changes import FullCostRecoveryIn, OverheadsIn, PercentageIn, PerHeadIn
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import Fault, Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.db.base import new_id
from app.platform.web.wire import MoneyIn
from app.platform.words.codes import BudgetSource

_PLAIN = ("category", "year", "lot_id", "source", "description", "vat_treatment")


def blank_line(proposal: Proposal, partner: Partner) -> BudgetLine:
    return BudgetLine(new_id(), partner.id, "other", 1, BudgetSource.REQUESTED, 0, revealed=is_open(proposal, partner))


def new_line(given: dict[str, Any], proposal: Proposal, partner: Partner, at: str = "") -> BudgetLine:
    """A new line of this partner. Its VAT is worked out where it was left out."""
    said = {name: value for name, value in given.items() if name != "vat_treatment" or value is not None}
    line = changed_line(blank_line(proposal, partner), said, proposal, at)
    if "vat_treatment" in said:
        return line
    return replace(line, vat_treatment=treatment_of(line.amount, line.vat_amount, proposal.currency))


def changed_line(line: BudgetLine, given: dict[str, Any], proposal: Proposal, at: str = "") -> BudgetLine:
    """`line` with the fields that were sent."""
    values = {name: given[name] for name in given if name in _PLAIN}
    for name in ("amount", "vat_amount", "full_cost"):
        if (money := given.get(name)) is not None:
            detail = f"This proposal is in {proposal.currency}. Give every amount in it."
            values[name] = _minor(money, proposal, f"{at}/{name}", detail)
        elif name in given and name == "full_cost":
            values[name] = None
    if "visible_to" in given:
        values["visible_to"] = _partners_named(given["visible_to"], proposal)
    after = replace(line, **values)
    if given.get("vat_amount") is None and {"amount", "vat_treatment", "vat_amount"} & given.keys():
        due = vat_of(after.amount, after.vat_treatment, proposal.currency)
        after = replace(after, vat_amount=after.vat_amount if due is None else due)
    return after


def _minor(money: MoneyIn, proposal: Proposal, at: str, detail: str = "") -> int:
    if money.currency != proposal.currency:
        raise Invalid.at(f"{at}/currency", "another-currency", detail or f"This proposal is in {proposal.currency}.")
    return money.minor


def _partners_named(ids: Iterable[Id], proposal: Proposal) -> tuple[Id, ...]:
    """Map organisation ids to partner ids. Ids of neither pass through, and `service.check` refuses them."""
    partner_of = {each.organisation_id: each.id for each in proposal.accepted if each.organisation_id}
    return tuple(partner_of.get(id_, id_) for id_ in ids)


def batch(items: Sequence[BudgetLineRow], proposal: Proposal, partner: Partner) -> list[Change]:
    """Rows with an id change a line of this partner, rows without one are new. Raises Invalid with a fault for each row
    that names a line which is not the partner's, names one twice, or is new and has no amount."""
    own = {line.id: line for line in proposal.budget_lines if line.partner_id == partner.id}
    rows = list(enumerate(items))
    if unknown := [at for at, row in rows if row.id is not None and row.id not in own]:
        detail = "This partner has nothing with that id here."
        raise Invalid(errors=[Fault(f"/items/{at}/id", "not-found", detail) for at in unknown])
    named = [row.id for row in items]
    faults = [
        Fault(f"/items/{at}/amount", "missing", "A new line needs this.")
        for at, row in rows
        if row.id is None and "amount" not in row.fields()
    ]
    faults += [
        Fault(f"/items/{at}/id", "line-twice", "Name each line once.")
        for at, row in rows
        if row.id is not None and named.count(row.id) > 1
    ]
    if faults:
        raise Invalid(errors=faults)
    return [
        Change(own[row.id], changed_line(own[row.id], row.fields(), proposal, f"/items/{at}"), f"/items/{at}")
        if row.id is not None
        else Change(None, new_line(row.fields(), proposal, partner, f"/items/{at}"), f"/items/{at}")
        for at, row in rows
    ]


def check_versions(items: Sequence[BudgetLineRow], changes: Sequence[Change]) -> None:
    """Raises StaleVersion with a fault for each row of `batch` that was made from another version of its line."""
    faults = [
        Fault(f"{change.at}/version", "stale-version", "Somebody changed this row since you read it.")
        for row, change in zip(items, changes, strict=True)
        if change.before is not None and change.before.version != row.version
    ]
    if faults:
        raise StaleVersion(errors=faults)


def overheads(body: OverheadsIn, proposal: Proposal, partner: Partner) -> list[Change]:
    """Lines of overheads in place of those there are, or the full cost noted on every line."""
    own = [line for line in proposal.budget_lines if line.partner_id == partner.id]
    method = _method(body, proposal)
    if body.into == "full_cost":
        return full_cost_changes(own, method)
    return line_changes(own, method, proposal.currency, lambda: blank_line(proposal, partner))


def _method(body: OverheadsIn, proposal: Proposal) -> Method:
    """Raises Invalid where an amount is in another currency or a year is no whole number."""
    how = body.how
    if isinstance(how, PercentageIn):
        return Percentage(Decimal(how.rate))
    if isinstance(how, PerHeadIn):
        amount = _minor(how.amount, proposal, "/how/amount")
        return PerHead(amount, {_year(year, "/how/heads"): Decimal(posts) for year, posts in how.heads.items()})
    assert isinstance(how, FullCostRecoveryIn)
    return FullCostRecovery(
        central={_year(y, "/how/central"): _minor(m, proposal, f"/how/central/{y}") for y, m in how.central.items()},
        direct={_year(y, "/how/direct"): _minor(m, proposal, f"/how/direct/{y}") for y, m in how.direct.items()},
    )


def _year(text: str, at: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise Invalid.at(at, "year-outside-the-bid", "Name years as whole numbers: 1 for the first contract year.")
    return int(text)
