"""Organisations over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.people.organisations import queries, service, verification
from app.people.organisations.schemas import (
    IdentifierIO,
    MemberIn,
    MemberInvitationOut,
    MemberInvitationReadOut,
    MemberOut,
    MemberPatch,
    OrganisationIn,
    OrganisationOut,
    OrganisationPatch,
    SigningRule,
)
from app.people.organisations.tables import MemberInvitation, Organisation
from app.platform.access.errors import Forbidden, NotFound
from app.platform.access.ids import Id
from app.platform.access.permissions import can
from app.platform.access.rules import Relation, Scope, Side, Standing
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import digest, gone, reply, reply_list, reply_part
from app.platform.web.wire import MoneyOut, TokenIn, VerificationOut, ViewerCanOut
from app.platform.words.codes import OrganisationKind, SizeBand

router = Router(tags=["organisations"])
INVITATIONS = "/organisations/{organisation_id}/member-invitations"
Filter = Annotated[str | None, Query(max_length=200)]


async def present(here: Context, row: Organisation, *, own: bool | None = None) -> OrganisationOut:
    """What this reader may see of the organisation. `own`: its people see all; left out, the memberships say so.

    The version counts every change, of its income too, so others get none.
    """
    own = here.person.membership(row.id) is not None if own is None else own
    out = OrganisationOut(
        id=row.id,
        name=row.name,
        short_name=row.short_name,
        kinds=row.kinds,
        legal_form=row.legal_form,
        size_band=row.size_band,
        areas=row.areas,
        verification=VerificationOut(level=row.verification_level, by=row.verification_by, at=row.verification_at),
        version=row.version if own else 0,
    )
    if own or row.listed:
        numbers = await queries.identifiers_of(here.session, row.id)
        out.identifiers = [IdentifierIO(scheme=scheme, id=number) for scheme, number in numbers]
        out.registered_address = row.registered_address
        out.services, out.offers, out.seeks = row.services, row.offers, row.seeks
        out.founding_aims, out.listed, out.language = row.founding_aims, row.listed, row.language
    if own:
        out.signing_rule = SigningRule(signatures_required=row.signatures_required)
        out.annual_income = MoneyOut.maybe(row.annual_income, row.currency)
        out.unrestricted_reserves = MoneyOut.maybe(row.unrestricted_reserves, row.currency)
    return out


@router.post("/organisations", status_code=201, response_model=OrganisationOut, summary="Add an organisation")
async def create_organisation(here: Here, body: OrganisationIn) -> Response:
    """Its creator becomes admin, editor and signatory. It is listed in the directory only when `listed` says so."""
    if here.person.person_id is None:
        raise Forbidden("A program cannot found an organisation. Sign in as a person.")
    verification.check_taken(here.settings.on_loopback, (), body.kinds)
    row = await service.found(here.session, here.person, dict(body))
    # The answer is kept for a retry by whoever is in what was made, not by one who has left it since.
    here.standing = Standing(sides=(Side(Relation.OWNER, row.id, frozenset(service.OF_A_FOUNDER)),))
    out = await present(here, row, own=True)
    out.viewer = ViewerCanOut(can=can(here.standing, Scope.ORGANISATION))
    return reply(here.request, out, status=201, variant=digest(out), location=f"/v1/organisations/{row.id}")


def _act(here: Context) -> Act:
    return service.acting_in(here.session, here.person, here.path["organisation_id"])


@router.get("/organisations", response_model=paging.page_of(OrganisationOut), summary="The directory")
async def list_organisations(
    here: Here,
    q: Filter = None,
    area: Filter = None,
    service: Filter = None,
    size_band: SizeBand | None = None,
    kind: OrganisationKind | None = None,
    seeks: Filter = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Organisations that chose to be listed, and one's own, by name."""
    own = [membership.organisation_id for membership in here.person.memberships]
    filters = queries.Filters(q=q, area=area, service=service, size_band=size_band, kind=kind, seeks=seeks)
    rows = await queries.directory(here.session, own, filters, limit + 1, _after(cursor))
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.name, row.id))
    return reply_list(here.request, [await present(here, row) for row in page], next_cursor)


def _after(cursor: str | None) -> tuple[str, Id] | None:
    """The name and id that the directory goes on after; 422 for another cursor."""
    key = paging.decode(cursor, paging.is_text, paging.is_key)
    return (key[0], key[1]) if key else None


@router.get("/organisations/{organisation_id}", response_model=OrganisationOut, summary="One organisation")
async def get_organisation(here: Here, organisation_id: Id) -> Response:
    """Names, kinds, areas and size band for whoever has the id; the rest if it is listed or one's own."""
    return await _reply(here, await here.session.get_one(Organisation, here.path["organisation_id"]))


async def _reply(here: Context, row: Organisation) -> Response:
    """The organisation in the path. What others see of it, and what a reader can do, changes without its version."""
    out = await present(here, row)
    out.viewer = ViewerCanOut(can=can(here.standing, Scope.ORGANISATION))
    return reply(here.request, out, variant=digest(out))


@router.patch("/organisations/{organisation_id}", response_model=OrganisationOut, summary="Change an organisation")
async def update_organisation(here: Here, organisation_id: Id, body: OrganisationPatch) -> Response:
    """A merge patch by an admin; needs the ETag in If-Match.

    What was verified is name, legal form, identifiers and kinds together: a change of any of them drops the level, and the
    partners of your bids are told.
    """
    row = await here.session.get_one(Organisation, here.path["organisation_id"], with_for_update=True)
    given = body.sent()
    verification.check_taken(here.settings.on_loopback, row.kinds, given.get("kinds"))
    service.check(row, given)  # before the version is looked at: 422 comes before 428 and 412
    here.match(row.version)
    await service.change(_act(here), row, given)
    return await _reply(here, row)


