"""A recorded session of two people typing one document at the same time, as Yjs updates of its two authors.

`../shared/data/editing-traces/friendsforever.json.gz` (josephg/editing-traces, CC BY 4.0) where it is there; and a
small invented one of the same shape always. Positions are code points in the text that the author saw (`parents`).
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pycrdt import XmlText

from tests import ROOT
from tests.bid.text.live.peer import Peer

REAL = ROOT.parent / "shared" / "data" / "editing-traces" / "friendsforever.json.gz"


@dataclass(frozen=True)
class Step:
    """One transaction: who wrote, the update, and which steps of the other it had seen."""

    author: int
    update: bytes
    seen: int


def real() -> dict[str, Any] | None:
    if not REAL.exists():
        return None
    return json.loads(gzip.decompress(REAL.read_bytes()))  # type: ignore[no-any-return]


def invented(number: int = 400, seed: int = 7) -> dict[str, Any]:
    """Two people who write at the same time, and see each other's text every few transactions."""
    dice = random.Random(seed)
    peers = [Peer(1), Peer(2)]
    peers[0].paragraph()
    peers[1].take(peers[0].doc.get_update())
    txns: list[dict[str, Any]] = []
    heads: list[list[int]] = [[], []]
    for index in range(number):
        author = dice.randrange(2)
        if dice.random() < 0.3:
            peers[author].take(peers[1 - author].doc.get_update())
            heads[author] = _newest(txns, heads[0] + heads[1])
        text = peers[author].text()
        at = dice.randrange(len(text) + 1)
        gone = min(dice.choice([0, 0, 0, 1, 3]), len(text) - at)
        new = dice.choice(["a", "b ", "é", "Ieuenctid ", "😀", ""]) if gone else dice.choice(["a", "b ", "é", "😀"])
        _edit(peers[author].paragraph(), text, at, gone, new)
        txns.append({"parents": heads[author], "agent": author, "patches": [[at, gone, new]]})
        heads[author] = [index]
    peers[0].take(peers[1].doc.get_update())
    return {"txns": txns, "endContent": peers[0].text()}


def _newest(txns: list[dict[str, Any]], heads: list[int]) -> list[int]:
    """Those of the heads that are not an ancestor of another."""
    above: set[int] = set()
    waiting = [parent for head in heads for parent in txns[head]["parents"]]
    while waiting:
        head = waiting.pop()
        if head not in above:
            above.add(head)
            waiting += txns[head]["parents"]
    return sorted(set(heads) - above)


def steps(trace: dict[str, Any]) -> tuple[bytes, list[Step]]:
    """The first update (an empty paragraph), and the trace's transactions as updates, each with what it had seen.

    The first author's client id is below the second's, so that Yjs lets ties fall as the recording did.
    """
    authors = [Peer(1), Peer(2)]
    start = _start()
    for author in authors:
        author.take(start)
    made: list[Step] = []
    have = [0, 0]  # how many steps each author has looked at
    for index, txn in enumerate(trace["txns"]):
        who = txn["agent"]
        need = max((parent for parent in txn["parents"] if made[parent].author != who), default=-1) + 1
        for step in made[have[who] : need]:
            if step.author != who:
                authors[who].take(step.update)
        have[who] = max(have[who], need)
        text = authors[who].text()
        with authors[who].doc.transaction():
            for at, gone, new in txn["patches"]:
                _edit(authors[who].paragraph(), text, at, gone, new)
                text = text[:at] + new + text[at + gone :]
        (update,) = authors[who]._changes
        authors[who]._changes.clear()
        made.append(Step(who, update, have[who]))
        assert len(made) == index + 1
    return start, made


def _start() -> bytes:
    peer = Peer(99)
    peer.paragraph()
    return peer.doc.get_update()


def _edit(text: XmlText, before: str, at: int, gone: int, new: str) -> None:
    """Positions in code points become the library's offsets, which are UTF-8 bytes."""
    start = len(before[:at].encode())
    if gone:
        end = start + len(before[at : at + gone].encode())
        del text[start:end]
    if new:
        text.insert(start, new)


def all_traces() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "invented", invented()
    if (trace := real()) is not None:
        yield "friendsforever", trace
