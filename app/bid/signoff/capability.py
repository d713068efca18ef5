"""What sign-off declares to the rest of the service."""

from app.bid.signoff import personal_data, rights, routes
from app.bid.signoff.schemas import EditionInForceOut
from app.people.me.hooks import person_erased, personal_data_asked
from app.people.organisations.hooks import right_lost
from app.platform.capability import Capability, Event, Parameter, Part, Task

_VISIBLE_EDITION = """
SELECT 1 FROM editions e WHERE e.proposal_id = $2::uuid AND e.number::text = $1 AND (
  EXISTS (SELECT FROM partners p WHERE p.id = ANY($3::uuid[]) AND p.status = 'accepted'
          AND (p.filed_at IS NOT NULL OR NOT p.must_file))
  OR EXISTS (SELECT FROM facilitators f WHERE f.id = ANY($3::uuid[]) AND f.status = 'active')
  OR EXISTS (SELECT FROM sign_offs s WHERE s.edition_id = e.id AND s.partner_id = ANY($3::uuid[])))"""

capability = Capability(
    name="signoff",
    routers=[routes.router],
    parameters={
        "number": Parameter(_VISIBLE_EDITION, uuid=False),
        "edition": Parameter(_VISIBLE_EDITION, uuid=False),
        "sign_off_id": Parameter(
            "SELECT 1 FROM sign_offs s JOIN editions e ON e.id = s.edition_id "
            "WHERE s.id = $1::uuid AND e.proposal_id = $2::uuid"
        ),
        "refusal_id": Parameter(
            "SELECT 1 FROM sign_off_refusals s JOIN editions e ON e.id = s.edition_id "
            "WHERE s.id = $1::uuid AND e.proposal_id = $2::uuid"
        ),
    },
    parts={
        "edition": Part(
            lambda proposal, _standing: (
                EditionInForceOut.model_validate(proposal.edition) if proposal.edition else None
            ),
            EditionInForceOut | None,
        )
    },
    events={
        "edition_made": Event("/editions", urgent=True),
        "edition_signed": Event("/editions"),
        "edition_refused": Event("/editions", urgent=True),
        "edition_agreed": Event("/editions", urgent=True),
        "edition_withdrawn": Event("/editions", urgent=True),
    },
    topics=["edition_to_render"],
    tasks=[
        Task(
            ("version-to-sign",),
            """SELECT 'version-to-sign', s.proposal_id, s.organisation_id, s.proposal_title, e.number::text, s.sign_by,
         '/editions/' || e.number FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'open'
       WHERE s.status = 'accepted' AND s.signs AND s.id = ANY(e.must_sign) AND NOT s.late AND NOT EXISTS (
         SELECT FROM sign_offs g WHERE g.edition_id = e.id AND g.partner_id = s.id AND g.person_id = :person_id
           AND g.fell_at IS NULL)
         AND coalesce((e.signatures_required ->> s.id::text)::int, 1) > (
           SELECT count(*) FROM sign_offs g WHERE g.edition_id = e.id AND g.partner_id = s.id AND g.fell_at IS NULL)""",
        ),
    ],
    followers=[
        right_lost.followed_by(rights.drop_signatures),
        personal_data_asked.followed_by(personal_data.add_queries),
        person_erased.followed_by(personal_data.erase),
    ],
)
