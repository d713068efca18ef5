"""The import of notices: each process once, whoever brings it, with every release that was ever brought.

A process belongs to nobody here unless its importer is the buyer: a charity that imports a notice wants to bid for
it, and an owner cannot. What the notice says about how bids are made holds until a verified owner says otherwise.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Text, any_, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.notices import ocds_in, ocds_read
from app.calls.notices.ocds_read import RawRelease, Skipped
from app.calls.notices.rules import Notice, call_after, is_buyer
from app.calls.opportunities import amending, hooks, queries, service, stored
from app.calls.opportunities.rules import check_commissioner, difference
from app.calls.opportunities.tables import Lot, OcdsRelease, Opportunity
from app.people.organisations import queries as organisations
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Invalid, NotFound, Refusal
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import Base, IdType, new_id
from app.platform.words.codes import OpportunityStatus, RouteKind, VerificationLevel
from app.settings import Settings

ONE_AT_A_TIME = 0x6F636473  # 'ocds'


class NotReadable(Refusal):
    kind = "unreadable"
    code = "ocds-unreadable"
    title = "The file cannot be read as JSON"
    explanation = "Send an OCDS release, release package or record package as JSON in UTF-8."


@dataclass(slots=True)
class Imported:
    """How many processes ended in which way."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Importer:
    """Who brings the notices; `organisation` None for the operator's own command."""

    actor: Actor | None = None
    organisation: Organisation | None = None
    identifiers: tuple[tuple[str, str], ...] = ()
    may_commission: bool = False

    @property
    def id(self) -> Id | None:
        return self.organisation.id if self.organisation else None

    def owns(self, notice: Notice) -> bool:
        """Whether the importer is the buyer, and this server lets it act as commissioner."""
        return (
            self.organisation is not None
            and self.may_commission
            and is_buyer(notice, self.organisation.name, self.identifiers)
        )

    def may_update(self, route_kind: str | None, owner: Id | None) -> bool:
        """Whether this importer's file may change the call. Where a verified owner takes bids here, only its own may."""
        return route_kind != RouteKind.HERE or owner == self.id


async def importer(session: AsyncSession, settings: Settings, actor: Actor, organisation_id: Id | None) -> Importer:
    """The organisation that the caller imports for, as one of its editors."""
    chosen = service.acting_for(actor, organisation_id.lower() if organisation_id else None, "/query/organisation_id")
    organisation = await session.get_one(Organisation, chosen)
    verified = organisation.verification_level != VerificationLevel.NONE
    return await _importer(session, actor, organisation, verified, settings.on_loopback)


async def from_file(session: AsyncSession, content: bytes, organisation_id: Id | None) -> dict[str, Any]:
    """The operator's import, for an organisation or for nobody: the counts, as the API gives them."""
    by = Importer()
    if organisation_id is not None:
        known = is_id(organisation_id.lower())
        organisation = await session.get(Organisation, organisation_id.lower()) if known else None
        if organisation is None:
            raise NotFound("There is no organisation with this id.")
        by = await _importer(session, None, organisation, verified=True, on_loopback=False)
    return asdict(await import_package(session, by, content))


async def _importer(
    session: AsyncSession, actor: Actor | None, organisation: Organisation, verified: bool, on_loopback: bool
) -> Importer:
    numbers = tuple(await organisations.identifiers_of(session, organisation.id))
    try:
        check_commissioner(organisation.kinds, verified, on_loopback)
    except Refusal:
        return Importer(actor, organisation, numbers)
    return Importer(actor, organisation, numbers, may_commission=True)


