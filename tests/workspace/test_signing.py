"""Deciding, signing and handing in by plain forms: what a page may do follows the API, and a retry does it no second time."""

from tests import stages
from tests.factories import World, ok
from tests.workspace.forms import fill, hidden, read, send


def test_a_version_is_signed_by_its_fingerprint_and_handed_in_once(world: World) -> None:
    bid = stages.ready_bid(world)
    lead, small = bid.lead.boss, bid.partners[1].boss
    path = f"/bids/{bid.id}/sign"
    locking = hidden(read(world, path, lead), path)
    for _ in range(2):
        assert send(world, path, locking, lead).headers["Location"].endswith("done=locked")
    assert len(ok(lead.get(f"{bid.path}/editions")).json()["items"]) == 1, "a second click locks nothing more"
    one = f"{path}/1"
    typed = {"full_name": "Ann Hughes", "role_title": "Chair", "basis": "resolution", "date": "2026-11-02"}
    page = read(world, one, small)
    sha = ok(small.get(f"{bid.path}/editions/1")).json()["sha256"]
    assert f"{sha[:4]} {sha[4:8]}" in page.text and hidden(page, one)["sha256"] == sha
    other = send(world, one, {**hidden(page, one), **typed, "sha256": "0" * 64}, small)
    assert other.status_code in (409, 422) and 'value="Ann Hughes"' in other.text
    unsaid = fill(world, one, small, **{**typed, "basis": ""})
    assert unsaid.status_code == 422 and "Choose what allows you to sign." in unsaid.text
    assert fill(world, one, small, **typed).headers["Location"].endswith("done=signed")
    assert "There is nothing for you to sign here" in ok(read(world, one, small)).text
    assert fill(world, one, lead, **typed).headers["Location"].endswith("done=signed")
    handing = f"/bids/{bid.id}/hand-in"
    pressed = hidden(read(world, handing, small), handing)
    for _ in range(2):
        assert send(world, handing, pressed, small).headers["Location"].endswith("done=handed-in")
    assert len(ok(lead.get(f"{bid.path}/submissions")).json()["items"]) == 1
    receipt = ok(read(world, handing, lead)).text
    assert f"{sha[:4]} {sha[4:8]}" in receipt and "Handed in by" in receipt


def test_whoever_may_not_sign_finds_no_form_and_is_refused(world: World) -> None:
    bid = stages.ready_bid(world)
    facilitator = bid.facilitated()
    bid.freeze()
    page = ok(read(world, f"/bids/{bid.id}/sign", facilitator.boss))
    assert "Go on: sign for" not in page.text and "take the version back" not in page.text
    sent = send(world, f"/bids/{bid.id}/sign/1", {"sha256": "0" * 64, "full_name": "X"}, facilitator.boss)
    assert sent.status_code == 404, "it speaks for no partner"
    assert read(world, f"/bids/{bid.id}/sign/2", bid.lead.boss).status_code == 404


def test_what_is_wrong_with_a_version_is_said_and_it_falls(world: World) -> None:
    bid = stages.ready_bid(world)
    bid.freeze()
    no = f"/bids/{bid.id}/sign/1/no"
    small = bid.partners[1].boss
    assert fill(world, no, small, reason=" ", answer="refuse").status_code == 422
    assert fill(world, no, small, reason="A figure is wrong.", answer="refuse").status_code == 303
    assert bid.status() == "draft"


def test_a_bid_that_goes_in_elsewhere_is_recorded_and_gets_no_receipt(world: World) -> None:
    bid = stages.ready_bid(world, route="elsewhere")
    bid.agree()
    path = f"/bids/{bid.id}/hand-in"
    page = ok(read(world, path, bid.lead.boss)).text
    assert "takes bids on its own portal" in page and "Hand in the bid" not in page
    wrong = fill(world, path, bid.lead.boss, reference="DN-1", day="2026-11-99", time="11:30", answer="lodged")
    assert wrong.status_code == 422 and 'value="DN-1"' in wrong.text
    kept = fill(world, path, bid.lead.boss, reference="DN-1", day="2026-11-02", time="11:30", answer="lodged")
    assert kept.headers["Location"].endswith("done=lodged"), kept.text
    (record,) = ok(bid.lead.boss.get(f"{bid.path}/lodgements")).json()["items"]
    assert (record["portal_reference"], record["lodged_at"][:16]) == ("DN-1", "2026-11-02T11:30")


def test_a_structure_is_proposed_and_voted_on(world: World) -> None:
    bid = world.bid(world.organisation("Harbour Youth")).revealed()
    path, boss = f"/bids/{bid.id}/structure", bid.lead.boss
    typed = {"decision_rule": "majority", "payment_days": "soon", "terms": "Heads of terms."}
    wrong = fill(world, path, boss, **typed)
    assert wrong.status_code == 422 and "Heads of terms." in wrong.text
    proposed = fill(world, path, boss, **{**typed, "payment_days": "21"})
    where = proposed.headers["Location"].partition("?")[0]
    assert where.startswith(f"/bids/{bid.id}/decisions/")
    assert "Heads of terms." in ok(read(world, where, bid.partners[1].boss)).text, "who votes reads what is proposed"
    for partner in bid.partners:
        assert fill(world, where, partner.boss, option="for").headers["Location"].endswith("done=voted")
    assert "Still to vote" not in ok(read(world, where, boss)).text
    assert fill(world, where, boss, answer="close").headers["Location"].endswith("done=closed")
    now = ok(boss.get(f"{bid.path}/structure")).json()
    assert (now["payment_days"], now["terms_markdown"]) == (21, "Heads of terms.")
    late = send(world, where, {"option": "against", "key": "k" * 20}, boss)
    assert late.status_code == 409
    opened = fill(world, f"/bids/{bid.id}/decisions", boss, title="We meet on Tuesdays.")
    assert (
        opened.status_code == 303 and "We meet on Tuesdays." in ok(read(world, f"/bids/{bid.id}/decisions", boss)).text
    )
