"""What statements declare."""

from app.bid.statements import routes
from app.bid.statements.schemas import StatementOut
from app.platform.capability import Capability, Event, Parameter, Part

capability = Capability(
    name="statements",
    routers=[routes.router],
    parameters={
        "statement_key": Parameter(f"SELECT 1 WHERE $1 IN ({routes.KEYS})", uuid=False),
        "claim_id": Parameter("SELECT 1 FROM confidentiality_claims WHERE id = $1::uuid AND proposal_id = $2"),
    },
    parts={"statements": Part(routes.statements, list[StatementOut])},
    events={
        "statement_given": Event(),
        "confidentiality_claimed": Event(),
        "confidentiality_claim_withdrawn": Event(),
    },
)
