"""Documents through HTTP: drafts, editions, what a commissioner gets, and the public check."""

import hashlib
import io
import json
import zipfile

import pytest

from app.platform.db.base import new_id
from tests.factories import Bid, World, ok, problem
from tests.stages import ready_bid
from tests.waiting import wait_until

FORMATS = {
    "pdf": b"%PDF-",
    "docx": b"PK\x03\x04",
    "odt": b"PK\x03\x04",
    "html": b"<!doctype html>",
    "md": b"**DRAFT**",
}


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world)


@pytest.mark.parametrize("form", FORMATS)
def test_a_draft_can_be_had_in_every_format(bid: Bid, form: str) -> None:
    answer = ok(bid.lead.boss.get(f"{bid.path}/document.{form}"), 200)
    assert answer.content.startswith(FORMATS[form])
    assert b"DRAFT" in answer.content or form in ("pdf", "docx", "odt")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert f".{form}" in answer.headers["content-disposition"]


def test_an_edition_gives_the_same_bytes_again_and_a_304_to_who_has_them(bid: Bid) -> None:
    bid.agree()
    path = f"{bid.path}/editions/1/document.pdf"
    first = ok(bid.lead.boss.get(path))
    again = ok(bid.partners[1].boss.get(path))
    assert first.content == again.content
    assert bid.lead.boss.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_signature_changes_the_rendering_and_the_signed_bytes_stay(bid: Bid) -> None:
    edition = bid.freeze()
    before = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.md")).text
    signed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content
    ok(bid.signing(0, edition["sha256"]), 201)
    after = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.md")).text
    assert bid.partners[0].name in after and "Signatory of" in after and "Signatory of" not in before
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content == signed
    assert "**DRAFT**" in after
    ok(bid.signing(1, edition["sha256"]), 201)
    agreed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.md")).text
    assert "DRAFT" not in agreed


def test_the_pdf_carries_the_signed_text_and_anybody_can_have_it_checked(bid: Bid) -> None:
    edition = bid.agree()
    pdf = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.pdf")).content
    checked = ok(bid.world.http.post("/v1/verify", content=pdf, headers={"Content-Type": "application/pdf"})).json()
    assert checked["known"] and checked["signed_by_all"] and checked["sha256"] == edition["sha256"]
    by_hash = ok(bid.world.http.get(f"/v1/verify/{edition['sha256']}")).json()
    assert by_hash == checked
    signed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content
    assert hashlib.sha256(signed).hexdigest() == edition["sha256"]
    pretty = json.dumps(json.loads(signed), indent=2).encode()
    as_json = {"Content-Type": "application/json"}
    assert ok(bid.world.http.post("/v1/verify", content=pretty, headers=as_json)).json()["known"]


def test_a_changed_document_is_not_known(bid: Bid) -> None:
    bid.agree()
    signed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content
    changed = signed.replace(b'"title":"', b'"title":"X', 1)
    answer = ok(bid.world.http.post("/v1/verify", content=changed, headers={"Content-Type": "application/json"})).json()
    assert not answer["known"] and not answer["signed_by_all"]
    assert not ok(bid.world.http.get(f"/v1/verify/{'0' * 64}")).json()["known"]
    problem(bid.world.http.get("/v1/verify/nonsense"), 404)
    problem(bid.world.http.post("/v1/verify", content=b"%PDF-1.7 x", headers={"Content-Type": "application/pdf"}), 422)


def test_the_check_names_nobody(bid: Bid) -> None:
    edition = bid.agree()
    text = ok(bid.world.http.get(f"/v1/verify/{edition['sha256']}")).text
    assert not any(partner.name in text or partner.organisation.id in text for partner in bid.partners)


def test_a_stranger_finds_no_document(bid: Bid) -> None:
    bid.agree()
    stranger = bid.world.stranger()
    for path in ("document.pdf", "document.json", "editions/1/document.pdf", "joint-working-agreement.docx"):
        assert problem(stranger.get(f"{bid.path}/{path}"), 404)["detail"]
    problem(bid.council.boss.get(f"{bid.path}/document.pdf"), 404)


def test_welsh_words_come_with_welsh_asked_for(bid: Bid) -> None:
    text = ok(bid.lead.boss.get(f"{bid.path}/document.md", headers={"Accept-Language": "cy, en;q=0.5"})).text
    assert "DRAFFT" in text and "Crynodeb" in text
    assert "DRAFFT" in ok(bid.lead.boss.get(f"{bid.path}/document.md?language=cy")).text
    problem(bid.lead.boss.get(f"{bid.path}/document.md?language=xx"), 404)


def test_an_unknown_format_is_not_there(bid: Bid) -> None:
    problem(bid.lead.boss.get(f"{bid.path}/document.exe"), 404)


def test_the_joint_working_agreement_is_a_draft_with_its_blanks_listed(bid: Bid) -> None:
    text = ok(bid.lead.boss.get(f"{bid.path}/joint-working-agreement.md")).text
    assert "Blanks to fill in" in text and "solicitor" in text
    docx = ok(bid.lead.boss.get(f"{bid.path}/joint-working-agreement.docx")).content
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(docx)).namelist()


