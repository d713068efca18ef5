"""What each reader may see of a budget, and nothing from which it could work out more (rule 1 of the domain).

Partners in one bid are rivals in the next. So each partner sees its own lines, the lines that their owners
opened to it by name, and of everything else **the shared figures** only, which the bid itself states:

* of each partner, totals by year: what it asks for, what comes from elsewhere (match and income), and what is
  in kind, which is never added to money;
* of the whole bid, what each source pays, and the VAT on what is asked for where the call's ceiling includes VAT.

Every other figure that a reader is shown is a function of these and of the lines it may read. That is why sums
by lot and by category hold readable lines only, with the rest as one undisclosed amount; and why a ceiling of one
lot among several is judged by what the reader can know (`within`, `over`, or `not_disclosed`) and never by the
hidden lines: a true yes or no, asked again and again while one's own lines move, would give a rival's price away.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from app.bid.budget.rules.lines import MONEY_SOURCES, Cover, counted_lines, cover, gross, summed
from app.bid.value import BudgetLine, Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.errors import Fault
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.words.codes import BlockerCode, BudgetSource, CeilingState, PriceDetail, VatBasis


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net. `requested` is asked of the commissioner, `other` is match and income; `in_kind` stands apart."""

    requested: int = 0
    other: int = 0
    in_kind: int = 0

    @property
    def total(self) -> int:
        return self.requested + self.other

    def __add__(self, more: "Amounts") -> "Amounts":
        return Amounts(self.requested + more.requested, self.other + more.other, self.in_kind + more.in_kind)


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the sums by lot or category. `disclosed` is false for what this reader is not shown apart."""

    key: str | None
    amounts: Amounts
    disclosed: bool = True


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """What every accepted partner may know of the whole bid, and the commissioner gets."""

    by_partner_year: Mapping[tuple[Id, int], Amounts]
    by_source: Mapping[BudgetSource, int]
    vat_on_requested: int | None
    """None where no ceiling includes VAT: then the bid is stated net, and nobody needs the figure."""

    @property
    def total(self) -> Amounts:
        return sum(self.by_partner_year.values(), Amounts())


@dataclass(frozen=True, slots=True)
class CeilingCheck:
    """`asked` is what is asked for on the ceiling's own basis, None where this reader can't know it exactly."""

    lot_id: Id | None
    ceiling: int
    vat: VatBasis
    state: CeilingState
    asked: int | None


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget as one reader may see it. Every axis adds up to `total`, undisclosed rows included."""

    lines: tuple[BudgetLine, ...] = ()
    by_partner: tuple[tuple[Id, tuple[tuple[int, Amounts], ...]], ...] = ()
    by_year: tuple[tuple[int, Amounts], ...] = ()
    by_lot: tuple[Share, ...] = ()
    by_category: tuple[Share, ...] = ()
    by_source: tuple[tuple[BudgetSource, int], ...] = ()
    total: Amounts | None = None
    whole: int | None = None
    """All money of the proposal: the one figure that a facilitator sees. None before the reveal."""
    vat_on_requested: int | None = None
    ceilings: tuple[CeilingCheck, ...] = ()
    cover: tuple[Cover, ...] = ()


def amounts(lines: Iterable[BudgetLine]) -> Amounts:
    by_source = summed(lines, lambda line: line.source)
    return Amounts(
        requested=by_source.get(BudgetSource.REQUESTED, 0),
        other=by_source.get(BudgetSource.MATCH, 0) + by_source.get(BudgetSource.INCOME, 0),
        in_kind=by_source.get(BudgetSource.IN_KIND, 0),
    )


def may_read_line(line: BudgetLine, reader: Reader) -> bool:
    """Its owner always; others when its owner named them, and after the reveal only."""
    if reader.kind not in (ReaderKind.PARTNER, ReaderKind.FORMER):
        return False
    if line.partner_id in reader.partner_ids:
        return True
    return (
        reader.kind is ReaderKind.PARTNER
        and reader.sees_others
        and line.revealed
        and not reader.partner_ids.isdisjoint(line.visible_to)
    )


def shared_figures(proposal: Proposal) -> SharedFigures:
    lines = counted_lines(proposal)
    cells: dict[tuple[Id, int], list[BudgetLine]] = {}
    for line in lines:
        cells.setdefault((line.partner_id, line.year), []).append(line)
    figures = {cell: amounts(of_cell) for cell, of_cell in sorted(cells.items())}
    asked = (line for line in lines if line.source is BudgetSource.REQUESTED)
    return SharedFigures(
        by_partner_year={cell: amount for cell, amount in figures.items() if amount != Amounts()},
        by_source=_by_source(lines),
        vat_on_requested=sum(line.vat_amount for line in asked) if _price_includes_vat(proposal) else None,
    )


