"""What decisions declare."""

from app.bid.decisions import reactions, routes, routes_minutes
from app.platform.capability import Capability, Event, Parameter, Task, Tick

capability = Capability(
    name="decisions",
    routers=[routes.router, routes_minutes.router],
    parameters={
        "decision_id": Parameter("SELECT 1 FROM decisions WHERE id = $1::uuid AND proposal_id = $2"),
        "vote_id": Parameter(
            "SELECT 1 FROM votes v JOIN decisions d ON d.id = v.decision_id WHERE v.id = $1::uuid AND d.proposal_id = $2"
        ),
        "conflict_id": Parameter(
            "SELECT 1 FROM conflict_declarations c JOIN decisions d ON d.id = c.decision_id "
            "WHERE c.id = $1::uuid AND d.proposal_id = $2"
        ),
        "proxy_id": Parameter("SELECT 1 FROM proxies WHERE id = $1::uuid AND proposal_id = $2"),
    },
    events={
        "decision_opened": Event("/decisions/{decision_id}"),
        "vote_cast": Event(),
        "conflict_declared": Event("/decisions/{decision_id}"),
        "decision_closing": Event("/decisions/{decision_id}", urgent=True),
        "decision_closed": Event("/decisions/{decision_id}"),
        "proxy_given": Event(),
        "proxy_taken_back": Event(),
    },
    tasks=[
        Task(
            ("decision-to-vote-on",),
            """SELECT 'decision-to-vote-on', s.proposal_id, s.organisation_id, s.proposal_title, d.title, d.closes_at,
         '/decisions/' || d.id FROM seat s JOIN decisions d ON d.proposal_id = s.proposal_id AND d.status = 'open'
       WHERE s.status = 'accepted' AND s.role IN ('lead', 'member') AND s.binds
         AND (NOT s.late OR d.carries ->> 'path' = '/follow-notice')
         AND coalesce(d.closes_at > clock_timestamp(), true) AND NOT s.id = ANY(d.excluded_partner_ids)
         AND NOT EXISTS (SELECT FROM votes v WHERE v.decision_id = d.id AND v.partner_id = s.id)""",
        ),
    ],
    ticks=[Tick(2.0, reactions.close_due), Tick(60.0, reactions.remind_of_closing)],
)
