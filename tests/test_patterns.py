"""No regular expression of the product takes more than its fair time, whatever a stranger sends."""

import ast
import importlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from app.documents.anonymous import _inline, _Names
from tests import ROOT
from tests.growth import growth

METHODS = {"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"}
MADE_FROM_VALUES = {
    "app/bid/decisions/carrying.py": 1,  # from the paths of our own routes
    "app/bid/decisions/rules/carries.py": 1,  # likewise
    "app/documents/anonymous.py": 2,  # from partners' names, tried below
    "app/documents/fonts.py": 1,  # from our own names of fonts, on the names of files
    "app/platform/db/migrate.py": 1,  # from our own words, on our own migrations
}
"""How many patterns of a module are put together when it runs, so that they cannot be read from it."""


@dataclass(frozen=True)
class Used:
    """A pattern as the code uses it."""

    where: str
    pattern: str | bytes
    flags: int
    method: str

    def run(self, text: str) -> None:
        subject: Any = text if isinstance(self.pattern, str) else text.encode()
        compiled: Any = re.compile(self.pattern, self.flags)
        if self.method in ("sub", "subn"):
            compiled.sub(subject[:0], subject)
        elif self.method == "finditer":
            for _ in compiled.finditer(subject):
                pass
        else:
            getattr(compiled, self.method)(subject)


@cache
def used() -> tuple[list[Used], dict[str, int]]:
    """All patterns that stand in the code, and by module how many are only made when it runs."""
    found: list[Used] = []
    made: dict[str, int] = {}
    trees = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "app").rglob("*.py"))}
    methods = _methods(trees)
    for path, tree in trees.items():
        if "import re\n" not in path.read_text():
            continue
        where = str(path.relative_to(ROOT))
        module = importlib.import_module(where.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        names = {id(node.value): _name(node) for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)}
        for node in ast.walk(tree):
            if not _calls_re(node):
                continue
            assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            try:
                pattern, flags = _evaluated(node, vars(module))
            except NameError:
                made[where] = made.get(where, 0) + 1
                continue
            if node.func.attr != "compile":
                ways = {node.func.attr}
            else:
                ways = methods.get(names.get(id(node), ""), set()) or {"search"}
            found += [Used(f"{where}:{node.lineno}", pattern, flags, way) for way in sorted(ways)]
    return found, made


def _calls_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in METHODS | {"compile"}
    )


def _evaluated(call: ast.Call, names: dict[str, Any]) -> tuple[str | bytes, int]:
    flag = [each.value for each in call.keywords if each.arg == "flags"]
    after = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)  # type: ignore[attr-defined]
    flag += call.args[after : after + 1]

    def value(expression: ast.expr) -> Any:
        return eval(compile(ast.Expression(expression), "", "eval"), names)

    return value(call.args[0]), int(value(flag[0])) if flag else 0


def _name(node: ast.AST) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target  # type: ignore[attr-defined]
    return target.id if isinstance(target, ast.Name) else ""


def _methods(trees: dict[Path, ast.Module]) -> dict[str, set[str]]:
    """By the name of a pattern, the methods by which it is used anywhere."""
    found: dict[str, set[str]] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                named = node.value
                name = (
                    named.id if isinstance(named, ast.Name) else named.attr if isinstance(named, ast.Attribute) else ""
                )
                found.setdefault(name, set()).add(node.attr)
    return found


# Hostile texts are made from the pattern itself: what it repeats, behind what may stand before it.


def samples(tree: Any) -> list[str]:
    """A few texts that this part of a pattern matches."""
    texts = [""]
    for kind, value in tree:
        texts = [before + each for before in texts for each in _samples(kind, value)][:6]
    return texts


def _samples(kind: Any, value: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value)]
    if kind is op.NOT_LITERAL:
        return ["a" if value != ord("a") else "b"]
    if kind is op.ANY:
        return ["a"]
    if kind is op.IN:
        return _of_class(value)
    if kind is op.BRANCH:
        return [text for branch in value[1] for text in samples(branch)]
    if kind is op.SUBPATTERN:
        return samples(value[3])
    if kind is op.ATOMIC_GROUP:
        return samples(value)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        low, _, part = value
        return [text * max(low, 1) for text in samples(part)]
    return [""]


