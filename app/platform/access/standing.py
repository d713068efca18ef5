"""Who asks, and how they stand to the thing in the path: one statement for each request.

Visibility is decided here: what the statement does not find is a 404, whether it exists or not.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from app.platform.access.ids import Id
from app.platform.access.lifecycle import status_at
from app.platform.access.rules import Actor, Membership, Relation, Scope, Side, Standing
from app.platform.access.statements import Run
from app.platform.access.terms import DEADLINE, KNOWN, LATE, OWN, SAME_CALL
from app.platform.access.two_sides import ServesARival, TwoSidesUnrecorded
from app.platform.words.codes import MemberRole, PartnerRole, ProposalStatus

ROUND_DUE = f"""(p.round_status = 'open'
    AND (p.round_cut_off <= clock_timestamp()
      OR p.round_cut_off IS NULL AND p.round_deadline <= clock_timestamp() + interval '72 hours')
    AND (SELECT count(*) > 1 AND (p.round_cut_off IS NOT NULL OR greatest(p.round_deadline - interval '72 hours',
             max(ra.accepted_at) + interval '72 hours', p.round_told_at + interval '24 hours') <=
           least(clock_timestamp(), {DEADLINE} - interval '1 microsecond'))
         FROM partners ra WHERE ra.proposal_id = p.id AND ra.status = 'accepted'))"""
"""SQL: whether the round of `p`, a bid to the opportunity `o`, opens now though not all have filed
(`honesty.opens_at_latest` is the rule)."""


PERSON_PREFIX, CLIENT_PREFIX = "cobid_s_", "cobid_c_"
OPENED = "(o.mode <> 'sealed' OR o.opened_at IS NOT NULL OR o.submission_deadline < clock_timestamp())"
"""Whether bids to the opportunity `o` may be seen by others than their partners; null, so no, without a deadline."""
OPENED_OF_BID = f"(o.mode <> 'sealed' OR o.opened_at IS NOT NULL OR {DEADLINE} < clock_timestamp())"
"""The same for the bid `p`, by the deadline that it is held to."""


def token_hash(token: str) -> bytes:
    """Tokens are stored as their SHA-256: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


_PERSON = """
actor AS (
  SELECT pe.id AS person_id, NULL::uuid AS client_id, s.id AS session_id, pe.name, pe.language, NULL::text[] AS scopes
  FROM sessions s JOIN people pe ON pe.id = s.person_id
  WHERE s.token_hash = $1 AND s.expires_at > clock_timestamp() AND pe.erased_at IS NULL
), member AS (
  SELECT m.organisation_id, m.roles, o.kinds, o.verification_level <> 'none' AS verified
  FROM actor JOIN memberships m ON m.person_id = actor.person_id JOIN organisations o ON o.id = m.organisation_id
)"""
_CLIENT = """
actor AS (
  SELECT NULL::uuid AS person_id, c.id AS client_id, NULL::uuid AS session_id, c.name, 'en' AS language, t.scopes,
         c.organisation_id
  FROM access_tokens t JOIN clients c ON c.id = t.client_id
  WHERE t.token_hash = $1 AND t.expires_at > clock_timestamp() AND c.revoked_at IS NULL
), member AS (
  SELECT o.id AS organisation_id, ARRAY['viewer', 'editor'] AS roles, o.kinds,
         o.verification_level <> 'none' AS verified
  FROM actor JOIN organisations o ON o.id = actor.organisation_id
)"""
_NOBODY = """
actor AS (
  SELECT NULL::uuid AS person_id, NULL::uuid AS client_id, NULL::uuid AS session_id, '' AS name, 'en' AS language,
         NULL::text[] AS scopes WHERE $1::bytea IS NULL
), member AS (
  SELECT NULL::uuid AS organisation_id, NULL::text[] AS roles, NULL::text[] AS kinds, false AS verified WHERE false
)"""

_SEATED = """(
  SELECT FROM partners s WHERE s.proposal_id = {bid} AND s.organisation_id = {organisation} AND s.status = 'accepted'
  UNION ALL
  SELECT FROM facilitators s
  WHERE s.proposal_id = {bid} AND s.organisation_id = {organisation} AND s.status = 'active')"""
