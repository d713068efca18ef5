"""Cursors of the feed. They hold transaction numbers of the whole database, so they are sealed."""

import struct
import uuid

from app.commissioning.inbox.feed import NOWHERE, Cursor, Mark
from app.platform.access.ids import Id
from app.platform.db.sealing import Seal
from app.platform.web import paging

_LAYOUT = struct.Struct("!5q16s")
_OPERATION = "list_submissions"
BEGINNING = paging.encode(0, 0, -1, -1, -1, NOWHERE)
"""For a reader whose organisations have no call: whenever they have one, everything is still to come."""


def write(cursor: Cursor, seal: Seal, organisation_ids: list[Id]) -> str:
    until = cursor.until or Mark(-1, -1)
    numbers = (cursor.since.xact, cursor.since.micros, until.xact, until.micros, cursor.after_xact)
    content = _LAYOUT.pack(*numbers, uuid.UUID(cursor.after_id).bytes)
    return seal.close(content, _OPERATION, *sorted(organisation_ids))


def read(text: str | None, seal: Seal, organisation_ids: list[Id]) -> Cursor:
    """The cursor that `write` gave to these organisations, or one from before cursors were sealed; else 422."""
    if text is None:
        return Cursor()
    opened = seal.open(text, _OPERATION, *sorted(organisation_ids))
    if opened is None or len(opened) != _LAYOUT.size:
        return _from_before(text, seal.plain_until)
    *numbers, last = _LAYOUT.unpack(opened)
    return _cursor(numbers, str(uuid.UUID(bytes=last)))


def _from_before(text: str, newest: int) -> Cursor:
    """A plain cursor. Anybody can write one, so whatever it says of later transactions counts for nothing: it must not
    tell its writer where the database's numbers stand. What it loses by that comes once more."""
    key = paging.decode(text, *[lambda part: paging.is_number(part, -1)] * 5, paging.is_key)
    if key is None:
        return Cursor()
    *numbers, last = key
    cursor = _cursor(numbers, last)
    if max(cursor.since.xact, cursor.until.xact if cursor.until else 0, cursor.after_xact) <= newest:
        return cursor
    return Cursor(since=Mark(min(cursor.since.xact, newest), cursor.since.micros))


def _cursor(numbers: list[int], last: Id) -> Cursor:
    until = Mark(numbers[2], numbers[3]) if numbers[2] >= 0 else None
    return Cursor(Mark(numbers[0], numbers[1]), until, numbers[4], last)
