"""The generated pages of docs/: states, permissions, problems, settings. `--check` fails where one is out of date."""

import sys
from collections.abc import Callable
from pathlib import Path

from pydantic_core import PydanticUndefined

from app.drawing import drawing
from app.platform.access.lifecycle import LABELS, TRANSITIONS
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import ANYONE, Rule, Scope
from app.platform.web.problems import STATUS, known_problems
from app.settings import Settings

_COLUMNS = "| operation | sees | may | while | scope |\n|---|---|---|---|---|"
DOCS = Path(__file__).parents[1] / "docs"
_DRAWING = "<!-- drawing -->"
_HEAD = "Generated from the code; do not edit. `make docs` writes it anew.\n"


def states() -> str:
    """A Mermaid state diagram of each table of statuses."""
    parts = [
        "# States\n\nGenerated from `app/platform/access/lifecycle.py`; do not edit.\n\n"
        "The deadline is judged by the database's clock when something is read or written; no job has to run for it. "
        "A bid without a submission that stands keeps its status at the deadline and can no longer be changed."
    ]
    for name, table in TRANSITIONS.items():
        start = next(iter(table))
        lines = [f"## {name.capitalize()}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {start.value}"]
        for status, steps in table.items():
            arrows: dict[str, list[str]] = {}
            for step, following in steps.items():
                arrows.setdefault(following.value, []).append(LABELS[step])
            lines += [f"    {status.value} --> {target}: {', '.join(words)}" for target, words in arrows.items()]
            if not steps:
                lines.append(f"    {status.value} --> [*]")
        parts.append("\n".join([*lines, "```"]))
    return "\n\n".join(parts) + "\n"


def permissions() -> str:
    """The permission table: who may see, who may do, in which states."""
    parts = [
        f"# Who may see what, and who may do what\n\n{_HEAD}\n"
        "**Sees** decides between an answer and 404; **may** between doing it and 403; **while** between doing it and "
        "409. 'Accepted partners' are those whose organisation accepted; 'the facilitator' is one in office. Programs "
        "(OAuth2 clients) need the scope named last, and never sign, vote or submit.\n"
    ]
    for scope in Scope:
        rows = [(name, rule) for name, rule in PERMISSIONS.items() if rule.scope is scope]
        parts.append(f"## {scope.value.capitalize()}\n\n{_COLUMNS}")
        parts.append("\n".join(_permission(name, rule) for name, rule in sorted(rows)) + "\n")
    return "\n".join(parts)


def _permission(name: str, rule: Rule) -> str:
    public = rule.scope is Scope.PUBLIC
    sees = "anybody, signed in or not" if public else rule.see.words
    may = "the same" if rule.may is ANYONE else rule.may.words
    may += ", and a program of it" if rule.programs else ""
    states = "always" if rule.states is None else ", ".join(sorted(rule.states))
    return f"| `{name}` | {sees} | {may} | {states} | {rule.oauth or '-'} |"


def problems() -> str:
    """Every problem: its type, status and what to do."""
    rows = "\n".join(
        f"| `{code}` | {STATUS[refusal.kind]} | {refusal.title} | {refusal.explanation} |"
        for code, refusal in known_problems().items()
    )
    return (
        f"# Problems\n\n{_HEAD}\nEvery refusal is `application/problem+json` (RFC 9457). Its `type` is "
        "`/problems/<code>`, a page of the running service with these words. `detail` says what to do in the case at "
        "hand, `errors` points at each thing.\n\n| code | status | what it is | what to do |\n|---|---|---|---|\n"
        f"{rows}\n"
    )


def configuration() -> str:
    """Every setting with its default."""
    lines = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in ("", PydanticUndefined) else f"`{field.default}`"
        lines.append(f"| `{name.upper()}` | {default} | {field.description} |")
    rows = "\n".join(lines)
    return (
        f"# Configuration\n\n{_HEAD}\nSettings are environment variables. None is needed to start.\n\n"
        f"| variable | default | what it does |\n|---|---|---|\n{rows}\n"
    )


def architecture() -> str:
    """The page as it is, with its drawing of the house made again from the code."""
    written = (DOCS / "architecture.md").read_text("utf-8")
    before, _, rest = written.partition(_DRAWING)
    return f"{before}{_DRAWING}\n{drawing()}\n<!-- /drawing -->{rest.partition('<!-- /drawing -->')[2]}"


PAGES: dict[str, Callable[[], str]] = {
    "states.md": states,
    "permissions.md": permissions,
    "problems.md": problems,
    "configuration.md": configuration,
    "architecture.md": architecture,
}


def main(arguments: list[str]) -> int:
    import app.capabilities  # loads every refusal, so that all of them are listed

    assert app.capabilities
    stale = [
        name for name, make in PAGES.items() if not (DOCS / name).exists() or (DOCS / name).read_text("utf-8") != make()
    ]
    if "--check" in arguments:
        for name in stale:
            print(f"docs/{name} is out of date: run `make docs`.")
        return 1 if stale else 0
    DOCS.mkdir(exist_ok=True)
    for name in stale:
        (DOCS / name).write_text(PAGES[name](), "utf-8")
        print(f"wrote docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
