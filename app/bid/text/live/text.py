"""One section's document in memory: strict about what comes in, exact about what came of it.

Updates are applied under the schema guard; what they changed is taken from the document itself, so what is logged and
passed on was encoded here and holds nothing that was known before.
"""

from collections.abc import Sequence
from functools import cached_property

from pycrdt import Doc, TransactionEvent, XmlFragment, merge_updates

from app.bid.text.live import updates
from app.bid.text.live.shape import Shape
from app.bid.text.live.updates import State
from app.bid.text.live.varint import Malformed
from app.platform.richtext.guard import Foreign, Guard

_DOUBT = 50_000
"""Bytes that may come between two measurements of a large document."""
EMPTY = b"\x00\x00"


class Broken(Exception):
    """The log itself can't be loaded."""


class Text:
    """The document, its state vector, and a guess of its size in bytes."""

    def __init__(self, logged: Sequence[bytes], shape: bytes | None = None) -> None:
        """`shape` is that of the first of `logged`, where it was kept. Raises `Broken`."""
        self._changed: list[bytes] = []
        self.doc: Doc[XmlFragment] = Doc()
        self._fragment = self.doc.get("default", type=XmlFragment)
        load(self.doc, logged)
        self._guard = Guard(self.doc)
        self._subscription = self.doc.observe(self._note)
        self._unread: tuple[Sequence[bytes], bytes | None] = logged, shape
        self.size = sum(map(len, logged))
        self._measured: tuple[int, int, int] | None = None

    @cached_property
    def _shape(self) -> Shape:
        """Read when somebody first writes: who opens a section need not wait for it."""
        shape = _shape_of(*self._unread)
        self._unread = (), None
        return shape

    def close(self) -> None:
        """Frees the memory now: the observers refer to the document in a circle."""
        self._guard.close()
        self.doc.unobserve(self._subscription)

    def admit(self, read: updates.Read) -> bool:
        """Whether all is here that the update builds on; then `add` must follow. Raises `Malformed` if it can't fit."""
        return self._shape.admit(read)

    def add(self, admitted: Sequence[bytes]) -> bytes:
        """Applies one writer's admitted updates; answers what they changed, as one update, empty if nothing.

        Raises `Foreign`: then this document is spoiled and must be loaded again.
        """
        self._changed.clear()
        self._guard.apply(merge(admitted))
        change = merge(self._changed)
        self.size += len(change)
        return change

    def follow(self, logged: Sequence[bytes]) -> bytes:
        """Applies what another process checked and logged; answers what was new in it."""
        self._changed.clear()
        load(self.doc, logged)
        _extend(self._shape, logged)
        change = merge(self._changed)
        self.size += len(change)
        return change

    def since(self, state: bytes) -> bytes:
        """What is lacking in a document with this (well-formed) state vector."""
        return self.doc.get_update(state)

    def measure(self, growth: int) -> tuple[int, int]:
        """Bytes of the whole document, and about how many characters can be seen in it. Some milliseconds.

        What was measured is believed until so much was added that it might matter.
        """
        if self._measured is None or self.size + growth - self._measured[0] > _DOUBT:
            self.size = len(self.doc.get_update())
            self._measured = self.size, self.size, len(str(self._fragment))
        _, size, characters = self._measured
        return size + self.size - self._measured[0], characters + self.size - self._measured[0]

    @property
    def ends(self) -> State:
        """The state vector, as this side counts it."""
        return self._shape.ends

    def state_vector(self) -> bytes:
        return self.doc.get_state()

    def _note(self, event: TransactionEvent) -> None:
        self._changed.append(event.update)


def load(doc: Doc[XmlFragment], logged: Sequence[bytes]) -> None:
    try:
        with doc.transaction():
            for update in logged:
                doc.apply_update(update)
    except BaseException as failure:
        if isinstance(failure, Exception) or _is_panic(failure):
            raise Broken(str(failure)[:200]) from None
        raise


def _shape_of(logged: Sequence[bytes], kept: bytes | None) -> Shape:
    shape, rest = (Shape.from_bytes(kept), logged[1:]) if kept is not None else (Shape(), logged)
    _extend(shape, rest)
    return shape


def _extend(shape: Shape, logged: Sequence[bytes]) -> None:
    for update in logged:
        try:
            fits = shape.admit(updates.read(update))
        except Malformed as malformed:
            raise Broken(str(malformed)) from None
        if not fits:
            raise Broken("an update in the log builds on something that is not there")


def merge(parts: Sequence[bytes]) -> bytes:
    """Several updates as one. Raises `Foreign` if they can't be read."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return EMPTY
    try:
        return merge_updates(*parts)
    except BaseException as failure:
        if isinstance(failure, Exception) or _is_panic(failure):
            raise Foreign(f"the update cannot be read: {failure}"[:200]) from None
        raise


def _is_panic(failure: BaseException) -> bool:
    """pycrdt turns a Rust panic into a BaseException of a type that it does not export."""
    return type(failure).__name__ == "PanicException"
