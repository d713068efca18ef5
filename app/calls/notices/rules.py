"""A notice published elsewhere, as a value: what an OCDS import gives and an opportunity takes.

Amounts are minor units of `currency`; instants are aware UTC datetimes; texts are as they were published (NFC).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.calls.opportunities.rules import LotTerms, Route, Terms, required_sections
from app.platform.words.codes import OpportunityStatus, Regime, RouteKind, VatBasis
from app.platform.words.identifiers import BadIdentifier, normalise


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


def terms_of(notice: Notice, before: Terms | None, *, bids_opened: bool = False) -> Terms:
    """The terms of a call after its notice: what the notice says, over what was known or said here `before`.

    What only people here can say stays: questions, rules, mode, and that bids are submitted here. A call that takes
    bids here keeps its deadline against an earlier one, and once its bids were opened no deadline moves at all.
    """
    known = before or Terms(title=notice.title, required_sections=required_sections(()))
    lots = tuple(LotTerms(lot.key, lot.title, lot.ceiling, lot.vat) for lot in notice.lots if lot.open)
    here = known.route.kind is RouteKind.HERE and before is not None
    deadline = notice.submission_deadline
    if before is not None and (bids_opened or (here and _earlier(deadline, before.submission_deadline))):
        deadline = before.submission_deadline
    clarification = notice.clarification_deadline
    if clarification is not None and deadline is not None and clarification > deadline:
        clarification = deadline
    keys = {lot.key for lot in lots}
    return replace(
        known,
        title=notice.title,
        description_markdown=notice.description,
        lots=lots,
        questions=tuple(one for one in known.questions if one.lot_key is None or one.lot_key in keys),
        budget_ceiling=notice.ceiling,
        ceiling_vat=notice.ceiling_vat,
        currency=notice.currency,
        regime=notice.regime,
        clarification_deadline=clarification,
        submission_deadline=deadline,
        time_zone=notice.time_zone,
        route=known.route if here else Route(notice.route.kind, notice.route.url, notice.route.instructions),
        languages=notice.languages or known.languages,
        areas=notice.areas,
        cpv=notice.cpv,
        vcse=notice.vcse,
    )


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    return one is None or (other is not None and one < other)


def is_buyer(notice: Notice, name: str, identifiers: Iterable[tuple[str, str]]) -> bool:
    """Whether an organisation with this name and these register numbers is a buyer that the notice names."""
    own = set(identifiers)
    return any(_plain(buyer.name) == _plain(name) or own & set(_normal(buyer.identifiers)) for buyer in notice.buyers)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _normal(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for scheme, number in pairs:
        try:
            yield normalise(scheme, number)
        except BadIdentifier:
            continue
