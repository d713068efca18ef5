"""Files that partners attach, through HTTP: what is taken, who may read it, and how it comes out."""

import csv
import hashlib
import http.client
import io
import json
import struct
import zipfile
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.bid.renderings.pack_contents import short_name
from tests.factories import Bid, Person, World, ok, problem
from tests.stages import ready_bid

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world)


def attach(bid: Bid, person: Person, content: bytes = PDF, name: str = "policy.pdf", **fields: Any) -> httpx.Response:
    return person.http.post(
        f"{bid.path}/documents",
        files={"file": (name, content, "application/x-anything")},
        data=fields,
        headers={"Authorization": f"Bearer {person.token}"},
        timeout=60,
    )


def test_a_file_comes_out_as_it_went_in_to_be_saved_and_never_shown(bid: Bid) -> None:
    made = ok(attach(bid, bid.lead.boss), 201)
    out = made.json()
    assert out["media_type"] == "application/pdf" and out["sha256"] == hashlib.sha256(PDF).hexdigest()
    got = ok(bid.partners[1].boss.get(made.headers["location"]))
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith('attachment; filename="policy.pdf"')
    assert got.headers["x-content-type-options"] == "nosniff" and "sandbox" in got.headers["content-security-policy"]
    known = bid.lead.boss.get(made.headers["location"], headers={"Accept": "application/json"}).json()
    assert known == out
    listed = ok(bid.lead.boss.get(f"{bid.path}/documents")).json()["items"]
    assert [item["id"] for item in listed] == [out["id"]]


@pytest.mark.parametrize(("files", "bytes_of_each"), [(200, 10), (1, 1_000_000_000)])
def test_a_partner_uses_up_its_own_room_alone_and_nobody_counts_what_another_hides(
    bid: Bid, files: int, bytes_of_each: int
) -> None:
    lead, other = bid.partners
    bid.world.sql.execute(
        "INSERT INTO attachments (id, proposal_id, partner_id, name, media_type, bytes, sha256, visible_to) "
        "SELECT gen_random_uuid(), %s, %s, 'hidden ' || n || '.pdf', 'application/pdf', %s, repeat('a', 64), %s::uuid[] "
        "FROM generate_series(1, %s) n",
        [bid.id, other.id, bytes_of_each, [other.id], files],
    )
    refused = problem(attach(bid, other.boss), 409, "attachments-full")
    assert not any(character.isdigit() for character in refused["detail"] + refused["title"])
    ok(attach(bid, lead.boss), 201)


def test_strangers_and_the_council_find_nothing(bid: Bid) -> None:
    location = ok(attach(bid, bid.lead.boss), 201).headers["location"]
    for person in (bid.world.stranger(), bid.council.boss):
        problem(person.get(location), 404)
        problem(attach(bid, person), 404)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"GIF89a<script>alert(1)</script>", "picture.gif"),
        (b"<html><script>alert(1)</script>", "page.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "drawing.svg"),
        (b"MZ\x90\x00" + b"\x00" * 100, "setup.exe"),
        (b"\x7fELF" + b"\x00" * 100, "setup.pdf"),
        (b"#!/bin/sh\nrm -rf /\x00", "run.txt"),
        (b"PK\x03\x04not really", "broken.docx"),
        (b"", "empty.pdf"),
    ],
)
def test_what_a_browser_might_run_or_nobody_can_open_is_refused(bid: Bid, content: bytes, name: str) -> None:
    problem(attach(bid, bid.lead.boss, content, name), 422)
    assert ok(bid.lead.boss.get(f"{bid.path}/documents")).json()["items"] == []


def zipped(*members: tuple[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        zipped(("bomb.txt", b"\x00" * 50_000_000)),
        zipped(("../../etc/passwd", b"x")),
        zipped(("/etc/passwd", b"x")),
        zipped(("word/document.xml", b"<x/>"), ("word/vbaProject.bin", b"x")),
        zipped(("run.exe", b"MZ")),
    ],
    ids=["bomb", "path upwards", "absolute path", "macros", "program"],
)
def test_archives_are_judged_by_their_directory(bid: Bid, content: bytes) -> None:
    problem(attach(bid, bid.lead.boss, content, "archive.zip"), 422)


