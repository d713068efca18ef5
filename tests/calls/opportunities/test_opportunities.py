"""A call is written, published, found and amended over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.calls.opportunities.queries import STATUS
from app.calls.opportunities.schemas import OpportunityOut, OpportunityShortOut
from app.calls.opportunities.stored import OPEN_FOR_BIDS
from app.main import create_app
from app.platform.web.replies import digest_of
from app.platform.words.codes import OpportunityStatus
from app.settings import Settings
from tests.factories import Organisation, World, ok, problem, soon
from tests.waiting import wait_until

CALL: dict[str, Any] = {
    "title": "Hybiau teulu 2027",
    "description_markdown": "**Support** for families <script>",
    "lots": [
        {"key": "north", "title": "North", "ceiling": {"amount": "100000.50", "currency": "GBP"}, "vat": "excluded"},
        {"key": "south", "title": "South"},
    ],
    "questions": [
        {
            "key": "reach",
            "prompt_markdown": "How will you reach *families*?",
            "limit": {"unit": "words", "value": 500},
            "weight": "40",
            "lot_key": "north",
        },
        {"key": "who", "prompt_markdown": "Who are you?", "per_member": True, "required": False},
    ],
    "budget_ceiling": {"amount": "250000", "currency": "GBP"},
    "required_sections": ["delivery_plan"],
    "required_statements": ["non_collusion"],
    "consortium_rules": {"collaboration": "required", "min_partners": 2},
    "areas": ["UKI44", "Leeds"],
    "cpv": ["85000000-9"],
    "vcse": True,
    "languages": ["cy", "en"],
    "regime": "pa2023",
}


@pytest.fixture
def council(world: World) -> Organisation:
    return world.organisation("Aber Council", kinds=("commissioner",), legal_form="public_body")


def call(council: Organisation, **fields: Any) -> dict[str, Any]:
    made = ok(council.boss.post("/opportunities", {**CALL, "submission_deadline": soon(), **fields}), 201)
    answer: dict[str, Any] = made.json()
    assert made.headers["Location"] == f"/v1/opportunities/{answer['id']}"
    assert made.headers["ETag"] == f'"{answer["version"]}.{answer["status"]}-{digest_of(answer["viewer"]["can"])}"'
    return answer


def published(council: Organisation, **fields: Any) -> dict[str, Any]:
    made = call(council, **fields)
    answer: dict[str, Any] = ok(council.boss.post(f"/opportunities/{made['id']}/publish")).json()
    return answer


def test_what_is_posted_can_be_read_back(council: Organisation) -> None:
    made = call(council)
    assert OpportunityOut.model_validate(made)
    read = ok(council.boss.get(f"/opportunities/{made['id']}")).json()
    assert read == made
    for name in ("title", "description_markdown", "required_statements", "areas", "vcse", "languages", "regime"):
        assert made[name] == CALL[name]
    assert made["status"] == "draft"
    assert made["mode"] == "sealed"
    assert made["sealed_until"] == made["submission_deadline"]
    assert made["submission_route"] == {"kind": "here", "url": None, "instructions": ""}
    assert made["budget_ceiling"] == {"amount": "250000.00", "currency": "GBP"}
    assert made["buyer"] == {"name": "Aber Council", "identifiers": []}
    assert made["required_sections"] == ["delivery_plan", "exit_and_sustainability"]
    assert [(lot["key"], lot["ceiling"], lot["vat"]) for lot in made["lots"]] == [
        ("north", {"amount": "100000.50", "currency": "GBP"}, "excluded"),
        ("south", None, "unknown"),
    ]
    reach, who = made["questions"]
    assert reach["limit"] == {"unit": "words", "value": 500}
    assert (reach["weight"], reach["lot_key"], reach["lot_id"]) == ("40", "north", made["lots"][0]["id"])
    assert (who["per_member"], who["required"], who["limit"]) == (True, False, None)
    assert made["consortium_rules"] == {
        "collaboration": "required",
        "min_partners": 2,
        "max_partners": None,
        "several_bids": "declared",
    }
    assert made["cpv"] == ["85000000"]
    assert made["source"] is None


def test_optional_parts_have_sensible_defaults(council: Organisation) -> None:
    made = ok(council.boss.post("/opportunities", {"title": "Short"}), 201).json()
    assert (made["mode"], made["submission_route"]["kind"], made["price_detail"]) == ("sealed", "here", "totals")
    assert made["required_sections"] == ["exit_and_sustainability"]
    assert made["lots"] == made["questions"] == []


def test_a_draft_is_its_owners_alone(council: Organisation, world: World) -> None:
    made = call(council)
    stranger = world.stranger()
    missing = problem(stranger.get("/opportunities/01890000-0000-7000-8000-000000000000"), 404, "not-found")
    hidden = problem(stranger.get(f"/opportunities/{made['id']}"), 404, "not-found")
    drop = {"instance", "request_id"}
    assert {k: v for k, v in hidden.items() if k not in drop} == {k: v for k, v in missing.items() if k not in drop}
    listed = ok(stranger.get("/opportunities", params={"q": "Hybiau", "limit": 200})).json()["items"]
    assert made["id"] not in [one["id"] for one in listed]
    problem(stranger.post(f"/opportunities/{made['id']}/publish"), 404)
    ok(council.boss.post(f"/opportunities/{made['id']}/publish"))
    ok(stranger.get(f"/opportunities/{made['id']}"))
    problem(stranger.patch(f"/opportunities/{made['id']}", {"title": "Mine"}, if_match="1"), 403)
    problem(stranger.post(f"/opportunities/{made['id']}/cancel"), 403)


def test_only_an_editor_of_a_commissioner_writes_a_call(council: Organisation, world: World) -> None:
    provider = world.organisation()
    problem(provider.boss.post("/opportunities", CALL), 403, "not-a-commissioner")
    problem(provider.boss.post("/opportunities", {**CALL, "organisation_id": council.id}), 403)
    viewer = world.colleague(council, "viewer")
    problem(viewer.post("/opportunities", CALL), 403)
    problem(world.person().post("/opportunities", CALL), 403)
    ok(world.colleague(council, "editor").post("/opportunities", CALL), 201)


def test_a_person_with_two_councils_says_for_which(council: Organisation, world: World) -> None:
    other = world.organisation(kinds=("commissioner",))
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
        [other.id, council.boss.id, ["editor"]],
    )
    assert problem(council.boss.post("/opportunities", CALL), 422)["errors"][0]["pointer"] == "/organisation_id"
    made = ok(council.boss.post("/opportunities", {**CALL, "organisation_id": other.id}), 201).json()
    assert made["organisation_id"] == other.id


def test_publishing_needs_a_deadline_ahead(council: Organisation) -> None:
    made = ok(council.boss.post("/opportunities", {"title": "No deadline"}), 201).json()
    refused = problem(council.boss.post(f"/opportunities/{made['id']}/publish"), 409, "not-ready-to-publish")
    assert refused["errors"][0]["pointer"] == "/submission_deadline"
    late = call(council, submission_deadline=soon(-5))
    problem(council.boss.post(f"/opportunities/{late['id']}/publish"), 409, "not-ready-to-publish")
    good = published(council)
    assert (good["status"], good["open_for_bids"]) == ("published", True)
    problem(council.boss.post(f"/opportunities/{good['id']}/publish"), 409, "already-published")


def test_a_call_that_does_not_say_where_bids_go_is_published_and_takes_none_here(
    council: Organisation, world: World
) -> None:
    made = published(council, submission_route={"kind": "unknown"})
    assert (made["status"], made["open_for_bids"], made["submission_route"]["kind"]) == ("published", True, "unknown")
    bid = world.bid(opportunity=made)
    refused = problem(bid.lead.boss.post(f"{bid.path}/submissions"), 409, "submit-elsewhere")
    assert "does not say where bids go" in refused["detail"]
    lodged = {"portal_reference": "By post", "lodged_at": datetime.now(UTC).isoformat()}
    problem(bid.lead.boss.post(f"{bid.path}/lodgements", lodged), 409, "not-agreed")


def test_a_draft_changes_freely_and_without_amendment(council: Organisation) -> None:
    made = call(council)
    changed = council.boss.patch(
        f"/opportunities/{made['id']}",
        {"mode": "open", "lots": [{"key": "one", "title": "One"}], "questions": None, "budget_ceiling": None},
        if_match=made["version"],
    )
    answer = ok(changed).json()
    assert (answer["mode"], answer["sealed_until"], answer["amendment"]) == ("open", None, 0)
    assert [lot["key"] for lot in answer["lots"]] == ["one"]
    assert answer["questions"] == []
    assert answer["budget_ceiling"] is None
    assert answer["version"] == made["version"] + 1


def test_a_change_needs_the_version_that_was_read(council: Organisation) -> None:
    made = call(council)
    path = f"/opportunities/{made['id']}"
    problem(council.boss.patch(path, {"title": "New"}), 428)
    problem(council.boss.patch(path, {"title": "New"}, if_match="*"), 428)
    problem(council.boss.patch(path, {"title": "New"}, if_match='W/"1"'), 412)
    problem(council.boss.patch(path, {"title": "New"}, if_match=99), 412)
    etag = council.boss.etag(path)
    assert ok(council.boss.patch(path, {"title": "New"}, if_match=etag)).json()["title"] == "New"
    problem(council.boss.patch(path, {"title": "Newer"}, if_match=etag), 412)


def test_what_a_change_says_is_judged_before_the_version_that_it_names(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"
    for changes, pointer in (
        ({"questions": [{"key": "a", "prompt_markdown": "A?", "lot_key": "nowhere"}]}, "/questions/0/lot_key"),
        ({"facilitator_ids": [council.id]}, "/facilitator_ids/0"),
        ({"title": None}, "/title"),
    ):
        refused = problem(council.boss.patch(path, changes), 422)
        assert refused["errors"][0]["pointer"] == pointer
    problem(council.boss.patch(path, {"mode": "open"}), 428, "if-match-required")
    problem(council.boss.patch(path, {"mode": "open"}, if_match=99), 412, "stale-version")
    problem(council.boss.patch(path, {"mode": "open"}, if_match=made["version"]), 409, "fixed-when-published")


def test_who_is_no_commissioner_any_more_hears_that_before_the_state_of_the_call(council: Organisation) -> None:
    path = f"/opportunities/{published(council)['id']}/publish"
    problem(council.boss.post(path), 409, "already-published")
    own = f"/organisations/{council.id}"
    version = ok(council.boss.get(own)).headers["ETag"]
    ok(council.boss.patch(own, {"kinds": ["provider"]}, if_match=version))
    problem(council.boss.post(path), 403, "not-a-commissioner")


def _shown(world: World, status: OpportunityStatus, deadline: datetime | None, now: datetime) -> tuple[str, bool]:
    """The status and whether bids can be made, as the service's SQL has it at this moment."""
    sql = f"""SELECT {STATUS}, {OPEN_FOR_BIDS}
      FROM (SELECT %(status)s::text AS status, %(deadline)s::timestamptz AS submission_deadline) o"""
    given = {"status": status.value, "deadline": deadline, "now": now}
    row = world.sql.execute(sql.replace("clock_timestamp()", "%(now)s::timestamptz"), given).fetchone()
    assert row is not None
    return row[0], row[1]


