"""Until when bids are due is read from wherever a notice says it, and every uncertainty is said in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.calls.notices.ocds_in import notice_from
from app.calls.notices.ocds_read import read_package
from app.calls.notices.rules import Notice
from tests.calls.notices.ocds_samples import FIND_A_TENDER, a_release, an_update, package

FIRST = datetime(2099, 9, 10, 13, 0, tzinfo=UTC)
MOVED = datetime(2099, 10, 1, 11, 0, tzinfo=UTC)


def notice(*releases: Any) -> Notice:
    (found,) = read_package(package(*releases)).processes.values()
    return notice_from(found)


def correction(was: Any, now: Any, section: str = "IV.2.2") -> dict[str, Any]:
    """An update on the old forms: only what changed, by the section of the form."""
    change = {"oldValue": {"date": was}, "newValue": {"date": now}, "where": {"section": section}}
    return an_update(amendments=[{"id": "1", "unstructuredChanges": [change]}])


def test_a_call_in_two_stages_closes_when_requests_to_take_part_are_due() -> None:
    found = notice(a_release(tenderPeriod=None, expressionOfInterestDeadline="2099-05-12T12:00:00+01:00"))
    assert found.call.submission_deadline == datetime(2099, 5, 12, 11, 0, tzinfo=UTC)
    assert "ask to take part" in found.doubts[0]


def test_an_update_moves_the_day_by_which_to_ask_to_take_part() -> None:
    first = a_release(tenderPeriod=None, expressionOfInterestDeadline="2099-05-12T12:00:00+01:00")
    found = notice(first, an_update(expressionOfInterestDeadline="2099-05-19T12:00:00"))
    assert found.call.submission_deadline == datetime(2099, 5, 19, 11, 0, tzinfo=UTC)
    assert "time zone" in found.doubts[1]


def test_where_both_are_given_bids_are_due_at_the_later_and_the_earlier_is_told() -> None:
    found = notice(a_release(expressionOfInterestDeadline="2099-05-12T12:00:00+01:00"))
    assert found.call.submission_deadline == FIRST
    assert found.doubts == (
        "This call has two stages: ask to take part by 12 May 2099, 12:00 UK time, before you can bid.",
    )


@pytest.mark.parametrize("section", ["IV.2.2", "IV.2.2) Time limit for receipt of tenders or requests to participate"])
def test_a_correction_on_the_old_forms_moves_the_deadline(section: str) -> None:
    update = correction("2099-09-10T14:00:00+01:00", "2099-10-01T12:00:00+01:00", section)
    found = notice(FIND_A_TENDER, update)
    assert found.call.submission_deadline == MOVED
    assert "correction" in found.doubts[0]
    assert notice(update, FIND_A_TENDER) == found


def test_of_two_corrections_under_one_id_the_last_holds() -> None:
    second = {**correction("2099-10-01", "2099-11-01T12:00:00Z"), "id": "3", "date": "2026-09-30T00:00:00Z"}
    found = notice(FIND_A_TENDER, correction("2099-09-10", "2099-10-01T12:00:00+01:00"), second)
    assert found.call.submission_deadline == datetime(2099, 11, 1, 12, 0, tzinfo=UTC)


def test_a_period_that_is_given_again_later_overrules_the_correction() -> None:
    again = {**an_update(tenderPeriod={"endDate": "2099-12-01T12:00:00Z"}), "id": "3", "date": "2026-09-30T00:00:00Z"}
    found = notice(FIND_A_TENDER, correction(None, "2099-10-01T12:00:00+01:00"), again)
    assert (found.call.submission_deadline, found.doubts) == (datetime(2099, 12, 1, 12, 0, tzinfo=UTC), ())


@pytest.mark.parametrize(
    ("was", "deadline"), [("2099-09-10T13:00:00Z", MOVED), ("2099-08-01T12:00:00Z", FIRST), (None, FIRST)]
)
def test_in_a_compiled_release_a_correction_counts_if_it_corrects_the_date_that_stands_there(
    was: str | None, deadline: datetime
) -> None:
    whole = a_release(**correction(was, "2099-10-01T11:00:00Z")["tender"])
    assert notice(whole).call.submission_deadline == deadline


@pytest.mark.parametrize(("section", "now"), [("II.2.7", "2099-10-01"), ("IV.2.2", "soon"), ("IV.2.2", None), ("", 5)])
def test_other_corrections_move_nothing(section: str, now: Any) -> None:
    assert notice(FIND_A_TENDER, correction(None, now, section)).call.submission_deadline == FIRST


def test_an_open_call_without_a_deadline_says_so_and_a_closed_one_need_not() -> None:
    found = notice(a_release(tenderPeriod=None))
    assert (found.call.submission_deadline, found.doubts[0][:38]) == (None, "The notice does not say until when bid")
    assert notice(a_release(tenderPeriod=None, status="complete")).doubts == ()
