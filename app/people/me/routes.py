"""A person's own account over HTTP: reading and changing it, the file of personal data, and the erasure."""

import json
from datetime import date, datetime
from typing import Any

from fastapi import Response

from app.people.accounts.tables import Person
from app.people.me import erasure, personal_file, queries
from app.people.me.schemas import ErasedOut, MembershipOut, MeOut, MePatch
from app.people.notifications import service as notifications
from app.people.notifications.mails import Waiting, what_waits
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import NO_STORE, digest, reply

router = Router(tags=["people"])


@router.get("/me", response_model=MeOut, summary="Who I am")
async def get_me(here: Here) -> Response:
    """The person who is signed in, with their organisations and roles, and how much waits for them."""
    return _reply(here, await _me(here))


def _reply(here: Context, out: MeOut) -> Response:
    # What waits and what is new change without the person's version.
    return reply(here.request, out, variant=digest(out))


async def _me(here: Context) -> MeOut:
    person = await here.session.get_one(Person, here.person_id)
    rows = await queries.memberships(here.session, person.id)
    waiting = Waiting(person.id, person.language)
    await what_waits(here.session, waiting)
    organisations = [MembershipOut(organisation_id=id_, name=name, roles=roles) for id_, name, roles in rows]
    return MeOut(
        id=person.id,
        email=person.email or "",
        name=person.name,
        language=person.language,
        version=person.version,
        tasks=len(waiting.to_do),
        unread=await notifications.unread(here.session, person.id),
        organisations=organisations,
    )


@router.patch("/me", response_model=MeOut, summary="Change my name or language")
async def update_me(here: Here, body: MePatch) -> Response:
    """A merge patch; needs the ETag of `GET /v1/me` in If-Match."""
    person = await here.session.get_one(Person, here.person_id, with_for_update={"key_share": True})
    here.match(person.version)
    for name, value in body.sent().items():
        setattr(person, name, value)
    person.version += 1
    await here.session.flush()
    return _reply(here, await _me(here))


@router.get(
    "/me/export", summary="Everything that is held on me", responses={200: {"content": {"application/json": {}}}}
)
async def export_me(here: Here) -> Response:
    """One JSON file: account, sign-ins, organisations, signatures, invitations, votes, comments and all else that this
    person did, and what the log says of it."""
    person = await here.session.get_one(Person, here.person_id)
    found = await personal_file.of(here.session, person)
    content = json.dumps(found, default=_plain, ensure_ascii=False, indent=2)
    headers = {**NO_STORE, "Content-Disposition": 'attachment; filename="cobid-personal-data.json"'}
    return Response(content, headers=headers, media_type="application/json")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


@router.delete("/me", response_model=ErasedOut, summary="Erase my account")
async def erase_me(here: Here) -> Response:
    """For good; needs the ETag of `GET /v1/me`. Signatures stay until their retention has run; the answer says so."""
    person = await here.session.get_one(Person, here.person_id, with_for_update={"key_share": True})
    here.match(person.version)
    kept = await erasure.erase(here.session, here.person, person)
    return reply(here.request, ErasedOut(signatures_kept=kept, why=erasure.KEPT), secret=True)
