"""Signing an edition, refusing it and withdrawing it. The caller holds the proposal's row locked."""

from app.bid.files import queries as files
from app.bid.signoff import queries, tables
from app.bid.signoff.queries import StoredEdition
from app.bid.signoff.rules import signing
from app.bid.signoff.rules.signing import AuthorityBasis
from app.bid.signoff.withdrawing import move, store_withdrawal
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict
from app.platform.access.lifecycle import Step
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import EditionStatus, VerificationLevel


class SignatureFell(Conflict):
    code = "signature-fell"
    title = "A signature on this version no longer stands"
    explanation = (
        "Somebody who signed it is no longer a signatory of their organisation. A signatory withdraws this version, "
        "and the partners lock the bid for signing again."
    )


async def check_basis(act: Act, basis: AuthorityBasis) -> None:
    """422 for a basis that is dated in the future, or that names a document which the partner may not read."""
    signing.check_basis(basis, (await event_log.now(act.session)).date())
    pointer = "/authority_basis/document_id"
    await files.check_named(act.session, act.stream_id, act.seat_id, basis.document_id, pointer)


async def sign(
    act: Act, stored: StoredEdition, *, sha256: str, full_name: str, role_title: str, basis: AuthorityBasis
) -> signing.SignOff:
    """Store one signature. With the last one that was missing, the edition and the proposal are agreed."""
    assert act.organisation_id and act.seat_id
    if signing.lost_rights(stored.value):
        raise SignatureFell
    session, edition = act.session, stored.row
    organisation = await session.get_one(Organisation, act.organisation_id)
    signature = signing.SignOff(
        id=new_id(),
        partner_id=act.seat_id,
        organisation_id=act.organisation_id,
        person_id=act.person_id,
        sha256=sha256,
        full_name=full_name,
        role_title=role_title,
        basis=basis,
        words=queries.words(edition, act.seat_id),
        at=await event_log.now(session),
        verification=VerificationLevel(organisation.verification_level),
    )
    signed = signing.sign(stored.value, signature, await queries.amendment_to_answer(session, act.stream_id))
    session.add(
        tables.SignOff(
            id=signature.id,
            edition_id=edition.id,
            partner_id=signature.partner_id,
            organisation_id=signature.organisation_id,
            person_id=signature.person_id,
            full_name=signature.full_name,
            role_title=signature.role_title,
            authority_basis=basis.as_data(),
            words=signature.words,
            sha256=signature.sha256,
            verification=_verification(organisation),
            at=signature.at,
        )
    )
    edition.version += 1
    agreed = signed.status is EditionStatus.AGREED
    if agreed:
        edition.status, edition.agreed_at = signed.status.value, signature.at
    await act.record(
        "edition_signed",
        edition=signed.number,
        sha256=signed.sha256,
        partner_id=signature.partner_id,
        sign_off_id=signature.id,
        full_name=signature.full_name,
        role_title=signature.role_title,
        waiting_for=signing.waiting(signed),
    )
    if agreed:
        await move(act, Step.LAST_SIGNATURE)
        await act.record("edition_agreed", edition=signed.number, sha256=signed.sha256)
        await outbox.put(session, "edition_to_render", {"proposal_id": act.stream_id, "edition": signed.number})
    return signature


def _verification(organisation: Organisation) -> dict[str, str | None]:
    """How far the organisation was verified when it signed: what is printed beside the signature."""
    at = organisation.verification_at
    return {
        "level": organisation.verification_level,
        "by": organisation.verification_by,
        "at": at.isoformat() if at else None,
    }


async def refuse(act: Act, stored: StoredEdition, reason: str) -> signing.Refusal:
    """A partner that must sign refuses. The edition is withdrawn and the bid is a draft again."""
    assert act.organisation_id and act.seat_id
    at = await event_log.now(act.session)
    refusal = signing.Refusal(act.seat_id, act.organisation_id, act.person_id, reason, at, new_id())
    refused = signing.refuse(stored.value, refusal)
    act.session.add(
        tables.SignOffRefusal(
            id=refusal.id,
            edition_id=stored.row.id,
            partner_id=refusal.partner_id,
            organisation_id=refusal.organisation_id,
            person_id=refusal.person_id,
            reason=reason,
            at=at,
        )
    )
    await act.record("edition_refused", edition=refused.number, sha256=refused.sha256, refusal_id=refusal.id)
    await store_withdrawal(act, stored, refused, Step.REFUSE, act.seat_id)
    return refusal


async def withdraw(act: Act, stored: StoredEdition, reason: str) -> None:
    """Any partner that must sign withdraws the edition, with its reason."""
    assert act.seat_id
    withdrawn = signing.withdraw(stored.value, act.seat_id, reason)
    await store_withdrawal(act, stored, withdrawn, Step.WITHDRAW_EDITION, act.seat_id)
