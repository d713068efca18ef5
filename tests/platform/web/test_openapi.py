"""The OpenAPI document is what others build on: complete, valid, with an example everywhere."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from app.main import create_app
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope
from app.platform.web import fields
from app.settings import Settings
from tests.factories import World, ok

NO_RETRIES = {"sign_in", "create_live_token", "verify_file"}


@pytest.fixture
def document(world: World) -> dict:
    return world.openapi


def every_operation(document: dict):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid_openapi_3_1(document: dict) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_has_an_id_a_summary_a_tag_and_a_row_in_the_permission_table(document: dict) -> None:
    for path, method, operation in every_operation(document):
        where = f"{method} {path}"
        assert operation["operationId"] in PERMISSIONS, where
        assert operation.get("summary") and operation.get("tags"), where


def test_every_row_of_the_permission_table_has_a_route() -> None:
    """A row without a route would promise in `viewer.can` what cannot be done."""
    app = create_app(Settings(), "")
    assert set(PERMISSIONS) - {getattr(route, "name", None) for route in app.routes} == set()


def test_every_operation_under_v1_names_its_problems(document: dict) -> None:
    for path, method, operation in every_operation(document):
        if path.startswith("/v1"):
            answers = operation["responses"]
            assert "404" in answers and "422" in answers, f"{method} {path}"
            content = answers["404"]["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_body_has_an_example_that_fits_its_schema(document: dict) -> None:
    checked = 0
    for path, method, operation in every_operation(document):
        answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for body in [operation.get("requestBody", {}), *answers]:
            media = body.get("content", {}).get("application/json")
            if not media or not media.get("schema"):
                continue
            assert "example" in media or "examples" in media, f"{method} {path}"
            whole = {**media["schema"], "components": document["components"]}
            Draft202012Validator(whole).validate(media["example"])
            checked += 1
    assert checked > 200


def test_no_schema_is_named_after_the_code_it_stands_in(document: dict) -> None:
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_every_answer_and_body_has_a_schema(document: dict) -> None:
    for path, method, operation in every_operation(document):
        answers = [answer for status, answer in operation["responses"].items() if status in ("200", "201", "202")]
        for body in [operation.get("requestBody"), *answers]:
            if body is not None:
                assert body.get("content"), f"{method} {path}"
                assert all(media.get("schema") for media in body["content"].values()), f"{method} {path}"


def test_the_whole_proposal_is_as_its_schema_says(world: World, document: dict) -> None:
    bid = world.bid(world.organisation())
    invited, left = world.organisation(), world.organisation()
    bid.invite(invited)
    partner_id = bid.join(left)
    ok(left.boss.post(f"{bid.path}/partners/{partner_id}/withdraw", {"reason": "Enough."}))
    answer = document["paths"]["/v1/proposals/{proposal_id}"]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    whole = Draft202012Validator({**schema, "components": document["components"]})
    for reader in (bid.lead.boss, invited.boss, left.boss):
        whole.validate(bid.read(reader))
    known = document["components"]["schemas"]["ProposalOut"]["properties"]
    assert set(bid.read()) == set(known)


def test_every_operation_names_its_headers_and_who_may_ask(document: dict) -> None:
    for path, method, operation in every_operation(document):
        where, name = f"{method} {path}", operation["operationId"]
        headers = {p["name"]: p for p in operation.get("parameters", []) if p["in"] == "header"}
        rule = PERMISSIONS[name]
        if "428" in operation["responses"]:
            assert headers["If-Match"]["required"], where
        if method in ("put", "patch", "delete"):
            assert ("If-Match" in headers) != (name in ("sign_out", "end_session")), where
        if path.startswith("/v1"):
            assert ("Idempotency-Key" in headers) == (method == "post" and name not in NO_RETRIES), where
            assert "503" in operation["responses"], where
        assert (operation.get("security") == []) == (rule.scope is Scope.PUBLIC), where
        if rule.oauth:
            assert {"program": [rule.oauth]} in operation["security"], where
    assert document["components"]["securitySchemes"]["program"]["flows"]["clientCredentials"]["scopes"]


def test_a_preference_is_one_string_so_that_every_generator_takes_it(document: dict) -> None:
    headers = [
        p for *_, operation in every_operation(document) for p in operation.get("parameters", ()) if p["in"] == "header"
    ]
    assert {p["schema"]["type"] for p in headers} == {"string"}
    assert "Prefer" in {p["name"] for p in headers}


def test_it_says_where_the_service_is_whom_to_ask_and_under_which_licence(document: dict) -> None:
    assert document["info"]["license"] == {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    assert document["info"]["version"] == "1"
    assert document["info"]["contact"]["url"].rstrip("/") == document["servers"][0]["url"]


def test_examples_hold_ids_where_ids_belong_and_words_that_mean_something(document: dict) -> None:
    identity = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

    def look(value: Any, name: str, where: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, key, where)
        elif isinstance(value, list):
            for inner in value:
                look(inner, name, where)
        elif isinstance(value, str):
            assert value != "text", f"{where}: {name}"
            if (name.endswith(("_id", "_ids")) and name != "release_id") or name in (
                "agreed_by",
                "must_sign",
                "voters",
                "mentions",
            ):
                assert identity.fullmatch(value), f"{where}: {name}"

    for path, method, operation in every_operation(document):
        for body in [operation.get("requestBody", {}), *operation["responses"].values()]:
            for media in body.get("content", {}).values():
                look(media.get("example"), "", f"{method} {path}")


def test_every_property_and_parameter_is_explained_where_its_name_does_not_say_all(document: dict) -> None:
    """Names that say all stand under `plain` in app/platform/web/fields.toml, and the words for others below them."""
    assert fields.wordless(document) == []


def test_no_words_are_kept_for_fields_that_are_gone(document: dict) -> None:
    schemas = document["components"]["schemas"]
    known = {f"{name}.{field}" for name, schema in schemas.items() for field, _ in fields.properties(schema)}
    named = {each.rpartition(".")[2] for each in known}
    taken = {p["name"] for *_, operation in every_operation(document) for p in operation.get("parameters", ())}
    assert set(fields.table("words-of")) <= known
    assert (
        set(fields.table("words")) | set(fields.table("plain")["fields"]) | set(fields.table("ids")["fields"]) <= named
    )
    assert set(fields.table("examples")) - {"_markdown"} <= named
    assert set(fields.table("parameters")) <= taken


@pytest.mark.parametrize("path", ["/v1/people", "/v1/sessions", "/v1/people/password-reset"])
def test_what_is_limited_names_429(document: dict, path: str) -> None:
    assert "Retry-After" in document["paths"][path]["post"]["responses"]["429"]["headers"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_nobody_waits_while_it_is_put_together(path: str) -> None:
    app = create_app(Settings(), "")

    async def ask_twice() -> None:
        turns = 0

        async def count_turns() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0)
                turns += 1

        counting = asyncio.create_task(count_turns())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            first = ok(await http.get(path))
            making, turns = turns, 0
            assert (await http.get(path)).content == first.content
            counting.cancel()
        assert making > 400, "others had their turn for each route, and while the document was written"
        assert turns < 50, "it was kept"

    asyncio.run(ask_twice())


def test_a_tool_that_holds_the_document_need_not_fetch_it_again(world: World) -> None:
    held = ok(world.http.get("/openapi.json")).headers["ETag"]
    assert world.http.get("/openapi.json", headers={"If-None-Match": held}).status_code == 304


def test_generated_clients_find_one_name_for_each_thing(document: dict) -> None:
    """Generators drop a schema that comes in two shapes, and stop at values that differ in capitals alone."""
    schemas = document["components"]["schemas"]
    assert [name for name in schemas if name.endswith(("-Input", "-Output"))] == []

    def enums(part: object) -> Iterator[list]:
        if isinstance(part, dict):
            if isinstance(part.get("enum"), list):
                yield part["enum"]
            part = list(part.values())
        if isinstance(part, list):
            for inner in part:
                yield from enums(inner)

    for values in enums(schemas):
        assert len({str(value).lower() for value in values}) == len(values), values


def test_what_is_in_every_answer_is_said_to_be(document: dict) -> None:
    """Only the whole proposal has fewer members for some readers, and a secret is not shown again to a retry."""
    schemas = document["components"]["schemas"]
    optional = {
        (name, field)
        for name, schema in schemas.items()
        if name.endswith("Out") and name != "ProposalOut"
        for field in set(schema.get("properties", {})) - set(schema.get("required", []))
    }
    assert optional == {
        ("ClientMadeOut", "client_secret"),
        ("WebhookMadeOut", "secret"),
        ("SecretMadeOut", "client_secret"),
        ("ErrorOut", "organisation_id"),
    }
    edition = schemas["EditionOut"]["properties"]["created_at"]
    assert edition["format"] == "date-time"


def test_the_formats_of_a_document_are_named(document: dict) -> None:
    call = document["paths"]["/v1/proposals/{proposal_id}/document.{format}"]["get"]
    (taken,) = (p for p in call["parameters"] if p["name"] == "format")
    assert set(taken["schema"]["enum"]) >= {"pdf", "docx", "odt", "html", "md"}


def test_the_example_of_a_request_can_be_sent_as_it_stands(world: World, document: dict) -> None:
    def example(path: str) -> dict:
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        return body["example"]

    council = world.organisation(kinds=("commissioner",))
    ok(council.boss.post("/opportunities", example("/v1/opportunities")), 201)
    ok(council.boss.post("/organisations", example("/v1/organisations")), 201)
    bid = world.bid(world.organisation())
    for part in (
        "partners",
        "contributions",
        "contributions:batch",
        "expectations",
        "expectations:batch",
        "budget-lines",
        "outcomes",
        "difficulties",
    ):
        done = bid.lead.boss.post(f"{bid.path}/{part}", example(f"/v1/proposals/{{proposal_id}}/{part}"))
        assert done.is_success, f"{part}: {done.text}"
    section = bid.read()["sections"][0]["id"]
    comment = example("/v1/proposals/{proposal_id}/sections/{section_id}/comments")
    assert "thread_id" not in comment and comment["quote"]
    told = bid.lead.boss.post(
        f"{bid.path}/sections/{section}/comments", {**comment, "quote": None, "replacement": None}
    )
    ok(told, 201)


def test_a_body_without_a_needed_field_may_be_left_out(world: World, document: dict) -> None:
    schemas = document["components"]["schemas"]
    for path, method, operation in every_operation(document):
        body = operation.get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema", {})
        inside = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
        if method == "post" and inside.get("properties") and not inside.get("required"):
            exceptions = ("/partners", "/comments")  # one of two fields is needed there
            assert not body.get("required") or path.endswith(exceptions), path
    bid, invited = world.bid(), world.organisation()
    partner_id = bid.invite(invited)
    accepted = invited.boss.request("POST", f"{bid.path}/partners/{partner_id}/accept")
    assert ok(accepted, 200).json()["status"] == "accepted"
    ok(invited.boss.request("POST", "/me/notifications/read"), 200)
