"""How the service logs: what is set up holds for loggers that were used before, too."""

import json

import pytest
import structlog

from app.platform import logs


def test_what_is_set_up_again_holds_for_a_logger_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.set_up("info", "json")
        log = structlog.get_logger("cobid.test")
        log.info("first")
        assert json.loads(capsys.readouterr().err)["event"] == "first"
        logs.set_up("info", "json")
        with structlog.testing.capture_logs() as caught:
            log.info("second")
        assert [entry["event"] for entry in caught] == ["second"]
    finally:
        structlog.configure(**before)
