"""Releases become a notice: merged by the standard, nothing guessed, nothing lost, whatever stands in them."""

import glob
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import jsonref
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ocdsmerge import Merger

from app.calls.notices.ocds_in import notice_from
from app.calls.notices.ocds_merge import WHOLE_LISTS, in_order, merge
from app.calls.notices.ocds_read import read_package
from app.calls.notices.rules import Notice
from app.platform.words.codes import OpportunityStatus, Regime, RouteKind, VatBasis
from tests.calls.notices.ocds_samples import CONTRACTS_FINDER, FIND_A_TENDER, SHARED, a_release, an_update, package
from tests.growth import growth
from tests.rounds import examples

REAL = sorted(glob.glob(f"{SHARED}/ocds/**/*.json", recursive=True))
pytestmark = pytest.mark.filterwarnings("ignore::ocdsmerge.exceptions.DuplicateIdValueWarning")
with_real_data = pytest.mark.skipif(not REAL, reason="the real notices are not on this machine")


def notice(*releases: Any) -> Notice:
    (found,) = read_package(package(*releases)).processes.values()
    return notice_from(found)


def test_a_find_a_tender_notice_gives_what_a_bidder_needs() -> None:
    found = notice(FIND_A_TENDER)
    assert (found.call.title, found.call.buyer_name) == ("Young carers", "Aber Council")
    assert [(one.name, one.identifiers) for one in found.buyers] == [
        ("Aber Council", (("GB-PPON", "PXYZ-1234-BCDG"),)),
        ("Bryn Council", ()),
    ]
    assert (found.status, found.call.regime) == (OpportunityStatus.PUBLISHED, Regime.PA2023)
    assert (found.call.budget_ceiling, found.call.ceiling_vat, found.call.currency) == (
        10_000_000,
        VatBasis.EXCLUDED,
        "GBP",
    )
    assert [(one.lot.key, one.lot.title, one.lot.ceiling, one.lot.vat, one.open) for one in found.lots] == [
        ("1", "North", 6_000_000, VatBasis.EXCLUDED, True),
        ("2", "Lot 2", 4_000_000, VatBasis.UNKNOWN, False),
    ]
    assert found.call.submission_deadline == datetime(2099, 9, 10, 13, 0, tzinfo=UTC)
    assert found.call.clarification_deadline == datetime(2099, 9, 1, 11, 0, tzinfo=UTC)
    assert found.call.time_zone == "Europe/London"
    assert found.call.route.kind is RouteKind.ELSEWHERE
    assert found.call.route.url == "https://portal.example/advert?id=1"
    assert found.call.route.instructions == FIND_A_TENDER["tender"]["submissionMethodDetails"]
    assert (found.call.cpv, found.call.areas, found.call.vcse, found.sme) == (("85000000",), ("UKI44",), True, None)
    assert found.call.languages == ("en", "cy")
    assert found.notice_urls == ("https://notices.example/000001-2099",)
    assert [(one.lot_key, one.name, one.weight) for one in found.criteria] == [("1", "Quality", "60 %")]
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("number", "expected"),
    [(" NS/2027/412 ", "NS/2027/412"), (FIND_A_TENDER["ocid"], None), ("", None), (7, None), ("x" * 121, None),
     ("A\u200bB", None), ("A\nB", None)],
)  # fmt: skip
def test_the_procurements_number_is_the_buyers_own(number: Any, expected: str | None) -> None:
    release = {**FIND_A_TENDER, "tender": {**FIND_A_TENDER["tender"], "id": number}}
    assert notice(release).call.procurement_reference == expected


def test_a_contracts_finder_notice_comes_through_as_it_is() -> None:
    found = notice(CONTRACTS_FINDER)
    assert found.call.title == CONTRACTS_FINDER["tender"]["title"]
    assert found.call.description_markdown == CONTRACTS_FINDER["tender"]["description"]
    assert (found.call.budget_ceiling, found.call.ceiling_vat) == (2_523_958, VatBasis.UNKNOWN)
    assert found.call.regime is Regime.BELOW_THRESHOLD
    assert found.call.cpv == ("85000000", "92000000")
    assert found.call.areas == ("North West", "LL1 1AA")
    assert (found.call.route.kind, found.call.route.url) == (RouteKind.ELSEWHERE, "https://portal.example/apply")


