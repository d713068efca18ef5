"""What the framework cannot know of a route and the OpenAPI document is to say: headers, who may ask, parts."""

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope
from app.platform.capability import joined
from app.platform.web.edge import Route
from app.platform.web.problems import DOCUMENTED

REF = "#/components/schemas/{model}"
SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of POST /v1/sessions, for a person.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "cobid",
        "description": "Set by POST /v1/sessions for browsers (`__Host-cobid` over https). What changes something is taken "
        "only from our own pages and from the origins that the operator named.",
    },
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that you read. Missing or `*` is 428; weak, malformed or old is 412.",
    "schema": {"type": "string", "examples": ['"3"']},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the answer that you hold: 304 while it still holds good.",
    "schema": {"type": "string", "examples": ['"3"']},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again with the same key and body, the request has one effect and the first answer comes again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "examples": ["7f6b1c9e"]},
}
_NOWHERE = "RegisteredOut"
"""The answer is alike for an address that is known, so it leads nowhere."""
_HEADERS = {
    "ETag": "The version of what is answered, for If-Match and If-None-Match.",
    "Location": "Where what was made can be read.",
    "Retry-After": "After how many seconds to try again.",
    "Link": "The next page, as `rel=next`.",
}


def complete(document: dict[str, Any], routes: Sequence[Any]) -> None:
    """Add to each operation of the framework's document what the edge does for it."""
    schemas = document["components"]["schemas"]
    _add_parts(schemas)
    schemas["OpenedDecision"] = {
        "description": "The decision that was opened: its fields, and the same object again as `decision`.",
        "allOf": [
            {"$ref": REF.format(model="DecisionOut")},
            {
                "type": "object",
                "required": ["decision"],
                "properties": {"decision": {"$ref": REF.format(model="DecisionOut")}},
            },
        ],
    }
    programs: dict[str, str] = {}
    for route in routes:
        for method in route.methods:
            operation = document["paths"][route.path_format][method.lower()]
            _say_choices(operation, route)
            _say_headers(operation, method, route, schemas)
            _say_who(operation, route.name, programs)
            _say_decision(operation)
            _say_slow(operation)
            _say_files(operation, route.path)
            _say_secrets(operation, route, schemas)
    document["components"]["securitySchemes"] = {**SCHEMES, "program": _program(programs)}
    document["security"] = [{"bearer": []}, {"cookie": []}]


def _add_parts(schemas: dict[str, Any]) -> None:
    """The whole proposal has a member for each part that a capability gives it."""
    for name, part in joined().parts.items():
        made = TypeAdapter(part.shape).json_schema(ref_template=REF, mode="serialization")
        for model, schema in made.pop("$defs", {}).items():
            schemas.setdefault(model, schema)
        if made.get("type") == "object":
            schemas.setdefault(part.shape.__name__, made)
            made = {"$ref": REF.format(model=part.shape.__name__)}
        schemas["ProposalOut"]["properties"][name] = made


def _say_choices(operation: dict[str, Any], route: Any) -> None:
    """A segment of the path that takes a few words only: a document's formats."""
    for taken in operation.get("parameters", []):
        words = route.param_convertors[taken["name"]].regex.split("|") if taken["in"] == "path" else []
        if len(words) > 1:
            taken["schema"] = {"type": "string", "enum": words}


def _say_headers(operation: dict[str, Any], method: str, route: Any, schemas: dict[str, Any]) -> None:
    taken = operation.setdefault("parameters", [])
    if "428" in operation["responses"]:
        taken.append(_IF_MATCH)
    if method == "POST" and isinstance(route, Route) and route.options.retries:
        taken.append(_KEY)
    if method == "GET" and isinstance(route, Route):
        taken.append(_IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "What you hold still holds good."}
    for status, answer in operation["responses"].items():
        named = [
            *(["Location"] if status == "201" and _NOWHERE not in str(answer) else []),
            *(["ETag"] if _has_version(answer, schemas) else []),
            *(["Link"] if _is_list(answer, schemas) else []),
            *(["Retry-After"] if status in ("429", "503") else []),
        ]
        if named:
            answer["headers"] = {
                name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in sorted(named)
            }
    if not taken:
        del operation["parameters"]


def _properties(answer: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    found: dict[str, Any] = schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
    return found


def _has_version(answer: dict[str, Any], schemas: dict[str, Any]) -> bool:
    return "version" in _properties(answer, schemas)


def _is_list(answer: dict[str, Any], schemas: dict[str, Any]) -> bool:
    return "next_cursor" in _properties(answer, schemas)


def _say_who(operation: dict[str, Any], name: str, programs: dict[str, str]) -> None:
    rule = PERMISSIONS[name]
    if rule.scope is Scope.PUBLIC:
        operation["security"] = []
    elif rule.oauth is not None:
        programs[rule.oauth] = (
            f"What a program needs to {rule.oauth.rpartition(':')[2]} {rule.oauth.partition(':')[0]}."
        )
        operation["security"] = [{"bearer": []}, {"cookie": []}, {"program": [rule.oauth]}]


def _program(scopes: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "oauth2",
        "description": "For programs: the id and secret of POST /v1/organisations/{organisation_id}/clients.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(sorted(scopes.items()))}},
    }


def _say_decision(operation: dict[str, Any]) -> None:
    answer = operation["responses"].get("202")
    if answer is not None and not answer.get("content", {}).get("application/json", {}).get("schema"):
        answer["content"] = {"application/json": {"schema": {"$ref": REF.format(model="OpenedDecision")}}}
        answer["headers"] = {"Location": {"description": "The decision.", "schema": {"type": "string"}}}


def _say_slow(operation: dict[str, Any]) -> None:
    """Whatever takes a body waits only so long for it."""
    if "requestBody" in operation:
        slow = {"description": "It took too long to arrive.", "content": DOCUMENTED}
        operation["responses"] = dict(sorted({**operation["responses"], "408": slow}.items()))


def _say_files(operation: dict[str, Any], path: str) -> None:
    """What is no schema of ours is bytes, text or an object; JSON is none of a file's kinds unless its address says so."""
    for answer in (answer for status, answer in operation["responses"].items() if status.startswith("2")):
        content = answer.get("content", {})
        empty = [media for media, shape in content.items() if not shape.get("schema")]
        if len(content) > 1 and "application/json" in empty and not ("{format" in path or "{shape" in path):
            del content["application/json"]
            empty.remove("application/json")
        for media in empty:
            content[media]["schema"] = (
                {"type": "object"}
                if media == "application/json"
                else {"type": "string"}
                if media.startswith("text/")
                else {"type": "string", "format": "binary"}
            )


def _say_secrets(operation: dict[str, Any], route: Any, schemas: dict[str, Any]) -> None:
    """A secret is shown once: the same answer that is given again to a retry is without it."""
    if not isinstance(route, Route) or not route.options.retries:
        return
    for name in route.options.secrets:
        made = operation["responses"].get("201") or operation["responses"]["200"]
        shown = schemas[made["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        shown["required"] = [each for each in shown["required"] if each != name]
