"""A notice's own history: its releases as they came, what they compile to, and what each of them changed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.calls.notices import ocds_merge, ocds_read
from app.calls.notices.ocds_read import Parsed, RawRelease
from app.platform.access.ids import Id
from app.platform.db.reads import Reads

_RELEASES = """
SELECT o.ocid, r.raw, r.received_at, r.organisation_id = ANY($2::uuid[]) IS TRUE AS own,
       CASE WHEN o.brought_by = 'organisation' THEN r.organisation_id IS NOT DISTINCT FROM o.imported_by_organisation_id
            ELSE r.organisation_id IS NULL OR r.organisation_id = o.organisation_id END AS followed
FROM opportunities o JOIN ocds_releases r ON r.opportunity_id = o.id WHERE o.id = $1 ORDER BY r.id"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A release that was kept. `followed`: the call follows who brought it. `own`: an organisation of the reader brought it."""

    release: RawRelease
    received_at: datetime
    own: bool
    followed: bool


async def kept(reads: Reads, opportunity_id: Id, organisations: Sequence[Id]) -> list[Kept]:
    """The releases that the call follows, and those that the reader's own organisations brought; each content once."""
    found: dict[bytes, Kept] = {}
    for row in await reads.all(_RELEASES, opportunity_id, list(organisations)):
        if not (row["followed"] or row["own"]):
            continue
        release = ocds_read.release_from(row["ocid"], row["raw"])
        known = found.get(release.sha256)
        if known is None or (row["followed"] and not known.followed):
            found[release.sha256] = Kept(release, row["received_at"], row["own"], row["followed"])
    return list(found.values())


def package(ocid: str, releases: Sequence[Kept], published: str) -> str:
    """An OCDS record package of one record, oldest first. It compiles what the call follows."""
    ordered = ocds_merge.in_order([one.release for one in releases])
    followed = [one.release for one in releases if one.followed]
    compiled = {"ocid": ocid, "id": followed[-1].release_id, "tag": ["compiled"], **_dated(followed)}
    record = f'{{"ocid":{_text(ocid)},"releases":[{",".join(one.raw for one in ordered)}],"compiledRelease":'
    record += _text(
        compiled | {name: part for name, part in ocds_merge.merge(followed).items() if name not in compiled}
    )
    return f'{{"version":"1.1","publishedDate":{_text(published)},"records":[{record}}}]}}'


def _dated(releases: Sequence[RawRelease]) -> Parsed:
    newest = ocds_merge.in_order(releases)[-1].date
    return {"date": newest.isoformat()} if newest else {}


def history(releases: Sequence[Kept]) -> str:
    """What each release changed, oldest first: what the call follows by itself, and beside it what the reader brought."""
    by_hash = {one.release.sha256: one for one in releases}
    followed = [one.release for one in releases if one.followed]
    own = [one.release for one in releases if not one.followed]
    base = [] if any(one.is_whole for one in own) else followed
    told = [*_told(followed, []), *_told(own, base)]
    order = {one.sha256: at for at, one in enumerate(ocds_merge.in_order([one.release for one in releases]))}
    items = [
        {
            "release_id": release.release_id,
            "date": release.date.isoformat() if release.date else None,
            "tags": list(release.tags),
            "received_at": _received(by_hash[release.sha256]),
            "own": by_hash[release.sha256].own,
            "changes": changes,
        }
        for release, changes in sorted(told, key=lambda one: order[one[0].sha256])
    ]
    return f'{{"items":{_text(items)}}}'


def _received(one: Kept) -> str:
    """Of what another organisation brought, only the day is told."""
    return one.received_at.isoformat() if one.own else one.received_at.date().isoformat()


def _told(releases: Sequence[RawRelease], base: Sequence[RawRelease]) -> Iterator[tuple[RawRelease, list[Parsed]]]:
    """What each of these releases changed of what they and `base` said before it."""
    mine, before = {one.sha256 for one in releases}, Parsed()
    ordered = ocds_merge.in_order([*base, *releases]) if releases else []
    for release, compiled in zip(ordered, ocds_merge.steps(ordered), strict=True):
        after = _bare(compiled)
        if release.sha256 in mine:
            yield release, list(differences(before, after))
        before = after


def _bare(compiled: Parsed) -> Parsed:
    return {name: part for name, part in compiled.items() if name not in ("id", "date", "tag", "ocid")}


def differences(was: Any, now: Any, pointer: str = "") -> Iterator[Parsed]:
    """Each value that differs, by its JSON Pointer. Items of lists are the same where their ids are."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in [*now, *(name for name in was if name not in now)]:
            step = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from differences(was.get(name), now.get(name), step)
    elif (before := _by_id(was)) is not None and (after := _by_id(now)) is not None:
        for at, (id_, item) in enumerate(after.items()):
            yield from differences(before.get(id_), item, f"{pointer}/{at}")
        for at, (id_, item) in enumerate(before.items()):
            if id_ not in after:
                yield {"pointer": f"{pointer}/{at}", "was": item, "now": None}
    elif was != now:
        yield {"pointer": pointer, "was": was, "now": now}


def _by_id(found: Any) -> dict[str, Any] | None:
    """The items of a list by their ids; None where it is none, or has items without one."""
    if not isinstance(found, list) or not all(isinstance(item, dict) and item.get("id") is not None for item in found):
        return None
    return {str(item["id"]): item for item in found}


def _text(value: Any) -> str:
    """JSON in which a number keeps every digit that it came with."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(name))}:{_text(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
