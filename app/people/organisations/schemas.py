"""Organisations on the wire."""

from typing import Annotated

from pydantic import Field

from app.people.accounts.tables import Person
from app.people.organisations.tables import MemberInvitation, Membership
from app.platform.access.ids import Id
from app.platform.web.wire import (
    LEFT_OUT,
    Email,
    Flag,
    In,
    Instant,
    Line,
    MoneyIn,
    MoneyOut,
    Name,
    Out,
    Patch,
    ShortName,
    Text,
    VerificationOut,
    ViewerCanOut,
    Whole,
)
from app.platform.words.codes import LegalForm, MemberRole, OrganisationKind, SizeBand

Tags = Annotated[list[Line], Field(max_length=100)]
Kinds = Annotated[list[OrganisationKind], Field(min_length=1, max_length=3)]
Roles = Annotated[list[MemberRole], Field(min_length=1, max_length=4)]
Signatures = Annotated[Whole, Field(ge=1, le=20)]


class IdentifierIO(In):
    """A number in a register: `GB-CHC` charity, `GB-COH` company, …"""

    scheme: Line = Field(examples=["GB-CHC"])
    id: Line = Field(examples=["1164883"])


class SigningRule(In):
    signatures_required: Signatures = Field(1, description="How many signatories must sign for the organisation.")


class OrganisationIn(In):
    name: Name = Field(examples=["Harbour Youth"])
    short_name: ShortName | None = None
    registered_address: Line | None = None
    kinds: Kinds = Field(examples=[["provider"]])
    legal_form: LegalForm = Field(examples=["cio"])
    identifiers: list[IdentifierIO] = Field([], max_length=20)
    size_band: SizeBand | None = None
    areas: Tags = []
    services: Tags = []
    offers: Tags = []
    seeks: Tags = []
    founding_aims: Text = ""
    annual_income: MoneyIn | None = None
    unrestricted_reserves: MoneyIn | None = None
    signing_rule: SigningRule = SigningRule()
    listed: Flag = False
    language: Line = "en"


class OrganisationPatch(Patch):
    """A merge patch. Null empties a list or the aims, and takes back short name, address, size band, income or reserves."""

    name: Name = LEFT_OUT
    short_name: ShortName | None = None
    registered_address: Line | None = None
    kinds: Kinds = LEFT_OUT
    legal_form: LegalForm = LEFT_OUT
    identifiers: list[IdentifierIO] | None = Field(None, max_length=20)
    size_band: SizeBand | None = None
    areas: Tags | None = None
    services: Tags | None = None
    offers: Tags | None = None
    seeks: Tags | None = None
    founding_aims: Text | None = None
    annual_income: MoneyIn | None = None
    unrestricted_reserves: MoneyIn | None = None
    signing_rule: SigningRule = LEFT_OUT
    listed: Flag = LEFT_OUT
    language: Line = LEFT_OUT


class OrganisationOut(Out):
    """What whoever has its id may read. Listed organisations and their own people see more; money only the latter."""

    id: Id
    name: str
    short_name: str | None
    kinds: list[str]
    legal_form: str
    size_band: str | None
    areas: list[str]
    verification: VerificationOut
    version: int = Field(description="For its own people; 0 for others, who see not every change.")
    identifiers: list[IdentifierIO] | None = None
    registered_address: str | None = None
    services: list[str] | None = None
    offers: list[str] | None = None
    seeks: list[str] | None = None
    founding_aims: str | None = None
    listed: bool | None = None
    language: str | None = None
    signing_rule: SigningRule | None = None
    annual_income: MoneyOut | None = None
    unrestricted_reserves: MoneyOut | None = None
    viewer: ViewerCanOut | None = Field(None, description="Who reads; null in the directory.")


class MemberIn(In):
    email: Email = Field(examples=["jo@harbouryouth.example"])
    roles: Roles = Field(examples=[["editor", "signatory"]])


class MemberPatch(Patch):
    roles: Roles = Field(examples=[["viewer"]])


class MemberOut(Out):
    """A member, or somebody invited who has not come yet (`status` invited, `invitation_id` instead of `person_id`)."""

    person_id: Id | None
    invitation_id: Id | None = None
    name: str | None
    email: str
    roles: list[str]
    status: str = Field(examples=["member", "invited"])
    version: int

    @classmethod
    def of(cls, membership: Membership, person: Person) -> "MemberOut":
        return cls(
            person_id=person.id,
            name=person.name,
            email=person.email or "",
            roles=membership.roles,
            status="member",
            version=membership.version,
        )

    @classmethod
    def invited(cls, invitation: MemberInvitation) -> "MemberOut":
        return cls(
            person_id=None,
            invitation_id=invitation.id,
            name=None,
            email=invitation.email,
            roles=invitation.roles,
            status="invited",
            version=invitation.version,
        )


class MemberInvitationReadOut(Out):
    """What the link in the mail says, before anybody signs in."""

    organisation_id: Id
    organisation_name: str = Field(examples=["Harbour Youth"])
    roles: list[str] = Field(examples=[["editor", "signatory"]])
    expires_at: Instant


class MemberInvitationOut(Out):
    """An invitation that was not answered yet; by mail alone its link is told."""

    id: Id
    email: str = Field(examples=["jo@harbouryouth.example"])
    roles: list[str] = Field(examples=[["editor", "signatory"]])
    expires_at: Instant
    version: int
