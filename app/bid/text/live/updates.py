"""Yjs updates (version 1) read strictly, before the CRDT library sees them.

The library trusts its input: a count of 2^28 made it take 518 MB, an impossible clock made it panic. So whatever it is
given has been read here to the last byte, in the format that `yjs/src/utils/encoding.js` and `structs/` write: counts
and lengths are covered by bytes that are there, numbers are in range, and nothing occurs but what rich text is made of.
Whether an update fits the document is judged in `shape`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.platform.richtext.complexity import Complexity
from app.platform.richtext.lib0 import ByteReader, Malformed

MAX_CLOCK = 2**31 - 1
"""Clocks are 32-bit in yrs; no section gets near."""
MAX_NESTING = 16
"""Depth of a value (an attribute of a node or a mark). Deeper ones could overflow a native stack."""

_GC, _DELETED, _JSON, _STRING, _FORMAT, _TYPE, _ANY, _SKIP = 0, 1, 2, 4, 6, 7, 8, 10
_XML_ELEMENT, _XML_TEXT = 3, 6
_ORIGIN, _RIGHT_ORIGIN, _PARENT_SUB = 0x80, 0x40, 0x20

StateVector = dict[int, int]
"""For each Yjs client, how many of its clock values a document holds."""
YjsId = tuple[int, int]
"""The id of a struct, or of one character in it: Yjs client and clock."""


class Struct(NamedTuple):
    """`length` clock values from `clock` on. `kind`: one of `GONE`, `DELETED`, `ELEMENT`, `TEXT`, `RUN`, `VALUE`.

    `origin` and `right` are its neighbours when it was written. A struct without either names its `parent` (None: the
    root), and `sub` if it is a value of an attribute: the attribute's name. `text` holds the characters of a run.
    """

    clock: int
    length: int
    kind: int
    origin: YjsId | None
    right: YjsId | None
    parent: YjsId | None
    sub: str | None
    text: str | None

    def pairs(self) -> Iterator[int]:
        """The clocks of the first halves of characters that are two UTF-16 units, which is what Yjs counts."""
        if self.text is not None and not self.text.isascii():
            clock = self.clock
            for character in self.text:
                if character > "\uffff":
                    yield clock
                    clock += 1
                clock += 1


GONE, DELETED, ELEMENT, TEXT, RUN, VALUE = range(6)
"""Deleted together with its parent; deleted; a node; a text; characters or a mark in a text; a value of an attribute."""


@dataclass(frozen=True, slots=True)
class ParsedUpdate:
    """The structs of each client, in the order of their clocks and without gaps, and what is deleted.

    `deletes` holds ranges: (client, first clock, clock after the last).
    """

    structs: dict[int, list[Struct]]
    deletes: list[tuple[int, int, int]]

    @property
    def empty(self) -> bool:
        return not self.structs and not self.deletes

    @property
    def parts(self) -> Complexity:
        """The most blocks and runs that a text can have more with this update. Plain typing adds none."""
        blocks = runs = 0
        for structs in self.structs.values():
            for struct in structs:
                blocks += struct.kind == ELEMENT
                runs += struct.kind in (ELEMENT, TEXT) or (struct.kind == RUN and struct.text is None)
        return Complexity(blocks, runs)


def read(update: bytes) -> ParsedUpdate:
    """Reads the whole update. Raises `Malformed`."""
    r = ByteReader(update)
    structs: dict[int, list[Struct]] = {}
    for _ in range(r.count()):
        number = r.count()
        client = r.uint()
        clock = r.uint()
        if client in structs or not number:
            raise Malformed("a client occurs twice, or without anything")
        run = structs[client] = []
        for _ in range(number):
            struct = _struct(r, client, clock)
            run.append(struct)
            clock += struct.length
            if clock > MAX_CLOCK:
                raise Malformed("a clock is too large")
    deletes = _deletions(r)
    if r.left():
        raise Malformed("something follows the end")
    return ParsedUpdate(structs, deletes)


def read_state_vector(data: bytes) -> StateVector:
    """Reads a state vector. Raises `Malformed`."""
    r = ByteReader(data)
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


def _struct(r: ByteReader, client: int, clock: int) -> Struct:
    """Reads the struct at `clock`."""
    info = r.byte()
    kind = info & 0x1F
    if kind == _GC:
        if info:
            raise Malformed("a struct of an unknown kind")
        return Struct(clock, _length(r), GONE, None, None, None, None, None)
    if kind == _SKIP:
        raise Malformed("a gap is announced")
    origin = (r.uint(), r.uint()) if info & _ORIGIN else None
    right = (r.uint(), r.uint()) if info & _RIGHT_ORIGIN else None
    parent = sub = None
    if origin is None and right is None:
        parent = _parent(r)
        if info & _PARENT_SUB:
            sub = r.string()
    for named in (origin, right, parent):
        if named is not None and named[0] == client and named[1] >= clock:
            raise Malformed("a struct builds on itself")
    if origin is not None and origin == right:
        raise Malformed("a struct stands between something and itself")
    if kind == _STRING:
        text = _text(r)
        length = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
        return Struct(clock, length, RUN, origin, right, parent, sub, text)
    meaning, length = _content(r, kind)
    return Struct(clock, length, meaning, origin, right, parent, sub, None)


def _text(r: ByteReader) -> str:
    text = r.string()
    if not text:
        raise Malformed("an empty text")
    return text


def _length(r: ByteReader) -> int:
    length = r.uint()
    if not 0 < length <= MAX_CLOCK:
        raise Malformed("a length is out of range")
    return length


def _parent(r: ByteReader) -> YjsId | None:
    named = r.uint()
    if named == 1:
        if r.string() != "default":
            raise Malformed("it writes outside the text")
        return None
    if named:
        raise Malformed("a parent of an unknown kind")
    return r.uint(), r.uint()


def _content(r: ByteReader, kind: int) -> tuple[int, int]:
    """Reads the content of a struct that is no text; answers its kind and how many clock values it takes."""
    if kind == _DELETED:
        return DELETED, _length(r)
    if kind in (_ANY, _JSON):
        return VALUE, _skip_values(r, kind)
    if kind == _FORMAT:
        r.string()
        _check_json(r.string())
        return RUN, 1
    if kind == _TYPE:
        shape = r.uint()
        if shape == _XML_TEXT:
            return TEXT, 1
        if shape == _XML_ELEMENT:
            r.string()
            return ELEMENT, 1
        raise Malformed("a shared type that rich text does not use")
    raise Malformed("a content that rich text does not use")


def _skip_values(r: ByteReader, kind: int) -> int:
    """Skips a list of values; answers how many there were."""
    values = r.count()
    if not values:
        raise Malformed("an empty list of values")
    for _ in range(values):
        if kind == _ANY:
            _skip_any(r, 0)
        else:
            text = r.string()
            if text != "undefined":
                _check_json(text)
    return values


def _check_json(text: str) -> None:
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


def _skip_any(r: ByteReader, depth: int) -> None:
    """Skips one of lib0's `any` values."""
    if depth > MAX_NESTING:
        raise Malformed("a value is nested too deeply")
    tag = r.byte()
    if tag in (127, 126, 121, 120):  # undefined, null, false, true
        return
    if tag == 125:  # integer
        r.skip_sint()
    elif tag == 124:  # float32
        r.skip(4)
    elif tag in (123, 122):  # float64, bigint
        r.skip(8)
    elif tag == 119:
        r.string()
    elif tag == 118:
        for _ in range(r.count()):
            r.string()
            _skip_any(r, depth + 1)
    elif tag == 117:
        for _ in range(r.count()):
            _skip_any(r, depth + 1)
    elif tag == 116:
        r.bytes()
    else:
        raise Malformed("a value of an unknown kind")


def _deletions(r: ByteReader) -> list[tuple[int, int, int]]:
    deletes = []
    for _ in range(r.count()):
        client = r.uint()
        for _ in range(r.count()):
            first = r.uint()
            after = first + _length(r)
            if after > MAX_CLOCK:
                raise Malformed("a clock is too large")
            deletes.append((client, first, after))
    return deletes
