"""From the bytes of an OCDS release, release package or record package, or of JSON Lines of them, to raw releases by process
(`ocid`).

Each release is cut out of the package in the very characters it came in: what Cobid stores is what was published,
numbers such as `1e9999`, the order of fields and undeclared fields included.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.calls.notices.json_spans import Span, TooMany, compact, decode, members, outer
from app.calls.notices.ocds_values import identity, instant, lies_ahead, texts

MAX_OCID = 200
_UPDATES = ("Update", "Amendment", "Cancellation", "Termination")
MAX_RELEASES = 50_000
"""In one list. Pages of real publishers hold a hundred; more tiny ones than this would fill the memory."""

Parsed = dict[str, Any]


class Unreadable(ValueError):
    """The bytes are not JSON (in UTF-8, by RFC 8259), or are nested too deeply."""


class NotOpenContracting(ValueError):
    """It is JSON, but no release, release package or record package."""


class TooLarge(ValueError):
    """It holds more releases than one import takes."""


@dataclass(frozen=True, slots=True)
class RawRelease:
    """One release. `sha256` covers its content without its spacing, so a repeated page brings nothing new."""

    ocid: str
    release_id: str
    date: datetime | None
    tags: tuple[str, ...]
    sha256: bytes
    raw: str
    data: Parsed
    at: str = field(default="", compare=False)
    """Where it stood in its file: a JSON Pointer, or 'line 7'."""

    @property
    def is_whole(self) -> bool:
        """Whether it is more than an update of earlier ones, by its tags."""
        return not self.tags or any(not tag.endswith(_UPDATES) for tag in self.tags)


@dataclass(frozen=True, slots=True)
class Skipped:
    """What could not be taken in: `ocid` is None where there was no usable one. `at` is its place in the file: a JSON
    Pointer (`/releases/412`), or `line 7` of JSON Lines."""

    ocid: str | None
    reason: str
    at: str = ""


@dataclass(slots=True)
class Package:
    """`processes` holds each process's releases in the order of the file, none twice."""

    now: datetime | None = None
    """The database's clock: a release that is dated ahead of it would outrank every later one. None lets it pass."""
    processes: dict[str, list[RawRelease]] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


def read_package(content: bytes, now: datetime | None = None, lines: bool = False) -> Package:
    """Every process in it, with `now` the database's clock. Raises Unreadable, NotOpenContracting or TooLarge with a sentence.

    `lines`: each line is a release, record or package of its own, and one that cannot be read is skipped.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not UTF-8 text: byte {error.start} cannot be read.") from None
    package = Package(now)
    try:
        if lines:
            _read_lines(package, text)
        else:
            _read_one(package, text, _Place())
    except TooMany:
        raise TooLarge(f"The file holds more than {MAX_RELEASES:,} releases. Send it in several parts.") from None
    return _each_once(package)


def _read_lines(package: Package, text: str) -> None:
    """Only the ends of lines that JSON Lines knows: other such characters may stand in a text."""
    begun, taken = 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        begun += 1
        if begun > MAX_RELEASES:
            raise TooMany
        try:
            _read_one(package, line.strip(), _Place(number))
            taken += 1
        except (Unreadable, NotOpenContracting) as error:
            package.skipped.append(Skipped(None, str(error), f"line {number}"))
    if begun and not taken:
        raise Unreadable(f"No line of the file can be read. {package.skipped[0].reason}")


def _read_one(package: Package, text: str, place: "_Place") -> None:
    try:
        parts = outer(text, MAX_RELEASES)
        if parts is None:
            raise NotOpenContracting(_WANTED)
        _read(package, text, parts, place)
    except RecursionError:
        raise Unreadable("The file is nested too deeply to be an OCDS file.") from None
    except json.JSONDecodeError as error:
        line = place.line or error.lineno
        raise Unreadable(f"The file is not valid JSON: {error.msg} (line {line}).") from None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where something stands in the file: in a line of JSON Lines, or at a JSON Pointer."""

    line: int = 0
    pointer: str = ""

    def __truediv__(self, step: str | int) -> "_Place":
        return _Place(self.line, f"{self.pointer}/{step}")

    def __str__(self) -> str:
        return f"line {self.line}" if self.line else self.pointer


def release_from(ocid: str, raw: str) -> RawRelease:
    """A release that was stored, as `read_package` read it when it came in."""
    data: Parsed = decode(raw)
    return _release(ocid, data, raw)


def _read(package: Package, text: str, parts: dict[str, Span], place: _Place) -> None:
    records, releases = parts.get("records"), parts.get("releases")
    whole = Span({name: part.value for name, part in parts.items()}, 0, len(text))
    if records is not None and isinstance(records.value, list):
        for index, record in enumerate(records.items):
            _take_record(package, text, record, place / "records" / index)
    if releases is not None and isinstance(releases.value, list):
        if "ocid" in parts:
            _take_record(package, text, whole, place)
        else:
            for index, release in enumerate(releases.items):
                _take(package, text, release, None, place / "releases" / index)
    elif {"compiledRelease", "versionedRelease"} & set(parts):
        _take_record(package, text, whole, place)
    elif "ocid" in parts or "tender" in parts:
        _take(package, text.strip(), Span(whole.value, 0, len(text.strip())), None, place)
    elif records is None or not isinstance(records.value, list):
        raise NotOpenContracting(_WANTED)


