"""Partners' answers to fairness findings, and who agrees to show a check to the commissioner."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, IdType, Key, Versioned, ref


class FairnessAnswer(Versioned, Base):
    """One partner's answer to one check, as it is now. Each earlier one is in the event log."""

    __tablename__ = "fairness_answers"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    code: Mapped[str]
    answer_markdown: Mapped[str]
    __table_args__ = (UniqueConstraint("proposal_id", "code", "partner_id"),)


class FairnessShare(Versioned, Base):
    """The partners that agree to show a check to the commissioner. It is shown once all accepted partners do."""

    __tablename__ = "fairness_shares"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE", index=False)
    code: Mapped[str]
    agreed_by: Mapped[Ids]
    __table_args__ = (UniqueConstraint("proposal_id", "code"),)