def test_a_notice_that_does_not_say_where_bids_go_has_an_unknown_route() -> None:
    found = notice(a_release(CONTRACTS_FINDER, documents=CONTRACTS_FINDER["tender"]["documents"][:1]))
    assert (found.call.route.kind, found.call.route.url, found.call.route.instructions) == (RouteKind.UNKNOWN, None, "")


def test_instructions_without_an_address_are_still_a_route_elsewhere() -> None:
    found = notice(a_release(submissionMethodDetails="By post to the Town Hall"))
    assert (found.call.route.kind, found.call.route.url) == (RouteKind.ELSEWHERE, None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_updates_are_deltas_merged_by_their_dates_in_whatever_order_they_came(order: tuple[int, ...]) -> None:
    releases = [
        FIND_A_TENDER,
        an_update(
            tenderPeriod={"endDate": "2099-10-01T12:00:00+01:00"},
            items=[{"id": "1", "deliveryAddresses": [{"region": "UKC"}]}],
        ),
        {
            **an_update(title="Young carers (again)", lots=[{"id": "2", "status": "active"}]),
            "id": "3",
            # Later than the one before, though its text sorts earlier: the zones differ.
            "date": "2026-08-11T09:30:00Z",
        },
    ]
    found = notice(*(releases[at] for at in order))
    assert found.call.title == "Young carers (again)"
    assert found.call.submission_deadline == datetime(2099, 10, 1, 11, 0, tzinfo=UTC)
    assert found.call.areas == ("UKC",)
    assert [lot.open for lot in found.lots] == [True, True]
    assert found.call.budget_ceiling == 10_000_000


def test_a_release_without_a_date_counts_as_the_oldest() -> None:
    undated = {key: value for key, value in an_update(title="Undated").items() if key != "date"}
    assert notice(FIND_A_TENDER, undated).call.title == "Young carers"


def test_a_release_of_another_shape_does_not_stop_the_process() -> None:
    odd = {**an_update(), "tender": {"id": "T1", "value": [{"id": "x", "amount": 5}], "title": "Odd"}}
    assert notice(FIND_A_TENDER, odd).call.title in ("Odd", "Young carers")
    assert notice(FIND_A_TENDER, {**an_update(), "tender": "gone"}).call.ocid == FIND_A_TENDER["ocid"]


def test_of_what_has_two_shapes_the_newest_holds_and_nothing_else_is_lost() -> None:
    odd = an_update(title="Odd", value=[{"id": "x", "amount": 5}], lots={"id": "1"})
    found = notice(FIND_A_TENDER, odd)
    assert (found.call.title, found.call.description_markdown, found.call.budget_ceiling) == (
        "Odd",
        "Support for young carers",
        None,
    )
    assert found.call.submission_deadline == datetime(2099, 9, 10, 13, 0, tzinfo=UTC)
    again = {**an_update(value={"amount": 7, "currency": "GBP"}), "id": "3", "date": "2026-09-01T00:00:00Z"}
    assert notice(FIND_A_TENDER, odd, again).call.budget_ceiling == 700


def test_null_takes_away_whatever_it_stands_for() -> None:
    call = a_release(
        title="Young carers",
        value={"amount": 100, "currency": "GBP"},
        tenderPeriod={"startDate": "2098-01-01T00:00:00Z", "endDate": "2099-10-01T12:00:00Z"},
        enquiryPeriod={"endDate": "2099-09-01T12:00:00Z"},
        lots=[{"id": "1", "title": "North", "value": {"amount": 40}}, {"id": "2", "title": "South"}],
    )

    def after(**tender: Any) -> Notice:
        return notice(call, {**call, "id": "later", "date": "2098-06-01T00:00:00Z", "tender": {"id": "T", **tender}})

    assert after().call.submission_deadline is not None and after().call.budget_ceiling == 10_000
    assert after(tenderPeriod=None).call.submission_deadline is None
    assert after(tenderPeriod={"endDate": None}).call.submission_deadline is None
    assert after(enquiryPeriod=None).call.clarification_deadline is None
    assert after(value=None).call.budget_ceiling is None
    assert after(lots=None).lots == ()
    assert [lot.lot.ceiling for lot in after(lots=[{"id": "1", "value": None}]).lots] == [None, None]
    gone = {"id": "2", "title": None}
    assert [lot.lot.key for lot in after(lots=[gone]).lots] == ["1"]
    again = {**call, "id": "again", "date": "2098-07-01T00:00:00Z", "tender": {"id": "T", "value": {"amount": 7}}}
    emptied = {**call, "id": "later", "date": "2098-06-01T00:00:00Z", "tender": {"id": "T", "value": None}}
    assert notice(call, emptied, again).call.budget_ceiling == 700
    odd = {**call, "id": "odd", "date": "2098-05-01T00:00:00Z", "tender": {"id": "T", "lots": {"id": "x"}}}
    assert notice(call, odd, emptied).call.budget_ceiling is None


@pytest.mark.parametrize("amount", ["1.234,56", "12,5", "1,23,456", "1.234"])
def test_a_sum_that_means_two_things_is_left_out_and_said(amount: str) -> None:
    found = notice(a_release(value={"amount": amount, "currency": "GBP"}))
    assert found.call.budget_ceiling is None and any("not a sum of money" in doubt for doubt in found.doubts)
    assert notice(a_release(value={"amount": "1,234.56"})).call.budget_ceiling == 123_456


def test_hundreds_of_releases_are_merged_at_once_although_one_has_another_shape() -> None:
    releases = [
        {**an_update(title=str(at)), "id": str(at), "date": f"2026-09-01T{at // 60:02}:{at % 60:02}:00Z"}
        for at in range(800)
    ]
    releases[100]["tender"]["value"] = [{"id": "x", "amount": 5}]

    def merged(count: int) -> None:
        found = notice(FIND_A_TENDER, *releases[:count])
        assert (found.call.title, found.call.description_markdown) == (str(count - 1), "Support for young carers")

    assert growth(merged, 200) < 9


@pytest.mark.parametrize(
    ("words", "vcse"), [(["smeVcse"], True), (["shelteredWorkshop"], False), (None, False), ("smeVcse", True)]
)
def test_what_is_reserved_for_voluntary_organisations_suits_them(words: Any, vcse: bool) -> None:
    lot = {"id": "1", "suitability": {"vcse": False}, "otherRequirements": {"reservedParticipation": words}}
    assert notice(a_release(lots=[lot])).call.vcse is vcse


def test_lots_that_ended_are_not_open_while_bids_are_to_come_and_all_stand_afterwards() -> None:
    lots = [{"id": str(at), "status": word} for at, word in enumerate(("active", "complete", "cancelled"))]
    assert [lot.open for lot in notice(a_release(lots=lots)).lots] == [True, False, False]
    assert [lot.open for lot in notice(a_release(lots=lots, status="complete")).lots] == [True, True, True]


def test_no_lot_is_lost_for_having_no_id() -> None:
    found = notice(a_release(lots=[{"title": "A"}, {"id": 1, "title": "B"}, {"title": "C"}]))
    assert [(one.lot.key, one.lot.title) for one in found.lots] == [("no. 1", "A"), ("1", "B"), ("3", "C")]


VALUES = [
    ({"amount": 10, "currency": "GBP"}, 1000, VatBasis.UNKNOWN),
    ({"amount": 10.5, "amountGross": 12.6, "currency": "GBP"}, 1050, VatBasis.EXCLUDED),
    ({"amountGross": 12.6, "currency": "GBP"}, 1260, VatBasis.INCLUDED),
    ({"amount": "1,234.56"}, 123456, VatBasis.UNKNOWN),
    ({"amount": 1.999}, 199, VatBasis.UNKNOWN),
    ({"amount": -5}, None, VatBasis.UNKNOWN),
    ({"amount": True}, None, VatBasis.UNKNOWN),
    ({"amount": "lots"}, None, VatBasis.UNKNOWN),
    ({"amount": 10**13}, None, VatBasis.UNKNOWN),
    ({"amount": [1]}, None, VatBasis.UNKNOWN),
]


@pytest.mark.parametrize(("value", "ceiling", "vat"), VALUES)
def test_a_ceiling_is_exact_with_its_vat_or_it_is_left_out(
    value: dict[str, Any], ceiling: int | None, vat: VatBasis
) -> None:
    found = notice(a_release(value=value))
    assert (found.call.budget_ceiling, found.call.ceiling_vat) == (ceiling, vat)
    assert bool(found.doubts) is (ceiling is None)


@pytest.mark.parametrize("value", [{"amount": 0}, {"amountGross": 0}, {"amount": 0, "amountGross": 0.0}])
def test_a_ceiling_of_nothing_is_shown_and_binds_nobody(value: dict[str, Any]) -> None:
    found = notice(a_release(value=value))
    assert (found.call.budget_ceiling, found.call.ceiling_vat) == (0, VatBasis.UNKNOWN)
    assert "gives 0 as the ceiling" in found.doubts[0]


def test_the_number_1e9999_is_no_ceiling_and_no_error() -> None:
    text = package(a_release(value={"amount": 77, "currency": "GBP"})).replace(b'"amount": 77', b'"amount": 1e9999')
    (releases,) = read_package(text).processes.values()
    found = notice_from(releases)
    assert found.call.budget_ceiling is None
    assert "not a sum of money" in found.doubts[0]
    assert "1e9999" in releases[0].raw


def test_a_lot_in_another_currency_has_no_ceiling_here() -> None:
    found = notice(a_release(lots=[{"id": 1, "value": {"amount": 5, "currency": "EUR"}}]))
    assert (found.lots[0].lot.key, found.lots[0].lot.ceiling) == ("1", None)
    assert "another currency" in found.doubts[0]


DATES = [
    ("2099-07-01T12:00:00", datetime(2099, 7, 1, 11, 0, tzinfo=UTC), "time zone"),
    ("2099-01-01T12:00:00", datetime(2099, 1, 1, 12, 0, tzinfo=UTC), "time zone"),
    ("2099-07-01", datetime(2099, 7, 1, 22, 59, 59, tzinfo=UTC), "end of that day"),
    ("2099-07-01T12:00:00.1234567Z", datetime(2099, 7, 1, 12, 0, 0, 123456, tzinfo=UTC), None),
    ("tomorrow", None, "not a date"),
    ("0001-01-01T00:00:00+14:00", None, "not a date"),
    ("2099-13-01T00:00:00Z", None, "not a date"),
    ("0001-01-01", None, "not a date"),
    ("9999-12-31T23:59:59-12:00", None, "not a date"),
    ("", None, "does not say until when"),
    (20990701, None, "not a date"),
]


@pytest.mark.parametrize(("given", "moment", "doubt"), DATES)
def test_a_deadline_without_a_zone_is_uk_time_and_says_so(
    given: Any, moment: datetime | None, doubt: str | None
) -> None:
    found = notice(a_release(tenderPeriod={"endDate": given}))
    assert found.call.submission_deadline == moment
    assert [doubt in one for one in found.doubts] == ([True] if doubt else [])


def test_nul_and_lone_surrogates_become_visible_and_the_rest_stays() -> None:
    found = notice(a_release(title="a\u0000b\ud800c e\u0301"))
    assert found.call.title == "a\ufffdb\ufffdc é"
    found.call.title.encode()


def test_a_title_is_always_there() -> None:
    assert notice(a_release(title="")).call.title == FIND_A_TENDER["ocid"]
    assert notice({"ocid": "a", "awards": [{"id": "1", "title": "Prize"}]}).call.title == "Prize"


def test_a_single_lot_without_a_title_is_the_tender_itself() -> None:
    assert notice(a_release(lots=[{"id": "1"}])).lots[0].lot.title == "Young carers"


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["active", "GBP", "2026-01-01", "CPV"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("id"), inner, max_size=4),
    max_leaves=12,
)


