"""One open section: takes updates in, and passes on what is durably logged; nothing else, and in that order.

A room does one thing after the other, in a task of its own: it follows what other processes logged, applies what its
connections brought, commits it (together with other rooms, see `update_log`), passes it on, and answers questions. What
arrives meanwhile waits; so the busier a room is, the more goes into one commit and into one frame.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from app.bid.text.live import awareness, metrics, protocol
from app.bid.text.live.compaction import Compactor
from app.bid.text.live.connection import (
    FOREIGN,
    GONE_WRONG,
    TOO_COMPLEX,
    TOO_LONG,
    TRY_AGAIN,
    UNREADABLE,
    Connection,
)
from app.bid.text.live.cursors import Cursors
from app.bid.text.live.document import EMPTY, BrokenLog, LiveDocument, merge
from app.bid.text.live.update_log import Batch, Loaded, NotADraft, Row, Unavailable, UpdateLog
from app.bid.text.live.updates import ParsedUpdate
from app.platform.access.ids import Id
from app.platform.richtext.complexity import Complexity
from app.platform.richtext.guard import ForeignUpdate
from app.platform.richtext.lib0 import Malformed
from app.platform.richtext.schema import MAX_TEXT

_logger = structlog.get_logger(__name__)

MAX_TAKEN = 256
"""Updates of one connection in one batch: bounds how long the event loop is kept busy."""
COMPACT_AT, COMPACT_EVERY = 200, 10.0
"""Log rows after which a snapshot is made, and the seconds that lie between two snapshots at least."""
COMPACT_AGAIN_AFTER_FAILURE = 600

COUNT_EVERY = 5.0
"""Seconds between two counts of a text's blocks and runs, at the least; meanwhile what was counted is trusted."""

Brought = tuple[bytes, ParsedUpdate]
"""An update as bytes, and as it was read."""


