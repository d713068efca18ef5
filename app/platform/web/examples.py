"""An example for every body in the OpenAPI document, put together from the examples of its fields.

An answer shows all its fields. A request shows what it needs and the fields that have an example of their own, so that
it can be sent as it stands (with the reader's own ids): every optional field at once would often be refused.
"""

from typing import Any

from app.platform.web import fields

_ID = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"
DEEP = 16
_BY_FORMAT = {
    "date-time": "2027-01-29T12:00:00Z",
    "date": "2027-01-29",
    "uuid": _ID,
    "email": "sam@harbouryouth.example",
}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1, "boolean": True, "null": None}
_PATTERNS = {
    r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$": "12345.67",
    r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,4})?$": "37.5",
    r"^[A-Z]{3}$": "GBP",
    r"^[0-9]{2,8}(-[0-9])?$": "85000000",
    r"^[0-9a-f]{64}$": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


def add(document: dict[str, Any]) -> None:
    """Give every JSON request body and success answer that has none an `example`."""
    schemas = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            bodies = [(operation.get("requestBody", {}), True)]
            bodies += [(answer, False) for status, answer in operation["responses"].items() if status.startswith("2")]
            for body, short in bodies:
                media = body.get("content", {}).get("application/json")
                if media and media.get("schema") and "example" not in media and "examples" not in media:
                    media["example"] = of(media["schema"], schemas, short=short)


def of(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0, short: bool = False, name: str = "") -> Any:
    """A value that fits the schema: its own example, its default, or one made of its parts. `name`: of the field."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, depth + 1, short)
    if "const" in schema:
        return schema["const"]
    if "example" in schema:
        given = schema["example"]
        return {**_made(schema, schemas, depth, short), **given} if isinstance(given, dict) else given
    if schema.get("enum"):
        return schema["enum"][0]
    if "default" in schema and schema["default"] not in (None, [], ""):
        return schema["default"]
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return of(alternatives[0], schemas, depth, short, name)
    if together := schema.get("allOf"):
        return {name: value for part in together for name, value in of(part, schemas, depth, short).items()}
    return _made(schema, schemas, depth, short, name)


def _made(schema: dict[str, Any], schemas: dict[str, Any], depth: int, short: bool, name: str = "") -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    if kind == "object":
        properties = _sent(schema) if short else schema.get("properties", {})
        return {
            field: of(inner, schemas, depth + 1, short, field) for field, inner in properties.items() if depth < DEEP
        }
    if kind == "array":
        if not schema.get("items") or depth >= DEEP:
            return []
        return [of(schema["items"], schemas, depth + 1, short, name)] * max(1, schema.get("minItems", 1))
    if kind == "string":
        return _text(schema, name)
    return _BY_TYPE.get(str(kind), {})


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    """The fields that a request needs or gives an example of; the first where that is none, so that something is sent."""
    properties: dict[str, Any] = schema.get("properties", {})
    needed = schema.get("required", [])
    chosen = {name: inner for name, inner in properties.items() if name in needed or inner.get("examples")}
    return chosen or dict(list(properties.items())[:1])


def _text(schema: dict[str, Any], name: str) -> str:
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    pattern = schema.get("pattern", "")
    if fields.holds_ids(name) or "0-9a-fA-F]{8}" in pattern:
        return _ID
    if name.endswith("_at"):
        return _BY_FORMAT["date-time"]
    if pattern in _PATTERNS:
        return _PATTERNS[pattern]
    known = fields.table("examples")
    return str(
        known.get(name)
        or (known["_markdown"] if name.endswith("_markdown") else "en" if "a-z]{2,3}" in pattern else "text")
    )
