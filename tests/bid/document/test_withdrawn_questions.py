"""A question that the call withdraws: its text stays with the partners as notes, and leaves the bid in every format."""

import io
import zipfile
from typing import Any

from tests.bids import Bid
from tests.documents import reading_back as read
from tests.factories import World, ok
from tests.stages import ready_bid

FORMATS = ("json", "md", "html", "docx", "odt", *(("pdf",) if read.PDFTOTEXT else ()))
READERS = {"docx": read.of_docx, "odt": read.of_odt, "pdf": read.of_pdf}


def ask(bid: Bid, *questions: dict[str, Any]) -> None:
    """The council asks these questions from now on."""
    path = f"/opportunities/{bid.opportunity_id}"
    ok(bid.council.boss.patch(path, {"questions": list(questions)}, if_match=bid.council.boss.etag(path)))


def question(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "prompt_markdown": f"Question {key}?", "limit": {"unit": "words", "value": 6}, **more}


def sections(bid: Bid) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(bid.lead.boss.get(f"{bid.path}/sections?limit=200")).json()["items"]
    return found


def write(bid: Bid, section: dict[str, Any], text: str) -> None:
    path = f"{bid.path}/sections/{section['id']}/content"
    who = next((p for p in bid.partners if p.id == section["partner_id"]), bid.lead).boss
    ok(who.put(path, {"markdown": text}, if_match=who.etag(path)))


def shown(bid: Bid, base: str) -> dict[str, str]:
    """What the bid says in each format, and in its answers, under this path."""
    texts = {}
    for format in FORMATS:
        content = ok(bid.lead.boss.get(f"{base}/document.{format}")).content
        texts[format] = READERS[format](content) if format in READERS else content.decode()
    for shape in ("json", "csv", "txt"):
        texts[f"answers.{shape}"] = ok(bid.lead.boss.get(f"{base}/answers.{shape}")).text
    return texts


def packed(pack: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(pack)) as bag:
        return "".join(
            bag.read(name).decode() for name in bag.namelist() if "/answers/" in name or name.endswith("document.json")
        )


def test_a_withdrawn_answer_becomes_notes_and_is_neither_signed_nor_shown_nor_counted(world: World) -> None:
    bid = ready_bid(world)
    ask(bid, question("kept"), question("gone"), question("each", per_member=True))
    for section in sections(bid):
        if section["key"] in ("kept", "gone", "each"):
            write(
                bid,
                section,
                "KEPT"
                if section["key"] == "kept"
                else f"{section['key'].upper()} more words than any limit here takes",
            )
    assert {b["code"] for b in ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["blockers"]} >= {
        "section-over-limit"
    }
    before = shown(bid, bid.path)
    assert all("GONE" in text and "EACH" in text and "KEPT" in text for text in before.values())

    ask(bid, question("kept"))
    notes = {s["key"]: s for s in sections(bid) if not s["in_bid"]}
    assert set(notes) == {"gone", "each"}
    assert not any(note["required"] or note["over_limit"] for note in notes.values())
    text = ok(bid.lead.boss.get(f"{bid.path}/sections/{notes['gone']['id']}/content")).json()
    assert text["markdown"].startswith("GONE")

    bid.acknowledge()
    edition = bid.agree()
    versions = {**shown(bid, bid.path), **{f"signed {k}": v for k, v in shown(bid, f"{bid.path}/editions/1").items()}}
    assert all("KEPT" in text for text in versions.values())
    assert [name for name, text in versions.items() if "GONE" in text or "EACH" in text] == []
    ok(bid.submit(), 201)
    bid.pass_deadline()
    (handed_in,) = ok(bid.council.boss.get(f"/submissions?opportunity_id={bid.opportunity_id}")).json()["items"]
    assert handed_in["sha256"] == edition["sha256"]
    pack = packed(ok(bid.council.boss.get(f"/submissions/{handed_in['id']}/pack.zip")).content)
    assert "KEPT" in pack and "GONE" not in pack and "EACH" not in pack


def test_a_question_that_is_asked_again_finds_its_answer(world: World) -> None:
    bid = ready_bid(world)
    first = question("first")
    ask(bid, first, question("second"))
    found = next(s for s in sections(bid) if s["key"] == "first")
    write(bid, found, "BACK")
    ask(bid, question("second"))
    assert "BACK" not in ok(bid.lead.boss.get(f"{bid.path}/document.json")).text
    assert next(s for s in sections(bid) if s["id"] == found["id"])["in_bid"] is False