class Room:
    """A section that is open in this process. The hub makes it and ends it."""

    def __init__(
        self,
        section_id: Id,
        log: UpdateLog,
        compactor: Compactor,
        *,
        max_bytes: int,
        most: Complexity,
        on_change: Callable[["Room", list[Row]], None],
        publish_cursors: Callable[[Id, list[awareness.CursorState]], None],
    ) -> None:
        self.section_id = section_id
        self.connections: set[Connection] = set()
        self.cursors = Cursors(section_id, self._send_cursors, publish_cursors)
        self.closed = False
        self._failed = False
        self.seq = 0
        self._log = log
        self._compactor = compactor
        self._max_bytes = max_bytes
        self._most = most
        self._counted_at = -COUNT_EVERY
        self._on_change = on_change
        self._heard_seq = 0
        self._may_lack_news = False
        self._waiting: dict[Connection, list[Brought]] = {}
        self._questions: list[tuple[Connection, bytes]] = []
        self._asked_back: set[Connection] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._document = LiveDocument([])
        self._tail = 0
        self._compacted_at = 0.0
        self._compacting: asyncio.Task[None] | None = None
        self.proposal_id: Id = ""

    async def open(self) -> bool:
        """Loads the section; False where there is none. Raises `Unavailable`, `BrokenLog`."""
        loaded = await self._log.load(self.section_id)
        if loaded is None:
            return False
        self._put(loaded)
        self.proposal_id = loaded.proposal_id
        self._task = asyncio.create_task(self._run())
        self.cursors.ask_elsewhere()
        return True

    def join(self, connection: Connection) -> None:
        """Greets as the stock server does: with our step 1, then the cursors."""
        self.connections.add(connection)
        connection.send(protocol.step1(self._document.state_vector()))
        states = self.cursors.all()
        if states:
            connection.send(protocol.awareness(awareness.write(states)))

    def leave(self, connection: Connection) -> None:
        """What the connection brought before it left is still taken."""
        self.connections.discard(connection)
        self._asked_back.discard(connection)
        self.cursors.leave(connection)

    def bring(self, connection: Connection, update: bytes, parsed: ParsedUpdate, answers_step1: bool) -> int:
        """Takes a well-formed update in; answers how many updates of this connection wait."""
        if answers_step1:
            self._asked_back.discard(connection)
        if parsed.empty:
            return 0
        if not connection.may_write:
            if not answers_step1:  # every client answers our step 1, even one that only reads
                connection.deny()
            return 0
        waiting = self._waiting.setdefault(connection, [])
        waiting.append((update, parsed))
        self._wake.set()
        return len(waiting)

    def ask(self, connection: Connection, state: bytes) -> None:
        """Answers with step 2, once all that is applied is also logged. `state` is a well-formed state vector."""
        self._questions.append((connection, state))
        self._wake.set()

    def state_vector(self) -> bytes:
        return self._document.state_vector()

    def heard(self, seq: int) -> None:
        """Another process, or a request, has logged updates up to `seq`."""
        if seq > max(self.seq, self._heard_seq):
            self._heard_seq = seq
            self._wake.set()

    def look_again(self) -> None:
        """This process was cut off from the bus, so there may be news."""
        self._may_lack_news = True
        self._wake.set()
        self.cursors.ask_elsewhere()

    async def end(self) -> None:
        """Lets what was brought be logged, then stops. Nobody may join any more."""
        self.closed = True
        self.cursors.stop()
        if self._task is not None:
            self._wake.set()
            await self._task
        if self._compacting is not None:
            await asyncio.gather(self._compacting, return_exceptions=True)
        if self._tail > COMPACT_AT // 8 and not self._failed:
            await self.compact()
        self._document.close()

    # What follows runs in the room's own task.

    async def _run(self) -> None:
        try:
            while not self.closed or self._waiting or self._questions:
                await self._wake.wait()
                self._wake.clear()
                await self._turn()
        except Unavailable:
            self._collapse(TRY_AGAIN, "the database does not answer; try again")
        except Exception:
            _logger.exception("live_room_failed", section_id=self.section_id)
            self._collapse(GONE_WRONG, "something went wrong here; try again")

    def _collapse(self, code: int, reason: str) -> None:
        """The document may hold what was not logged. Clients come back to a new room, and bring what they have."""
        self.closed = self._failed = True
        self.cursors.stop()
        self._waiting.clear()
        self._questions.clear()
        for connection in list(self.connections):
            connection.close(code, reason)

    async def _turn(self) -> None:
        if self._may_lack_news or self._heard_seq > self.seq:
            self._may_lack_news = False
            await self._follow()
        rows, writers = await self._apply()
        if rows:
            await self._commit(rows, writers)
        self._answer()
        self._compact_when_due()
        if self._waiting:
            self._wake.set()

    async def _follow(self, until: int | None = None) -> None:
        """Takes what others logged after our last update (up to number `until`, if given) and passes it on."""
        rows = await self._log.after(self.section_id, self.seq)
        if until is not None:
            rows = [row for row in rows if row[0] <= until]
        if rows:
            self._pass_on(self._document.follow([update for _, update in rows]))
            self.seq = rows[-1][0]
            self._tail += len(rows)
            self._on_change(self, [])
        if until is None and self._heard_seq > self.seq:  # heard while we read
            self._wake.set()

    async def _apply(self) -> tuple[list[Row], list[Connection]]:
        """Applies what waits, connection by connection; answers what is to be logged, and who wrote it."""
        rows: list[Row] = []
        writers: list[Connection] = []
        waiting, self._waiting = self._waiting, {}
        for connection, brought in waiting.items():
            if len(brought) > MAX_TAKEN:
                self._waiting[connection] = brought[MAX_TAKEN:]
                brought = brought[:MAX_TAKEN]
            connection.taken()
            if not connection.may_write:
                connection.deny()
                continue
            if not self._has_room_for(brought):
                connection.refuse(TOO_LONG)
                continue
            more = _parts(brought)
            if not await self._is_simple_enough(more):
                connection.refuse(TOO_COMPLEX)
                continue
            admitted = self._admitted(connection, brought)
            if not admitted:
                continue
            try:
                change = self._document.add(admitted)
            except ForeignUpdate as foreign:
                await self._expel(connection, foreign, rows)
                continue
            self._document.grow(more)
            if change != EMPTY:
                rows.append(Row(change, connection.person_id, connection.organisation_id))
                writers.append(connection)
            metrics.updates.inc(len(admitted))
        return rows, writers

    def _admitted(self, connection: Connection, brought: list[Brought]) -> list[bytes]:
        """The updates up to the first that builds on something we lack; then the connection is asked for all we lack.

        That happens to honest clients: two tabs of one browser pass updates to each other, and one of them is offline.
        """
        admitted = []
        for update, parsed in brought:
            try:
                fits = self._document.admit(parsed)
            except Malformed as malformed:
                self._refuse(connection, UNREADABLE, str(malformed))
                break
            if not fits:
                if connection not in self._asked_back:
                    self._asked_back.add(connection)
                    connection.send(protocol.step1(self._document.state_vector()))
                break
            admitted.append(update)
        return admitted

    def _has_room_for(self, brought: list[Brought]) -> bool:
        """Deletions always fit. The size is an estimate, since deleted text is let go; in doubt it is measured."""
        growth = sum(len(update) for update, parsed in brought if parsed.structs)
        if not growth or self._document.size + growth <= min(self._max_bytes, MAX_TEXT):
            return True
        size, characters = self._document.measure(growth)
        return size + growth <= self._max_bytes and characters + growth <= MAX_TEXT

    async def _is_simple_enough(self, more: Complexity) -> bool:
        """Like `_has_room_for`, for blocks and runs. Only what adds any can be too much."""
        if not any(more):
            return True
        known = self._document.parts
        if known is None or (
            not known.and_more(more).within(self._most) and time.monotonic() - self._counted_at > COUNT_EVERY
        ):
            known = await self._document.count_parts()
            self._counted_at = time.monotonic()
        return known.and_more(more).within(self._most)

    async def _expel(self, connection: Connection, foreign: ForeignUpdate, rows: list[Row]) -> None:
        """Refuses what would make other editors delete text, and replaces the document that it spoiled."""
        self._refuse(connection, FOREIGN, str(foreign))
        await self._load_again(rows)

    def _refuse(self, connection: Connection, code: int, reason: str) -> None:
        metrics.refused.labels("foreign" if code == FOREIGN else "malformed").inc()
        _logger.warning(
            "live_update_refused",
            section_id=self.section_id,
            person_id=connection.person_id,
            organisation_id=connection.organisation_id,
            reason=reason,
        )
        self._waiting.pop(connection, None)
        connection.refuse(f"The editor sent something that a section cannot hold: {reason}")
        connection.close(code, "the editor sent something that a section cannot hold")

    async def _load_again(self, rows: list[Row]) -> None:
        """Loads the log's text, and puts `rows` on top, which are applied but not logged yet."""
        loaded = await self._log.load(self.section_id)
        if loaded is None:
            raise BrokenLog("the section is gone")
        seen = self.seq
        self._put(loaded)
        if self.seq > seen:
            missed = await self._log.after(self.section_id, seen)
            self._pass_on(merge([update for seq, update in missed if seq <= self.seq]))
        if rows:
            self._document.follow([row.update for row in rows])

    async def _commit(self, rows: list[Row], writers: list[Connection]) -> None:
        try:
            base = await self._log.commit(Batch(self.section_id, self.proposal_id, rows))
        except NotADraft:
            for connection in self.connections.union(writers):
                connection.lock()
            await self._load_again([])
            return
        if base > self.seq:
            await self._follow(until=base)
        self.seq = base + len(rows)
        self._tail += len(rows)
        self._pass_on(merge([row.update for row in rows]))
        self._on_change(self, rows)

    def _pass_on(self, change: bytes) -> None:
        if change != EMPTY:
            self._send_to_all(protocol.update(change))

    def _send_cursors(self, states: bytes) -> None:
        self._send_to_all(protocol.awareness(states))

    def _send_to_all(self, frame: bytes) -> None:
        for connection in self.connections:
            connection.send(frame)

    def _answer(self) -> None:
        questions, self._questions = self._questions, []
        for connection, state in questions:
            if connection in self.connections:
                connection.answer(protocol.step2(self._document.since(state)))

    async def compact(self) -> None:
        """Makes a snapshot of what is logged now, without slowing down those who type."""
        self._compacted_at = time.monotonic()
        self._tail = 0
        try:
            loaded = await self._log.load(self.section_id)
            if loaded is None or not loaded.tail:
                return
            snapshot, shape = await self._compactor.compact(loaded.updates)
            await self._log.store_snapshot(self.section_id, loaded.seq, snapshot, shape)
        except Unavailable:
            _logger.warning("live_not_compacted", section_id=self.section_id, reason="the database does not answer")
        except Exception as failure:
            _logger.error("live_not_compacted", section_id=self.section_id, reason=str(failure))
            self._compacted_at += COMPACT_AGAIN_AFTER_FAILURE

    def _compact_when_due(self) -> None:
        due = self._tail >= COMPACT_AT and time.monotonic() - self._compacted_at > COMPACT_EVERY
        if due and (self._compacting is None or self._compacting.done()):
            self._compacting = asyncio.create_task(self.compact())

    def _put(self, loaded: Loaded) -> None:
        """Replaces the document by what was loaded."""
        document = LiveDocument(loaded.updates, loaded.shape)
        self._document.close()
        self._document = document
        self.seq = loaded.seq
        self._tail = len(loaded.tail)


def _parts(brought: list[Brought]) -> Complexity:
    """The most blocks and runs that a text has more with what was brought."""
    more = Complexity(0, 0)
    for _, parsed in brought:
        more = more.and_more(parsed.parts)
    return more
