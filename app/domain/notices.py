"""A notice published elsewhere, as a value: what an OCDS import gives and an opportunity takes.

Amounts are minor units of `currency`; instants are aware UTC datetimes; texts are as they were published (NFC).
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.codes import OpportunityStatus, Regime, RouteKind, VatBasis


@dataclass(frozen=True, slots=True)
class NoticeLot:
    """`open` is False for a lot that the buyer has ended on its own."""

    key: str
    title: str
    description: str
    ceiling: int | None
    vat: VatBasis
    open: bool = True


@dataclass(frozen=True, slots=True)
class NoticeParty:
    """A buyer, with the register numbers that the notice gives for it (scheme, id)."""

    name: str
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRoute:
    """How bids are made, in the notice's own words. Never `here`: only a verified owner can say that."""

    kind: RouteKind
    url: str | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """By what a bid is assessed, where the notice says it."""

    lot_key: str | None
    name: str
    kind: str
    weight: str
    description: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One contracting process (`ocid`), all its releases merged.

    `doubts` are sentences about what could not be read as it was meant, such as a sum that is no sum.
    """

    ocid: str
    title: str
    description: str
    buyers: tuple[NoticeParty, ...]
    status: OpportunityStatus
    regime: Regime
    currency: str
    ceiling: int | None
    ceiling_vat: VatBasis
    lots: tuple[NoticeLot, ...]
    submission_deadline: datetime | None
    clarification_deadline: datetime | None
    time_zone: str
    route: NoticeRoute
    cpv: tuple[str, ...]
    areas: tuple[str, ...]
    vcse: bool | None
    sme: bool | None
    languages: tuple[str, ...]
    notice_urls: tuple[str, ...]
    procedure: str
    criteria: tuple[Criterion, ...]
    doubts: tuple[str, ...]

    @property
    def buyer_name(self) -> str:
        """Of the one that publishes; the others stand beside it in `buyers`."""
        return self.buyers[0].name if self.buyers else ""