def test_an_archive_whose_directory_lies_about_its_files_is_refused(bid: Bid) -> None:
    liar = bytearray(zipped(("a.txt", b"x" * 1_000_000)))
    struct.pack_into("<L", liar, liar.index(b"PK\x01\x02") + 24, 1000)
    refused = problem(attach(bid, bid.lead.boss, bytes(liar), "a.zip"), 422)
    assert refused["errors"][0]["code"] == "file-not-accepted" and "contradicts itself" in refused["detail"]


def test_an_honest_archive_and_a_text_are_taken(bid: Bid) -> None:
    assert (
        ok(attach(bid, bid.lead.boss, zipped(("a.txt", b"hello")), "a.zip"), 201).json()["media_type"]
        == "application/zip"
    )
    word = zipped(("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>"))
    assert ok(attach(bid, bid.lead.boss, word, "a.docx"), 201).json()["name"] == "a.docx"
    assert ok(attach(bid, bid.lead.boss, "Polisi dŵr, £5".encode(), "a.csv"), 201).json()["media_type"] == "text/csv"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\polisi dŵr.pdf", "polisi dŵr.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe.pdf"),
        ("page.html", "page.html.pdf"),
        ("con.pdf", "con_.pdf"),
        ("x" * 400 + ".pdf", "x" * 120 + ".pdf"),
        ('a"b\r\nSet-Cookie: c.pdf', "a'bSet-Cookie_ c.pdf"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    from app.bid.files.rules import safe_name

    assert safe_name(given, "pdf") == kept


def test_a_name_is_as_the_browser_meant_it(bid: Bid) -> None:
    answer = ok(attach(bid, bid.lead.boss, name="Our %22safe%22 %0D%0Aplan 100%25.pdf"), 201)
    assert answer.json()["name"] == "Our 'safe' plan 100%25.pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("setup.exe", b"Only text"),
        ("plan.docx", b"%PDF-1.7\n"),
        ("notes.md", b"# Notes"),
        ("budget.xlsx", b"item,cost\n"),
        ("photo.png", b"\xff\xd8\xff\xe0"),
    ],
)
def test_a_name_that_says_another_kind_than_the_content_is_refused(bid: Bid, name: str, content: bytes) -> None:
    refused = problem(attach(bid, bid.lead.boss, content, name), 422, "file-not-accepted")
    assert f"ends in '.{name.rpartition('.')[2]}'" in refused["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("content", "name", "media"),
    [
        (b"\r\n%PDF-1.4\n", "scan.pdf", "application/pdf"),
        ("Café,£5\r\n".encode("cp1252"), "costs.csv", "text/csv"),
        ("Polisi dŵr ac ŷd".encode(), "a.txt", "text/plain"),
        (b"\xff\xd8\xff\xe0", "photo.JPEG", "image/jpeg"),
        (b"%PDF-1.7", "minutes of 3.2.final", "application/pdf"),
    ],
)
def test_files_as_people_have_them_are_taken(bid: Bid, content: bytes, name: str, media: str) -> None:
    assert ok(attach(bid, bid.lead.boss, content, name), 201).json()["media_type"] == media


def test_a_file_in_an_unknown_alphabet_is_not_taken_for_text(bid: Bid) -> None:
    problem(attach(bid, bid.lead.boss, b"caf\xe9", "a.txt"), 422, "file-not-accepted")


def test_personal_data_of_service_users_needs_named_readers_and_stays_with_them(bid: Bid) -> None:
    problem(attach(bid, bid.lead.boss, personal_data="service_users"), 422)
    named = bid.partner_ids[0]
    made = ok(attach(bid, bid.lead.boss, personal_data="service_users", visible_to=named), 201)
    assert "personal data" in made.json()["warning"]
    problem(bid.partners[1].boss.get(made.headers["location"]), 404)
    assert ok(bid.partners[1].boss.get(f"{bid.path}/documents")).json()["items"] == []


def test_before_the_reveal_a_file_is_its_owners_alone(bid: Bid) -> None:
    bid.world.sql.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [bid.id])
    before = ok(bid.partners[1].boss.get(bid.path)).json()["revision"]
    made = ok(attach(bid, bid.lead.boss), 201)
    problem(bid.partners[1].boss.get(made.headers["location"]), 404)
    assert ok(bid.partners[1].boss.get(f"{bid.path}/documents")).json()["items"] == []
    assert ok(bid.partners[1].boss.get(bid.path)).json()["revision"] == before


