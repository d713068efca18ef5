"""Contributions and expectations over HTTP: who may write, what others see, what a write tells."""

from typing import Any

import pytest

from app.platform.words.codes import ExpectationKind, TargetType
from tests.factories import Bid, Organisation, World, ok, problem

RATED = {
    "kind": "staff_time",
    "title": "A youth worker, two days a week",
    "quantity": "208",
    "unit": "day",
    "unit_value": {"amount": "175.50", "currency": "GBP"},
    "value": {"amount": "36504.00", "currency": "GBP"},
    "certainty": "confirmed",
    "valuation_basis": "NJC pay scale 2026, SCP 20",
}
CASH = {"kind": "cash", "title": "Our own money", "value": {"amount": "5000.00"}, "certainty": "confirmed"}
WISH: dict[str, Any] = {
    "kind": "staffing",
    "title": "Somebody who speaks Welsh",
    "strength": "must",
    "target": {"type": "hours", "value": "100"},
}


class Pair:
    """A lead and a member in one bid."""

    def __init__(self, world: World, opened: bool = True) -> None:
        self.world = world
        self.member = world.organisation("Small Charity")
        self.bid: Bid = world.bid(self.member)
        self.lead = self.bid.lead.organisation
        if opened:
            self.file(self.lead)
            self.file(self.member)

    def file(self, who: Organisation) -> None:
        ok(who.boss.post(f"{self.bid.path}/honesty-round/file"), 200)

    def gives(self, who: Organisation, body: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = ok(who.boss.post(f"{self.bid.path}/contributions", body), 201).json()
        return made

    def expects(self, who: Organisation, body: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = ok(who.boss.post(f"{self.bid.path}/expectations", body), 201).json()
        return made

    def at(self, thing: dict[str, Any], kind: str = "contributions") -> str:
        return f"{self.bid.path}/{kind}/{thing['id']}"


@pytest.fixture
def pair(world: World) -> Pair:
    return Pair(world)


def test_a_contribution_is_made_read_changed_and_taken_back(pair: Pair) -> None:
    made = ok(pair.member.boss.post(f"{pair.bid.path}/contributions", RATED), 201)
    body = made.json()
    assert made.headers["Location"] == pair.at(body) and made.headers["ETag"] == '"1"'
    assert body["unit_value"] == {"amount": "175.50", "currency": "GBP"}
    assert (body["quantity"], body["shown_as"], body["partner_id"]) == (
        "208",
        "value",
        pair.bid.seat(pair.member),
    )
    assert ok(pair.member.boss.get(pair.at(body))).json() == body
    patched = ok(pair.member.boss.patch(pair.at(body), {"title": "A worker"}, if_match=1)).json()
    assert patched == body | {"title": "A worker", "version": 2}
    problem(pair.member.boss.delete(pair.at(body), if_match=1), 412)
    assert pair.member.boss.delete(pair.at(body), if_match=2).status_code == 204
    problem(pair.member.boss.get(pair.at(body)), 404)


def test_others_see_the_value_and_never_the_rate(pair: Pair) -> None:
    made = pair.gives(pair.member, RATED)
    seen = ok(pair.lead.boss.get(pair.at(made))).json()
    hidden = {"unit_value": None, "quantity": None, "shown_as": None}
    assert seen == made | hidden
    listed = ok(pair.lead.boss.get(f"{pair.bid.path}/contributions")).json()["items"]
    assert [item for item in listed if item["id"] == made["id"]] == [seen]
    whole = [c for c in pair.bid.read()["contributions"] if c["id"] == made["id"]]
    assert whole == [seen]


def test_the_list_the_item_and_the_whole_proposal_say_the_same(pair: Pair) -> None:
    pair.gives(pair.member, RATED)
    pair.gives(pair.lead, CASH | {"period": {"start": "2027-04-01", "end": "2028-03-31"}})
    pair.expects(pair.member, WISH)
    for reader in (pair.lead.boss, pair.member.boss):
        whole = pair.bid.read(reader)
        for kind in ("contributions", "expectations"):
            listed = ok(reader.get(f"{pair.bid.path}/{kind}")).json()["items"]
            assert listed == whole[kind]
            assert listed == [ok(reader.get(f"{pair.bid.path}/{kind}/{item['id']}")).json() for item in listed]


def test_a_change_of_rate_alone_moves_nothing_that_others_see(pair: Pair) -> None:
    made = pair.gives(pair.member, RATED)
    whole = pair.lead.boss.get(pair.bid.path)
    item = pair.lead.boss.get(pair.at(made))
    other_rate = {"quantity": "416", "unit_value": {"amount": "87.75"}}
    assert ok(pair.member.boss.patch(pair.at(made), other_rate, if_match=1)).json()["version"] == 2
    after = pair.lead.boss.get(pair.bid.path)
    assert (after.content, after.headers["ETag"]) == (whole.content, whole.headers["ETag"])
    assert pair.lead.boss.get(pair.at(made)).headers["ETag"] == item.headers["ETag"]
    assert pair.member.boss.get(pair.at(made)).headers["ETag"] == '"2"'


def test_a_change_after_the_reveal_is_a_difference_to_all_without_the_owners_figures(pair: Pair) -> None:
    made = pair.gives(pair.member, RATED)
    change = {"quantity": "200", "value": {"amount": "35100.00"}, "title": "Less of a youth worker"}
    ok(pair.member.boss.patch(pair.at(made), change, if_match=1))

    def newest(who: Organisation) -> dict[str, Any]:
        items = ok(who.boss.get(f"{pair.bid.path}/events", params={"limit": 200})).json()["items"]
        found: dict[str, Any] = [event for event in items if event["type"] == "contribution_changed"][-1]
        return found

    own = {d["field"] for d in newest(pair.member)["payload"]["changes"][0]["differences"]}
    shown = {d["field"]: d for d in newest(pair.lead)["payload"]["changes"][0]["differences"]}
    assert own == {"quantity", "value", "title"} and set(shown) == {"value", "title"}
    assert shown["title"] == {"field": "title", "before": RATED["title"], "after": "Less of a youth worker"}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"value": {"amount": "36504.01"}}, "/value"),
        ({"value": {"amount": "1e9999"}}, "/value/amount"),
        ({"value": {"amount": "NaN"}}, "/value/amount"),
        ({"value": {"amount": "-5.00"}}, "/value/amount"),
        ({"value": {"amount": "36504.00", "currency": "EUR"}}, "/value/currency"),
        ({"quantity": "1" + "0" * 30}, "/quantity"),
        ({"quantity": 208}, "/quantity"),
        ({"quantity": "NaN"}, "/quantity"),
        ({"valuation_basis": ""}, "/valuation_basis"),
        ({"period": {"start": "2027-04-01", "end": "2027-03-31"}}, "/period/end"),
        ({"period": {"start": "1890-04-01"}}, "/period/start"),
        ({"lot_id": "01900000-0000-7000-8000-000000000000"}, "/lot_id"),
        ({"document_ids": ["01900000-0000-7000-8000-000000000000"]}, "/document_ids/0"),
        ({"kind": "bribes"}, "/kind"),
        ({"certainty": None}, "/certainty"),
        ({"unit_price": "1"}, "/unit_price"),
    ],
)
def test_what_is_not_right_is_pointed_at(pair: Pair, change: dict[str, Any], pointer: str) -> None:
    found = problem(pair.member.boss.post(f"{pair.bid.path}/contributions", RATED | change), 422)
    assert pointer in [error["pointer"] for error in found["errors"]]


