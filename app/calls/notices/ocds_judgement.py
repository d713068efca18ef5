"""The status of a notice, and the law that it is made under."""

import re
from collections.abc import Sequence
from typing import Any

from app.calls.notices.ocds_read import RawRelease
from app.calls.notices.ocds_values import mapping, objects, text, texts
from app.platform.words.codes import OpportunityStatus, Regime

S = OpportunityStatus

BY_TENDER_STATUS = {
    "planning": S.PLANNED,
    "planned": S.PLANNED,
    "active": S.PUBLISHED,
    "cancelled": S.CANCELLED,
    "unsuccessful": S.CLOSED,
    "withdrawn": S.WITHDRAWN,
}
DECIDED_AWARD = frozenset({"active", "pending", ""})
ENDED_LOT = frozenset({"cancelled", "unsuccessful", "withdrawn", "complete"})
TO_COME = frozenset({S.PLANNED, S.PUBLISHED})
_CALLING = frozenset({"tender", "tenderUpdate", "tenderAmendment"})
_ENDED_BY_WORD = frozenset({"cancelled", "withdrawn", "unsuccessful"})


def status_of(release: dict[str, Any], releases: Sequence[RawRelease]) -> OpportunityStatus:
    """The status, from `tender.status` and the tags of the releases (oldest first); `release` is the merged one.

    A process that was only ever announced or only ever awarded is never offered for bids, whatever its status says.
    Nor is one that was cancelled last: half of all real cancellations still have the status from before.
    """
    tender = mapping(release, "tender")
    stated = text(tender.get("status"))
    awarded = bool(objects(release.get("contracts"))) or any(
        text(award.get("status")) in DECIDED_AWARD for award in objects(release.get("awards"))
    )
    tags = [tag for one in releases for tag in one.tags]
    if stated not in _ENDED_BY_WORD and _called_off(tags) and not _of_some_lots(tender, releases):
        return S.CANCELLED
    if stated == "complete":
        return S.AWARDED if awarded else S.CLOSED
    status = BY_TENDER_STATUS.get(stated)
    if status is None:
        return _by_tags(tender, tags, awarded)
    return _while_active(tender, tags, awarded) if status is S.PUBLISHED else status


def _while_active(tender: dict[str, Any], tags: Sequence[str], awarded: bool) -> OpportunityStatus:
    """An active tender is open, unless its releases or its lots show that there is nothing to bid for."""
    stages = {_stage(tag) for tag in tags} - {""}
    if stages and "tender" not in stages:
        return S.PLANNED if stages == {"planning"} else S.AWARDED
    lots = _lots(tender)
    if lots and all(lot in ENDED_LOT for lot in lots):
        return S.AWARDED if awarded else S.CLOSED
    decided = awarded and (not _takes_bids(tender) or _last(tags, "award", "contract") > _last(tags, "tender"))
    if decided and "active" not in lots:
        return S.AWARDED
    return S.PUBLISHED


def _called_off(tags: Sequence[str]) -> bool:
    """Whether the call was cancelled, and neither repeated nor awarded since."""
    since = list(tags[len(tags) - tags[::-1].index("tenderCancellation") :]) if "tenderCancellation" in tags else None
    return since is not None and not any(tag in _CALLING or _stage(tag) in ("award", "contract") for tag in since)


def _of_some_lots(tender: dict[str, Any], releases: Sequence[RawRelease]) -> bool:
    """Whether the last cancellation ends the lots that it names, and others are still active."""
    last = [one for one in releases if "tenderCancellation" in one.tags][-1]
    named = _lots(mapping(last.data, "tender"))
    return bool(named) and ENDED_LOT.issuperset(named) and "active" in _lots(tender)


def _lots(tender: dict[str, Any]) -> list[str]:
    """The status of each lot."""
    return [text(lot.get("status")) for lot in objects(tender.get("lots"))]


