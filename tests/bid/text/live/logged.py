"""What a section's log says of who wrote and who deleted what, read with the server's own strict reader."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import psycopg

from app.bid.text.live import updates
from app.bid.text.live.updates import Struct, YjsId
from tests.bid.text.live.peer import Peer


@dataclass
class Logged:
    """`written` and `deleted`: by person, each place (a character, a node) that the log has from them."""

    whole: Peer = field(default_factory=Peer)
    written: dict[str, set[YjsId]] = field(default_factory=lambda: defaultdict(set))
    deleted: dict[str, set[YjsId]] = field(default_factory=lambda: defaultdict(set))
    _structs: dict[YjsId, Struct] = field(default_factory=dict)

    @classmethod
    def of(cls, sql: psycopg.Connection, section_id: str) -> "Logged":
        logged = cls()
        rows = "SELECT update, person_id::text FROM section_updates WHERE section_id = %s ORDER BY seq"
        for update, person in sql.execute(rows, [section_id]):
            logged.whole.take(bytes(update))
            read = updates.read(bytes(update))
            places = dict(_places(read))
            logged._structs |= places
            logged.written[person] |= places.keys()
            for client, first, after in read.deletes:
                logged.deleted[person] |= {(client, clock) for clock in range(first, after)}
        return logged

    def missing(self, sent: Iterable[bytes], person: str, deleter: str) -> list[str]:
        """What this person sent that is not in the log, or that is gone although `deleter` deleted neither it nor the
        text or node that it lies in.
        """
        own = {at: struct for update in sent for at, struct in _places(updates.read(update))}
        self._structs |= own  # what was typed into something deleted is logged as gone, without its neighbours
        there = {at for at, struct in _places(updates.read(self.whole.doc.get_update())) if struct.text is not None}
        found = [f"{at} is not in the log" for at in sorted(own.keys() - self.written[person])]
        texts = {at for at, struct in own.items() if struct.text is not None}
        lost = [at for at in sorted(texts - there) if not self._deleted_by(deleter, at)]
        return found + [f"{at} is gone, and nobody deleted it" for at in lost]

    def _deleted_by(self, person: str, at: YjsId) -> bool:
        place: YjsId | None = at
        while place is not None:
            if place in self.deleted[person]:
                return True
            place = self._parent(place)
        return False

    def _parent(self, at: YjsId) -> YjsId | None:
        """The text or node that it lies in, which the struct names itself or through a neighbour."""
        struct = self._structs[at]
        while neighbour := struct.origin or struct.right:
            struct = self._structs[neighbour]
        return struct.parent


def _places(read: updates.ParsedUpdate) -> Iterable[tuple[YjsId, Struct]]:
    for client, run in read.structs.items():
        for struct in run:
            yield from (((client, struct.clock + i), struct) for i in range(struct.length))
