"""What the OpenAPI document says of fields by their names, as data (`fields.toml`): examples, and words where the name
does not say all. What stands at a field itself goes before what stands here.
"""

import tomllib
from collections.abc import Mapping
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
