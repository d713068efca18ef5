"""One section's document in memory: strict about what comes in, exact about what came of it.

Updates are applied under the schema guard; what they changed is taken from the document itself, so what is logged and
passed on was encoded here and holds nothing that was known before.
"""

from collections.abc import Sequence

from pycrdt import Doc, TransactionEvent, XmlFragment, merge_updates

from app.live import updates
from app.live.updates import State
from app.richtext.guard import Foreign, Guard

EMPTY = b"\x00\x00"


class Broken(Exception):
    """The log itself can't be loaded."""


class Text:
    """The document, its state vector, and a guess of its size in bytes."""

    def __init__(self, logged: Sequence[bytes]) -> None:
        """Raises `Broken`."""
        self._changed: list[bytes] = []
        self.doc: Doc[XmlFragment] = Doc()
        self._fragment = self.doc.get("default", type=XmlFragment)
        load(self.doc, logged)
        self._guard = Guard(self.doc)
        self._subscription = self.doc.observe(self._note)
        self.state: State = updates.read_state(self.doc.get_state())
        self.size = sum(map(len, logged))

    def close(self) -> None:
        """Frees the memory now: the observers refer to the document in a circle."""
        self._guard.close()
        self.doc.unobserve(self._subscription)

    def add(self, brought: Sequence[tuple[bytes, updates.Read]]) -> bytes:
        """Applies one writer's updates; answers what they changed, as one update, empty if nothing.

        Raises `Foreign`: then this document is spoiled and must be loaded again.
        """
        self._changed.clear()
        self._guard.apply(merge([update for update, _ in brought]))
        for _, read in brought:
            for client, _, end in read.runs:
                if end > self.state.get(client, 0):
                    self.state[client] = end
        change = merge(self._changed)
        self.size += len(change)
        return change

    def follow(self, logged: Sequence[bytes]) -> bytes:
        """Applies what another process checked and logged; answers what was new in it."""
        self._changed.clear()
        load(self.doc, logged)
        self.state = updates.read_state(self.doc.get_state())
        change = merge(self._changed)
        self.size += len(change)
        return change

    def since(self, state: bytes) -> bytes:
        """What is lacking in a document with this (well-formed) state vector."""
        return self.doc.get_update(state)

    def snapshot(self) -> bytes:
        """The whole document as one update."""
        whole = self.doc.get_update()
        self.size = len(whole)
        return whole

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