_SAME = f"ARRAY({SAME_CALL.format(call='o')})"
_UNRECORDED = f"""(
  SELECT count(DISTINCT t.organisation_id) FROM two_sides t, actor WHERE t.person_id = actor.person_id
    AND t.opportunity_id = ANY({_SAME}) AND t.organisation_id IN (mine.organisation_id, other.organisation_id)) < 2"""
RIVAL = f"""r.opportunity_id = ANY({_SAME}) AND r.id <> p.id AND r.status <> 'dissolved'
  AND (r.lot_ids && p.lot_ids OR r.lot_ids = '{{}}' OR p.lot_ids = '{{}}' OR {OWN} OR r.opportunity_id <> o.id)"""
"""SQL: whether the bid `r` is for a lot that the bid `p`, to the opportunity `o`, is for too. Lots of two calls for the same
page are not told apart."""
INSIDER = """EXISTS (
  SELECT FROM partners own JOIN member hat ON hat.organisation_id = own.organisation_id
  WHERE own.proposal_id = f.proposal_id AND (own.status = 'accepted'
    OR own.status IN ('withdrawn', 'removed') AND own.organisation_id <> f.organisation_id))"""
"""SQL: whether a `member` has, or had, a seat in a partner of the bid that `f` facilitates. Whatever came first, it never
has the facilitator's sight of that bid."""
UNAGREED = """EXISTS (
  SELECT FROM partners a WHERE a.status = 'accepted' AND (
    a.proposal_id = f.proposal_id AND NOT a.id = ANY(f.agreed_by)
    OR a.proposal_id = first.proposal_id AND NOT a.id = ANY(first.agreed_by)))"""
"""SQL: whether a partner of either bid has not agreed that one organisation serves both, as `f` and as `first`."""
_SERVES_A_RIVAL = f"""EXISTS (
  SELECT FROM (SELECT * FROM facilitators here WHERE here.proposal_id = p.id AND here.status = 'active' OFFSET 0) AS f
  WHERE f.organisation_id IN (SELECT organisation_id FROM member) AND NOT {INSIDER} AND (
    EXISTS (SELECT FROM (
              SELECT * FROM facilitators earlier WHERE earlier.organisation_id = f.organisation_id
                AND earlier.status = 'active' AND earlier.started_at < f.started_at OFFSET 0) AS first
            JOIN proposals r ON r.id = first.proposal_id WHERE {RIVAL} AND {UNAGREED})
    OR EXISTS (SELECT FROM (
                 SELECT * FROM partners own WHERE own.organisation_id = f.organisation_id AND own.status = 'accepted'
                 OFFSET 0) AS seat
               JOIN proposals r ON r.id = seat.proposal_id WHERE {RIVAL})))"""
"""Whether an organisation facilitates the bid `p` and has a seat in a rival one, or served that first and not everybody
has agreed: also somebody who joined since. OFFSET 0 keeps the own few bids before the many rivals that a call may have."""
TWO_SIDES_OF_A_BID = f"""((SELECT count(*) FROM member) > 1 AND EXISTS (
  SELECT FROM member mine JOIN member other ON other.organisation_id <> mine.organisation_id
  WHERE EXISTS {_SEATED.format(bid="p.id", organisation="mine.organisation_id")}
    AND (EXISTS (SELECT FROM opportunities c WHERE c.id = ANY({_SAME}) AND c.organisation_id = other.organisation_id) OR EXISTS (
      SELECT FROM proposals r WHERE {RIVAL}
        AND EXISTS {_SEATED.format(bid="r.id", organisation="other.organisation_id")}))
    AND {_UNRECORDED}) OR {_SERVES_A_RIVAL})"""
OF_A_MEMBER = """WITH actor AS (SELECT m.person_id), member AS (
    SELECT every.organisation_id FROM memberships every WHERE every.person_id = m.person_id
  )"""
