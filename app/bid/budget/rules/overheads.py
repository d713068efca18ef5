"""Spreads what running an organisation costs over a budget, so that the parts always add up to the penny.

There are three methods that funders accept: a percentage of direct costs, an amount for each full-time post, and full
cost recovery, in which the project carries the same share of the organisation's central costs as of its direct costs.

Each method first fixes the whole, rounded half up to the penny, then shares it over years, lots and sources by the
largest remainder, so no penny is made or lost. Direct costs are money lines that are not overheads themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.lines import is_money, summed, vat_of
from app.bid.value import BudgetLine
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.money import share_out
from app.platform.words.codes import BudgetSource

OVERHEADS = "overheads"
"""The category of the lines that these methods make. Case does not matter when it is compared."""

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Percentage:
    """`rate` per cent of direct costs: 12.5 is an eighth."""

    rate: Decimal


@dataclass(frozen=True, slots=True)
class PerHead:
    """`amount` (minor units) a year for each full-time post; `heads` are posts by year, 0.5 is half a post."""

    amount: int
    heads: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class FullCostRecovery:
    """Central costs of the organisation by year, and its direct costs of that year, this project included."""

    central: Mapping[int, int]
    direct: Mapping[int, int]


Method = Percentage | PerHead | FullCostRecovery


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What an overhead line is for: one year, lot and source of one partner's budget."""

    year: int
    lot: Id
    source: BudgetSource

    @property
    def lot_id(self) -> Id | None:
        return self.lot or None


def is_overhead(line: BudgetLine) -> bool:
    return line.category.strip().casefold() == OVERHEADS


def _cell(line: BudgetLine) -> Cell:
    return Cell(line.year, line.lot_id or "", line.source)


def direct_lines(lines: Iterable[BudgetLine]) -> tuple[BudgetLine, ...]:
    return tuple(line for line in lines if is_money(line) and not is_overhead(line))


def overheads(lines: Iterable[BudgetLine], method: Method) -> dict[Cell, int]:
    """The overhead of each cell of one partner's lines, without zero cells. Together they are exactly the whole."""
    base = summed(direct_lines(lines), _cell)
    cells = sorted(base)
    match method:
        case Percentage(rate):
            _between(rate, Decimal(0), Decimal(1000), "/rate", "Give a rate from 0 to 1000 per cent.")
            whole = _rounded(sum(base.values()) * rate / _HUNDRED)
            spread = dict(zip(cells, share_out(whole, [base[cell] for cell in cells]), strict=True))
        case PerHead(amount, heads):
            spread = _by_year(base, {year: _per_head(amount, posts) for year, posts in heads.items()})
        case FullCostRecovery():
            spread = _by_year(base, _recovered(base, method))
    return {cell: part for cell, part in spread.items() if part}


def _per_head(amount: int, posts: Decimal) -> int:
    _between(posts, Decimal(0), Decimal(100_000), "/heads", "Give full-time posts, zero or more.")
    return _rounded(amount * posts)


def _recovered(base: Mapping[Cell, int], method: FullCostRecovery) -> dict[int, int]:
    """The project's share of each year's central costs, which is never more than all of them."""
    whole: dict[int, int] = {}
    for year, central in method.central.items():
        project = sum(amount for cell, amount in base.items() if cell.year == year)
        organisation = method.direct.get(year, 0)
        if organisation < project:
            raise Invalid.at(
                f"/direct/{year}",
                "direct-costs-below-the-project",
                f"The organisation's direct costs of year {year} include this project's, so they cannot be lower.",
            )
        whole[year] = (2 * central * project + organisation) // (2 * organisation) if organisation else 0
    return whole


def _by_year(base: Mapping[Cell, int], whole: Mapping[int, int]) -> dict[Cell, int]:
    """Share each year's overheads over its cells. A year without direct costs gets one cell of its own."""
    spread: dict[Cell, int] = {}
    for year, amount in sorted(whole.items()):
        cells = sorted(cell for cell in base if cell.year == year) or [Cell(year, "", BudgetSource.REQUESTED)]
        spread |= zip(cells, share_out(amount, [base.get(cell, 0) for cell in cells]), strict=True)
    return spread


def with_full_cost(lines: Iterable[BudgetLine], method: Method) -> tuple[BudgetLine, ...]:
    """The lines with their full cost, which is the amount and a share of its cell's overhead.

    Overhead lines and lines in kind cost what they say.
    """
    lines = tuple(lines)
    members_of: dict[Cell, list[BudgetLine]] = {}
    for line in sorted(direct_lines(lines), key=lambda line: line.id):
        members_of.setdefault(_cell(line), []).append(line)
    full: dict[Id, int] = {}
    for cell, part in overheads(lines, method).items():
        members = members_of.get(cell, [])
        shares = share_out(part, [line.amount for line in members])
        full |= {line.id: line.amount + share for line, share in zip(members, shares, strict=bool(members))}
    return tuple(replace(line, full_cost=full.get(line.id, line.amount)) for line in lines)


def full_cost_changes(lines: Iterable[BudgetLine], method: Method) -> list[Change]:
    """Note the full cost on every line of one partner."""
    lines = tuple(lines)
    return [Change(line, after) for line, after in zip(lines, with_full_cost(lines, method), strict=True)]


def line_changes(
    lines: Iterable[BudgetLine], method: Method, currency: str, new_line: Callable[[], BudgetLine]
) -> list[Change]:
    """Put lines of overheads in place of those that one partner has. `new_line` makes an empty line of that partner."""
    lines = tuple(lines)
    wanted = overheads(lines, method)
    changes: list[Change] = []
    for line in lines:
        if is_money(line) and is_overhead(line):
            amount = wanted.pop(_cell(line), None)
            changes.append(Change(line, None if amount is None else _with_amount(line, amount, currency)))
    for cell, amount in wanted.items():
        line = replace(
            new_line(), category=OVERHEADS, year=cell.year, source=cell.source, amount=amount, lot_id=cell.lot_id,
            description="Overheads, worked out",
        )  # fmt: skip
        changes.append(Change(None, line))
    return [change for change in changes if change.before != change.after]


def _with_amount(line: BudgetLine, amount: int, currency: str) -> BudgetLine:
    due = vat_of(amount, line.vat_treatment, currency)
    full = None if line.full_cost is None else max(line.full_cost, amount)
    return replace(line, amount=amount, vat_amount=line.vat_amount if due is None else due, full_cost=full)


def _rounded(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _between(value: Decimal, least: Decimal, most: Decimal, pointer: str, sentence: str) -> None:
    if not value.is_finite() or not least <= value <= most:
        raise Invalid.at(pointer, "out-of-range", sentence)
