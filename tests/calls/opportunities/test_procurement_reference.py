"""The procurement's public number: seen by all, printed on cover and pages, and its change voids nothing."""

import json
import subprocess

import pytest

from tests.documents import reading_back as read
from tests.factories import World, ok, problem
from tests.stages import ready_bid

NUMBER = "NS/2027/0412"


def test_everybody_reads_it_and_a_change_is_an_amendment_that_voids_nothing(world: World) -> None:
    bid = ready_bid(world)
    council, path = bid.council.boss, f"/opportunities/{bid.opportunity_id}"
    assert ok(world.stranger().get(path)).json()["procurement_reference"] is None
    signed = bid.freeze()
    changed = ok(council.patch(path, {"procurement_reference": NUMBER}, if_match=council.etag(path))).json()
    (amendment,) = changed["amendments"]
    assert amendment["changes"] == {"procurement_reference": {"before": None, "after": NUMBER}}
    assert not amendment["voids_editions"]
    assert ok(world.stranger().get(path)).json()["procurement_reference"] == NUMBER
    boss = bid.lead.boss
    assert ok(boss.get(f"{bid.path}/editions/{signed['number']}")).json()["status"] == "open"
    frozen = json.loads(ok(boss.get(f"{bid.path}/editions/{signed['number']}/document.json")).content)
    assert frozen["opportunity"]["procurement_reference"] is None, "a version reads nothing that lives"
    assert NUMBER not in ok(boss.get(f"{bid.path}/editions/{signed['number']}/document.md")).text


def test_it_is_printed_on_the_cover_and_in_the_running_line(world: World) -> None:
    bid = ready_bid(world)
    council, path = bid.council.boss, f"/opportunities/{bid.opportunity_id}"
    ok(council.patch(path, {"procurement_reference": NUMBER}, if_match=council.etag(path)))
    boss = bid.lead.boss
    assert ok(boss.get(f"{bid.path}/document.json")).json()["opportunity"]["procurement_reference"] == NUMBER
    for format in ("html", "md", "docx", "odt"):
        data = ok(boss.get(f"{bid.path}/document.{format}")).content
        text_of = {"html": read.of_html, "md": read.of_markdown, "docx": read.of_docx, "odt": read.of_odt}[format]
        assert NUMBER in text_of(data), format
    pdf = ok(boss.get(f"{bid.path}/document.pdf")).content
    made = subprocess.run([read.PDFTOTEXT or "", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    pages = made.stdout.decode().replace("\u200b", "").split("\f")[:-1]
    assert len(pages) > 1 and all(NUMBER in page for page in pages), (
        "on the cover, and at the foot of each page after it"
    )


@pytest.mark.parametrize("value", ["x" * 121, "A\u200bB", "A\nB", " ", 7])
def test_what_cannot_be_printed_is_refused(world: World, value: object) -> None:
    call = world.opportunity(publish=False)
    council, path = call["commissioner"].boss, f"/opportunities/{call['id']}"
    found = problem(council.patch(path, {"procurement_reference": value}, if_match=council.etag(path)), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/procurement_reference"]
