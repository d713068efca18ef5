"""What the documentation and the comments say is in a file, is in a file."""

import re
import subprocess

import pytest

from tests import ROOT

NAMED = re.compile(r"(?<![\w./{-])((?:app|tests|docs|migrations)/[\w/.-]*[\w])")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a checkout of git")
    return listed.stdout.split("\n")


def test_every_path_that_a_page_or_a_comment_names_exists() -> None:
    wrong = [
        f"{name} names {path}"
        for name in tracked()
        if name.endswith((".md", ".py", ".toml")) or name == "Makefile"
        for path in NAMED.findall((ROOT / name).read_text("utf-8"))
        if not (ROOT / path.rstrip(".")).exists() and not (ROOT / f"{path}.py").exists()
    ]
    assert not wrong
