"""Difficulties through HTTP: a confidential one gives nothing away, and nobody holds the bid hostage."""

import json
import re
from typing import Any

import pytest

from app.bid.facilitation.rules import SAFEGUARDING_SENTENCE
from app.platform.web import middleware
from tests.factories import Bid, Partner, Person, World, ok, problem
from tests.stages import bid

CANARY = "Zyxwvutcanary"


def raised(made: Bid, by: Partner, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ok(
        made.post(by.boss, "/difficulties", {"title": f"{CANARY} meetings", "detail_markdown": CANARY, **fields}), 201
    ).json()
    return answer


def test_a_difficulty_for_all_is_handled_by_steps_and_closed_by_its_raiser(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    lead, youth, family = made.partners
    opened = raised(made, youth, blocking=True)
    assert (opened["partner_id"], opened["safeguarding"]) == (youth.id, SAFEGUARDING_SENTENCE)
    path = f"/difficulties/{opened['id']}"
    step = {"note_markdown": "We meet", "owner_organisation_id": lead.organisation.id, "due_on": "2026-12-01"}
    taken = ok(made.post(lead.boss, f"{path}/steps", step), 201)
    assert ok(family.boss.get(taken.headers["Location"])).json()["note_markdown"] == "We meet"
    stranger = {"note_markdown": "x", "owner_organisation_id": world.organisation().id}
    problem(made.post(lead.boss, f"{path}/steps", stranger), 422)
    problem(made.post(lead.boss, f"{path}/close", {"outcome": "resolved"}), 403)
    closed = ok(made.post(youth.boss, f"{path}/close", {"outcome": "resolved", "note_markdown": "Good"})).json()
    assert (closed["outcome"], closed["blocks_until"]) == ("resolved", None)
    problem(made.post(youth.boss, f"{path}/close", {"outcome": "resolved"}), 409, "difficulty-closed")
    problem(made.post(lead.boss, f"{path}/steps", {"note_markdown": "Late"}), 409, "difficulty-closed")


def test_the_facilitator_closes_and_only_the_raiser_withdraws(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    path = f"/difficulties/{raised(made, made.partners[1])['id']}/close"
    problem(made.post(helper.boss, path, {"outcome": "withdrawn"}), 403)
    assert ok(made.post(helper.boss, path, {"outcome": "escalated"})).json()["outcome"] == "escalated"


def test_a_blocking_difficulty_lapses_unless_somebody_else_takes_a_step(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    youth = made.partners[1]
    opened = raised(made, youth, blocking=True)
    path = f"/difficulties/{opened['id']}"
    world.sql.execute(
        "UPDATE difficulties SET blocking_since = now() - interval '5 days' WHERE id = %s", [opened["id"]]
    )
    assert "difficulty-open" not in blockers(made, made.lead.boss)
    ok(made.post(youth.boss, f"{path}/steps", {"note_markdown": "Still angry"}), 201)
    assert ok(made.get(youth.boss, path)).json()["blocks_until"] is None
    ok(made.post(made.lead.boss, f"{path}/steps", {"note_markdown": "We look at it"}), 201)
    assert "difficulty-open" in blockers(made, made.lead.boss)


def blockers(made: Bid, who: Person) -> list[str]:
    return [blocker["code"] for blocker in ok(made.get(who, "/readiness")).json()["blockers"]]


def test_nobody_floods_the_others_with_difficulties(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    for _ in range(10):
        raised(made, made.partners[1])
    problem(made.post(made.partners[1].boss, "/difficulties", {"title": "More"}), 409, "too-many-open-difficulties")
    raised(made, made.lead)


def test_without_a_facilitator_nothing_can_be_confided(world: World) -> None:
    made = bid(world)
    body = {"title": "T", "addressed_to": "facilitator"}
    problem(made.post(made.lead.boss, "/difficulties", body), 409, "no-facilitator")


def test_what_was_confided_to_one_facilitator_is_not_passed_on_to_the_next(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    youth, first = made.partners[1], made.facilitated()
    path = f"/difficulties/{raised(made, youth, addressed_to='facilitator')['id']}"
    ok(made.get(first.boss, path))
    ok(made.post(first.boss, f"/facilitators/{first.id}/end", {"reason": "x"}))
    problem(made.get(first.boss, path), 404)
    second = made.facilitated("Another helper")
    problem(made.get(second.boss, path), 404)
    ok(made.post(youth.boss, f"{path}/steps", {"note_markdown": "Please take this on"}), 201)
    ok(made.get(second.boss, path))


def test_a_removal_is_frozen_for_every_partner_alike_unless_the_facilitator_certifies_it(world: World) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    helper = made.facilitated()
    raised(made, made.partners[1], addressed_to="facilitator")
    answers = set()
    for partner in made.partners[1:]:
        refused = made.post(made.lead.boss, f"/partners/{partner.id}/remove", {"reason": "x"})
        body = problem(refused, 409, "difficulty-open")
        body.pop("instance"), body.pop("request_id")
        answers.add(json.dumps(body))
    assert len(answers) == 1
    family = made.partners[2]
    certificate = f"/partners/{family.id}/removal-certificate"
    problem(made.post(made.lead.boss, certificate), 403)
    ok(made.post(helper.boss, certificate), 201)
    problem(made.post(helper.boss, certificate), 409, "removal-certified")
    ok(made.post(made.lead.boss, f"/partners/{family.id}/remove", {"reason": "x"}), 202)
    problem(made.post(made.lead.boss, f"/partners/{made.partners[1].id}/remove", {"reason": "x"}), 409)


def everything(world: World, made: Bid, who: Person, skip: tuple[str, ...] = ()) -> dict[str, tuple[int, str, str]]:
    """Every GET that takes no more than the proposal, as this person gets it: status, ETag and body."""
    paths = world.openapi["paths"]
    found: dict[str, tuple[int, str, str]] = {}
    for path, methods in sorted(paths.items()):
        plain = path.replace("{proposal_id}", made.id)
        if "get" not in methods or "{" in plain or not path.startswith("/v1/") or path.endswith(skip or ("never",)):
            continue
        if path.startswith(("/v1/proposals/{", "/v1/me")):
            response = who.get(plain)
            text = re.sub(r'"request_id":"[^"]*"', "", response.text)
            found[path] = (response.status_code, response.headers.get("ETag", ""), text)
    return found


RENDERED = (".pdf", ".docx", ".odt", ".xlsx", ".zip")


@pytest.mark.parametrize("blocking", [True, False])
def test_who_confided_a_difficulty_changes_not_one_byte_for_anybody_else(
    world: World, blocking: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each partner in turn confides one and has it closed; what a bystander can fetch meanwhile is always the same."""
    made = bid(world, "Lead", "Youth", "Family", "Bystander", rule="majority")
    helper, bystander = made.facilitated(), made.partners[3]
    quiet = everything(world, made, bystander.boss, RENDERED)
    assert len(quiet) > 15
    metrics = _metrics(world)
    seen, pictures = [], []
    for raiser in made.partners[:3]:
        capfd.readouterr()
        opened = raised(made, raiser, addressed_to="facilitator", blocking=blocking)
        ok(made.post(helper.boss, f"/difficulties/{opened['id']}/steps", {"note_markdown": CANARY}), 201)
        log = capfd.readouterr()
        assert CANARY not in log.out + log.err
        for secret in (raiser.id, raiser.organisation.id, raiser.boss.id, opened["id"], "difficult"):
            assert secret not in log.out + log.err
        pictures.append(everything(world, made, bystander.boss, RENDERED))
        problem(made.get(bystander.boss, f"/difficulties/{opened['id']}"), 404)
        problem(made.post(bystander.boss, f"/difficulties/{opened['id']}/steps", {"note_markdown": "x"}), 404)
        seen.append(opened["id"])
        assert made.get(raiser.boss, f"/difficulties/{opened['id']}").json()["title"].startswith(CANARY)
        ok(made.post(raiser.boss, f"/difficulties/{opened['id']}/close", {"outcome": "withdrawn"}))
    assert pictures[0] == pictures[1] == pictures[2]
    changed = {path for path in quiet if quiet[path] != pictures[0][path]}
    assert changed == ({"/v1/proposals/{proposal_id}/readiness"} if blocking else set())
    assert everything(world, made, bystander.boss, RENDERED) == quiet
    for text in [*pictures, _metrics(world), metrics]:
        assert CANARY not in str(text)
        assert not [difficulty_id for difficulty_id in seen if difficulty_id in str(text)]
    told = world.sql.execute("SELECT payload::text FROM outbox").fetchall()
    assert not [row for row in told if CANARY in row[0]]


def _metrics(world: World) -> str:
    return world.http.get("/metrics").text


def test_the_metrics_do_not_tell_that_something_was_confided(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    made.facilitated()
    names = "raise_difficulty", "add_difficulty_step", "close_difficulty"
    raised(made, made.partners[1], addressed_to="facilitator")
    assert not [name for name in names if name in _metrics(world)]


class Recorder:
    """Stands where the log writes its lines."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, **fields})


def test_an_ordinary_request_is_logged_with_its_person_and_a_confided_one_is_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bid(world, "Lead", "Youth")
    made.facilitated()
    log = Recorder()
    monkeypatch.setattr(middleware, "log", log)
    ok(made.get(made.lead.boss, "/decisions"))
    raised(made, made.partners[1], addressed_to="facilitator")
    told = [(line["operation"], line["path"].rpartition("/")[2], line["actor"]) for line in log.lines]
    assert told == [("list_decisions", "decisions", made.lead.boss.id), ("confided", "", None)]
    assert CANARY not in str(log.lines)
