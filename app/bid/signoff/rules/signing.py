"""The rules of signing: who must sign an edition, what a signature is, when all have agreed, and what a withdrawal does.

A signature names the hash that it signs, so it never counts for another text. An edition holds who must sign it and by
how many signatories, as these were when it was made: a signing rule that changes later cannot turn a half-signed
edition into an agreed one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from app.bid.structure.rules import derive
from app.bid.value import Proposal, Structure
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import EDITION, Step, after
from app.platform.words.codes import EditionStatus, VehicleStatus, VerificationLevel

WORDS = "I am authorised by this organisation; we agree the content of this edition and authorise its submission."
"""These words are shown with every signature and stored with it. It is a simple electronic signature, not a deed."""


class BasisKind(StrEnum):
    """What gives a signatory the authority to bind the organisation."""

    CONSTITUTION = "constitution"
    RESOLUTION = "resolution"
    DELEGATION = "delegation"


@dataclass(frozen=True, slots=True)
class AuthorityBasis:
    """`detail` is in the signatory's own words, `document_id` names an attachment. `kind` is None in old signatures only."""

    kind: BasisKind | None = None
    dated: date | None = None
    document_id: Id | None = None
    detail: str = ""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "AuthorityBasis":
        """The value that `as_data` wrote."""
        return cls(
            kind=BasisKind(data["kind"]) if data.get("kind") else None,
            dated=date.fromisoformat(data["date"]) if data.get("date") else None,
            document_id=data.get("document_id"),
            detail=data.get("detail", ""),
        )

    def as_data(self) -> dict[str, Any]:
        """The basis as JSON, in the fields of the contract."""
        return {
            "kind": self.kind.value if self.kind else None,
            "date": self.dated.isoformat() if self.dated else None,
            "document_id": self.document_id,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Signatures:
    """A partner that must sign an edition, and how many of its signatories must."""

    partner_id: Id
    organisation_id: Id
    name: str
    required: int = 1


@dataclass(frozen=True, slots=True)
class SignOff:
    """One person's signature for one partner. `sha256` is the edition's; `words` were shown to the person."""

    partner_id: Id
    organisation_id: Id
    person_id: Id
    sha256: str
    full_name: str
    role_title: str
    basis: AuthorityBasis
    words: str
    at: datetime
    verification: VerificationLevel = VerificationLevel.NONE
    fell: bool = False
    right_lost: bool = False
    """The person is no longer a signatory of the organisation. It is read with the edition, under the proposal's lock."""
    id: Id = ""

    @property
    def stands(self) -> bool:
        return not self.fell


@dataclass(frozen=True, slots=True)
class Refusal:
    partner_id: Id
    organisation_id: Id
    person_id: Id
    reason: str
    at: datetime
    id: Id = ""


@dataclass(frozen=True, slots=True)
class Edition:
    number: int
    sha256: str
    status: EditionStatus
    must_sign: tuple[Signatures, ...]
    answers_amendment: int = 0
    sign_offs: tuple[SignOff, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    withdrawn_because: str | None = None
    fallen_partner_ids: tuple[Id, ...] = ()

    def signed_by(self, partner_id: Id) -> frozenset[Id]:
        """The persons whose signatures count for this partner."""
        return frozenset(s.person_id for s in self.sign_offs if s.partner_id == partner_id and s.stands)


class EditionWithdrawn(Conflict):
    code = "edition-withdrawn"
    title = "This version was withdrawn"
    explanation = (
        "It can no longer be signed, refused or withdrawn. The bid is a draft again; when it is locked for "
        "signing anew, there is a new version to sign."
    )


class EditionAgreed(Conflict):
    code = "edition-agreed"
    title = "All have signed this version already"
    explanation = (
        "Every partner that must sign has signed, so no signature is missing and none can be refused. "
        "If something is wrong with it, a signatory of a partner that signed can withdraw it with a reason."
    )


class WrongHash(Conflict):
    code = "wrong-hash"
    title = "That is not the hash of this version"
    explanation = (
        "The signature names another text than the one that is open for signing. Read the edition again, look at "
        "its document, and sign with the sha256 that you find there."
    )


class AlreadySigned(Conflict):
    code = "already-signed"
    title = "This signature is already there"
    explanation = "This organisation's signature stands. There is nothing more to do until the others have signed."


class SignatureNotNeeded(Conflict):
    code = "signature-not-needed"
    title = "This partner does not have to sign"
    explanation = (
        "The structure that the partners agreed says who must sign, and this partner is not among them, so it can "
        "neither sign nor refuse nor withdraw this version."
    )


class CallAmended(Conflict):
    code = "call-amended"
    title = "The call has changed since this version was made"
    explanation = (
        "The commissioner changed the questions, limits or terms. This version answers the call as it was. Look at "
        "what changed, withdraw this version, and lock the bid for signing again."
    )


def must_sign(proposal: Proposal) -> tuple[Signatures, ...]:
    """The partners that must sign according to the structure, each with its organisation's signing rule."""
    named = derive(proposal.structure, proposal.partners).must_sign
    return tuple(
        Signatures(partner.id, partner.organisation_id, partner.name, max(1, partner.signatures_required))
        for partner in proposal.accepted
        if partner.id in named and partner.organisation_id is not None
    )


def still_to_sign(edition: Edition) -> tuple[tuple[Signatures, int], ...]:
    """The partners whose signatures are missing, each with how many are."""
    missing = ((who, who.required - len(edition.signed_by(who.partner_id))) for who in edition.must_sign)
    return tuple((who, number) for who, number in missing if number > 0)


def is_signed_by_all(edition: Edition) -> bool:
    return bool(edition.must_sign) and not still_to_sign(edition)


def words_for(structure: Structure, partner_id: Id | None) -> str:
    """The words that this partner's signatory reads and signs. Owners of a vehicle still to be formed sign a clause more."""
    vehicle = structure.vehicle
    if vehicle is None or vehicle.status is not VehicleStatus.TO_BE_FORMED or partner_id not in vehicle.owners:
        return WORDS
    return f"{WORDS} {derive(structure, ()).signing_words}".strip()


def check_basis(basis: AuthorityBasis, today: date) -> None:
    """Refuses a resolution or delegation that is dated in the future."""
    if basis.dated is not None and basis.dated > today:
        raise Invalid.at(
            "/authority_basis/date",
            "in-the-future",
            "That day is still to come. Give the day on which the authority was given.",
        )


def check_not_withdrawn(edition: Edition) -> None:
    if edition.status is EditionStatus.WITHDRAWN:
        raise EditionWithdrawn(
            f"Version {edition.number} was withdrawn"
            + (f": {edition.withdrawn_because} " if edition.withdrawn_because else ". ")
            + "The bid is a draft again; sign the next version when the partners have locked one."
        )


def check_open(edition: Edition) -> None:
    check_not_withdrawn(edition)
    if edition.status is EditionStatus.AGREED:
        raise EditionAgreed


def _signer(edition: Edition, partner_id: Id) -> Signatures:
    """The partner among those that must sign; SignatureNotNeeded where it is not one of them."""
    who = next((who for who in edition.must_sign if who.partner_id == partner_id), None)
    if who is None:
        names = ", ".join(who.name for who in edition.must_sign)
        raise SignatureNotNeeded(f"This partner does not have to sign version {edition.number}. Those who do: {names}.")
    return who


def check_not_amended(edition: Edition, amendment: int) -> None:
    if edition.answers_amendment < amendment:
        raise CallAmended(
            f"Version {edition.number} answers the call before its amendment {amendment}. A signatory withdraws it, "
            "the partners look at what changed, and lock the bid for signing again."
        )


def sign(edition: Edition, signature: SignOff, amendment: int) -> Edition:
    """The edition with this signature, `agreed` if it was the last one missing.

    A person never counts twice for one organisation, and no organisation signs more often than its signing rule says.
    """
    check_open(edition)
    who = _signer(edition, signature.partner_id)
    check_not_amended(edition, amendment)
    if signature.sha256 != edition.sha256:
        raise WrongHash(
            f"Version {edition.number} has the hash {edition.sha256}, and you sent another. Read its document and sign "
            "with that hash; nothing was signed."
        )
    standing = edition.signed_by(who.partner_id)
    if signature.person_id in standing:
        raise AlreadySigned(_already(edition, who, by_you=True))
    if len(standing) >= who.required:
        raise AlreadySigned(_already(edition, who, by_you=False))
    signed = replace(edition, sign_offs=(*edition.sign_offs, signature))
    if not is_signed_by_all(signed):
        return signed
    return replace(signed, status=after(EDITION, edition.status, Step.LAST_SIGNATURE))


def _already(edition: Edition, who: Signatures, by_you: bool) -> str:
    missing = still_to_sign(edition)
    own = next((number for other, number in missing if other.partner_id == who.partner_id), 0)
    start = f"You have already signed for {who.name}." if by_you else f"{who.name} has already signed in full."
    if own:
        return f"{start} {who.name} needs {_signatures(own, 'more')}, from another of its signatories."
    return f"{start} {waiting(edition)}".strip()


def _signatures(number: int, more: str = "") -> str:
    return f"{number} {more} signature{'' if number == 1 else 's'}".replace("  ", " ")


def waiting(edition: Edition) -> str:
    """A sentence that names the partners still to sign; empty where there is none."""
    missing = still_to_sign(edition)
    if not missing:
        return ""
    return "Still to sign: " + ", ".join(f"{who.name} ({_signatures(number)})" for who, number in missing) + "."


def refuse(edition: Edition, refusal: Refusal) -> Edition:
    """The edition withdrawn because a partner that must sign refuses, with its reason."""
    check_open(edition)
    who = _signer(edition, refusal.partner_id)
    refused = replace(edition, refusals=(*edition.refusals, refusal))
    return fall(refused, Step.REFUSE, f"{who.name} refused to sign: {refusal.reason}")


def withdraw(edition: Edition, partner_id: Id, reason: str) -> Edition:
    """The edition withdrawn by any partner that must sign it, agreed or not, with a reason."""
    check_not_withdrawn(edition)
    who = _signer(edition, partner_id)
    return fall(edition, Step.WITHDRAW_EDITION, f"{who.name} withdrew it: {reason}")


def fall(edition: Edition, step: Step, because: str) -> Edition:
    """The edition withdrawn by `step`: every signature falls, and the partners whose signatures did are named."""
    fallen = tuple(who.partner_id for who in edition.must_sign if edition.signed_by(who.partner_id))
    return replace(
        edition,
        status=after(EDITION, edition.status, step),
        sign_offs=tuple(replace(signature, fell=True) for signature in edition.sign_offs),
        withdrawn_because=because,
        fallen_partner_ids=fallen,
    )


def lost_rights(edition: Edition) -> tuple[SignOff, ...]:
    """Signatures of persons who stopped being signatories before all had signed.

    Once an edition is agreed there are none: each person had the right when signing.
    """
    if edition.status is not EditionStatus.OPEN:
        return ()
    return tuple(signature for signature in edition.sign_offs if signature.stands and signature.right_lost)


def drop_lost_rights(edition: Edition) -> Edition:
    """The edition withdrawn where somebody who signed it has lost the right to; otherwise the same edition."""
    lost = lost_rights(edition)
    if not lost:
        return edition
    names = {who.partner_id: who.name for who in edition.must_sign}
    whose = ", ".join(dict.fromkeys(f"{s.full_name} ({names.get(s.partner_id, 'a partner')})" for s in lost))
    return fall(
        edition,
        Step.LOSE_RIGHT,
        f"{whose} signed and is no longer a signatory of that organisation, so the signature fell.",
    )


def describe(signatures: Sequence[Signatures]) -> str:
    """Names the partners that have to sign: 'Acorn Trust, Birch CIO (2 signatures)'."""
    return ", ".join(
        who.name if who.required == 1 else f"{who.name} ({_signatures(who.required)})" for who in signatures
    )
