"""The budget's workbook over HTTP: fetched, filled in, shown as differences, taken back."""

import io
from collections.abc import Callable
from typing import Any

import httpx
import openpyxl
import pytest

from tests.bid.budget.test_lines import add, events, money
from tests.factories import Bid, Partner, Person, World, ok, problem
from tests.stages import bid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def shared(world: World) -> Bid:
    return bid(world, "Lead", "Youth Works")


def fetch(of: Bid, who: Person) -> httpx.Response:
    return ok(of.get(who, "/budget.xlsx"))


def send(
    of: Bid, who: Person, content: bytes, etag: str | None, *, dry: bool = False, media: str = XLSX
) -> httpx.Response:
    headers = {"Content-Type": media}
    query = "?dry_run=true" if dry else ""
    return who.request("PUT", f"{of.path}/budget.xlsx{query}", content=content, headers=headers, if_match=etag)


def edited(content: bytes, change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def own_lines(of: Bid, partner: Partner) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(of.get(partner.boss, f"/budget-lines?partner_id={partner.id}")).json()["items"]
    return found


def test_the_workbook_goes_out_is_shown_as_differences_and_comes_back(shared: Bid) -> None:
    youth = shared.partners[1]
    add(shared, youth, "100.00", category="staff")
    add(shared, youth, "50.00", category="rent")
    response = fetch(shared, youth.boss)
    assert response.headers["content-type"] == XLSX
    assert response.headers["content-disposition"].startswith("attachment;")
    etag = response.headers["etag"]

    def change(book: Any) -> None:
        sheet = book["Youth Works"]
        sheet["F10"] = 120
        sheet["A12"], sheet["C12"], sheet["E12"], sheet["F12"] = "=1+1", 2, "Match funding", 30
        sheet["A12"].data_type = "s"

    content = edited(response.content, change)
    shown = ok(send(shared, youth.boss, content, etag, dry=True)).json()
    assert shown["applied"] is False
    assert shown["sums"] == [
        {"source": "requested", "before": money("150.00"), "after": money("170.00")},
        {"source": "match", "before": money("0.00"), "after": money("30.00")},
    ]
    assert [
        (c["fields"], c["before"]["amount"], c["after"]["amount"], c["cells"]["amount"]) for c in shown["changed"]
    ] == [(["amount"], money("100.00"), money("120.00"), "F10")]
    assert [line["after"]["category"] for line in shown["added"]] == ["=1+1"]
    assert (shown["unchanged"], shown["removed"], shown["conflicts"]) == (1, [], [])
    assert [line["amount"] for line in own_lines(shared, youth)] == [money("100.00"), money("50.00")]
    log = len(events(shared))
    done = ok(send(shared, youth.boss, content, etag)).json()
    assert done["applied"] is True
    assert [(line["category"], line["amount"], line["version"]) for line in own_lines(shared, youth)] == [
        ("staff", money("120.00"), 2),
        ("rent", money("50.00"), 1),
        ("=1+1", money("30.00"), 1),
    ]
    assert len(events(shared)) == log + 1
    text = str(openpyxl.load_workbook(io.BytesIO(fetch(shared, youth.boss).content))["Youth Works"]["A12"].data_type)
    assert text == "s"


def test_the_same_budget_is_the_same_file_and_a_known_one_is_not_sent_again(shared: Bid) -> None:
    add(shared, shared.lead)
    first, second = fetch(shared, shared.lead.boss), fetch(shared, shared.lead.boss)
    assert first.content == second.content
    known = shared.get(shared.lead.boss, "/budget.xlsx", headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


def test_a_rivals_private_line_changes_not_one_byte_of_the_file(shared: Bid) -> None:
    lead, youth = shared.partners
    add(shared, lead)
    line = add(shared, youth, "617.31", category="one")
    before = fetch(shared, lead.boss)
    ok(youth.boss.patch(f"{shared.path}/budget-lines/{line['id']}", {"category": "other"}, if_match=1))
    after = fetch(shared, lead.boss)
    assert (before.content, before.headers["etag"]) == (after.content, after.headers["etag"])


def test_a_line_changed_on_both_sides_stops_everything(shared: Bid) -> None:
    youth = shared.partners[1]
    line = add(shared, youth, "100.00")
    add(shared, youth, "5.00")
    response = fetch(shared, youth.boss)
    ok(youth.boss.patch(f"{shared.path}/budget-lines/{line['id']}", {"amount": money("90")}, if_match=1))

    def change(book: Any) -> None:
        book["Youth Works"]["F10"] = 120
        book["Youth Works"]["F11"] = 6

    content = edited(response.content, change)
    shown = ok(send(shared, youth.boss, content, response.headers["etag"], dry=True)).json()
    assert [fault["code"] for fault in shown["conflicts"]] == ["line-changed-meanwhile"]
    found = problem(send(shared, youth.boss, content, response.headers["etag"]), 409, "workbook-out-of-date")
    assert "F10" in found["errors"][0]["detail"]
    assert [each["amount"] for each in own_lines(shared, youth)] == [money("90.00"), money("5.00")]


def test_mistakes_are_told_by_cell_and_nothing_is_written(shared: Bid) -> None:
    youth = shared.partners[1]
    add(shared, youth, "100.00")
    response = fetch(shared, youth.boss)

    def change(book: Any) -> None:
        book["Youth Works"]["F10"] = 7
        book["Youth Works"]["A11"], book["Youth Works"]["F11"] = "x", "lots"

    for dry in (True, False):
        found = send(shared, youth.boss, edited(response.content, change), response.headers["etag"], dry=dry)
        faults = problem(found, 422, "workbook-refused")["errors"]
        assert {fault["pointer"] for fault in faults} == {"/Youth Works/F11", "/Youth Works/C11"}
    assert own_lines(shared, youth)[0]["amount"] == money("100.00")


def test_the_edge_judges_before_the_file_is_read(world: World, shared: Bid) -> None:
    youth = shared.partners[1]
    response = fetch(shared, youth.boss)
    content, etag = response.content, response.headers["etag"]
    problem(send(shared, world.stranger(), b"x", etag), 404)
    problem(send(shared, world.colleague(youth.organisation, "viewer"), b"x", etag), 403)
    problem(send(shared, youth.boss, content, etag, media="application/json"), 415)
    problem(send(shared, youth.boss, bytes(5_000_001), etag), 413)
    problem(send(shared, youth.boss, content, None), 428)
    problem(send(shared, youth.boss, content, '"9"'), 412)
    problem(send(shared, youth.boss, b"not a workbook", etag), 422, "workbook-refused")
    shared.ready().freeze()
    locked = fetch(shared, youth.boss)
    problem(send(shared, youth.boss, locked.content, locked.headers["etag"]), 409, "in-sign-off")


def test_another_proposals_workbook_is_not_taken(world: World, shared: Bid) -> None:
    other = bid(world)
    other_file = fetch(other, other.lead.boss)
    found = send(shared, shared.lead.boss, other_file.content, fetch(shared, shared.lead.boss).headers["etag"])
    problem(found, 422, "another-proposals-workbook")


def test_a_partners_workbook_sent_by_another_partner_changes_nothing_of_either(shared: Bid) -> None:
    lead, youth = shared.partners
    add(shared, lead, "1.00", visible_to=[youth.id])
    add(shared, youth, "2.00")
    theirs = fetch(shared, youth.boss)

    def change(book: Any) -> None:
        book["Youth Works"]["F10"] = 99
        book["Lead"]["F10"] = 99

    found = send(shared, lead.boss, edited(theirs.content, change), theirs.headers["etag"])
    assert found.status_code in (200, 422)
    assert own_lines(shared, youth)[0]["amount"] == money("2.00")


def test_a_facilitators_workbook_holds_one_figure(shared: Bid) -> None:
    facilitator = shared.facilitated()
    add(shared, shared.lead, "617.31")
    add(shared, shared.partners[1], "382.69")
    shared.show()
    response = fetch(shared, facilitator.boss)
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["Start here", "Totals", "As exported"]
    numbers = [cell.value for row in book["Totals"].iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert numbers == [1000]
    problem(send(shared, facilitator.boss, response.content, response.headers["etag"]), 403)


def test_before_the_reveal_the_workbook_holds_ones_own_alone(world: World, shared: Bid) -> None:
    world.sql.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [shared.id])
    lead, youth = shared.partners
    add(shared, lead, "10.00")
    before = fetch(shared, lead.boss)
    add(shared, youth, "617.31", visible_to=[lead.id])
    after = fetch(shared, lead.boss)
    assert (before.content, before.headers["etag"]) == (after.content, after.headers["etag"])
