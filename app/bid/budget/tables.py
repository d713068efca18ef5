"""Budget lines."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, Key, Versioned, ref


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
