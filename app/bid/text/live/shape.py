"""Which place of a document lies in which list: kept so that an update that does not fit is never applied.

A struct names its neighbours (`origin`, `right`), and the CRDT library believes that they stand in one list. When
they did not, fuzzing made it read freed memory and loop up a chain of parents without end: nothing that a `try` could
catch. So for every place its list is known here, as runs of clocks; a client that types in one paragraph makes one run.

A list is the children of a node or text (`sub` is `None`) or the values of one attribute of a node (`sub` is its name).
"""

from bisect import bisect_right
from collections.abc import Iterator

from app.bid.text.live import updates
from app.bid.text.live.updates import DELETED, ELEMENT, GONE, MAX_CLOCK, RUN, TEXT, VALUE, At, Read, State, Struct
from app.bid.text.live.varint import Malformed, Reader, block, uint

List = tuple[At | None, str | None]
"""The parent's place (`None`: the root) and the attribute's name."""

_BELONGS = {ELEMENT: frozenset({ELEMENT, TEXT}), TEXT: frozenset({RUN}), VALUE: frozenset({VALUE, RUN})}
"""What stands in the list of a node's (or the root's) children, of a text's runs, of an attribute's values."""
_HALVED = "half of a character is named"
_NOWHERE = 0
"""The number of the list of what is gone: deleted with its parent, so that nobody knows where it stood."""


class _Runs:
    """For one client: from each of `starts` on, its clocks lie in the list with the number in `lists`."""

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
    """Grows with each update that is admitted. `ends` is the document's state vector."""

    def __init__(self) -> None:
        self.ends: State = {}
        self._runs: dict[int, _Runs] = {}
        self._lists: list[List | None] = [None]
        self._numbers: dict[List, int] = {}
        self._kinds: list[int] = [GONE]
        self._types: dict[At, int] = {}
        self._deleted: dict[int, list[tuple[int, int]]] = {}
        self.pairs: set[At] = set()
        """The first halves of characters that Yjs counts as two. The CRDT library miscounts when one is cut."""

    def admit(self, read: Read) -> bool:
        """Takes the update in; `False` (and nothing is changed) if it builds on something that is not here.

        Raises `Malformed` (and nothing is changed) if it does not fit.
        """
        stage = _Stage(self, read)
        if not stage.resolve():
            return False
        stage.keep()
        return True

    def number(self, place: List, kind: int) -> int:
        found = self._numbers.get(place)
        if found is None:
            found = self._numbers[place] = len(self._lists)
            self._lists.append(place)
            self._kinds.append(kind)
        return found

    def kind(self, number: int) -> int:
        """Of what the list with this number is: a node, a text, or the values of an attribute."""
        return self._kinds[number]

    def known(self, place: List) -> int | None:
        return self._numbers.get(place)

    def list_at(self, client: int, clock: int) -> int:
        """The number of the list of a place that is held."""
        return self._runs[client].at(clock)

    def type_at(self, at: At) -> int | None:
        """Whether a node or a text is there."""
        return self._types.get(at)

    def grow(self, client: int, clock: int, after: int, number: int, kind: int) -> None:
        runs = self._runs.get(client)
        if runs is None:
            runs = self._runs[client] = _Runs()
        runs.add(clock, number)
        self.ends[client] = after
        if kind in (ELEMENT, TEXT):
            self._types[client, clock] = kind
        elif kind == DELETED and number != _NOWHERE and self._kinds[number] == ELEMENT:
            self._deleted.setdefault(client, []).append((clock, after))

    def was_deleted(self, at: At) -> bool:
        """Whether it was told as deleted, where nodes stand: what it was is not known any more."""
        ranges = self._deleted.get(at[0], [])
        place = bisect_right(ranges, (at[1], MAX_CLOCK)) - 1
        return place >= 0 and ranges[place][0] <= at[1] < ranges[place][1]

    # Kept beside a snapshot, since reading all structs takes longer than loading them.

    def to_bytes(self) -> bytes:
        parts = [uint(len(self._lists) - 1)]
        for place in self._lists[1:]:
            assert place is not None
            parent, sub = place
            parts.append(uint(self._kinds[self._numbers[place]]))
            parts.append(b"\x00" if parent is None else b"\x01" + uint(parent[0]) + uint(parent[1]))
            parts.append(b"\x00" if sub is None else b"\x01" + block(sub.encode()))
        parts.append(uint(len(self._types)))
        for (client, clock), kind in self._types.items():
            parts += (uint(client), uint(clock), uint(kind))
        parts.append(uint(len(self._deleted)))
        for client, ranges in self._deleted.items():
            parts += (uint(client), uint(len(ranges)), *(uint(first) + uint(after) for first, after in ranges))
        parts.append(uint(len(self.pairs)))
        for client, clock in self.pairs:
            parts += (uint(client), uint(clock))
        parts.append(uint(len(self._runs)))
        for client, runs in self._runs.items():
            parts += (uint(client), uint(self.ends[client]), uint(len(runs.starts)))
            before = 0
            for start, number in zip(runs.starts, runs.lists, strict=True):
                parts += (uint(start - before), uint(number))
                before = start
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Shape":
        """What `to_bytes` gave. Raises `Malformed`."""
        shape, r = cls(), Reader(data)
        for _ in range(r.count()):
            kind = r.uint()
            parent = (r.uint(), r.uint()) if r.byte() else None
            shape.number((parent, r.string() if r.byte() else None), kind)
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


class _Stage:
    """One update on its way in: what it adds is seen by its own structs, and by nobody else until it is kept."""

    def __init__(self, shape: Shape, read: Read) -> None:
        self._shape = shape
        self._deletes = read.deletes
        self._ends: State = {}
        self._places: dict[int, tuple[List, int]] = {}
        self._numbers: dict[List, int] = {}
        self._types: dict[At, int] = {}
        self._pairs: set[At] = set()
        self._grown: list[tuple[int, int, int, int, int]] = []
        self._waiting: dict[int, Iterator[Struct]] = {
            client: iter(structs)
            for client, structs in read.structs.items()
            if structs[-1].clock + structs[-1].length > shape.ends.get(client, 0)
        }
        self._heads: dict[int, Struct] = {}
        self._runs: dict[int, _Runs] = {}

    def resolve(self) -> bool:
        """Places each struct after those that it names, whichever order they come in; `False` if one is missing."""
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
                number = self._shape.number(*self._places[number])
            self._shape.grow(client, clock, after, number, kind)

    def _end(self, client: int) -> int:
        end = self._ends.get(client)
        return self._shape.ends.get(client, 0) if end is None else end

    def _advance(self, client: int) -> bool:
        """Places this client's structs up to the first that must wait; whether there was one."""
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
            kind = self._places[number][1] if number < 0 else self._shape.kind(number)
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
            return self._told(struct)
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

    def _told(self, struct: Struct) -> int:
        """The list by its parent's place. Only nodes have attributes, and the root has none."""
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
        place = (parent, struct.sub)
        known = self._shape.known(place)
        if known is not None:
            return known
        number = self._numbers.get(place)
        if number is None:
            number = self._numbers[place] = -1 - len(self._numbers)
            self._places[number] = place, kind
        return number

    def _is_pair(self, client: int, clock: int) -> bool:
        return (client, clock) in self._shape.pairs or (client, clock) in self._pairs

    def _list_at(self, at: At) -> int:
        client, clock = at
        if clock < self._shape.ends.get(client, 0):
            return self._shape.list_at(client, clock)
        return self._runs[client].at(clock)