"""SQL: the `actor` and `member` that these fragments know, for the person of a row `m` of `memberships`: what begins a
subselect where many people are judged at once."""
TWO_SIDES_OF_A_CALL = f"""(SELECT count(*) FROM member) > 1 AND EXISTS (
  SELECT FROM member mine JOIN member other ON other.organisation_id <> mine.organisation_id
  WHERE mine.organisation_id = o.organisation_id AND EXISTS (
      SELECT FROM proposals r WHERE r.opportunity_id = ANY({_SAME}) AND r.status <> 'dissolved'
        AND EXISTS {_SEATED.format(bid="r.id", organisation="other.organisation_id")})
    AND {_UNRECORDED})"""
"""SQL: one person, two sides (`access/two_sides.py` has the words), of the bid `p` or the call `o`; knows `actor`, `member`."""

UNSEATED = "('invited', 'to_confirm')"
"""SQL: statuses of partners that were asked and do not take part yet. At `reply_by` these lapse."""
ASKED = f"(pa.status IN {UNSEATED} AND coalesce(pa.reply_by > clock_timestamp(), true))"
"""SQL: whether the partner `pa` can still come."""
LAPSED = f"(pa.status IN {UNSEATED} AND pa.reply_by <= clock_timestamp())"
_SIDES = f"""(
    SELECT json_agg(side) FROM (
      SELECT json_build_object('relation', CASE WHEN pa.waiting AND pa.status = 'accepted' THEN 'waiting'
          WHEN pa.status = 'accepted' THEN 'partner' WHEN pa.status IN {UNSEATED} THEN pa.status ELSE 'former' END,
        'organisation_id', pa.organisation_id, 'roles', m.roles, 'seat_id', pa.id, 'role', pa.role,
        'main_contractor_id', pa.main_contractor_id, 'counter', pa.counter,
        'to_file', pa.must_file AND pa.filed_at IS NULL) AS side
      FROM partners pa JOIN member m ON m.organisation_id = pa.organisation_id
      WHERE pa.proposal_id = p.id AND (pa.status IN ('accepted', 'withdrawn', 'removed')
        OR {ASKED})
      UNION ALL
      SELECT json_build_object('relation', CASE f.status WHEN 'active' THEN 'facilitator' ELSE 'offered' END,
        'organisation_id', f.organisation_id, 'roles', m.roles, 'seat_id', f.id, 'counter', f.counter)
      FROM facilitators f JOIN member m ON m.organisation_id = f.organisation_id
      WHERE f.proposal_id = p.id AND (f.status = 'invited' OR f.status = 'active' AND NOT {INSIDER})
    ) AS sides)"""
_STATE = f"""'status', p.status, 'late', {LATE}, 'own_terms', {OWN},
  'led', EXISTS (SELECT FROM partners l WHERE l.proposal_id = p.id AND l.status = 'accepted' AND l.role = 'lead'),
  'round', p.round_status, 'round_due', {ROUND_DUE}"""
NAMED = """hashtextextended(
    concat_ws('|', g.name, g.short_name, g.verification_level, g.verification_by, g.verification_at), 0)"""
"""What a bid's readers see of a partner's organisation `g` and no event of the bid tells, as a number."""
_STANDS = "s.proposal_id = p.id AND s.status IN ('submitted', 'acknowledged', 'decided')"
_OWNED = """'sides', (SELECT json_agg(json_build_object('relation', 'owner', 'organisation_id', m.organisation_id,
                                              'roles', m.roles))
            FROM member m WHERE m.organisation_id = {owner})"""
_EDITION = f"""(
    SELECT json_build_object('number', e.number, 'must_sign', e.must_sign, 'may_submit', e.may_submit)
    FROM editions e WHERE e.proposal_id = p.id
    ORDER BY e.status IN ('open', 'agreed') DESC,
      coalesce(e.id = (SELECT s.edition_id FROM submissions s WHERE {_STANDS} LIMIT 1), false) DESC, e.number DESC
    LIMIT 1)"""
