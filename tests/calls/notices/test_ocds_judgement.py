"""Whether a notice is a call that bids can be made for, and under which law it is made."""

from typing import Any

import pytest

from app.calls.notices.ocds_in import notice_from
from app.calls.notices.ocds_read import read_package
from app.calls.notices.rules import Notice
from app.platform.words.codes import OpportunityStatus, Regime
from tests.calls.notices.ocds_samples import FIND_A_TENDER, a_release, an_update, package


def notice(*releases: Any) -> Notice:
    (found,) = read_package(package(*releases)).processes.values()
    return notice_from(found)


STATUS = [
    ({"status": "active"}, ["tender"], OpportunityStatus.PUBLISHED),
    ({"status": "planning"}, ["planning"], OpportunityStatus.PLANNED),
    ({"status": "planned"}, ["planning"], OpportunityStatus.PLANNED),
    ({"status": "active"}, ["planning"], OpportunityStatus.PLANNED),
    ({"status": "active"}, ["award"], OpportunityStatus.AWARDED),
    ({"status": "active"}, ["tenderCancellation"], OpportunityStatus.CANCELLED),
    ({"status": "cancelled"}, ["tender"], OpportunityStatus.CANCELLED),
    ({"status": "withdrawn"}, ["tender"], OpportunityStatus.WITHDRAWN),
    ({"status": "unsuccessful"}, ["tender"], OpportunityStatus.CLOSED),
    ({"status": "complete"}, ["tenderUpdate"], OpportunityStatus.CLOSED),
    ({"status": None}, ["tender"], OpportunityStatus.PUBLISHED),
    ({"status": None}, ["planning"], OpportunityStatus.PLANNED),
    ({"status": None}, ["award", "contract"], OpportunityStatus.AWARDED),
    ({"status": None}, ["tenderCancellation"], OpportunityStatus.CANCELLED),
    # Half of all real cancellations say something else in their status.
    ({"status": "complete"}, ["tender", "tenderCancellation"], OpportunityStatus.CANCELLED),
    ({"status": "planned"}, ["planning", "tenderCancellation"], OpportunityStatus.CANCELLED),
    ({"status": "withdrawn"}, ["tenderCancellation"], OpportunityStatus.WITHDRAWN),
    ({"status": "active"}, ["tender", "tenderCancellation", "tenderUpdate"], OpportunityStatus.PUBLISHED),
    ({"status": "complete"}, ["tender", "tenderCancellation", "award"], OpportunityStatus.CLOSED),
    ({"status": "active", "lots": [{"id": "1", "status": "cancelled"}]}, ["tender"], OpportunityStatus.CLOSED),
    ({"status": None}, ["compiled"], OpportunityStatus.PUBLISHED),
    ({"status": None, "tenderPeriod": None}, ["compiled"], OpportunityStatus.CLOSED),
    ({"status": "new word"}, ["compiled"], OpportunityStatus.CLOSED),
    ({"status": ["active"]}, [], OpportunityStatus.CLOSED),
]


@pytest.mark.parametrize(("tender", "tags", "status"), STATUS)
def test_the_status_is_what_the_notice_says_and_only_a_call_is_offered(
    tender: dict[str, Any], tags: list[str], status: OpportunityStatus
) -> None:
    assert notice({**a_release(**tender), "tag": tags}).status is status


def test_a_complete_process_with_an_award_is_awarded_and_an_update_without_status_leaves_it_so() -> None:
    award = {**an_update(status="complete"), "tag": ["award"], "awards": [{"id": "1", "status": "active"}]}
    later = {**an_update(amendments=[{"id": "1"}]), "id": "9", "date": "2026-09-01T00:00:00Z"}
    assert notice(FIND_A_TENDER, award, later).status is OpportunityStatus.AWARDED


