"""Places across bids, taken at the same moment: two bids for one lot never both get what only one of them may have."""

from functools import partial
from secrets import token_urlsafe

import httpx
import pytest

from app.platform.access.standing import token_hash
from tests.factories import Bid, Organisation, World, ok, problem
from tests.journeys.test_two_bids_for_one_lot import SAID
from tests.racing import together
from tests.rounds import races
from tests.stages import bid


@pytest.fixture
def rivals(world: World) -> tuple[Bid, Bid]:
    """Two bids for one opportunity, for all rounds."""
    first = bid(world, "Youth", "Family")
    return first, bid(world, "Sports", "Arts", call=first.opportunity)


def one_of(answers: list[httpx.Response], code: str) -> int:
    """Which of them succeeded: exactly one, and the other was refused with that code."""
    won = [index for index, answer in enumerate(answers) if answer.is_success]
    assert len(won) == 1, [answer.text[:300] for answer in answers]
    (lost,) = (answer for index, answer in enumerate(answers) if index not in won)
    problem(lost, 409, code)
    return won[0]


def invited(made: Bid, organisation: Organisation) -> str:
    return f"/partners/{made.invite(organisation)}"


def called_back(made: Bid, seat: str) -> None:
    ok(made.post(made.lead.boss, f"{seat}/remove", {"reason": "Another round."}))


def left(made: Bid, organisation: Organisation, seat: str) -> None:
    ok(made.post(organisation.boss, f"{seat}/withdraw", {"reason": "Another round."}))


def test_an_organisation_that_accepts_two_rival_bids_at_once_is_in_one(world: World, rivals: tuple[Bid, Bid]) -> None:
    torn = world.organisation("Torn")
    for _ in races(14):
        seats = [invited(made, torn) for made in rivals]
        calls = [partial(made.post, torn.boss, f"{seat}/accept") for made, seat in zip(rivals, seats, strict=True)]
        won = one_of(together(*calls), "other-bid-undeclared")
        left(rivals[won], torn, seats[won])
        called_back(rivals[1 - won], seats[1 - won])


def test_an_organisation_that_starts_a_bid_while_it_accepts_a_rival_one_is_in_one(
    world: World, rivals: tuple[Bid, Bid]
) -> None:
    torn, made = world.organisation("Torn"), rivals[0]
    start = {"opportunity_id": made.opportunity_id, "title": "Ours"}
    for _ in races(14):
        seat = invited(made, torn)
        answers = together(
            partial(made.post, torn.boss, f"{seat}/accept"), partial(torn.boss.post, "/proposals", start)
        )
        if one_of(answers, "other-bid-undeclared") == 0:
            left(made, torn, seat)
        else:
            ok(torn.boss.post(f"/proposals/{answers[1].json()['id']}/dissolve"))
            called_back(made, seat)


def test_two_leads_of_one_organisation_start_one_bid(world: World, rivals: tuple[Bid, Bid]) -> None:
    torn = world.organisation("Torn")
    second = world.colleague(torn, "editor")
    start = {"opportunity_id": rivals[0].opportunity_id, "title": "Ours"}
    for _ in races(14):
        answers = together(*[partial(who.post, "/proposals", start) for who in (torn.boss, second)])
        won = one_of(answers, "other-bid-undeclared")
        ok(torn.boss.post(f"/proposals/{answers[won].json()['id']}/dissolve"))


def asked(made: Bid, facilitator: Organisation) -> str:
    body = {"organisation_id": facilitator.id}
    return f"/facilitators/{ok(made.post(made.lead.boss, '/facilitators', body), 201).json()['id']}"


def test_a_facilitator_that_accepts_two_rival_bids_at_once_serves_one(world: World, rivals: tuple[Bid, Bid]) -> None:
    helper = world.organisation("Council for Voluntary Service", ("facilitator",))
    for _ in races(14):
        places = [asked(made, helper) for made in rivals]
        calls = [partial(made.post, helper.boss, f"{at}/accept") for made, at in zip(rivals, places, strict=True)]
        one_of(together(*calls), "facilitator-serves-another-bid")
        for made, at in zip(rivals, places, strict=True):
            in_office = ok(made.get(made.lead.boss, at)).json()["status"] == "active"
            ok(made.post(helper.boss if in_office else made.lead.boss, f"{at}/end"))


