"""A version and a submission are the same bytes for ever, in every format, whatever changes around them."""

import asyncio
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from app.bid.renderings import reactions
from app.bid.renderings.making import Renderings, key_of_version
from app.bid.renderings.sources import Source
from app.documents.fonts import load
from app.documents.rendering import Format, Job
from app.platform.db.engine import connect
from app.platform.worker.work import Work
from app.settings import Settings
from tests.bid.document.test_progress import serving
from tests.bids import Bid
from tests.callers import Person
from tests.conftest import free_port
from tests.documents import samples as s
from tests.factories import World, ok
from tests.stages import ready_bid

SHAPES = ("json", "csv", "txt")


def paths(bid: Bid, submission_id: str) -> tuple[list[str], list[str]]:
    """All that is had of the version by its partners, and of the submission by the commissioner."""
    version, handed_in = f"{bid.path}/editions/1", f"/v1/submissions/{submission_id}"
    formats = ("json", *Format)
    return (
        [
            version, f"{version}/annex.json", f"{version}/annex.pdf", f"{version}/annex.md",
            *(f"{version}/document.{format}" for format in formats), f"{version}/document.pdf?language=cy",
            *(f"{version}/answers.{shape}" for shape in SHAPES), f"{bid.path}/pack.zip",
        ],
        [*(f"{handed_in}/document.{format}" for format in formats), f"{handed_in}/pack.zip", handed_in],
    )  # fmt: skip


def digests(base: str, whom: list[tuple[Person, list[str]]]) -> dict[str, str]:
    found = {}
    for person, listed in whom:
        for path in listed:
            headers = {"Authorization": f"Bearer {person.token}"}
            answer = ok(httpx.get(f"{base}{path}", headers=headers, timeout=60), 200)
            found[path] = hashlib.sha256(answer.content).hexdigest()
    return found


