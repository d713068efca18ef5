"""Two people at the same line, the same request twice, and a workbook against a keyboard."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import openpyxl

from tests.bid.budget.test_lines import add, events, money
from tests.factories import Bid, World, ok
from tests.rounds import races
from tests.stages import bid

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def together(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [running.result() for running in [pool.submit(call) for call in calls]]


def test_of_fifty_changes_on_one_etag_one_is_made(world: World) -> None:
    of = bid(world)
    line = add(of, of.lead)
    path = f"{of.path}/budget-lines/{line['id']}"

    def change(amount: int) -> Callable[[], httpx.Response]:
        return lambda: of.lead.boss.patch(path, {"amount": money(f"{amount}.00")}, if_match=1)

    answers = together([change(at + 1) for at in range(50)])
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
    [winner] = [answer.json() for answer in answers if answer.status_code == 200]
    assert ok(of.lead.boss.get(path)).json() == winner
    assert len(events(of)) == 2


def test_one_key_has_one_effect_however_often_it_is_sent(world: World) -> None:
    of = bid(world)
    body = {"category": "staff", "amount": money("10.00")}
    headers = {"Idempotency-Key": "once"}

    def send() -> httpx.Response:
        return of.post(of.lead.boss, "/budget-lines", body, headers=headers)

    answers = together([send] * 20)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len(ok(of.get(of.lead.boss, "/budget-lines")).json()["items"]) == 1


def test_a_workbook_and_a_keyboard_at_the_same_moment_lose_nothing(world: World) -> None:
    """Either the workbook is first and the keyboard is out of date, or the other way round; never both half."""
    for _ in races(3):
        of = bid(world)
        first, second = add(of, of.lead, "1.00"), add(of, of.lead, "2.00")
        response = ok(of.get(of.lead.boss, "/budget.xlsx"))
        content = filled(response.content, of)

        def workbook(of: Bid = of, content: bytes = content, etag: str = response.headers["etag"]) -> httpx.Response:
            headers = {"Content-Type": XLSX}
            return of.lead.boss.request(
                "PUT", f"{of.path}/budget.xlsx", content=content, headers=headers, if_match=etag
            )

        def keyboard(of: Bid = of, line: dict[str, Any] = first) -> httpx.Response:
            path = f"{of.path}/budget-lines/{line['id']}"
            return of.lead.boss.patch(path, {"amount": money("50.00")}, if_match=1)

        sent, typed = together([workbook, keyboard])
        amounts = {
            line["id"]: line["amount"]["amount"] for line in ok(of.get(of.lead.boss, "/budget-lines")).json()["items"]
        }
        if sent.status_code == 200:
            assert typed.status_code == 412
            assert amounts == {first["id"]: "10.00", second["id"]: "20.00"}
        else:
            assert (sent.status_code, typed.status_code) == (409, 200)
            assert amounts == {first["id"]: "50.00", second["id"]: "2.00"}


def filled(content: bytes, of: Bid) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = next(sheet for sheet in book.worksheets if sheet["B3"].value == of.lead.id)
    sheet["F10"], sheet["F11"] = 10, 20
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