def test_the_commissioner_reads_what_was_submitted_in_its_own_format(bid: Bid) -> None:
    bid.agree()
    submitted = ok(bid.submit(), 201).json()
    bid.world.sql.execute("UPDATE opportunities SET mode = 'open' WHERE id = %s", [bid.opportunity_id])
    path = f"/submissions/{submitted['id']}/document.docx"
    assert ok(bid.council.boss.get(path)).content.startswith(b"PK")
    problem(bid.world.stranger().get(path), 404)


def test_a_long_document_is_begun_and_can_be_fetched_where_the_answer_says(bid: Bid) -> None:
    section = ok(bid.lead.boss.get(f"{bid.path}/sections")).json()["items"][0]["id"]
    text = "\n\n".join(f"Paragraph {n}: " + "We meet young people where they are. " * 20 for n in range(200))
    content = f"{bid.path}/sections/{section}/content"
    ok(bid.lead.boss.put(content, {"markdown": text}, if_match=bid.lead.boss.etag(content)))
    begun = ok(bid.lead.boss.get(f"{bid.path}/document.pdf?language=cy"), 202)
    assert begun.json()["status"] == "rendering" and begun.json()["pages_estimated"] > 50
    location = begun.headers["location"]
    assert begun.headers["retry-after"] == "1"
    wait_until(lambda: bid.lead.boss.get(location).status_code != 202, 60)
    answer = ok(bid.lead.boss.get(location), 200)
    assert answer.content.startswith(b"%PDF-")
    problem(bid.world.stranger().get(location), 404)
    assert ok(bid.lead.boss.get(f"{bid.path}/document.pdf?language=cy"), 200).content == answer.content


def test_the_facilitator_reads_the_draft_without_the_money(bid: Bid) -> None:
    body = {"category": "staff", "year": 2027, "source": "requested", "amount": {"amount": "777.00", "currency": "GBP"}}
    bid.prices_final(False)
    line = bid.lead.boss.post(f"{bid.path}/budget-lines", {**body, "description": "Half a post"})
    assert line.status_code == 201, line.text
    facilitator = bid.world.organisation("Council for Voluntary Service", kinds=("facilitator",))
    bid.world.sql.execute(
        "INSERT INTO facilitators (id, proposal_id, organisation_id, status, started_at) "
        "VALUES (%s, %s, %s, 'active', now())",
        [new_id(), bid.id, facilitator.id],
    )
    bid.show()
    assert ok(facilitator.boss.get(f"{bid.path}/document.json")).json()["budget"] is None
    assert ok(bid.lead.boss.get(f"{bid.path}/document.json")).json()["budget"]["by_partner"]
    ok(facilitator.boss.get(f"{bid.path}/document.pdf"))


def test_a_partner_that_left_reads_the_versions_that_it_signed_and_no_other(bid: Bid) -> None:
    bid.agree()
    ok(bid.withdraw(), 200)
    bid.freeze()
    gone = bid.partners[1].boss
    bid.world.sql.execute("UPDATE partners SET status = 'withdrawn' WHERE id = %s", [bid.partner_ids[1]])
    for path in ("document.md", "annex.md", "answers.txt"):
        ok(gone.get(f"{bid.path}/editions/1/{path}"))
        problem(gone.get(f"{bid.path}/editions/2/{path}"), 404)
    problem(gone.get(f"{bid.path}/document.md"), 404)
    problem(gone.get(f"{bid.path}/pack.zip"), 404)


def test_the_author_is_told_which_characters_the_pdf_cannot_show_and_where(bid: Bid) -> None:
    sections = ok(bid.lead.boss.get(f"{bid.path}/sections")).json()["items"]
    section = next(each for each in sections if each["key"] == "exit_and_sustainability")
    content = f"{bid.path}/sections/{section['id']}/content"
    text = {"markdown": "Ask the scribe 𓀀 for help.\n\nAnd 𓀀 once more, with 𒀀."}
    ok(bid.lead.boss.put(content, text, if_match=bid.lead.boss.etag(content)))
    told = ok(bid.lead.boss.get(f"{bid.path}/replaced-characters")).json()["items"]
    assert [(each["character"], each["code_point"], each["count"]) for each in told] == [
        ("𓀀", "U+13000", 2),
        ("𒀀", "U+12000", 1),
    ]
    places = told[0]["places"]
    assert {(place["part"], place["section"]) for place in places} == {
        ("Exit, sustainability, assets and knowledge", "")
    }
    assert [place["context"] for place in places] == ["Ask the scribe 𓀀 for help.", "And 𓀀 once more, with 𒀀."]
    pdf = ok(bid.lead.boss.get(f"{bid.path}/document.pdf"))
    assert pdf.headers["cobid-characters-replaced"] == "U+13000, U+12000"
    problem(bid.world.stranger().get(f"{bid.path}/replaced-characters"), 404)
    problem(bid.council.boss.get(f"{bid.path}/replaced-characters"), 404)


def test_where_every_character_can_be_shown_the_list_is_empty(bid: Bid) -> None:
    assert ok(bid.partners[1].boss.get(f"{bid.path}/replaced-characters")).json() == {"items": [], "next_cursor": None}
    assert "cobid-characters-replaced" not in ok(bid.lead.boss.get(f"{bid.path}/document.pdf")).headers
