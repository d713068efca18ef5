"""The cursors of one open section: moves are gathered for a moment, then shown to all who have it open."""

import asyncio
from collections.abc import Callable

from app.bid.text.live import awareness
from app.bid.text.live.awareness import CursorState, Presence
from app.platform.access.ids import Id

CURSOR_DELAY = 0.04
"""Seconds for which moves are gathered."""


class Cursors:
    """Relays the cursors of a section between this process's connections and the other processes."""

    def __init__(
        self, section_id: Id, show: Callable[[bytes], None], publish: Callable[[Id, list[CursorState]], None]
    ) -> None:
        """`show` sends an awareness update to the connections here; `publish` sends states to the other processes."""
        self._section_id = section_id
        self._show = show
        self._publish = publish
        self._presence = Presence()
        self._moves: dict[int, CursorState] = {}
        self._moved_here: set[int] = set()
        self._stopped = False

    def all(self) -> list[CursorState]:
        return self._presence.all()

    def move(self, owner: object, states: list[CursorState]) -> None:
        """The connection `owner` sent new states."""
        self._gather(self._presence.accept(owner, states), here=True)

    def leave(self, owner: object) -> None:
        """The connection `owner` ended."""
        self._gather(self._presence.leave(owner), here=True)

    def moved_elsewhere(self, states: list[CursorState]) -> None:
        """Another process sent new states; without any, it has opened the section and asks for those of this one."""
        if not states and (here := self._presence.of_this_process()):
            self._publish(self._section_id, here)
        self._gather(self._presence.accept(None, states), here=False)

    def ask_elsewhere(self) -> None:
        """Asks the other processes for their cursors."""
        self._publish(self._section_id, [])

    def forget_silent(self) -> None:
        self._gather(self._presence.forget_silent(), here=False)

    def stop(self) -> None:
        """Shows nothing from now on."""
        self._stopped = True

    def _gather(self, news: list[CursorState], *, here: bool) -> None:
        if news and not self._moves:
            asyncio.get_running_loop().call_later(CURSOR_DELAY, self._pass_on)
        for state in news:
            self._moves[state.client] = state
            if here:
                self._moved_here.add(state.client)

    def _pass_on(self) -> None:
        moves, self._moves = self._moves, {}
        here, self._moved_here = self._moved_here, set()
        if self._stopped:
            return
        self._show(awareness.write(list(moves.values())))
        if here:
            self._publish(self._section_id, [moves[client] for client in here])
