"""The verbs of organisations: found, change, invite and change members; the last admin cannot go."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts.tables import Person
from app.people.organisations.hooks import right_lost
from app.people.organisations.tables import MemberInvitation, Membership, Organisation, OrganisationIdentifier
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import token_hash
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words import identifiers
from app.platform.words.codes import MemberRole

SIMPLE = (
    "name",
    "legal_form",
    "size_band",
    "areas",
    "services",
    "offers",
    "seeks",
    "founding_aims",
    "listed",
    "language",
)
EMPTY: dict[str, Any] = {"areas": [], "services": [], "offers": [], "seeks": [], "founding_aims": ""}
MONEY = ("annual_income", "unrestricted_reserves")
TIE = timedelta(days=14)


class IdentifierClaimed(Conflict):
    code = "identifier-claimed"
    title = "This register number belongs to an organisation here already"
    explanation = (
        "One number belongs to one organisation. If it is yours, ask a colleague to invite you there, or ask the "
        "operator to put it right."
    )


class LastAdmin(Conflict):
    code = "last-admin"
    title = "An organisation needs an admin"
    explanation = "This is its only admin. Make somebody else admin first."


class AlreadyMember(Conflict):
    code = "already-a-member"
    title = "This person is in the organisation already"
    explanation = "Change their roles instead (PATCH …/members/{person_id})."


class InvitationSpent(Invalid):
    code = "member-invitation-not-valid"
    title = "This invitation does not work any more"
    explanation = "It was used already, it is too old, or it is for another address. Ask an admin for a new one."


def acting_in(session: AsyncSession, actor: Actor | None, organisation_id: Id) -> Act:
    """An act in the organisation's own affairs, which its log records."""
    return Act(session, actor, "organisation", organisation_id, for_organisation=organisation_id)


async def found(session: AsyncSession, actor: Actor, given: dict[str, Any]) -> Organisation:
    """A new organisation; its creator becomes admin, editor and signatory."""
    organisation = Organisation(id=new_id())
    check(organisation, given)
    _set(organisation, given)
    session.add(organisation)
    await session.flush()
    await _claim(session, organisation.id, given.get("identifiers") or [])
    roles = [MemberRole.ADMIN, MemberRole.EDITOR, MemberRole.SIGNATORY]
    session.add(Membership(organisation_id=organisation.id, person_id=actor.person_id, roles=[r.value for r in roles]))
    await session.flush()
    await _log(session, organisation.id, "organisation_founded", actor, {"name": organisation.name})
    return organisation


def check(organisation: Organisation, given: dict[str, Any]) -> None:
    """422 for register numbers that cannot be, and for income and reserves in two currencies."""
    _, faults = identifiers.normalise_all((entry.scheme, entry.id) for entry in given.get("identifiers") or ())
    named = {name: money.currency for name in MONEY if (money := given.get(name))}
    kept = {organisation.currency for name in MONEY if name not in given and getattr(organisation, name) is not None}
    if len(kept | set(named.values())) > 1:
        detail = "Give income and reserves in one currency."
        faults += [Fault(f"/{name}/currency", "two-currencies", detail) for name in named]
    if faults:
        raise Invalid(errors=faults)


async def change(session: AsyncSession, actor: Actor, organisation: Organisation, given: dict[str, Any]) -> None:
    """`given` holds only the fields that were sent, and has been through `check`."""
    before = {name: getattr(organisation, name) for name in SIMPLE if name in given}
    _set(organisation, given)
    if "identifiers" in given:
        await session.execute(
            delete(OrganisationIdentifier).where(OrganisationIdentifier.organisation_id == organisation.id)
        )
        await _claim(session, organisation.id, given["identifiers"] or [])
    organisation.version += 1
    await session.flush()
    changed = {name: [was, getattr(organisation, name)] for name, was in before.items()}
    await _log(session, organisation.id, "organisation_changed", actor, {"changed": changed, "fields": sorted(given)})


