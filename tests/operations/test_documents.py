"""What docs/operations holds for operators fits the service that it is for."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from app.settings import Settings
from tests import ROOT

DOCS = ROOT / "docs" / "operations"


@pytest.fixture(scope="module")
def families(server: str, sql: psycopg.Connection) -> set[str]:
    """The names of every sample that /metrics gives."""
    sql.execute(
        "INSERT INTO tallies VALUES ('worker_alive', 1, now()) ON CONFLICT (name) DO UPDATE SET last_at = now()"
    )
    httpx.get(f"{server}/healthz")
    told = httpx.get(f"{server}/metrics").text
    types = re.findall(r"^# TYPE (\S+) (\S+)$", told, re.MULTILINE)
    histograms = {
        f"{name}{end}" for name, kind in types if kind == "histogram" for end in ("_bucket", "_sum", "_count")
    }
    return {name for name, _ in types} | histograms


def metrics_of(expression: str) -> set[str]:
    return set(re.findall(r"\bcobid_\w+", expression))


def test_every_alert_and_every_panel_asks_for_metrics_that_exist(families: set[str]) -> None:
    alerts = re.findall(r"expr: (.+)", (DOCS / "alerts.yml").read_text("utf-8"))
    board: dict[str, Any] = json.loads((DOCS / "dashboard.json").read_text("utf-8"))
    panels = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert len(alerts) == 6 and len(panels) >= 12
    for expression in (*alerts, *panels):
        assert metrics_of(expression) <= families, expression
        assert all(expression.count(a) == expression.count(b) for a, b in ("()", "[]", "{}")), expression
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_every_metric_that_the_page_names_exists(families: set[str]) -> None:
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    named = metrics_of(" ".join(re.findall(r"`(cobid_[^`]+)`", page)))
    assert len(named) >= 12 and named <= families


def test_every_setting_and_path_of_the_unit_is_known() -> None:
    unit = (DOCS / "cobid.service").read_text("utf-8")
    settings = re.findall(r"^Environment=(\w+)=", unit, re.MULTILINE)
    assert settings and {name.lower() for name in settings} <= Settings.model_fields.keys()
    assert "ExecStart=/opt/cobid/cobid serve" in unit and (ROOT / "cobid").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = (DOCS / "cobid.service").read_text("utf-8").replace("/opt/cobid/cobid", str(ROOT / "cobid"))
    file = tmp_path / "cobid.service"
    file.write_text(unit)
    said = subprocess.run(["systemd-analyze", "verify", str(file)], capture_output=True, text=True, timeout=60)
    ours = [line for line in said.stderr.splitlines() if "cobid.service" in line]
    assert said.returncode == 0 and ours == [], said.stderr
