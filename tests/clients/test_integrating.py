"""docs/integrating.md, typed line by line against a real service: every command, and every program that it shows."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.callers import ok
from tests.clients import generators
from tests.factories import World
from tests.node import stock

PAGE = (ROOT / "docs" / "integrating.md").read_text("utf-8")
STANDARD = "http://127.0.0.1:8000"
pytestmark = pytest.mark.timeout(400)


def blocks(*kinds: str) -> list[tuple[str, str]]:
    return [found for found in re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL) if found[0] in kinds]


def typed(script: str, where: Path, url: str, **environment: str) -> str:
    """Runs the lines in a shell that stops at the first error; answers what they print."""
    # npx asks npm to run what is installed; a test must not fetch another version.
    prelude = 'npx() { local tool=$1; shift; node "node_modules/.bin/$tool" "$@"; }\n'
    prelude += f'npm() {{ {shlex.join(stock.npm())} "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", prelude + script.replace(STANDARD, url)],
        cwd=where, env={**os.environ, "API": url, **environment}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def without_installing(script: str) -> str:
    """The commands but those that install, which the locked installation has done."""
    return "\n".join(line for line in script.split("\n") if not re.match(r"(npm|pip) install ", line))


@pytest.fixture
def names(world: World) -> dict[str, int]:
    """Each vocabulary and its length, as any client must print them."""
    return {each["name"]: len(each["items"]) for each in ok(world.http.get("/v1/vocabularies")).json()["items"]}


def told(printed: str) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"^([\w.-]+) (\d+)$", printed, re.MULTILINE)}


def test_what_the_page_installs_is_what_is_locked_here() -> None:
    locked = json.loads((generators.HERE / "package-lock.json").read_text())["packages"]
    named = dict(re.findall(r"(openapi-fetch|openapi-typescript|typescript)@([\d.]+)", PAGE))
    assert set(named) == {"openapi-fetch", "openapi-typescript", "typescript"}
    for name, version in named.items():
        assert locked[f"node_modules/{name}"]["version"].startswith(f"{version}."), name
    assert "openapi-python-client==" in (generators.HERE / "requirements.txt").read_text()


def test_the_typescript_client_is_made_compiles_strictly_and_reads(
    world: World, names: dict[str, int], tmp_path: Path
) -> None:
    (tmp_path / "node_modules").symlink_to(generators.node_modules())
    (tmp_path / "package.json").write_text("{}")
    [(_, program)] = blocks("ts")
    (tmp_path / "first.ts").write_text(program.replace(STANDARD, world.url))
    script = "\n".join(text for _, text in blocks("console") if "npx" in text or "npm" in text)
    path = os.pathsep.join([str(Path(stock.node()).parent), os.environ["PATH"]])
    assert told(typed(without_installing(script), tmp_path, world.url, PATH=path)) == names


def test_the_python_client_is_made_and_reads_and_lacks_just_what_the_page_says(
    world: World, names: dict[str, int], tmp_path: Path
) -> None:
    path = os.pathsep.join([str(generators.python()), os.environ["PATH"]])
    script = "\n".join(text for _, text in blocks("console") if "openapi-python-client" in text)
    printed = typed(without_installing(script), tmp_path, world.url, PATH=path)
    [(_, program)] = blocks("python")
    (tmp_path / "cobid" / "first.py").write_text(program.replace(STANDARD, world.url))
    assert told(typed("python3 cobid/first.py", tmp_path, world.url, PATH=path)) == names

    calls = re.findall(r"WARNING parsing (\w+) (\S+) within [^.]+\.( Endpoint will not be generated)?", printed)
    assert {f"{verb} {_ending(path)}" for verb, path, left_out in calls if left_out} == {
        "PUT …/budget.xlsx", "POST …/outcomes:import", "POST …/outcome-frameworks",
    }  # fmt: skip
    assert {_ending(path) for _, path, left_out in calls if not left_out} == {
        "/v1/verify", "…/import", "…/portal-questions", "…/logo", "…/budget.xlsx", "…/pack.zip",
    }  # fmt: skip
    assert (tmp_path / "cobid/cobid_client/api/sections/put_section_content.py").exists()
    made = {file.stem for file in (tmp_path / "cobid/cobid_client/api").rglob("*.py")} - {"__init__"}
    wanted = {operation["operationId"] for methods in world.openapi["paths"].values() for operation in methods.values()}
    assert len(wanted - made) == 3, wanted - made


def _ending(path: str) -> str:
    return path if path.count("/") == 2 else "…/" + path.rpartition("/")[2]


def test_what_a_front_end_and_a_portal_ask_is_answered(world: World, tmp_path: Path) -> None:
    council = world.organisation(kinds=("commissioner",))
    bid = world.bid(world.organisation())
    made = ok(
        council.boss.post(
            f"/organisations/{council.id}/clients", {"name": "Portal", "scopes": ["submissions:read", "webhooks:write"]}
        ),
        201,
    ).json()
    printed = typed(
        "\n".join(text for _, text in blocks("sh")), tmp_path, world.url,
        TOKEN=bid.lead.boss.token, PROPOSAL=bid.path.rpartition("/")[2],
        ORGANISATION=council.id, CLIENT_ID=made["client_id"], CLIENT_SECRET=made["client_secret"],
    )  # fmt: skip
    assert '"secret":"whsec_' in printed and '"can":' in printed and '"next_cursor":' in printed
    for named in ("/v1/vocabularies", "/v1/me/tasks", "viewer.can", "Postman", "Bruno"):
        assert named in PAGE