def test_nobody_but_its_owner_can_change_or_delete_a_declaration_the_lead_included(pair: Pair) -> None:
    given, wished = pair.gives(pair.member, RATED), pair.expects(pair.member, WISH)
    lead = pair.lead.boss
    problem(lead.patch(pair.at(given), {"title": "Mine"}, if_match=1), 403)
    problem(lead.delete(pair.at(given), if_match=1), 403)
    at = pair.at(wished, "expectations")
    problem(lead.patch(at, {"strength": "could"}, if_match=1), 403)
    problem(lead.put(f"{at}/met-by", [], if_match=1), 403)
    problem(lead.post(f"{at}/waive", {"reason": "They need not."}), 403)
    problem(lead.delete(at, if_match=1), 403)
    as_them = RATED | {"partner_id": pair.bid.seat(pair.member)}
    problem(lead.post(f"{pair.bid.path}/contributions", as_them), 403)


def test_a_viewer_of_the_partner_cannot_declare_and_an_editor_cannot_waive(pair: Pair) -> None:
    viewer = pair.world.colleague(pair.member, "viewer")
    editor = pair.world.colleague(pair.member, "editor")
    problem(viewer.post(f"{pair.bid.path}/contributions", RATED), 403)
    wished = ok(editor.post(f"{pair.bid.path}/expectations", WISH), 201).json()
    problem(editor.post(f"{pair.at(wished, 'expectations')}/waive", {"reason": "No need."}), 403)


