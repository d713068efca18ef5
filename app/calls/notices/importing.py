"""The import of notices. A release is a claim by whoever brings it, and is kept with who that was.

What a trusted source brings (the operator, a configured publisher, the verified owner of the call) is followed at once
and amends. What an organisation brings makes a new call, or brings up to date a call that this organisation alone stands
for; of any other call it is a claim, which is shown with its differences and changes nothing. Nobody becomes a call's
owner by an import (`ownership.py`).
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Text, any_, insert, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.notices import following, ocds_in, ocds_read
from app.calls.notices.following import Source
from app.calls.notices.ocds_read import RawRelease, Skipped
from app.calls.notices.rules import Notice, call_after
from app.calls.opportunities import claims, queries, service, stored
from app.calls.opportunities.rules import check_commissioner
from app.calls.opportunities.tables import Lot, NoticeClaim, OcdsRelease, Opportunity
from app.people.organisations.tables import Organisation
from app.people.organisations.verification import may_commission
from app.platform.access.errors import Invalid, Refusal
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import Base, IdType, new_id
from app.platform.words.codes import BroughtBy, RouteKind
from app.settings import Settings

ONE_AT_A_TIME = 0x6F636473  # 'ocds'


class NotReadable(Refusal):
    kind = "unreadable"
    code = "ocds-unreadable"
    title = "The file cannot be read as JSON"
    explanation = "Send an OCDS release, release package or record package as JSON in UTF-8."


@dataclass(frozen=True, slots=True)
class KeptClaim:
    """A process of which something was kept that says something else than what its call follows."""

    ocid: str
    opportunity_id: Id


class Became(StrEnum):
    """What became of a process, from the least to the most."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    IMPORTED = "imported"


_RANKS = {became: rank for rank, became in enumerate(Became)}


@dataclass(slots=True)
class Imported:
    """What became of each process (`ocid`). A kept claim counts as unchanged.

    The numbers are kept beside the processes, since the progress of a large file asks for them after each part.
    """

    became: dict[str, Became] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    claims: list[KeptClaim] = field(default_factory=list)
    _numbers: Counter[Became] = field(default_factory=Counter)

    @property
    def imported(self) -> int:
        return self._numbers[Became.IMPORTED]

    @property
    def updated(self) -> int:
        return self._numbers[Became.UPDATED]

    @property
    def unchanged(self) -> int:
        return self._numbers[Became.UNCHANGED]

    def mark(self, ocid: str, became: Became) -> None:
        """It counts once, as the most that became of it."""
        before = self.became.get(ocid)
        if before is not None:
            if _RANKS[became] <= _RANKS[before]:
                return
            self._numbers[before] -= 1
        self.became[ocid] = became
        self._numbers[became] += 1

    def skip(self, process: Skipped) -> None:
        """It could not be taken in after all, so it counts as nothing else."""
        if process.ocid is not None and (before := self.became.pop(process.ocid, None)) is not None:
            self._numbers[before] -= 1
        self.skipped.append(process)

    def add(self, later: "Imported") -> None:
        """What became of the next part of the same file."""
        for ocid, became in later.became.items():
            self.mark(ocid, became)
        self.skipped += later.skipped
        self.claims += later.claims

    def counts(self) -> dict[str, Any]:
        """As the API gives them."""
        numbers = {name: getattr(self, name) for name in ("imported", "updated", "unchanged")}
        return {
            **numbers,
            "skipped": [asdict(one) for one in self.skipped],
            "claims": [asdict(one) for one in self.claims],
        }


async def source_of(session: AsyncSession, settings: Settings, actor: Actor, organisation_id: Id | None) -> Source:
    """The organisation that the caller imports for, as one of its editors."""
    chosen = service.acting_for(actor, organisation_id.lower() if organisation_id else None, "/query/organisation_id")
    organisation = await session.get_one(Organisation, chosen)
    try:
        check_commissioner(organisation.kinds, may_commission(organisation), settings.on_loopback)
    except Refusal:
        return Source(BroughtBy.ORGANISATION, actor, organisation.id)
    return Source(BroughtBy.ORGANISATION, actor, organisation.id, may_commission=True)


async def from_file(session: AsyncSession, content: bytes) -> dict[str, Any]:
    """The operator's import of a small file: the counts, as the API gives them."""
    return (await import_package(session, Source(BroughtBy.OPERATOR), content)).counts()