def _each_once(package: Package) -> Package:
    """Name each skipped process once, and none that has a usable release as well."""
    named: dict[str, Skipped] = {}
    nameless = [one for one in package.skipped if one.ocid is None]
    for one in package.skipped:
        if one.ocid is not None and one.ocid not in package.processes:
            named.setdefault(one.ocid, one)
    package.skipped = [*named.values(), *nameless]
    return package


def _take_record(package: Package, text: str, record: Span, place: _Place) -> None:
    """Take a record's embedded releases; where it only links to some or all of them, the compiled one as well."""
    if not isinstance(record.value, dict):
        package.skipped.append(Skipped(None, "A record is not an object.", str(place)))
        return
    parts = members(text, record.start, MAX_RELEASES)
    ocid = record.value.get("ocid")
    releases = parts["releases"].items if "releases" in parts else ()
    embedded = [(index, release) for index, release in enumerate(releases) if not _is_link(release.value)]
    for index, release in embedded:
        _take(package, text, release, ocid, place / "releases" / index)
    if embedded and len(embedded) == len(releases):
        return
    if isinstance(record.value.get("compiledRelease"), dict):
        _take(package, text, parts["compiledRelease"], ocid, place / "compiledRelease")
    elif isinstance(record.value.get("versionedRelease"), dict):
        latest = _latest(record.value["versionedRelease"])
        raw = compact(latest)
        _take(package, raw, Span(latest, 0, len(raw)), ocid, place / "versionedRelease")
    elif not embedded:
        reason = "The record only links to releases, and holds none."
        package.skipped.append(Skipped(usable_ocid(ocid), reason, str(place)))


def _take(package: Package, text: str, found: Span, ocid_of_record: Any, place: _Place) -> None:
    if not isinstance(found.value, dict):
        package.skipped.append(Skipped(None, "A release is not an object.", str(place)))
        return
    given = found.value.get("ocid")
    given = ocid_of_record if given is None else given
    ocid = usable_ocid(given)
    if ocid is None:
        package.skipped.append(Skipped(None, _NO_OCID if given in (None, "") else _BAD_OCID, str(place)))
    elif not any(found.value.get(part) for part in _PARTS):
        package.skipped.append(Skipped(ocid, _EMPTY, str(place)))
    elif package.now is not None and lies_ahead(found.value.get("date"), package.now):
        package.skipped.append(Skipped(ocid, _AHEAD, str(place)))
    else:
        release = _release(ocid, found.value, text[found.start : found.end], str(place))
        releases = package.processes.setdefault(ocid, [])
        if all(release.sha256 != known.sha256 for known in releases):
            releases.append(release)


def _release(ocid: str, data: Parsed, raw: str, at: str = "") -> RawRelease:
    digest = hashlib.sha256(compact(data).encode("utf-8", "surrogatepass")).digest()
    return RawRelease(
        ocid=ocid,
        release_id=identity(data.get("id"))[:500] or digest.hex(),
        date=instant(data.get("date")),
        tags=tuple(texts(data.get("tag"))),
        sha256=digest,
        raw=raw,
        data=data,
        at=at,
    )


_PARTS = ("tender", "planning", "awards", "contracts", "buyer", "parties", "title", "description", "bids")
_WANTED = (
    "This is not an OCDS release, release package or record package: it has neither 'releases' nor 'records', "
    "nor an 'ocid' of its own."
)
_EMPTY = "The release says nothing about a contract: no tender, no award, no buyer."
_AHEAD = "The release is dated ahead of this service's clock, so it cannot have been published yet."
_NO_OCID = "The release has no ocid, so nobody can tell which process it belongs to."
_BAD_OCID = f"The release's ocid is not a plain text of at most {MAX_OCID} characters."


def usable_ocid(found: Any) -> str | None:
    """The ocid without surrounding space, or None where it cannot name a process."""
    if not isinstance(found, str) or not 0 < len(found.strip()) <= MAX_OCID:
        return None
    return found.strip() if found.strip().isprintable() else None


def _is_link(release: Any) -> bool:
    """A linked release only says where the release can be found (`url`, `date`, `tag`)."""
    return isinstance(release, dict) and "url" in release and not any(part in release for part in _PARTS)


def _latest(versioned: Parsed) -> Parsed:
    """The compiled release that a versioned one amounts to. Its date and tags are those of the versions."""
    versions = sorted({(str(one["releaseDate"]), tag) for one in _versions(versioned) for tag in _tags(one)})
    dated = {"date": versions[-1][0], "tag": [tag for _, tag in versions]} if versions else {}
    return {**dated, **_newest(versioned)}


def _tags(version: Parsed) -> list[str]:
    return texts(version.get("releaseTag")) or ["compiled"]


def _versions(found: Any) -> Iterator[Parsed]:
    """Every version of every value: when it came, and by what kind of release."""
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        if isinstance(inner, dict) and {"releaseDate", "value"} <= set(inner):
            yield inner
        else:
            yield from _versions(inner)


def _newest(found: Any) -> Any:
    """The newest value of everything in a versioned release."""
    if isinstance(found, dict):
        return {key: _newest(value) for key, value in found.items()}
    if isinstance(found, list):
        if found and all(isinstance(item, dict) and {"releaseDate", "value"} <= set(item) for item in found):
            return found[-1]["value"]
        return [_newest(item) for item in found]
    return found