def test_an_organisation_never_becomes_facilitator_of_a_bid_and_partner_of_its_rival_at_once(
    world: World, rivals: tuple[Bid, Bid]
) -> None:
    both = world.organisation("Both", ("provider", "facilitator"))
    first, second = rivals
    for _ in races(14):
        place, seat = asked(first, both), invited(second, both)
        helps, joins = together(
            partial(first.post, both.boss, f"{place}/accept"), partial(second.post, both.boss, f"{seat}/accept")
        )
        if helps.is_success:
            problem(joins, 409, "facilitates-a-rival")
            called_back(second, seat)
            ok(first.post(both.boss, f"{place}/end"))
        else:
            problem(helps, 409, "facilitator-not-neutral")
            left(second, both, seat)
            ok(first.post(first.lead.boss, f"{place}/end"))


JOIN = "/member-invitations/accept"


def test_a_person_who_joins_two_rival_partners_at_once_reads_neither_bid(world: World, rivals: tuple[Bid, Bid]) -> None:
    for _ in races(14):
        ann = world.person()
        given = [world.invited(made.lead.organisation, ann, "editor") for made in rivals]
        for answer in together(*[partial(ann.post, JOIN, token) for token in given]):
            ok(answer)
        for made in rivals:
            problem(made.get(ann, "/decisions"), 403, "two-sides-unrecorded")


def test_a_person_who_accepts_to_facilitate_while_joining_a_partner_never_has_the_facilitators_sight(
    world: World, rivals: tuple[Bid, Bid]
) -> None:
    made = rivals[0]
    helper = world.organisation("Council for Voluntary Service", ("facilitator",))
    for _ in races(14):
        ann, place = world.colleague(helper, "admin"), asked(made, helper)
        token = world.invited(made.lead.organisation, ann, "viewer")
        accepted, joined = together(partial(made.post, ann, f"{place}/accept"), partial(ann.post, JOIN, token))
        ok(joined)
        problem(made.get(ann, "/notebook"), 404)
        if accepted.is_success:
            ok(made.get(helper.boss, "/notebook"))
            ok(made.post(helper.boss, f"{place}/end"))
        else:
            problem(accepted, 409, "facilitator-not-neutral")
            ok(made.post(made.lead.boss, f"{place}/end"))


def test_a_person_who_joins_an_organisation_while_accepting_for_it_puts_it_into_one_bid(
    world: World, rivals: tuple[Bid, Bid]
) -> None:
    """The invitation went to Ann's address, so whichever organisation she is of by then accepts; it accepts another."""
    first, second = rivals
    for _ in races(14):
        torn, ann = world.organisation("Torn"), world.person()
        joining = world.invited(torn, ann, "admin")
        seat = invited(first, torn)
        made = ok(second.post(second.lead.boss, "/partners", {"email": ann.email, "role": "member"}), 201).json()
        token = token_urlsafe(32)
        world.sql.execute("UPDATE partners SET token_hash = %s WHERE id = %s", [token_hash(token), made["id"]])
        accept = partial(second.post, ann, f"/partners/{made['id']}/accept", {"token": token})
        joined, by_boss, by_ann = together(
            partial(ann.post, JOIN, joining), partial(first.post, torn.boss, f"{seat}/accept"), accept
        )
        ok(joined)
        ok(by_boss) if not by_ann.is_success else problem(by_boss, 409, "other-bid-undeclared")
        if not by_ann.is_success:
            assert by_ann.status_code in (403, 409)
            left(first, torn, seat)
            called_back(second, f"/partners/{made['id']}")
        else:
            left(second, torn, f"/partners/{made['id']}")
            called_back(first, seat)


def test_the_last_answers_in_both_bids_at_once_let_the_organisation_in(world: World, rivals: tuple[Bid, Bid]) -> None:
    for _ in races(4):
        torn = world.organisation("Torn")
        seats = [invited(made, torn) for made in rivals]
        declared = [ok(made.post(torn.boss, "/other-bids", SAID), 201).json()["id"] for made in rivals]
        for made, seat in zip(rivals, seats, strict=True):
            ok(made.post(torn.boss, f"{seat}/accept"))
        problem(rivals[1].get(torn.boss, "/decisions"), 404)
        noted = {"answer_markdown": "Noted."}
        calls = [
            partial(made.post, member.boss, f"/other-bids/{id_}/answers", noted)
            for made, id_ in zip(rivals, declared, strict=True)
            for member in made.partners
        ]
        for answer in together(*calls):
            ok(answer)
        for made, seat in zip(rivals, seats, strict=True):
            ok(made.get(torn.boss, "/decisions"))
            left(made, torn, seat)


