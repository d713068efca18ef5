"""Contributions: what of a declaration is theirs alone."""

from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules import rate_privacy
from app.bid.declarations.rules.differences import contribution_differences
from app.bid.declarations.rules.items import contribution_faults
from app.bid.declarations.scope import DeclarationScope
from app.bid.declarations.service import Change, Kind
from app.bid.declarations.tables import Contribution as Row
from app.bid.value import Contribution
from app.platform.access.errors import Invalid
from app.platform.db.base import new_id
from app.platform.db.rows import value

_AS_SENT = ("kind", "title", "quantity", "unit", "certainty", "lot_id", "funded_by")


def _apply(change: Change[Contribution], scope: DeclarationScope) -> Contribution:
    given, before = change.given, change.before
    values: dict[str, Any] = {name: given[name] for name in _AS_SENT if name in given}
    for name in ("value", "unit_value"):
        if name in given:
            sent = given[name]
            values[name] = None if sent is None else scope.minor(sent, f"{change.at}/{name}")
    for name in ("condition", "valuation_basis"):
        if name in given:
            values[name] = given[name] or ""
    if "document_ids" in given:
        values["document_ids"] = tuple(dict.fromkeys(given["document_ids"] or ()))
    if "period" in given:
        period = given["period"]
        sent_days = period.model_fields_set if period is not None else {"start", "end"}
        values |= {
            column: getattr(period, name, None)
            for name, column in (("start", "starts"), ("end", "ends"))
            if name in sent_days
        }
    if before is None:
        fresh = Contribution(id=new_id(), partner_id=scope.partner_id, revealed=scope.open, **values)
        return replace(fresh, shown_as=given.get("shown_as") or rate_privacy.shown_as(fresh))
    after = replace(before, **values)
    wanted = given.get("shown_as") or (rate_privacy.VALUE if after.in_money else before.shown_as)
    if after.in_money and wanted == rate_privacy.QUANTITY:
        return replace(after, shown_as=wanted)  # refused as a fault, before the state is looked at
    return replace(after, shown_as=rate_privacy.turn(before, wanted, seen=before.revealed))


async def _check_documents(
    session: AsyncSession, scope: DeclarationScope, change: Change[Contribution], after: Contribution
) -> None:
    """Evidence is a document of this proposal that the partner attached itself."""
    if not (change.given.get("document_ids") and after.document_ids):
        return
    given = {"ids": list(after.document_ids), "proposal_id": scope.proposal_id, "partner_id": scope.partner_id}
    found = set((await session.execute(_ATTACHED, given)).scalars())
    for index, document_id in enumerate(after.document_ids):
        if document_id not in found:
            raise Invalid.at(
                f"{change.at}/document_ids/{index}", "not-found", "Attach the document to this proposal first."
            )


_ATTACHED = text("""
SELECT id::text FROM attachments WHERE id = ANY(:ids) AND proposal_id = :proposal_id AND partner_id = :partner_id
  AND deleted_at IS NULL""")


async def _unlink(session: AsyncSession, scope: DeclarationScope, gone: Contribution) -> None:
    """Expectations that it met are linked to it no longer, and their versions say so."""
    await session.execute(_UNLINK, {"proposal_id": scope.proposal_id, "id": gone.id})


_UNLINK = text("""
UPDATE expectations e SET version = version + 1, met_by = (
  SELECT coalesce(jsonb_agg(l ORDER BY n), '[]') FROM jsonb_array_elements(e.met_by) WITH ORDINALITY x(l, n)
  WHERE NOT (l ->> 'type' = 'contribution' AND l ->> 'id' = CAST(:id AS text)))
WHERE e.proposal_id = :proposal_id
  AND e.met_by @> jsonb_build_array(jsonb_build_object('type', 'contribution', 'id', CAST(:id AS text)))""")


CONTRIBUTIONS: Kind[Contribution] = Kind(
    name="contribution",
    table=Row,
    needed=("kind", "title", "certainty", "value"),
    kept=(),
    read=lambda row: value(Contribution, row),
    columns=lambda _value, _currency: {},
    apply=_apply,
    faults=contribution_faults,
    differences=contribution_differences,
    check=_check_documents,
    taken_back=_unlink,
)
