"""HTTP as everybody knows it: HEAD and OPTIONS, Allow, faults, and what no text can hold."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response

from app.platform.web.edge import Router
from app.platform.web.middleware import Envelope
from app.settings import Settings
from tests.factories import World, ok, problem


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/v1/vocabularies/legal_form", "/problems/not-found"])
def test_head_answers_what_get_does_without_the_body(world: World, path: str) -> None:
    person = world.person()
    headers = {"Authorization": f"Bearer {person.token}"}
    whole, head = world.http.get(path, headers=headers), world.http.head(path, headers=headers)
    assert head.status_code == whole.status_code == 200 and head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers.get("ETag") == whole.headers.get("ETag")


def test_allow_names_every_method_of_an_address(world: World) -> None:
    person = world.person()
    refused = person.put("/me", {})
    problem(refused, 405, "method-not-allowed")
    assert refused.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    asked = person.request("OPTIONS", "/organisations")
    assert asked.status_code == 204 and asked.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    problem(person.request("OPTIONS", "/nothing"), 404, "not-found")


@pytest.mark.parametrize("code, status", [("method-not-allowed", 405), ("server-error", 500), ("not-found", 404)])
def test_the_page_of_a_problem_names_the_status_that_it_comes_with(world: World, code: str, status: int) -> None:
    assert f"HTTP status {status}." in ok(world.http.get(f"/problems/{code}")).text


@pytest.mark.parametrize(
    "path", ["/organisations?q=a%00b", "/organisations?area=%00", "/openings?area=%%0000", "/opportunities?q=%00"]
)
def test_what_no_text_can_hold_is_a_gap_in_a_search(world: World, path: str) -> None:
    assert "items" in ok(world.person().get(path)).json()


@pytest.mark.parametrize("charset", ["utf-16", '"UTF-16LE"', "windows-1252", "utf-7"])
def test_json_in_another_charset_is_refused_by_name(world: World, charset: str) -> None:
    body = '{"name": "N", "kinds": ["provider"], "legal_form": "charity"}'
    person, kind = world.person(), "application/json; charset="
    refused = person.request("POST", "/organisations", content=body.encode(), headers={"Content-Type": kind + charset})
    assert "UTF-8" in problem(refused, 415, "unsupported-media-type")["detail"]
    for good in ("utf-8", '"UTF-8"', "us-ascii"):
        ok(person.request("POST", "/organisations", content=body.encode(), headers={"Content-Type": kind + good}), 201)


@pytest.mark.parametrize("given", ["0.5", "1719830000", "-1", "1e9", "2027"])
def test_a_number_is_no_instant(world: World, given: str) -> None:
    found = problem(world.person().get("/opportunities", params={"closing_after": given}), 422, "invalid")
    assert found["errors"][0]["pointer"] == "/query/closing_after" and "2027-03-31T12:00:00Z" in str(found["errors"])


def test_a_number_is_no_instant_and_no_day_in_a_body(world: World) -> None:
    bid = world.bid()
    body = {"email": "sam@harbour.example", "role": "member", "reply_by": 4102444800}
    found = problem(bid.lead.boss.post(f"{bid.path}/partners", body), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/reply_by"]
    contribution = {
        "kind": "cash",
        "title": "x",
        "certainty": "confirmed",
        "value": {"amount": "1", "currency": "GBP"},
        "period": {"start": 86400, "end": "172800"},
    }
    found = problem(bid.lead.boss.post(f"{bid.path}/contributions", contribution), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/period/start", "/period/end"]


@pytest.mark.parametrize("path", ["/proposals", "/openings"])
def test_a_query_that_is_no_id_is_named(world: World, path: str) -> None:
    found = problem(world.person().get(f"{path}?opportunity_id=x"), 422, "invalid")
    assert found["errors"][0]["pointer"] == "/query/opportunity_id"


@pytest.mark.parametrize("path", ["/me/notifications/", "/sessions/", "/me/applications/", "/organisations/"])
@pytest.mark.parametrize("value", ["%00", "x", "00000000-0000-0000-0000-00000000000g", "%FF"])
def test_what_is_no_id_is_not_there(world: World, path: str, value: str) -> None:
    problem(world.person().get(path + value), 404, "not-found")


@pytest.mark.parametrize("page", ["sign-in", "forgotten", "verify", "reset"])
def test_a_form_with_what_no_text_can_hold_is_answered_with_a_page(world: World, page: str) -> None:
    form = "email=%00&password=%00four+plain+words&token=%00"
    headers = {"Origin": world.url, "Content-Type": "application/x-www-form-urlencoded"}
    answer = world.http.post(f"/open/{page}", content=form, headers=headers)
    assert answer.status_code in (200, 422) and "<h1>" in answer.text


def test_an_unforeseen_fault_is_a_problem_that_a_browser_client_can_read(settings: Settings) -> None:
    router = Router(tags=["service"], prefix="")

    @router.get("/broken", name="healthz")
    async def healthz(here: Any = None) -> Response:
        raise LookupError("the secret of the fault")

    app = FastAPI()
    app.state.settings, app.state.db = settings, None
    app.add_middleware(Envelope)
    app.router.routes.extend(router.routes)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://cobid") as client:
            return await client.get("/broken", headers={"X-Request-ID": "request-of-the-test"})

    answer = asyncio.run(ask())
    assert problem(answer, 500, "server-error")["request_id"] == answer.headers["X-Request-ID"] == "request-of-the-test"
    assert "secret" not in answer.text and answer.headers["Cache-Control"] == "no-store"


def test_null_never_passes_for_a_change_that_was_not_made(world: World) -> None:
    bid = world.bid()
    boss = bid.lead.boss
    for path, name in (
        (bid.path, "title"),
        (bid.path, "language"),
        ("/me/notification-choices", "mail"),
        ("/me/notification-choices", "digest_hour"),
    ):
        found = problem(boss.patch(path, {name: None}, if_match=boss.etag(path)), 422, "invalid")
        assert found["errors"][0]["pointer"] == f"/{name}"


def test_what_is_wrong_in_a_form_is_said_in_plain_words(world: World) -> None:
    commissioner = world.organisation("Council", ("commissioner",))
    body = {"organisation_id": commissioner.id, "title": "", "submission_deadline": "soon", "questions": "none"}
    errors = problem(commissioner.boss.post("/opportunities", body), 422, "invalid")["errors"]
    said = {fault["pointer"]: fault["detail"] for fault in errors}
    assert said["/title"] == "This must not be empty."
    assert "such as 2027-03-31T12:00:00Z" in said["/submission_deadline"]
    assert said["/questions"] == "This must be a list."
    bid = world.bid()
    leaving = bid.lead.boss.post(f"{bid.path}/partners/{bid.seat(bid.lead.organisation)}/withdraw", {"reason": ""})
    assert problem(leaving, 422)["errors"][0]["detail"] == "This must not be empty."
