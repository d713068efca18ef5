"""Heavy texts: what is too complex is refused, and what is not keeps nobody waiting while it is worked out."""

import asyncio
import threading
import time

import psycopg
import pytest

from app.bid.text import content
from app.bid.text.complexity import TextTooComplex
from app.platform.richtext.complexity import Complexity
from tests.bid.text.test_content import put, section
from tests.factories import Bid, World, ok, problem
from tests.stages import bid


@pytest.fixture
def made(world: World) -> Bid:
    return bid(world, "Lead", "Member")


@pytest.mark.parametrize(
    ("markdown", "says"),
    [
        ("x\n\n" * 5001, "5,001 blocks"),
        ("| a |\n| --- |\n" + "| b |\n" * 1700, "5,104 blocks"),
        (" ".join(["**b** p"] * 10_001), "20,002 stretches"),
        ("a\\\n" * 10_001 + "a", "20,003 stretches"),
    ],
)
def test_a_text_with_too_many_parts_is_refused_and_says_what_to_do(made: Bid, markdown: str, says: str) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "as it was"))
    refused = problem(put(lead, path, markdown), 422, "text-too-complex")
    assert says in refused["detail"]
    assert ok(lead.get(f"{path}/content")).json()["markdown"] == "as it was\n"


def test_a_text_can_have_as_many_parts_as_that(made: Bid) -> None:
    path, lead = section(made), made.lead.boss
    assert ok(put(lead, path, "x\n\n" * 5000)).json()["counts"]["words"] == 5000
    problem(put(lead, path, "x\n\n" * 5000 + "y"), 422, "text-too-complex")
    ok(put(lead, path, "x\n\n" * 4999 + "y"))


def test_two_texts_that_are_too_much_together_are_not_merged(made: Bid) -> None:
    path, lead, member = section(made, open_to_all=True), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, "top\n\nbottom"))
    base = lead.etag(f"{path}/content")
    ok(put(lead, path, "top\n\n" + "x\n\n" * 3000 + "bottom", base))
    refused = problem(put(member, path, "top\n\nbottom\n\n" + "y\n\n" * 3000, base), 422, "text-too-complex")
    assert "6,002 blocks" in refused["detail"]
    assert "y" not in ok(lead.get(f"{path}/content")).json()["markdown"]


def test_a_text_with_too_many_parts_is_refused_before_anything_is_merged() -> None:
    with pytest.raises(TextTooComplex):
        asyncio.run(content.parsed("x\n\n" * 6, Complexity(5, 10)))


class Watch(threading.Thread):
    """Asks again and again whether the bid's row is free."""

    def __init__(self, world: World, proposal_id: str) -> None:
        super().__init__()
        self.dsn, self.proposal_id = world.sql.info.dsn, proposal_id
        self.password = world.sql.info.password
        self.over, self.free, self.held = threading.Event(), 0, 0

    def run(self) -> None:
        with psycopg.connect(self.dsn, password=self.password, autocommit=True) as sql:
            while not self.over.is_set():
                try:
                    sql.execute("SELECT 1 FROM proposals WHERE id = %s FOR UPDATE NOWAIT", [self.proposal_id])
                    self.free += 1
                except psycopg.errors.LockNotAvailable:
                    self.held += 1
                time.sleep(0.002)

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()


def long(mark: str, paragraphs: int = 60) -> str:
    return "\n\n".join(
        " ".join(f"{mark}w{paragraph}x{word}{mark} p{word}" for word in range(50)) for paragraph in range(paragraphs)
    )


def test_the_bid_is_free_while_a_long_text_is_put_kept_and_brought_back(made: Bid, world: World) -> None:
    path, lead = section(made), made.lead.boss
    ok(put(lead, path, "before"))
    with Watch(world, made.id) as watch:
        ok(put(lead, path, long("**")))
        ok(put(lead, path, long("*")))
        ok(lead.post(f"{path}/history", {"name": "Long"}), 201)
        ok(lead.post(f"{path}/restore", {"number": 1}))
    assert ok(lead.get(f"{path}/content")).json()["markdown"] == "before\n"
    assert watch.held < (watch.held + watch.free) / 4, (watch.held, watch.free)


def test_what_was_written_while_a_text_was_merged_is_merged_too(made: Bid, world: World) -> None:
    path, lead, member = section(made, open_to_all=True), made.lead.boss, made.partners[1].boss
    ok(put(lead, path, f"start\n\n{long('**', 10)}\n\nend"))
    base = lead.etag(f"{path}/content")
    heavy = threading.Thread(target=lambda: ok(put(lead, path, f"start\n\n{long('*', 10)}\n\nend", base)))
    heavy.start()
    added = 0
    while heavy.is_alive():
        read = ok(member.get(f"{path}/content"))
        text = read.json()["markdown"].replace("start", f"start added{added}", 1)
        ok(put(member, path, text, read.headers["ETag"]))
        added += 1
    heavy.join()
    markdown = ok(lead.get(f"{path}/content")).json()["markdown"]
    assert "*w0x0* p0" in markdown and "**w0x0**" not in markdown
    assert all(f"added{number} " in markdown.replace("\n", " ") for number in range(added))
