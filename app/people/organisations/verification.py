"""What was verified of an organisation, and which kinds an operator granted: given from outside, lost by its own changes.

A level covers a name, a legal form, the identifiers and the kinds together. Whoever could change one and keep the level
would be verified as somebody else.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.organisations import queries
from app.people.organisations.tables import Organisation, OrganisationIdentifier
from app.platform.access.errors import Fault, Forbidden
from app.platform.access.ids import Id
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words import identifiers
from app.platform.words.codes import OrganisationKind, VerificationLevel

UNVERIFIED = VerificationLevel.NONE.value


class KindIsGranted(Forbidden):
    code = "kind-is-granted"
    title = "An operator grants this kind"
    explanation = (
        "Anybody could claim to be a council. Leave 'commissioner' out of 'kinds' and ask whoever runs this service to check "
        "who you are and to grant it (cobid grant-kind, cobid verify-organisation)."
    )


def check_taken(on_loopback: bool, held: Iterable[str], wanted: Iterable[OrganisationKind] | None) -> None:
    """Refuse (403) an organisation that makes itself a commissioner where others can reach the service."""
    for index, kind in enumerate(wanted or ()):
        if kind is OrganisationKind.COMMISSIONER and kind not in held and not on_loopback:
            raise KindIsGranted(errors=[Fault(f"/kinds/{index}", KindIsGranted.code, KindIsGranted.title)])


def is_verified(organisation: Organisation) -> bool:
    return organisation.verification_level != UNVERIFIED


def may_commission(organisation: Organisation) -> bool:
    """Whether it may act as a commissioner in public: verified, and the kind granted or covered by an operator's check."""
    by_operator = organisation.verification_level == VerificationLevel.OPERATOR
    return is_verified(organisation) and (by_operator or OrganisationKind.COMMISSIONER in organisation.granted_kinds)


async def covered(session: AsyncSession, organisation: Organisation) -> dict[str, Any]:
    """What a level covers, as it stands."""
    return {
        "name": organisation.name,
        "legal_form": organisation.legal_form,
        "kinds": list(organisation.kinds),
        "identifiers": await queries.identifiers_of(session, organisation.id),
    }


async def follow_change(act: Act, organisation: Organisation, before: dict[str, Any]) -> None:
    """The organisation's own people have changed it: a level that covered what changed is lost, and a kind that they gave
    up is granted no more. The partners of its bids are told by the worker, which waits for no lock of theirs."""
    organisation.granted_kinds = [kind for kind in organisation.granted_kinds if kind in organisation.kinds]
    after = await covered(act.session, organisation)
    changed = [name for name, was in before.items() if was != after[name]]
    if not changed or not is_verified(organisation):
        return
    lost: dict[str, Any] = {"level": organisation.verification_level, "changed": changed}
    organisation.verification_level = UNVERIFIED
    organisation.verification_by = organisation.verification_at = None
    await act.record("verification_lapsed", **lost)
    told = {"organisation_id": organisation.id, "cause": new_id(), **lost}
    await outbox.put(act.session, "verification_lapsed", told)


_TAKEN_OVER = text("""
UPDATE organisation_identifiers i SET organisation_id = :taker FROM organisations holder
WHERE i.scheme = :scheme AND i.identifier = :number AND holder.id = i.organisation_id
  AND holder.verification_level = 'none'
RETURNING holder.id::text""")


async def take_over(session: AsyncSession, taker: Organisation, scheme: str, number: str) -> bool:
    """Whether a verified organisation gets a number that somebody entered whom nobody verified. Its people are told."""
    if not is_verified(taker):
        return False
    given = {"taker": taker.id, "scheme": scheme, "number": number}
    holder = (await session.execute(_TAKEN_OVER, given)).scalar_one_or_none()
    if holder is None:
        return False
    told = {"organisation_id": holder, "cause": new_id(), "scheme": scheme, "number": number}
    await outbox.put(session, "identifier_yielded", told)
    return True


# What an operator does, by the command line.


async def verify(session: AsyncSession, organisation_id: Id, level: VerificationLevel, by: str) -> str | None:
    """Record how far it was checked who an organisation is: this is printed next to every signature.

    Answers the organisation's name, None where there is no such organisation.
    """
    row = await session.get(Organisation, organisation_id, with_for_update=True)
    if row is None:
        return None
    row.verification_level = level.value
    row.verification_by = by
    row.verification_at = await event_log.now(session)
    row.version += 1
    await _operator(session, row.id).record("organisation_verified", level=level.value, by=by)
    return row.name


async def grant_kind(
    session: AsyncSession, organisation_id: Id, kind: OrganisationKind, by: str, *, take_back: bool = False
) -> str | None:
    """Grant a kind, or take it back; the level stays. Answers the organisation's name, None where there is none."""
    row = await session.get(Organisation, organisation_id, with_for_update=True)
    if row is None:
        return None
    kept, granted = set(row.kinds) - {kind.value}, set(row.granted_kinds) - {kind.value}
    if take_back:
        # It is of some kind at least: who is nothing else any more is a provider.
        row.kinds = sorted(kept) or [OrganisationKind.PROVIDER.value]
        row.granted_kinds = sorted(granted)
    else:
        row.kinds, row.granted_kinds = sorted(kept | {kind.value}), sorted(granted | {kind.value})
    row.version += 1
    await _operator(session, row.id).record("kind_taken_back" if take_back else "kind_granted", kind=kind.value, by=by)
    return row.name


async def release_identifier(session: AsyncSession, scheme: str, number: str, by: str) -> str | None:
    """Take a register number from the organisation that entered it; another can claim it then. The level stays.

    Answers that organisation's name, None where nobody holds the number.
    """
    normal, faults = identifiers.normalise_all([(scheme, number)])
    if faults:
        return None
    ((scheme, number),) = normal
    table = OrganisationIdentifier
    statement = delete(table).where(table.scheme == scheme, table.identifier == number)
    holder = (await session.execute(statement.returning(table.organisation_id))).scalar_one_or_none()
    if holder is None:
        return None
    row = await session.get_one(Organisation, holder, with_for_update=True)
    row.version += 1
    await _operator(session, row.id).record("identifier_released", scheme=scheme, number=number, by=by)
    return row.name


def _operator(session: AsyncSession, organisation_id: Id) -> Act:
    return Act(session, None, "organisation", organisation_id, for_organisation=organisation_id)
