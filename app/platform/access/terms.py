"""The terms that a bid is held to, as SQL: those of its call, or a copy of its own.

While only organisations have brought a notice, each bid keeps the terms that it began with, since anybody's import could
be wrong or forged; `own_status` is set then. Wherever the deadline, status or route counts for a bid, it is one of these,
never the call's column: `p` is the bid, `o` its call.
"""

OWN = "p.own_status IS NOT NULL"
"""All bids for one call keep terms of their own, or none does. While they do, bids are rivals whatever lots they name, since
anybody's import could add a lot that no rival bids for."""
DEADLINE = "(CASE WHEN p.own_status IS NULL THEN o.submission_deadline ELSE p.own_deadline END)"
LATE = f"coalesce({DEADLINE} < clock_timestamp(), false)"
STATUS = "coalesce(p.own_status, o.status)"
OPEN_FOR_BIDS = f"({STATUS} = 'published' AND coalesce({DEADLINE} >= clock_timestamp(), true))"
ROUTE = """(CASE WHEN p.own_status IS NULL THEN o.submission_route
  ELSE p.own_terms -> 'row' -> 'submission_route' END)"""
TITLE = "(CASE WHEN p.own_status IS NULL THEN o.title ELSE p.own_terms -> 'row' ->> 'title' END)"
BUYER = "(CASE WHEN p.own_status IS NULL THEN o.buyer_name ELSE p.own_terms -> 'row' ->> 'buyer_name' END)"
TIME_ZONE = "(CASE WHEN p.own_status IS NULL THEN o.time_zone ELSE p.own_terms -> 'row' ->> 'time_zone' END)"
AMENDMENT = """((CASE WHEN p.own_status IS NULL THEN o.amendment
  ELSE (p.own_terms -> 'row' ->> 'amendment')::int END) + p.amendment_shift)"""
"""The number of the last amendment that the bid has to answer; its own changes of terms count as such."""

PUBLIC_OPENING = f"""(x.public AND x.status = 'open' AND coalesce(x.apply_by >= clock_timestamp(), true)
  AND {OPEN_FOR_BIDS} AND NOT o.typed
  AND p.status IN ('draft', 'in_sign_off', 'agreed'))"""
"""Whether the opening `x` of the bid is everybody's to read: while it is open and in time, and its bid is still on the way.
Afterwards it would only tell that there is, or was, such a bid; and of a typed call, nobody else may know at all."""

KNOWN = """(NOT o.typed OR o.imported_by_organisation_id = ANY({own}) OR EXISTS (
  SELECT FROM proposals k WHERE k.opportunity_id = o.id AND (
    EXISTS (SELECT FROM partners kp WHERE kp.proposal_id = k.id AND kp.organisation_id = ANY({own}) AND (
      kp.status = 'accepted' OR kp.status = 'invited' AND coalesce(kp.reply_by > clock_timestamp(), true)))
    OR EXISTS (SELECT FROM facilitators kf WHERE kf.proposal_id = k.id AND kf.organisation_id = ANY({own})
      AND kf.status IN ('invited', 'active')))))"""
"""Whether people of the organisations `{own}` may know of the call: of one that was typed, only whoever typed it and
those in its bids, or asked into one."""

SAME_CALL = """SELECT {call}.id UNION ALL SELECT same.id FROM opportunities same
  WHERE same.link_keys && {call}.link_keys AND (same.typed OR {call}.typed) AND same.id <> {call}.id"""
"""The ids of what is the same call as `{call}`: a typed one is the same as what stands on the same web page."""
