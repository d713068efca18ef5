"""Readiness, editions and signatures on the wire."""

from typing import Any

from pydantic import ConfigDict, Field, field_validator, model_validator

from app.bid.signoff.queries import StoredEdition
from app.bid.signoff.rules import signing
from app.bid.signoff.rules.readiness import Blocker
from app.bid.signoff.rules.signing import BasisKind
from app.people.accounts.schemas import Password
from app.platform.access.ids import Id
from app.platform.web.wire import Day, IdIn, In, Instant, Line, Out, Text
from app.platform.words.codes import EditionStatus, VerificationLevel

ID = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class BlockerOut(Out):
    code: str = Field(examples=["section-empty"])
    detail: str = Field(description="What is missing, and who does what next.")
    pointer: str | None = Field(description="From the proposal to the object; collections name their items by id.")
    organisation_id: Id | None = Field(description="Whose turn it is, where it is one organisation's.")
    may: list[Id] = Field(
        [],
        description="The partners that can do something about it; empty where none can, or none may be named.",
        examples=[[ID]],
    )

    @classmethod
    def of(cls, found: Blocker) -> "BlockerOut":
        return cls(
            code=found.code,
            detail=found.detail,
            pointer=found.pointer,
            organisation_id=found.organisation_id,
            may=list(found.may),
        )


class ReadinessOut(Out):
    """What stands between the draft and the signed version, as this reader may know it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ready": False,
                "blockers": [
                    {
                        "code": "section-empty",
                        "detail": "'Summary' has no text yet, and the bid needs it. An editor of Acorn writes it.",
                        "pointer": f"/sections/{ID}",
                        "organisation_id": ID,
                        "may": [ID],
                    }
                ],
            }
        }
    )
    ready: bool = Field(description="Whether the bid could be locked now: nothing stands in the way or is asked.")
    blockers: list[BlockerOut]
    asks: list[BlockerOut] = Field(
        [],
        description="Files that may identify service users: their owner confirms that they do not, or takes them out.",
    )


class EditionInForceOut(Out):
    """The version that is open for signing or agreed; after the deadline the one that was submitted."""

    number: int
    sha256: str
    status: EditionStatus
    created_at: Instant
    agreed_at: Instant | None
    must_sign: list[Id] = Field(description="Partner ids.")
    signed: list[Id] = Field(description="Partner ids, one for each signature that stands.")


class EditionIn(In):
    organisation_id: IdIn | None = Field(None, description="Whom you act for, where you could act for several.")
    partner_id: IdIn | None = None


class AuthorityBasisIn(In):
    """What gives the signatory the authority to bind the organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "resolution", "date": "2026-11-02", "detail": "Minute 7 of the trustees"}
        }
    )
    kind: BasisKind
    date: Day | None = None
    document_id: IdIn | None = Field(None, description="An attached document, such as the minutes.")
    detail: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _names_its_kind(cls, sent: Any) -> Any:
        """It is printed beside the signature, so it is never guessed from the signatory's words."""
        if not isinstance(sent, dict) or "kind" not in sent:
            raise ValueError(
                "Say what gives you the authority: send an object with the 'kind' constitution, resolution or delegation, "
                'such as {"kind": "resolution", "date": "2026-11-02"}. Your own words go in \'detail\'.'
            )
        return sent


class SignOffIn(In):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "organisation_id": ID,
                "sha256": SHA,
                "full_name": "Ann Example",
                "role_title": "Chair of trustees",
                "authority_basis": {"kind": "resolution", "date": "2026-11-02"},
            }
        }
    )
    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    sha256: Line = Field(description="Of the edition that you read: this is what you sign.", examples=[SHA])
    full_name: Line
    role_title: Line
    authority_basis: AuthorityBasisIn
    password: Password | None = Field(
        None,
        description="Your own, to show that it is you who signs, on a computer that others use too. Left out: not asked.",
    )

    @field_validator("sha256")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()


