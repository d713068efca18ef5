"""What the files of the catalogue hold, and which of their keys the program can ask for, by its syntax trees."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

from app.platform.words.catalogue import FOLDER
from tests import ROOT


@cache
def places(language: str) -> dict[str, str]:
    """The language's own keys, each with the name of its file."""

    def keys(table: dict[str, Any], start: str = "") -> Iterator[str]:
        for name, value in table.items():
            yield from keys(value, f"{start}{name}.") if isinstance(value, dict) else [f"{start}{name}"]

    files = (FOLDER / language).iterdir()
    return {key: file.name for file in files for key in keys(tomllib.loads(file.read_text("utf-8")))}


@cache
def _nodes() -> tuple[ast.AST, ...]:
    """Of all but the workspace, which has a catalogue of its own."""
    files = (file for file in sorted((ROOT / "app").rglob("*.py")) if "workspace" not in file.parts)
    trees = (ast.parse(file.read_text("utf-8")) for file in files)
    return tuple(node for tree in trees for node in ast.walk(tree))


@cache
def constants() -> frozenset[str]:
    """Every text that the code holds, word for word."""
    return frozenset(node.value for node in _nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str))


def calls(*names: str) -> Iterator[ast.Call]:
    """Calls of functions and methods with these names."""
    for node in _nodes():
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


@cache
def _groups() -> frozenset[str]:
    """The groups whose codes are looked up, such as `vote` in `w.code("vote", chosen)`."""
    firsts = (call.args[0] for call in calls("code", "label", "entry") if len(call.args) == 2)
    return frozenset(str(first.value) for first in firsts if isinstance(first, ast.Constant))


@cache
def _built() -> tuple[re.Pattern[str], ...]:
    """Keys that are put together at run time, such as `f"count.{unit}_of"`."""
    patterns = {"".join(map(_piece, node.values)) for node in _nodes() if isinstance(node, ast.JoinedStr)}
    return tuple(re.compile(pattern) for pattern in sorted(patterns) if re.match(r"[a-z_]+\\\.", pattern))


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return re.escape(str(part.value))
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.IfExp) and isinstance(value.body, ast.Constant) and isinstance(value.orelse, ast.Constant):
        return f"({value.body.value}|{value.orelse.value})"
    return "([^.]*)"


def is_used(key: str) -> bool:
    """Whether the code names this key, or the group of codes that it is in and the code, or can put it together."""
    known = constants()
    group, _, last = key.removesuffix(".label").rpartition(".")
    if key in known or (last in ("one", "many") and group in known):
        return True
    if key.endswith(".label") and group in _groups():
        return last in known
    built = (pattern.fullmatch(key) for pattern in _built())
    return any(match and all(not part or part in known for part in match.groups()) for match in built)
