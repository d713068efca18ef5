"""Document templates through HTTP: a house style, a call's rules, and an edition that looks the same for ever."""

import io
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest

from app.documents.looks.rules import DEFAULT, PARTS
from tests.documents import reading_back as read
from tests.documents.looks import logo_files
from tests.documents.test_pdf import assert_valid, figure_words
from tests.factories import Bid, Organisation, Person, World, ok, problem
from tests.rows import insert
from tests.stages import ready_bid

ORANGE = {"accent": "#9A3412", "cover_eyebrow": "Working together", "cover_note": "Registered charity.\nSince 1998."}
RULES = {
    "minimum_size": 12,
    "page_limit": 2,
    "names": {"partners": "Who we are"},
    "parts": ["answers", "partners", "exit", "signatures"],
}


@pytest.fixture
def bid(world: World) -> Bid:
    named = [world.organisation("Harbour Youth Trust"), world.organisation("Lighthouse Family Support CIO")]
    return ready_bid(world, organisations=named)


def own(organisation: Organisation) -> str:
    return f"/organisations/{organisation.id}/document-template"


def of_call(bid: Bid) -> str:
    return f"/opportunities/{bid.opportunity_id}/document-template"


def put(person: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = ok(person.put(path, body, if_match=person.etag(path)), 200).json()
    return made


def put_logo(person: Person, path: str, content: bytes, alt: str = "A ship", **options: Any) -> httpx.Response:
    options.setdefault("if_match", person.etag(path))
    options.setdefault("headers", {"Content-Type": "image/svg+xml"})
    return person.request("PUT", f"{path}/logo", params={"alt": alt}, content=content, **options)


def answer(bid: Bid, markdown: str, words: int = 500) -> None:
    """A question of the call, and the bid's answer to it."""
    asked = {"key": "q1", "prompt_markdown": "How will you reach people?", "limit_unit": "words", "limit_value": words}
    question = insert(bid.world, "questions", opportunity_id=bid.opportunity_id, **asked)
    section = insert(
        bid.world, "sections", proposal_id=bid.id, key="q1", title="How will you reach people?", question_id=question,
        limit_unit="words", limit_value=words, required=True,
    )  # fmt: skip
    content = f"{bid.path}/sections/{section}/content"
    ok(bid.lead.boss.put(content, {"markdown": markdown}, if_match=bid.lead.boss.etag(content)))


def text_of(pdf: bytes) -> str:
    made = subprocess.run([str(read.PDFTOTEXT), "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    return made.stdout.decode()


def colour_of_the_cover(pdf: bytes) -> str:
    """The colour of a pixel near its upper left corner (poppler's PPM: three lines, then three bytes a pixel)."""
    command = ["pdftoppm", "-r", "10", "-l", "1", "-"]
    made = subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=60).stdout
    _, size, _, pixels = made.split(b"\n", 3)
    at = 3 * (int(size.split()[0]) * 2 + 2)
    return "#" + pixels[at : at + 3].hex().upper()


def test_before_there_is_one_the_default_explains_itself(world: World) -> None:
    organisation = world.organisation()
    answer = ok(organisation.boss.get(own(organisation)))
    found = answer.json()
    assert found["stored"] is False and answer.headers["ETag"] == '"0"'
    assert (found["accent"], found["size"], found["parts"]) == (DEFAULT.accent, DEFAULT.size, list(PARTS))
    problem(organisation.boss.get(f"{own(organisation)}/logo"), 404)


def test_a_house_style_and_a_calls_rules_show_in_every_format_and_later_changes_leave_the_edition_alone(
    bid: Bid, data_dir: Path
) -> None:
    put(bid.lead.boss, own(bid.lead.organisation), ORANGE)
    made = ok(put_logo(bid.lead.boss, own(bid.lead.organisation), logo_files.SVG)).json()
    assert made["logo"]["alt"] == "A ship" and made["version"] == 2 and made["accent"] == "#9A3412"
    put(bid.council.boss, of_call(bid), RULES)
    before = {
        form: ok(bid.lead.boss.get(f"{bid.path}/document.{form}")) for form in ("pdf", "html", "docx", "odt", "md")
    }
    assert_valid(before["pdf"].content, "2a")
    assert b"Who we are" in before["md"].content and b"Working together" in before["md"].content
    assert b"--accent:#9A3412" in before["html"].content and b"image/svg+xml;base64" in before["html"].content
    document = zipfile.ZipFile(io.BytesIO(before["docx"].content))
    assert b'descr="A ship"' in document.read("word/document.xml") and b"9A3412" in document.read("word/styles.xml")
    opened = zipfile.ZipFile(io.BytesIO(before["odt"].content))
    assert b"A ship" in opened.read("content.xml") and b"#9A3412" in opened.read("styles.xml")
    smallest = min(float(size) for size in re.findall(rb'font-size="([\d.]+)pt"', opened.read("styles.xml")))
    assert smallest >= 12 or smallest == 6  # the gap between tables holds no text

    edition = bid.agree()
    path = f"{bid.path}/editions/1"
    first = {
        form: ok(bid.lead.boss.get(f"{path}/document.{form}")).content for form in ("pdf", "docx", "odt", "html", "md")
    }
    signed = ok(bid.lead.boss.get(f"{path}/document.json")).content
    assert_valid(first["pdf"], "3a")
    assert b"9A3412" not in signed and b"Who we are" not in signed
    with pikepdf.open(io.BytesIO(first["pdf"])) as printed:
        assert "A ship" in figure_words(printed)
        assert next(str(item.title).split(maxsplit=1)[1] for item in printed.open_outline().root) == "Who we are"
    if read.PDFTOTEXT:
        assert "Working together" in text_of(first["pdf"]) and colour_of_the_cover(first["pdf"]) == "#9A3412"

    put(bid.lead.boss, own(bid.lead.organisation), {"accent": "#14532D", "cover_eyebrow": "Something else"})
    ok(
        bid.lead.boss.delete(
            f"{own(bid.lead.organisation)}/logo", if_match=bid.lead.boss.etag(own(bid.lead.organisation))
        ),
        204,
    )
    bid.world.sql.execute("UPDATE document_templates SET data = NULL WHERE opportunity_id = %s", [bid.opportunity_id])
    delete_stored_renderings(bid, data_dir)
    for form, content in first.items():
        assert ok(bid.partners[1].boss.get(f"{path}/document.{form}")).content == content, form
    assert ok(bid.lead.boss.get(f"{path}/document.json")).content == signed
    assert b"#14532D" in ok(bid.lead.boss.get(f"{bid.path}/document.html")).content
    for other in ("joint-working-agreement", "editions/1/annex"):  # the partners' own, between equals
        assert b"--accent:#1F3A5F" in ok(bid.lead.boss.get(f"{bid.path}/{other}.html")).content
    assert edition["sha256"] == ok(bid.lead.boss.get(path)).json()["sha256"]


def delete_stored_renderings(bid: Bid, data_dir: Path) -> None:
    """Makes the service render the next answer again."""
    shutil.rmtree(data_dir / "files" / "renderings" / bid.id)


def test_whoever_has_a_longer_document_made_than_the_call_allows_is_told(bid: Bid) -> None:
    put(bid.council.boss, of_call(bid), {"page_limit": 2})
    headers = ok(bid.lead.boss.get(f"{bid.path}/document.pdf")).headers
    pages = int(headers["Cobid-Pages"])
    assert pages > 2 and headers["Cobid-Page-Limit"] == "2" and int(headers["Cobid-Pages-Over"]) == pages - 2
    again = ok(bid.lead.boss.get(f"{bid.path}/document.pdf"))
    assert again.headers["Cobid-Pages-Over"] == headers["Cobid-Pages-Over"]
    if read.PDFTOTEXT:
        assert f"This draft has {pages} pages; the call allows 2." in " ".join(text_of(again.content).split())
    assert "Cobid-Page-Limit" not in ok(bid.lead.boss.get(f"{bid.path}/joint-working-agreement.pdf")).headers
    put(bid.council.boss, of_call(bid), {"page_limit": 400})
    fits = ok(bid.lead.boss.get(f"{bid.path}/document.pdf"))
    assert "Cobid-Pages-Over" not in fits.headers and fits.headers["Cobid-Page-Limit"] == "400"
    assert not ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["blockers"]  # a document's length blocks nobody


NAMED = """**Harbour** Youth Trust (HYT) opens the doors; the HYT's partner *Lighthouse Family Support* stays with families.

| Who | What |
| --- | --- |
| harbour youth  trust | Doors |
| LFS | Families |

Write to hello@harbouryouthtrust.org or see [our page](https://www.harbouryouthtrust.org/)."""


def test_where_a_call_forbids_names_no_answer_holds_one_in_any_format(bid: Bid) -> None:
    answer(bid, NAMED)
    named = ok(bid.lead.boss.get(f"{bid.path}/answers.json")).json()["answers"][0]
    assert "Harbour Youth Trust" in named["text"]
    put(bid.council.boss, of_call(bid), {"anonymise_answers": True, "parts": ["answers", "partners", "signatures"]})
    for shape in ("json", "csv", "txt"):
        found = ok(bid.lead.boss.get(f"{bid.path}/answers.{shape}")).text
        assert not re.search("harbour|lighthouse|hyt|lfs", found, re.IGNORECASE), shape
        assert "Partner A opens the doors; Partner A's partner" in found.replace("*", "") and "Partner B" in found
    boxed = ok(bid.lead.boss.get(f"{bid.path}/answers.json")).json()["answers"][0]
    assert boxed["counts"]["words"] == len(re.sub(r"[|\n]", " ", boxed["text"]).split()) != named["counts"]["words"]
    for form in ("md", "html"):
        whole = ok(bid.lead.boss.get(f"{bid.path}/document.{form}")).text
        body = whole[whole.rindex("How will you reach people?") :]
        answers, _, rest = body.partition("The partners")
        assert "Partner A" in answers and not re.search("harbour|lighthouse|hyt|lfs", answers, re.IGNORECASE)
        assert "Harbour Youth Trust" in rest and "Lighthouse Family Support CIO" in rest


def test_what_is_signed_holds_the_names_and_its_print_none(bid: Bid) -> None:
    answer(bid, NAMED)
    put(bid.council.boss, of_call(bid), {"anonymise_answers": True})
    bid.agree()
    assert "HYT" in ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).text
    assert "HYT" not in ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.md")).text
    assert "HYT" not in ok(bid.lead.boss.get(f"{bid.path}/editions/1/answers.txt")).text
    assert "Signatory of Harbour Youth Trust" in ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.md")).text
    packed = zipfile.ZipFile(io.BytesIO(ok(bid.lead.boss.get(f"{bid.path}/pack.zip")).content))
    inside = {name.partition("/data/")[2]: packed.read(name) for name in packed.namelist()}
    assert b"HYT" not in inside["answers/answers.csv"] and b"HYT" in inside["bid/document.json"]


def test_the_commissioner_reads_the_submitted_bid_as_it_was_frozen(bid: Bid) -> None:
    put(bid.lead.boss, own(bid.lead.organisation), ORANGE)
    bid.agree()
    submitted = ok(bid.submit(), 201).json()
    bid.pass_deadline()
    path = f"/submissions/{submitted['id']}/document.html"
    first = ok(bid.council.boss.get(path)).content
    assert b"--accent:#9A3412" in first
    put(bid.lead.boss, own(bid.lead.organisation), {"accent": "#14532D"})
    assert ok(bid.council.boss.get(path)).content == first


def test_its_writers_see_what_holds_and_nobody_else_does(bid: Bid) -> None:
    put(bid.lead.boss, own(bid.lead.organisation), ORANGE | {"size": 9})
    put(bid.council.boss, of_call(bid), RULES)
    found = ok(bid.partners[1].boss.get(f"{bid.path}/document-template")).json()
    assert (found["accent"], found["size"], found["page_limit"], found["parts"]) == ("#9A3412", 12, 2, RULES["parts"])
    for person in (bid.council.boss, bid.world.stranger()):
        problem(person.get(f"{bid.path}/document-template"), 404)


def test_another_lead_brings_its_own_look(bid: Bid) -> None:
    put(bid.lead.boss, own(bid.lead.organisation), ORANGE)
    assert b"#9A3412" in ok(bid.lead.boss.get(f"{bid.path}/document.html")).content
    bid.world.sql.execute("UPDATE partners SET role = 'member' WHERE id = %s", [bid.partner_ids[0]])
    bid.world.sql.execute("UPDATE partners SET role = 'lead' WHERE id = %s", [bid.partner_ids[1]])
    assert b"#9A3412" not in ok(bid.lead.boss.get(f"{bid.path}/document.html")).content


# Who may, and what cannot be ------------------------------------------------------------------------------------------
def test_admins_write_an_organisations_look_and_its_people_read_it(world: World) -> None:
    organisation = world.organisation()
    path = own(organisation)
    put(organisation.boss, path, ORANGE)
    editor = world.colleague(organisation, "editor", "signatory")
    assert ok(editor.get(path)).json()["accent"] == "#9A3412"
    problem(editor.put(path, ORANGE, if_match=1), 403, "not-allowed")
    problem(put_logo(editor, path, logo_files.SVG), 403)
    problem(editor.delete(path, if_match=1), 403)
    for person in (world.stranger(), world.organisation().boss):
        problem(person.get(path), 404)
        problem(person.put(path, ORANGE, if_match=1), 404)
        problem(person.get(f"{path}/logo"), 404)
    assert world.http.get(f"/v1{path}").status_code == 401


def test_whoever_sees_a_call_reads_its_rules_and_its_editors_write_them(world: World) -> None:
    council = world.organisation("Council", kinds=("commissioner",))
    call = world.opportunity(council, publish=False)
    path = f"/opportunities/{call['id']}/document-template"
    stranger = world.stranger()
    problem(stranger.get(path), 404)
    put(council.boss, path, RULES)
    ok(council.boss.post(f"/opportunities/{call['id']}/publish"))
    assert ok(stranger.get(path)).json()["page_limit"] == 2
    problem(stranger.put(path, RULES, if_match=1), 403)
    problem(world.colleague(council, "viewer", "admin").put(path, RULES, if_match=1), 403)


def test_a_change_names_the_version_that_was_read(world: World) -> None:
    organisation = world.organisation()
    boss, path = organisation.boss, own(organisation)
    problem(boss.put(path, ORANGE), 428, "if-match-required")
    problem(boss.put(path, ORANGE, if_match=1), 412, "stale-version")
    problem(put_logo(boss, path, logo_files.SVG, if_match=""), 428)
    assert put(boss, path, ORANGE)["version"] == 1
    problem(boss.put(path, ORANGE, if_match=0), 412)
    problem(put_logo(boss, path, logo_files.SVG, if_match=0), 412)
    problem(boss.delete(path), 428)
    ok(boss.delete(path, if_match=1), 204)
    assert ok(boss.get(path)).json()["stored"] is False
    problem(boss.put(path, ORANGE, if_match=1), 412)  # what was read before the deletion is as stale as ever
    problem(boss.delete(path, if_match=2), 404)
    assert put(boss, path, ORANGE)["version"] == 3


def test_of_many_changes_at_once_one_wins_and_the_others_are_told(world: World) -> None:
    organisation = world.organisation()
    path = own(organisation)

    def change(number: int) -> int:
        return organisation.boss.put(path, {"cover_note": str(number)}, if_match=0).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(change, range(16))) == [200, *[412] * 15]
    assert ok(organisation.boss.get(path)).json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"accent": "#FF8800"}, {"/accent"}),
        ({"accent": "orange"}, {"/accent"}),
        ({"size": 4, "font": "Comic Sans"}, {"/size", "/font"}),
        ({"parts": ["budget"]}, {"/parts"}),
        ({"names": {"budget": "a\nb"}}, {"/names/budget"}),
        ({"cover_note": "a\u0007b"}, {"/cover_note"}),
        ({"cover_note": "x" * 601}, {"/cover_note"}),
        ({"typst": "#panic()"}, {"/typst"}),
    ],
)
def test_a_look_that_cannot_be_printed_is_refused_with_its_reasons(world: World, body: Any, pointers: Any) -> None:
    organisation = world.organisation()
    refused = problem(organisation.boss.put(own(organisation), body, if_match=0), 422)
    assert {fault["pointer"] for fault in refused["errors"]} == pointers


