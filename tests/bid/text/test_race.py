"""Markdown put by a program while eight people type: every token that anybody typed is in the end text."""

import asyncio
import random
import re
from typing import Any

import httpx
from pycrdt import XmlElement, XmlText

from app.platform.richtext import yjs
from app.platform.richtext.markdown import plain_text
from tests.bid.text.live.peer import Peer, run
from tests.bid.text.test_content import put, section
from tests.factories import Bid, World, ok
from tests.rounds import races
from tests.stages import bid
from tests.waiting import until

PUTS = len(races(8))
START = "\n\n".join(" ".join(f"start{line}x{word}" for word in range(12)) for line in range(10))


def texts(parent: Any) -> list[XmlText]:
    found = []
    for child in parent.children:
        found.extend([child] if isinstance(child, XmlText) else texts(child))
    return found


WHOLE = re.compile(r"(?:^|start\d+x\d+|put\d+z\d+|(?:typed|para)\d+x\d+y)$")


def place_to_type(words: str, chance: random.Random) -> int:
    """Before a space; not behind a word that somebody is typing, since the rest of it would come behind the new one."""
    spaces = [index for index, char in enumerate(words) if char == " " and WHOLE.search(words[:index].split(" ")[-1])]
    return chance.choice(spaces or [0])


async def typist(peer: Peer, number: int, over: asyncio.Event, typed: list[str]) -> None:
    chance = random.Random(number)
    count = 0
    while not over.is_set() or count < 10:
        token = f"typed{number}x{count}y"
        count += 1
        text = chance.choice(texts(peer.fragment))
        words = "".join(piece for piece, _ in text.diff())
        at = yjs.utf8_length(words[: place_to_type(words, chance)])
        for place, char in enumerate(f" {token}"):  # the program reads it by half, too
            text.insert(at + place, char)
        typed.append(token)
        if chance.random() < 0.1:
            paragraph = XmlElement("paragraph")
            peer.fragment.children.insert(chance.randrange(len(peer.fragment.children) + 1), paragraph)
            paragraph.children.append(XmlText(f"para{number}x{count}y"))
            typed.append(f"para{number}x{count}y")
        await peer.flush()
        await asyncio.sleep(chance.random() * 0.03)


async def program(url: str, path: str, token: str, over: asyncio.Event, written: list[str]) -> None:
    """Reads the text, thinks, and puts it back with a word more here and a starting word less there."""
    chance = random.Random(99)
    headers = {"Authorization": f"Bearer {token}"}
    # It thinks for longer than a server keeps an idle connection.
    single = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, limits=single) as http:
        for puts in range(PUTS):
            read = await http.get(f"{path}/content")
            words = read.json()["markdown"].split(" ")
            await asyncio.sleep(chance.random() * 0.2)
            for _ in range(3):
                mine = f"put{puts}z{len(written)}"
                words.insert(chance.randrange(len(words) + 1), mine)
                written.append(mine)
            # Not one that a blank line ties to the next paragraph's first word, which somebody may have typed.
            own = [index for index, word in enumerate(words) if word.startswith("start") and "\n" not in word]
            if own and chance.random() < 0.5:
                del words[chance.choice(own)]
            answer = await http.put(
                f"{path}/content", json={"markdown": " ".join(words)}, headers={"If-Match": read.headers["ETag"]}
            )
            assert answer.status_code == 200, answer.text
    over.set()


def test_every_token_that_eight_people_type_survives_a_program_that_puts_markdown(world: World) -> None:
    made: Bid = bid(world, "Lead", "Member")
    path = section(made, open_to_all=True)
    ok(put(made.lead.boss, path, START))
    typed: list[str] = []
    written: list[str] = []

    async def story() -> None:
        url = world.url.replace("http", "ws", 1) + f"{path}/live"
        people = [made.partners[number % 2].boss for number in range(8)]
        peers = [await Peer().connect(url, person.token) for person in people]
        try:
            for peer in peers:
                await peer.level()
            over = asyncio.Event()
            await asyncio.gather(
                program(world.url, path, made.partners[1].boss.token, over, written),
                *(typist(peer, number, over, typed) for number, peer in enumerate(peers)),
            )
            await until(lambda: len({str(yjs.read(peer.doc)) for peer in peers}) == 1, 60)
        finally:
            for peer in peers:
                await peer.leave()

    run(story())
    state = world.sql.execute(
        "SELECT update FROM section_updates WHERE section_id = %s ORDER BY seq", [path[-36:]]
    ).fetchall()
    text = plain_text(yjs.read(yjs.load(*(row[0] for row in state))))
    missing = [token for token in typed + written if token not in text]
    assert not missing, f"{len(missing)} of {len(typed)} + {len(written)}: {missing[:5]}"
