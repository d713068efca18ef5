"""A workbook that comes back changes what was changed in it, and nothing else."""

from dataclasses import replace

from app.bid.budget.rules.merge import Merge, Origin, Row, merge
from app.bid.value import BudgetLine
from app.platform.words.codes import BudgetSource

KEPT = BudgetLine("a", "p", "staff", 1, BudgetSource.REQUESTED, 100_00, version=3, visible_to=("q",), full_cost=120_00)


def row(line: BudgetLine, known: bool = True) -> Row:
    return Row(line, digest_of(line), {"id": "A9", "amount": "F9"}, known)


def digest_of(line: BudgetLine) -> str:
    return f"{line.category}|{line.amount}"


def origin(line: BudgetLine) -> Origin:
    return Origin(line.id, line.version, digest_of(line))


def codes(merged: Merge) -> list[str]:
    return [fault.code for fault in merged.conflicts]


def test_a_row_left_as_it_was_keeps_what_others_wrote_meanwhile() -> None:
    meanwhile = replace(KEPT, amount=999_00, version=4)
    assert merge([row(KEPT)], [origin(KEPT)], [meanwhile]) == Merge(
        unchanged=1, cells={"a": {"id": "A9", "amount": "F9"}}
    )


def test_a_changed_row_is_written_onto_the_version_it_came_from() -> None:
    [change] = merge([row(replace(KEPT, amount=80_00, visible_to=(), full_cost=None))], [origin(KEPT)], [KEPT]).changed
    assert change.fields == ("amount",)
    assert (change.after.amount, change.after.visible_to, change.after.full_cost) == (80_00, ("q",), 120_00)


def test_a_row_changed_on_both_sides_is_a_conflict_that_names_its_cells() -> None:
    merged = merge([row(replace(KEPT, amount=80_00))], [origin(KEPT)], [replace(KEPT, amount=90_00, version=4)])
    assert codes(merged) == ["line-changed-meanwhile"]
    assert "F9" in merged.conflicts[0].detail
    assert not merged.changed


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    both = replace(KEPT, amount=80_00, version=4)
    assert merge([row(both)], [origin(KEPT)], [both]).unchanged == 1


def test_a_row_taken_out_removes_its_line_unless_it_changed_meanwhile() -> None:
    assert merge([], [origin(KEPT)], [KEPT]).removed == (KEPT,)
    assert codes(merge([], [origin(KEPT)], [replace(KEPT, version=4)])) == ["line-changed-meanwhile"]
    assert merge([], [origin(KEPT)], []) == Merge()


def test_a_line_that_the_workbook_never_held_is_left_alone() -> None:
    assert merge([], [], [KEPT]) == Merge()


def test_a_row_without_identity_is_a_new_line() -> None:
    new = replace(KEPT, id="new")
    assert merge([row(new, known=False)], [], []).added == (new,)


def test_a_line_deleted_meanwhile_and_changed_here_is_a_conflict() -> None:
    assert codes(merge([row(replace(KEPT, amount=1))], [origin(KEPT)], [])) == ["line-gone"]
    assert merge([row(KEPT)], [origin(KEPT)], []).unchanged == 1


def test_a_copied_row_and_a_made_up_identity_are_refused() -> None:
    assert codes(merge([row(KEPT), row(KEPT)], [origin(KEPT)], [KEPT])) == ["line-twice"]
    assert codes(merge([row(KEPT)], [], [KEPT])) == ["unknown-line"]