def test_a_logo_is_judged_by_its_content(world: World) -> None:
    organisation = world.organisation()
    boss, path = organisation.boss, own(organisation)
    for name in ("a script", "a picture from elsewhere", "entities", "a GIF", "a PNG cut off", "nothing"):
        problem(put_logo(boss, path, logo_files.EVIL[name]), 422, "logo-not-accepted")
    problem(put_logo(boss, path, logo_files.png(), headers={"Content-Type": "text/html"}), 415)
    problem(put_logo(boss, path, b"x" * 600_000), 413)
    problem(put_logo(boss, path, logo_files.SVG, alt="  "), 422)
    problem(boss.request("PUT", f"{path}/logo", content=logo_files.SVG, if_match=0), 415)
    missing = boss.request(
        "PUT", f"{path}/logo", content=logo_files.SVG, if_match=0, headers={"Content-Type": "image/png"}
    )
    problem(missing, 422)
    assert ok(boss.get(path)).json()["version"] == 0
    made = ok(put_logo(boss, path, logo_files.JPEG)).json()["logo"]  # sent as an SVG: what it is decides
    assert (made["media_type"], made["width"], made["height"]) == ("image/jpeg", 120, 40)
    shown = ok(boss.get(made["href"]))
    assert shown.headers["content-type"] == "image/jpeg" and "sandbox" in shown.headers["content-security-policy"]
    assert b"TAKEN AT HOME" not in shown.content


