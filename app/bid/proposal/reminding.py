"""A partner asks another by mail to do what waits for it, once a day: whoever asks learns nothing from it.

Who asks gets the same answer whether anything waits or not, and no event is written. The mail tells each of the partner's
people their own tasks in this bid, as they read them themselves.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import tasks
from app.bid.records.tables import Partner
from app.people.accounts import attempts
from app.people.notifications.wording import ToDo, to_do_lines
from app.platform.access.errors import Invalid, TooMany
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import OF_A_MEMBER, TWO_SIDES_OF_A_BID
from app.platform.access.terms import TITLE
from app.platform.db import outbox
from app.platform.db.act import Act
from app.platform.words.catalogue import catalogue
from app.platform.words.codes import PartnerStatus
from app.platform.words.names import without_links
from app.platform.worker.work import Work

TOPIC = "reminder_asked"


class RemindedToday(TooMany):
    code = "reminded-today"
    title = "This partner was reminded within the last day"
    explanation = "A partner is reminded once a day at most, whoever asks. Reach them in another way, or try tomorrow."


async def ask(act: Act, partner_id: Id) -> None:
    """Have the partner's people told what waits for them. Raises `Invalid`, `RemindedToday`."""
    query = select(Partner.id).where(
        Partner.id == partner_id, Partner.proposal_id == act.stream_id, Partner.status == PartnerStatus.ACCEPTED
    )
    if (await act.session.execute(query)).first() is None:
        raise Invalid.at("/partner_id", "not-a-partner", "Name a partner that has accepted.")
    await attempts.count(act.session, "reminder", partner_id, 1, timedelta(days=1), RemindedToday)
    asked = {"proposal_id": act.stream_id, "partner_id": partner_id, "organisation_id": act.organisation_id}
    await outbox.put(act.session, TOPIC, asked)


_READERS = text(f"""
SELECT pe.id::text, pe.name, pe.email, pe.language, pa.organisation_id::text, p.title, {TITLE} AS call, g.name AS asks
FROM partners pa JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
JOIN organisations g ON g.id = CAST(:organisation_id AS uuid)
JOIN memberships m ON m.organisation_id = pa.organisation_id AND m.roles && ARRAY['admin', 'editor', 'signatory']
JOIN people pe ON pe.id = m.person_id AND pe.erased_at IS NULL AND pe.verified_at IS NOT NULL AND pe.email IS NOT NULL
LEFT JOIN notification_choices c ON c.person_id = pe.id
CROSS JOIN LATERAL (
  {OF_A_MEMBER} SELECT {TWO_SIDES_OF_A_BID} AS two) sides
WHERE pa.id = CAST(:partner_id AS uuid) AND pa.proposal_id = CAST(:proposal_id AS uuid) AND pa.status = 'accepted'
  AND NOT pa.waiting AND NOT sides.two AND coalesce(c.mail, 'daily') <> 'none'
ORDER BY pe.id""")


async def write(work: Work, payload: dict[str, Any]) -> None:
    """Mail each of the partner's people who may act, and for whom something waits."""
    async with work.db.sessions.begin() as session:
        for reader in (await session.execute(_READERS, payload)).all():
            waiting = await _waiting(session, reader, payload["proposal_id"])
            if waiting:
                words = catalogue(reader.language)
                named = {key: without_links(value or "") for key, value in reader._asdict().items()}
                lines = "\n".join(f"- {line}" for line in to_do_lines(words, waiting))
                told = [
                    words("mail.reminder.text", **named),
                    lines,
                    words("mail.news.read"),
                    f"{work.settings.base_url}/news",
                ]
                subject = words("mail.reminder.subject", **named)
                body = "\n\n".join(told) + "\n"
                await outbox.mail(
                    session, reader.email, "digest", reader.language, subject=subject, text=body, unsubscribe=None
                )


async def _waiting(session: AsyncSession, reader: Any, proposal_id: Id) -> list[ToDo]:
    found = await tasks.waiting(session, Actor(person_id=reader.id), reader.language)
    return [
        tasks.to_do(task, reader.language)
        for task in found
        if task["proposal_id"] == proposal_id and task["organisation_id"] == reader.organisation_id
    ]
