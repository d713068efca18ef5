"""What the structure declares."""

from app.bid.structure import routes
from app.bid.structure.schemas import StructureOut
from app.platform.capability import Capability, Carrier, Event, Part
from app.platform.words.codes import Matter

capability = Capability(
    name="structure",
    routers=[routes.router],
    parts={"structure": Part(lambda proposal, _standing: StructureOut.of(proposal), StructureOut)},
    events={
        "structure_changed": Event("/structure"),
    },
    carriers=[Carrier("PUT", "/structure", Matter.STRUCTURE, routes.carry)],
)
