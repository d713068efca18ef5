"""The one verb of the structure: agree it. A decision carries out the same verb that a lead without partners uses."""

from app.bid.records.tables import Structure as Row
from app.bid.structure.rules import facts_of
from app.bid.value import Proposal, Structure
from app.platform.db.act import Act


async def agree(act: Act, proposal: Proposal, after: Structure) -> int:
    """Put the structure in force and answer its version, which without any change stays, without an event.

    The caller holds the proposal's lock.
    """
    was, now = facts_of(proposal.structure), facts_of(after)
    changed = {name: {"before": was[name], "after": now[name]} for name in now if was[name] != now[name]}
    if not changed:
        return proposal.structure.version
    row = await act.session.get_one(Row, proposal.id)
    row.facts, row.version = now, proposal.structure.version + 1
    await act.record("structure_changed", changed=changed)
    return row.version
