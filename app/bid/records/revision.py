"""A bid's revision as one reader counts it: the events that all partners see, less those that it may not see yet."""

from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Standing
from app.platform.access.statements import Run

UNCOUNTED = "stream_id = $1 AND revision IS NOT NULL AND NOT owner_partner_id = ANY($2)"
"""SQL: what all partners see of the bid $1, and those with the seats $2 do not while they have yet to file: what belongs to
another partner."""
_COUNT = f"SELECT count(*) FROM events WHERE {UNCOUNTED} AND revision <= $3"


async def counted(run: Run, proposal_id: Id, standing: Standing, revision: int) -> int:
    """Whoever joined later and has yet to file counts nothing that the others do unseen; everybody else the bid's own."""
    seats = standing.seats(Relation.PARTNER)
    if not any(side.to_file for side in seats):
        return revision
    row = await run(_COUNT, proposal_id, [side.seat_id for side in seats], revision)
    return revision - int(row[0])
