"""What each partner says it gives and expects, and who has read it."""

from datetime import date
from typing import Any

from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, Ids, IdType, JsonList, Key, Versioned, ref


class Contribution(Versioned, Base):
    """`value` and `unit_value` are minor units; `revealed` is false while its owner's round is open.

    `shown_as` says which one of value and quantity the other partners see (`declarations/rules/items.py`): never both.
    `hidden_changes` counts the versions in which nothing changed that others see; they see `version` less that.
    """

    __tablename__ = "contributions"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE")
    kind: Mapped[str]
    title: Mapped[str]
    quantity: Mapped[Any | None] = mapped_column(Numeric)
    unit: Mapped[str | None]
    unit_value: Mapped[int | None]
    value: Mapped[int]
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    certainty: Mapped[str]
    condition: Mapped[str] = mapped_column(default="", server_default="")
    valuation_basis: Mapped[str] = mapped_column(default="", server_default="")
    lot_id: Mapped[str | None] = ref("lots.id", nullable=True, index=False)
    document_ids: Mapped[Ids]
    funded_by: Mapped[str | None]
    """`partner`, `price` or `other`; None where nobody said."""
    shown_as: Mapped[str] = mapped_column(default="value", server_default="value")
    hidden_changes: Mapped[int] = mapped_column(default=0, server_default="0")
    revealed: Mapped[bool] = mapped_column(default=False, server_default="false")


class Expectation(Versioned, Base):
    """`target` is {type, value} as on the wire; `met_by` a list of {type, id}; `hidden_changes` as above."""

    __tablename__ = "expectations"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE")
    kind: Mapped[str]
    title: Mapped[str]
    strength: Mapped[str]
    of_partner_id: Mapped[str | None] = mapped_column(IdType)
    target: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    audience: Mapped[str] = mapped_column(default="partners", server_default="partners")
    met_by: Mapped[JsonList]
    waived_reason: Mapped[str | None]
    accepted_by: Mapped[Ids]
    must_after_reveal: Mapped[bool] = mapped_column(default=False, server_default="false")
    hidden_changes: Mapped[int] = mapped_column(default=0, server_default="0")
    revealed: Mapped[bool] = mapped_column(default=False, server_default="false")


class Acknowledgement(Base):
    """'We have read what the others expect and contribute', as of a revision."""

    __tablename__ = "acknowledgements"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE")
    organisation_id: Mapped[str] = ref("organisations.id", index=False)
    person_id: Mapped[str | None] = ref("people.id", nullable=True, index=False)
    as_of_revision: Mapped[int]
    at: Mapped[Created]