def test_if_match_is_asked_for_and_judged(pair: Pair) -> None:
    made = pair.gives(pair.member, CASH)
    problem(pair.member.boss.patch(pair.at(made), {"title": "x"}), 428)
    problem(pair.member.boss.patch(pair.at(made), {"title": "x"}, if_match="*"), 428)
    problem(pair.member.boss.patch(pair.at(made), {"title": "x"}, if_match='W/"1"'), 412)
    problem(pair.member.boss.patch(pair.at(made), {"title": "x"}, if_match=7), 412)


def test_an_expectation_is_linked_waived_and_accepted(pair: Pair) -> None:
    given = pair.gives(
        pair.lead, {**RATED, "unit": "hour", "quantity": "100", "unit_value": None, "value": {"amount": "1.00"}}
    )
    wished = pair.expects(pair.member, WISH)
    at = pair.at(wished, "expectations")
    assert wished["must_after_reveal"] is True and wished["accepted_by"] == []
    linked = ok(pair.member.boss.put(f"{at}/met-by", [{"type": "contribution", "id": given["id"]}], if_match=1)).json()
    assert linked["met_by"] == [{"type": "contribution", "id": given["id"]}] and linked["version"] == 2
    state = ok(pair.lead.boss.get(f"{pair.bid.path}/reconciliation")).json()["expectations"][0]
    assert (state["id"], state["state"]) == (wished["id"], "met")
    accepted = ok(pair.lead.boss.post(f"{at}/accept")).json()
    assert accepted["accepted_by"] == [pair.bid.seat(pair.lead)]
    problem(pair.member.boss.post(f"{at}/accept"), 409, "nothing-to-accept")
    waived = ok(pair.member.boss.post(f"{at}/waive", {"reason": "We found somebody."})).json()
    assert waived["waived_reason"] == "We found somebody."
    problem(pair.member.boss.post(f"{at}/waive", {"reason": "Again."}), 409, "already-waived")


def test_taking_back_a_contribution_takes_its_links_along(pair: Pair) -> None:
    given = pair.gives(pair.lead, CASH)
    wished = pair.expects(pair.member, {"kind": "other", "title": "Some money", "strength": "should"})
    at = pair.at(wished, "expectations")
    ok(pair.member.boss.put(f"{at}/met-by", [{"type": "contribution", "id": given["id"]}], if_match=1))
    assert pair.lead.boss.delete(pair.at(given), if_match=1).status_code == 204
    after = ok(pair.member.boss.get(at))
    assert after.json()["met_by"] == [] and after.headers["ETag"] == '"3"'


def test_a_link_to_anything_of_another_proposal_is_refused_without_a_hint(pair: Pair) -> None:
    other = Pair(pair.world)
    there = other.gives(other.lead, CASH)
    query = "SELECT id::text FROM sections WHERE proposal_id = %s"
    (section,) = other.world.sql.execute(query, [other.bid.id]).fetchone() or ("",)
    wished = pair.expects(pair.member, WISH)
    links = [
        ("contribution", there["id"]),
        ("contribution", "01900000-0000-7000-8000-000000000000"),
        ("contribution", "not an id"),
        ("contribution", "----" + "0" * 32),
        ("section", section),
        ("structure", other.bid.id),
        ("budget_line", there["id"]),
        ("decision", there["id"]),
        ("outcome", there["id"]),
    ]
    answers = set()
    for kind, id_ in links:
        found = problem(
            pair.member.boss.put(f"{pair.at(wished, 'expectations')}/met-by", [{"type": kind, "id": id_}], if_match=1),
            422,
            "invalid",
        )
        answers.add((found["detail"], str(found["errors"])))
    assert len(answers) == 1
    ours = {"type": "contribution", "id": pair.gives(pair.member, CASH)["id"]}
    mixed = [ours, {"type": "outcome", "id": there["id"]}, ours, {"type": "decision", "id": "x" * 60}]
    at = pair.at(wished, "expectations")
    found = problem(pair.member.boss.put(f"{at}/met-by", mixed, if_match=1), 422)
    assert [(fault["pointer"], fault["code"]) for fault in found["errors"]] == [
        ("/1/id", "not-found"),
        ("/3/id", "not-found"),
    ]
    assert ok(pair.member.boss.get(at)).json()["met_by"] == []
    assert ok(pair.member.boss.put(f"{at}/met-by", [ours, ours], if_match=1)).json()["met_by"] == [ours]


