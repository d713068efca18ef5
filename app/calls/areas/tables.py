"""Areas that notices and organisations name: countries and regions, by their official codes."""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Texts


class Area(Base):
    """An area of the United Kingdom by its nine-character code of the Office for National Statistics."""

    __tablename__ = "areas"
    __table_args__ = (Index("ix_areas_within", "within", postgresql_using="gin"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=text("'region'"))
    within: Mapped[Texts]
    """The codes of all areas that it lies in, the nearest first."""
    nuts: Mapped[str | None]
    """Its code in the former NUTS classification, which notices still write (`TLC` of the ITL is `UKC` there)."""