async def import_package(session: AsyncSession, by: Importer, content: bytes) -> Imported:
    """Take in every process of the file. Reading and merging run in a thread, off the event loop."""
    try:
        package = await asyncio.to_thread(ocds_read.read_package, content)
    except ocds_read.Unreadable as error:
        raise NotReadable(str(error)) from None
    except ocds_read.NotOpenContracting as error:
        raise Invalid.at("", "not-ocds", str(error)) from None
    except ocds_read.TooLarge as error:
        raise Invalid.at("", "too-many", str(error)) from None
    # Two imports at the same time wait for each other: each process is counted once, and no release is lost.
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    processes = await _with_news(session, by, package)
    result = Imported(skipped=package.skipped, unchanged=len(package.processes) - len(processes))
    notices = await asyncio.to_thread(_notices, processes)
    added: list[tuple[Notice, list[RawRelease]]] = []
    for ocid, notice in notices.items():
        process = processes[ocid]
        if isinstance(notice, Skipped):
            result.skipped.append(notice)
        elif process.opportunity_id is None:
            added.append((notice, process.new))
        elif await _update(session, by, process.opportunity_id, notice, process.new):
            result.updated += 1
        else:
            result.unchanged += 1
    # Thousands of calls can be new in one file: their rows are inserted in bulk.
    for model, rows in await asyncio.to_thread(_rows, by, added):
        for start in range(0, len(rows), 500):
            await session.execute(insert(model), rows[start : start + 500])
    result.imported = len(added)
    if by.organisation is not None:
        act = Act(session, by.actor, "organisation", by.organisation.id, for_organisation=by.id)
        await act.record(
            "notices_imported",
            imported=result.imported,
            updated=result.updated,
            unchanged=result.unchanged,
            skipped=len(result.skipped),
        )
    return result


@dataclass(slots=True)
class _Process:
    """A process of the file that brings something new: its call here, if there is one, and that call's releases."""

    opportunity_id: Id | None
    known: list[RawRelease]
    new: list[RawRelease]


async def _with_news(session: AsyncSession, by: Importer, package: ocds_read.Package) -> dict[str, _Process]:
    """By ocid: the processes with a release that was not brought before, unless their call is kept from this importer."""
    ids, kept_from = await _calls_here(session, by, list(package.processes))
    brought = await _digests(session, list(ids.values()))
    found: dict[str, _Process] = {}
    for ocid, releases in package.processes.items():
        before = brought.get(ids.get(ocid, ""), set())
        new = [release for release in releases if release.sha256 not in before]
        if new and ocid not in kept_from:
            found[ocid] = _Process(ids.get(ocid), [], new)
    updated = {id_: ocid for ocid, id_ in ids.items() if ocid in found}
    query = select(OcdsRelease.opportunity_id, OcdsRelease.raw).where(OcdsRelease.opportunity_id.in_(updated))
    for id_, raw in await session.execute(query.order_by(OcdsRelease.id)):
        ocid = updated[id_]
        found[ocid].known.append(ocds_read.release_from(ocid, raw))
    return found


async def _calls_here(session: AsyncSession, by: Importer, ocids: list[str]) -> tuple[dict[str, Id], set[str]]:
    """The ids of the calls that are known, by ocid, and the ocids of those that this importer may not change."""
    query = select(
        Opportunity.ocid, Opportunity.id, Opportunity.organisation_id, Opportunity.submission_route["kind"].astext
    ).where(Opportunity.ocid == any_(literal(ocids, ARRAY(Text))))
    ids: dict[str, Id] = {}
    kept_from: set[str] = set()
    for ocid, id_, owner, route_kind in await session.execute(query):
        ids[ocid] = id_
        if not by.may_update(route_kind, owner):
            kept_from.add(ocid)
    return ids, kept_from


async def _digests(session: AsyncSession, ids: list[Id]) -> dict[Id, set[bytes]]:
    """The hashes of the releases that each of these calls has already."""
    found: dict[Id, set[bytes]] = {}
    query = select(OcdsRelease.opportunity_id, OcdsRelease.sha256).where(
        OcdsRelease.opportunity_id == any_(literal(ids, ARRAY(IdType)))
    )
    for id_, digest in await session.execute(query):
        found.setdefault(id_, set()).add(digest)
    return found


def _notices(processes: dict[str, _Process]) -> dict[str, Notice | Skipped]:
    found: dict[str, Notice | Skipped] = {}
    for ocid, process in processes.items():
        try:
            found[ocid] = ocds_in.notice_from([*process.known, *process.new])
        except RecursionError:
            found[ocid] = Skipped(ocid, "Its releases are nested too deeply to be read.")
    return found


