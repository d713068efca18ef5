"""Mutated frames against what stands before and around the CRDT library: `python -m tests.bid.text.live.fuzz 1000000 [seed]`.

Each frame is read as a socket reads it; what passes is applied as a room applies it. Whatever happens must be an
accepted update, a refusal, or a document that is dropped and loaded again: no other exception, no death, no processor
time out of all proportion, no memory over the limit that is set for the process; and what is accepted must leave a document that
every editor can open.
"""

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.bid.text.live import awareness, protocol, updates
from app.bid.text.live.compaction import NotCompacted, compact
from app.bid.text.live.document import EMPTY, LiveDocument
from app.platform.richtext.guard import ForeignUpdate, Guard
from app.platform.richtext.lib0 import ByteReader, Malformed, write_block, write_uint
from tests.bid.text.live.weave import reweave
from tests.growth import counting, seconds

MEMORY_LIMIT = 1_500_000_000
HOSTILE = [bytes.fromhex("ffffff7f"), bytes.fromhex("0101018cb4b6c1c99e020004010101056865806c6f00")]
"""Two updates that made the library fail when it got them unchecked."""


def edit(dice: random.Random, doc: Doc[XmlFragment]) -> None:
    """One small change, of every kind that an editor makes."""
    fragment = doc["default"]
    elements = list(fragment.children)
    if len(elements) < 2 or dice.random() < 0.15:
        _add_element(dice, fragment)
        return
    element = dice.choice(elements)
    texts = [child for child in element.children if isinstance(child, XmlText)]
    if not texts:
        return
    text = texts[0]
    at = dice.choice([0, len(text)])
    plain = text.diff()[0][0] if len(text) else ""
    first = len(plain[:1].encode())  # the library counts bytes, and silently cuts a character in half
    kind = dice.randrange(6)
    if kind == 0 and len(plain) > 2:
        del text[0:first]
    elif kind == 1 and len(text) > 3 and element.tag != "codeBlock":
        text.format(0, first, dice.choice([{"bold": {}}, {"link": {"href": "https://example.org/"}}, {"italic": None}]))
    elif kind == 2 and element.tag == "heading":
        element.attributes["level"] = float(dice.randrange(1, 4))
    elif kind == 3 and len(elements) > 3:
        del fragment.children[dice.randrange(len(elements))]
    else:
        text.insert(at, dice.choice(["x", "é", "مرحبا", "e\u0301", "two words", "😀"]))


def _add_element(dice: random.Random, fragment: XmlFragment) -> None:
    element = XmlElement(dice.choice(["paragraph", "heading", "codeBlock"]))
    fragment.children.insert(dice.randrange(len(fragment.children) + 1), element)
    if element.tag == "heading":
        element.attributes["level"] = 2.0
    text = XmlText("")
    element.children.append(text)
    text.insert(0, "Ieuenctid 😀 ")


def fresh(dice: random.Random, logged: list[bytes]) -> list[bytes]:
    """Frames that somebody new would send on top of this log: single changes, and several as one."""
    doc: Doc[XmlFragment] = Doc(client_id=dice.choice([7, 300, 2**31 + dice.randrange(99)]))
    doc.get("default", type=XmlFragment)
    for update in logged:
        doc.apply_update(update)
    changes: list[bytes] = []
    noting = doc.observe(lambda event: changes.append(event.update))
    before = doc.get_state()
    while len(changes) < 9:
        edit(dice, doc)
    doc.unobserve(noting)
    frames = [protocol.update(change) for change in changes]
    frames += [protocol.step2(doc.get_update(before)), protocol.step1(before), b"\x03"]
    frames += [protocol.update(hostile) for hostile in HOSTILE]
    frames.append(protocol.awareness(awareness.write([awareness.CursorState(5, 2, '{"user":{"name":"Ana"}}')])))
    return frames


INTERESTING = [0, 1, 2, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53 - 1, 2**63, 2**64 - 1]


def mutate(dice: random.Random, frames: list[bytes]) -> bytes:
    data = bytearray(dice.choice(frames))
    for _ in range(dice.choice([1, 1, 1, 1, 2, 2, 3, 5])):
        at = dice.randrange(len(data)) if data else 0
        new = dice.choice(_MUTATIONS)(dice, bytes(data[at:]), frames)
        data[at:] = new
    return _mended(bytes(data)) if dice.random() < 0.8 else bytes(data)


_MUTATIONS: list[Callable[[random.Random, bytes, list[bytes]], bytes]] = [
    lambda dice, rest, frames: bytes([rest[0] ^ 1 << dice.randrange(8)]) + rest[1:] if rest else rest,
    lambda dice, rest, frames: bytes([(rest[0] + dice.choice([1, 255])) % 256]) + rest[1:] if rest else rest,
    lambda dice, rest, frames: dice.randbytes(1) + rest[1:],
    lambda dice, rest, frames: write_uint(dice.choice(INTERESTING)) + rest,
    lambda dice, rest, frames: write_uint(dice.choice(INTERESTING)) + rest[1:],
    lambda dice, rest, frames: rest[dice.randrange(1, 4) :],
    lambda dice, rest, frames: b"",
    lambda dice, rest, frames: rest[: dice.randrange(1, 12)] + rest,
    lambda dice, rest, frames: (other := dice.choice(frames))[dice.randrange(len(other)) :],
]


