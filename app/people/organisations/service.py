"""The verbs of organisations: found, change, verify, invite and change members; the last admin cannot go."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts import mail_bounds
from app.people.accounts.tables import Person
from app.people.organisations import verification
from app.people.organisations.hooks import right_lost
from app.people.organisations.tables import MemberInvitation, Membership, Organisation, OrganisationIdentifier
from app.platform.access import locks
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import token_hash
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.db.engine import within
from app.platform.words import identifiers
from app.platform.words.codes import MemberRole
from app.settings import Settings

PLAIN = (
    "name",
    "short_name",
    "registered_address",
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
"""Fields that are stored as they are sent."""
EMPTY: dict[str, Any] = {"areas": [], "services": [], "offers": [], "seeks": [], "founding_aims": ""}
MONEY = ("annual_income", "unrestricted_reserves")
INVITATION_LASTS = timedelta(days=14)


class IdentifierClaimed(Conflict):
    code = "identifier-claimed"
    title = "This register number belongs to an organisation here already"
    explanation = (
        "One number belongs to one organisation. If it is yours, ask a colleague to invite you there, or have your "
        "organisation verified: who only claims a number loses it to whoever is verified. The operator can put it right, too."
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


OF_A_FOUNDER = (MemberRole.ADMIN, MemberRole.EDITOR, MemberRole.SIGNATORY)


async def found(session: AsyncSession, actor: Actor, given: dict[str, Any]) -> Organisation:
    """A new organisation; its creator becomes admin, editor and signatory."""
    organisation = Organisation(id=new_id())
    act = acting_in(session, actor, organisation.id)
    person_id = act.person_id
    check(organisation, given)
    _set(organisation, given)
    session.add(organisation)
    await session.flush()
    await _claim(session, organisation, given.get("identifiers") or [])
    session.add(
        Membership(organisation_id=organisation.id, person_id=person_id, roles=[role.value for role in OF_A_FOUNDER])
    )
    await act.record("organisation_founded", name=organisation.name)
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


async def change(act: Act, organisation: Organisation, given: dict[str, Any]) -> None:
    """`given` holds only the fields that were sent, and has been through `check`."""
    before = {name: getattr(organisation, name) for name in PLAIN if name in given}
    verified = await verification.covered(act.session, organisation)
    _set(organisation, given)
    if "identifiers" in given:
        table = OrganisationIdentifier
        await act.session.execute(delete(table).where(table.organisation_id == organisation.id))
        await _claim(act.session, organisation, given["identifiers"] or [])
    organisation.version += 1
    changed = {name: [was, getattr(organisation, name)] for name, was in before.items()}
    await act.record("organisation_changed", changed=changed, fields=sorted(given))
    await verification.follow_change(act, organisation, verified)


def _set(organisation: Organisation, given: dict[str, Any]) -> None:
    for name in PLAIN:
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


async def _claim(session: AsyncSession, organisation: Organisation, given: Sequence[Any]) -> None:
    """One identifier belongs to one organisation: the conflict clause finds another's, claimed at the same moment too.
    One whom nobody verified yields it to a verified one."""
    normal, _ = identifiers.normalise_all((entry.scheme, entry.id) for entry in given)
    for index, (scheme, number) in enumerate(normal):
        statement = (
            insert(OrganisationIdentifier)
            .values(scheme=scheme, identifier=number, organisation_id=organisation.id)
            .on_conflict_do_nothing()
            .returning(OrganisationIdentifier.scheme)
        )
        if (await session.execute(statement)).scalar_one_or_none() is not None:
            continue
        if not await verification.take_over(session, organisation, scheme, number):
            raise IdentifierClaimed(errors=[Fault(f"/identifiers/{index}", "identifier-claimed", f"{scheme} {number}")])


async def invite(
    act: Act, settings: Settings, organisation: Organisation, email: str, roles: Sequence[MemberRole]
) -> MemberInvitation:
    """Mail a link; inviting the same address again replaces the link and the roles."""
    session = act.session
    person = (await session.execute(select(Person).where(Person.email == email))).scalar_one_or_none()
    if person is not None and await session.get(Membership, (organisation.id, person.id)) is not None:
        raise AlreadyMember
    await mail_bounds.count_invitation(session, settings, organisation.id)
    await mail_bounds.count_mail(session, settings, email, organisation.id)
    token = secrets.token_urlsafe(32)
    values = {
        "roles": sorted({role.value for role in roles}),
        "token_hash": token_hash(token),
        "expires_at": await event_log.now(session) + INVITATION_LASTS,
        "accepted_at": None,
    }
    # The address may have been invited before: then this invitation takes the place of that one.
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
    await act.record("member_invited", roles=values["roles"])
    return invitation


async def invited_by(session: AsyncSession, token: str) -> tuple[MemberInvitation, str]:
    """The invitation of this token, as long as it can be spent, with the organisation's name; NotFound afterwards."""
    query = (
        select(MemberInvitation, Organisation.name)
        .join(Organisation, MemberInvitation.organisation_id == Organisation.id)
        .where(*_can_be_spent(token))
    )
    found = (await session.execute(query)).first()
    if found is None:
        raise NotFound(InvitationSpent.explanation)
    return found[0], found[1]


