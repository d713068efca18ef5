"""What somebody does in one transaction: the value that every service verb takes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.errors import Forbidden, Unauthenticated
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.event_log import EVERYONE, Readers


@dataclass(frozen=True, slots=True)
class Act:
    """An act of `actor` for the organisation on `side`, on the row of `stream` (`event_log.STREAMS`) with `stream_id`.

    Its row is locked before anything is recorded. `actor` is None where the clock or a notice acts; `side` is None where
    no partner or facilitator acts, and `for_organisation` then says for whom, if for anybody.
    """

    session: AsyncSession
    actor: Actor | None
    stream: str
    stream_id: Id
    side: Side | None = None
    for_organisation: Id | None = None

    @property
    def person_id(self) -> Id:
        """The person who acts. Forbidden for a program, Unauthenticated for nobody."""
        if self.actor is None:
            raise Unauthenticated
        if self.actor.person_id is None:
            raise Forbidden("Only a person can do this, not a program. Sign in as a person.")
        return self.actor.person_id

    @property
    def organisation_id(self) -> Id | None:
        return self.side.organisation_id if self.side else self.for_organisation

    @property
    def seat_id(self) -> Id | None:
        """The partner's or facilitator's id of the side that acts."""
        return self.side.seat_id if self.side else None

    async def record(
        self, type_: str, /, *, to: Readers = EVERYONE, others_read: dict[str, Any] | None = None, **payload: Any
    ) -> int | None:
        """Append one event with its outbox row; answers the proposal's new revision, or None for a hidden event.

        `to` says who may read it. With `to=owned_by(…)` the owner reads the payload and all others `others_read`.
        """
        return await event_log.record(
            self.session,
            self.stream,
            self.stream_id,
            type_,
            actor=self.actor,
            organisation_id=self.organisation_id,
            payload=payload,
            shared=others_read,
            readers=to,
        )
