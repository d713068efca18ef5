"""The OpenAPI document is what others build on: complete, valid, with an example everywhere."""

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from app.domain.permissions import PERMISSIONS
from app.main import create_app
from app.settings import Settings
from tests.factories import World, ok


@pytest.fixture
def document(world: World) -> dict:
    return ok(world.http.get("/openapi.json")).json()


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
