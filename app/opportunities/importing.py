"""Notices from elsewhere: each process once, whoever brings it, with every release that was ever brought.

A process belongs to nobody here unless its importer is the buyer: a charity that imports a notice wants to bid for
it, and an owner cannot. What the notice says about how bids are made holds until a verified owner says otherwise.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import call_changes, event_log
from app.db.base import new_id
from app.db.models.opportunities import Lot, OcdsRelease, Opportunity
from app.db.models.organisations import Organisation, OrganisationIdentifier
from app.db.queries import opportunities as queries
from app.domain.access import Actor
from app.domain.codes import OpportunityStatus, RouteKind
from app.domain.errors import Invalid, NotFound, Refusal
from app.domain.ids import Id
from app.domain.notices import Notice, is_buyer, terms_of
from app.domain.opportunities import check_commissioner, difference
from app.exchange import ocds_in, ocds_read
from app.exchange.ocds_read import RawRelease, Skipped
from app.opportunities import service
from app.opportunities import terms as wording
from app.settings import Settings

ONE_AT_A_TIME = 0x6F636473  # 'ocds'
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotReadable(Refusal):
    kind = "unreadable"
    code = "ocds-unreadable"
    title = "The file cannot be read as JSON"
    explanation = "Send an OCDS release, release package or record package as JSON in UTF-8."


@dataclass(slots=True)
class Result:
    """How many processes ended in which way."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Importer:
    """Who brings the notices; `organisation` None for the operator's own command."""

    actor: Actor | None
    organisation: Organisation | None
    identifiers: tuple[tuple[str, str], ...]
    may_commission: bool

    @property
    def id(self) -> Id | None:
        return self.organisation.id if self.organisation else None

    def owns(self, notice: Notice) -> bool:
        """The buyer itself, as far as this server lets it act as commissioner."""
        return (
            self.organisation is not None
            and self.may_commission
            and is_buyer(notice, self.organisation.name, self.identifiers)
        )


async def importer(session: AsyncSession, settings: Settings, actor: Actor, organisation_id: Id | None) -> Importer:
    """The organisation that the caller imports for, as one of its editors."""
    chosen = service.acting_for(actor, organisation_id.lower() if organisation_id else None, "/query/organisation_id")
    organisation = await session.get_one(Organisation, chosen)
    verified = organisation.verification_level != "none"
    numbers = await _identifiers(session, chosen)
    return Importer(actor, organisation, numbers, _may_commission(organisation, verified, settings.on_loopback))


async def from_file(session: AsyncSession, content: bytes, organisation_id: Id | None) -> dict[str, Any]:
    """The operator's import, for an organisation or for nobody: the counts, as the API gives them."""
    by = Importer(None, None, (), may_commission=False)
    if organisation_id is not None:
        organisation = await session.get(Organisation, organisation_id)
        if organisation is None:
            raise NotFound("There is no organisation with this id.")
        numbers = await _identifiers(session, organisation.id)
        by = Importer(None, organisation, numbers, _may_commission(organisation, verified=True, on_loopback=False))
    return asdict(await import_package(session, by, content))


async def _identifiers(session: AsyncSession, organisation_id: Id) -> tuple[tuple[str, str], ...]:
    numbers = select(OrganisationIdentifier.scheme, OrganisationIdentifier.identifier).where(
        OrganisationIdentifier.organisation_id == organisation_id
    )
    return tuple((scheme, number) for scheme, number in await session.execute(numbers))


def _may_commission(organisation: Organisation, verified: bool, on_loopback: bool) -> bool:
    try:
        check_commissioner(organisation.kinds, verified, on_loopback)
    except Refusal:
        return False
    return True


async def import_package(session: AsyncSession, by: Importer, content: bytes) -> Result:
    """Take in every process of the file. Reading and merging run in a thread, off the event loop."""
    try:
        package = await asyncio.to_thread(ocds_read.read_package, content)
    except ocds_read.Unreadable as error:
        raise NotReadable(str(error)) from None
    except ocds_read.NotOpenContracting as error:
        raise Invalid.at("", "not-ocds", str(error)) from None
    # Two imports at once wait for each other, so that each process is counted once and no release is lost.
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    result = Result(skipped=package.skipped)
    known = await _known(session, list(package.processes))
    fresh = await _fresh(session, by, package, known)
    result.unchanged = len(package.processes) - len(fresh)
    made = await asyncio.to_thread(_notices, fresh)
    added: list[tuple[Notice, list[RawRelease]]] = []
    for ocid, notice in made.items():
        row = known.get(ocid)
        if isinstance(notice, Skipped):
            result.skipped.append(notice)
        elif row is None:
            added.append((notice, fresh[ocid].new))
        else:
            await _update(session, by, row, notice, fresh[ocid].new)
            result.updated += 1
    await _add(session, by, added)
    result.imported = len(added)
    if by.organisation is not None:
        counts = {"imported": result.imported, "updated": result.updated, "unchanged": result.unchanged}
        await event_log.record(
            session,
            "organisation",
            by.organisation.id,
            "notices_imported",
            actor=by.actor,
            organisation_id=by.organisation.id,
            payload={**counts, "skipped": len(result.skipped)},
        )
    return result


