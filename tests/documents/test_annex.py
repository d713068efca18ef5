"""The annex through HTTP: what the partners share and keep among themselves, alike in the draft and in the edition."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.factories import Bid, World, ok, problem
from tests.rows import insert
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world)


def difficulty(bid: Bid, title: str, to: str = "all", note: str = "We *swap* weeks now.") -> None:
    about = {"title": title, "detail_markdown": "It is always us.", "addressed_to": to, "blocking": False}
    made = ok(bid.partners[1].boss.post(f"{bid.path}/difficulties", about), 201).json()
    closing = {"outcome": "agreed_to_differ", "note_markdown": note}
    ok(bid.partners[1].boss.post(f"{bid.path}/difficulties/{made['id']}/close", closing))


def decision(bid: Bid) -> None:
    motion = {"title": "Where we meet", "matter": "other", "options": ["in Aberaeron", "in Lampeter"]}
    made = ok(bid.lead.boss.post(f"{bid.path}/decisions", motion), 201).json()
    for partner, option in zip(bid.partners, ("in Lampeter", "in Lampeter"), strict=True):
        vote = {"organisation_id": partner.organisation.id, "option": option, "reason": "The bus stops there."}
        ok(partner.boss.post(f"{bid.path}/decisions/{made['id']}/votes", vote), 201)
    ok(bid.lead.boss.post(f"{bid.path}/decisions/{made['id']}/close"))


def answered(bid: Bid, code: str, answer: str) -> None:
    path = f"{bid.path}/fairness-checks/{code}/answer"
    ok(bid.partners[1].boss.put(path, {"answer_markdown": answer}, if_match=0))


def body_of(markdown: str) -> str:
    """From the first part on: the cover names the version, which a draft has not."""
    return markdown[markdown.index("# 1 ") :]


def test_the_annex_of_the_draft_is_that_of_the_edition(bid: Bid) -> None:
    difficulty(bid, "The rota")
    decision(bid)
    answered(bid, "sustainability", "Our hall pays for **itself**.")
    draft = ok(bid.lead.boss.get(f"{bid.path}/annex.md")).text
    assert "DRAFT" in draft
    for words in (
        "The rota", "Agreed to differ", "We *swap* weeks now.", "Where we meet", "Chosen", "in Lampeter",
        "The bus stops there.", "Our hall pays for **itself**.", f"{bid.partners[1].name} on Sustainability",
    ):  # fmt: skip
        assert words in draft, words
    assert "It is always us" not in draft
    bid.freeze()
    assert body_of(ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.md")).text) == body_of(draft)
    kept = ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.json")).json()
    assert [(d["title"], d["outcome"], d["note_markdown"]) for d in kept["difficulties"]] == [
        ("The rota", "agreed_to_differ", "We *swap* weeks now.")
    ]
    welsh = ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.md?language=cy")).text
    assert "Cytunwyd i anghytuno" in welsh and "Dewiswyd" in welsh


def test_each_answer_stands_once_beside_what_it_answers(bid: Bid) -> None:
    small = [partner.organisation.id for partner in bid.partners]
    bid.world.sql.execute("UPDATE organisations SET size_band = 'small' WHERE id = ANY(%s::uuid[])", [small])
    answered(bid, "founding_aims", "Our trustees decide on Monday.")
    bid.freeze()
    kept = ok(bid.lead.boss.get(f"{bid.path}/editions/1/annex.json")).json()["fairness_checks"]
    about = [check["partner_id"] for check in kept if check["code"] == "founding_aims"]
    answers = [(check["partner_id"], answer["partner_id"]) for check in kept for answer in check["answers"]]
    assert sorted(about) == sorted(bid.partner_ids)
    assert answers == [(bid.partner_ids[1], bid.partner_ids[1])]


def test_a_change_shows_in_the_next_annex_of_the_draft(bid: Bid) -> None:
    before = ok(bid.lead.boss.get(f"{bid.path}/annex.md")).text
    difficulty(bid, "Late papers")
    assert "Late papers" in ok(bid.lead.boss.get(f"{bid.path}/annex.md")).text and "Late papers" not in before


def test_the_annex_of_the_draft_is_for_the_partners_and_their_facilitator(bid: Bid) -> None:
    for person in (bid.world.stranger(), bid.council.boss):
        problem(person.get(f"{bid.path}/annex.pdf"), 404)
    assert ok(bid.partners[1].boss.get(f"{bid.path}/annex.pdf")).content.startswith(b"%PDF-")
    facilitator = bid.world.organisation("Council for Voluntary Service", kinds=("facilitator",))
    row = {"proposal_id": bid.id, "organisation_id": facilitator.id, "status": "active", "started_at": "2026-11-01"}
    insert(bid.world, "facilitators", **row)
    difficulty(bid, "Between us", to="facilitator")
    difficulty(bid, "The rota")
    for person in (facilitator.boss, bid.lead.boss):
        read = ok(person.get(f"{bid.path}/annex.md")).text
        assert "The rota" in read and "Between us" not in read
    problem(bid.lead.boss.get(f"{bid.path}/annex.exe"), 404)


def test_the_commissioner_sees_a_check_that_all_opened_as_in_the_preview_and_without_answers(
    bid: Bid,
) -> None:
    answered(bid, "sustainability", "For the partners alone.")
    for partner in bid.partners:
        ok(
            partner.boss.post(
                f"{bid.path}/fairness-checks/sustainability/share", {"organisation_id": partner.organisation.id}
            )
        )
    previewed = ok(bid.lead.boss.get(f"{bid.path}/document.json")).json()["fairness_checks"]
    bid.freeze()
    frozen = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json"))
    assert [check["code"] for check in previewed] == ["sustainability"]
    assert frozen.json()["fairness_checks"] == previewed and "For the partners alone" not in frozen.text


@pytest.fixture
def strict(world: World, database: str, settings: Settings) -> Iterator[Any]:
    """The same database behind a server whose operator finds ten days long."""
    served = create_app(settings.model_copy(update={"fairness_payment_days": 10}), database)
    with TestClient(served, base_url="http://localhost") as client:
        yield client


def test_the_operators_thresholds_hold_wherever_the_checks_run(bid: Bid, strict: TestClient) -> None:
    bid.world.sql.execute(
        "UPDATE structures SET facts = facts || '{\"payment_days\": 20}' WHERE proposal_id = %s", [bid.id]
    )
    long = "Partners would be paid after 20 days, which is long."
    assert long not in ok(bid.lead.boss.get(f"{bid.path}/annex.md")).text
    headers = {"Authorization": f"Bearer {bid.lead.boss.token}"}
    base = bid.path
    assert long in ok(strict.get(f"{base}/fairness-checks", headers=headers)).text
    assert long in ok(strict.get(f"{base}/annex.md", headers=headers)).text
    for partner in bid.partners:
        ok(partner.boss.post(f"{bid.path}/fairness-checks/payment/share", {"organisation_id": partner.organisation.id}))
    assert long in ok(strict.get(f"{base}/document.json", headers=headers)).text
    ok(strict.post(f"{base}/editions", json={}, headers=headers), 201)
    assert long in ok(strict.get(f"{base}/editions/1/annex.json", headers=headers)).text
    assert long in ok(strict.get(f"{base}/editions/1/document.json", headers=headers)).text