@pytest.mark.parametrize(
    ("lots", "status"),
    [
        ([], OpportunityStatus.AWARDED),
        ([{"id": "1", "status": "complete"}, {"id": "2", "status": "cancelled"}], OpportunityStatus.AWARDED),
        ([{"id": "1", "status": "complete"}, {"id": "2", "status": "active"}], OpportunityStatus.PUBLISHED),
    ],
)
def test_an_award_ends_an_active_tender_unless_a_lot_is_still_open(lots: Any, status: OpportunityStatus) -> None:
    award = {**an_update(lots=lots), "tag": ["award"], "awards": [{"id": "1", "status": "active"}]}
    assert notice(a_release(lots=lots), award).status is status


def test_a_compiled_award_without_a_period_for_bids_is_no_call() -> None:
    awards = [{"id": "1", "status": "active"}]
    whole = {**a_release(tenderPeriod=None, lots=None), "tag": ["compiled"], "awards": awards}
    assert notice(whole).status is OpportunityStatus.AWARDED
    assert notice({**a_release(lots=None), "tag": ["compiled"], "awards": awards}).status is OpportunityStatus.PUBLISHED


@pytest.mark.parametrize(
    ("lots", "status", "still_open"),
    [
        ([{"id": "1", "status": "cancelled"}], OpportunityStatus.PUBLISHED, ["2"]),
        (
            [{"id": "1", "status": "cancelled"}, {"id": "2", "status": "cancelled"}],
            OpportunityStatus.CANCELLED,
            ["1", "2"],
        ),
        (None, OpportunityStatus.CANCELLED, ["1", "2"]),
    ],
)
def test_a_cancellation_of_some_lots_leaves_the_others_open(
    lots: Any, status: OpportunityStatus, still_open: list[str]
) -> None:
    call = a_release(lots=[{"id": "1", "status": "active"}, {"id": "2", "status": "active"}])
    cancellation = {**an_update(**({"lots": lots} if lots else {})), "tag": ["tenderCancellation"]}
    found = notice(call, cancellation)
    assert found.status is status
    assert [lot.key for lot in found.call.lots] == still_open


REGIME = [
    ({"legalBasis": {"scheme": "UKPGA", "id": "2023/54"}}, Regime.PA2023),
    ({"legalBasis": {"scheme": "UKPGA", "id": "2023/54"}, "aboveThreshold": False}, Regime.BELOW_THRESHOLD),
    ({"legalBasis": {"scheme": "CELEX", "id": "32014L0024"}}, Regime.OTHER),
    ({"legalBasis": {"scheme": "CELEX"}, "procedure": {"features": "run under the PSR24 regime"}}, Regime.PSR),
    ({"legalBasis": {"scheme": "UKSI", "id": "2023/1348"}}, Regime.PSR),
    ({"legalBasis": {"scheme": "WSI", "id": "2024/782"}}, Regime.PA2023_WALES),
    ({"legalBasis": {"scheme": "SSI", "id": "2015/446"}}, Regime.SCOTLAND),
    ({"legalBasis": None}, Regime.OTHER),
    ({"legalBasis": "Act"}, Regime.OTHER),
]


@pytest.mark.parametrize(("tender", "regime"), REGIME)
def test_the_legal_basis_tells_the_regime(tender: dict[str, Any], regime: Regime) -> None:
    assert notice(a_release(**tender)).call.regime is regime


@pytest.mark.parametrize(
    ("country", "regime"),
    [("GB-WLS", Regime.PA2023_WALES), ("wales", Regime.PA2023_WALES), ("GB-NIR", Regime.PA2023)],
)
def test_a_devolved_welsh_buyer_follows_the_welsh_rules(country: str, regime: Regime) -> None:
    release = a_release()
    release["parties"][0]["details"] = {"classifications": [{"scheme": "UK_CA_DEVOLVED_REGULATIONS", "id": country}]}
    assert notice(release).call.regime is regime


def test_a_notice_that_names_one_law_and_speaks_of_another_is_doubted() -> None:
    found = notice(a_release(procedure={"features": "This is run under the Provider Selection Regime"}))
    assert found.call.regime is Regime.PA2023
    assert "Provider Selection Regime" in found.doubts[0]
