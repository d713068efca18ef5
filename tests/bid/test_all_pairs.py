"""Everything that ends or begins a place in a bid, raced in pairs: what comes out is what one after the other gives.

Each pair is first played in both orders, on copies of one bid; then at the same moment on further copies. Nothing may
deadlock or end in a 5xx, and the answers and the state must be those of one of the two orders.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import combinations_with_replacement, product
from typing import Any

import httpx
import pytest

from app.platform.access.standing import token_hash
from tests.copies import copy
from tests.factories import Bid, Organisation, Person, World, ok, soon
from tests.racing import together
from tests.rounds import races
from tests.rows import insert

STAGES = ("draft", "in_sign_off", "agreed")


@dataclass
class Around:
    """The organisations of all copies, of which each answers a call of its own."""

    council: Organisation
    lead: Organisation
    member: Organisation
    invited: Organisation
    applied: Organisation
    applying: Organisation
    helper: Organisation
    waiting: Organisation


_around: dict[str, Around] = {}


def organisations(world: World) -> Around:
    if world.url not in _around:
        council = world.organisation("Riverside Council", ("commissioner",))
        made = [world.organisation(name) for name in ("Lead", "Member", "Invited", "Applied", "Applying")]
        helper, waiting = world.organisation("Helper", ("facilitator",)), world.organisation("Waiting")
        _around[world.url] = Around(council, *made, helper, waiting)
    return _around[world.url]


@dataclass
class Scene:
    """One copy of the bid, in one stage, and who does what in it."""

    bid: Bid
    around: Around
    invitation: str
    application: str
    opening: str
    facilitator: str
    motion: str = ""
    to_confirm: str = ""
    link: str = ""
    """The seat of one that waits to be confirmed, and the link that was sent to the invited mailbox again."""
    signed_by: Person | None = None
    actors: dict[str, Person] = field(default_factory=dict)

    def boss(self, act: str) -> Person:
        """Who does it, unless somebody else was put in the place: a colleague who is erased meanwhile."""
        return self.actors.get(act) or self.organisation(act).boss

    def organisation(self, act: str) -> Organisation:
        lead, member = (partner.organisation for partner in self.bid.partners)
        return {
            "accept": self.around.invited,
            "decline": self.around.invited,
            "take_yes_back": self.around.waiting,
            "mailbox_yes": self.around.applying,
            "mailbox_no": self.around.applying,
            "apply": self.around.applying,
            "take_application_back": self.around.applied,
            "facilitate": self.around.helper,
            "sign": member,
            "leave": member,
        }.get(act, lead)


def scene(world: World, stage: str, acts: tuple[str, str]) -> Scene:
    """A bid of a lead and a member, with an opening, an application, an invitation and a facilitator that is asked; where
    one of `acts` needs it also a motion to remove the member for which all have voted, or a signature."""
    around = organisations(world)
    who = [around.lead, around.member]

    def make() -> Bid:
        call = world.opportunity(title="Youth work", lots=[], questions=[], submission_deadline=soon(86_400))
        lead, member = world.organisation(), world.organisation()
        made = Bid.started(world, call, lead, "Together")
        made.structured()
        made.join(member)
        made.revealed().ready()
        opening = {"title": "Door to door", "public": True}
        for applicant in (around.applied, None):
            at = ok(made.post(lead.boss, "/openings", opening), 201).json()["id"]
            if applicant:
                ok(made.post(applicant.boss, f"/openings/{at}/applications"), 201)
        ok(made.post(lead.boss, "/facilitators", {"organisation_id": around.helper.id}), 201)
        if stage == "in_sign_off":
            made.freeze()
        elif stage == "agreed":
            made.agree()
        return made

    closes_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = copy(world, ("all pairs", stage), make, who, around.council, submission_deadline=closes_at)
    ids = _one(
        world,
        """SELECT a.id::text, a.opening_id::text, free.id::text, f.id::text, s.version FROM structures s
        JOIN facilitators f USING (proposal_id) JOIN openings free USING (proposal_id)
        JOIN openings taken USING (proposal_id) JOIN applications a ON a.opening_id = taken.id
        WHERE s.proposal_id = %s AND free.id <> taken.id""",
        made.id,
    )
    application, taken, free, helper, version = ids
    # An invitation holds up the lock while it is open, so no calls lead to a locked bid with one.
    invited = {
        "proposal_id": made.id,
        "organisation_id": around.invited.id,
        "role": "member",
        "structure_seen": version,
    }
    found = Scene(
        bid=made,
        around=around,
        invitation=insert(world, "partners", **invited),
        application=f"/openings/{taken}/applications/{application}",
        opening=f"/openings/{free}",
        facilitator=helper,
    )
    if CONFIRMING.keys() & set(acts):
        came = {**invited, "organisation_id": around.waiting.id, "status": "to_confirm"}
        link = secrets.token_urlsafe(32)
        seat = insert(world, "partners", **came, email=f"{link}@test.example".lower(), token_hash=token_hash(link))
        found.to_confirm, found.link = seat, link
    if "remove" in acts:
        body = {"reason": "It does not answer."}
        found.motion = ok(made.post(made.lead.boss, f"/partners/{made.partner_ids[1]}/remove", body), 202).json()["id"]
        for partner in made.partners:
            ok(made.post(partner.boss, f"/decisions/{found.motion}/votes", {"option": "for"}), 201)
    if "erase" in acts:
        other = acts[0] if acts[1] == "erase" else acts[1]
        place = found.organisation(other)
        found.actors[other] = found.actors["erase"] = world.colleague(place, "admin", "editor", "signatory")
    if stage == "in_sign_off" and acts != ("sign", "sign"):
        found.signed_by = world.colleague(who[0], "signatory") if "demote" in acts else who[0].boss
        ok(made.signing(0, _sha256(made), person=found.signed_by), 201)
    return found


def _one(world: World, query: str, *values: str) -> tuple[Any, ...]:
    row = world.sql.execute(query, values).fetchone()
    assert row
    return row


def _sha256(made: Bid) -> str:
    return str(_one(made.world, "SELECT sha256 FROM editions WHERE proposal_id = %s", made.id)[0])


Act = Callable[[Scene, Person], httpx.Response]


def _partner(at: Scene, index: int, verb: str, who: Person) -> httpx.Response:
    return at.bid.post(who, f"/partners/{at.bid.partner_ids[index]}/{verb}", {"reason": "We cannot."})


def _sign(at: Scene, who: Person) -> httpx.Response:
    found = at.bid.world.sql.execute("SELECT sha256 FROM editions WHERE proposal_id = %s", [at.bid.id]).fetchone()
    return at.bid.signing(1, found[0] if found else "0" * 64, person=who)


def _demote(at: Scene, who: Person) -> httpx.Response:
    colleague = at.signed_by or at.bid.world.colleague(at.bid.lead.organisation, "signatory")
    path = f"/organisations/{at.bid.lead.organisation.id}/members/{colleague.id}"
    return who.patch(path, {"roles": ["viewer"]}, if_match=1)


def _confirm(verb: str, **body: Any) -> Act:
    """Something with the one that waits."""
    return lambda at, who: at.bid.post(who, f"/partners/{at.to_confirm}/{verb}", body or None)


def _by_mailbox(verb: str) -> Act:
    return lambda at, who: at.bid.post(who, f"/partners/{at.to_confirm}/{verb}", {"token": at.link})


PLACES: dict[str, Act] = {
    "accept": lambda at, who: at.bid.post(who, f"/partners/{at.invitation}/accept"),
    "decline": lambda at, who: at.bid.post(who, f"/partners/{at.invitation}/decline"),
    "cancel": lambda at, who: at.bid.post(who, f"/partners/{at.invitation}/remove", {"reason": "Wrong one."}),
    "apply": lambda at, who: at.bid.post(who, f"{at.opening}/applications"),
    "answer": lambda at, who: at.bid.post(who, f"{at.application}/answer", {"decision": "accepted"}),
    "take_application_back": lambda at, who: who.post(f"/me/applications/{at.application.rpartition('/')[2]}/withdraw"),
    "facilitate": lambda at, who: at.bid.post(who, f"/facilitators/{at.facilitator}/accept"),
    "freeze": lambda at, who: at.bid.post(who, "/editions"),
    "sign": _sign,
    "take_back": lambda at, who: at.bid.post(who, "/editions/1/withdraw", {"reason": "A figure is wrong."}),
    "submit": lambda at, who: at.bid.post(who, "/submissions"),
    "leave": lambda at, who: _partner(at, 1, "withdraw", who),
    "remove": lambda at, who: at.bid.post(who, f"/decisions/{at.motion}/close"),
    "demote": _demote,
    "erase": lambda at, who: who.delete("/me", if_match=1),
}
CONFIRMING: dict[str, Act] = {
    "confirm": _confirm("confirm"),
    "refuse": _confirm("remove", reason="Somebody else was meant."),
    "take_yes_back": _confirm("decline"),
    "send_again": _confirm("send-again"),
    "mailbox_yes": _by_mailbox("accept"),
    "mailbox_no": _by_mailbox("decline"),
}
ACTS = {**PLACES, **CONFIRMING}
PAIRS = [
    (stage, first, second)
    for stage in STAGES
    for first, second in combinations_with_replacement(PLACES, 2)
    if first != "erase"
]
WHILE_ONE_WAITS = [
    *combinations_with_replacement(CONFIRMING, 2),
    *product(CONFIRMING, ("accept", "decline", "cancel", "answer", "leave", "remove", "freeze")),
]


def said(answer: httpx.Response) -> str:
    """The status, with what refuses it."""
    if answer.is_success:
        return str(answer.status_code)
    return f"{answer.status_code} {answer.json()['type']}"


STATE = """
SELECT p.status,
  (SELECT array_agg(t.role || ' ' || t.status ORDER BY t.id) FROM partners t WHERE t.proposal_id = p.id),
  (SELECT array_agg(e.status || cardinality(e.fallen_partner_ids) ORDER BY e.number) FROM editions e
   WHERE e.proposal_id = p.id),
  (SELECT array_agg(s.fell_at IS NULL ORDER BY s.fell_at IS NULL) FROM sign_offs s JOIN editions e ON e.id = s.edition_id
   WHERE e.proposal_id = p.id),
  (SELECT array_agg(s.status ORDER BY s.id) FROM submissions s WHERE s.proposal_id = p.id),
  (SELECT array_agg(a.status ORDER BY a.id) FROM applications a JOIN openings o ON o.id = a.opening_id
   WHERE o.proposal_id = p.id),
  (SELECT array_agg(f.status ORDER BY f.id) FROM facilitators f WHERE f.proposal_id = p.id),
  (SELECT array_agg(d.status || coalesce(d.carried ->> 'status', '') ORDER BY d.id) FROM decisions d
   WHERE d.proposal_id = p.id),
  (SELECT array_agg(e.type ORDER BY e.type) FROM events e WHERE e.stream_id = p.id),
  (SELECT count(*) FROM memberships m JOIN people pe ON pe.id = m.person_id WHERE pe.erased_at IS NOT NULL)
