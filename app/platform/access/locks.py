"""Which locks a request takes, and in which order, so that no two requests wait for each other.

1. people, then organisations: advisory locks by their numbers, for what reaches across bids (a place in one, a lost right)
2. the call
3. proposals, by id
4. a partner, an organisation's row, an opening, an application
5. counters of tries, which are the last that anybody waits for

The permission row names those of 1 to 3 (`Rule.holds`, `Rule.lock`), and the edge takes them before it judges for good;
what lies below is locked by verbs. A statement that locks several rows of a table locks them by id.
"""

from collections.abc import Iterable, Mapping

from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Hold, Lock, Rule
from app.platform.access.statements import Run

SHARED_BY_MANY = 256
"""So many advisory locks there are for all people, and for all organisations: the database has room for some thousands, and
somebody may be in any number of organisations."""
_FIRST = 0x636F626964 << 16  # 'cobid': no other advisory lock of the service is numbered from here
# A statement's first row is all that is fetched of it, so each counts what it locks.
_EXCLUSIVE = "SELECT count(pg_advisory_xact_lock(key)) FROM unnest($1::bigint[]) AS key"
_SHARED = "SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1::bigint[]) AS key"
_DECLARER = "SELECT organisation_id::text FROM other_bids WHERE id = $1::uuid AND proposal_id = $2::uuid"
_SEAT = "SELECT organisation_id::text FROM partners WHERE id = $1::uuid AND proposal_id = $2::uuid"
_CALL = """
SELECT 1 FROM opportunities WHERE id = (SELECT opportunity_id FROM proposals WHERE id = $1::uuid) FOR SHARE"""
_WAITING = """
SELECT count(*) FROM (
  SELECT FROM proposals WHERE id = $2::uuid OR id IN (
    SELECT proposal_id FROM partners WHERE organisation_id = $1::uuid AND status = 'accepted' AND waiting)
  ORDER BY id FOR NO KEY UPDATE) AS locked"""
_NAMING = """
SELECT count(*) FROM (
  SELECT FROM proposals WHERE id IN (
    SELECT e.proposal_id FROM editions e JOIN sign_offs s ON s.edition_id = e.id
    WHERE e.status = 'open' AND s.person_id = $1::uuid AND s.fell_at IS NULL
    UNION ALL
    SELECT p.proposal_id FROM partners p JOIN people pe ON pe.email = p.email WHERE pe.id = $1::uuid)
  ORDER BY id FOR NO KEY UPDATE) AS locked"""
_PROPOSAL = {
    Lock.WRITE: "SELECT 1 FROM proposals WHERE id = $1 FOR NO KEY UPDATE",
    Lock.FREEZE: "SELECT 1 FROM proposals WHERE id = $1 FOR UPDATE",
}


def organisations_of(rule: Rule, actor: Actor | None) -> frozenset[Id]:
    """The actor's organisations, where the rule holds them: which of them acts is known only from the body."""
    if actor is None or not rule.holds & (Hold.OWN | Hold.RIGHTS):
        return frozenset()
    return frozenset(membership.organisation_id for membership in actor.memberships)


async def take(rule: Rule, actor: Actor | None, path: Mapping[str, str], run: Run) -> frozenset[Id] | None:
    """Take what the permission row names, in the order of this page. Answers the actor's organisations that it holds; None
    where the seat in the path is another organisation's than when it was looked at.

    `actor` and `path` were judged before, without a lock: whoever locks judges again. An outsider holds nobody up.
    """
    holds, own = rule.holds, organisations_of(rule, actor)
    person_id = actor.person_id if actor else None
    people = [person_id] if Hold.PERSON in holds and person_id else []
    others: set[Id] = {path["organisation_id"]} if Hold.ORGANISATION in holds else set()
    declarer_id: Id | None = None
    if Hold.DECLARER in holds:
        declarer_id = str((await run(_DECLARER, path["other_bid_id"], path["proposal_id"]))[0])
        others.add(declarer_id)
    seat = await _in_the_seat(path, run) if Hold.SEAT in holds else None
    if seat is not None:
        others.add(seat)
    if keys := _keys(people, own | others):
        await run(_SHARED if Hold.RIGHTS in holds else _EXCLUSIVE, keys)
    if Hold.CALL in holds:
        await run(_CALL, path["proposal_id"])
    if Hold.NAMING in holds:
        await run(_NAMING, path.get("person_id", person_id))
    if declarer_id is not None:
        await run(_WAITING, declarer_id, path["proposal_id"])
    elif rule.lock is not Lock.NONE:
        await run(_PROPOSAL[rule.lock], path["proposal_id"])
    if Hold.SEAT in holds and await _in_the_seat(path, run) != seat:
        return None
    return own


async def _in_the_seat(path: Mapping[str, str], run: Run) -> Id | None:
    row = await run(_SEAT, path["partner_id"], path["proposal_id"])
    return row[0] if row else None


async def take_organisation(run: Run, organisation_id: Id) -> None:
    """Take an organisation's lock in a verb that learns from its body which one it is, before it locks anything else."""
    await run(_EXCLUSIVE, _keys((), [organisation_id]))


def _keys(people: Iterable[Id], organisations: Iterable[Id]) -> list[int]:
    """The numbers of their locks, in the order in which they are taken. The last digits of a UUIDv7 are random."""
    places = {_place(each) for each in people} | {SHARED_BY_MANY + _place(each) for each in organisations}
    return [_FIRST + place for place in sorted(places)]


def _place(id_: Id) -> int:
    return int(id_[-8:], 16) % SHARED_BY_MANY
