"""Who may not is told so before what is wrong with the request, then the version, and last the state of the bid."""

from typing import Any

from tests.bid.budget.test_lines import add, money
from tests.factories import World, ok, problem
from tests.stages import bid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRONG = {"category": "staff", "year": 1999, "amount": money("10.00")}


def test_of_lines(world: World) -> None:
    of = bid(world, "Lead", "Youth")
    lead, youth = of.partners
    line = add(of, lead, "10.00")
    of.forced("in_sign_off")
    lines, one = "/budget-lines", f"{of.path}/budget-lines/{line['id']}"
    problem(of.post(lead.boss, lines, {**WRONG, "partner_id": youth.id}), 403)
    problem(of.post(lead.boss, lines, WRONG), 422)
    problem(of.post(lead.boss, lines, {**WRONG, "year": 1}), 409, "in-sign-off")
    problem(youth.boss.patch(one, {"year": 1999}), 404)
    problem(lead.boss.patch(one, {"year": 1999}), 422)
    problem(lead.boss.patch(one, {"year": 2}), 428)
    problem(lead.boss.patch(one, {"year": 2}, if_match=9), 412)
    problem(lead.boss.patch(one, {"year": 2}, if_match=1), 409, "in-sign-off")


def test_of_a_batch(world: World) -> None:
    of = bid(world, "Lead", "Youth")
    lead, youth = of.partners
    line = add(of, lead, "10.00")
    of.forced("in_sign_off")

    def row(**fields: Any) -> dict[str, Any]:
        return {"id": line["id"], "version": 1, "year": 2, **fields}

    def send(*rows: dict[str, Any], **more: Any) -> Any:
        return of.post(lead.boss, "/budget-lines:batch", {"items": rows, **more})

    problem(send(row(year=1999, version=9), partner_id=youth.id), 403)
    problem(send(row(year=1999, version=9)), 422)
    problem(send(row(version=9)), 412, "stale-version")
    problem(send(row()), 409, "in-sign-off")


def test_of_overheads_and_of_a_workbook(world: World) -> None:
    of = bid(world, "Lead", "Youth")
    lead, youth = of.partners
    add(of, lead, "10.00")
    fetched = ok(of.get(lead.boss, "/budget.xlsx"))
    of.forced("in_sign_off")
    foreign = {"method": "per_head", "amount": {"amount": "5.00", "currency": "EUR"}, "heads": {"1": "1"}}
    right = {"method": "percentage", "rate": "10"}
    problem(of.post(lead.boss, "/budget/overheads", {"how": foreign, "partner_id": youth.id}), 403)
    problem(of.post(lead.boss, "/budget/overheads", {"how": foreign}), 422)
    problem(of.post(lead.boss, "/budget/overheads", {"how": right}), 409, "in-sign-off")

    def send(content: bytes, if_match: str | None = None) -> Any:
        headers = {"Content-Type": XLSX}
        path = f"{of.path}/budget.xlsx"
        return lead.boss.request("PUT", path, content=content, headers=headers, if_match=if_match)

    problem(send(b"not a workbook"), 422, "workbook-refused")
    problem(send(fetched.content), 428)
    problem(send(fetched.content, '"9"'), 412)
    problem(send(fetched.content, fetched.headers["etag"]), 409, "in-sign-off")
