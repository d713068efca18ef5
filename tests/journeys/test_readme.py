"""Every line of the README's first joint bid, run as it is written, and what the page says besides."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import ROOT
from tests.documents import pictures
from tests.servers import running

README = ROOT / "README.md"
TEXT = README.read_text("utf-8")


def blocks() -> list[str]:
    """The README's `sh` blocks."""
    return re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("readme")
    with running(folder / "data") as url:
        yield url, folder


def typed(
    script: str, service: tuple[str, Path], where: Path, *shell: str, **more: str
) -> "subprocess.CompletedProcess[str]":
    url, folder = service
    environment = {**os.environ, "API": url, "MAILS": str(folder / "data" / "mail"), **more}
    return subprocess.run(
        [*shell, script], cwd=where, env=environment, capture_output=True, text=True, timeout=300
    )  # fmt: skip


@pytest.mark.timeout(400)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_the_first_joint_bid_of_the_readme_works_as_written(
    shell: str, service: tuple[str, Path], tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here, so nobody has tried whether it runs the README")
    quick = ["-f"] if shell == "zsh" else []
    done = typed("\n".join(blocks()), service, tmp_path, shell, *quick, "-e", "-o", "pipefail", "-c")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert (tmp_path / "first-bid.pdf").read_bytes().startswith(b"%PDF")
    assert re.search(r"\d{4}-\d\d-\d\dT", done.stdout.splitlines()[-1]), done.stdout[-300:]


@pytest.mark.timeout(200)
def test_after_the_first_error_nothing_more_is_sent(service: tuple[str, Path], tmp_path: Path) -> None:
    """Pasted into a terminal, where the shell goes on with the next line whatever happened."""
    broken = (
        "\n".join(blocks()).replace('"four plain words here', '"short', 1).replace("four plain words here", "short")
    )
    done = typed(broken, service, tmp_path, "bash", "-c")
    assert done.stderr.count("STOPPED") == 1, done.stderr[-3000:]
    assert "POST /v1/people" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "first-bid.pdf").exists()
    assert done.stdout.strip() == ""


def test_it_needs_no_newer_python_than_any_python3(tmp_path: Path) -> None:
    """What the page gives to Python compiles for 3.7 and names nothing that came after it."""
    programs = re.findall(r"\"\$PYTHON\" -c '(.*?)'", "\n".join(blocks()), re.DOTALL)
    assert len(programs) == 3
    for program in programs:
        compile(program, "README.md", "exec", dont_inherit=True)
        assert "d.UTC" not in program and ":=" not in program


def test_no_comment_stands_in_what_is_pasted() -> None:
    """zsh takes `#` for a command where people type."""
    for block in blocks():
        assert not re.search(r"(^|\s)#", block), block


def test_every_page_and_picture_that_the_readme_names_exists() -> None:
    named = re.findall(r"\]\((docs/[^)]+)\)", TEXT) + re.findall(r'src="(docs/[^"]+)"', TEXT)
    assert len([name for name in named if name.endswith(".png")]) == 3
    for name in named:
        assert (README.parent / name).exists(), name


def test_the_pictures_are_drawn_by_a_command_and_small(tmp_path: Path) -> None:
    pictures.write(tmp_path)
    for name in pictures.PAGES:
        made, kept = (tmp_path / name).read_bytes(), (pictures.FOLDER / name).read_bytes()
        assert made.startswith(b"\x89PNG") and made[16:24] == kept[16:24], "as large as the one that is kept"
        assert len(kept) < 100_000, name


def test_it_says_for_whom_it_is_under_which_licence_and_where_it_runs() -> None:
    for words in ("You manage a charity?", "Apache License 2.0", "Windows", "docs/declarations.md"):
        assert words in TEXT
