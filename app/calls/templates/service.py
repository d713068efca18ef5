"""The verbs of document templates: an organisation keeps a look, a call lays down rules; each can be taken back.

What a call that is published asks of bids' documents changes only as its questions do: by a numbered amendment.
"""

import asyncio
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import queries as calls
from app.calls.opportunities.amending import record_amendment
from app.calls.opportunities.rules import Change, check_amendable
from app.calls.opportunities.tables import Opportunity
from app.calls.templates import queries as templates
from app.calls.templates.tables import DocumentTemplate
from app.documents.looks.logos import judged
from app.documents.looks.rules import CallRules, Logo, LogoRefused, Look, as_data, bind_otherwise
from app.documents.looks.template import Template
from app.documents.process import Limits, Renderer, TooLargeToLayOut
from app.documents.rendering import Format, Job
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.files import files
from app.platform.words.codes import OpportunityStatus
from app.settings import Settings

FIELD = "document_template"
"""What an amendment of a call names it."""
TRIAL_SECONDS = 15.0
_one_trial = asyncio.Semaphore(1)


async def accepted_logo(settings: Settings, content: bytes, alt: str) -> Logo:
    """The logo as it will be printed, judged, tried and kept; `LogoRefused` otherwise."""
    logo = await asyncio.to_thread(judged, content, alt)
    await _try(settings, logo)
    await files(settings).keep(templates.logo_key(logo.sha256), logo.data)
    return logo


async def _try(settings: Settings, logo: Logo) -> None:
    """Print it once, in a process of its own with limits: no bid must find out on its last day that it cannot be."""
    async with _one_trial:
        renderer = Renderer(Limits(TRIAL_SECONDS, settings.render_memory_mb))
        try:
            await renderer.render(Job("specimen", Format.PDF, {}, template=Template(logo=logo)))
        except (TooLargeToLayOut, RuntimeError) as error:
            raise LogoRefused.because("It cannot be printed. Save it anew, as plain shapes or as a PNG.") from error
        finally:
            await renderer.close()


async def keep_look(session: AsyncSession, actor: Actor, organisation_id: Id, look: Look | None) -> int:
    """The new version. The organisation's row is locked; None takes the look back."""
    version = await _store(session, {"organisation_id": organisation_id}, look)
    payload = {"version": version, "stored": look is not None}
    await event_log.record(
        session, "organisation", organisation_id, "document_template_changed", actor=actor,
        organisation_id=organisation_id, payload=payload,
    )  # fmt: skip
    return version


async def lay_down(
    session: AsyncSession, actor: Actor, row: Opportunity, before: CallRules | None, rules: CallRules | None
) -> int:
    """The new version of a call's rules: freely in a draft, else by an amendment. The opportunity's row is locked."""
    change = await _amendment(session, row, before or CallRules(), rules or CallRules())
    version = await _store(session, {"opportunity_id": row.id}, rules)
    type_ = "document_template_changed"
    payload: dict[str, Any] = {"version": version, "stored": rules is not None}
    if change is not None:
        row.version += 1
        await session.flush()
        changes = {FIELD: {"before": as_data(before or CallRules()), "after": as_data(rules or CallRules())}}
        number = await record_amendment(session, actor, row, change, changes)
        type_, payload = "opportunity_amended", {"amendment": number, "changes": changes}
    await event_log.record(
        session, "opportunity", row.id, type_, actor=actor, organisation_id=row.organisation_id, payload=payload
    )
    return version


async def _amendment(session: AsyncSession, row: Opportunity, before: CallRules, after: CallRules) -> Change | None:
    """None for a draft and where nothing changes; a refusal where the call takes no more amendments."""
    status = OpportunityStatus(row.status)
    if status is OpportunityStatus.DRAFT or before == after:
        return None
    opened = await calls.bids_were_opened(session, row)
    check_amendable(status, row.submission_deadline, await calls.now(session), opened)
    return Change(fields=(FIELD,), voids_editions=bind_otherwise(before, after), reopens=False)


async def _store(session: AsyncSession, owner: dict[str, Id], value: Look | CallRules | None) -> int:
    data = None if value is None else as_data(value)
    made = insert(DocumentTemplate).values(id=new_id(), data=data, version=1, **owner)
    statement = made.on_conflict_do_update(
        index_elements=list(owner),
        set_={"data": made.excluded.data, "version": DocumentTemplate.version + 1},
    ).returning(DocumentTemplate.version)
    return int((await session.execute(statement)).scalar_one())