@router.get("/organisations/{organisation_id}/members", response_model=paging.page_of(MemberOut), summary="Its people")
async def list_members(
    here: Here, organisation_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Members, and those invited who have not come yet."""
    organisation_id = here.path["organisation_id"]
    members = [MemberOut.of(*row) for row in await queries.members(here.session, organisation_id)]
    invited = [MemberOut.invited(row) for row in await queries.invitations(here.session, organisation_id)]
    return reply_part(
        here.request,
        members + invited,
        limit,
        cursor,
        lambda member: f"0 {member.person_id}" if member.person_id else f"1 {member.email}",
    )


@router.post(
    "/organisations/{organisation_id}/members",
    status_code=201,
    response_model=MemberOut,
    summary="Invite a colleague",
    edge=Options(limited=True),
)
async def invite_member(here: Here, organisation_id: Id, body: MemberIn) -> Response:
    """Sends a mail with a link. Inviting the same address again replaces the link. So many a day, and then 429."""
    organisation = await here.session.get_one(Organisation, here.path["organisation_id"], with_for_update=True)
    made = await service.invite(_act(here), here.settings, organisation, body.email, body.roles)
    where = f"/v1/organisations/{organisation.id}/member-invitations/{made.id}"
    return reply(here.request, MemberOut.invited(made), status=201, location=where)


@router.get(INVITATIONS, response_model=paging.page_of(MemberInvitationOut), summary="Colleagues who have not come yet")
async def list_member_invitations(
    here: Here, organisation_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Invitations that can still be answered."""
    rows = await queries.invitations(here.session, here.path["organisation_id"])
    found = [MemberInvitationOut.model_validate(row) for row in rows]
    return reply_part(here.request, found, limit, cursor, lambda one: one.email)


@router.get(INVITATIONS + "/{invitation_id}", response_model=MemberInvitationOut, summary="One such invitation")
async def get_member_invitation(here: Here, organisation_id: Id, invitation_id: Id) -> Response:
    """As long as it can be answered."""
    return reply(here.request, MemberInvitationOut.model_validate(await _invitation(here)))


@router.delete(INVITATIONS + "/{invitation_id}", status_code=204, summary="Call a colleague's invitation back")
async def withdraw_member_invitation(here: Here, organisation_id: Id, invitation_id: Id) -> Response:
    """The link in the mail then no longer works. The same address can be invited again."""
    row = await _invitation(here, lock=True)
    here.match(row.version)
    await service.call_back(_act(here), row)
    return gone()


async def _invitation(here: Context, lock: bool = False) -> MemberInvitation:
    """The invitation in the path; NotFound if it was answered or called back since the request was judged."""
    row = await here.session.get(MemberInvitation, here.path["invitation_id"], with_for_update=lock)
    if row is None or row.accepted_at is not None:
        raise NotFound
    return row


@router.get("/member-invitations/{token}", response_model=MemberInvitationReadOut, summary="Read an invitation to join")
async def read_member_invitation(here: Here, token: str) -> Response:
    """By the token of the mail, without an account. Reading it spends nothing."""
    invitation, name = await service.invited_by(here.session, token)
    out = MemberInvitationReadOut(
        organisation_id=invitation.organisation_id,
        organisation_name=name,
        roles=invitation.roles,
        expires_at=invitation.expires_at,
    )
    return reply(here.request, out, secret=True)


@router.post("/member-invitations/accept", status_code=200, response_model=MemberOut, summary="Join an organisation")
async def accept_member_invitation(here: Here, body: TokenIn) -> Response:
    """Spends the token of the invitation mail; the invitation is for the address it was sent to."""
    made = await service.join(here.session, here.person, body.token)
    # The answer is kept for a retry by whoever is still in what was joined.
    here.standing = Standing(sides=(Side(Relation.OWNER, made.organisation_id, frozenset()),))
    return await _member(here, made.organisation_id, made.person_id)


@router.get(
    "/organisations/{organisation_id}/members/{person_id}", response_model=MemberOut, summary="One of its people"
)
async def get_member(here: Here, organisation_id: Id, person_id: Id) -> Response:
    return await _member(here, here.path["organisation_id"], here.path["person_id"])


async def _member(here: Context, organisation_id: Id, person_id: Id) -> Response:
    return reply(here.request, MemberOut.of(*await queries.member(here.session, organisation_id, person_id)))


@router.patch(
    "/organisations/{organisation_id}/members/{person_id}", response_model=MemberOut, summary="Change somebody's roles"
)
async def update_member(here: Here, organisation_id: Id, person_id: Id, body: MemberPatch) -> Response:
    """What a person may do changes at once, in every proposal; the last admin stays admin."""
    made, _ = await queries.member(here.session, here.path["organisation_id"], here.path["person_id"])
    here.match(made.version)
    await service.set_roles(_act(here), made, body.roles)
    return await _member(here, made.organisation_id, made.person_id)


@router.delete("/organisations/{organisation_id}/members/{person_id}", status_code=204, summary="Let somebody go")
async def remove_member(here: Here, organisation_id: Id, person_id: Id) -> Response:
    """An admin lets somebody go; anybody may leave. The last admin cannot go."""
    service.check_removable(here.person, here.path["organisation_id"], here.path["person_id"])
    made, _ = await queries.member(here.session, here.path["organisation_id"], here.path["person_id"])
    here.match(made.version)
    await service.remove(_act(here), made)
    return gone()
