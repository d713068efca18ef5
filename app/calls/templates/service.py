"""The verbs of document templates: an organisation keeps a look, a call lays down rules; each can be taken back.

Once a call is published, its rules for bids' documents change as its questions do: by a numbered amendment.
"""

import asyncio

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import queries as calls
from app.calls.opportunities.amending import record_amendment, speaks
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
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.db.files import files
from app.platform.words.codes import BroughtBy, OpportunityStatus
from app.settings import Settings

FIELD = "document_template"
"""The name of the rules in an amendment of a call."""
TRIAL_SECONDS = 15.0
_one_trial = asyncio.Semaphore(1)


async def accepted_logo(settings: Settings, content: bytes, alt: str) -> Logo:
    """The logo as it will be printed: checked, printed once for trial, and stored. Raises `LogoRefused`."""
    logo = await asyncio.to_thread(judged, content, alt)
    await _try(settings, logo)
    await files(settings).keep(templates.logo_key(logo.sha256), logo.data)
    return logo


async def _try(settings: Settings, logo: Logo) -> None:
    """Print the logo once, in a limited process: no bid must find out on its last day that it cannot be printed."""
    async with _one_trial:
        renderer = Renderer(Limits(TRIAL_SECONDS, settings.render_memory_mb))
        try:
            await renderer.render(Job("specimen", Format.PDF, {}, template=Template(logo=logo)))
        except (TooLargeToLayOut, RuntimeError) as error:
            raise LogoRefused.because("It cannot be printed. Save it anew, as plain shapes or as a PNG.") from error
        finally:
            await renderer.close()


async def keep_look(act: Act, look: Look | None) -> int:
    """Store an organisation's look and answer its version; None takes the look back. The organisation's row is locked."""
    version = await _store(act.session, {"organisation_id": act.stream_id}, look)
    await act.record("document_template_changed", version=version, stored=look is not None)
    return version


async def lay_down(act: Act, row: Opportunity, before: CallRules | None, rules: CallRules | None) -> int:
    """Store a call's rules and answer their version. The opportunity's row is locked.

    A draft's change freely; a call that is published is amended.
    """
    change = await _amendment(act.session, row, before or CallRules(), rules or CallRules())
    version = await _store(act.session, {"opportunity_id": row.id}, rules)
    if change is None:
        await act.record("document_template_changed", version=version, stored=rules is not None)
        return version
    row.version += 1
    changes = {FIELD: {"before": as_data(before or CallRules()), "after": as_data(rules or CallRules())}}
    number = await record_amendment(act, row, change, changes)
    await act.record("opportunity_amended", amendment=number, changes=changes)
    await speaks(act.session, row, BroughtBy.OWNER)
    return version


async def _amendment(session: AsyncSession, row: Opportunity, before: CallRules, after: CallRules) -> Change | None:
    """The change of a published call; None for a draft, or where nothing changes. Refuses (409) what may not change."""
    status = OpportunityStatus(row.status)
    if status is OpportunityStatus.DRAFT or before == after:
        return None
    opened = await calls.bids_were_opened(session, row)
    check_amendable(status, row.submission_deadline, await event_log.now(session), opened)
    return Change(fields=(FIELD,), voids_editions=bind_otherwise(before, after), reopens=False)


async def _store(session: AsyncSession, owner: dict[str, Id], value: Look | CallRules | None) -> int:
    """Write it with the next version: in one statement with a conflict clause, since there may be none yet."""
    data = None if value is None else as_data(value)
    made = insert(DocumentTemplate).values(id=new_id(), data=data, version=1, **owner)
    statement = made.on_conflict_do_update(
        index_elements=list(owner),
        set_={"data": made.excluded.data, "version": DocumentTemplate.version + 1},
    ).returning(DocumentTemplate.version)
    return int((await session.execute(statement)).scalar_one())
