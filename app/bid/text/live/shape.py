"""The shape of a document: which struct lies in which list. With it, an update that does not fit is never applied.

A struct names its neighbours (`origin`, `right`), and the CRDT library believes that they lie in one list. When they did
not, fuzzing made it read freed memory and climb a chain of parents without end: nothing that a `try` could catch. So for
every id its list is known here, as runs of clocks; a client that types in one paragraph makes one run.

A list is the children of a node or text (`sub` is None) or the values of one attribute of a node (`sub` is its name).
"""

from bisect import bisect_right
from collections.abc import Iterator

from app.bid.text.live import updates
from app.bid.text.live.updates import (
    DELETED,
    ELEMENT,
    GONE,
    MAX_CLOCK,
    RUN,
    TEXT,
    VALUE,
    ParsedUpdate,
    StateVector,
    Struct,
    YjsId,
)
from app.platform.richtext.lib0 import ByteReader, Malformed, write_block, write_uint

ListKey = tuple[YjsId | None, str | None]
"""What a list belongs to: the parent's id (None: the root) and the attribute's name."""

_BELONGS = {ELEMENT: frozenset({ELEMENT, TEXT}), TEXT: frozenset({RUN}), VALUE: frozenset({VALUE, RUN})}
"""What may lie in the list of a node's (or the root's) children, of a text's runs, of an attribute's values."""
_HALVED = "half of a character is named"
_NOWHERE = 0
"""The number of the list of everything that was deleted with its parent, so that nobody knows where it lay."""


