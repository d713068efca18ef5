"""Jobs that follow a request whose answer must not show whether there is such a person."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.people.accounts import tokens
from app.people.accounts.tables import Person
from app.platform.db import outbox
from app.platform.worker.work import Work


async def send_reset_link(work: Work, payload: dict[str, Any]) -> None:
    """Mail the link, if there is an account. It is looked up in this job, so that the request takes equally long for all."""
    async with work.db.sessions.begin() as session:
        query = select(Person).where(Person.email == payload["email"])
        person = (await session.execute(query)).scalar_one_or_none()
        if person is None:
            return
        lasts = timedelta(minutes=work.settings.reset_minutes)
        token = await tokens.issue(session, "reset", lasts, person.id)
        await outbox.mail(session, payload["email"], "reset", person.language, name=person.name, token=token)
