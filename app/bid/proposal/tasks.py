"""What waits for a person, over all proposals: one query over what each state asks of whom."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.files.queries import IDENTIFIES, IN_THE_BID
from app.bid.records.whole_proposal import DECLARING
from app.platform.access.rules import Actor
from app.platform.access.standing import TWO_SIDES_OF_A_BID

_SEATS = f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT m.organisation_id, m.roles FROM memberships m WHERE m.person_id = :person_id
), every_seat AS (
  SELECT pa.*, m.roles && ARRAY['admin', 'signatory'] AS binds, 'signatory' = ANY(m.roles) AS signs,
         'editor' = ANY(m.roles) AS edits, p.title AS proposal_title, p.status AS proposal_status, p.round_status,
         p.declare_by, p.sign_by, p.submit_by, o.submission_deadline, o.id AS opportunity_id,
         o.title AS opportunity_title, coalesce(o.submission_route ->> 'kind', 'unknown') AS route,
         coalesce(' (' || (o.submission_route ->> 'url') || ')', '') AS portal, coalesce(o.submission_deadline < clock_timestamp(), false) AS late,
         {TWO_SIDES_OF_A_BID} AS two_sides
  FROM partners pa JOIN member m ON m.organisation_id = pa.organisation_id
  JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE p.status NOT IN ('dissolved', 'decided') AND (pa.status = 'accepted' AND NOT pa.waiting
    OR pa.status = 'invited' AND coalesce(pa.reply_by > clock_timestamp(), true))
), seat AS (SELECT * FROM every_seat WHERE NOT two_sides)"""

_TASKS = [
    """SELECT 'two-sides-to-record', s.proposal_id, s.organisation_id, s.opportunity_title, '', NULL::timestamptz,
         '/v1/organisations/' || s.organisation_id || '/two-sides' FROM every_seat s WHERE s.two_sides""",
    """SELECT 'invitation-to-answer', s.proposal_id, s.organisation_id, s.proposal_title, '', s.reply_by,
         '/v1/me/invitations' FROM seat s WHERE s.status = 'invited' AND s.binds AND NOT s.late""",
    """SELECT 'declarations-to-file', s.proposal_id, s.organisation_id, s.proposal_title, '', s.declare_by,
         '/honesty-round/file'
       FROM seat s WHERE s.status = 'accepted' AND s.binds AND s.must_file AND s.filed_at IS NULL AND NOT s.late
         AND s.proposal_status = 'draft'
         AND (SELECT count(*) FROM partners x WHERE x.proposal_id = s.proposal_id AND x.status = 'accepted') > 1""",
    """SELECT 'declarations-to-acknowledge', s.proposal_id, s.organisation_id, s.proposal_title, '', s.sign_by,
         '/acknowledgements'
       FROM seat s WHERE s.status = 'accepted' AND s.binds AND s.round_status <> 'open' AND s.proposal_status = 'draft'
         AND NOT s.late AND NOT EXISTS (SELECT FROM acknowledgements a WHERE a.partner_id = s.id AND NOT EXISTS (
           SELECT FROM events e WHERE e.stream_id = s.proposal_id AND e.revision > a.as_of_revision
             AND e.type = ANY(:declaring) AND e.payload ->> 'partner_id' <> s.id::text))""",
    """SELECT 'authority-to-give', s.proposal_id, s.organisation_id, s.proposal_title, '', s.sign_by,
         '/partners/' || s.id || '/authority' FROM seat s
       WHERE s.status = 'accepted' AND s.role = 'member' AND s.binds AND s.authority IS NULL
         AND s.proposal_status = 'draft' AND NOT s.late""",
    """SELECT 'decision-to-vote-on', s.proposal_id, s.organisation_id, s.proposal_title, d.title, d.closes_at,
         '/decisions/' || d.id FROM seat s JOIN decisions d ON d.proposal_id = s.proposal_id AND d.status = 'open'
       WHERE s.status = 'accepted' AND s.role IN ('lead', 'member') AND s.binds AND NOT s.late
         AND coalesce(d.closes_at > clock_timestamp(), true) AND NOT s.id = ANY(d.excluded_partner_ids)
         AND NOT EXISTS (SELECT FROM votes v WHERE v.decision_id = d.id AND v.partner_id = s.id)""",
    """SELECT 'version-to-sign', s.proposal_id, s.organisation_id, s.proposal_title, e.number::text, s.sign_by,
         '/editions/' || e.number FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'open'
       WHERE s.status = 'accepted' AND s.signs AND s.id = ANY(e.must_sign) AND NOT s.late AND NOT EXISTS (
         SELECT FROM sign_offs g WHERE g.edition_id = e.id AND g.partner_id = s.id AND g.person_id = :person_id
           AND g.fell_at IS NULL)
         AND coalesce((e.signatures_required ->> s.id::text)::int, 1) > (
           SELECT count(*) FROM sign_offs g WHERE g.edition_id = e.id AND g.partner_id = s.id AND g.fell_at IS NULL)""",
    """SELECT 'bid-to-submit', s.proposal_id, s.organisation_id, s.proposal_title, '',
         coalesce(s.submit_by, s.submission_deadline), '/submissions'
       FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'agreed'
       WHERE s.status = 'accepted' AND s.signs AND s.proposal_status = 'agreed' AND s.id = ANY(e.may_submit) AND NOT s.late
         AND s.route = 'here'""",
    """SELECT CASE WHEN s.route = 'unknown' THEN 'place-to-find' ELSE 'bid-to-lodge' END, s.proposal_id,
         s.organisation_id, s.proposal_title, s.portal, coalesce(s.submit_by, s.submission_deadline), '/lodgements'
       FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'agreed'
       WHERE s.status = 'accepted' AND s.signs AND s.proposal_status = 'agreed' AND s.id = ANY(e.may_submit) AND NOT s.late
         AND s.route <> 'here' AND NOT EXISTS (SELECT FROM lodgements l WHERE l.edition_id = e.id)""",
    """SELECT 'other-bid-to-answer', s.proposal_id, s.organisation_id, s.proposal_title, '', NULL::timestamptz,
         '/other-bids/' || b.id FROM seat s JOIN other_bids b ON b.proposal_id = s.proposal_id
       WHERE s.status = 'accepted' AND s.binds AND b.organisation_id <> s.organisation_id AND NOT b.answers ? s.id::text""",
    """SELECT 'outcome-to-confirm', s.proposal_id, s.organisation_id, s.proposal_title, x.outcome, NULL::timestamptz,
         '/outcomes/' || x.id FROM seat s JOIN outcomes x ON x.proposal_id = s.proposal_id
       WHERE s.status = 'accepted' AND s.edits AND s.proposal_status = 'draft' AND NOT s.late
         AND s.id = ANY(x.partner_ids) AND NOT s.id = ANY(x.confirmed_by)""",
    f"""SELECT 'file-to-anonymise', s.proposal_id, s.organisation_id, s.proposal_title, a.name, s.sign_by,
         '/documents/' || a.id FROM seat s JOIN attachments a ON a.partner_id = s.id
       WHERE s.status = 'accepted' AND s.edits AND s.proposal_status = 'draft' AND NOT s.late
         AND {IDENTIFIES} AND {IN_THE_BID}""",
    """SELECT 'facilitation-to-answer', p.id, f.organisation_id, p.title, '', NULL::timestamptz, '/facilitators/' || f.id
       FROM facilitators f JOIN member m ON m.organisation_id = f.organisation_id JOIN proposals p ON p.id = f.proposal_id
       WHERE f.status = 'invited' AND m.roles && ARRAY['admin', 'editor'] AND p.status NOT IN ('dissolved', 'decided')""",
]
_COLUMNS = "code, proposal_id, organisation_id, title, what, due_at, pointer"
_STATEMENT = (
    f"{_SEATS} SELECT task.*, o.time_zone FROM ({' UNION ALL '.join(_TASKS)}) AS task ({_COLUMNS}) "
    "JOIN proposals p ON p.id = task.proposal_id JOIN opportunities o ON o.id = p.opportunity_id "
    "ORDER BY due_at, proposal_id, code"
)

