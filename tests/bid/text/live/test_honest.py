"""Whatever honest editors do, offline for as long as they like, is taken: the strictness hits nobody else."""

import random

import pytest
from pycrdt import Doc, XmlFragment

from app.bid.text.live import updates
from app.bid.text.live.compaction import compact
from app.bid.text.live.document import EMPTY, LiveDocument
from app.platform.richtext import yjs
from tests.bid.text.live import fuzz
from tests.rounds import tries


class _Server:
    """What a room does with its text, without the sockets; compacted and opened again now and then."""

    def __init__(self) -> None:
        self._log: list[bytes] = []
        self.text = LiveDocument([])

    def take(self, brought: bytes) -> None:
        read = updates.read(brought)
        if read.empty:
            return
        assert self.text.admit(read), "it builds on something that the server does not have"
        change = self.text.add([brought])
        if change != EMPTY:
            self._log.append(change)
        assert self.text.ends == updates.read_state_vector(self.text.state_vector())

    def open_anew(self) -> None:
        self.text.close()
        snapshot, shape = compact(self._log)
        self._log = [snapshot]
        self.text = LiveDocument([snapshot], shape)


@pytest.mark.parametrize("seed", range(tries(12)))
def test_honest_people_are_never_refused_and_all_see_the_same_in_the_end(seed: int) -> None:
    dice = random.Random(seed)
    server = _Server()
    people: list[Doc[XmlFragment]] = []
    for number in range(4):
        doc: Doc[XmlFragment] = Doc(client_id=dice.choice([number + 1, 2**31 + number]))
        doc.get("default", type=XmlFragment)
        people.append(doc)

    def level(doc: Doc[XmlFragment]) -> None:
        server.take(doc.get_update(server.text.state_vector()))
        doc.apply_update(server.text.since(doc.get_state()))

    for _ in range(250):
        doc = dice.choice(people)
        for _ in range(dice.choice([1, 1, 3, 20])):
            fuzz.edit(dice, doc)
        if dice.random() < 0.3:
            level(doc)
        if dice.random() < 0.05 and server.text.ends:
            server.open_anew()
    for doc in [*people, *people]:
        level(doc)
    assert all(yjs.read(doc) == yjs.read(server.text.doc) for doc in people)
