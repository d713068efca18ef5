"""What facilitation declares to the rest of the service."""

from app.bid.facilitation import (
    facilitators,
    queries,
    reactions,
    routes,
    routes_difficulties,
    routes_notes,
    routes_suggestions,
    routes_two_sides,
)
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Carrier, Event, Parameter, Task, Tick
from app.platform.words.codes import Matter

capability = Capability(
    name="facilitation",
    routers=[
        routes.router,
        routes_notes.router,
        routes_difficulties.router,
        routes_suggestions.router,
        routes_two_sides.router,
    ],
    parameters={
        "suggestion_id": JUDGED_BY_THE_ROUTE,
        "facilitator_id": Parameter("SELECT 1 FROM facilitators WHERE id = $1::uuid AND proposal_id = $2"),
        "facilitation_note_id": Parameter("SELECT 1 FROM facilitation_notes WHERE id = $1::uuid AND proposal_id = $2"),
        "notebook_entry_id": Parameter(
            "SELECT 1 FROM notebook_entries e JOIN facilitators f ON f.id = e.facilitator_id "
            "WHERE e.id = $1::uuid AND f.proposal_id = $2 AND f.id = ANY($3)"
        ),
        "difficulty_id": Parameter(queries.VISIBLE_DIFFICULTY),
        "step_id": Parameter(
            "SELECT 1 FROM difficulty_steps s JOIN difficulties x ON x.id = s.difficulty_id "
            "WHERE s.id = $1::uuid AND x.proposal_id = $2"
        ),
        "two_sides_id": Parameter("SELECT 1 FROM two_sides WHERE id = $1::uuid AND organisation_id = $2"),
    },
    events={
        "facilitator_asked": Event("/facilitators"),
        "facilitator_agreed_to": Event(),
        "facilitator_objected_to": Event("/facilitators"),
        "facilitator_accepted": Event("/facilitators"),
        "facilitation_ended": Event("/facilitators"),
        "difficulty_raised": Event("/difficulties/{difficulty_id}"),
        "difficulty_step_added": Event("/difficulties/{difficulty_id}"),
        "difficulty_closed": Event("/difficulties/{difficulty_id}"),
        "difficulty_step_overdue": Event(),
        "removal_certified": Event("/partners"),
        "two_sides_recorded": Event(),
        "partnership_suggested": Event(),
        "meeting_called": Event("/facilitation-notes"),
        "wording_proposed": Event("/facilitation-notes"),
    },
    tasks=[
        Task(
            ("two-sides-to-record",),
            """SELECT 'two-sides-to-record', s.proposal_id, s.organisation_id, s.opportunity_title, '', NULL::timestamptz,
         '/v1/organisations/' || s.organisation_id || '/two-sides' FROM every_seat s WHERE s.two_sides""",
        ),
        Task(
            ("facilitation-to-answer",),
            """SELECT 'facilitation-to-answer', p.id, f.organisation_id, p.title, '', NULL::timestamptz, '/facilitators/' || f.id
       FROM facilitators f JOIN member m ON m.organisation_id = f.organisation_id JOIN proposals p ON p.id = f.proposal_id
       WHERE f.status = 'invited' AND m.roles && ARRAY['admin', 'editor'] AND p.status NOT IN ('dissolved', 'decided')""",
        ),
    ],
    carriers=[
        Carrier("POST", "/facilitators", Matter.OTHER, facilitators.carry_ask),
        Carrier("POST", "/facilitators/{facilitator_id}/end", Matter.OTHER, facilitators.carry_end),
    ],
    ticks=[Tick(600.0, reactions.remind)],
)
