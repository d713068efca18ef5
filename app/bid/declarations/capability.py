"""What declarations declare."""

from app.bid.declarations import queries, reactions, reading, reveal, routes, routes_items
from app.bid.declarations.schemas import ContributionOut, ExpectationOut, RoundOut
from app.platform.capability import Capability, Carrier, Event, Parameter, Part, Task, Tick
from app.platform.web.hooks import round_due
from app.platform.words.codes import Matter

capability = Capability(
    name="declarations",
    routers=[routes_items.contribution_router, routes_items.expectation_router, routes.router],
    parameters={
        "contribution_id": Parameter(queries.child_statement("contributions")),
        "expectation_id": Parameter(queries.child_statement("expectations")),
        "acknowledgement_id": Parameter(
            "SELECT 1 FROM acknowledgements a JOIN partners pa ON pa.id = a.partner_id "
            "WHERE a.id = $1::uuid AND a.proposal_id = $2 AND pa.status = 'accepted'"
        ),
    },
    parts={
        "honesty_round": Part(reading.round_out, RoundOut),
        "contributions": Part(reading.contributions, list[ContributionOut]),
        "expectations": Part(reading.expectations, list[ExpectationOut]),
    },
    events={
        "contribution_added": Event(declares=True),
        "contribution_changed": Event(declares=True),
        "contribution_removed": Event(declares=True),
        "expectation_added": Event(declares=True),
        "expectation_changed": Event(declares=True),
        "expectation_removed": Event(declares=True),
        "expectation_met_by_changed": Event(declares=True),
        "expectation_waived": Event(declares=True),
        "expectation_accepted": Event(),
        "declarations_filed": Event(declares=True),
        "declarations_revealed": Event("/reconciliation"),
        "declarations_acknowledged": Event(),
        "honesty_round_skip_proposed": Event("/honesty-round"),
        "honesty_round_skipped": Event(),
        "honesty_round_cut_off_set": Event("/honesty-round", urgent=True),
    },
    tasks=[
        Task(
            ("declarations-to-file",),
            """SELECT 'declarations-to-file', s.proposal_id, s.organisation_id, s.proposal_title, '', s.declare_by,
         '/honesty-round/file'
       FROM seat s WHERE s.status = 'accepted' AND s.binds AND s.must_file AND s.filed_at IS NULL AND NOT s.late
         AND s.proposal_status = 'draft'
         AND (SELECT count(*) FROM partners x WHERE x.proposal_id = s.proposal_id AND x.status = 'accepted') > 1""",
        ),
        Task(
            ("declarations-to-acknowledge",),
            """SELECT 'declarations-to-acknowledge', s.proposal_id, s.organisation_id, s.proposal_title, '', s.sign_by,
         '/acknowledgements'
       FROM seat s WHERE s.status = 'accepted' AND s.binds AND s.round_status <> 'open' AND s.proposal_status = 'draft'
         AND NOT s.late AND NOT EXISTS (SELECT FROM acknowledgements a WHERE a.partner_id = s.id AND NOT EXISTS (
           SELECT FROM events e WHERE e.stream_id = s.proposal_id AND e.revision > a.as_of_revision
             AND e.type = ANY(:declaring) AND e.payload ->> 'partner_id' <> s.id::text))""",
        ),
    ],
    carriers=[Carrier("PUT", "/honesty-round", Matter.OTHER, routes.carry_cut_off)],
    ticks=[Tick(5.0, reactions.open_due_rounds)],
    followers=[round_due.followed_by(reveal.open_if_due)],
)
