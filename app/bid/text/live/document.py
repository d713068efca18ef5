"""One section's document in memory: it takes in nothing that does not fit, and says exactly what each update changed.

Updates are applied under the schema guard. What they changed is taken from the document itself, so what is logged and
passed on was encoded here, and holds nothing that was known before.
"""

from collections.abc import Sequence
from functools import cached_property

from pycrdt import Doc, TransactionEvent, merge_updates

from app.bid.text.live import updates
from app.bid.text.live.shape import Shape
from app.bid.text.live.updates import ParsedUpdate, StateVector
from app.bid.text.threads import beside
from app.platform.richtext import yjs
from app.platform.richtext.complexity import Complexity, measure_update
from app.platform.richtext.guard import ForeignUpdate, Guard
from app.platform.richtext.lib0 import Malformed
from app.platform.richtext.yjs import Shared

_MEASURED_EVERY = 50_000
"""Bytes that may be added to a large document before it is measured again."""
EMPTY = b"\x00\x00"
"""The update that changes nothing."""


class BrokenLog(Exception):
    """The log itself cannot be loaded."""


class LiveDocument:
    """The document, its state vector, and an estimate of its size in bytes."""

    def __init__(self, logged: Sequence[bytes], shape: bytes | None = None) -> None:
        """`shape` is the stored shape of the first of `logged`, if it has one. Raises `BrokenLog`."""
        self._changed: list[bytes] = []
        self.doc = load(logged)
        self._fragment = yjs.fragment(self.doc)
        self._guard = Guard(self.doc)
        self._subscription = self.doc.observe(self._note)
        self._not_in_shape: tuple[Sequence[bytes], bytes | None] = logged, shape
        self.size = sum(map(len, logged))
        self._measured: tuple[int, int, int] | None = None
        self.parts: Complexity | None = None
        """The most blocks and runs that there can be; None while nobody has counted (`count_parts`)."""

    @cached_property
    def _shape(self) -> Shape:
        """Read only when somebody first writes, so that opening a section does not wait for it."""
        shape = _shape_of(*self._not_in_shape)
        self._not_in_shape = (), None
        return shape

    def close(self) -> None:
        """Frees the memory now; otherwise it would wait for the collector, since observers and document form a circle."""
        self._guard.close()
        self.doc.unobserve(self._subscription)

    def admit(self, parsed: ParsedUpdate) -> bool:
        """Whether all that the update builds on is here; if so, `add` must follow. Raises `Malformed` if it can't fit."""
        return self._shape.admit(parsed)

    def add(self, admitted: Sequence[bytes]) -> bytes:
        """Applies one writer's admitted updates; answers what they changed, as one update (`EMPTY` if nothing).

        Raises `ForeignUpdate`: then this document is spoiled and must be loaded again.
        """
        self._changed.clear()
        self._guard.apply(merge(admitted))
        return self._take_change()

    def follow(self, logged: Sequence[bytes]) -> bytes:
        """Applies what another process checked and logged; answers what was new in it."""
        self._changed.clear()
        _apply_all(self.doc, logged)
        self.grow(_extend(self._shape, logged))
        return self._take_change()

    def grow(self, parts: Complexity) -> None:
        if self.parts is not None:
            self.parts = self.parts.and_more(parts)

    async def count_parts(self) -> Complexity:
        """Counts the blocks and runs that there are, in a thread."""
        update = self.doc.get_update()
        self.parts = await beside(len(update), measure_update, update)
        return self.parts

    def _take_change(self) -> bytes:
        change = merge(self._changed)
        self.size += len(change)
        return change

    def since(self, state: bytes) -> bytes:
        """What a document with this (well-formed) state vector lacks."""
        return self.doc.get_update(state)

    def measure(self, growth: int) -> tuple[int, int]:
        """Bytes of the whole document, and about how many characters can be seen in it. Takes some milliseconds.

        A measurement is trusted until so much was added that it might matter.
        """
        if self._measured is None or self.size + growth - self._measured[0] > _MEASURED_EVERY:
            self.size = len(self.doc.get_update())
            self._measured = self.size, self.size, len(str(self._fragment))
        _, size, characters = self._measured
        return size + self.size - self._measured[0], characters + self.size - self._measured[0]

    @property
    def ends(self) -> StateVector:
        """The state vector, counted here by the shape."""
        return self._shape.ends

    def state_vector(self) -> bytes:
        return self.doc.get_state()

    def _note(self, event: TransactionEvent) -> None:
        self._changed.append(event.update)


def load(logged: Sequence[bytes]) -> Shared:
    """The document that a log gives. Raises `BrokenLog`."""
    doc: Shared = Doc()
    yjs.fragment(doc)
    _apply_all(doc, logged)
    return doc


def _apply_all(doc: Shared, logged: Sequence[bytes]) -> None:
    try:
        with doc.transaction():
            for update in logged:
                doc.apply_update(update)
    except BaseException as failure:
        if isinstance(failure, Exception) or yjs.is_panic(failure):
            raise BrokenLog(str(failure)[:200]) from None
        raise


def _shape_of(logged: Sequence[bytes], stored: bytes | None) -> Shape:
    shape, rest = (Shape.from_bytes(stored), logged[1:]) if stored is not None else (Shape(), logged)
    _extend(shape, rest)
    return shape


def _extend(shape: Shape, logged: Sequence[bytes]) -> Complexity:
    """Takes the updates in; answers what they can have brought."""
    parts = Complexity(0, 0)
    for update in logged:
        try:
            parsed = updates.read(update)
            fits = shape.admit(parsed)
        except Malformed as malformed:
            raise BrokenLog(str(malformed)) from None
        if not fits:
            raise BrokenLog("an update in the log builds on something that is not there")
        parts = parts.and_more(parsed.parts)
    return parts


def merge(parts: Sequence[bytes]) -> bytes:
    """Several updates as one. Raises `ForeignUpdate` if they can't be read."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return EMPTY
    try:
        return merge_updates(*parts)
    except BaseException as failure:
        if isinstance(failure, Exception) or yjs.is_panic(failure):
            raise ForeignUpdate(f"the update cannot be read: {failure}"[:200]) from None
        raise
