"""Compares two OpenAPI documents of the service, operation by operation and schema by schema.

`python -m tests.openapi_changes --write FILE` keeps this version's document; `python -m tests.openapi_changes FILE` says
what has changed since, and ends with 1 where anything has.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")


def document() -> dict[str, Any]:
    """This version's document, as the service answers it."""
    from app.main import create_app
    from app.settings import Settings

    made: dict[str, Any] = json.loads(json.dumps(create_app(Settings(), "postgresql://nowhere/none").openapi()))
    return made


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """A line for each operation, schema or other member that was added, removed or changed, and where."""
    yield from _named("operation", _operations(before), _operations(after))
    parts = ("schemas", "securitySchemes", "parameters", "responses")
    for part in parts:
        yield from _named(part, before["components"].get(part, {}), after["components"].get(part, {}))
    rest = {*before, *after} - {"paths", "components"}
    yield from (f"{name} changed" for name in sorted(rest) if before.get(name) != after.get(name))


def _operations(document: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def _named(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{kind} {name} removed"
        elif name not in before:
            yield f"{kind} {name} added"
        else:
            yield from (f"{kind} {name}: {where}" for where in _differing(before[name], after[name], ""))


def _differing(before: Any, after: Any, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}, key=str):
            inside = f"{where}/{name}"
            if name not in after:
                yield f"{inside} removed"
            elif name not in before:
                yield f"{inside} added"
            else:
                yield from _differing(before[name], after[name], inside)
    elif before != after:
        yield f"{where} changed"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--write"]:
        Path(arguments[1]).write_text(json.dumps(document(), indent=1, sort_keys=True), "utf-8")
        return 0
    found = list(changes(json.loads(Path(arguments[0]).read_text("utf-8")), document()))
    print("\n".join(found) or "nothing changed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