"""The version that counts: the one being signed or agreed, else the one that was handed in, else the newest."""
_THINGS = {
    Scope.PROPOSAL: f"""
SELECT json_build_object('public', false, 'sides', {_SIDES}, {_STATE},
  'stands', EXISTS (SELECT FROM submissions s WHERE {_STANDS}), 'edition', {_EDITION},
  'version', p.version, 'revision', p.revision,
  'call_version', CASE WHEN {OWN} THEN 0 ELSE o.version END) AS thing
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = $2""",
    Scope.PERSON: "SELECT NULL::json AS thing WHERE $2::uuid IS NULL",
    Scope.ORGANISATION: f"""
SELECT json_build_object('public', true, {_OWNED.format(owner="o.id")}) AS thing
FROM organisations o WHERE o.id = $2""",
    Scope.OPPORTUNITY: f"""
SELECT json_build_object('public', o.status <> 'draft' AND {KNOWN.format(own="ARRAY(SELECT organisation_id FROM member)")}, {_OWNED.format(owner="o.organisation_id")}) AS thing
FROM opportunities o WHERE o.id = $2""",
    Scope.WEBHOOK: f"""
SELECT json_build_object('public', false, {_OWNED.format(owner="w.organisation_id")}) AS thing
FROM webhooks w WHERE w.id = $2""",
    Scope.SUBMISSION: f"""
SELECT json_build_object('public', false, 'stands', s.status NOT IN ('replaced', 'withdrawn'),
  {_OWNED.format(owner="o.organisation_id")}) AS thing
FROM submissions s JOIN opportunities o ON o.id = s.opportunity_id
WHERE s.id = $2 AND (o.mode <> 'sealed' OR s.status NOT IN ('replaced', 'withdrawn'))
  AND {OPENED}""",
}

_SELECT = """
SELECT (SELECT row_to_json(actor)::text FROM actor) AS actor, (SELECT json_agg(member)::text FROM member) AS members,
       (SELECT thing::text FROM thing) AS thing"""


_WITH = {PERSON_PREFIX: _PERSON, CLIENT_PREFIX: _CLIENT, "": _NOBODY}
STATEMENTS = {
    (prefix, scope): f"WITH {actor}, thing AS ({thing}){_SELECT}"
    for prefix, actor in _WITH.items()
    for scope, thing in _THINGS.items()
}
TWO_SIDES = {
    (prefix, scope): f"WITH {_WITH[prefix]} {asked}"
    for prefix in (PERSON_PREFIX, CLIENT_PREFIX)
    for scope, asked in {
        Scope.PROPOSAL: f"""
SELECT CASE WHEN {_SERVES_A_RIVAL} THEN 'rival' ELSE 'unrecorded' END
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = $2 AND {TWO_SIDES_OF_A_BID}""",
        Scope.SUBMISSION: f"""
SELECT 'unrecorded' FROM submissions s JOIN opportunities o ON o.id = s.opportunity_id
WHERE s.id = $2 AND {TWO_SIDES_OF_A_CALL}""",
    }.items()
}
"""What is wrong where whoever has this token ($1) is on two sides of the thing ($2): asked only of people in several
organisations, and of facilitators, after they were found to be tied to it."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the statement found. `facts` holds what else it knows of a proposal: version, revision, counters, and the
    number of the edition that counts."""

    actor: Actor | None
    standing: Standing | None
    facts: dict[str, Any]


def statement(token: str | None, scope: Scope) -> tuple[str, bytes | None]:
    """The statement for this kind of token, and its first parameter; the second is the thing's id."""
    prefix = (token or "")[: len(PERSON_PREFIX)]
    if prefix not in (PERSON_PREFIX, CLIENT_PREFIX):
        prefix = ""
    return STATEMENTS[prefix, scope], token_hash(token) if token and prefix else None


def read(row: Any, signed_in: bool) -> Found:
    """Values from the statement's one row."""
    actor = _actor(row[0], row[1]) if signed_in and row[0] else None
    thing = from_json(row[2]) if row[2] else None
    if thing is None:
        return Found(actor, None, {})
    edition = thing.get("edition") or {}
    return Found(actor, _standing(thing, edition), {**thing, "edition": edition.get("number")})


