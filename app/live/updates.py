"""Yjs updates (version 1) read strictly, before the CRDT library sees them.

The library trusts its input: a count of 2^28 made it take 518 MB, an impossible clock made it panic. So what is
handed to it has been read to the last byte here, by Yjs' format as `yjs/src/utils/encoding.js` and `structs/` write
it: counts and lengths are covered by bytes that are there, numbers are in range, and only what rich text is made of
occurs. What the update builds on is told too, so that one that waits for others is never applied.
"""

import json
from dataclasses import dataclass

from app.live.varint import Malformed, Reader

MAX_CLOCK = 2**31 - 1
"""Clocks are 32-bit in yrs; no section gets near."""
MAX_NESTING = 16
"""Depth of a value (an attribute of a node or a mark). Deeper ones could overflow a native stack."""

_GC, _DELETED, _JSON, _STRING, _FORMAT, _TYPE, _ANY, _SKIP = 0, 1, 2, 4, 6, 7, 8, 10
_XML_ELEMENT, _XML_TEXT = 3, 6
_ORIGIN, _RIGHT_ORIGIN, _PARENT_SUB = 0x80, 0x40, 0x20

State = dict[int, int]
"""A state vector: for each Yjs client, the number of its clock values that are held."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an update brings and needs.

    `runs`: (client, first clock, clock after the last) of its structs; at most one for each client.
    `needs`: for each client the clocks that must be held once it is applied.
    `deletes`: whether it has deletions.
    """

    runs: tuple[tuple[int, int, int], ...]
    needs: dict[int, int]
    deletes: bool

    @property
    def empty(self) -> bool:
        return not self.runs and not self.deletes

    def missing_from(self, state: State) -> bool:
        """Whether it builds on something that is neither in `state` nor in itself."""
        ends = {client: end for client, _, end in self.runs}
        for client, first, _ in self.runs:
            if first > state.get(client, 0):
                return True
        return any(clock > state.get(client, 0) and clock > ends.get(client, 0) for client, clock in self.needs.items())


def read(update: bytes) -> Read:
    """Reads the whole update. Raises `Malformed`."""
    r = Reader(update)
    needs: dict[int, int] = {}
    runs = []
    seen = set()
    for _ in range(r.count()):
        structs = r.count()
        client = r.uint()
        first = clock = r.uint()
        if client in seen:
            raise Malformed("a client occurs twice")
        seen.add(client)
        for _ in range(structs):
            clock = _struct(r, client, clock, needs)
            if clock > MAX_CLOCK:
                raise Malformed("a clock is too large")
        if structs:
            runs.append((client, first, clock))
    deletes = _deletions(r, needs)
    if r.left():
        raise Malformed("something follows the end")
    return Read(tuple(runs), needs, deletes)


def read_state(data: bytes) -> State:
    """Reads a state vector. Raises `Malformed`."""
    r = Reader(data)
    state = {}
    for _ in range(r.count()):
        client = r.uint()
        clock = r.uint()
        if clock > MAX_CLOCK:
            raise Malformed("a clock is too large")
        state[client] = clock
    if r.left():
        raise Malformed("something follows the end")
    return state


def _struct(r: Reader, client: int, clock: int, needs: dict[int, int]) -> int:
    """Reads one struct at `clock`; answers the clock after it."""
    info = r.byte()
    kind = info & 0x1F
    if kind == _GC:
        if info:
            raise Malformed("a struct of an unknown kind")
        return clock + _length(r)
    if kind == _SKIP:
        raise Malformed("a gap is announced")
    if info & _ORIGIN:
        _need(r, client, clock, needs)
    if info & _RIGHT_ORIGIN:
        _need(r, client, clock, needs)
    if not info & (_ORIGIN | _RIGHT_ORIGIN):
        _parent(r, client, clock, needs)
        if info & _PARENT_SUB:
            r.string()
    return clock + _content(r, kind)


def _length(r: Reader) -> int:
    length = r.uint()
    if not 0 < length <= MAX_CLOCK:
        raise Malformed("a length is out of range")
    return length


def _need(r: Reader, client: int, clock: int, needs: dict[int, int]) -> None:
    other = r.uint()
    at = r.uint()
    if other == client and at >= clock:
        raise Malformed("a struct builds on itself")
    if at >= MAX_CLOCK:
        raise Malformed("a clock is too large")
    if at >= needs.get(other, 0):
        needs[other] = at + 1


def _parent(r: Reader, client: int, clock: int, needs: dict[int, int]) -> None:
    named = r.uint()
    if named == 1:
        if r.string() != "default":
            raise Malformed("it writes outside the text")
    elif named == 0:
        _need(r, client, clock, needs)
    else:
        raise Malformed("a parent of an unknown kind")


def _content(r: Reader, kind: int) -> int:
    """Reads a struct's content; answers how many clock values it takes."""
    if kind == _STRING:
        text = r.string()
        if not text:
            raise Malformed("an empty text")
        return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    if kind == _DELETED:
        return _length(r)
    if kind in (_ANY, _JSON):
        return _values(r, kind)
    if kind == _FORMAT:
        r.string()
        _json(r.string())
    elif kind == _TYPE:
        _shared_type(r)
    else:
        raise Malformed("a content that rich text does not use")
    return 1


def _shared_type(r: Reader) -> None:
    shape = r.uint()
    if shape == _XML_ELEMENT:
        r.string()
    elif shape != _XML_TEXT:
        raise Malformed("a shared type that rich text does not use")


def _values(r: Reader, kind: int) -> int:
    values = r.count()
    if not values:
        raise Malformed("an empty list of values")
    for _ in range(values):
        if kind == _ANY:
            _any(r, 0)
        else:
            text = r.string()
            if text != "undefined":
                _json(text)
    return values


def _json(text: str) -> None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("a value is not JSON") from None
    if text.count("[") + text.count("{") > MAX_NESTING and _depth(value) > MAX_NESTING:
        raise Malformed("a value is nested too deeply")


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _any(r: Reader, depth: int) -> None:
    """Passes over one of lib0's `any` values."""
    if depth > MAX_NESTING:
        raise Malformed("a value is nested too deeply")
    tag = r.byte()
    if tag in (127, 126, 121, 120):  # undefined, null, false, true
        return
    if tag == 125:  # integer
        r.sint()
    elif tag == 124:  # float32
        r.skip(4)
    elif tag in (123, 122):  # float64, bigint
        r.skip(8)
    elif tag == 119:
        r.string()
    elif tag == 118:
        for _ in range(r.count()):
            r.string()
            _any(r, depth + 1)
    elif tag == 117:
        for _ in range(r.count()):
            _any(r, depth + 1)
    elif tag == 116:
        r.bytes()
    else:
        raise Malformed("a value of an unknown kind")


def _deletions(r: Reader, needs: dict[int, int]) -> bool:
    clients = r.count()
    for _ in range(clients):
        client = r.uint()
        ranges = r.count()
        for _ in range(ranges):
            first = r.uint()
            after = first + _length(r)
            if after > MAX_CLOCK:
                raise Malformed("a clock is too large")
            if after > needs.get(client, 0):
                needs[client] = after
    return clients > 0
