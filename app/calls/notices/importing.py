"""Notices from elsewhere: each process once, whoever brings it, with every release that was ever brought.

A process belongs to nobody here unless its importer is the buyer: a charity that imports a notice wants to bid for
it, and an owner cannot. What the notice says about how bids are made holds until a verified owner says otherwise.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Text, any_, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.notices import ocds_in, ocds_read
from app.calls.notices.ocds_read import RawRelease, Skipped
from app.calls.notices.rules import Notice, is_buyer, terms_of
from app.calls.opportunities import hooks, queries, service
from app.calls.opportunities import terms as wording
from app.calls.opportunities.amending import record_amendment
from app.calls.opportunities.rules import check_commissioner, difference
from app.calls.opportunities.tables import Lot, OcdsRelease, Opportunity
from app.people.organisations.tables import Organisation, OrganisationIdentifier
from app.platform.access.errors import Invalid, NotFound, Refusal
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.base import Base, IdType, new_id
from app.platform.words.codes import OpportunityStatus, RouteKind
from app.settings import Settings

ONE_AT_A_TIME = 0x6F636473  # 'ocds'


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
        known = is_id(organisation_id.lower())
        organisation = await session.get(Organisation, organisation_id.lower()) if known else None
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
    except ocds_read.TooLarge as error:
        raise Invalid.at("", "too-many", str(error)) from None
    # Two imports at once wait for each other, so that each process is counted once and no release is lost.
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    result = Result(skipped=package.skipped)
    known = await _known(session, by, list(package.processes))
    fresh = await _fresh(session, package, known)
    result.unchanged = len(package.processes) - len(fresh)
    made = await asyncio.to_thread(_notices, fresh)
    added: list[tuple[Notice, list[RawRelease]]] = []
    for ocid, notice in made.items():
        if isinstance(notice, Skipped):
            result.skipped.append(notice)
        elif ocid not in known:
            added.append((notice, fresh[ocid].new))
        elif await _update(session, by, known[ocid][0], notice, fresh[ocid].new):
            result.updated += 1
        else:
            result.unchanged += 1
    for model, rows in await asyncio.to_thread(_rows, by, added):
        for start in range(0, len(rows), 500):
            await session.execute(insert(model), rows[start : start + 500])
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


async def _known(session: AsyncSession, by: Importer, ocids: list[str]) -> dict[str, tuple[Id, bool]]:
    """By ocid: the opportunity's id, and whether the call is in its owner's hands (and the importer is another)."""
    query = select(
        Opportunity.ocid, Opportunity.id, Opportunity.organisation_id, Opportunity.submission_route["kind"].astext
    ).where(Opportunity.ocid == any_(literal(ocids, ARRAY(Text))))
    return {ocid: (id_, _in_hand(kind, owner, by)) for ocid, id_, owner, kind in await session.execute(query)}


def _in_hand(route_kind: str | None, owner: Id | None, by: Importer) -> bool:
    """Where a verified owner takes bids here, another's file changes nothing about the call."""
    return route_kind == RouteKind.HERE and owner != by.id


async def _fresh(
    session: AsyncSession, package: ocds_read.Package, known: dict[str, tuple[Id, bool]]
) -> dict[str, _Process]:
    """The processes that have a release which was not there before, with those that were."""
    ids = [id_ for id_, _ in known.values()]
    seen: dict[Id, set[bytes]] = {}
    digests = select(OcdsRelease.opportunity_id, OcdsRelease.sha256).where(
        OcdsRelease.opportunity_id == any_(literal(ids, ARRAY(IdType)))
    )
    for id_, digest in await session.execute(digests):
        seen.setdefault(id_, set()).add(digest)
    found: dict[str, _Process] = {}
    for ocid, releases in package.processes.items():
        opportunity_id, in_hand = known.get(ocid, ("", False))
        before = seen.get(opportunity_id, set())
        new = [release for release in releases if release.sha256 not in before]
        if new and not in_hand:
            found[ocid] = _Process([], new)
    changed = {known[ocid][0]: process for ocid, process in found.items() if ocid in known}
    query = select(OcdsRelease.opportunity_id, OcdsRelease.raw).where(OcdsRelease.opportunity_id.in_(changed))
    for id_, raw in await session.execute(query.order_by(OcdsRelease.id)):
        changed[id_].known.append(ocds_read.release_from(changed[id_].new[0].ocid, raw))
    return found


def _notices(fresh: dict[str, _Process]) -> dict[str, Notice | Skipped]:
    found: dict[str, Notice | Skipped] = {}
    for ocid, process in fresh.items():
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
    return ((Opportunity, calls), (Lot, lots), (OcdsRelease, releases))


async def _update(
    session: AsyncSession, by: Importer, opportunity_id: Id, notice: Notice, new: list[RawRelease]
) -> bool:
    """A process that is known, with releases that were not. Bids for it are told as of any amendment.

    False where its owner has taken it in hand since it was looked at.
    """
    row = await queries.to_change(session, opportunity_id)
    if _in_hand(row.submission_route.get("kind"), row.organisation_id, by):
        return False
    before = await wording.load(session, row)
    opened = await queries.bids_were_opened(session, row)
    after = terms_of(notice, before, bids_opened=opened)
    was_published = row.status == OpportunityStatus.PUBLISHED
    change = difference(before, after, await queries.now(session)) if was_published else None
    seen = json.loads((await queries.one(session, row.id))[0]) if change is not None else {}
    facts = _of_notice(notice)
    if row.cancelled_at is not None or opened:
        facts.pop("status")
    for name, value in facts.items():
        setattr(row, name, value)
    if row.organisation_id is None and by.owns(notice):
        row.organisation_id = by.id
    row.published_at = min((at for at in (row.published_at, *(one.date for one in new)) if at), default=None)
    row.version += 1
    await wording.store(session, row, after, before)
    await session.execute(insert(OcdsRelease), [_release(row.id, by, one) for one in new])
    payload: dict[str, Any] = {"releases": [one.release_id for one in new]}
    if change is not None and row.status == OpportunityStatus.PUBLISHED:
        # A notice that ends the call is written anew, and no bid has to answer what it says.
        names = [service.NAMES.get(name, name) for name in change.fields]
        changes = await service.differences(session, row, seen, names)
        payload["amendment"] = await record_amendment(session, by.actor, row, change, changes)
    if was_published and row.status != OpportunityStatus.PUBLISHED:
        await hooks.call_over(session, row.id, "call_ended", {"status": row.status})
    await event_log.record(
        session,
        "opportunity",
        row.id,
        "opportunity_followed_notice",
        actor=by.actor,
        organisation_id=by.id,
        payload=payload,
    )
    return True


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