def test_a_published_calls_rules_change_only_by_an_amendment_that_bids_are_told_of(bid: Bid) -> None:
    edition = bid.freeze()
    path, call = of_call(bid), f"/opportunities/{bid.opportunity_id}"
    put(bid.council.boss, path, {"accent": "#14532D"})  # a look voids nothing
    ok(bid.signing(0, edition["sha256"]), 201)
    put(bid.council.boss, path, {"accent": "#14532D", "page_limit": 10})
    found = ok(bid.lead.boss.get(call)).json()
    assert found["amendment"] == 2
    assert [made["voids_editions"] for made in found["amendments"]] == [False, True]
    assert found["amendments"][1]["changes"]["document_template"]["after"]["page_limit"] == 10
    assert bid.events("call_amended") == 2
    problem(bid.signing(1, edition["sha256"]), 409, "call-amended")
    unchanged = put(bid.council.boss, path, {"accent": "#14532D", "page_limit": 10})
    assert unchanged["version"] == 3 and ok(bid.lead.boss.get(call)).json()["amendment"] == 2
    ok(bid.council.boss.delete(path, if_match=bid.council.boss.etag(path)), 204)
    assert ok(bid.lead.boss.get(call)).json()["amendment"] == 3


def test_after_the_deadline_and_after_the_end_nothing_changes_any_more(bid: Bid) -> None:
    path = of_call(bid)
    bid.pass_deadline()
    problem(bid.council.boss.put(path, RULES, if_match=0), 409, "closed-for-changes")
    bid.world.sql.execute("UPDATE opportunities SET status = 'cancelled' WHERE id = %s", [bid.opportunity_id])
    problem(bid.council.boss.put(path, RULES, if_match=0), 409, "opportunity-over")
    assert ok(bid.lead.boss.get(path)).json()["stored"] is False


def test_an_edition_from_before_there_were_templates_keeps_the_default(bid: Bid) -> None:
    bid.freeze()
    first = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.html")).content
    bid.world.sql.execute("UPDATE editions SET template = NULL WHERE proposal_id = %s", [bid.id])
    put(bid.lead.boss, own(bid.lead.organisation), ORANGE)
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.html")).content == first