def reworked(dice: random.Random, frames: list[bytes], ends: dict[int, int]) -> bytes:
    """A frame that is well-formed and means something else than its author said."""
    message = protocol.read(dice.choice(frames[:9]))
    assert isinstance(message, protocol.Update)
    return protocol.update(reweave(dice, message.update, ends))


def _mended(frame: bytes) -> bytes:
    """The frame with its outer length corrected, so that more frames pass the first checks."""
    try:
        r = ByteReader(frame)
        kind = r.uint()
        head = 1 if kind == 1 else 2
        if kind > 1 or (kind == 0 and r.uint() > 2):
            return frame
        r.uint()
        return frame[:head] + write_block(frame[r.at :])
    except Malformed:
        return frame


class Target:
    """A room without its sockets: a text, and the log that it is loaded from when it is spoiled."""

    def __init__(self, logged: list[bytes]) -> None:
        self.logged = list(logged)
        self.text = LiveDocument(self.logged)
        self.seen: Counter[str] = Counter()

    def take(self, frame: bytes) -> None:
        try:
            message = protocol.read(frame)
            if isinstance(message, protocol.Update):
                self._apply(message.update)
            elif isinstance(message, protocol.SyncStep1):
                updates.read_state_vector(message.state)
                self.text.since(message.state)
                self.seen["asked"] += 1
            elif isinstance(message, protocol.Awareness):
                awareness.read(message.states)
        except Malformed:
            self.seen["malformed"] += 1

    def _apply(self, update: bytes) -> None:
        read = updates.read(update)
        if not self.text.admit(read):
            self.seen["builds on what is missing"] += 1
            return
        try:
            change = self.text.add([update])
        except ForeignUpdate:
            self.seen["foreign"] += 1
            self.text.close()
            self.text = LiveDocument(self.logged)
            return
        self.seen["known" if change == EMPTY else "accepted"] += 1
        if change != EMPTY:
            self.logged.append(change)
            assert self.text.ends == updates.read_state_vector(self.text.state_vector()), (update.hex(), change.hex())
            if len(self.logged) > 40:
                self._reload()

    def _reload(self) -> None:
        """Checks that the log gives the same document, then goes on with a snapshot, which must be whole."""
        again = LiveDocument(self.logged)
        assert sorted(str(again.doc["default"])) == sorted(str(self.text.doc["default"]))
        again.close()
        self.text.close()
        try:
            snapshot, shape = compact(self.logged)
            self.logged = [snapshot] if len(snapshot) < 3000 else []
            self.text = LiveDocument(self.logged, shape if self.logged else None)
            Guard(self.text.doc).check_whole()
        except NotCompacted:
            self.seen["not compacted"] += 1
            self.logged = []
            self.text = LiveDocument([])


def _fresh_or_restarted(dice: random.Random, target: Target) -> list[bytes]:
    """Like `fresh`. If an editor's library panics at what was accepted, that is counted, and the log starts empty."""
    try:
        return fresh(dice, target.logged)
    except BaseException as failure:
        if type(failure).__name__ != "PanicException":
            raise
        target.seen["stumbled over later"] += 1
        target.logged = []
        target.text.close()
        target.text = LiveDocument([])
        return fresh(dice, [])


def fuzz(number: int, seed: int, *, report: bool = False) -> Counter[str]:
    """Raises on the first thing that must not happen. Returns how often each outcome was seen."""
    dice = random.Random(seed)
    seen: Counter[str] = Counter()
    target, frames = Target([]), fresh(dice, [])
    slowest, machine = 0.0, seconds(counting)
    for count in range(number):
        if count % 40 == 0:
            frames = _fresh_or_restarted(dice, target)
        if count % 20_000 == 0:
            seen += target.seen
            target.text.close()
            target = Target([])
            if report:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(f"{count} frames, slowest {slowest * 1000:.0f} ms, peak {peak} MB, {dict(seen)}", flush=True)
        frame = reworked(dice, frames, target.text.ends) if dice.random() < 0.5 else mutate(dice, frames)
        started = time.thread_time()
        try:
            target.take(frame)
        except BaseException:
            print(f"frame {frame.hex()} on {[change.hex() for change in target.logged]}", file=sys.stderr)
            raise
        slowest = max(slowest, time.thread_time() - started)
        assert slowest < 100 * machine, frame.hex()
    return seen + target.seen


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    print(dict(fuzz(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1, report=True)))