FROM proposals p WHERE p.id = %s"""


def state(world: World, at: Scene) -> str:
    return str(_one(world, STATE, at.bid.id))


Outcome = tuple[str, str, str]


def play(world: World, stage: str, first: str, second: str, order: str) -> Outcome:
    """What the two answered, and the state afterwards. `order`: one first, the other first, or both at once."""
    at = scene(world, stage, (first, second))
    calls = [partial(ACTS[act], at, at.boss(act)) for act in (first, second)]
    if order == "together":
        answers = together(*calls)
    else:
        made = {index: calls[index]() for index in ((0, 1) if order == "forwards" else (1, 0))}
        answers = [made[0], made[1]]
    assert max(answer.status_code for answer in answers) < 500, [answer.text for answer in answers]
    said_of = [said(answer) for answer in answers]
    return said_of[0], said_of[1], state(world, at)


def deadlocks(world: World) -> int:
    return int(_one(world, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0])


def test_everything_that_begins_or_ends_a_place_in_pairs(world: World) -> None:
    race(world, random.Random(13).sample(PAIRS, len(PAIRS)), races(24))


def test_what_can_happen_while_one_waits_to_be_confirmed_in_pairs(world: World) -> None:
    """The lead, the one who waits, the invited mailbox and whoever else moves, all pairs of them."""
    pairs = [("draft", *pair) for pair in WHILE_ONE_WAITS]
    race(world, random.Random(17).sample(pairs, len(pairs)), races(70))


def race(world: World, shuffled: list[tuple[str, str, str]], rounds: range) -> None:
    before = deadlocks(world)

    @cache
    def in_order(stage: str, first: str, second: str) -> set[Outcome]:
        return {play(world, stage, first, second, order) for order in ("forwards", "backwards")}

    strange = []
    for turn in rounds:
        stage, first, second = shuffled[turn % len(shuffled)]
        allowed = in_order(stage, first, second)
        found = play(world, stage, first, second, "together")
        if found not in allowed:
            strange.append((stage, first, second, found, allowed))
    assert not strange, strange
    assert deadlocks(world) == before


@pytest.mark.parametrize("pair", [("sign", "erase"), ("accept", "cancel"), ("answer", "apply"), ("sign", "demote")])
def test_the_pairs_that_used_to_lock_each_other_out(world: World, pair: tuple[str, str]) -> None:
    stage = "in_sign_off" if "sign" in pair else "draft"
    allowed = {play(world, stage, *pair, order) for order in ("forwards", "backwards")}
    for _ in races(5):
        assert play(world, stage, *pair, "together") in allowed