@dataclass(slots=True)
class _Process:
    """The releases that are new, after those that are known already."""

    known: list[RawRelease]
    new: list[RawRelease]


async def _known(session: AsyncSession, ocids: list[str]) -> dict[str, Opportunity]:
    query = select(Opportunity).where(Opportunity.ocid.in_(ocids)).order_by(Opportunity.id)
    rows = await session.execute(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    return {row.ocid or "": row for row in rows.scalars()}


async def _fresh(
    session: AsyncSession, by: Importer, package: ocds_read.Package, known: dict[str, Opportunity]
) -> dict[str, _Process]:
    """The processes that have a release which was not there before.

    Where a verified owner takes bids here, the call is in its hands: another's file changes nothing about it.
    """
    stored: dict[Id, list[OcdsRelease]] = {}
    query = select(OcdsRelease).where(OcdsRelease.opportunity_id.in_([row.id for row in known.values()]))
    for release in (await session.execute(query.order_by(OcdsRelease.id))).scalars():
        stored.setdefault(release.opportunity_id, []).append(release)
    found: dict[str, _Process] = {}
    for ocid, releases in package.processes.items():
        row = known.get(ocid)
        if row is not None and row.submission_route.get("kind") == RouteKind.HERE and row.organisation_id != by.id:
            continue
        before = stored.get(row.id, []) if row is not None else []
        digests = {release.sha256 for release in before}
        new = [release for release in releases if release.sha256 not in digests]
        if new:
            found[ocid] = _Process([ocds_read.release_from(ocid, release.raw) for release in before], new)
    return found


def _notices(fresh: dict[str, _Process]) -> dict[str, Notice | Skipped]:
    found: dict[str, Notice | Skipped] = {}
    for ocid, process in fresh.items():
        try:
            found[ocid] = ocds_in.notice_from([*process.known, *process.new])
        except RecursionError:
            found[ocid] = Skipped(ocid, "Its releases are nested too deeply to be read.")
    return found


async def _add(session: AsyncSession, by: Importer, added: Sequence[tuple[Notice, list[RawRelease]]]) -> None:
    """New processes, in bulk."""
    calls: list[dict[str, Any]] = []
    lots: list[dict[str, Any]] = []
    releases: list[dict[str, Any]] = []
    for notice, raw in added:
        terms = terms_of(notice, None)
        opportunity_id = new_id()
        calls.append(
            {
                "id": opportunity_id,
                "ocid": notice.ocid,
                "organisation_id": by.id if by.owns(notice) else None,
                "imported_by_organisation_id": by.id,
                **wording.columns(terms),
                **_of_notice(notice),
                "published_at": min((one.date for one in raw if one.date), default=None),
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
            for position, lot in enumerate(terms.lots)
        ]
        releases += [_release(opportunity_id, by, one) for one in raw]
    for model, rows in ((Opportunity, calls), (Lot, lots), (OcdsRelease, releases)):
        for start in range(0, len(rows), 500):
            await session.execute(insert(model), rows[start : start + 500])


async def _update(session: AsyncSession, by: Importer, row: Opportunity, notice: Notice, new: list[RawRelease]) -> None:
    """A process that is known, with releases that were not. Bids for it are told as of any amendment."""
    before = await wording.load(session, row)
    opened = await queries.bids_were_opened(session, row)
    after = terms_of(notice, before, bids_opened=opened)
    change = difference(before, after, await queries.now(session))
    seen = json.loads((await queries.one(session, row.id))[0])
    was_published = row.status == OpportunityStatus.PUBLISHED
    await wording.store(session, row, after)
    facts = _of_notice(notice)
    if row.cancelled_at is not None or opened:
        facts.pop("status")
    for name, value in facts.items():
        setattr(row, name, value)
    if row.organisation_id is None and by.owns(notice):
        row.organisation_id = by.id
    row.version += 1
    await session.flush()
    await session.execute(insert(OcdsRelease), [_release(row.id, by, one) for one in new])
    payload: dict[str, Any] = {"releases": [one.release_id for one in new]}
    if change is not None and was_published:
        names = [service.NAMES.get(name, name) for name in change.fields]
        changes = await service.differences(session, row, seen, names)
        payload["amendment"] = await call_changes.record_amendment(session, by.actor, row, change, changes)
    if was_published and row.status != OpportunityStatus.PUBLISHED:
        await call_changes.tell_bids(session, row.id, "call_ended", {"status": row.status})
    await event_log.record(
        session,
        "opportunity",
        row.id,
        "opportunity_followed_notice",
        actor=by.actor,
        organisation_id=by.id,
        payload=payload,
    )


def _of_notice(notice: Notice) -> dict[str, Any]:
    """Columns that only a notice fills."""
    return {
        "buyer_name": notice.buyer_name,
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
            "lots": [{"key": lot.key, "description": lot.description} for lot in notice.lots if lot.description],
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


def checked_id(found: object) -> Id:
    """The id that a cursor holds."""
    if isinstance(found, str) and _ID.fullmatch(found):
        return found
    raise Invalid.at("/query/cursor", "bad-cursor", "This cursor is not one that the service gave. Start without it.")