def hide(bid: Bid, how: str) -> None:
    if how == "the round is open":
        bid.world.sql.execute("UPDATE proposals SET round_status = 'open' WHERE id = %s", [bid.id])
    else:
        late = "UPDATE partners SET filed_at = NULL, must_file = true WHERE id = %s"
        bid.world.sql.execute(late, [bid.partner_ids[1]])


@pytest.mark.parametrize("how", ["the round is open", "the reader has not filed"])
@pytest.mark.parametrize("where", ["statement", "authority", "proxy"])
def test_whoever_names_a_hidden_file_learns_no_more_than_from_one_that_does_not_exist(
    bid: Bid, where: str, how: str
) -> None:
    file = ok(attach(bid, bid.lead.boss), 201).json()["id"]
    reader, seat = bid.partners[1].boss, bid.partner_ids[1]

    def name(document: str) -> httpx.Response:
        said = {"full_name": "Ann", "role_title": "Chair", "document_id": document}
        if where == "authority":
            return reader.post(f"{bid.path}/partners/{seat}/authority", said)
        if where == "proxy":
            return reader.post(f"{bid.path}/proxies", {**said, "holder_partner_id": bid.partner_ids[0]})
        path = f"{bid.path}/partners/{seat}/statements/insurance"
        return reader.put(path, {"answer": "yes", "document_id": document}, if_match=reader.etag(path))

    hide(bid, how)
    told = [problem(name(document), 422) for document in (file, bid.id)]
    assert told[0]["errors"] == told[1]["errors"] and told[0]["detail"] == told[1]["detail"]
    assert told[0]["errors"][0]["code"] == "unknown-document"
    own = ok(attach(bid, reader), 201).json()["id"]
    ok(name(own))


def test_only_its_owner_deletes_a_file_and_only_in_a_draft(bid: Bid) -> None:
    made = ok(attach(bid, bid.lead.boss), 201)
    location = made.headers["location"]
    problem(bid.partners[1].boss.delete(location, if_match=1), 403)
    problem(bid.lead.boss.delete(location), 428)
    ok(bid.lead.boss.delete(location, if_match=1), 204)
    problem(bid.lead.boss.get(location), 404)
    kept = ok(attach(bid, bid.lead.boss, in_bid="true"), 201).headers["location"]
    bid.freeze()
    problem(bid.lead.boss.delete(kept, if_match=1), 409, "in-sign-off")


def test_a_file_beyond_the_limit_and_bad_forms_are_refused(bid: Bid) -> None:
    person = bid.lead.boss
    headers = {"Authorization": f"Bearer {person.token}", "Content-Type": "multipart/form-data; boundary=x"}
    problem(person.http.post(f"{bid.path}/documents", content=b"nonsense", headers=headers), 400)
    problem(person.post(f"{bid.path}/documents", {"file": "x"}), 415)
    problem(attach(bid, person, bogus="1"), 422)
    problem(attach(bid, person, in_bid="perhaps"), 422)
    declared = {**headers, "Content-Length": str(10**12)}
    server = http.client.HTTPConnection(bid.world.url.removeprefix("http://"), timeout=10)
    server.request("POST", f"{bid.path}/documents", body=b"--x", headers=declared)
    assert server.getresponse().status == 413


def test_what_goes_into_the_bid_is_covered_by_the_signature_and_handed_to_the_commissioner(bid: Bid) -> None:
    evidence = ok(attach(bid, bid.partners[1].boss, in_bid="true", name="=cmd.pdf"), 201).json()
    private = ok(attach(bid, bid.lead.boss, PDF + b"private"), 201).json()
    bid.agree()
    document = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).json()
    assert [(f["id"], f["sha256"]) for f in document["attachments"]] == [(evidence["id"], evidence["sha256"])]
    submitted = ok(bid.submit(), 201).json()
    bid.world.sql.execute("UPDATE opportunities SET mode = 'open' WHERE id = %s", [bid.opportunity_id])
    council = bid.council.boss
    assert ok(council.get(f"/submissions/{submitted['id']}/documents/{evidence['id']}")).content == PDF
    problem(council.get(f"/submissions/{submitted['id']}/documents/{private['id']}"), 404)
    pack = zipfile.ZipFile(io.BytesIO(ok(council.get(f"/submissions/{submitted['id']}/pack.zip")).content))
    assert any("/evidence/" in name for name in pack.namelist())
    assert not any("agreement" in name for name in pack.namelist())
    first = next(name for name in pack.namelist() if name.endswith("data/First page.html"))
    assert pack.namelist()[0] == first, "it is what somebody sees who opens the pack"
    page = pack.read(first).decode()
    at = datetime.fromisoformat(submitted["receipt"]["submitted_at"]).astimezone(ZoneInfo("Europe/London"))
    assert at.strftime("%H:%M:%S") in page and submitted["receipt"]["sha256"] in page
    assert all(escape(partner.name) in page for partner in bid.partners)


