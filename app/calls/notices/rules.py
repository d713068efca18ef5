"""A notice published elsewhere, as a value: what an OCDS import gives and an opportunity takes."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.calls.opportunities.rules import required_sections
from app.calls.opportunities.value import Lot, Opportunity
from app.platform.words.codes import OpportunityStatus, RouteKind


@dataclass(frozen=True, slots=True)
class NoticeLot:
    """A lot with what the notice says of it beyond the call. `open` is False where the buyer has ended it on its own."""

    lot: Lot
    description: str
    open: bool = True


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer, with the register numbers that the notice gives for it (scheme, id)."""

    name: str
    identifiers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion by which bids are assessed."""

    lot_key: str | None
    name: str
    kind: str
    weight: str
    description: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One contracting process (`ocid`), all its releases merged. Texts are as they were published (NFC).

    `call` is what the notice says of the call: its lots are those that are open, and its route is never `here`, since
    only a verified owner can say that. `doubts` are sentences about what could not be read as it was meant, such as a
    sum that is no sum.
    """

    call: Opportunity
    status: OpportunityStatus
    buyers: tuple[Buyer, ...]
    lots: tuple[NoticeLot, ...]
    sme: bool | None
    notice_urls: tuple[str, ...]
    procedure: str
    criteria: tuple[Criterion, ...]
    doubts: tuple[str, ...]


SAID_HERE = ("mode", "price_detail", "required_sections", "required_statements", "consortium_rules")
"""Fields of a call that no notice has: only people here fill them."""


def call_after(notice: Notice, before: Opportunity | None, *, bids_opened: bool = False) -> Opportunity:
    """The call that follows from its notice and from what people here said `before`.

    Questions of lots that are still there stay, as does the route of a call that takes bids here. Such a call keeps its
    deadline against an earlier one, and once its bids were opened no deadline moves at all.
    """
    said, known = notice.call, before or Opportunity(title="", required_sections=required_sections(()))
    here = before is not None and before.route.kind is RouteKind.HERE
    deadline, clarification = said.submission_deadline, said.clarification_deadline
    if before is not None and (bids_opened or (here and _earlier(deadline, before.submission_deadline))):
        deadline = before.submission_deadline
    if clarification is not None and deadline is not None and clarification > deadline:
        clarification = deadline
    keys = {lot.key for lot in said.lots}
    return replace(
        said,
        questions=tuple(one for one in known.questions if one.lot_key is None or one.lot_key in keys),
        clarification_deadline=clarification,
        submission_deadline=deadline,
        route=known.route if here else said.route,
        languages=said.languages or known.languages,
        **{name: getattr(known, name) for name in SAID_HERE},
    )


def _earlier(one: datetime | None, other: datetime | None) -> bool:
    return one is None or (other is not None and one < other)