@examples(50)
@given(st.data())
def test_whatever_stands_in_a_field_a_notice_comes_out(data: st.DataObject) -> None:
    first, second = a_release(), an_update()
    for release in (first, second):
        for key in data.draw(st.sets(st.sampled_from(sorted(FIND_A_TENDER["tender"])), max_size=6)):
            release["tender"][key] = data.draw(anything)
        for key in data.draw(
            st.sets(st.sampled_from(["parties", "buyer", "language", "tag", "awards", "title"]), max_size=3)
        ):
            release[key] = data.draw(anything)
    found = notice(first, second)
    assert found.call.title
    json.dumps(
        [found.call.title, found.call.description_markdown, found.call.buyer_name, *found.call.areas, *found.call.cpv]
    ).encode()


def test_ten_megabytes_go_in_as_fast_for_each_release_as_two() -> None:
    one = json.dumps(FIND_A_TENDER).replace("Support for", "Support for " * 200)
    whole = 10_000_000 // len(one)

    def package(count: int) -> bytes:
        releases = (one.replace(FIND_A_TENDER["ocid"], f"ocds-h6vhtk-{at:06}") for at in range(count))
        return ('{"releases": [' + ",".join(releases) + "]}").encode()

    packages = {count: package(count) for count in (whole // 4, whole // 4 * 4)}

    def read(count: int) -> None:
        assert len([notice_from(each) for each in read_package(packages[count]).processes.values()]) == count

    assert growth(read, whole // 4) < 9


def the_standards_rules() -> dict[Any, str] | None:
    path = SHARED / "ocds-schema" / "patched" / "release-schema.json"
    if not path.exists():
        return None
    merger = Merger(jsonref.replace_refs(json.loads(path.read_text())))
    rules: dict[Any, str] = merger.merge_rules
    return rules


@with_real_data
def test_real_processes_merge_as_the_patched_schema_says() -> None:
    rules = the_standards_rules()
    assert rules
    several = 0
    for file in REAL:
        with open(file, "rb") as content:
            found = read_package(content.read())
        for releases in found.processes.values():
            several += len(releases) > 1
            expected = Merger(merge_rules=rules).create_compiled_release([one.data for one in in_order(releases)])
            assert merge(releases)["tender"] == expected["tender"], file
            assert merge(releases).get("awards") == expected.get("awards"), file
    assert several >= 4


@with_real_data
def test_every_list_that_is_replaced_as_a_whole_by_the_patched_schema_is_so_here() -> None:
    rules = the_standards_rules()
    assert rules
    of_objects = {path[-1] for path in rules if path[-1][0].islower()} & WHOLE_LISTS
    assert of_objects >= WHOLE_LISTS - {"numbers"}


@with_real_data
def test_every_real_process_becomes_a_notice_with_its_texts_as_they_are() -> None:
    statuses = set()
    for file in REAL:
        with open(file, "rb") as content:
            found = read_package(content.read())
        assert found.skipped == []
        for releases in found.processes.values():
            one = notice_from(releases)
            statuses.add(one.status)
            assert one.call.description_markdown == merge(releases)["tender"].get("description", "")
            assert one.call.buyer_name
            assert one.call.route.kind is not RouteKind.HERE
    assert statuses == {OpportunityStatus.PUBLISHED, OpportunityStatus.PLANNED, OpportunityStatus.AWARDED}