async def import_package(session: AsyncSession, by: Source, content: bytes, lines: bool = False) -> Imported:
    """Take in every process of the file, JSON Lines if `lines`. Reading and merging run in a thread, off the event loop."""
    now = await event_log.now(session)
    try:
        package = await asyncio.to_thread(ocds_read.read_package, content, now, lines)
    except ocds_read.Unreadable as error:
        raise NotReadable(str(error)) from None
    except ocds_read.NotOpenContracting as error:
        raise Invalid.at("", "not-ocds", str(error)) from None
    except ocds_read.TooLarge as error:
        raise Invalid.at("", "too-many", str(error)) from None
    # Two imports at the same time wait for each other: each process is counted once, and no release is lost.
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    processes = await _with_news(session, by, package)
    result = Imported(skipped=package.skipped)
    for ocid in package.processes:
        result.mark(ocid, Became.UNCHANGED)
    notices = await asyncio.to_thread(_notices, processes)
    added: list[tuple[Notice, list[RawRelease]]] = []
    for ocid, notice in notices.items():
        process = processes[ocid]
        if isinstance(notice, Skipped):
            result.skip(notice)
        elif process.call is None:
            result.mark(ocid, Became.IMPORTED)
            added.append((notice, process.new))
        elif await _take(session, by, process.call, notice, process.new, result):
            result.mark(ocid, Became.UPDATED)
    # Thousands of calls can be new in one file: their rows are inserted in bulk.
    for model, rows in await asyncio.to_thread(_rows, by, added, now):
        for start in range(0, len(rows), 500):
            await session.execute(insert(model), rows[start : start + 500])
    if by.organisation_id is not None:
        act = Act(session, by.actor, "organisation", by.organisation_id, for_organisation=by.organisation_id)
        await act.record(
            "notices_imported",
            imported=result.imported,
            updated=result.updated,
            unchanged=result.unchanged,
            skipped=len(result.skipped),
        )
    return result


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is known here, and as whom (if at all) it follows whoever brings the file."""

    id: Id
    ocid: str
    brought_by: BroughtBy
    owner: Id | None
    followed_as: BroughtBy | None
    kept_from: bool
    """Its owner takes bids here and speaks for it alone: another trusted source's releases are only kept."""
    complete: bool
    """Nothing more than a new release could change what is known here."""
    follows: frozenset[Id | None]
    """Whose releases the call follows: an organisation's, or those of its owner and (None) of other trusted sources."""


@dataclass(slots=True)
class _Process:
    """A process of the file that brings something new. `known` was brought before by the same source (by all trusted ones
    together); `base` is what its call follows, for a claim that only says what changed."""

    call: _Call | None
    new: list[RawRelease]
    known: list[RawRelease] = field(default_factory=list)
    base: list[RawRelease] = field(default_factory=list)

    @property
    def releases(self) -> list[RawRelease]:
        own = [*self.known, *self.new]
        trusted = self.call is not None and self.call.followed_as not in (None, BroughtBy.ORGANISATION)
        return own if trusted or any(one.is_whole for one in own) else [*self.base, *own]


async def _with_news(session: AsyncSession, by: Source, package: ocds_read.Package) -> dict[str, _Process]:
    """By ocid: the processes of which this source brings something that was not known from it."""
    calls = await _calls_here(session, by, list(package.processes))
    brought = await _digests(session, [call.id for call in calls.values()])
    found: dict[str, _Process] = {}
    for ocid, releases in package.processes.items():
        call = calls.get(ocid)
        if call is None:
            found[ocid] = _Process(None, releases)
            continue
        before = brought.get(call.id, {})
        known = {digest for digest, who in before.items() if who & _same_source(by, call)}
        new = [release for release in releases if release.sha256 not in known]
        if new or not call.complete:
            found[ocid] = _Process(call, new)
    by_id = {process.call.id: process for process in found.values() if process.call is not None}
    query = select(OcdsRelease.opportunity_id, OcdsRelease.organisation_id, OcdsRelease.raw)
    query = query.where(OcdsRelease.opportunity_id == any_(literal(list(by_id), ARRAY(IdType))))
    for id_, organisation_id, raw in await session.execute(query.order_by(OcdsRelease.id)):
        process = by_id[id_]
        assert process.call is not None
        release = ocds_read.release_from(process.call.ocid, raw)
        if organisation_id in _own(by, process.call):
            process.known.append(release)
        elif organisation_id in process.call.follows:
            process.base.append(release)
    return found


def _own(by: Source, call: _Call) -> set[Id | None]:
    """Whose releases make up what this source says of the call: its own, or those of all that are trusted."""
    trusted = call.followed_as not in (None, BroughtBy.ORGANISATION)
    return {None, call.owner} if trusted else {by.organisation_id}


def _same_source(by: Source, call: _Call) -> set[Id | None]:
    """Whose releases need not be kept again: to a call with a trusted source, nobody needs to bring the same once more."""
    own = _own(by, call)
    return own if call.brought_by is BroughtBy.ORGANISATION else own | call.follows


