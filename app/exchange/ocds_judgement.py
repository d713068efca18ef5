"""What a notice amounts to: its status, and the law that it is made under."""

import re
from collections.abc import Sequence
from typing import Any

from app.domain.codes import OpportunityStatus, Regime
from app.exchange.ocds_values import mapping, objects, text, texts

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


def status_of(release: dict[str, Any], tags: Sequence[str]) -> OpportunityStatus:
    """From `tender.status`; where that is silent, from what the releases say they are (`tag`, oldest first).

    A process that was only ever announced or only ever awarded is never offered for bids, whatever its status says.
    """
    stated = text(mapping(release, "tender").get("status"))
    awarded = bool(objects(release.get("contracts"))) or any(
        text(award.get("status")) in DECIDED_AWARD for award in objects(release.get("awards"))
    )
    if stated == "complete":
        return S.AWARDED if awarded else S.CLOSED
    status = BY_TENDER_STATUS.get(stated)
    stages = {_stage(tag) for tag in tags} - {""}
    if status is None:
        return _by_tags(tags, awarded, bool(mapping(release, "tender")))
    if status is S.PUBLISHED:
        if "tenderCancellation" in tags and tags.index("tenderCancellation") >= _last_tender(tags):
            return S.CANCELLED
        if stages and "tender" not in stages:
            return S.PLANNED if stages == {"planning"} else S.AWARDED
    return status


def _stage(tag: str) -> str:
    return next((stage for stage in ("planning", "tender", "award", "contract") if tag.startswith(stage)), "")


def _last_tender(tags: Sequence[str]) -> int:
    return max((at for at, tag in enumerate(tags) if tag in ("tender", "tenderUpdate", "tenderAmendment")), default=-1)


def _by_tags(tags: Sequence[str], awarded: bool, has_tender: bool) -> OpportunityStatus:
    stages = {_stage(tag) for tag in tags}
    if awarded or stages & {"award", "contract"}:
        return S.AWARDED
    if "tenderCancellation" in tags:
        return S.CANCELLED
    if "tender" in stages:
        return S.PUBLISHED
    if "planning" in stages or not has_tender:
        return S.PLANNED
    return S.CLOSED


PROCUREMENT_ACT = "2023/54"
PROVIDER_SELECTION = "2023/1348"
WALES_REGULATIONS = "2024/782"
SCOTLAND_PREFIX = "ocds-r6ebe6-"
_PSR = re.compile(r"\bPSR\b|\bPSR24\b|provider selection regime", re.IGNORECASE)


def regime_of(release: dict[str, Any], ocid: str) -> Regime:
    """From `tender.legalBasis`, and what else tells where that law has branches.

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
    """The UK extension classifies a buyer under `UK_CA_DEVOLVED_REGULATIONS` by the country whose rules it follows."""
    return any(
        text(one.get("scheme")) == "UK_CA_DEVOLVED_REGULATIONS" and "wales" in text(one.get("id")).lower()
        for party in objects(release.get("parties"))
        if "buyer" in texts(party.get("roles"))
        for one in objects(mapping(party, "details").get("classifications"))
    )
