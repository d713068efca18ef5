"""What proposals and their partners declare to the rest of the service."""

from app.bid.proposal import call_changes, following, leaving, portal_questions, reactions, reminding, roles
from app.bid.proposal.routes import events, invitations, other_bids, partners, proposals, tasks
from app.bid.proposal.routes import portal_questions as portal_question_routes
from app.calls.opportunities.hooks import call_amended, call_over, call_taken_over
from app.people.notifications.mails import what_waits
from app.platform.access.standing import ASKED
from app.platform.access.terms import LATE
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Carrier, Event, Parameter, Task, Tick
from app.platform.words.codes import Matter

capability = Capability(
    name="proposal",
    topics=["mail", reminding.TOPIC],
    handlers={"verification_lapsed": [reactions.tell_partners_of_lapse], reminding.TOPIC: [reminding.write]},
    routers=[
        proposals.router,
        partners.router,
        invitations.router,
        other_bids.router,
        portal_question_routes.router,
        events.router,
        tasks.router,
    ],
    parameters={
        "token": JUDGED_BY_THE_ROUTE,
        "partner_id": Parameter("""SELECT 1 FROM partners pa WHERE pa.id = $1::uuid AND pa.proposal_id = $2 AND (pa.id = ANY($3) OR EXISTS (
         SELECT FROM partners s WHERE s.id = ANY($3) AND s.status = 'accepted' AND NOT s.waiting
         UNION ALL SELECT FROM facilitators f WHERE f.id = ANY($3) AND f.status = 'active'))"""),
        "other_bid_id": Parameter("""SELECT 1 FROM other_bids b WHERE b.id = $1::uuid AND b.proposal_id = $2 AND EXISTS (
         SELECT FROM partners s WHERE s.id = ANY($3) AND (s.organisation_id = b.organisation_id
           OR s.status = 'accepted' AND NOT s.waiting))"""),
    },
    events={
        "proposal_started": Event(),
        "proposal_changed": Event(),
        "proposal_dissolved": Event("", urgent=True),
        "partner_invited": Event("/partners"),
        "invitation_accepted": Event("/partners"),
        "partner_to_confirm": Event("/partners/{partner_id}"),
        "partner_confirmed": Event("/partners"),
        "invitation_returned": Event(),
        "place_confirmed": Event("", urgent=True, outside=True),
        "place_held_up": Event("", urgent=True, outside=True),
        "place_refused": Event("", urgent=True, outside=True),
        "place_ended": Event("", urgent=True, outside=True),
        "invitation_sent_again": Event(),
        "invitation_declined": Event("/partners"),
        "invitation_cancelled": Event(),
        "partner_changed": Event(),
        "partner_role_changed": Event("/partners"),
        "partner_left": Event(),
        "partner_withdrew": Event("/partners", urgent=True),
        "partner_removed": Event("/partners", urgent=True),
        "lead_changed": Event("/partners", urgent=True),
        "authority_given": Event(),
        "naming_changed": Event(),
        "partner_unverified": Event("/partners"),
        "other_bid_declared": Event(""),
        "other_bid_answered": Event(),
        "portal_questions_typed": Event("/portal-questions"),
        "call_amended": Event("", urgent=True),
        "call_cancelled": Event("", urgent=True),
        "call_ended": Event("", urgent=True),
        "deadline_near": Event("", urgent=True),
        "notice_followed": Event("", urgent=True),
    },
    tasks=[
        Task(
            ("invitation-to-answer",),
            """SELECT 'invitation-to-answer', s.proposal_id, s.organisation_id, s.proposal_title, '', s.reply_by,
         '/v1/me/invitations' FROM seat s WHERE s.binds AND NOT s.late AND (s.status = 'invited' OR s.status = 'to_confirm'
         AND s.structure_seen <> (SELECT t.version FROM structures t WHERE t.proposal_id = s.proposal_id))""",
        ),
        Task(
            ("partner-to-confirm",),
            f"""SELECT 'partner-to-confirm', s.proposal_id, s.organisation_id, s.proposal_title, g.name, pa.reply_by,
         '/partners/' || pa.id FROM seat s
       JOIN partners pa ON pa.proposal_id = s.proposal_id AND pa.status = 'to_confirm' AND {ASKED}
       JOIN organisations g ON g.id = pa.organisation_id
       WHERE s.status = 'accepted' AND s.binds AND s.proposal_status = 'draft' AND NOT s.late AND (s.role = 'lead'
         OR s.role = 'member' AND NOT EXISTS (SELECT FROM partners l WHERE l.proposal_id = s.proposal_id
           AND l.status = 'accepted' AND l.role = 'lead'))""",
        ),
        Task(
            ("invitation-to-answer",),
            """SELECT 'invitation-to-answer', pa.proposal_id, NULL::uuid, p.title, '', pa.reply_by, '/v1/me/invitations'
       FROM partners pa JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
       JOIN people pe ON pe.id = (SELECT person_id FROM actor) AND pe.verified_at IS NOT NULL AND pe.email = pa.email
       WHERE pa.organisation_id IS NULL AND pa.status = 'invited' AND pa.reply_by > clock_timestamp()
         AND p.status NOT IN ('dissolved', 'decided') AND NOT """
            + LATE,
        ),
        Task(("section-to-write", "blocker-to-clear", "bid-to-lock"), None),
        Task(
            ("authority-to-give",),
            """SELECT 'authority-to-give', s.proposal_id, s.organisation_id, s.proposal_title, '', s.sign_by,
         '/partners/' || s.id || '/authority' FROM seat s
       WHERE s.status = 'accepted' AND s.role = 'member' AND s.binds AND s.authority IS NULL
         AND s.proposal_status = 'draft' AND NOT s.late""",
        ),
        Task(
            ("other-bid-to-answer",),
            """SELECT 'other-bid-to-answer', s.proposal_id, s.organisation_id, s.proposal_title, '', NULL::timestamptz,
         '/other-bids/' || b.id FROM seat s JOIN other_bids b ON b.proposal_id = s.proposal_id
       WHERE s.status = 'accepted' AND s.binds AND b.organisation_id <> s.organisation_id AND NOT b.answers ? s.id::text""",
        ),
    ],
    carriers=[
        Carrier("POST", "/partners/{partner_id}/remove", Matter.PARTNER_REMOVAL, leaving.remove, leaving.check_removal),
        Carrier("PATCH", "/partners/{partner_id}", Matter.PARTNER_ROLE, roles.change_role),
        Carrier("POST", "/lead", Matter.LEAD, roles.replace_lead),
        Carrier("POST", "/dissolve", Matter.DISSOLUTION, leaving.dissolve),
        Carrier("POST", "/follow-notice", Matter.OTHER, following.carry),
        Carrier("PUT", "/portal-questions", Matter.OTHER, portal_questions.carry),
    ],
    followers=[
        call_amended.followed_by(call_changes.follow_amendment),
        call_over.followed_by(call_changes.record_in_bids),
        call_taken_over.followed_by(call_changes.take_over),
        what_waits.followed_by(reactions.say_what_waits),
    ],
    ticks=[Tick(300.0, reactions.remind_of_deadline)],
)
