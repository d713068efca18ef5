"""The workspace is a client of the public API: it calls what the OpenAPI document has, and nothing past it."""

import re
from pathlib import Path

import httpx

import app.workspace
from app.workspace.api import OPERATIONS
from tests.factories import World

HERE = Path(app.workspace.__file__).parent
SOURCES = "".join(path.read_text("utf-8") for path in sorted(HERE.rglob("*.py")))


def test_every_operation_that_pages_call_is_in_the_contract(world: World) -> None:
    documented = {
        call["operationId"]: f"{method.upper()} {path}"
        for path, methods in world.openapi["paths"].items()
        for method, call in methods.items()
    }
    shapes = {name: re.sub(r"{\w+}", "{}", call) for name, call in documented.items()}
    assert {name: shapes.get(name) for name in OPERATIONS} == {
        name: re.sub(r"{\w+}", "{}", call) for name, call in OPERATIONS.items()
    }


def test_every_operation_in_the_list_is_called_and_every_call_is_in_the_list() -> None:
    called = set(re.findall(r'(?:api|visit\.all)\(\s*"(\w+)"', SOURCES))
    for verb in re.findall(r'api\(\s*f"(\w+)_{side\.thing}"', SOURCES):
        called |= {f"{verb}_contribution", f"{verb}_expectation"}
    called |= {"update_me", "update_notification_choices", "verify_email", "request_password_reset", "reset_password"}
    assert called == set(OPERATIONS), "by a name that is put together, too (the last lines above)"


def test_pages_work_against_a_service_by_its_contract_alone(world: World) -> None:
    """What a page shows is what the contract answers over a socket."""
    person = world.organisation("Harbour Youth").boss
    page = httpx.get(f"{world.url}/home", headers={"Cookie": f"cobid={person.token}"})
    assert page.status_code == 200 and "Harbour Youth" in page.text and f"Hello {person.name}" in page.text
