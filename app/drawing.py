"""Draws the house from the code's own imports: its groups and rooms, what each holds, and what it imports."""

import ast
from pathlib import Path

APP = Path(__file__).parent
GROUPS = ("commissioning", "bid", "calls", "documents", "people", "platform")
"""From the highest to the lowest, as import-linter holds them."""
Place = tuple[str, str]
"""A group, and a room in it; the empty room stands for what lies in the group itself."""


def drawing() -> str:
    """A diagram of the groups and what each imports, then each group's rooms."""
    stands_on = _imports()
    arrows = sorted({(one[0], other[0]) for one, other in stands_on if one[0] != other[0]})
    lines = ["```mermaid", "graph TD", *(f"    {above} --> {below}" for above, below in arrows)]
    parts = ["\n".join([*lines, "```"])]
    for group in GROUPS:
        rooms = sorted(place.name for place in (APP / group).iterdir() if (place / "__init__.py").exists())
        rows = [_row(group, room, stands_on) for room in rooms]
        head = f"### {group}\n\n{_holds(APP / group)}\n"
        table = "\n| room | holds | stands on |\n|---|---|---|\n" + "\n".join(rows) + "\n" if rooms else ""
        parts.append(head + table)
    return "\n\n".join(parts)


def _row(group: str, room: str, stands_on: set[tuple[Place, Place]]) -> str:
    lower_rooms = sorted(
        other[1]
        for (one, other) in stands_on
        if one == (group, room) and other[0] == group and other[1] not in ("", room)
    )
    place = APP / group / room
    return f"| `{group}/{room}` | {_holds(place)} | {', '.join(lower_rooms) or '-'} |"


def _holds(place: Path) -> str:
    return (ast.get_docstring(ast.parse((place / "__init__.py").read_text("utf-8"))) or "").partition("\n")[0]


def _imports() -> set[tuple[Place, Place]]:
    """Which (group, room) imports from which other."""
    found = set()
    for group in GROUPS:
        for path in (APP / group).rglob("*.py"):
            here = (group, _room(path.relative_to(APP).parts))
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("app."):
                    names = [f"{node.module}.{alias.name}" for alias in node.names]
                    for there in {_place(name) for name in names} - {None, here}:
                        if there is not None:
                            found.add((here, there))
    return found


def _place(module: str) -> Place | None:
    parts = module.split(".")[1:]
    if parts[0] not in GROUPS:
        return None
    return parts[0], parts[1] if len(parts) > 1 and (APP / parts[0] / parts[1]).is_dir() else ""


def _room(parts: tuple[str, ...]) -> str:
    return parts[1] if len(parts) > 2 else ""
