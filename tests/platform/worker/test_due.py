"""What has fallen due by the clock: one that fails is left alone for a while and keeps no other waiting."""

import asyncio

import pytest
from structlog.testing import capture_logs

from app.platform.worker import due
from app.platform.worker.due import FIRST_WAIT, LONGEST_WAIT, Due


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """One number: the seconds that the clock shows."""
    now = [1000.0]
    monkeypatch.setattr(due.time, "monotonic", lambda: now[0])
    return now


async def _do(done: list[str], broken: set[str], id_: str) -> None:
    if id_ in broken:
        raise RuntimeError(f"{id_} is broken")
    done.append(id_)


def each(what: Due, ids: list[str], broken: set[str]) -> list[str]:
    done: list[str] = []
    asyncio.run(what.each(ids, lambda id_: _do(done, broken, id_)))
    return done


def test_one_that_fails_holds_up_no_other_and_is_logged_with_its_traceback(clock: list[float]) -> None:
    what = Due("thing-not-done")
    with capture_logs() as logs:
        assert each(what, ["a", "b", "c"], {"b"}) == ["a", "c"]
    (entry,) = logs
    assert (entry["event"], entry["id"], entry["next_try_in"]) == ("thing-not-done", "b", FIRST_WAIT)
    assert str(entry["exc_info"]) == "b is broken"
    assert what.put_off() == ["b"]


def test_it_is_tried_again_after_a_wait_that_doubles_up_to_an_hour(clock: list[float]) -> None:
    what, waits = Due("thing-not-done"), []
    for _ in range(12):
        with capture_logs() as logs:
            each(what, ["b"], {"b"})
        waits.append(logs[0]["next_try_in"])
        assert what.put_off() == ["b"]
        clock[0] += waits[-1]
        assert what.put_off() == []
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT] and waits[-1] == LONGEST_WAIT


def test_what_succeeds_or_is_due_no_longer_starts_again_with_the_first_wait(clock: list[float]) -> None:
    what = Due("thing-not-done")
    for meanwhile in (["b"], []):
        with capture_logs() as logs:
            each(what, ["b"], {"b"})
        assert logs[0]["next_try_in"] == FIRST_WAIT
        clock[0] += FIRST_WAIT
        each(what, meanwhile, set())