WORDS = {
    "two-sides-to-record": "Two of your organisations stand against each other over '{title}'. You read neither side until an "
    "admin of each records it and how it is handled.",
    "invitation-to-answer": "Your organisation is invited to '{title}'. Accept or decline.",
    "declarations-to-file": "Say what your organisation gives and expects in '{title}', then file it.",
    "declarations-to-acknowledge": "Read what the partners of '{title}' give and expect, and acknowledge it.",
    "authority-to-give": "Give the lead of '{title}' your written authority to act.",
    "decision-to-vote-on": "Vote on '{what}' in '{title}'.",
    "version-to-sign": "Read version {what} of '{title}' and sign it, or say why not.",
    "bid-to-submit": "'{title}' is agreed by everybody. Submit it before the deadline.",
    "bid-to-lodge": "'{title}' is agreed by everybody. Nothing is submitted from here: put it in on the commissioner's own "
    "portal{what} before the deadline, then record here that you did.",
    "place-to-find": "'{title}' is agreed by everybody. The notice{what} does not say where bids go, and nothing is submitted from "
    "here: ask the commissioner, put it in there before the deadline, then record here that you did.",
    "other-bid-to-answer": "A partner in '{title}' declared another bid for the same lot. Answer it.",
    "outcome-to-confirm": "A partner in '{title}' named you for the outcome '{what}'. Confirm it or have it changed.",
    "file-to-anonymise": "'{what}' goes in '{title}' and may identify people who use your services. Confirm that it names "
    "nobody, or take it out.",
    "facilitation-to-answer": "The partners of '{title}' ask your organisation to facilitate. Accept or end it.",
}


async def waiting(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    """As fields of a task: the code, a sentence, and where it is answered."""
    rows = await session.execute(text(_STATEMENT), {"person_id": actor.person_id, "declaring": DECLARING})
    return [
        {
            "code": row.code,
            "detail": WORDS[row.code].format(title=row.title, what=row.what),
            "proposal_id": str(row.proposal_id),
            "organisation_id": str(row.organisation_id),
            "pointer": row.pointer
            if row.pointer.startswith("/v1")
            else f"/v1/proposals/{row.proposal_id}{row.pointer}",
            "due_at": row.due_at,
            "time_zone": row.time_zone,
        }
        for row in rows
    ]