def test_up_to_and_including_the_deadlines_instant_bids_can_be_made(world: World) -> None:
    now, status = datetime.now(UTC), OpportunityStatus.PUBLISHED
    assert _shown(world, status, now, now) == ("published", True)
    assert _shown(world, status, now, now + timedelta(microseconds=1)) == ("closed", False)
    assert _shown(world, status, None, now) == ("published", True)


@pytest.mark.parametrize("status", [s for s in OpportunityStatus if s is not OpportunityStatus.PUBLISHED])
def test_nothing_but_a_published_call_is_ever_offered_for_bids(world: World, status: OpportunityStatus) -> None:
    now = datetime.now(UTC)
    assert _shown(world, status, now + timedelta(hours=1), now) == (status.value, False)


def test_a_patch_that_changes_nothing_makes_no_amendment(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"
    same = {"title": made["title"], "lots": made["lots"], "questions": made["questions"]}
    answer = ok(council.boss.patch(path, same, if_match=made["version"])).json()
    assert answer == made


def test_a_published_call_is_amended_by_number(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"
    later = soon(7200)
    first = ok(council.boss.patch(path, {"submission_deadline": later}, if_match=made["version"])).json()
    assert (first["amendment"], first["amendments"][0]["voids_editions"]) == (1, False)
    assert first["amendments"][0]["changes"]["submission_deadline"] == {
        "before": made["submission_deadline"],
        "after": first["submission_deadline"],
    }
    questions = [{**made["questions"][0], "limit": {"unit": "words", "value": 300}}]
    second = ok(council.boss.patch(path, {"questions": questions}, if_match=first["version"])).json()
    assert second["amendment"] == 2
    assert second["amendments"][1]["voids_editions"] is True
    assert [question["id"] for question in second["questions"]] == [made["questions"][0]["id"]]
    assert second["questions"][0]["limit"]["value"] == 300
    # What was taken out comes back as the same question.
    third = ok(council.boss.patch(path, {"questions": made["questions"]}, if_match=second["version"])).json()
    assert [question["id"] for question in third["questions"]] == [question["id"] for question in made["questions"]]


def test_a_published_deadline_never_moves_to_earlier(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"
    for deadline in (soon(60), None):
        refused = council.boss.patch(path, {"submission_deadline": deadline}, if_match=made["version"])
        problem(refused, 409, "deadline-not-later")
    fixed = council.boss.patch(path, {"mode": "open"}, if_match=made["version"])
    problem(fixed, 409, "fixed-when-published")
    problem(council.boss.patch(path, {"lots": made["lots"][:1]}, if_match=made["version"]), 409, "fixed-when-published")


def test_nested_objects_are_merged(council: Organisation) -> None:
    made = call(council)
    path = f"/opportunities/{made['id']}"
    rules = {"max_partners": 5, "min_small_partners": 1}
    answer = ok(council.boss.patch(path, {"consortium_rules": rules}, if_match=made["version"])).json()
    assert answer["consortium_rules"] == {**made["consortium_rules"], **rules}
    cleared = {"consortium_rules": {"min_partners": None, "min_small_partners": None}}
    answer = ok(council.boss.patch(path, cleared, if_match=answer["version"])).json()
    assert answer["consortium_rules"]["min_partners"] is None
    assert "min_small_partners" not in answer["consortium_rules"]
    elsewhere = {"submission_route": {"kind": "elsewhere", "url": "https://portal.example/1"}}
    answer = ok(council.boss.patch(path, elsewhere, if_match=answer["version"])).json()
    assert answer["submission_route"]["url"] == "https://portal.example/1"


def test_the_call_closes_by_the_clock_and_opens_again_with_a_later_deadline(council: Organisation) -> None:
    made = published(council, submission_deadline=soon(0.7))
    path = f"/opportunities/{made['id']}"
    before = council.boss.get(path)
    assert council.boss.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    wait_until(lambda: ok(council.boss.get(path)).json()["status"] == "closed")
    closed = ok(council.boss.get(path))
    assert closed.json()["open_for_bids"] is False
    assert closed.headers["ETag"] != before.headers["ETag"]
    assert closed.json()["version"] == made["version"]
    found = ok(council.boss.get("/opportunities", params={"q": "Hybiau", "status": "closed", "limit": 200})).json()
    assert made["id"] in [one["id"] for one in found["items"]]
    problem(council.boss.patch(path, {"title": "Late"}, if_match=made["version"]), 409, "closed-for-changes")
    reopened = ok(council.boss.patch(path, {"submission_deadline": soon()}, if_match=made["version"])).json()
    assert (reopened["status"], reopened["open_for_bids"], reopened["amendment"]) == ("published", True, 1)


def test_a_cancelled_call_takes_nothing_any_more(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"
    answer = ok(council.boss.post(f"{path}/cancel", {"reason": "The budget was withdrawn."})).json()
    assert (answer["status"], answer["open_for_bids"]) == ("cancelled", False)
    assert answer["cancelled_at"]
    problem(council.boss.post(f"{path}/cancel"), 409, "opportunity-over")
    problem(council.boss.post(f"{path}/publish"), 409, "opportunity-over")
    problem(council.boss.patch(path, {"title": "x"}, if_match=answer["version"]), 409, "opportunity-over")


def test_fifty_changes_at_once_on_one_etag_make_one(council: Organisation) -> None:
    made = published(council)
    path = f"/opportunities/{made['id']}"

    def amend(number: int) -> int:
        return council.boss.patch(path, {"title": f"Title {number}"}, if_match=made["version"]).status_code

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(amend, range(50)))
    assert sorted(answers) == [200] + [412] * 49
    assert ok(council.boss.get(path)).json()["amendment"] == 1


def test_the_same_post_twice_makes_one_call(council: Organisation) -> None:
    headers = {"Idempotency-Key": f"call-{council.id}"}
    first = ok(council.boss.post("/opportunities", CALL, headers=headers), 201)
    again = ok(council.boss.post("/opportunities", CALL, headers=headers), 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(council.boss.post("/opportunities", {**CALL, "title": "Other"}, headers=headers), 422)


BAD = [
    ({"title": ""}, "/title"),
    ({"title": "a\x00b"}, "/title"),
    ({"title": "x" * 301}, "/title"),
    ({"title": 7}, "/title"),
    ({"surprise": 1}, "/surprise"),
    ({"lots": [{"key": "a", "title": "A"}, {"key": "a", "title": "B"}]}, "/lots/1/key"),
    ({"lots": [{"key": "a", "title": "A", "ceiling": {"amount": "1e3", "currency": "GBP"}}]}, "/lots/0/ceiling/amount"),
    (
        {"lots": [{"key": "a", "title": "A", "ceiling": {"amount": "1", "currency": "EUR"}}], "questions": []},
        "/lots/0/ceiling/currency",
    ),
    ({"budget_ceiling": {"amount": 5, "currency": "GBP"}}, "/budget_ceiling/amount"),
    ({"budget_ceiling": {"amount": "-5", "currency": "GBP"}}, "/budget_ceiling/amount"),
    ({"questions": [{"key": "a", "prompt_markdown": "?", "lot_key": "nowhere"}]}, "/questions/0/lot_key"),
    (
        {"questions": [{"key": "a", "prompt_markdown": "?", "limit": {"unit": "words", "value": 0}}]},
        "/questions/0/limit/value",
    ),
    ({"questions": [{"key": "a", "prompt_markdown": "?", "weight": 5}]}, "/questions/0/weight"),
    ({"mode": "secret"}, "/mode"),
    ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ({"submission_deadline": "2027-03-01T12:00:00"}, "/submission_deadline"),
    ({"submission_deadline": "tomorrow"}, "/submission_deadline"),
    ({"submission_deadline": "0001-01-01T00:00:00Z"}, "/submission_deadline"),
    ({"submission_deadline": "9999-12-31T23:59:59-12:00"}, "/submission_deadline"),
    ({"submission_deadline": 1e300}, "/submission_deadline"),
    ({"clarification_deadline": "2999-01-01T00:00:00Z"}, "/clarification_deadline"),
    ({"submission_route": {"kind": "elsewhere"}}, "/submission_route"),
    ({"submission_route": {"kind": "elsewhere", "url": "javascript:alert(1)"}}, "/submission_route/url"),
    ({"consortium_rules": {"min_partners": 3, "max_partners": 2}}, "/consortium_rules/max_partners"),
    ({"consortium_rules": {"unheard_of": 2}}, "/consortium_rules/unheard_of"),
    ({"facilitator_ids": ["01890000-0000-7000-8000-000000000000"]}, "/facilitator_ids/0"),
    ({"required_sections": ["nonsense"]}, "/required_sections/0"),
]


@pytest.mark.parametrize(("fields", "pointer"), BAD, ids=[f"{pointer}-{at}" for at, (_, pointer) in enumerate(BAD)])
def test_bad_input_is_pointed_at(council: Organisation, fields: dict[str, Any], pointer: str) -> None:
    body = {**CALL, "submission_deadline": soon(), **fields}
    errors = problem(council.boss.post("/opportunities", body), 422)["errors"]
    assert pointer in [error["pointer"] for error in errors], errors


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"title": "a", "title": "b"}', 400),
        (b'{"title": "\xff"}', 400),
        (b'{"title": "x", "description_markdown": "\\ud800"}', 422),
        (b'{"title": "x", "budget_ceiling": 1e9999}', 422),
        (b'{"title": "' + b"x" * 1_100_000 + b'"}', 413),
        (b"[]", 422),
        (b"null", 422),
    ],
)
def test_what_cannot_be_read_is_refused(council: Organisation, content: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    problem(council.boss.request("POST", "/opportunities", content=content, headers=headers), status)


def test_calls_are_found_by_words_area_cpv_and_closing_time(council: Organisation, world: World) -> None:
    mark = f"zebra{council.id[-12:]}"
    one = published(council, title=f"{mark} one", areas=["UKI44"], cpv=["85000000"], vcse=True)
    two = published(
        council, title=f"{mark} two", areas=["Leeds"], cpv=["92000000"], vcse=False, submission_deadline=soon(90_000)
    )
    reader = world.stranger()

    def found(**filters: Any) -> list[str]:
        answer = ok(reader.get("/opportunities", params={"q": mark, **filters})).json()
        return [item["id"] for item in answer["items"]]

    both = [one["id"], two["id"]]
    assert found() == both
    assert found(area="London") == both[:1]
    assert found(area="leeds") == both[1:]
    assert found(cpv="85") == both[:1]
    assert found(cpv="92000000-9") == both[1:]
    assert found(vcse="true") == both[:1]
    assert found(vcse="false") == both[1:]
    assert found(closing_after=soon(7200)) == both[1:]
    assert found(status="published") == both
    assert found(status="cancelled") == []
    assert found(q=f"{mark} -two") == both[:1]
    assert found(q="Aber Council " + mark) == both
    first = ok(reader.get("/opportunities", params={"q": mark, "limit": 1})).json()
    assert [item["id"] for item in first["items"]] == both[:1]
    page = reader.get("/opportunities", params={"q": mark, "limit": 1, "cursor": first["next_cursor"]})
    assert [item["id"] for item in ok(page).json()["items"]] == both[1:]
    assert page.json()["next_cursor"] is None
    whole = ok(reader.get(f"/opportunities/{one['id']}")).json()
    (item,) = [item for item in first["items"] if item["id"] == one["id"]]
    assert item == {name: whole[name] for name in item}
    assert OpportunityShortOut.model_validate(item)


@pytest.mark.parametrize(
    "filters",
    [
        {"surprise": "1"},
        {"status": "nonsense"},
        {"vcse": "perhaps"},
        {"closing_after": "2027-01-01T00:00:00"},
        {"closing_after": "soon"},
        {"closing_after": "9999-12-31T23:59:59-12:00"},
        {"cpv": "x"},
        {"limit": 0},
        {"limit": 201},
        {"cursor": "nonsense"},
        {"cursor": "WyJub3QtYW4taWQiXQ"},
        {"cursor": "WzFd"},
    ],
)
def test_a_wrong_filter_is_422(world: World, filters: dict[str, Any]) -> None:
    problem(world.stranger().get("/opportunities", params=filters), 422)


@pytest.mark.parametrize("words", ["'", "a & | !", "\x00", "((", '"', "%_\\", "x" * 200])
def test_any_words_can_be_looked_for(world: World, words: str) -> None:
    ok(world.stranger().get("/opportunities", params={"q": words}))


def test_without_signing_in_there_is_nothing(world: World) -> None:
    for method, path in (
        ("GET", "/v1/opportunities"),
        ("POST", "/v1/opportunities"),
        ("POST", "/v1/opportunities/import"),
    ):
        assert world.http.request(method, path).status_code == 401


def test_the_deadline_also_shows_in_the_commissioners_time_zone(council: Organisation) -> None:
    made = call(council, submission_deadline="2027-07-01T11:00:00Z", clarification_deadline=None)
    assert made["submission_deadline_local"] == "2027-07-01T12:00:00+01:00"
    made = call(council, submission_deadline="2027-01-01T12:00:00Z", time_zone="America/New_York")
    assert made["submission_deadline_local"] == "2027-01-01T07:00:00-05:00"
    assert made["submission_deadline"] == "2027-01-01T12:00:00Z"


def test_every_change_is_in_the_calls_log(council: Organisation, world: World) -> None:
    made = published(council)
    ok(council.boss.patch(f"/opportunities/{made['id']}", {"title": "New"}, if_match=made["version"]))
    ok(council.boss.post(f"/opportunities/{made['id']}/cancel"))
    rows = world.sql.execute("SELECT type FROM events WHERE stream_id = %s ORDER BY seq", [made["id"]]).fetchall()
    assert [row[0] for row in rows] == [
        "opportunity_written",
        "opportunity_published",
        "opportunity_amended",
        "opportunity_cancelled",
    ]


def test_in_public_a_commissioner_has_to_be_verified(world: World, database: str, settings: Settings) -> None:
    """The same database behind a server that others can reach."""
    council = world.organisation("Elin Council", kinds=("commissioner",))
    drafted = call(council)
    public = create_app(settings.model_copy(update={"public_url": "https://council.example"}), database)
    with TestClient(public, base_url="https://council.example") as client:
        headers = {"Authorization": f"Bearer {council.boss.token}"}

        def post(path: str, body: Any) -> int:
            return int(client.post(f"/v1/opportunities{path}", json=body, headers=headers).status_code)

        assert post("", CALL) == 403
        assert post(f"/{drafted['id']}/publish", {}) == 403
        world.sql.execute("UPDATE organisations SET verification_level = 'operator' WHERE id = %s", [council.id])
        assert post("", CALL) == 201
        assert post(f"/{drafted['id']}/publish", {}) == 200


def test_a_portals_program_writes_and_imports_within_its_scopes(council: Organisation, world: World) -> None:
    def program(*scopes: str) -> dict[str, str]:
        made = ok(council.boss.post(f"/organisations/{council.id}/clients", {"name": "Portal", "scopes": scopes}), 201)
        client = (made.json()["client_id"], made.json()["client_secret"])
        token = ok(world.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=client)).json()
        return {"Authorization": f"Bearer {token['access_token']}"}

    writer, reader = program("opportunities:write", "opportunities:read"), program("opportunities:read")
    made = ok(world.http.post("/v1/opportunities", json=CALL, headers=writer), 201).json()
    assert made["organisation_id"] == council.id
    ok(world.http.get("/v1/opportunities", headers=reader))
    problem(world.http.post("/v1/opportunities", json=CALL, headers=reader), 403, "insufficient-scope")
    problem(world.http.post("/v1/opportunities/import", json={"releases": []}, headers=reader), 403)
    answer = ok(world.http.post("/v1/opportunities/import", json={"releases": []}, headers=writer)).json()
    assert answer == {"imported": 0, "updated": 0, "unchanged": 0, "skipped": [], "claims": []}
