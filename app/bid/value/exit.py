"""The exit plan, the assets and the terms on knowledge: what remains when the money ends, and whose it is."""

from dataclasses import dataclass

from app.platform.access.ids import Id


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """What remains, who takes it over, and how it is paid for when the money ends."""

    plan_markdown: str = ""
    what_remains_markdown: str = ""
    funding_after_markdown: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset or piece of intellectual property: who owns it now, while the contract runs, after it (partner ids)."""

    id: Id
    name: str
    intellectual_property: bool
    owner_now: Id | None
    owner_during: Id | None
    owner_after: Id | None
    in_return: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgeTerm:
    """What `to_partner_id` learns from `from_partner_id`, and how."""

    id: Id
    from_partner_id: Id
    to_partner_id: Id
    subject: str
    how: str = ""