def test_a_batch_is_all_or_nothing_with_a_pointer_per_row(pair: Pair) -> None:
    kept = pair.gives(pair.member, CASH)
    rows = [RATED, {**RATED, "value": {"amount": "1.00"}}, {"title": "No kind"}]
    found = problem(pair.member.boss.post(f"{pair.bid.path}/contributions:batch", {"items": rows}), 422)
    assert {"/items/1/value", "/items/2/kind", "/items/2/value", "/items/2/certainty"} <= {
        error["pointer"] for error in found["errors"]
    }
    assert len(ok(pair.member.boss.get(f"{pair.bid.path}/contributions")).json()["items"]) == 1
    rows = [RATED, {"id": kept["id"], "version": 1, "title": "More of our own money"}]
    made = ok(pair.member.boss.post(f"{pair.bid.path}/contributions:batch", {"items": rows}), 200).json()["items"]
    assert [item["title"] for item in made] == [RATED["title"], "More of our own money"]
    stale = problem(pair.member.boss.post(f"{pair.bid.path}/contributions:batch", {"items": rows}), 412)
    assert stale["errors"][0]["pointer"] == "/items/1/version"
    theirs = [{"id": pair.gives(pair.lead, CASH)["id"], "version": 1, "title": "Ours"}]
    problem(pair.member.boss.post(f"{pair.bid.path}/contributions:batch", {"items": theirs}), 422)
    wishes = {"items": [WISH, {**WISH, "target": {"type": "right", "value": " "}}]}
    found = problem(pair.member.boss.post(f"{pair.bid.path}/expectations:batch", wishes), 422)
    assert [error["pointer"] for error in found["errors"]] == ["/items/1/target/value"]
    ok(pair.member.boss.post(f"{pair.bid.path}/expectations:batch", {"items": [WISH, WISH]}), 200)


@pytest.mark.parametrize(
    "target",
    [
        {"type": "percent", "value": 30},
        {"type": "percent", "value": "101"},
        {"type": "percent", "value": "NaN"},
        {"type": "money", "value": "30"},
        {"type": "money", "value": {"amount": "1e9999"}},
        {"type": "money", "value": {"amount": "5.00", "currency": "EUR"}},
        {"type": "days", "value": "-1"},
        {"type": "acres", "value": "30"},
    ],
)
def test_a_target_that_is_no_figure_of_its_type_is_refused(pair: Pair, target: dict[str, Any]) -> None:
    body = {"kind": "funding_share", "title": "A fair share", "strength": "must", "target": target}
    found = problem(pair.member.boss.post(f"{pair.bid.path}/expectations", body), 422)
    assert all(error["pointer"].startswith("/target") for error in found["errors"])


def test_the_figure_that_others_see_cannot_be_turned_round(pair: Pair) -> None:
    made = pair.gives(pair.member, {**RATED, "unit_value": None})
    seen = ok(pair.lead.boss.get(pair.at(made))).json()
    assert (seen["quantity"], seen["value"]) == ("208", None)
    problem(pair.member.boss.patch(pair.at(made), {"shown_as": "value"}, if_match=1), 409, "already-seen")


def test_a_page_explains_each_contradiction(pair: Pair) -> None:
    for code in ("funding-shares-over-whole", "promised-twice", "voice-denied"):
        page = pair.world.http.get(f"/problems/{code}")
        assert page.status_code == 200 and "text/html" in page.headers["content-type"]
    words = ok(pair.world.http.get("/v1/vocabularies/contradiction")).json()["items"]
    assert "promised-twice" in {word["code"] for word in words}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_whose_it_is_comes_before_what_was_sent(pair: Pair, method: str) -> None:
    made = pair.gives(pair.member, CASH)
    for content in (b"{nonsense", b'{"kind": 7}', b""):
        headers = {"Content-Type": "application/json"}
        problem(pair.lead.boss.request(method, pair.at(made), content=content, headers=headers), 403)
    problem(pair.member.boss.request("PATCH", pair.at(made), content=b"{nonsense", headers=headers), 400)


