"""The two generators that docs/integrating.md names, each in an environment of its own beside this file.

The Python one wants an older `typer` than the service does, as many a command-line tool would: so it is installed apart,
from `requirements.txt` with its hashes (`make lock` makes it of `requirements.in`). The TypeScript one comes by npm, as the
stock editors do.
"""

import fcntl
import hashlib
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

import pytest

from tests.node import stock

HERE = Path(__file__).parent
_UNREACHABLE = ("NewConnectionError", "No matching distribution", "ReadTimeout", "Connection refused", "ProxyError")


@cache
def python() -> Path:
    """The `bin` folder that holds `openapi-python-client`; skips the test if no registry can be reached."""
    lock = (HERE / "requirements.txt").read_bytes()
    home = HERE / ".venv"
    installed, digest = home / ".cobid-lock", hashlib.sha256(lock + sys.version.encode()).hexdigest()
    folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    with (HERE / ".install-lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (installed.exists() and installed.read_text() == digest):
            venv.create(home, with_pip=True, clear=True)
            done = subprocess.run(
                [folder / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
                 "--require-hashes", "-r", HERE / "requirements.txt"],
                capture_output=True, text=True, timeout=300,
            )  # fmt: skip
            if done.returncode != 0:
                if any(sign in done.stderr for sign in _UNREACHABLE):
                    pytest.skip("the Python registry cannot be reached, so openapi-python-client cannot be installed")
                raise RuntimeError(done.stderr)
            installed.write_text(digest)
    return folder


def node_modules() -> Path:
    return stock.packages(HERE) / "node_modules"
