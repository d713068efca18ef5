"""Budget lines, and what their owners last showed the others of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, IdType, JsonList, Key, Versioned, ref


class BudgetLine(Versioned, Base):
    """A line of one partner's budget. `amount` is net, in minor units. Only partners in `visible_to` may read it too."""

    __tablename__ = "budget_lines"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE")
    category: Mapped[str]
    year: Mapped[int] = mapped_column(Integer)
    lot_id: Mapped[str | None] = ref("lots.id", nullable=True, index=False)
    source: Mapped[str]
    amount: Mapped[int]
    description: Mapped[str] = mapped_column(default="", server_default="")
    vat_treatment: Mapped[str] = mapped_column(default="outside_scope", server_default="outside_scope")
    vat_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    visible_to: Mapped[Ids]
    full_cost: Mapped[int | None]
    revealed: Mapped[bool] = mapped_column(default=False, server_default="false")
    hidden_changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many versions changed nothing that others can read. The others read `version` minus this."""
    shown_version: Mapped[int | None] = mapped_column(Integer)
    """The version that others would read, as it was when the owner last showed its totals."""


class ShownBudget(Base):
    """What the others know of one partner's budget (`app.bid.value.ShownBudget`): it has a row from the reveal on.

    `sums` and `taken` are lists of {year, source, lot_id, amount, vat_amount}, in minor units.
    """

    __tablename__ = "shown_budgets"
    partner_id: Mapped[str] = mapped_column(IdType, ForeignKey("partners.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    shown_at: Mapped[datetime]
    sums: Mapped[JsonList]
    taken: Mapped[JsonList]
    lines: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    final: Mapped[bool] = mapped_column(default=False, server_default="false")
