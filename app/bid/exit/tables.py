"""The exit plan, the register of assets, and the terms on knowledge."""

from sqlalchemy import Boolean, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, IdType, Key, Versioned, ref


class ExitPlan(Versioned, Base):
    """What happens when the money ends. Before the first change there is no row: the plan is then empty, at version 0."""

    __tablename__ = "exit_plans"
    proposal_id: Mapped[str] = mapped_column(IdType, ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    plan_markdown: Mapped[str] = mapped_column(default="", server_default="")
    what_remains_markdown: Mapped[str] = mapped_column(default="", server_default="")
    funding_after_markdown: Mapped[str] = mapped_column(default="", server_default="")


class Asset(Versioned, Base):
    """An asset or piece of intellectual property, entered by the partner that brings or makes it. Owners are partner ids.

    Nothing that belongs to one partner passes to another without the yes of the first. `agreed_by` names the partners
    that agree to the three present owners.
    """

    __tablename__ = "assets"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    name: Mapped[str]
    intellectual_property: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    owner_now: Mapped[str | None] = mapped_column(IdType)
    owner_during: Mapped[str | None] = mapped_column(IdType)
    owner_after: Mapped[str | None] = mapped_column(IdType)
    in_return: Mapped[str] = mapped_column(default="", server_default="")
    agreed_by: Mapped[Ids]


class KnowledgeTerm(Versioned, Base):
    """What one partner learns from another, and how. Either of the two enters it, and the other agrees to it."""

    __tablename__ = "knowledge_terms"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    from_partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    to_partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    subject: Mapped[str]
    how: Mapped[str] = mapped_column(default="", server_default="")
    agreed_by: Mapped[Ids]
