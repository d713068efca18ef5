"""A workbook that comes back, merged with the budget as it stands now: by line identity and version.

A workbook remembers each line that it was made from (`Origin`: identity, version, and what its row said). So for
every line there are three texts: as it left, as it came back, as it stands. Only what was changed in the workbook
is written, and only onto the version that it was changed from: whatever else happened meanwhile stays. A line that
was changed on both sides is a conflict, which stops the whole. A line whose row is gone was taken out on purpose;
a line that the workbook never held is left alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.bid.value import BudgetLine
from app.platform.access.errors import Fault
from app.platform.access.ids import Id

FIELDS = ("category", "description", "year", "lot_id", "source", "amount", "vat_treatment", "vat_amount")
"""What a row of the workbook holds, in its order. Who may see a line, and its full cost, are not changed by it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A line as the workbook left: `digest` is of what its row said."""

    id: Id
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came back. `cells` names the cell of each field, for what has to be said about it."""

    line: BudgetLine
    digest: str
    cells: Mapping[str, str]
    known: bool
    """Whether the row names a line that exists; without, it is a new one."""


@dataclass(frozen=True, slots=True)
class Change:
    """A line that the workbook changes: `before` as it stands, `after` as it will be, `fields` that differ."""

    before: BudgetLine
    after: BudgetLine
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    added: tuple[BudgetLine, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[BudgetLine, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Fault, ...] = ()
    cells: Mapping[Id, Mapping[str, str]] = field(default_factory=dict)
    """By line id, where each field stands in the workbook."""


def merge(rows: Iterable[Row], origins: Iterable[Origin], current: Iterable[BudgetLine]) -> Merge:
    """What would be written for one partner. `current` are that partner's lines as they stand."""
    stands = {line.id: line for line in current}
    left = {origin.id: origin for origin in origins}
    added: list[BudgetLine] = []
    changed: list[Change] = []
    conflicts: list[Fault] = []
    cells: dict[Id, Mapping[str, str]] = {}
    seen: set[Id] = set()
    unchanged = 0
    for row in rows:
        line = row.line
        cells[line.id] = row.cells
        if not row.known:
            added.append(line)
            continue
        if line.id in seen:
            conflicts.append(_fault(row, "line-twice", "This line stands twice. Clear its line id to make a new line."))
            continue
        seen.add(line.id)
        origin, now = left.get(line.id), stands.get(line.id)
        if origin is None:
            conflicts.append(_fault(row, "unknown-line", "This line id is not from this workbook. Clear it."))
        elif row.digest == origin.digest:
            unchanged += 1
        elif now is None:
            conflicts.append(_fault(row, "line-gone", "This line was deleted meanwhile. Clear its id to add it anew."))
        elif differing := _differing(now, line):
            if now.version == origin.version:
                changed.append(Change(now, _onto(now, line), differing))
            else:
                conflicts.append(_fault(row, "line-changed-meanwhile", _meanwhile(row, differing)))
        else:
            unchanged += 1
    removed, more = _removed(left, stands, seen)
    return Merge(tuple(added), tuple(changed), removed, unchanged, (*conflicts, *more), cells)


def _removed(
    left: Mapping[Id, Origin], stands: Mapping[Id, BudgetLine], seen: set[Id]
) -> tuple[tuple[BudgetLine, ...], list[Fault]]:
    removed: list[BudgetLine] = []
    conflicts: list[Fault] = []
    for origin in left.values():
        now = stands.get(origin.id)
        if origin.id in seen or now is None:
            continue
        if now.version == origin.version:
            removed.append(now)
        else:
            detail = f"The line '{now.category}' of year {now.year} was taken out here, but changed meanwhile."
            conflicts.append(Fault(f"/lines/{now.id}", "line-changed-meanwhile", f"{detail} Fetch the workbook again."))
    return tuple(removed), conflicts


def _differing(now: BudgetLine, row: BudgetLine) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if getattr(now, name) != getattr(row, name))


def _onto(now: BudgetLine, row: BudgetLine) -> BudgetLine:
    written: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    return replace(now, **written)


def _fault(row: Row, code: str, detail: str) -> Fault:
    return Fault(row.cells.get("id", ""), code, detail)


def _meanwhile(row: Row, differing: tuple[str, ...]) -> str:
    where = ", ".join(row.cells[name] for name in differing if name in row.cells)
    return f"This line was changed meanwhile by somebody else ({where} differ). Fetch the workbook again and redo it."
