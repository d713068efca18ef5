"""A person's own account on the wire."""

from pydantic import Field

from app.people.accounts.schemas import Language
from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, Name, Out, Patch


class MembershipOut(Out):
    organisation_id: Id
    name: str
    roles: list[str]


class MeOut(Out):
    id: Id
    email: str
    name: str
    language: str
    version: int
    tasks: int = Field(description="How many things wait for this person: the items of GET /v1/me/tasks.")
    unread: int = Field(description="How many notifications this person has not read.")
    organisations: list[MembershipOut]


class MePatch(Patch):
    name: Name = LEFT_OUT
    language: Language = LEFT_OUT


class ErasedOut(Out):
    """What stays after an erasure, and why."""

    signatures_kept: int
    why: str
