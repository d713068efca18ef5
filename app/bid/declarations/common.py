"""What the verbs of contributions and expectations share: the setting that they are written in, and telling it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations.rules.differences import Difference
from app.bid.declarations.rules.items import Bounds
from app.platform.access.errors import Fault, Invalid, StaleVersion
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log

MOST_DECLARATIONS = 500
"""The most contributions, and the most expectations, of one partner."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The proposal and the partner whose declarations are written. `open`: whether the others see them."""

    proposal_id: Id
    partner_id: Id
    organisation_id: Id
    currency: str
    open: bool
    bounds: Bounds


SETTING = """
       p.currency, p.round_status <> 'open' AND (pa.filed_at IS NOT NULL OR NOT pa.must_file) AS open,
       p.lot_ids::text[] AS lot_ids, o.submission_deadline, pa.organisation_id::text AS setting_organisation_id,
       ARRAY(SELECT id::text FROM partners WHERE proposal_id = p.id) AS partner_ids
FROM partners pa JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id"""
"""SQL: the columns of a setting, and where they come from (`pa` is the partner)."""
_SETTING = text(f"SELECT {SETTING} WHERE pa.id = :partner_id")


async def setting(session: AsyncSession, proposal_id: Id, partner_id: Id) -> Setting:
    row = (await session.execute(_SETTING, {"partner_id": partner_id})).one()
    return setting_of(row, proposal_id, partner_id)


def setting_of(row: Any, proposal_id: Id, partner_id: Id) -> Setting:
    """From a row that has the columns of `SETTING`."""
    deadline: datetime | None = row.submission_deadline
    bounds = Bounds(frozenset(row.lot_ids), frozenset(row.partner_ids), deadline)
    return Setting(proposal_id, partner_id, row.setting_organisation_id, row.currency, row.open, bounds)


@dataclass(frozen=True, slots=True)
class Told:
    """One declaration in an event: what changed for its owner, and what of it the others may know."""

    id: Id
    title: str
    own: Sequence[Difference]
    others: Sequence[Difference]


async def tell(
    session: AsyncSession, actor: Actor, at: Setting, thing: str, happened: str, told: Sequence[Told]
) -> None:
    """One event for one write."""
    await event_log.write(session, "proposal", at.proposal_id, entry_of(actor, at, thing, happened, told))


def entry_of(actor: Actor, at: Setting, thing: str, happened: str, told: Sequence[Told]) -> event_log.Entry:
    """The event of one write. While the partner's declarations are closed, or when nothing that the others see changed,
    only the partner itself gets it, and no revision moves."""
    payload = _payload(at, thing, [(one, one.own) for one in told])
    shown = [one for one in told if one.others]
    shared = _payload(at, thing, [(one, one.others) for one in shown])
    visible = at.open and bool(shown)
    return event_log.Entry(
        f"{thing}_{happened}",
        actor,
        at.organisation_id,
        payload,
        shared if visible else None,
        event_log.owned_by(at.partner_id) if visible else event_log.only(at.partner_id),
    )


def _payload(at: Setting, thing: str, told: Iterable[tuple[Told, Sequence[Difference]]]) -> dict[str, Any]:
    changes = [
        {
            f"{thing}_id": one.id,
            "title": one.title,
            "differences": [{"field": d.field, "before": d.before, "after": d.after} for d in found],
        }
        for one, found in told
    ]
    payload: dict[str, Any] = {"partner_id": at.partner_id, "changes": changes}
    if len(changes) == 1:
        payload[f"{thing}_id"] = changes[0][f"{thing}_id"]
    return payload


def refuse(faults: Iterable[Fault], at: str = "") -> None:
    """422 with every fault, its pointer below `at`; nothing where there is none."""
    found = [Fault(f"{at}{fault.pointer}", fault.code, fault.detail) for fault in faults]
    if found:
        raise Invalid(found[0].detail if len(found) == 1 else "", found)


def same_currency(given: Any, currency: str, pointer: str) -> int:
    """Minor units of a MoneyIn, which must be in the proposal's one currency."""
    if given.currency != currency:
        raise Invalid.at(f"{pointer}/currency", "another-currency", f"This proposal is in {currency}. Use that.")
    minor: int = given.minor
    return minor


def needed(given: dict[str, Any], names: Sequence[str], new: bool) -> list[Fault]:
    """Faults for what a new declaration must say, and an old one cannot take back."""
    return [
        Fault(f"/{name}", "missing", "This is needed. Add it and send the request again.")
        for name in names
        if (new and given.get(name) is None) or (name in given and given[name] is None)
    ]


def stale(kept: Mapping[Id, Any], rows: Sequence[Any]) -> None:
    """412 for a batch in which a row names another version than the one that stands."""
    old = [
        Fault(f"/items/{index}/version", "stale-version", "Somebody changed this row since you read it.")
        for index, row in enumerate(rows)
        if row.id is not None and kept[row.id].version != row.version
    ]
    if old:
        raise StaleVersion(errors=old)