class _Runs:
    """The lists of one client's clocks: those from each of `starts` on lie in the list whose number is in `lists`."""

    __slots__ = ("lists", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.lists: list[int] = []

    def add(self, clock: int, number: int) -> None:
        if not self.lists or self.lists[-1] != number:
            self.starts.append(clock)
            self.lists.append(number)

    def at(self, clock: int) -> int:
        return self.lists[bisect_right(self.starts, clock) - 1]


class Shape:
    """Grows with each update that is admitted. `ends` is the document's state vector.

    Each list has a number; `_lists` and `_kinds` say for a number what the list belongs to, and what kind of thing that
    is. `_types` holds the nodes and texts, `_deleted` the ranges of deleted nodes.
    """

    def __init__(self) -> None:
        self.ends: StateVector = {}
        self._runs: dict[int, _Runs] = {}
        self._lists: list[ListKey | None] = [None]
        self._numbers: dict[ListKey, int] = {}
        self._kinds: list[int] = [GONE]
        self._types: dict[YjsId, int] = {}
        self._deleted: dict[int, list[tuple[int, int]]] = {}
        self.pairs: set[YjsId] = set()
        """The first halves of characters that Yjs counts as two. The CRDT library miscounts when one is cut."""

    def admit(self, update: ParsedUpdate) -> bool:
        """Takes the update in; False (and nothing is changed) if it builds on something that is not here.

        Raises `Malformed` (and nothing is changed) if it does not fit.
        """
        admission = _Admission(self, update)
        if not admission.resolve():
            return False
        admission.keep()
        return True

    def number_of(self, key: ListKey, kind: int) -> int:
        """The number of a list, which is given one if it has none yet."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self._lists)
            self._lists.append(key)
            self._kinds.append(kind)
        return found

    def kind(self, number: int) -> int:
        """What the list with this number belongs to: a node, a text, or an attribute (`VALUE`)."""
        return self._kinds[number]

    def known_number(self, key: ListKey) -> int | None:
        return self._numbers.get(key)

    def list_at(self, client: int, clock: int) -> int:
        """The number of the list of an id that is held."""
        return self._runs[client].at(clock)

    def type_at(self, at: YjsId) -> int | None:
        """`ELEMENT` or `TEXT` where a node or a text has this id."""
        return self._types.get(at)

    def grow(self, client: int, clock: int, after: int, number: int, kind: int) -> None:
        """Adds the clocks from `clock` up to `after`, which lie in the list with this number."""
        runs = self._runs.get(client)
        if runs is None:
            runs = self._runs[client] = _Runs()
        runs.add(clock, number)
        self.ends[client] = after
        if kind in (ELEMENT, TEXT):
            self._types[client, clock] = kind
        elif kind == DELETED and number != _NOWHERE and self._kinds[number] == ELEMENT:
            self._deleted.setdefault(client, []).append((clock, after))

    def was_deleted(self, at: YjsId) -> bool:
        """Whether it came as deleted in a list of nodes, so that nobody knows any more what it was."""
        ranges = self._deleted.get(at[0], [])
        place = bisect_right(ranges, (at[1], MAX_CLOCK)) - 1
        return place >= 0 and ranges[place][0] <= at[1] < ranges[place][1]

    # A shape is stored with its snapshot, since reading all structs takes longer than loading them.

    def to_bytes(self) -> bytes:
        parts = [write_uint(len(self._lists) - 1)]
        for key in self._lists[1:]:
            assert key is not None
            parent, sub = key
            parts.append(write_uint(self._kinds[self._numbers[key]]))
            parts.append(b"\x00" if parent is None else b"\x01" + write_uint(parent[0]) + write_uint(parent[1]))
            parts.append(b"\x00" if sub is None else b"\x01" + write_block(sub.encode()))
        parts.append(write_uint(len(self._types)))
        for (client, clock), kind in self._types.items():
            parts += (write_uint(client), write_uint(clock), write_uint(kind))
        parts.append(write_uint(len(self._deleted)))
        for client, ranges in self._deleted.items():
            parts += (
                write_uint(client),
                write_uint(len(ranges)),
                *(write_uint(first) + write_uint(after) for first, after in ranges),
            )
        parts.append(write_uint(len(self.pairs)))
        for client, clock in self.pairs:
            parts += (write_uint(client), write_uint(clock))
        parts.append(write_uint(len(self._runs)))
        for client, runs in self._runs.items():
            parts += (write_uint(client), write_uint(self.ends[client]), write_uint(len(runs.starts)))
            before = 0
            for start, number in zip(runs.starts, runs.lists, strict=True):
                parts += (write_uint(start - before), write_uint(number))
                before = start
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Shape":
        """Reads what `to_bytes` wrote. Raises `Malformed`."""
        shape, r = cls(), ByteReader(data)
        for _ in range(r.count()):
            kind = r.uint()
            parent = (r.uint(), r.uint()) if r.byte() else None
            shape.number_of((parent, r.string() if r.byte() else None), kind)
        for _ in range(r.count()):
            at = (r.uint(), r.uint())
            shape._types[at] = r.uint()
        for _ in range(r.count()):
            client = r.uint()
            shape._deleted[client] = [(r.uint(), r.uint()) for _ in range(r.count())]
        shape.pairs = {(r.uint(), r.uint()) for _ in range(r.count())}
        for _ in range(r.count()):
            client = r.uint()
            shape.ends[client] = r.uint()
            runs = shape._runs[client] = _Runs()
            start = 0
            for _ in range(r.count()):
                start += r.uint()
                runs.starts.append(start)
                runs.lists.append(r.uint())
        return shape

    @classmethod
    def of(cls, update: bytes) -> "Shape":
        """The shape of a whole document, from its one update. Raises `Malformed`."""
        shape = cls()
        if not shape.admit(updates.read(update)):
            raise Malformed("the document is not whole")
        return shape


class _Admission:
    """One update on its way in: what it adds is seen by its own structs, and by nothing else until it is kept.

    Lists that the shape does not have yet get negative numbers here.
    """

    def __init__(self, shape: Shape, update: ParsedUpdate) -> None:
        self._shape = shape
        self._deletes = update.deletes
        self._ends: StateVector = {}
        self._new_lists: dict[int, tuple[ListKey, int]] = {}
        self._numbers: dict[ListKey, int] = {}
        self._types: dict[YjsId, int] = {}
        self._pairs: set[YjsId] = set()
        self._grown: list[tuple[int, int, int, int, int]] = []
        self._waiting: dict[int, Iterator[Struct]] = {
            client: iter(structs)
            for client, structs in update.structs.items()
            if structs[-1].clock + structs[-1].length > shape.ends.get(client, 0)
        }
        self._heads: dict[int, Struct] = {}
        self._runs: dict[int, _Runs] = {}

    def resolve(self) -> bool:
        """Places each struct after those that it names, whatever order they come in; False if one is missing."""
        moved = True
        while moved and self._waiting:
            moved = False
            for client in list(self._waiting):
                moved |= self._advance(client)
        if self._waiting:
            return False
        for client, first, after in self._deletes:
            if after > self._end(client):
                return False
            if self._is_pair(client, first - 1) or self._is_pair(client, after - 1):
                raise Malformed(_HALVED)
        return True

    def keep(self) -> None:
        self._shape.pairs |= self._pairs
        for client, clock, after, number, kind in self._grown:
            if number < 0:
                number = self._shape.number_of(*self._new_lists[number])
            self._shape.grow(client, clock, after, number, kind)

    def _end(self, client: int) -> int:
        end = self._ends.get(client)
        return self._shape.ends.get(client, 0) if end is None else end

    def _advance(self, client: int) -> bool:
        """Places this client's structs up to the first that must wait; whether it placed any."""
        moved = False
        waiting = self._waiting[client]
        while True:
            struct = self._heads.get(client) or next(waiting, None)
            if struct is None:
                del self._waiting[client]
                return True
            held = self._end(client)
            after = struct.clock + struct.length
            if after > held:
                if struct.clock > held or not self._has_all(struct):
                    self._heads[client] = struct
                    return moved
                self._place(client, struct, held, after)
            self._heads.pop(client, None)
            moved = True

    def _has_all(self, struct: Struct) -> bool:
        return all(at is None or at[1] < self._end(at[0]) for at in (struct.origin, struct.right, struct.parent))

    def _place(self, client: int, struct: Struct, held: int, after: int) -> None:
        number = _NOWHERE if struct.kind == GONE else self._list_of(struct)
        if number != _NOWHERE and struct.kind not in (GONE, DELETED):
            kind = self._new_lists[number][1] if number < 0 else self._shape.kind(number)
            if struct.kind not in _BELONGS[kind]:
                raise Malformed("it stands where nothing of its kind can stand")
        if held > struct.clock and self._list_at((client, held - 1)) != number:
            raise Malformed("it continues something elsewhere")
        for clock in struct.pairs():
            if clock + 1 == held:
                raise Malformed(_HALVED)
            if clock >= held:
                self._pairs.add((client, clock))
        self._ends[client] = after
        runs = self._runs.get(client)
        if runs is None:
            runs = self._runs[client] = _Runs()
        runs.add(held, number)
        if struct.kind in (ELEMENT, TEXT):
            self._types[client, struct.clock] = struct.kind
        self._grown.append((client, held, after, number, struct.kind))

    def _list_of(self, struct: Struct) -> int:
        origin, right = struct.origin, struct.right
        if origin is None and right is None:
            return self._list_by_parent(struct)
        if (origin and self._is_pair(*origin)) or (right and self._is_pair(right[0], right[1] - 1)):
            raise Malformed(_HALVED)
        left_list = self._list_at(origin) if origin is not None else None
        right_list = self._list_at(right) if right is not None else left_list
        if left_list is None:
            left_list = right_list
        assert left_list is not None and right_list is not None
        if left_list != right_list:
            raise Malformed("its neighbours are not neighbours")
        return left_list

    def _list_by_parent(self, struct: Struct) -> int:
        """The number of the list that the struct's parent and attribute name. The root and texts have no attributes."""
        parent, kind = struct.parent, ELEMENT
        if parent is not None:
            found = self._types.get(parent) or self._shape.type_at(parent)
            if found is None:
                if self._list_at(parent) == _NOWHERE or self._shape.was_deleted(parent):
                    return _NOWHERE  # somebody who was offline wrote in a node that is gone
                raise Malformed("its parent cannot have children")
            kind = found
        if struct.sub is not None:
            if parent is None or kind != ELEMENT:
                raise Malformed("attributes where there are none")
            kind = VALUE
        key = (parent, struct.sub)
        known = self._shape.known_number(key)
        if known is not None:
            return known
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = -1 - len(self._numbers)
            self._new_lists[number] = key, kind
        return number

    def _is_pair(self, client: int, clock: int) -> bool:
        return (client, clock) in self._shape.pairs or (client, clock) in self._pairs

    def _list_at(self, at: YjsId) -> int:
        client, clock = at
        if clock < self._shape.ends.get(client, 0):
            return self._shape.list_at(client, clock)
        return self._runs[client].at(clock)
