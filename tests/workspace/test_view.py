"""What templates call, as values."""

from datetime import UTC, datetime

import pytest

from app.workspace import addresses, dates
from app.workspace.api import Refused
from app.workspace.problems import errors_of
from app.workspace.view import markdown, money


@pytest.mark.parametrize(
    ("instant", "zone", "said"),
    [
        ("2026-12-17T12:00:00Z", "Europe/London", "17 December 2026, 12 noon"),
        ("2026-07-01T11:00:00Z", "Europe/London", "1 July 2026, 12 noon"),
        ("2026-12-17T09:05:00+00:00", "Europe/London", "17 December 2026, 9:05 am"),
        ("2026-12-17T23:00:00Z", "Europe/Paris", "18 December 2026, midnight at the start of the day (Paris time)"),
    ],
)
def test_times_are_said_as_people_say_them(instant: str, zone: str, said: str) -> None:
    assert dates.when(instant, zone) == said


def test_days_left_are_counted_on_the_calendar_of_the_call() -> None:
    now = datetime(2026, 12, 16, 23, 30, tzinfo=UTC)
    assert dates.days_left("2026-12-17T12:00:00Z", "Europe/London", now) == 1
    assert dates.days_left("2026-12-17T12:00:00Z", "Europe/Paris", now) == 0
    assert dates.days_left("2026-12-16T23:00:00Z", "Europe/London", now) == -1


@pytest.mark.parametrize(
    ("amount", "said"), [("12000.00", "£12,000"), ("12000.5", "£12,000.50"), ("-3.20", "–£3.20"), ("0.00", "£0")]
)
def test_money_has_pence_only_where_there_are_any(amount: str, said: str) -> None:
    assert money({"amount": amount, "currency": "GBP"}) == said


def test_markdown_keeps_its_form_and_brings_nothing_in() -> None:
    hostile = (
        "# Big\n\n**b** <script>x</script> [a](javascript:x) ![i](https://x.example/i.png) [ok](https://x.example)"
    )
    made = str(markdown(hostile))
    assert "<strong>b</strong>" in made and "<p>Big</p>" in made and 'href="https://x.example"' in made
    for kept_out in ("<script", "<h1", 'javascript:x"', "<img"):
        assert kept_out not in made


@pytest.mark.parametrize(
    "given",
    ["//evil.example", "/\\evil.example", "https://evil.example", "", "home", "/a\tb", "/a\nb", "/a;b", "/ä", None],
)
def test_one_goes_on_within_this_service_only(given: str | None) -> None:
    assert addresses.local(given) == "/home"


def test_one_comes_back_with_the_token() -> None:
    there = addresses.to("/invitations/open", token="a-b_c")
    assert addresses.local(there) == there == "/invitations/open?token=a-b_c"


def test_a_fault_finds_the_field_that_it_is_about_or_goes_on_top() -> None:
    problem = {
        "status": 422,
        "type": "/problems/invalid",
        "errors": [
            {"pointer": "/identifiers/0", "detail": "Taken."},
            {"pointer": "/elsewhere", "detail": "Odd (POST /v1/x)."},
        ],
    }
    found = errors_of(Refused(problem), {"/identifiers": "number"})
    assert found.at("number") == "Taken." and list(found) == [("number", "Taken."), ("", "Odd.")]
