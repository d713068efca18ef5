"""Lists of proposals and of their events: one query each, whose JSON goes out as bytes; and what a reader's ETag needs."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.bid.records.revision import UNCOUNTED
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import ASKED, INSIDER, LAPSED, NAMED, TWO_SIDES_OF_A_BID, UNSEATED
from app.platform.access.statements import Run
from app.platform.access.terms import BUYER, DEADLINE, LATE, TITLE
from app.platform.capability import joined
from app.platform.db.reads import Reads
from app.platform.words.catalogue import ENGLISH

_NEXT = f"""CASE WHEN NOT sides.two THEN (SELECT min(at) FROM unnest(
    CASE WHEN seat.relation IN ('partner', 'facilitator') THEN ARRAY[p.declare_by, p.text_by, p.sign_by, p.submit_by, {DEADLINE}]
      ELSE ARRAY[{DEADLINE}] END) AS at WHERE at > clock_timestamp()) END"""
"""SQL: the next of the dates of the bid that a reader knows."""
PAGE = f"""
WITH actor AS (SELECT $6::uuid AS person_id), member AS (SELECT unnest($1::uuid[]) AS organisation_id)
SELECT x.id, x.item FROM (
  SELECT p.id, json_build_object(
    'id', p.id, 'opportunity_id', p.opportunity_id, 'title', CASE WHEN NOT sides.two THEN p.title END,
    'two_sides', sides.two,
    'status', now.status,
    'language', p.language,
    'revision', CASE WHEN seat.relation IN ('partner', 'facilitator') AND NOT sides.two
      THEN p.revision - CASE WHEN seat.late THEN (
        SELECT count(*) FROM events h WHERE h.stream_id = p.id AND h.revision IS NOT NULL
          AND NOT h.owner_partner_id IN (SELECT own.id FROM partners own
            WHERE own.proposal_id = p.id AND own.organisation_id = ANY($1) AND own.status = 'accepted')) ELSE 0 END
      ELSE 0 END,
    'version', CASE WHEN seat.relation IN ('partner', 'facilitator') AND NOT sides.two THEN p.version ELSE 0 END,
    'relation', seat.relation,
    'lead', (SELECT g.name FROM partners l JOIN organisations g ON g.id = l.organisation_id
             WHERE l.proposal_id = p.id AND l.status = 'accepted' AND l.role = 'lead' AND NOT sides.two),
    'submission_deadline', to_char({DEADLINE} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'opportunity', json_build_object('id', o.id, 'title', {TITLE}, 'buyer', {BUYER}),
    'next_date', to_char({_NEXT} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
  )::text AS item
  FROM (
    SELECT s.proposal_id, min(s.relation) AS relation, bool_or(s.late) AS late FROM (
      SELECT pa.proposal_id, CASE WHEN pa.status = 'accepted' AND pa.waiting THEN 'waiting'
        WHEN pa.status = 'accepted' THEN 'partner' WHEN pa.status IN {UNSEATED} THEN pa.status ELSE 'former' END AS relation,
        pa.status = 'accepted' AND NOT pa.waiting AND pa.must_file AND pa.filed_at IS NULL AS late
      FROM partners pa WHERE pa.organisation_id = ANY($1)
        AND (pa.status IN ('accepted', 'withdrawn', 'removed')
             OR {ASKED})
      UNION ALL
      SELECT f.proposal_id, CASE f.status WHEN 'active' THEN 'facilitator' ELSE 'offered' END, false
      FROM facilitators f WHERE f.organisation_id = ANY($1)
        AND (f.status = 'invited' OR f.status = 'active' AND NOT {INSIDER})
    ) s GROUP BY s.proposal_id
  ) seat
  JOIN proposals p ON p.id = seat.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  CROSS JOIN LATERAL (SELECT {TWO_SIDES_OF_A_BID} AS two) sides
  CROSS JOIN LATERAL (SELECT CASE WHEN p.status IN ('draft', 'in_sign_off', 'agreed', 'submitted')
                      AND {LATE}
                      AND EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
                                  AND s.status IN ('submitted', 'acknowledged', 'decided'))
                      THEN 'closed' ELSE p.status END AS status) now
  WHERE ($2::uuid IS NULL OR p.opportunity_id = $2) AND ($3::text IS NULL OR now.status = $3)
    AND ($4::uuid IS NULL OR p.id < $4)
  ORDER BY p.id DESC LIMIT $5
) x ORDER BY x.id DESC"""


@dataclass(frozen=True, slots=True)
class Filters:
    opportunity_id: Id | None = None
    status: str | None = None
    before: Id | None = None


async def page(reads: Reads, actor: Actor, filters: Filters, limit: int) -> list[tuple[Id, str]]:
    """`limit` + 1 items as (id, JSON), newest first. Of a bid in which the person has roles on two sides, it says only that."""
    organisations = [membership.organisation_id for membership in actor.memberships]
    rows = await reads.all(
        PAGE, organisations, filters.opportunity_id, filters.status, filters.before, limit + 1, actor.person_id
    )
    return [(row["id"], row["item"]) for row in rows]


_READER = """
WITH reader AS (
  SELECT bool_and(s.filed_at IS NOT NULL OR NOT s.must_file) AS filed FROM partners s
  WHERE s.id = ANY($2::uuid[]) AND s.status = 'accepted'
)"""
_SEEN = """e.stream_id = $1 AND (e.revision IS NOT NULL OR e.only_for && $2::uuid[])
  AND (e.owner_partner_id IS NULL OR e.owner_partner_id = ANY($2) OR reader.filed IS NOT FALSE)"""
_EVENTS = f"""{_READER}, uncounted AS MATERIALIZED (
  SELECT seq FROM events, reader WHERE reader.filed IS FALSE AND {UNCOUNTED}
)
SELECT e.id, json_build_object('id', e.id,
    'revision', e.revision - (SELECT count(*) FROM uncounted u WHERE u.seq < e.seq), 'type', e.type,
    'detail', $5::jsonb ->> e.type,
    'at', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'person_id', e.person_id,
    'client_id', e.client_id, 'organisation_id', e.organisation_id,
    'actor', CASE WHEN num_nonnulls(pe.id, c.id, g.id) > 0
      THEN json_build_object('name', coalesce(pe.name, c.name), 'organisation_name', g.name) END,
    'payload', CASE WHEN e.owner_partner_id IS NULL OR e.owner_partner_id = ANY($2) THEN e.payload
                    WHEN reader.filed THEN e.shared - '{{partners_only,for_partners}}'::text[]
                      || coalesce(e.shared -> 'for_partners', '{{}}')
                    ELSE e.shared - '{{partners_only,for_partners}}'::text[] END)::text AS item
FROM reader CROSS JOIN events e LEFT JOIN people pe ON pe.id = e.person_id LEFT JOIN clients c ON c.id = e.client_id
  LEFT JOIN organisations g ON g.id = e.organisation_id
WHERE {_SEEN} AND ($6::text IS NULL OR e.type = $6)"""
_OLDEST_FIRST = f"{_EVENTS} AND e.seq > $3 ORDER BY e.seq LIMIT $4"
_NEWEST_FIRST = f"{_EVENTS} AND e.seq < $3 ORDER BY e.seq DESC LIMIT $4"
_AFTER_ALL = 2**62

_PLACE = f"""{_READER}
SELECT e.seq FROM events e, reader WHERE e.id = $3 AND {_SEEN}"""


@dataclass(frozen=True, slots=True)
class EventFilters:
    """Which events, and in which order. `after` is the id of the last one of the page before."""

    after: Id | None = None
    type: str | None = None
    newest_first: bool = False


async def events(
    reads: Reads, proposal_id: Id, seats: Sequence[Id], filters: EventFilters, limit: int
) -> list[tuple[Id, str]] | None:
    """The events that these seats may read: `limit` + 1 as (id, JSON), without any internal number.

    They come in the order in which they were written, not in that of their ids, which each process makes by a clock of
    its own. None where the seats read no event with the id `after`. Revisions count what the seats may read.

    A partner that joins later and has not filed gets no events on what belongs to others (declarations, money, files).
    What a shared payload has under `for_partners` (totals of another's budget, say) is not for a facilitator. Old events
    have totals of every single change under `partners_only`, which nobody gets any more.
    """
    place = _AFTER_ALL if filters.newest_first else 0
    if filters.after is not None:
        found = await reads.first(_PLACE, proposal_id, list(seats), filters.after)
        if found is None:
            return None
        place = found["seq"]
    statement = _NEWEST_FIRST if filters.newest_first else _OLDEST_FIRST
    rows = await reads.all(statement, proposal_id, list(seats), place, limit + 1, _labels(), filters.type)
    return [(row["id"], row["item"]) for row in rows]


@cache
def _labels() -> str:
    """What each type of event says, in a few words, as JSON."""
    return json.dumps({type_: ENGLISH(f"event.{type_}.label") for type_ in joined().events})


_PEOPLE = f"""{_READER}
SELECT DISTINCT pe.id::text, pe.name, m.organisation_id::text, m.roles
FROM memberships m JOIN people pe ON pe.id = m.person_id AND pe.erased_at IS NULL CROSS JOIN reader
WHERE (EXISTS (SELECT FROM partners pa WHERE pa.proposal_id = $1 AND pa.organisation_id = m.organisation_id
         AND pa.status = 'accepted' AND NOT pa.waiting)
    OR EXISTS (SELECT FROM facilitators f WHERE f.proposal_id = $1 AND f.organisation_id = m.organisation_id
         AND f.status = 'active'))
  AND (m.organisation_id = ANY($3::uuid[]) OR EXISTS (
    SELECT FROM sections x WHERE x.proposal_id = $1 AND x.assignee_person_id = pe.id) OR EXISTS (
    SELECT FROM events e WHERE e.person_id = pe.id AND e.organisation_id = m.organisation_id AND {_SEEN}))
ORDER BY 1, 3"""


async def people(reads: Reads, proposal_id: Id, seats: Sequence[Id], own: Sequence[Id]) -> list[dict[str, Any]]:
    """The people of accepted partners and of the facilitator: the reader's own, and of others those who are to write a
    section, or acted in what it may read."""
    rows = await reads.all(_PEOPLE, proposal_id, list(seats), list(own))
    return [dict(zip(("id", "name", "organisation_id", "roles"), row, strict=True)) for row in rows]


_ADDRESSES = """jsonb_object_agg(pa.id, pa.email) FILTER (WHERE pa.email IS NOT NULL AND (
    pa.invited_by_organisation_id = ANY($2::uuid[]) OR EXISTS (SELECT FROM partners l
      WHERE l.proposal_id = $1 AND l.status = 'accepted' AND l.role = 'lead' AND l.organisation_id = ANY($2))))"""
"""SQL: the addresses that invitations went to, for the people ($2) of the lead and of whoever invited."""
_INSIDE = f"""
SELECT sum({NAMED})::text, count(*) FILTER (WHERE {LAPSED}),
  ({_ADDRESSES})::text
FROM partners pa LEFT JOIN organisations g ON g.id = pa.organisation_id WHERE pa.proposal_id = $1"""


async def seen_from_inside(run: Run, proposal_id: Id, organisations: Sequence[Id]) -> tuple[str, int, str | None]:
    """Of what moves no revision of the bid: a digest of who its partners are, how many invitations have lapsed, and the
    addresses that these organisations know."""
    row = await run(_INSIDE, proposal_id, list(organisations))
    return row[0], row[1], row[2]


async def addresses(run: Run, proposal_id: Id, organisations: Sequence[Id]) -> dict[Id, str]:
    """By partner: the addresses that these organisations know, as the lead or as whoever invited."""
    row = await run(
        f"SELECT ({_ADDRESSES})::text FROM partners pa WHERE pa.proposal_id = $1", proposal_id, list(organisations)
    )
    return json.loads(row[0]) if row[0] else {}


_OUTSIDE = f"""
SELECT (SELECT concat_ws('|', p.title, p.language, p.lot_ids) FROM proposals p WHERE p.id = $1),
       (SELECT sum(hashtextextended(concat_ws('|', pa.id, pa.version, {NAMED}), 0))::text
        FROM partners pa LEFT JOIN organisations g ON g.id = pa.organisation_id
        WHERE pa.proposal_id = $1 AND (pa.id = ANY($2::uuid[])
          OR pa.status = 'accepted' AND (pa.role = 'lead' OR pa.show_to_invited))),
       (SELECT t.version FROM structures t WHERE t.proposal_id = $1)"""


async def seen_from_outside(run: Run, proposal_id: Id, seats: Sequence[Id]) -> tuple[str, str, int]:
    """For somebody who is not inside: what the bid is called and for, a digest of the partners that it sees, and the
    version of the structure."""
    row = await run(_OUTSIDE, proposal_id, list(seats))
    return row[0], row[1], row[2]