def _of_class(parts: Any) -> list[str]:
    if parts[0][0] is op.NEGATE:
        pattern = re.compile(r"[^\n]")
        excluded = _of_class(parts[1:])
        return [char for char in ("a", " ", "\n", "1", "-") if char not in excluded][:2] if pattern else []
    chars: list[str] = []
    for kind, value in parts:
        if kind is op.LITERAL:
            chars.append(chr(value))
        elif kind is op.RANGE:
            chars.append(chr(value[0]))
        elif kind is op.CATEGORY:
            chars += {op.CATEGORY_SPACE: [" ", "\n"], op.CATEGORY_DIGIT: ["1"], op.CATEGORY_WORD: ["a"]}.get(
                value, ["!"]
            )
    return chars[:8]


def repeats(tree: Any, before: list[str]) -> Iterator[tuple[str, str]]:
    """What is repeated without a small bound, each behind a text that may stand before it."""
    for kind, value in tree:
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, high, part = value
            if high is op.MAXREPEAT or high > 20:
                yield from ((start, unit) for start in before for unit in samples(part) if unit)
            yield from repeats(part, before)
        elif kind is op.SUBPATTERN:
            yield from repeats(value[3], before)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from repeats(branch, before)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            yield from repeats(value[1], before)
        before = [start + each for start in before for each in _samples(kind, value)][:4]


ALWAYS = ("\n", " ", "a", "1", "-", ".", "a ", "a\n", "a-", "\\", "[", "(", "<a", "|", "\t \n")


def hostile(used: Used) -> Iterator[tuple[str, str, str]]:
    """Beginnings, what is repeated, and endings."""
    text = used.pattern if isinstance(used.pattern, str) else used.pattern.decode("latin-1")
    tree = parser.parse(text, used.flags & ~re.UNICODE & ~re.ASCII)
    units = {("a", unit) for unit in ALWAYS} | {("", unit) for unit in samples(tree) if unit}
    for start, unit in repeats(tree, [""]):
        units |= {(start, unit), ("", start + unit), (start, unit + " "), (start, unit + "\n")}
    for start, unit in sorted(units):
        yield from ((start, unit, end) for end in ("a", "\0"))


@pytest.mark.parametrize("pattern", sorted(set(used()[0]), key=str), ids=lambda each: f"{each.where}-{each.method}")
def test_the_time_of_each_pattern_grows_no_faster_than_the_text(pattern: Used) -> None:
    for start, unit, end in hostile(pattern):

        def work(size: int, start: str = start, unit: str = unit, end: str = end) -> None:
            pattern.run(start + unit * (size // len(unit)) + end)

        for size in (30, 300, 3000):  # what is worse than quadratic would never end on a large one
            began = time.thread_time()
            work(size)
            if time.thread_time() - began > 0.02:
                break
        if size == 3000 and time.thread_time() - began < 0.0005:
            continue
        assert growth(work, size) < 9, (start, unit, end, size)


def test_all_patterns_are_known_here() -> None:
    found, made = used()
    assert made == MADE_FROM_VALUES
    assert len(found) > 90


@pytest.mark.parametrize("name", ["Aa", "Aa Aa Aa", "A-a (AAA)", "a" * 200, " ".join("a" * 100)])
@pytest.mark.parametrize("unit", ["Aa ", "Aa", "A", " ", "(AAA", "a.a.", "a@a", "A.A.A."])
def test_the_names_of_partners_are_looked_for_in_linear_time(name: str, unit: str) -> None:
    names = _Names([{"name": name, "identifiers": [{"id": "1234567"}], "id": "a"}], {"a": "Partner A"}, [])
    assert growth(lambda size: names.replaced(name + unit * (size // len(unit)) + "a"), 3000) < 9


def test_the_pieces_of_a_paragraph_lose_their_names_in_linear_time() -> None:
    names = _Names([{"name": "Harbour Youth", "identifiers": [], "id": "a"}], {"a": "Partner A"}, [])

    def work(count: int) -> None:
        pieces = [
            {"type": "text", "text": "Harbour Youth ", "marks": [{"type": "bold"}] if number % 2 else []}
            for number in range(count)
        ]
        assert len(_inline(pieces, names)) == count

    assert growth(work, 1000) < 9