def _can_be_spent(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        MemberInvitation.token_hash == token_hash(token),
        MemberInvitation.accepted_at.is_(None),
        MemberInvitation.expires_at > func.clock_timestamp(),
    )


async def join(session: AsyncSession, actor: Actor, token: str) -> Membership:
    """Spend a member invitation, which is for the address that it was sent to."""
    person = await session.get_one(Person, actor.person_id)
    named = select(MemberInvitation.organisation_id).where(*_can_be_spent(token))
    if organisation_id := (await session.execute(named)).scalar_one_or_none():
        await locks.take_organisation(within(session), organisation_id)
    # The guard in the statement gives two at the same moment one success.
    statement = (
        update(MemberInvitation)
        .where(MemberInvitation.email == person.email, *_can_be_spent(token))
        .values(accepted_at=func.clock_timestamp())
        .returning(MemberInvitation)
    )
    invitation = (await session.execute(statement)).scalar_one_or_none()
    if invitation is None:
        raise InvitationSpent
    membership = Membership(organisation_id=invitation.organisation_id, person_id=person.id, roles=invitation.roles)
    session.add(membership)
    await acting_in(session, actor, membership.organisation_id).record("member_joined", roles=membership.roles)
    return membership


async def call_back(act: Act, invitation: MemberInvitation) -> None:
    """End an invitation: the link in the mail no longer works. The same address can be invited again."""
    await act.session.delete(invitation)
    await act.record("member_invitation_withdrawn", roles=invitation.roles)


async def set_roles(act: Act, membership: Membership, roles: Sequence[MemberRole]) -> None:
    """The caller holds the organisation's lock: two admins cannot each take the other's right away."""
    if MemberRole.ADMIN not in roles:
        await _keep_an_admin(act.session, membership)
    before = membership.roles
    membership.roles = sorted({role.value for role in roles})
    membership.version += 1
    await act.record("member_roles_changed", person_id=membership.person_id, before=before, after=membership.roles)
    await right_lost(act.session, act.actor, membership.organisation_id, membership.person_id)


def check_removable(actor: Actor, organisation_id: Id, person_id: Id) -> None:
    """403 unless an admin removes somebody, or a member itself."""
    own = actor.membership(organisation_id)
    if person_id != actor.person_id and (own is None or MemberRole.ADMIN not in own.roles):
        raise Forbidden("Only an admin of the organisation may remove somebody else.")


async def remove(act: Act, membership: Membership) -> None:
    """Remove a member, whoever it is, but never the last admin. The caller holds the organisation's lock."""
    await _keep_an_admin(act.session, membership)
    await act.session.delete(membership)
    await act.record("member_removed", person_id=membership.person_id)
    await right_lost(act.session, act.actor, membership.organisation_id, membership.person_id)


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
