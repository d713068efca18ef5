"""Every line of the README's first joint bid, run as it is written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests import ROOT
from tests.servers import running

README = ROOT / "README.md"


def script() -> str:
    """The README's `sh` blocks, one after the other."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL))


@pytest.mark.timeout(400)
def test_the_first_joint_bid_of_the_readme_works_as_written(tmp_path: Path) -> None:
    with running(tmp_path / "data") as url:
        environment = {**os.environ, "API": url, "MAILS": str(tmp_path / "data" / "mail")}
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script()],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert (tmp_path / "first-bid.pdf").read_bytes().startswith(b"%PDF")
    assert re.search(r"\d{4}-\d\d-\d\dT", done.stdout.splitlines()[-1]), done.stdout[-300:]


def test_every_page_that_the_readme_names_exists() -> None:
    for name in re.findall(r"\]\((docs/[^)]+)\)", README.read_text("utf-8")):
        assert (README.parent / name).exists(), name