def test_answers_that_came_before_an_organisation_accepted_let_it_in(world: World, rivals: tuple[Bid, Bid]) -> None:
    torn, (first, second) = world.organisation("Torn"), rivals
    seats = [invited(made, torn) for made in rivals]
    for made in rivals:
        declared = ok(made.post(torn.boss, "/other-bids", SAID), 201).json()["id"]
        for member in made.partners:
            ok(made.post(member.boss, f"/other-bids/{declared}/answers", {"answer_markdown": "Noted."}))
    for made, seat in zip((first, second), seats, strict=True):
        ok(made.post(torn.boss, f"{seat}/accept"))
        ok(made.get(torn.boss, "/decisions"))


def test_nobody_who_is_being_erased_is_left_in_an_organisation(world: World) -> None:
    for _ in races(6):
        organisation, ann = world.organisation(), world.person()
        token = world.invited(organisation, ann, "admin")
        found = {"name": "Of Ann", "kinds": ["provider"], "legal_form": "charity"}
        erased, joined, founded = together(
            partial(ann.delete, "/me", if_match=1),
            partial(ann.post, JOIN, token),
            partial(ann.post, "/organisations", found),
        )
        ok(erased)
        assert joined.status_code in (200, 401, 422), joined.text
        assert founded.status_code in (201, 401)
        rows = world.sql.execute("SELECT count(*) FROM memberships WHERE person_id = %s", [ann.id]).fetchone()
        assert rows == (0,)


def test_two_admins_who_take_each_others_right_away_leave_one(world: World) -> None:
    for _ in races(6):
        organisation = world.organisation()
        admins = [organisation.boss, world.colleague(organisation, "admin")]
        path = f"/organisations/{organisation.id}/members"
        calls = [
            partial(one.patch, f"{path}/{other.id}", {"roles": ["viewer"]}, if_match=1)
            for one, other in (admins, admins[::-1])
        ]
        answers = sorted(answer.status_code for answer in together(*calls))
        assert answers in ([200, 403], [200, 409])
        rows = world.sql.execute(
            "SELECT count(*) FROM memberships WHERE organisation_id = %s AND 'admin' = ANY(roles)", [organisation.id]
        )
        assert rows.fetchone() == (1,)


def test_whoever_accepts_by_the_mails_token_is_bound_to_the_structure_that_it_was_shown(world: World) -> None:
    made = world.bid()
    boss, path = made.lead.boss, "/structure"
    for turn in races(14):
        small = world.organisation()
        body = {"email": small.boss.email, "role": "member"}
        seat = ok(made.post(boss, "/partners", body), 201).json()["id"]
        token = token_urlsafe(32)
        world.sql.execute("UPDATE partners SET token_hash = %s WHERE id = %s", [token_hash(token), seat])
        shown = ok(world.http.get(f"/v1/invitations/{token}")).json()["structure_version"]
        terms = {"template": "custom", "custom_markdown": f"Paid two years in arrears, {turn}."}
        accepted, changed = together(
            partial(made.post, small.boss, f"/partners/{seat}/accept", {"token": token, "structure_version": shown}),
            partial(boss.put, made.path + path, terms, if_match=boss.etag(made.path + path)),
        )
        now = world.sql.execute("SELECT version FROM structures WHERE proposal_id = %s", [made.id]).fetchone()
        if changed.status_code == 200:
            # It came first, since a structure takes a decision once somebody has accepted.
            problem(accepted, 409, "structure-changed")
            called_back(made, f"/partners/{seat}")
        else:
            ok(changed, 202)
            ok(accepted)
            assert now == (shown,)
            left(made, small, f"/partners/{seat}")
            motion = f"/decisions/{changed.json()['id']}"
            ok(made.post(boss, f"{motion}/votes", {"option": "against"}), 201)
            ok(made.post(boss, f"{motion}/close"))