class ReasonIn(In):
    model_config = ConfigDict(json_schema_extra={"example": {"organisation_id": ID, "reason": "A figure is wrong."}})
    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    reason: Text

    @field_validator("reason")
    @classmethod
    def _said(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("Say why, for all partners to read.")
        return value.strip()


class MustSignOut(Out):
    partner_id: Id
    organisation_id: Id
    name: str
    signatures_required: int
    signed: int


class BasisOut(Out):
    kind: BasisKind | None
    date: Day | None
    document_id: Id | None
    detail: str

    @classmethod
    def of(cls, basis: signing.AuthorityBasis) -> "BasisOut":
        return cls(kind=basis.kind, date=basis.dated, document_id=basis.document_id, detail=basis.detail)


class SignOffOut(Out):
    """One signature. `fell_at` where it no longer stands."""

    id: Id
    partner_id: Id
    organisation_id: Id
    full_name: str
    role_title: str
    authority_basis: BasisOut
    words: str = Field(description="The words that were shown and signed.")
    sha256: str
    verification: VerificationLevel
    at: Instant
    fell: bool

    @classmethod
    def of(cls, signature: signing.SignOff) -> "SignOffOut":
        return cls(
            id=signature.id,
            partner_id=signature.partner_id,
            organisation_id=signature.organisation_id,
            full_name=signature.full_name,
            role_title=signature.role_title,
            authority_basis=BasisOut.of(signature.basis),
            words=signature.words,
            sha256=signature.sha256,
            verification=signature.verification,
            at=signature.at,
            fell=signature.fell,
        )


class RefusalOut(Out):
    id: Id
    partner_id: Id
    organisation_id: Id
    reason: str
    at: Instant


class EditionOut(Out):
    """The signed version: what it is, who has to sign, and who has."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "number": 2,
                "sha256": SHA,
                "status": "open",
                "created_at": "2026-11-23T12:00:00Z",
                "agreed_at": None,
                "withdrawn_at": None,
                "answers_amendment": 0,
                "must_sign": [
                    {"partner_id": ID, "organisation_id": ID, "name": "Acorn", "signatures_required": 1, "signed": 0}
                ],
                "waiting_for": "Still to sign: Acorn (1 signature).",
                "words": "I am authorised by this organisation; …",
                "sign_offs": [],
                "refusals": [],
                "withdrawn_because": None,
                "fallen_partner_ids": [],
                "version": 1,
            }
        },
    )
    number: int
    sha256: str
    status: EditionStatus
    created_at: Instant
    agreed_at: Instant | None
    withdrawn_at: Instant | None
    answers_amendment: int
    must_sign: list[MustSignOut]
    waiting_for: str = Field(description="Who is still to sign, in a sentence; empty when nobody is.")
    words: str = Field(description="The words of a signature for this edition.")
    sign_offs: list[SignOffOut]
    refusals: list[RefusalOut]
    withdrawn_because: str | None
    fallen_partner_ids: list[Id]
    version: int

    @classmethod
    def of(cls, stored: StoredEdition, words: str) -> "EditionOut":
        """`words` are those that this reader would sign."""
        row, edition = stored.row, stored.value
        return cls(
            number=edition.number,
            sha256=edition.sha256,
            status=edition.status,
            created_at=row.created_at,
            agreed_at=row.agreed_at,
            withdrawn_at=row.withdrawn_at,
            answers_amendment=edition.answers_amendment,
            must_sign=[
                MustSignOut(
                    partner_id=who.partner_id,
                    organisation_id=who.organisation_id,
                    name=who.name,
                    signatures_required=who.required,
                    signed=len(edition.signed_by(who.partner_id)),
                )
                for who in edition.must_sign
            ],
            waiting_for=signing.waiting(edition) if edition.status is EditionStatus.OPEN else "",
            words=words,
            sign_offs=[SignOffOut.of(each) for each in edition.sign_offs],
            refusals=[RefusalOut.model_validate(each) for each in edition.refusals],
            withdrawn_because=edition.withdrawn_because,
            fallen_partner_ids=list(edition.fallen_partner_ids),
            version=row.version,
        )