async def _calls_here(session: AsyncSession, by: Source, ocids: list[str]) -> dict[str, _Call]:
    claimed = select(NoticeClaim.id).where(
        NoticeClaim.opportunity_id == Opportunity.id, NoticeClaim.organisation_id == by.organisation_id
    )
    query = select(
        Opportunity.ocid,
        Opportunity.id,
        Opportunity.organisation_id,
        Opportunity.submission_route["kind"].astext,
        Opportunity.brought_by,
        Opportunity.brought_at,
        Opportunity.imported_by_organisation_id,
        claimed.exists(),
    ).where(Opportunity.ocid == any_(literal(ocids, ARRAY(Text))))
    found: dict[str, _Call] = {}
    for ocid, id_, owner, route, brought_by, brought_at, first, has_claim in await session.execute(query):
        kind = BroughtBy(brought_by)
        followed_as = by.followed_as(owner, kind, first)
        settled = brought_at is not None
        if kind is BroughtBy.ORGANISATION and by.organisation_id is not None:
            settled = has_claim and (settled or followed_as is None)
        found[ocid] = _Call(
            id=id_,
            ocid=ocid,
            brought_by=kind,
            owner=owner,
            followed_as=followed_as,
            kept_from=route == RouteKind.HERE and owner is not None and owner != by.organisation_id,
            complete=settled or (followed_as is None and kind is not BroughtBy.ORGANISATION),
            follows=frozenset({first} if kind is BroughtBy.ORGANISATION else {None, owner}),
        )
    return found


async def _digests(session: AsyncSession, ids: list[Id]) -> dict[Id, dict[bytes, set[Id | None]]]:
    """The hashes of the releases that each of these calls has already, and who brought them."""
    found: dict[Id, dict[bytes, set[Id | None]]] = {}
    query = select(OcdsRelease.opportunity_id, OcdsRelease.sha256, OcdsRelease.organisation_id).where(
        OcdsRelease.opportunity_id == any_(literal(ids, ARRAY(IdType)))
    )
    for id_, digest, organisation_id in await session.execute(query):
        found.setdefault(id_, {}).setdefault(digest, set()).add(organisation_id)
    return found


def _notices(processes: dict[str, _Process]) -> dict[str, Notice | Skipped]:
    found: dict[str, Notice | Skipped] = {}
    for ocid, process in processes.items():
        try:
            found[ocid] = ocds_in.notice_from(process.releases)
        except RecursionError:
            found[ocid] = Skipped(
                ocid, "Its releases are nested too deeply to be read.", process.new[0].at if process.new else ""
            )
    return found


async def _take(
    session: AsyncSession, by: Source, call: _Call, notice: Notice, new: list[RawRelease], result: Imported
) -> bool:
    """What becomes of a known call; whether it changed."""
    row = await queries.to_change(session, call.id)
    session.add_all(OcdsRelease(**release_row(row.id, by, one)) for one in new)
    if call.followed_as is not None and not call.kept_from:
        changed = await following.follow(session, by, row, notice, [one.release_id for one in new], call.followed_as)
        row.published_at = first_date(new, row.published_at)
        return changed or bool(new)
    if by.organisation_id is not None:
        claim = await following.claim(session, by.organisation_id, row, notice)
        before = await stored.load(session, row.id)
        if claims.differs(before, row.status, claim):
            result.claims.append(KeptClaim(call.ocid, row.id))
    return False


def _rows(
    by: Source, added: Sequence[tuple[Notice, list[RawRelease]]], now: datetime
) -> tuple[tuple[type[Base], list[dict[str, Any]]], ...]:
    """The rows of new processes, in the order in which they can be inserted."""
    calls: list[dict[str, Any]] = []
    lots: list[dict[str, Any]] = []
    releases: list[dict[str, Any]] = []
    claimed: list[dict[str, Any]] = []
    for notice, new in added:
        call, opportunity_id = call_after(notice, None), new_id()
        claim_id = new_id() if by.organisation_id is not None else None
        calls.append(
            {
                "id": opportunity_id,
                "ocid": call.ocid,
                "brought_by": by.kind.value,
                "brought_at": now,
                "imported_by_organisation_id": by.organisation_id,
                "claim_id": claim_id,
                **stored.columns(call),
                **following.of_notice(notice),
                "published_at": first_date(new),
            }
        )
        if claim_id is not None:
            claimed.append(following.claim_row(claim_id, opportunity_id, by.organisation_id, notice, call))
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
        releases += [release_row(opportunity_id, by, one) for one in new]
    return ((Opportunity, calls), (Lot, lots), (OcdsRelease, releases), (NoticeClaim, claimed))


def first_date(releases: Iterable[RawRelease], known: datetime | None = None) -> datetime | None:
    return min((at for at in (known, *(one.date for one in releases)) if at is not None), default=None)


def release_row(opportunity_id: Id, by: Source, release: RawRelease) -> dict[str, Any]:
    return {
        "id": new_id(),
        "opportunity_id": opportunity_id,
        "release_id": release.release_id,
        "sha256": release.sha256,
        "organisation_id": by.organisation_id,
        "publisher": by.publisher,
        "released_at": release.date,
        "raw": release.raw,
        "facts": {"tags": list(release.tags)},
    }
