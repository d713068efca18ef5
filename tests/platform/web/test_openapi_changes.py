"""What differs between two OpenAPI documents is named, wherever it is."""

import copy
from typing import Any

from tests.openapi_changes import changes

BEFORE: dict[str, Any] = {
    "info": {"version": "1"},
    "paths": {"/a": {"get": {"responses": {"200": {"description": "It."}}}, "post": {"responses": {}}}},
    "components": {"schemas": {"A": {"type": "object", "properties": {"x": {"type": "string"}}}}},
}


def test_equal_documents_have_no_changes() -> None:
    assert list(changes(BEFORE, copy.deepcopy(BEFORE))) == []


def test_each_change_is_named_with_its_place() -> None:
    after = copy.deepcopy(BEFORE)
    del after["paths"]["/a"]["post"]
    after["paths"]["/b"] = {"put": {}}
    after["paths"]["/a"]["get"]["responses"]["408"] = {"description": "Too slow."}
    after["components"]["schemas"]["A"]["properties"]["x"]["type"] = "integer"
    after["info"]["version"] = "2"
    assert list(changes(BEFORE, after)) == [
        "operation GET /a: /responses/408 added",
        "operation POST /a removed",
        "operation PUT /b added",
        "schemas A: /properties/x/type changed",
        "info changed",
    ]