LARGEST = {"amount": "9999999999999.99", "currency": "GBP"}


def test_every_kind_of_expectation_takes_every_type_of_target(pair: Pair) -> None:
    values = {"money": LARGEST, "text": "In writing", "right": "To be asked"}
    for kind in ExpectationKind:
        wishes = [
            {**WISH, "kind": kind.value, "target": {"type": type_.value, "value": values.get(type_.value, "12.5")}}
            for type_ in TargetType
        ]
        made = ok(pair.member.boss.post(f"{pair.bid.path}/expectations:batch", {"items": wishes})).json()["items"]
        assert [one["target"] for one in made] == [wish["target"] for wish in wishes]
    found = ok(pair.member.boss.get(f"{pair.bid.path}/reconciliation")).json()["expectations"]
    assert len(found) == len(ExpectationKind) * len(TargetType)


def test_the_largest_amounts_are_taken_and_summed_to_the_penny(pair: Pair) -> None:
    longest = {"quantity": "9999999999999.9999", "unit": "hour", "unit_value": None, "value": LARGEST}
    rated = {"quantity": "1", "unit": "hour", "unit_value": LARGEST, "value": LARGEST}
    rows = [*({**CASH, "value": LARGEST} for _ in range(30)), {**RATED, **longest}, {**RATED, **rated}]
    made = ok(pair.member.boss.post(f"{pair.bid.path}/contributions:batch", {"items": rows})).json()["items"]
    assert {one["value"]["amount"] for one in made} == {"9999999999999.99"}
    assert made[30]["quantity"] == "9999999999999.9999" and made[31]["unit_value"] == LARGEST
    refused = {**RATED, **rated, "quantity": "9999999999999.9999"}
    found = problem(pair.member.boss.post(f"{pair.bid.path}/contributions", refused), 422)
    assert [(fault["pointer"], fault["code"]) for fault in found["errors"]] == [("/value", "not-the-product")]
    totals = ok(pair.member.boss.get(f"{pair.bid.path}/reconciliation")).json()["totals"]
    assert totals["cash"]["total"]["amount"] == "299999999999999.70"
    assert totals["in_kind"]["total"]["amount"] == "19999999999999.98"


def test_who_pays_can_be_said_taken_back_and_is_shown_to_all(pair: Pair) -> None:
    boss = pair.member.boss
    made = pair.gives(pair.member, {**RATED, "funded_by": "partner"})
    unsaid = pair.gives(pair.lead, RATED)
    assert (made["funded_by"], unsaid["funded_by"]) == ("partner", None)
    seen = {one["id"]: one["funded_by"] for one in pair.bid.read(pair.lead.boss)["contributions"]}
    assert seen == {made["id"]: "partner", unsaid["id"]: None}
    path = pair.at(made)
    changed = ok(boss.patch(path, {"funded_by": "price"}, if_match=boss.etag(path))).json()
    assert changed["funded_by"] == "price" and changed["version"] == made["version"] + 1
    (event,) = ok(pair.lead.boss.get(f"{pair.bid.path}/events?order=newest&limit=1")).json()["items"]
    assert {"field": "funded_by", "before": "partner", "after": "price"} in event["payload"]["changes"][0][
        "differences"
    ]
    totals = ok(pair.lead.boss.get(f"{pair.bid.path}/reconciliation")).json()["totals"]
    assert totals["in_kind"]["total"]["amount"] == "36504.00", "of the lead alone"
    assert ok(boss.patch(path, {"funded_by": None}, if_match=boss.etag(path))).json()["funded_by"] is None


def test_money_is_not_paid_for_by_the_price_and_nobody_else_pays(pair: Pair) -> None:
    for body in ({**CASH, "funded_by": "price"}, {**RATED, "funded_by": "lottery"}, {**RATED, "funded_by": ["price"]}):
        found = problem(pair.member.boss.post(f"{pair.bid.path}/contributions", body), 422)
        assert [fault["pointer"] for fault in found["errors"]] == ["/funded_by"]
    made, boss = pair.gives(pair.member, {**RATED, "funded_by": "price"}), pair.member.boss
    cash = {"kind": "cash", "quantity": None, "unit": None, "unit_value": None}
    problem(boss.patch(pair.at(made), cash, if_match=boss.etag(pair.at(made))), 422)
    ok(pair.gives(pair.member, {**CASH, "funded_by": "other"}) and boss.get(pair.bid.path))
