"""What the log records of declarations: for their owner everything, for the others what they may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules.differences import Difference
from app.bid.declarations.scope import DeclarationScope
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log


@dataclass(frozen=True, slots=True)
class EventItem:
    """One declaration in an event: what changed for its owner, and what of it the others may know."""

    id: Id
    title: str
    own: Sequence[Difference]
    others: Sequence[Difference]


async def record_event(
    session: AsyncSession, actor: Actor, scope: DeclarationScope, kind: str, happened: str, items: Sequence[EventItem]
) -> None:
    """One event for one write. While the partner's declarations are closed, or when nothing that the others see changed,
    only the partner itself gets it, and no revision moves."""
    shown = [item for item in items if item.others]
    visible = scope.open and bool(shown)
    await event_log.record(
        session,
        "proposal",
        scope.proposal_id,
        f"{kind}_{happened}",
        actor=actor,
        organisation_id=scope.organisation_id,
        payload=_payload(scope, kind, [(item, item.own) for item in items]),
        shared=_payload(scope, kind, [(item, item.others) for item in shown]) if visible else None,
        readers=event_log.owned_by(scope.partner_id) if visible else event_log.only(scope.partner_id),
    )


def _payload(
    scope: DeclarationScope, kind: str, items: Iterable[tuple[EventItem, Sequence[Difference]]]
) -> dict[str, Any]:
    changes = [
        {
            f"{kind}_id": item.id,
            "title": item.title,
            "differences": [{"field": d.field, "before": d.before, "after": d.after} for d in found],
        }
        for item, found in items
    ]
    payload: dict[str, Any] = {"partner_id": scope.partner_id, "changes": changes}
    if len(changes) == 1:
        payload[f"{kind}_id"] = changes[0][f"{kind}_id"]
    return payload
