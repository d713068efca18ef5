"""Applicants and the bid's own partners at the same opening, at the same moment."""

from collections.abc import Callable

import httpx

from tests.bid.openings.test_openings import opened
from tests.factories import Bid, Organisation, World, ok
from tests.racing import together
from tests.rounds import races
from tests.stages import bid


def test_three_applicants_and_the_lead_at_one_opening_never_lock_each_other_out(world: World) -> None:
    """Each locks the proposal first, so the database never has to throw one of them out with a 503."""
    made = bid(world)
    applicants = [world.organisation(f"Club {number}") for number in range(3)]
    for _ in races(10):
        race(made, applicants)


def race(made: Bid, applicants: list[Organisation]) -> None:
    lead, first = made.lead.boss, applicants[0].boss
    path = f"/openings/{opened(made)['id']}"

    def apply(applicant: Organisation) -> Callable[[], httpx.Response]:
        return lambda: made.post(applicant.boss, f"{path}/applications", {"message_markdown": "We know the estate."})

    def change() -> httpx.Response:
        return lead.patch(made.path + path, {"area": "Harbour"}, if_match=1)

    answers = together(*(apply(each) for each in applicants), change)
    assert [answer.status_code for answer in answers] == [201, 201, 201, 200]
    application, where = answers[0].json()["id"], answers[0].headers["Location"]
    shortlisted, withdrawn, closed = together(
        lambda: made.post(lead, f"{path}/applications/{application}/answer", {"decision": "shortlisted"}),
        lambda: first.post(f"{where}/withdraw"),
        lambda: made.post(lead, f"{path}/close"),
    )
    assert shortlisted.status_code in (200, 409)
    assert (withdrawn.status_code, closed.status_code) == (200, 200)
    assert ok(first.get(where)).json()["status"] == "withdrawn"
