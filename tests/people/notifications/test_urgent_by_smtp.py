"""Each kind of thing that cannot wait, through the worker to a real SMTP receiver.

It has a file of its own, since the worker takes whatever waits in the outbox.
"""

from collections.abc import Iterator

import psycopg
import pytest

from app.platform.capability import joined
from app.platform.db.act import Act
from app.platform.words.vocabularies import VOCABULARIES
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import World
from tests.mails import Mailbox, receiving
from tests.people.notifications.test_notifications import work
from tests.people.notifications.test_urgent_mails import BY_THE_CLOCK, RECEIPT, URGENT, chooses
from tests.stages import bid
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def mailbox(settings: Settings, database: str) -> Iterator[Mailbox]:
    """The worker begins with an empty queue: what other tests left there would be done first."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DELETE FROM outbox")
    with receiving(settings, database) as box:
        yield box


TO_ONE_OUTSIDE = {name for name, event in joined().events.items() if event.outside}


@pytest.mark.parametrize("kind", sorted(URGENT - BY_THE_CLOCK - TO_ONE_OUTSIDE))
def test_each_kind_comes_at_once_to_whoever_may_act_and_to_others_as_they_chose(
    kind: str, world: World, settings: Settings, database: str, mailbox: Mailbox
) -> None:
    made = bid(world, "Lead", "Youth")
    boss, member = made.lead.boss, made.partners[1].boss
    chooses(boss, "none"), chooses(member, "daily")
    viewer = chooses(world.colleague(made.partners[1].organisation, "viewer"), "none")
    reader = chooses(world.colleague(made.partners[1].organisation, "viewer"), "at_once")

    async def record(job: Work) -> None:
        async with job.db.sessions.begin() as session:
            await Act(session, None, "proposal", made.id).record(kind, receipt=RECEIPT)

    work(settings, database, record)
    label = next(entry.label for entry in VOCABULARIES["event"] if entry.code == kind)
    for who in (boss, member, reader):
        wait_until(lambda who=who: any(label in s for s, _ in mailbox.to(who.email)), 90, lambda: f"no mail: {kind}")  # type: ignore[misc]
    [(subject, text)] = [mail for mail in mailbox.to(boss.email) if label in mail[0]]
    assert "Together" in subject and f"- {label}, " in text and "because it cannot wait" in text
    assert "unsubscribe" not in text and "Closes " in text and "GMT" in text
    assert ("SHA-256 " + "ab" * 32 in text) and "Received Saturday 28 November 2026, 12:00:07 GMT" in text
    assert mailbox.to(viewer.email) == []