def test_names_in_a_pack_are_whole_words_and_short_enough_for_every_computer() -> None:
    title = "Dyfi & Maldwyn: Working Together with the Children, Young People and Families who use our Services"
    assert short_name(title) == "Dyfi-Maldwyn-Working-Together-with-the"
    assert short_name("Ŵyl") == "Ŵyl" and short_name(" … ") == "bid" and len(short_name("a" * 300)) == 40


def test_the_pack_is_a_bag_whose_hashes_are_right(bid: Bid) -> None:
    ok(attach(bid, bid.lead.boss, in_bid="true"), 201)
    edition = bid.agree()
    answer = ok(bid.lead.boss.get(f"{bid.path}/pack.zip"))
    bag = zipfile.ZipFile(io.BytesIO(answer.content))
    assert bag.testzip() is None
    root = bag.namelist()[0].partition("/")[0]
    read = {name.removeprefix(f"{root}/"): bag.read(name) for name in bag.namelist()}
    assert read["bagit.txt"].startswith(b"BagIt-Version: 1.0")
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in read[manifest].decode().splitlines():
            digest, _, path = line.partition("  ")
            assert hashlib.sha256(read[path]).hexdigest() == digest
    payload = [name for name in read if name.startswith("data/")]
    assert len(payload) == len(read["manifest-sha256.txt"].splitlines()) >= 8
    assert hashlib.sha256(read["data/bid/document.json"]).hexdigest() == edition["sha256"]
    oxum = f"{sum(len(read[name]) for name in payload)}.{len(payload)}"
    assert f"Payload-Oxum: {oxum}" in read["bag-info.txt"].decode()


def test_a_portals_limit_splits_the_pack(bid: Bid) -> None:
    for number in range(3):
        ok(attach(bid, bid.lead.boss, PDF + bytes([number]) * 900_000, in_bid="true"), 201)
    first = ok(bid.lead.boss.get(f"{bid.path}/pack.zip?limit_mb=1"))
    parts, link = 1, first.headers.get("link")
    while link:
        following = ok(bid.lead.boss.get(link.partition("<")[2].partition(">")[0]))
        assert len(following.content) < 1_100_000
        parts, link = parts + 1, following.headers.get("link")
    assert parts == 4
    problem(bid.lead.boss.get(f"{bid.path}/pack.zip?limit_mb=1&part=9"), 404)


def test_answers_come_box_by_box_with_counts_and_no_live_formula(bid: Bid) -> None:
    boxes = ok(bid.lead.boss.get(f"{bid.path}/answers.json")).json()["answers"]
    table = list(csv.reader(io.StringIO(ok(bid.lead.boss.get(f"{bid.path}/answers.csv")).text.lstrip("\ufeff"))))
    assert len(table) == len(boxes) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in table for cell in row)
    assert ok(bid.lead.boss.get(f"{bid.path}/answers.txt")).text
    assert json.dumps(boxes)


def test_the_files_of_who_joined_late_are_its_own_until_it_has_filed(world: World) -> None:
    bid = world.bid(world.organisation()).revealed()
    late = world.organisation("Late Joiner")
    bid.join(late)
    lead = bid.lead.boss
    before = [ok(lead.get(bid.path + path)).text for path in ("/documents", "/events", "/document.json", "")]
    made = ok(attach(bid, late.boss, name="redundancies.pdf"), 201).json()
    path = f"{bid.path}/documents/{made['id']}"
    ok(late.boss.patch(path, {"in_bid": True}, if_match=1))
    assert [ok(lead.get(bid.path + p)).text for p in ("/documents", "/events", "/document.json", "")] == before
    problem(lead.get(path), 404)
    ok(late.boss.get(path))
    bid.file(bid.partners[-1])
    assert [item["name"] for item in ok(lead.get(f"{bid.path}/documents")).json()["items"]] == ["redundancies.pdf"]
    assert "redundancies.pdf" in ok(lead.get(f"{bid.path}/document.json")).text
