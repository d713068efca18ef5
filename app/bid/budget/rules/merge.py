"""Merges a workbook that comes back with the budget as it is now, by the identity and version of each line.

A workbook remembers each line that it was made from (`Origin`: identity, version, and what its row said). So every line
is known in three states: exported, returned, and now. Only what was changed in the workbook is written, and only onto
the version that it was changed from, so whatever else happened meanwhile stays. A line that was changed on both sides
is a conflict, which stops everything. A line whose row is gone was taken out on purpose, and a line that the workbook
never held is left alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.bid.budget.rules.changes import FIELDS, Change, differing
from app.bid.value import BudgetLine
from app.platform.access.errors import Fault
from app.platform.access.ids import Id


@dataclass(frozen=True, slots=True)
class Origin:
    """A line as it was exported; `digest` is of what its row said."""

    id: Id
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it came back. `cells` names the cell of each field, for a fault to point at."""

    line: BudgetLine
    digest: str
    cells: Mapping[str, str]
    known: bool
    """Whether the row has a line id. Without one it is a new line."""


@dataclass(frozen=True, slots=True)
class Merge:
    added: tuple[BudgetLine, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[BudgetLine, ...] = ()
    unchanged: int = 0
    conflicts: tuple[Fault, ...] = ()
    cells: Mapping[Id, Mapping[str, str]] = field(default_factory=dict)
    """The cell of each field in the workbook, by line id."""

    def changes(self, revealed: bool) -> list[Change]:
        """What to write. New lines are as open to the others as their owner's other lines are."""
        return [
            *self.changed,
            *(Change(None, replace(line, revealed=revealed)) for line in self.added),
            *(Change(line, None) for line in self.removed),
        ]


def merge(rows: Iterable[Row], origins: Iterable[Origin], current: Iterable[BudgetLine]) -> Merge:
    """What the workbook changes for one partner, whose lines are now `current`."""
    present = {line.id: line for line in current}
    exported = {origin.id: origin for origin in origins}
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
        origin, now = exported.get(line.id), present.get(line.id)
        if origin is None:
            conflicts.append(_fault(row, "unknown-line", "This line id is not from this workbook. Clear it."))
        elif row.digest == origin.digest:
            unchanged += 1
        elif now is None:
            conflicts.append(_fault(row, "line-gone", "This line was deleted meanwhile. Clear its id to add it anew."))
        elif fields := differing(now, line):
            if now.version == origin.version:
                changed.append(Change(now, _onto(now, line)))
            else:
                conflicts.append(_fault(row, "line-changed-meanwhile", _meanwhile(row, fields)))
        else:
            unchanged += 1
    removed, more = _removed(exported, present, seen)
    return Merge(tuple(added), tuple(changed), removed, unchanged, (*conflicts, *more), cells)


def _removed(
    exported: Mapping[Id, Origin], present: Mapping[Id, BudgetLine], seen: set[Id]
) -> tuple[tuple[BudgetLine, ...], list[Fault]]:
    removed: list[BudgetLine] = []
    conflicts: list[Fault] = []
    for origin in exported.values():
        now = present.get(origin.id)
        if origin.id in seen or now is None:
            continue
        if now.version == origin.version:
            removed.append(now)
        else:
            detail = f"The line '{now.category}' of year {now.year} was taken out here, but changed meanwhile."
            conflicts.append(Fault(f"/lines/{now.id}", "line-changed-meanwhile", f"{detail} Fetch the workbook again."))
    return tuple(removed), conflicts


def _onto(now: BudgetLine, row: BudgetLine) -> BudgetLine:
    written: dict[str, Any] = {name: getattr(row, name) for name in FIELDS}
    return replace(now, **written)


def _fault(row: Row, code: str, detail: str) -> Fault:
    return Fault(row.cells.get("id", ""), code, detail)


def _meanwhile(row: Row, fields: tuple[str, ...]) -> str:
    where = ", ".join(row.cells[name] for name in fields if name in row.cells)
    return f"This line was changed meanwhile by somebody else ({where} differ). Fetch the workbook again and redo it."