def _set(organisation: Organisation, given: dict[str, Any]) -> None:
    for name in SIMPLE:
        if name in given:
            setattr(organisation, name, EMPTY.get(name) if given[name] is None else given[name])
    if given.get("kinds"):
        organisation.kinds = sorted({kind.value for kind in given["kinds"]})
    for name in MONEY:
        if name in given:
            money = given[name]
            setattr(organisation, name, None if money is None else money.minor)
            organisation.currency = money.currency if money else organisation.currency
    if given.get("signing_rule"):
        organisation.signatures_required = given["signing_rule"].signatures_required


async def _claim(session: AsyncSession, organisation_id: Id, given: Sequence[Any]) -> None:
    """One identifier belongs to one organisation."""
    normal, _ = identifiers.normalise_all((entry.scheme, entry.id) for entry in given)
    for index, (scheme, number) in enumerate(normal):
        statement = (
            insert(OrganisationIdentifier)
            .values(scheme=scheme, identifier=number, organisation_id=organisation_id)
            .on_conflict_do_nothing()
            .returning(OrganisationIdentifier.scheme)
        )
        if (await session.execute(statement)).scalar_one_or_none() is None:
            raise IdentifierClaimed(errors=[Fault(f"/identifiers/{index}", "identifier-claimed", f"{scheme} {number}")])


async def invite(
    session: AsyncSession, actor: Actor, organisation: Organisation, email: str, roles: Sequence[MemberRole]
) -> MemberInvitation:
    """A mail with a link; inviting the same address again replaces the link and the roles."""
    person = (await session.execute(select(Person).where(Person.email == email))).scalar_one_or_none()
    if person is not None and await _is_member(session, organisation.id, person.id):
        raise AlreadyMember
    token = secrets.token_urlsafe(32)
    values = {
        "roles": sorted({role.value for role in roles}),
        "token_hash": token_hash(token),
        "expires_at": datetime.now(UTC) + TIE,
        "accepted_at": None,
    }
    statement = (
        insert(MemberInvitation)
        .values(id=new_id(), organisation_id=organisation.id, email=email, **values)
        .on_conflict_do_update(
            index_elements=["organisation_id", "email"], set_={**values, "version": MemberInvitation.version + 1}
        )
        .returning(MemberInvitation)
    )
    invitation = (await session.execute(statement)).scalar_one()
    language = person.language if person else organisation.language
    await outbox.mail(session, email, "member-invitation", language, organisation=organisation.name, token=token)
    await _log(session, organisation.id, "member_invited", actor, {"roles": values["roles"]})
    return invitation


async def _is_member(session: AsyncSession, organisation_id: Id, person_id: Id) -> bool:
    query = select(Membership.person_id).where(
        Membership.organisation_id == organisation_id, Membership.person_id == person_id
    )
    return (await session.execute(query)).first() is not None


async def invited_by(session: AsyncSession, token: str) -> str | None:
    """The name of the organisation that this token invites to, as long as it can be spent."""
    query = (
        select(Organisation.name)
        .join(MemberInvitation, MemberInvitation.organisation_id == Organisation.id)
        .where(
            MemberInvitation.token_hash == token_hash(token),
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.expires_at > func.clock_timestamp(),
        )
    )
    return (await session.execute(query)).scalar_one_or_none()


async def join(session: AsyncSession, actor: Actor, token: str) -> Membership:
    """Spend a member invitation; it is for the address it was sent to."""
    person = await session.get_one(Person, actor.person_id)
    statement = (
        update(MemberInvitation)
        .where(
            MemberInvitation.token_hash == token_hash(token),
            MemberInvitation.email == person.email,
            MemberInvitation.accepted_at.is_(None),
            MemberInvitation.expires_at > func.clock_timestamp(),
        )
        .values(accepted_at=func.clock_timestamp())
        .returning(MemberInvitation)
    )
    invitation = (await session.execute(statement)).scalar_one_or_none()
    if invitation is None:
        raise InvitationSpent
    membership = Membership(organisation_id=invitation.organisation_id, person_id=person.id, roles=invitation.roles)
    session.add(membership)
    await session.flush()
    await _log(session, membership.organisation_id, "member_joined", actor, {"roles": membership.roles})
    return membership