def _stage(tag: str) -> str:
    return next((stage for stage in ("planning", "tender", "award", "contract") if tag.startswith(stage)), "")


def _last(tags: Sequence[str], *stages: str) -> int:
    return max((at for at, tag in enumerate(tags) if _stage(tag) in stages), default=-1)


def _by_tags(tender: dict[str, Any], tags: Sequence[str], awarded: bool) -> OpportunityStatus:
    stages = {_stage(tag) for tag in tags}
    if awarded or stages & {"award", "contract"}:
        return S.AWARDED
    if "tender" in stages:
        return S.PUBLISHED
    if "planning" in stages or not tender:
        return S.PLANNED
    # A compiled release has no tag of its own: where it is silent on its status, taking bids says that it is open.
    silent = tender.get("status") is None and set(tags) <= {"compiled"}
    return S.PUBLISHED if silent and _takes_bids(tender) else S.CLOSED


def _takes_bids(tender: dict[str, Any]) -> bool:
    return bool(mapping(tender, "tenderPeriod").get("endDate") or tender.get("expressionOfInterestDeadline"))


PROCUREMENT_ACT = "2023/54"
PROVIDER_SELECTION = "2023/1348"
WALES_REGULATIONS = "2024/782"
WALES = frozenset({"GB-WLS", "wales"})
SCOTLAND_PREFIX = "ocds-r6ebe6-"
_PSR = re.compile(r"\bPSR\b|\bPSR24\b|provider selection regime", re.IGNORECASE)


def regime_of(release: dict[str, Any], ocid: str) -> Regime:
    """The law, from `tender.legalBasis` and, where that law has branches, from what else tells them apart.

    Procurement Act 2023: UK Public General Act 2023 c. 54; for devolved Welsh authorities with the Procurement
    (Wales) Regulations 2024 (WSI 2024/782). Provider Selection Regime: SI 2023/1348; until the platform names it,
    such notices come on the old forms and say so in their procedure. Scotland: Scottish statutory instruments, or
    the OCDS prefix of Public Contracts Scotland. `aboveThreshold` (UK extension) false is below threshold.
    """
    tender = mapping(release, "tender")
    basis = mapping(tender, "legalBasis")
    scheme, law = text(basis.get("scheme")).upper(), text(basis.get("id"))
    act = law.startswith(PROCUREMENT_ACT)
    if law == PROVIDER_SELECTION or (not act and speaks_of_provider_selection(tender)):
        return Regime.PSR
    if scheme in ("SSI", "ASP", "UKSSI") or (ocid.startswith(SCOTLAND_PREFIX) and not act):
        return Regime.SCOTLAND
    if (
        tender.get("aboveThreshold") is False
        or "below threshold" in text(tender.get("procurementMethodDetails")).lower()
    ):
        return Regime.BELOW_THRESHOLD
    if scheme == "WSI" or law == WALES_REGULATIONS:
        return Regime.PA2023_WALES
    if act:
        return Regime.PA2023_WALES if _devolved_to_wales(release) else Regime.PA2023
    return Regime.OTHER


def speaks_of_provider_selection(tender: dict[str, Any]) -> bool:
    """Whether the notice's own words on its procedure name the Provider Selection Regime."""
    said = (mapping(tender, "procedure").get("features"), tender.get("procurementMethodRationale"))
    return any(_PSR.search(text(one)) for one in said)


def _devolved_to_wales(release: dict[str, Any]) -> bool:
    """Whether a buyer follows the rules of Wales.

    The UK extension classifies buyers under `UK_CA_DEVOLVED_REGULATIONS` by ISO 3166-2 codes: GB-NIR, GB-SCT, GB-WLS.
    """
    return any(
        text(one.get("scheme")) == "UK_CA_DEVOLVED_REGULATIONS" and text(one.get("id")) in WALES
        for party in objects(release.get("parties"))
        if "buyer" in texts(party.get("roles"))
        for one in objects(mapping(party, "details").get("classifications"))
    )
