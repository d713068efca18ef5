"""What counts in the open: nobody learns from a number that something happened which it may not see."""

import re
from typing import Any

import httpx
import pytest

from app.platform.access.permissions import PERMISSIONS
from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import Bid, Person, World, ok, problem
from tests.stages import bid

TOKEN = {"Authorization": "Bearer let-me-count"}
WISH = {"kind": "credit", "title": "To be named", "strength": "could"}


def public(settings: Settings, **more: Any) -> Settings:
    return Settings(**{**settings.model_dump(), "host": "0.0.0.0", "port": free_port(), **more})


def test_in_public_a_stranger_gets_no_numbers_and_the_operator_does(settings: Settings, database: str) -> None:
    with serving(public(settings, metrics_token="let-me-count"), database) as url:
        for headers in ({}, {"Authorization": "Bearer guessed"}):
            problem(httpx.get(f"{url}/metrics", headers=headers), 401)
            ready = httpx.get(f"{url}/readyz", headers=headers)
            assert set(ready.json()) == {"status", "database", "migrations", "worker"}
            assert not re.search(r"\d", ready.text)
        assert "cobid_requests_total" in httpx.get(f"{url}/metrics", headers=TOKEN).text
        assert httpx.get(f"{url}/readyz", headers=TOKEN).json()["jobs_waiting"] >= 0


def test_in_public_without_a_token_nobody_gets_any(settings: Settings, database: str) -> None:
    with serving(public(settings, metrics_token=""), database) as url:
        for headers in ({}, {"Authorization": "Bearer x"}, TOKEN):
            problem(httpx.get(f"{url}/metrics", headers=headers), 401)
            assert not re.search(r"\d", httpx.get(f"{url}/readyz", headers=headers).text)


def counts(world: World) -> dict[str, float]:
    """What is counted of requests, but for how long they took."""
    text = world.http.get("/metrics").text
    kept = r"^(cobid_requests_total\S*|cobid_request_seconds_count\S*) (\S+)$"
    return {name: float(value) for name, value in re.findall(kept, text, re.MULTILINE)}


def moved(world: World, act: Any) -> dict[str, float]:
    before = counts(world)
    act()
    after = counts(world)
    return {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}


def declare(of: Bid, by: Person) -> list[httpx.Response]:
    made = of.post(by, "/expectations", WISH)
    refused = of.post(by, "/expectations", {**WISH, "strength": "loud"})
    changed = by.patch(f"{of.path}/expectations/{made.json()['id']}", {"title": "Named"}, if_match=1)
    line = {"category": "rent", "year": 1, "source": "requested", "amount": {"amount": "5.00"}}
    filed = of.post(by, "/honesty-round/file")
    return [made, refused, changed, of.post(by, "/budget-lines", line), filed]


def confide(of: Bid, by: Person) -> list[httpx.Response]:
    difficulty = {"title": "The rota", "detail_markdown": "Late.", "addressed_to": "facilitator"}
    made = of.post(by, "/difficulties", difficulty)
    step = of.post(by, f"/difficulties/{made.json()['id']}/steps", {"note_markdown": "We talked."})
    return [made, step, of.post(by, "/difficulties", {})]


@pytest.mark.parametrize("act", [declare, confide])
def test_what_is_done_unseen_counts_as_so_many_reads(world: World, act: Any) -> None:
    of = world.bid(world.organisation(), world.organisation()) if act is declare else bid(world, "Lead", "Youth")
    if act is confide:
        of.facilitated()
    done: list[httpx.Response] = []
    hidden = moved(world, lambda: done.extend(act(of, of.partners[1].boss)))
    assert [answer.status_code for answer in done if answer.status_code >= 400] == [422]
    read = moved(world, lambda: [ok(of.get(of.lead.boss, "/partners")) for _ in done])
    assert hidden == read


def test_reads_of_bids_and_what_may_be_hidden_share_the_bucket_with_what_is_confided() -> None:
    together = {name for name, rule in PERMISSIONS.items() if not rule.counted_apart}
    assert {name for name, rule in PERMISSIONS.items() if rule.confided} < together
    assert {"get_proposal", "list_events", "attach_document", "batch_budget_lines", "put_met_by"} < together
    assert not {"sign_edition", "cast_vote", "list_opportunities", "sign_in"} & together


def test_an_organisations_hidden_figures_move_nothing_that_others_see(world: World) -> None:
    of = world.organisation("Quiet Trust", listed=True)
    outsider = world.stranger()

    def seen() -> tuple[str, str, str]:
        answer = ok(outsider.get(f"/organisations/{of.id}"))
        listed = ok(outsider.get("/organisations", params={"q": "Quiet Trust"}))
        return answer.text, answer.headers["ETag"], listed.text

    def change(**fields: Any) -> None:
        ok(of.boss.patch(f"/organisations/{of.id}", fields, if_match=of.boss.etag(f"/organisations/{of.id}")))

    before = seen()
    money = {"amount": "87654.32", "currency": "GBP"}
    change(annual_income=money, unrestricted_reserves=money, signing_rule={"signatures_required": 2})
    assert seen() == before
    again = outsider.get(f"/organisations/{of.id}", headers={"If-None-Match": before[1]})
    assert again.status_code == 304
    change(size_band="small")
    assert seen()[1] != before[1]
    change(listed=False)
    unlisted = ok(outsider.get(f"/organisations/{of.id}")).headers["ETag"]
    change(founding_aims="Others do not read this now.")
    assert ok(outsider.get(f"/organisations/{of.id}")).headers["ETag"] == unlisted
    assert int(of.boss.etag(f"/organisations/{of.id}").strip('"').partition(".")[0]) > 4


@pytest.mark.parametrize("reader", ["invited", "former"])
def test_a_bids_version_does_not_move_for_who_is_not_inside(world: World, reader: str) -> None:
    former, invited = world.organisation(), world.organisation()
    of = world.bid(world.organisation(), former)
    ok(of.post(former.boss, f"/partners/{of.seat(former)}/withdraw", {"reason": "No time."}))
    of.partners.pop()
    of.invite(invited)
    person = {"invited": invited, "former": former}[reader].boss

    def seen() -> tuple[Any, ...]:
        whole = ok(person.get(of.path))
        listed = [each for each in ok(person.get("/proposals")).json()["items"] if each["id"] == of.id]
        return whole.text, whole.headers["ETag"], listed

    before = seen()
    of.revealed()
    assert seen() == before
    ok(of.lead.boss.patch(of.path, {"title": "Another name"}, if_match=of.lead.boss.etag(of.path)))
    assert seen()[1] != before[1]
