"""Who sees what the others declared, in SQL: the rule of `app.bid.value.honesty`, for lists and paths."""


def sees(proposal: str, seats: str) -> str:
    """SQL: whether a reader with these seats sees the others' declarations in this proposal (a row of `proposals`).

    The round is over, and the seats hold an active facilitator, or accepted partners of which none still has to file.
    """
    return f"""({proposal}.round_status <> 'open' AND (
      EXISTS (SELECT FROM facilitators rf WHERE rf.id = ANY({seats}) AND rf.status = 'active')
      OR coalesce((SELECT bool_and(rp.filed_at IS NOT NULL OR NOT rp.must_file) FROM partners rp
                   WHERE rp.id = ANY({seats}) AND rp.status = 'accepted'), false)))"""


def visible(alias: str, seats: str, sees_others: str) -> str:
    """SQL: whether the reader may see this contribution or expectation at all, as it always may its own."""
    return f"""({alias}.partner_id = ANY({seats}) OR ({alias}.revealed AND {sees_others} AND EXISTS (
      SELECT FROM partners op WHERE op.id = {alias}.partner_id AND op.status = 'accepted')))"""
