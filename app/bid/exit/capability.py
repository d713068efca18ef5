"""What the exit plan, assets and knowledge declare."""

from app.bid.exit import routes
from app.platform.capability import Capability, Carrier, Event, Parameter
from app.platform.words.codes import Matter

capability = Capability(
    name="exit",
    routers=[routes.router],
    parameters={
        "asset_id": Parameter("SELECT 1 FROM assets WHERE id = $1::uuid AND proposal_id = $2"),
        "knowledge_term_id": Parameter("SELECT 1 FROM knowledge_terms WHERE id = $1::uuid AND proposal_id = $2"),
    },
    events={
        "exit_plan_changed": Event(),
        "asset_added": Event(),
        "asset_changed": Event(),
        "asset_removed": Event(),
        "asset_agreed": Event(),
        "knowledge_term_added": Event(),
        "knowledge_term_changed": Event(),
        "knowledge_term_removed": Event(),
        "knowledge_term_agreed": Event(),
    },
    carriers=[Carrier("PUT", "/exit-plan", Matter.EXIT_PLAN, routes.carry_exit_plan)],
)
