"""HTML: no violation that axe finds in a real browser, nothing loaded, nothing run, whatever people wrote."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.documents import bid, html
from tests.documents import samples as s
from tests.documents.test_same_words import NASTY, block, text
from tests.node import stock

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
RUN = """
axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(found => {
  const told = document.createElement('pre'); told.id = 'told';
  told.textContent = JSON.stringify({
    violations: found.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3)]),
    passes: found.passes.length, loaded: performance.getEntriesByType('resource').map(r => r.name), ran: window.ran || 0});
  document.body.append(told);
});"""


def page(structure: str = "lead_provider", language: str = "en", agreed: bool = False) -> str:
    document = s.document(s.proposal(structure, language))
    return html.render(bid.compose(document, s.standing(document, agreed=agreed))).decode()


def seen_by_axe(source: str, folder: Path) -> dict[str, object]:
    axe = (stock.packages() / "node_modules" / "axe-core" / "axe.min.js").read_text()
    file = folder / "page.html"
    file.write_text(source.replace("</body>", f"<script>{axe}</script><script>{RUN}</script></body>"))
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1200,2000", "--dump-dom"]
    made = subprocess.run(
        [*command, f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=20000", f"file://{file}"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    found = re.search(r'<pre id="told">(.*?)</pre>', made.stdout, re.DOTALL)
    assert found, made.stderr[-2000:]
    told: dict[str, object] = json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return told


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: the page was not looked at in a browser")
@pytest.mark.parametrize(("structure", "language"), [("lead_provider", "en"), ("joint_contracting", "cy")])
def test_axe_finds_no_violation(structure: str, language: str, tmp_path: Path) -> None:
    told = seen_by_axe(page(structure, language), tmp_path)
    assert told["violations"] == []
    assert isinstance(told["passes"], int) and told["passes"] > 20


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: the page was not looked at in a browser")
def test_nothing_that_people_write_is_run_or_loaded(tmp_path: Path) -> None:
    attacks = [
        "<script>window.ran = 1</script>", "<img src=x onerror='window.ran = 1'>", "</style><script>window.ran = 1</script>",
        "\"><svg onload=window.ran=1>", "<iframe src='https://example.org'></iframe>", "javascript:window.ran=1", *NASTY,
    ]  # fmt: skip
    linked = text("press", [{"type": "link", "attrs": {"href": "javascript:window.ran=1"}}])
    content = {"type": "doc", "content": [block("paragraph", [text(attack)]) for attack in attacks]}
    content["content"].append(block("paragraph", [linked]))
    value = s.with_text(s.bare(), content)
    document = s.document(value)
    source = html.render(bid.compose(document, s.standing(document))).decode()
    assert "javascript:window.ran=1</p>" in source and 'href="javascript' not in source
    told = seen_by_axe(source, tmp_path)
    assert told["loaded"] == [] and told["ran"] == 0 and told["violations"] == []


def test_the_page_says_its_language_and_that_of_what_people_wrote() -> None:
    document = s.document(s.proposal("lead_provider", "cy"))
    source = html.render(bid.compose(document, s.standing(document), language="en")).decode()
    assert '<html lang="en">' in source and '<p lang="cy">' in source


def test_a_draft_says_so_at_both_ends_and_an_agreed_version_nowhere() -> None:
    assert page().count('<p class="draft">DRAFT</p>') == 2 and "body::before" in page()
    assert "DRAFT" not in page(agreed=True) and "body::before" not in page(agreed=True)
