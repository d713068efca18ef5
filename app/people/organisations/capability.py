"""What organisations declare."""

from app.people.organisations import routes
from app.platform.capability import Capability, Event, Parameter

capability = Capability(
    name="organisations",
    topics=["mail", "verification_lapsed", "identifier_yielded"],
    routers=[routes.router],
    parameters={
        "invitation_id": Parameter(
            "SELECT 1 FROM member_invitations WHERE id = $1::uuid AND organisation_id = $2::uuid "
            "AND accepted_at IS NULL AND expires_at > clock_timestamp()"
        ),
        "person_id": Parameter("SELECT 1 FROM memberships WHERE person_id = $1::uuid AND organisation_id = $2"),
    },
    events={
        "organisation_founded": Event(),
        "organisation_changed": Event(),
        "organisation_verified": Event(),
        "verification_lapsed": Event(),
        "kind_granted": Event(),
        "kind_taken_back": Event(),
        "identifier_released": Event(),
        "identifier_yielded": Event(),
        "member_invited": Event(),
        "member_invitation_withdrawn": Event(),
        "member_joined": Event(),
        "member_removed": Event(),
        "member_roles_changed": Event(),
    },
)