def _actor(actor: str, members: str | None) -> Actor:
    fields = from_json(actor)
    return Actor(
        person_id=fields["person_id"],
        client_id=fields["client_id"],
        session_id=fields["session_id"],
        name=fields["name"],
        language=fields["language"],
        scopes=frozenset(fields["scopes"] or ()),
        memberships=tuple(
            Membership(m["organisation_id"], _roles(m["roles"]), frozenset(m["kinds"]), m["verified"])
            for m in from_json(members or "[]")
        ),
    )


_ROLES: dict[tuple[str, ...], frozenset[MemberRole]] = {}


def _roles(roles: list[str]) -> frozenset[MemberRole]:
    key = tuple(roles)
    if key not in _ROLES:
        _ROLES[key] = frozenset(MemberRole(role) for role in roles)
    return _ROLES[key]


def _standing(thing: dict[str, Any], edition: dict[str, Any]) -> Standing:
    must_sign, may_submit = edition.get("must_sign") or (), edition.get("may_submit") or ()
    sides = tuple(
        Side(
            relation=Relation(side["relation"]),
            organisation_id=side["organisation_id"],
            roles=_roles(side["roles"]),
            seat_id=side.get("seat_id"),
            role=PartnerRole(side["role"]) if side.get("role") else None,
            main_contractor_id=side.get("main_contractor_id"),
            must_sign=side.get("seat_id") in must_sign,
            # Before there is a version, who may submit is not the question: the answer is 409, not 403.
            may_submit=side.get("seat_id") in may_submit or not edition,
            to_file=side.get("to_file", False),
        )
        for side in thing.get("sides") or ()
    )
    if "status" not in thing:
        return Standing(sides=sides, public=thing["public"])
    status = status_at(ProposalStatus(thing["status"]), thing["stands"], thing["late"])
    return Standing(sides, status, deadline_passed=thing["late"], own_terms=thing["own_terms"], led=thing["led"])


async def two_sides(
    run: Run, found: Found, scope: Scope, hashed: bytes | None, thing_id: Id | None
) -> TwoSidesUnrecorded | ServesARival | None:
    """What refuses an actor that stands on two sides of a bid, or of a call, without what that needs."""
    actor, standing = found.actor, found.standing or Standing()
    if actor is None or scope not in (Scope.PROPOSAL, Scope.SUBMISSION):
        return None
    if len(actor.memberships) < 2 and not standing.seats(Relation.FACILITATOR):
        return None
    prefix = PERSON_PREFIX if actor.person_id else CLIENT_PREFIX
    row = await run(TWO_SIDES[prefix, scope], hashed, thing_id)
    if row is None:
        return None
    return ServesARival() if row[0] == "rival" else TwoSidesUnrecorded()


_INVITED = f"""
SELECT pa.id::text, pa.role, pa.organisation_id::text, pa.status FROM partners pa
WHERE pa.proposal_id = $2 AND pa.id = $3 AND {ASKED}"""
INVITED_SEAT = f"{_INVITED} AND pa.token_hash = $1"
INVITED_BY_ADDRESS = f"""{_INVITED} AND pa.organisation_id IS NULL AND pa.email = (
  SELECT pe.email FROM people pe WHERE pe.id = $1::uuid AND pe.verified_at IS NOT NULL AND pe.erased_at IS NULL)"""
"""The invitation that was mailed to this person's own confirmed address: it finds it without the mail."""


def invited_by_token(
    seat_id: Id, role: str, organisation_id: Id | None, status: str, actor: Actor | None
) -> tuple[Side, ...]:
    """The sides of somebody who holds an invitation's token.

    Sent to an address it is for whichever organisation its reader acts for. Sent to an organisation it is that one's
    alone: whoever else holds it (forwarded mail goes far) may read and decline it, and take nobody's place. Sent again
    while an organisation waits with it, it says whether that one was meant.
    """
    memberships = actor.memberships if actor and organisation_id is None else ()
    if not memberships:
        return (Side(Relation(status), None, frozenset(), seat_id, PartnerRole(role), by_token=True),)
    return tuple(
        Side(Relation(status), m.organisation_id, m.roles, seat_id, PartnerRole(role), by_token=True)
        for m in memberships
    )