def budget_view(proposal: Proposal, reader: Reader) -> BudgetView:
    """The one way from a proposal to what a reader is shown of its budget."""
    if reader.kind is ReaderKind.FACILITATOR:
        return BudgetView(whole=shared_figures(proposal).total.total if reader.sees_others else None)
    if reader.kind is ReaderKind.FORMER or (reader.kind is ReaderKind.PARTNER and not reader.sees_others):
        return _own_view(proposal, reader)
    shared = shared_figures(proposal)
    if reader.kind is ReaderKind.COMMISSIONER:
        return _commissioner_view(proposal, shared)
    readable = tuple(line for line in proposal.budget_lines if may_read_line(line, reader))
    counted = tuple(line for line in counted_lines(proposal) if may_read_line(line, reader))
    return replace(
        _stated(shared),
        lines=_in_order(readable),
        by_lot=_shares(counted, shared.total, _lot),
        by_category=_shares(counted, shared.total, _category),
        ceilings=ceiling_checks(proposal, counted, shared),
        cover=cover(proposal),
    )


def _own_view(proposal: Proposal, reader: Reader) -> BudgetView:
    """Before the reveal, or after having left: one's own lines and their sums, as if there were no others."""
    own = tuple(line for line in proposal.budget_lines if line.partner_id in reader.partner_ids)
    cells: dict[tuple[Id, int], Amounts] = {}
    for line in own:
        cell = (line.partner_id, line.year)
        cells[cell] = cells.get(cell, Amounts()) + amounts([line])
    shared = SharedFigures(dict(sorted(cells.items())), _by_source(own), None)
    return replace(
        _stated(shared),
        lines=_in_order(own),
        by_lot=_shares(own, shared.total, _lot),
        by_category=_shares(own, shared.total, _category),
    )


def _commissioner_view(proposal: Proposal, shared: SharedFigures) -> BudgetView:
    """Totals; and the lines where the call asks for lines."""
    if proposal.opportunity.price_detail is not PriceDetail.LINES:
        return replace(_stated(shared), ceilings=ceiling_checks(proposal, (), shared))
    lines = counted_lines(proposal)
    return replace(
        _stated(shared),
        lines=_in_order(lines),
        by_lot=_shares(lines, shared.total, _lot),
        by_category=_shares(lines, shared.total, _category),
        ceilings=ceiling_checks(proposal, lines, shared),
    )


def commissioner_preview(proposal: Proposal, reader: Reader) -> BudgetView:
    """What the commissioner will get, as far as this reader may read it: where the call asks for lines, those only
    that it may read itself, since the others' go to the commissioner and not to rivals."""
    if reader.kind is not ReaderKind.PARTNER or not reader.sees_others:
        return budget_view(proposal, reader)
    stated = _commissioner_view(proposal, shared_figures(proposal))
    readable = tuple(line for line in stated.lines if may_read_line(line, reader))
    return replace(stated, lines=readable, by_lot=(), by_category=(), ceilings=())


def _stated(shared: SharedFigures) -> BudgetView:
    """The shared figures themselves, on every axis that they have."""
    of_partner: dict[Id, list[tuple[int, Amounts]]] = {}
    of_year: dict[int, Amounts] = {}
    for (partner_id, year), amount in shared.by_partner_year.items():
        of_partner.setdefault(partner_id, []).append((year, amount))
        of_year[year] = of_year.get(year, Amounts()) + amount
    return BudgetView(
        by_partner=tuple((partner_id, tuple(years)) for partner_id, years in of_partner.items()),
        by_year=tuple(sorted(of_year.items())),
        by_source=tuple(shared.by_source.items()),
        total=shared.total,
        whole=shared.total.total,
        vat_on_requested=shared.vat_on_requested,
    )


def _lot(line: BudgetLine) -> str | None:
    return line.lot_id


def _category(line: BudgetLine) -> str | None:
    return line.category


def _shares(
    readable: Iterable[BudgetLine], total: Amounts, key: Callable[[BudgetLine], str | None]
) -> tuple[Share, ...]:
    """The readable lines by `key`, and one undisclosed row for the rest, so that the rows add up to `total`."""
    by_key: dict[str | None, Amounts] = {}
    for line in readable:
        by_key[key(line)] = by_key.get(key(line), Amounts()) + amounts([line])
    rows = [Share(name, amount) for name, amount in sorted(by_key.items(), key=lambda row: row[0] or "")]
    shown = sum(by_key.values(), Amounts())
    if shown != total:
        rest = Amounts(total.requested - shown.requested, total.other - shown.other, total.in_kind - shown.in_kind)
        rows.append(Share(None, rest, disclosed=False))
    return tuple(rows)


def _in_order(lines: Iterable[BudgetLine]) -> tuple[BudgetLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.id))


def _by_source(lines: Iterable[BudgetLine]) -> dict[BudgetSource, int]:
    """Every source, in the order of print, also those without a line: a zero line must not show."""
    return {source: 0 for source in (*MONEY_SOURCES, BudgetSource.IN_KIND)} | summed(lines, lambda line: line.source)


def _price_includes_vat(proposal: Proposal) -> bool:
    return any(vat is VatBasis.INCLUDED for _, _, vat in _ceilings(proposal))


