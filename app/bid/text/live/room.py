"""One open section: takes updates in, and passes on what is durably logged; nothing else, and in that order.

A room does one thing after the other in a task of its own: follow what other processes logged, apply what its members
brought, commit it (with other rooms', see `log`), pass it on, answer who asked. What arrives meanwhile waits, so the
busier a room is, the more goes into one commit and into one frame.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from app.bid.text.live import awareness, metrics, protocol, updates
from app.bid.text.live.awareness import Presence
from app.bid.text.live.compaction import Compactor
from app.bid.text.live.log import Batch, Loaded, Log, NotADraft, Row, Unavailable
from app.bid.text.live.member import FOREIGN, GONE_WRONG, TOO_LONG, TRY_AGAIN, UNREADABLE, Member
from app.bid.text.live.text import EMPTY, Broken, Text, merge
from app.bid.text.live.varint import Malformed
from app.platform.access.ids import Id
from app.platform.richtext.guard import Foreign
from app.platform.richtext.schema import MAX_TEXT

_logger = structlog.get_logger(__name__)

MAX_TAKEN = 256
"""Updates of one member in one batch: bounds how long the loop is held."""
COMPACT_AT, COMPACT_EVERY = 200, 10.0
"""Log rows after which a snapshot is made, but not more often than in so many seconds."""
CURSOR_DELAY = 0.04
"""Seconds in which cursors' moves are gathered."""

Brought = tuple[bytes, updates.Read]