async def members(session: AsyncSession, organisation_id: Id) -> list[dict[str, Any]]:
    """Members, then those invited who have not come yet."""
    rows = await session.execute(
        select(Membership, Person).join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id).order_by(Person.name, Person.id)
    )  # fmt: skip
    found = [
        {
            "person_id": person.id,
            "name": person.name,
            "email": person.email or "",
            "roles": member.roles,
            "status": "member",
            "version": member.version,
        }
        for member, person in rows
    ]
    return found + [
        {
            "person_id": None,
            "invitation_id": invitation.id,
            "name": None,
            "email": invitation.email,
            "roles": invitation.roles,
            "status": "invited",
            "version": invitation.version,
        }
        for invitation in await invitations(session, organisation_id)
    ]


async def invitations(session: AsyncSession, organisation_id: Id) -> Sequence[MemberInvitation]:
    """Those that can still be answered."""
    query = select(MemberInvitation).where(
        MemberInvitation.organisation_id == organisation_id,
        MemberInvitation.accepted_at.is_(None),
        MemberInvitation.expires_at > func.clock_timestamp(),
    )
    return (await session.execute(query.order_by(MemberInvitation.email))).scalars().all()


async def call_back(session: AsyncSession, actor: Actor, invitation: MemberInvitation) -> None:
    """The link in the mail no longer works; the same address can be invited again."""
    await session.delete(invitation)
    await session.flush()
    payload = {"roles": invitation.roles}
    await _log(session, invitation.organisation_id, "member_invitation_withdrawn", actor, payload)


async def lock_membership(session: AsyncSession, organisation_id: Id, person_id: Id) -> Membership:
    """The membership, with the organisation locked: two admins cannot each remove the other."""
    lock = select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    await session.execute(lock)
    return await session.get_one(Membership, (organisation_id, person_id))


async def set_roles(session: AsyncSession, actor: Actor, membership: Membership, roles: Sequence[MemberRole]) -> None:
    if MemberRole.ADMIN not in roles:
        await _keep_an_admin(session, membership)
    before = membership.roles
    membership.roles = sorted({role.value for role in roles})
    membership.version += 1
    await session.flush()
    payload = {"person_id": membership.person_id, "before": before, "after": membership.roles}
    await _log(session, membership.organisation_id, "member_roles_changed", actor, payload)
    await _announce(session, actor, membership)


def check_removable(actor: Actor, organisation_id: Id, person_id: Id) -> None:
    """An admin removes anybody, a member itself."""
    own = actor.membership(organisation_id)
    if person_id != actor.person_id and (own is None or MemberRole.ADMIN not in own.roles):
        raise Forbidden("Only an admin of the organisation may remove somebody else.")


async def remove(session: AsyncSession, actor: Actor, membership: Membership) -> None:
    """Whoever it is, never the last admin."""
    await _keep_an_admin(session, membership)
    await session.delete(membership)
    await session.flush()
    await _log(session, membership.organisation_id, "member_removed", actor, {"person_id": membership.person_id})
    await _announce(session, actor, membership)


async def _keep_an_admin(session: AsyncSession, membership: Membership) -> None:
    others = await session.execute(
        select(Membership.person_id).where(
            Membership.organisation_id == membership.organisation_id,
            Membership.person_id != membership.person_id,
            Membership.roles.contains([MemberRole.ADMIN.value]),
        )
    )
    if MemberRole.ADMIN.value in membership.roles and others.first() is None:
        raise LastAdmin


async def _announce(session: AsyncSession, actor: Actor, membership: Membership) -> None:
    """Rights changed: signatures given by lost authority fall. Open sockets ask again by themselves."""
    await right_lost(session, actor, membership.organisation_id, membership.person_id)


async def _log(session: AsyncSession, organisation_id: Id, type_: str, actor: Actor, payload: dict[str, Any]) -> None:
    await event_log.record(
        session, "organisation", organisation_id, type_, actor=actor, organisation_id=organisation_id, payload=payload
    )