def _ceilings(proposal: Proposal) -> list[tuple[Id | None, int, VatBasis]]:
    """The ceilings that bind this bid: of the whole call, and of each lot that it bids for."""
    call = proposal.opportunity
    found: list[tuple[Id | None, int, VatBasis]] = []
    if call.budget_ceiling is not None:
        found.append((None, call.budget_ceiling, call.ceiling_vat))
    found += [
        (lot.id, lot.ceiling, lot.vat) for lot in call.lots if lot.id in proposal.lot_ids and lot.ceiling is not None
    ]
    return found


def ceiling_checks(
    proposal: Proposal, readable: Iterable[BudgetLine], shared: SharedFigures
) -> tuple[CeilingCheck, ...]:
    """Each ceiling against what is asked for, as far as `readable` lines and the shared figures settle it.

    Only what is asked of the commissioner counts. Of one lot among several, what is asked for lies between what
    the readable lines say and that plus everything undisclosed.
    """
    asked = tuple(line for line in readable if line.source is BudgetSource.REQUESTED)
    one_lot = len(proposal.lot_ids) == 1
    checks = []
    for lot_id, ceiling, vat in _ceilings(proposal):
        if vat is VatBasis.UNKNOWN:
            checks.append(CeilingCheck(lot_id, ceiling, vat, CeilingState.BASIS_UNKNOWN, None))
            continue
        value = gross if vat is VatBasis.INCLUDED else _net
        whole = shared.by_source[BudgetSource.REQUESTED]
        if vat is VatBasis.INCLUDED:
            whole += shared.vat_on_requested or 0
        if lot_id is None or one_lot:
            least = most = whole
        else:
            least = sum(value(line) for line in asked if line.lot_id == lot_id)
            most = least + whole - sum(value(line) for line in asked)
        checks.append(
            CeilingCheck(lot_id, ceiling, vat, _judged(least, most, ceiling), least if least == most else None)
        )
    return tuple(checks)


def _net(line: BudgetLine) -> int:
    return line.amount


def _judged(least: int, most: int, ceiling: int) -> CeilingState:
    if least > ceiling:
        return CeilingState.OVER
    return CeilingState.WITHIN if most <= ceiling else CeilingState.NOT_DISCLOSED


def budget_blockers(proposal: Proposal, reader: Reader) -> tuple[Fault, ...]:
    """`over-ceiling` and `budget-not-adding-up`, as this reader may know them. None before it sees the others.

    A facilitator gets the sentences without their figures.
    """
    if reader.kind is ReaderKind.FORMER or not reader.sees_others or not proposal.revealed:
        return ()
    figures = reader.kind is not ReaderKind.FACILITATOR
    shared = shared_figures(proposal)
    readable = [line for line in counted_lines(proposal) if may_read_line(line, reader)]
    over = [check for check in ceiling_checks(proposal, readable, shared) if check.state is CeilingState.OVER]
    faults = [
        Fault(_at(check), BlockerCode.OVER_CEILING.value, _over_sentence(proposal, check, figures)) for check in over
    ]
    for of_source in cover(proposal):
        if of_source.short:
            faults.append(
                Fault("/budget", BlockerCode.BUDGET_NOT_ADDING_UP.value, _short_sentence(proposal, of_source, figures))
            )
    return tuple(faults)


def _at(check: CeilingCheck) -> str:
    return "/budget" if check.lot_id is None else f"/lots/{check.lot_id}"


def _over_sentence(proposal: Proposal, check: CeilingCheck, figures: bool) -> str:
    lot = next((lot for lot in proposal.opportunity.lots if lot.id == check.lot_id), None)
    what = f"lot '{lot.title}'" if lot else "the whole call"
    basis = "including VAT" if check.vat is VatBasis.INCLUDED else "without VAT"
    by = (
        f" by {proposal.currency} {format_amount(check.asked - check.ceiling)}"
        if figures and check.asked is not None
        else ""
    )
    return (
        f"What the bid asks for is over the ceiling for {what} ({proposal.currency} {format_amount(check.ceiling)} "
        f"{basis}){by}. The partners lower what they ask for, or find other funding for a part of it."
    )


def _short_sentence(proposal: Proposal, of_source: Cover, figures: bool) -> str:
    name, kind = {
        BudgetSource.MATCH: ("match funding", "match funding"),
        BudgetSource.INCOME: ("income", "cash"),
    }[of_source.source]
    if not figures:
        return (
            f"The budget counts on more {name} than the partners have confirmed as contributions. Whoever brings "
            "what is missing confirms it, or the lines are changed."
        )
    return (
        f"The budget counts on {proposal.currency} {format_amount(of_source.lines)} of {name}, but only "
        f"{format_amount(of_source.confirmed)} of {kind} is confirmed as a contribution. Whoever brings the "
        f"{format_amount(of_source.short)} that is missing confirms it, or the lines are changed."
    )
