"""What the OpenAPI document says of fields by their names, as data (`fields.toml`): examples, and words where the name
does not say all. What stands at a field itself goes before what stands here.
"""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".toml")


@cache
def table(name: str) -> Mapping[str, Any]:
    """A table of the file, by the names of fields."""
    found: Mapping[str, Any] = tomllib.loads(FILE.read_text("utf-8"))[name]
    return found


@cache
def identities() -> frozenset[str]:
    """Names of fields that hold ids although they do not end in `_id` or `_ids`."""
    return frozenset(table("ids")["fields"])


def holds_ids(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids")) or name in identities()


def describe(document: dict[str, Any]) -> None:
    """Give each property and parameter that has no description the words for its name."""
    words, particular, parameters = table("words"), table("words-of"), table("parameters")
    for schema_name, schema in document["components"]["schemas"].items():
        for name, field in properties(schema):
            said = particular.get(f"{schema_name}.{name}") or words.get(name)
            if said and "description" not in field:
                field["description"] = said
    for methods in document["paths"].values():
        for operation in methods.values():
            for taken in operation.get("parameters", ()):
                if "description" not in taken and taken["name"] in parameters:
                    taken["description"] = parameters[taken["name"]]


def wordless(document: dict[str, Any]) -> list[str]:
    """The properties and parameters that have no description although their names do not say all."""
    plain = frozenset(table("plain")["fields"])
    found = {
        f"{schema_name}.{name}"
        for schema_name, schema in document["components"]["schemas"].items()
        for name, field in properties(schema)
        if "description" not in field and name not in plain
    }
    found |= {
        f"{taken['in']} {taken['name']} of {operation['operationId']}"
        for methods in document["paths"].values()
        for operation in methods.values()
        for taken in operation.get("parameters", ())
        if "description" not in taken
    }
    return sorted(found)


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in (schema, *schema.get("allOf", ())):
        yield from part.get("properties", {}).items()
