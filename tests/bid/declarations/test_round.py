"""The honesty round over HTTP: filing, the reveal, the cut-off, skipping, late joiners, and acknowledgements."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import reveal
from app.bid.declarations.reactions import open_due_rounds
from app.platform.db.engine import connect
from app.platform.worker.work import Work
from app.settings import Settings
from tests.bid.declarations.test_items import CASH, RATED, WISH
from tests.factories import Bid, Organisation, World, ok, problem, soon


@pytest.fixture
def three(world: World) -> tuple[Bid, Organisation, Organisation]:
    one, two = world.organisation("Youth Charity"), world.organisation("Family Support")
    return world.bid(one, two), one, two


def file(bid: Bid, who: Organisation) -> dict[str, Any]:
    found: dict[str, Any] = ok(who.boss.post(f"{bid.path}/honesty-round/file"), 200).json()
    return found


def items(bid: Bid, who: Organisation, kind: str = "contributions") -> list[str]:
    return [item["title"] for item in ok(who.boss.get(f"{bid.path}/{kind}")).json()["items"]]


def events(bid: Bid, who: Organisation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(who.boss.get(f"{bid.path}/events", params={"limit": 200})).json()["items"]
    return found


def test_everyone_says_first_then_everyone_sees_in_one_event(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, two = three
    for who in (bid.lead.organisation, one, two):
        ok(who.boss.post(f"{bid.path}/contributions", {**CASH, "title": f"From {who.name}"}), 201)
    assert items(bid, one) == ["From Youth Charity"]
    assert file(bid, bid.lead.organisation)["filed"] == [bid.seat(bid.lead.organisation)]
    assert file(bid, one)["status"] == "open" and ok(two.boss.get(f"{bid.path}/honesty-round")).json()["filed"] == []
    assert items(bid, one) == ["From Youth Charity"]
    last = file(bid, two)
    assert last["status"] == "revealed" and sorted(last["filed"]) == sorted(bid.partner_ids)
    for who in (bid.lead.organisation, one, two):
        assert len(items(bid, who)) == 3
        assert [e["type"] for e in events(bid, who)].count("declarations_revealed") == 1
    assert file(bid, two) == last, "filing twice changes nothing"


def test_one_partner_alone_has_no_round(world: World) -> None:
    bid = world.bid()
    problem(bid.lead.boss.post(f"{bid.path}/honesty-round/file"), 409, "round-needs-two")
    problem(bid.lead.boss.post(f"{bid.path}/honesty-round/skip"), 409, "round-needs-two")


def test_anothers_hidden_declaration_is_a_404_like_a_made_up_one(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, _ = three
    made = ok(one.boss.post(f"{bid.path}/contributions", RATED), 201).json()
    wished = ok(one.boss.post(f"{bid.path}/expectations", WISH), 201).json()
    nobody = "01900000-0000-7000-8000-000000000000"
    for kind, id_ in (("contributions", made["id"]), ("expectations", wished["id"])):
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("PATCH", b"{nonsense"), ("DELETE", None)):
            sent: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
            if isinstance(body, bytes):
                sent["headers"] = {"Content-Type": "application/json"}
            hidden = bid.lead.boss.request(method, f"{bid.path}/{kind}/{id_}", **sent)
            missing = bid.lead.boss.request(method, f"{bid.path}/{kind}/{nobody}", **sent)
            assert hidden.status_code == missing.status_code == 404
            differ = {"instance", "request_id"}
            assert {k: v for k, v in hidden.json().items() if k not in differ} == {
                k: v for k, v in missing.json().items() if k not in differ
            }


def test_what_another_writes_before_the_reveal_moves_nothing(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, _ = three
    paths = [
        "",
        "/contributions",
        "/expectations",
        "/reconciliation",
        "/honesty-round",
        "/events",
        "/readiness",
        "/structure",
    ]

    def all_of_it() -> list[Any]:
        answers = [bid.lead.boss.get(bid.path + path) for path in paths]
        return [(a.status_code, a.headers.get("ETag"), a.content if a.is_success else a.status_code) for a in answers]

    before = all_of_it()
    made = ok(one.boss.post(f"{bid.path}/contributions", RATED), 201).json()
    ok(one.boss.patch(f"{bid.path}/contributions/{made['id']}", {"title": "Something else"}, if_match=1))
    ok(one.boss.post(f"{bid.path}/expectations", WISH), 201)
    file(bid, one)
    assert all_of_it() == before


def test_at_the_agreed_cut_off_one_partner_alone_cannot_hold_the_round(world: World) -> None:
    one = world.organisation("Youth Charity")
    bid = world.bid()
    etag = bid.lead.boss.etag(f"{bid.path}/honesty-round")
    problem(
        bid.lead.boss.put(f"{bid.path}/honesty-round", {"cut_off": soon(-5)}, if_match=etag), 409, "cut-off-in-the-past"
    )
    at_once = ok(bid.lead.boss.put(f"{bid.path}/honesty-round", {"cut_off": soon(3600)}, if_match=etag), 200).json()
    assert at_once["status"] == "open"
    bid.join(one)
    ok(one.boss.post(f"{bid.path}/contributions", CASH), 201)
    file(bid, bid.lead.organisation)
    assert items(bid, bid.lead.organisation) == []
    world.sql.execute("UPDATE proposals SET round_cut_off = now() WHERE id = %s", [bid.id])
    assert items(bid, bid.lead.organisation) == [CASH["title"]]
    assert ok(one.boss.get(f"{bid.path}/honesty-round")).json()["status"] == "revealed"
    revealed = next(e for e in events(bid, bid.lead.organisation) if e["type"] == "declarations_revealed")
    assert revealed["payload"]["because"] == "cut_off" and revealed["payload"]["not_filed"] == [bid.seat(one)]
    problem(one.boss.post(f"{bid.path}/honesty-round/skip"), 409, "round-is-over")


def test_from_the_second_partner_on_the_cut_off_is_a_decision(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, two = three
    etag = bid.lead.boss.etag(f"{bid.path}/honesty-round")
    opened = ok(bid.lead.boss.put(f"{bid.path}/honesty-round", {"cut_off": soon(3600)}, if_match=etag), 202).json()
    for who in (bid.lead.organisation, one, two):
        ok(who.boss.post(f"{bid.path}/decisions/{opened['id']}/votes", {"option": "for"}))
    closed = ok(bid.lead.boss.post(f"{bid.path}/decisions/{opened['id']}/close")).json()
    assert closed["status"] == "passed", closed
    assert ok(one.boss.get(f"{bid.path}/honesty-round")).json()["cut_off"] is not None


def test_skipping_takes_every_accepted_partner(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, two = three
    ok(one.boss.post(f"{bid.path}/contributions", CASH), 201)
    for who in (bid.lead.organisation, one):
        assert ok(who.boss.post(f"{bid.path}/honesty-round/skip"), 200).json()["status"] == "open"
    assert items(bid, bid.lead.organisation) == []
    assert ok(two.boss.post(f"{bid.path}/honesty-round/skip"), 200).json()["status"] == "skipped"
    assert items(bid, bid.lead.organisation) == [CASH["title"]]


@pytest.mark.parametrize("ended", ["file", "skip"])
def test_who_joins_later_files_before_it_sees_and_is_not_seen_before(world: World, ended: str) -> None:
    one, late = world.organisation("Youth Charity"), world.organisation("Late Charity")
    bid = world.bid(one)
    ok(bid.lead.boss.post(f"{bid.path}/contributions", CASH), 201)
    for who in (bid.lead.organisation, one):
        ok(who.boss.post(f"{bid.path}/honesty-round/{ended}"), 200)
    bid.join(late)
    ok(late.boss.post(f"{bid.path}/contributions", {**CASH, "title": "Late money"}), 201)
    assert items(bid, late) == ["Late money"] and items(bid, one) == [CASH["title"]]
    problem(late.boss.post(f"{bid.path}/acknowledgements"), 409, "honesty-round-open")
    read = ok(one.boss.post(f"{bid.path}/acknowledgements"), 201).json()
    assert read["outdated"] is False
    file(bid, late)
    assert sorted(items(bid, late)) == sorted(items(bid, one)) == sorted(["Late money", CASH["title"]])
    again = ok(one.boss.get(f"{bid.path}/acknowledgements/{read['id']}")).json()
    assert (again["outdated"], again["outdated_by"]) == (True, [bid.seat(late)])


def test_a_partner_that_leaves_does_not_hold_the_round(three: tuple[Bid, Organisation, Organisation]) -> None:
    bid, one, two = three
    for who in (bid.lead.organisation, one):
        file(bid, who)
    ok(two.boss.post(f"{bid.path}/partners/{bid.seat(two)}/withdraw", {"reason": "Too much on."}))
    assert ok(one.boss.get(f"{bid.path}/honesty-round")).json()["status"] == "revealed"


def test_an_acknowledgement_names_the_revision_and_goes_out_of_date_by_whom(
    three: tuple[Bid, Organisation, Organisation],
) -> None:
    bid, one, two = three
    problem(one.boss.post(f"{bid.path}/acknowledgements"), 409, "honesty-round-open")
    made = ok(two.boss.post(f"{bid.path}/contributions", RATED), 201).json()
    for who in (bid.lead.organisation, one, two):
        file(bid, who)
    revision = bid.read()["revision"]
    found = problem(one.boss.post(f"{bid.path}/acknowledgements", {"as_of_revision": revision + 50}), 422)
    assert found["errors"][0]["pointer"] == "/as_of_revision"
    read = ok(one.boss.post(f"{bid.path}/acknowledgements", {"as_of_revision": revision}), 201).json()
    assert (read["as_of_revision"], read["outdated_by"]) == (revision, [])

    def outdated_by() -> list[str]:
        found: list[str] = ok(bid.lead.boss.get(f"{bid.path}/acknowledgements")).json()["items"][0]["outdated_by"]
        return found

    at = f"{bid.path}/contributions/{made['id']}"
    rate = {"quantity": "416", "unit_value": {"amount": "87.75"}}
    ok(two.boss.patch(at, rate, if_match=1))
    assert outdated_by() == [], "what one cannot see puts nothing out of date"
    ok(two.boss.patch(at, {"certainty": "conditional", "condition": "if we find the worker"}, if_match=2))
    assert outdated_by() == [bid.seat(two)]
    ok(one.boss.post(f"{bid.path}/contributions", CASH), 201)
    assert outdated_by() == [bid.seat(two)], "one's own changes put one's own reading not out of date"


def test_a_must_after_the_reveal_says_that_the_others_have_to_accept_it(
    three: tuple[Bid, Organisation, Organisation],
) -> None:
    bid, one, two = three
    early = ok(one.boss.post(f"{bid.path}/expectations", WISH), 201).json()
    raised = ok(one.boss.post(f"{bid.path}/expectations", {**WISH, "strength": "should"}), 201).json()
    for who in (bid.lead.organisation, one, two):
        file(bid, who)
    assert early["must_after_reveal"] is False
    at = f"{bid.path}/expectations/{raised['id']}"
    assert ok(one.boss.patch(at, {"strength": "must"}, if_match=1)).json()["must_after_reveal"] is True
    for who in (bid.lead.organisation, two):
        ok(who.boss.post(f"{at}/accept"))
    again = ok(one.boss.patch(at, {"target": {"type": "hours", "value": "900"}}, if_match=4)).json()
    assert again["accepted_by"] == [], "what they accepted was another one"


def test_the_worker_opens_a_round_at_its_cut_off_when_nobody_comes_by(
    world: World, settings: Settings, database: str
) -> None:
    one = world.organisation("Youth Charity")
    bid = world.bid(one)
    world.sql.execute("UPDATE proposals SET round_cut_off = now() - interval '1 second' WHERE id = %s", [bid.id])

    async def look() -> None:
        db = await connect(database, settings)
        try:
            await open_due_rounds(Work(settings, db))
        finally:
            await db.close()

    asyncio.run(look())
    found = world.sql.execute("SELECT round_status FROM proposals WHERE id = %s", [bid.id]).fetchone()
    assert found == ("revealed",)


def test_a_round_that_cannot_be_opened_holds_up_no_other(
    world: World, settings: Settings, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bids = [world.bid(world.organisation()) for _ in range(2)]
    for bid in bids:
        world.sql.execute("UPDATE proposals SET round_cut_off = now() - interval '1 second' WHERE id = %s", [bid.id])
    settle = reveal.settle

    async def fail_first(session: AsyncSession, proposal_id: str) -> bool:
        if proposal_id == bids[0].id:
            raise RuntimeError("It cannot be opened")
        return await settle(session, proposal_id)

    monkeypatch.setattr(reveal, "settle", fail_first)

    async def look() -> None:
        db = await connect(database, settings)
        try:
            await open_due_rounds(Work(settings, db))
        finally:
            await db.close()

    asyncio.run(look())
    rows = world.sql.execute(
        "SELECT round_status FROM proposals WHERE id = ANY(%s) ORDER BY id", [[b.id for b in bids]]
    )
    assert [row[0] for row in rows.fetchall()] == ["open", "revealed"]


def test_three_days_before_the_deadline_the_round_opens_whoever_holds_it(world: World) -> None:
    one = world.organisation("Youth Charity")
    bid = world.bid(one)
    ok(one.boss.post(f"{bid.path}/contributions", CASH), 201)
    file(bid, one)
    assert items(bid, bid.lead.organisation) == [] and bid.read()["honesty_round"]["opens_at_latest"] is None
    world.sql.execute("UPDATE partners SET accepted_at = now() - interval '80 hours' WHERE proposal_id = %s", [bid.id])
    assert items(bid, bid.lead.organisation) == [CASH["title"]]


def test_on_what_a_hidden_value_rests_is_hidden_with_it_and_its_changes_too(world: World) -> None:
    one, late = world.organisation("Youth Charity"), world.organisation("Late Charity")
    bid = world.bid(one)
    hours = {"kind": "staff_time", "title": "A worker", "certainty": "confirmed", "quantity": "40", "unit": "hour"}
    hours |= {"value": {"amount": "1080.00"}, "valuation_basis": "£27 an hour", "shown_as": "quantity"}
    made = ok(one.boss.post(f"{bid.path}/contributions", hours), 201).json()
    for who in (bid.lead.organisation, one):
        ok(who.boss.post(f"{bid.path}/honesty-round/file"))
    helper = bid.facilitated()
    bid.join(late)
    path = f"{bid.path}/contributions/{made['id']}"

    def read_by(who: Any) -> tuple[str, str, str, int]:
        listed = ok(who.get(f"{bid.path}/contributions")).json()["items"]
        whole = next(c for c in bid.read(who)["contributions"] if c["id"] == made["id"])
        single = ok(who.get(path)).json()
        log = ok(who.get(f"{bid.path}/events", params={"limit": 200}))
        assert "an hour" not in log.text
        return listed[0]["valuation_basis"], whole["valuation_basis"], single["valuation_basis"], single["version"]

    lead = bid.lead.boss
    before, revision = read_by(lead), bid.read(lead)["revision"]
    assert before[:3] == ("", "", "") and read_by(helper.boss)[:3] == ("", "", "")
    ok(one.boss.patch(path, {"valuation_basis": "£29 an hour"}, if_match=one.boss.etag(path)))
    assert read_by(lead) == before and bid.read(lead)["revision"] == revision
    assert ok(one.boss.get(path)).json()["valuation_basis"] == "£29 an hour"