def _rows(
    by: Importer, added: Sequence[tuple[Notice, list[RawRelease]]]
) -> tuple[tuple[type[Base], list[dict[str, Any]]], ...]:
    """The rows of new processes, in the order in which they can be inserted."""
    calls: list[dict[str, Any]] = []
    lots: list[dict[str, Any]] = []
    releases: list[dict[str, Any]] = []
    for notice, new in added:
        call, opportunity_id = call_after(notice, None), new_id()
        calls.append(
            {
                "id": opportunity_id,
                "ocid": call.ocid,
                "organisation_id": by.id if by.owns(notice) else None,
                "imported_by_organisation_id": by.id,
                **stored.columns(call),
                **_of_notice(notice),
                "published_at": _first_date(new),
            }
        )
        lots += [
            {
                "id": new_id(),
                "opportunity_id": opportunity_id,
                "key": lot.key,
                "title": lot.title,
                "position": position,
                "ceiling": lot.ceiling,
                "vat": lot.vat.value,
            }
            for position, lot in enumerate(call.lots)
        ]
        releases += [_release(opportunity_id, by, one) for one in new]
    return ((Opportunity, calls), (Lot, lots), (OcdsRelease, releases))


async def _update(
    session: AsyncSession, by: Importer, opportunity_id: Id, notice: Notice, new: list[RawRelease]
) -> bool:
    """Bring a known call to what its new releases say; bids for it follow as they follow any amendment.

    False where its owner has begun to take bids here since the file's calls were looked up.
    """
    row = await queries.to_change(session, opportunity_id)
    if not by.may_update(row.submission_route.get("kind"), row.organisation_id):
        return False
    before = await stored.load(session, row.id)
    opened = await queries.bids_were_opened(session, row)
    after = call_after(notice, before, bids_opened=opened)
    was_published = row.status == OpportunityStatus.PUBLISHED
    change = difference(before, after, await event_log.now(session)) if was_published else None
    seen = await amending.as_seen(session, row.id) if change is not None else {}
    facts = _of_notice(notice)
    if row.cancelled_at is not None or opened:
        facts.pop("status")
    for name, value in facts.items():
        setattr(row, name, value)
    if row.organisation_id is None and by.owns(notice):
        row.organisation_id = by.id
    row.published_at = _first_date(new, row.published_at)
    row.version += 1
    await stored.store(session, row, after, before)
    session.add_all(OcdsRelease(**_release(row.id, by, one)) for one in new)
    act = Act(session, by.actor, "opportunity", row.id, for_organisation=by.id)
    payload: dict[str, Any] = {"releases": [one.release_id for one in new]}
    if change is not None and row.status == OpportunityStatus.PUBLISHED:
        # A notice that ends the call amends nothing: no bid has to answer what it says.
        payload["amendment"], _ = await amending.amend(act, row, change, seen)
    if was_published and row.status != OpportunityStatus.PUBLISHED:
        await hooks.call_over(session, row.id, "call_ended", {"status": row.status})
    await act.record("opportunity_followed_notice", **payload)
    return True


def _first_date(releases: Sequence[RawRelease], known: datetime | None = None) -> datetime | None:
    return min((at for at in (known, *(one.date for one in releases)) if at is not None), default=None)


def _of_notice(notice: Notice) -> dict[str, Any]:
    """The columns that a notice alone fills."""
    return {
        "buyer_name": notice.call.buyer_name,
        "status": notice.status.value,
        "source": {
            "buyers": [
                {
                    "name": buyer.name,
                    "identifiers": [{"scheme": scheme, "id": number} for scheme, number in buyer.identifiers],
                }
                for buyer in notice.buyers
            ],
            "notice_urls": list(notice.notice_urls),
            "procedure": notice.procedure,
            "sme": notice.sme,
            "criteria": [asdict(criterion) for criterion in notice.criteria],
            "lots": [{"key": one.lot.key, "description": one.description} for one in notice.lots if one.description],
            "doubts": list(notice.doubts),
        },
    }


def _release(opportunity_id: Id, by: Importer, release: RawRelease) -> dict[str, Any]:
    return {
        "id": new_id(),
        "opportunity_id": opportunity_id,
        "release_id": release.release_id,
        "sha256": release.sha256,
        "released_at": release.date,
        "raw": release.raw,
        "facts": {"tags": list(release.tags), "imported_by_organisation_id": by.id},
    }