class Room:
    """A section that is open in this process. Made by the hub, which also ends it."""

    def __init__(
        self,
        section_id: Id,
        log: Log,
        compactor: Compactor,
        *,
        max_bytes: int,
        on_change: Callable[["Room", list[Row]], None],
        publish_cursors: Callable[[Id, list[awareness.State]], None],
    ) -> None:
        self.section_id = section_id
        self.members: set[Member] = set()
        self.closed = False
        self._failed = False
        self.seq = 0
        self._log = log
        self._compactor = compactor
        self._max_bytes = max_bytes
        self._on_change = on_change
        self._publish_cursors = publish_cursors
        self._heard = 0
        self._look = False
        self._waiting: dict[Member, list[Brought]] = {}
        self._asked: list[tuple[Member, bytes]] = []
        self._asked_back: set[Member] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._presence = Presence()
        self._moves: dict[int, awareness.State] = {}
        self._moved_here: set[int] = set()
        self._text = Text([])
        self._tail = 0
        self._compacted_at = 0.0
        self._compacting: asyncio.Task[None] | None = None
        self.proposal_id: Id = ""

    async def open(self) -> bool:
        """Loads the section; `False` where there is none. Raises `Unavailable`, `Broken`."""
        loaded = await self._log.load(self.section_id)
        if loaded is None:
            return False
        self._put(loaded)
        self.proposal_id = loaded.proposal_id
        self._task = asyncio.create_task(self._run())
        self._publish_cursors(self.section_id, [])
        return True

    def join(self, member: Member) -> None:
        """Greets as the stock server does: our step 1, then the cursors."""
        self.members.add(member)
        member.send(protocol.step1(self._text.state_vector()))
        states = self._presence.all()
        if states:
            member.send(protocol.awareness(awareness.write(states)))

    def leave(self, member: Member) -> None:
        """What the member brought before it left is still taken."""
        self.members.discard(member)
        self._asked_back.discard(member)
        self._gather(self._presence.leave(member), local=True)

    def bring(self, member: Member, update: bytes, read: updates.Read, answer: bool) -> int:
        """Takes a well-formed update in; answers how many of this member's wait."""
        if answer:
            self._asked_back.discard(member)
        if read.empty:
            return 0
        if not member.may_write:
            if not answer:  # every client answers our step 1, also one that only reads
                member.deny()
            return 0
        waiting = self._waiting.setdefault(member, [])
        waiting.append((update, read))
        self._wake.set()
        return len(waiting)

    def ask(self, member: Member, state: bytes) -> None:
        """Answers with step 2, once all that is applied is also logged. `state` is a well-formed state vector."""
        self._asked.append((member, state))
        self._wake.set()

    def state_vector(self) -> bytes:
        return self._text.state_vector()

    def hear(self, seq: int) -> None:
        """Another process, or a request, logged up to `seq`."""
        if seq > max(self.seq, self._heard):
            self._heard = seq
            self._wake.set()

    def look_again(self) -> None:
        """The listener was away: there may be news."""
        self._look = True
        self._wake.set()
        self._publish_cursors(self.section_id, [])

    def move(self, member: Member, states: list[awareness.State]) -> None:
        """A member's cursors moved."""
        self._gather(self._presence.accept(member, states), local=True)

    def moved_elsewhere(self, states: list[awareness.State]) -> None:
        """Cursors moved in another process; none: it opened the section, and asks for those that are here."""
        if not states and (here := self._presence.here()):
            self._publish_cursors(self.section_id, here)
        self._gather(self._presence.accept(None, states), local=False)

    def cursors(self) -> list[awareness.State]:
        return self._presence.all()

    def forget(self) -> None:
        self._gather(self._presence.forget(), local=False)

    async def end(self) -> None:
        """Lets what was brought be logged, then stops. Nobody may join any more."""
        self.closed = True
        if self._task is not None:
            self._wake.set()
            await self._task
        if self._compacting is not None:
            await asyncio.gather(self._compacting, return_exceptions=True)
        if self._tail > COMPACT_AT // 8 and not self._failed:
            await self.compact()
        self._text.close()

    # What follows runs in the room's own task.

    async def _run(self) -> None:
        try:
            while not self.closed or self._waiting or self._asked:
                await self._wake.wait()
                self._wake.clear()
                await self._turn()
        except Unavailable:
            self._collapse(TRY_AGAIN, "the database does not answer; try again")
        except Exception:
            _logger.exception("live_room_failed", section_id=self.section_id)
            self._collapse(GONE_WRONG, "something went wrong here; try again")

    def _collapse(self, code: int, reason: str) -> None:
        """The document may hold what was not logged. Members come back to a new room, with what they have."""
        self.closed = self._failed = True
        self._waiting.clear()
        self._asked.clear()
        for member in list(self.members):
            member.close(code, reason)

    async def _turn(self) -> None:
        if self._look or self._heard > self.seq:
            self._look = False
            await self._follow()
        rows, writers = await self._apply()
        if rows:
            await self._commit(rows, writers)
        self._answer()
        self._compact_when_due()
        if self._waiting:
            self._wake.set()

    async def _follow(self, before: int | None = None) -> None:
        """Takes what others logged after our last (up to `before`, if told) and passes it on."""
        rows = await self._log.after(self.section_id, self.seq)
        if before is not None:
            rows = [row for row in rows if row[0] <= before]
        if rows:
            self._pass_on(self._text.follow([update for _, update in rows]))
            self.seq = rows[-1][0]
            self._tail += len(rows)
            self._on_change(self, [])
        if before is None and self._heard > self.seq:  # heard while we read
            self._wake.set()

    async def _apply(self) -> tuple[list[Row], list[Member]]:
        """Applies what waits, member by member; answers what is to be logged, and by whom."""
        rows: list[Row] = []
        writers: list[Member] = []
        waiting, self._waiting = self._waiting, {}
        for member, brought in waiting.items():
            if len(brought) > MAX_TAKEN:
                self._waiting[member] = brought[MAX_TAKEN:]
                brought = brought[:MAX_TAKEN]
            member.taken()
            if not member.may_write:
                member.deny()
                continue
            if not self._has_room_for(brought):
                member.refuse(TOO_LONG)
                continue
            ready = self._admitted(member, brought)
            if not ready:
                continue
            try:
                change = self._text.add(ready)
            except Foreign as foreign:
                await self._expel(member, foreign, rows)
                continue
            if change != EMPTY:
                rows.append(Row(change, member.person_id, member.organisation_id))
                writers.append(member)
            metrics.updates.inc(len(ready))
        return rows, writers

    def _admitted(self, member: Member, brought: list[Brought]) -> list[bytes]:
        """The updates up to the first that builds on something we lack; then the member is asked for all we lack.

        That happens to honest clients: two tabs of one browser pass updates to each other, and one of them is offline.
        """
        admitted = []
        for update, read in brought:
            try:
                fits = self._text.admit(read)
            except Malformed as malformed:
                self._refuse(member, UNREADABLE, str(malformed))
                break
            if not fits:
                if member not in self._asked_back:
                    self._asked_back.add(member)
                    member.send(protocol.step1(self._text.state_vector()))
                break
            admitted.append(update)
        return admitted

    def _has_room_for(self, brought: list[Brought]) -> bool:
        """Who only deletes always has. The size is a guess, since deleted text is let go: in doubt it is measured."""
        growth = sum(len(update) for update, read in brought if read.structs)
        if not growth or self._text.size + growth <= min(self._max_bytes, MAX_TEXT):
            return True
        size, characters = self._text.measure(growth)
        return size + growth <= self._max_bytes and characters + growth <= MAX_TEXT

    async def _expel(self, member: Member, foreign: Foreign, rows: list[Row]) -> None:
        """Refuses what would make other editors delete text, and makes the document good again."""
        self._refuse(member, FOREIGN, str(foreign))
        await self._load_again(rows)

    def _refuse(self, member: Member, code: int, reason: str) -> None:
        metrics.refused.labels("foreign" if code == FOREIGN else "malformed").inc()
        _logger.warning(
            "live_update_refused",
            section_id=self.section_id,
            person_id=member.person_id,
            organisation_id=member.organisation_id,
            reason=reason,
        )
        self._waiting.pop(member, None)
        member.refuse(f"The editor sent something that a section cannot hold: {reason}")
        member.close(code, "the editor sent something that a section cannot hold")

    async def _load_again(self, rows: list[Row]) -> None:
        """The log's text, with `rows` on top, which are applied but not yet logged."""
        loaded = await self._log.load(self.section_id)
        if loaded is None:
            raise Broken("the section is gone")
        seen = self.seq
        self._put(loaded)
        if self.seq > seen:
            missed = await self._log.after(self.section_id, seen)
            self._pass_on(merge([update for seq, update in missed if seq <= self.seq]))
        if rows:
            self._text.follow([row.update for row in rows])

    async def _commit(self, rows: list[Row], writers: list[Member]) -> None:
        try:
            base = await self._log.commit(Batch(self.section_id, self.proposal_id, rows))
        except NotADraft:
            for member in self.members.union(writers):
                member.lock()
            await self._load_again([])
            return
        if base > self.seq:
            await self._follow(before=base)
        self.seq = base + len(rows)
        self._tail += len(rows)
        self._pass_on(merge([row.update for row in rows]))
        self._on_change(self, rows)

    def _pass_on(self, change: bytes) -> None:
        if change == EMPTY:
            return
        frame = protocol.update(change)
        for member in self.members:
            member.send(frame)

    def _answer(self) -> None:
        asked, self._asked = self._asked, []
        for member, state in asked:
            if member in self.members:
                member.answer(protocol.step2(self._text.since(state)))

    async def compact(self) -> None:
        """Makes a snapshot of what is logged now. Never at the expense of who types."""
        self._compacted_at = time.monotonic()
        self._tail = 0
        try:
            loaded = await self._log.load(self.section_id)
            if loaded is None or not loaded.tail:
                return
            snapshot, shape = await self._compactor.squeeze([*loaded.before, *loaded.tail])
            await self._log.compact(self.section_id, loaded.seq, snapshot, shape)
        except Unavailable:
            _logger.warning("live_not_compacted", section_id=self.section_id, reason="the database does not answer")
        except Exception as failure:
            _logger.error("live_not_compacted", section_id=self.section_id, reason=str(failure))
            self._compacted_at += 600

    def _compact_when_due(self) -> None:
        due = self._tail >= COMPACT_AT and time.monotonic() - self._compacted_at > COMPACT_EVERY
        if due and (self._compacting is None or self._compacting.done()):
            self._compacting = asyncio.create_task(self.compact())

    def _put(self, loaded: Loaded) -> None:
        text = Text([*loaded.before, *loaded.tail], loaded.shape)
        self._text.close()
        self._text = text
        self.seq = loaded.seq
        self._tail = len(loaded.tail)

    # Cursors.

    def _gather(self, news: list[awareness.State], *, local: bool) -> None:
        if news and not self._moves:
            asyncio.get_running_loop().call_later(CURSOR_DELAY, self._show)
        for state in news:
            self._moves[state.client] = state
            if local:
                self._moved_here.add(state.client)

    def _show(self) -> None:
        moves, self._moves = self._moves, {}
        here, self._moved_here = self._moved_here, set()
        if self.closed:
            return
        frame = protocol.awareness(awareness.write(list(moves.values())))
        for member in self.members:
            member.send(frame)
        if here:
            self._publish_cursors(self.section_id, [moves[client] for client in here])
