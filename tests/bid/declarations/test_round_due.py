"""The rule that opens a round by the clock stands twice, in Python and in SQL: both give the same answer."""

import itertools
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from app.bid.value import HonestyRound, Proposal, honesty
from app.platform.access.standing import ROUND_DUE
from app.platform.words.codes import RoundStatus
from tests.bid.values import LEAD, YOUTH, bid, call

CUT_OFFS = (None, -1, 1)
BEGAN_WITH = (None, 1, 71, 73)
CAME = (-100, -73, -71)
TOLD = (None, -25, -23)
DEADLINES = (None, -1, 1, 90)
COUNTED = (1, 2)

_ASKED = f"""
WITH partners AS (SELECT * FROM jsonb_populate_recordset(NULL::partners, %s)),
  p AS (SELECT * FROM jsonb_populate_record(NULL::proposals, %s)),
  o AS (SELECT * FROM jsonb_populate_record(NULL::opportunities, %s))
SELECT coalesce({ROUND_DUE}, false) FROM p, o"""


def test_the_rule_in_sql_is_the_rule_in_python(sql: psycopg.Connection) -> None:
    (now,) = sql.execute("SELECT now()").fetchone() or (None,)

    def at(hours: int | None) -> datetime | None:
        return None if hours is None else now + timedelta(hours=hours)

    opened = 0
    for cut_off, began_with, came, told, deadline, number in itertools.product(
        CUT_OFFS, BEGAN_WITH, CAME, TOLD, DEADLINES, COUNTED
    ):
        times = [at(each) for each in (cut_off, began_with, came, told, deadline)]
        rule = honesty.reveals(_value(*times, number), now + timedelta(minutes=1))
        assert _in_sql(sql, *times, number) == rule, (cut_off, began_with, came, told, deadline, number)
        opened += rule
    assert opened > 100


def _value(cut_off: Any, began_with: Any, came: Any, told: Any, deadline: Any, number: int) -> Proposal:
    partners = (
        replace(LEAD, filed_at=None, accepted_at=came - timedelta(days=9)),
        replace(YOUTH, filed_at=None, accepted_at=came),
    )
    current = HonestyRound(RoundStatus.OPEN, cut_off=cut_off, deadline=began_with, told_at=told)
    return bid(
        partners=partners[:number], honesty_round=current, opportunity=replace(call(), submission_deadline=deadline)
    )


def _in_sql(
    sql: psycopg.Connection, cut_off: Any, began_with: Any, came: Any, told: Any, deadline: Any, number: int
) -> bool:
    p = {
        "id": _ID,
        "round_status": "open",
        "round_cut_off": cut_off,
        "round_deadline": began_with,
        "round_told_at": told,
    }
    partners = [
        {"proposal_id": _ID, "status": "accepted", "accepted_at": at}
        for at in (came - timedelta(days=9), came)[:number]
    ]
    given = [json.dumps(each, default=str) for each in (partners, p, {"submission_deadline": deadline})]
    (due,) = sql.execute(_ASKED, given).fetchone() or (None,)
    return bool(due)


_ID = "00000000-0000-7000-8000-000000000001"
