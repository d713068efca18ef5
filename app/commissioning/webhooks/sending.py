"""Sending: many lanes at a time, each lane's messages one after another, and no transaction open while a receiver thinks."""

import asyncio
import time
from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime

import structlog

from app.commissioning.webhooks import lanes, rules
from app.commissioning.webhooks.judging import readable
from app.commissioning.webhooks.lanes import Lane, Message, Outcome
from app.platform.http_out.client import NoAnswer, Outbound, outbound
from app.platform.worker.work import Work

log = structlog.get_logger("cobid.webhooks")
SECONDS, LONGEST_ANSWER = 20.0, 65_536
"""How long a receiver has for its whole answer, and how long that may be in bytes."""
AT_ONCE, OF_ONE = 100, 8
"""Lanes that one worker sends at a time, and of these those of one subscription: a receiver that takes its time delays no
other."""
IN_A_ROW = 200
"""Messages of one lane before others of the same subscription have their turn."""
RENEWED = 3.0
"""Seconds between two signs that the lanes in hand are."""
PAUSE = 0.2
"""Seconds between looks for what is due."""

WITHHELD = "It was not sent: your organisation cannot read this any more."


async def send(work: Work) -> None:
    """Send what falls due, until cancelled."""
    running: dict[asyncio.Task[None], Lane] = {}
    renewed = time.monotonic()
    async with outbound(work.settings.outbound_allowed, connections=AT_ONCE) as out:
        try:
            while True:
                for lane in await _claim(work, running.values()):
                    running[asyncio.create_task(_lane(work, out, lane))] = lane
                if running and time.monotonic() - renewed > RENEWED:
                    renewed = time.monotonic()
                    async with work.db.sessions.begin() as session:
                        await lanes.renew(session, list(running.values()))
                await asyncio.sleep(PAUSE)
                for task in [task for task in running if task.done()]:
                    _look_at(task, running.pop(task))
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def _claim(work: Work, held: Collection[Lane]) -> list[Lane]:
    if len(held) >= AT_ONCE:
        return []
    of = Counter(lane.webhook_id for lane in held)
    busy = [webhook_id for webhook_id, number in of.items() if number >= OF_ONE]
    async with work.db.sessions.begin() as session:
        return await lanes.claim(session, OF_ONE, AT_ONCE - len(held), busy)


def _look_at(task: asyncio.Task[None], lane: Lane) -> None:
    """A lane that failed by a fault of ours is tried again when its lease ends."""
    if not task.cancelled() and (error := task.exception()):
        log.warning("webhook-lane-failed", webhook_id=lane.webhook_id, lane_id=lane.lane_id, exc_info=error)


async def _lane(work: Work, out: Outbound, lane: Lane) -> None:
    outcome = None
    for _ in range(IN_A_ROW):
        async with work.db.sessions.begin() as session:
            message = await lanes.go_on(session, lane, outcome, work.settings.webhook_waits)
        if message is None:
            return
        if await readable(work.db.reads, lane.webhook_id, message.side, lane.lane_id, message.data):
            outcome = await post(out, message)
        else:
            outcome = Outcome(message.id, message.tries, datetime.now(UTC), None, WITHHELD, 0, withheld=True)
    async with work.db.sessions.begin() as session:
        await lanes.pause(session, lane, outcome, work.settings.webhook_waits)


async def post(out: Outbound, message: Message) -> Outcome:
    """One try."""
    content = rules.body(message.type, message.happened_at, message.data)
    message_id, at = f"msg_{message.id}", datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": rules.signatures(message.secrets, message_id, int(at.timestamp()), content),
    }
    started, status, retry_after = time.monotonic(), None, None
    try:
        answer = await out.send(
            "POST", message.url, headers=headers, content=content, seconds=SECONDS, most=LONGEST_ANSWER
        )
    except NoAnswer as failure:
        error: str | None = str(failure)
    else:
        status, error = answer.status, rules.failure(answer.status)
        retry_after = rules.retry_after_of(status, answer.headers.get("retry-after"), datetime.now(UTC))
    return Outcome(
        message.id, message.tries, at, status, error, round((time.monotonic() - started) * 1000), retry_after
    )
