"""The exit plan, the register of assets, and the terms on sharing knowledge, on the wire."""

from pydantic import Field

from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Line, Markdown, Out, Patch, Text


class ExitPlanIn(In):
    """What happens when the money ends. What is left out is emptied."""

    organisation_id: IdIn | None = None
    plan_markdown: Markdown = Field(
        "", examples=["Harbour Youth takes over the drop-in; the van goes back to its owner."]
    )
    what_remains_markdown: Markdown = Field("", examples=["Twelve trained volunteers and the referral route."])
    funding_after_markdown: Markdown = ""


class ExitPlanOut(Out):
    plan_markdown: str = ""
    what_remains_markdown: str = ""
    funding_after_markdown: str = ""
    version: int = 0


class AssetIn(In):
    """What your organisation brings, or what is made together (`owner_now` null). Owners are partner ids."""

    partner_id: IdIn | None = None
    name: Line = Field(examples=["Outreach toolkit"])
    intellectual_property: Flag = False
    owner_now: IdIn | None = Field(None, description="Your own partner id, or null for what is yet to be made.")
    owner_during: IdIn | None = None
    owner_after: IdIn | None = None
    in_return: Text = Field("", examples=["A licence without a fee for as long as it is used."])


class AssetPatch(Patch):
    name: Line | None = None
    intellectual_property: Flag | None = None
    owner_now: IdIn | None = None
    owner_during: IdIn | None = None
    owner_after: IdIn | None = None
    in_return: Text | None = None


class AssetOut(Out):
    """`agreed_by` names the partners that agree to the three owners as they stand."""

    id: Id
    partner_id: Id
    name: str
    intellectual_property: bool
    owner_now: Id | None
    owner_during: Id | None
    owner_after: Id | None
    in_return: str
    agreed_by: list[Id]
    version: int


class KnowledgeTermIn(In):
    """Your organisation is one of the two."""

    from_partner_id: IdIn
    to_partner_id: IdIn
    subject: Line = Field(examples=["Safer recruitment"])
    how: Text = Field("", examples=["Two training days a year, and its templates."])


class KnowledgeTermPatch(Patch):
    subject: Line | None = None
    how: Text | None = None


class KnowledgeTermOut(Out):
    """Agreed when both partners stand in `agreed_by`."""

    id: Id
    from_partner_id: Id
    to_partner_id: Id
    subject: str
    how: str
    agreed_by: list[Id]
    version: int


class AgreeIn(In):
    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