@contextmanager
def elsewhere(settings: Settings, database: str, tmp_path: Path) -> Iterator[str]:
    """The service started again at another address, with another font."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    some = next(Path(load().folders[0]).glob("*.ttf"))
    shutil.copy(some, folder / "another.ttf")
    changed = {"port": free_port(), "public_url": "http://localhost:9999", "font_dir": str(folder)}
    with serving(settings.model_copy(update=changed), database) as (base, _):
        yield base


def test_nothing_that_changes_afterwards_changes_a_version_or_a_submission(
    world: World, settings: Settings, database: str, server: str, tmp_path: Path
) -> None:
    bid = ready_bid(world)
    successor = world.colleague(bid.lead.organisation, "admin", "editor", "signatory")
    bid.agree()
    submission_id = ok(bid.submit(), 201).json()["id"]
    bid.pass_deadline()
    partners, councils = paths(bid, submission_id)
    whom = [(successor, partners), (bid.council.boss, councils)]
    before = digests(server, whom)
    (item,) = ok(bid.council.boss.get(f"/submissions?opportunity_id={bid.opportunity_id}")).json()["items"]

    for partner in bid.partners:
        path = f"/organisations/{partner.organisation.id}"
        ok(partner.boss.patch(path, {"name": "Quite Another Name"}, if_match=partner.boss.etag(path)))
        ok(partner.boss.patch("/me", {"name": "Somebody Else"}, if_match=partner.boss.etag("/me")))
    look = f"/organisations/{bid.lead.organisation.id}/document-template"
    ok(successor.put(look, {"accent": "#5A1F3A"}, if_match=successor.etag(look)))
    ids = [partner.organisation.id for partner in bid.partners]
    world.sql.execute("UPDATE organisations SET verification_level = 'operator' WHERE id = ANY(%s)", [ids])
    world.sql.execute("UPDATE opportunities SET title = 'Renamed' WHERE id = %s", [bid.opportunity_id])
    member = bid.partners[1]
    world.sql.execute("UPDATE memberships SET roles = '{viewer}' WHERE person_id = %s", [member.boss.id])
    ok(bid.lead.boss.delete("/me", if_match=bid.lead.boss.etag("/me")))

    assert digests(server, whom) == before
    (later,) = ok(bid.council.boss.get(f"/submissions?opportunity_id={bid.opportunity_id}")).json()["items"]
    assert later["tenderers"] == item["tenderers"]
    with elsewhere(settings, database, tmp_path) as base:
        assert digests(base, whom) == before


def test_a_name_that_changes_between_the_lock_and_the_submission_is_told_as_it_was_signed(world: World) -> None:
    bid = ready_bid(world)
    names = [partner.name for partner in bid.partners]
    edition = bid.freeze()
    for partner in bid.partners:
        path = f"/organisations/{partner.organisation.id}"
        ok(partner.boss.patch(path, {"name": "Quite Another Name"}, if_match=partner.boss.etag(path)))
    for index in range(len(bid.partners)):
        ok(bid.signing(index, edition["sha256"]), 201)
    ok(bid.submit(), 201)
    version = ok(bid.lead.boss.get(f"{bid.path}/editions/1"))
    assert [who["name"] for who in version.json()["must_sign"]] == names
    for format in ("md", "html"):
        assert "Quite Another Name" not in ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.{format}")).text
    bid.pass_deadline()
    (item,) = ok(bid.council.boss.get(f"/submissions?opportunity_id={bid.opportunity_id}")).json()["items"]
    assert [tenderer["name"] for tenderer in item["tenderers"]] == names


def test_the_words_of_a_signature_stay_those_of_the_version(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    before = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()["words"]
    ok(bid.withdraw())
    vehicle = {"name": "Together CIC", "status": "to_be_formed", "owners": bid.partner_ids}
    bid.structure(vehicle=vehicle)
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()["words"] == before


def do_rendering(settings: Settings, database: str, bid: Bid) -> None:
    """What the worker does with the outbox row of the last signature, and a second time, as after a crash."""
    found = bid.world.sql.execute(
        "SELECT payload FROM outbox WHERE topic = 'edition_to_render' AND payload ->> 'proposal_id' = %s", [bid.id]
    )
    ((payload,),) = found.fetchall()

    async def work() -> None:
        db = await connect(database, settings)
        try:
            for _ in range(2):
                await reactions.render_agreed(Work(settings, db), payload)
        finally:
            await db.close()

    asyncio.run(work())


def test_what_was_agreed_is_rendered_before_anybody_asks(world: World, settings: Settings, database: str) -> None:
    bid = ready_bid(world)
    bid.agree()
    folder = settings.data_dir / "files" / "renderings" / bid.id
    do_rendering(settings, database, bid)
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert len(kept) == len(Format) + len(SHAPES) + 1
    for format in Format:
        content = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.{format}")).content
        assert sum(file.endswith(content) for file in kept.values()) == 1, format
    assert {file.name for file in folder.iterdir()} == set(kept)


def test_a_version_that_was_withdrawn_meanwhile_is_not_rendered_ahead(
    world: World, settings: Settings, database: str
) -> None:
    bid = ready_bid(world)
    bid.agree()
    ok(bid.withdraw())
    do_rendering(settings, database, bid)
    assert not (settings.data_dir / "files" / "renderings" / bid.id).exists()


def sealed() -> Source:
    document = s.document(s.bare())
    return Source(document, s.standing(document))


async def make(settings: Settings, source: Source, format: Format) -> bytes:
    renderings = Renderings(settings)
    try:
        answer = await renderings.get("bid", "bid", format, source, None, wait=True)
        assert isinstance(answer, tuple)
        return answer[1].data
    finally:
        await renderings.close()


def test_another_address_and_another_layout_find_what_was_made_first(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    source = sealed()
    elsewhere = replace(source, standing=replace(source.standing, verify_url="https://other.example/v1/verify/x"))
    larger = replace(elsewhere, template=replace(source.template, size=14.0))
    for format in (Format.MD, Format.DOCX):
        first = asyncio.run(make(settings, source, format))
        assert asyncio.run(make(settings, larger, format)) == first
        assert asyncio.run(make(Settings(data_dir=tmp_path / "other"), larger, format)) != first


def test_the_name_under_which_a_version_is_kept_is_the_same_in_every_release() -> None:
    source = sealed()
    standing = replace(source.standing, sha256="0" * 64)
    job = Job("bid", Format.PDF, source.document, standing)
    assert key_of_version(job) == key_of_version(replace(job, language="en-GB", font_folder="/fonts", signed=b"x"))
    assert key_of_version(job) != key_of_version(replace(job, language="cy"))
    assert key_of_version(job) == "9b018ea9c05d8abfa77044136d43efef80f689160e7b23f4773464db939c5775"
