"""Money and statements by plain forms: one's own lines, what the others see of them, and what one states."""

from tests.factories import World, ok
from tests.workspace.forms import fill, hidden, read, send


def test_lines_are_added_changed_and_removed_and_others_see_totals_alone(world: World) -> None:
    bid = world.bid(world.organisation("Harbour Youth"), lead=world.organisation("Northfield Trust")).revealed()
    path, small, lead = f"/bids/{bid.id}/budget", bid.partners[1].boss, bid.lead.boss
    typed = {"description": "A bus for evenings", "amount": "£12,490", "year": "1", "source": "requested"}
    wrong = fill(world, path, small, **{**typed, "amount": "about 12"})
    assert wrong.status_code == 422 and 'value="A bus for evenings"' in wrong.text and 'value="about 12"' in wrong.text
    added = fill(world, path, small, **typed, vat_treatment="outside_scope", lot_id=bid.lot_id)
    assert added.headers["Location"].endswith("done=line-added")
    page = ok(read(world, path, small))
    assert "A bus for evenings" in page.text and "£12,490" in page.text
    others = ok(read(world, path, lead)).text
    assert "A bus for evenings" not in others and "12,490" not in others
    (line,) = ok(small.get(f"{bid.path}/budget")).json()["lines"]
    one = f"{path}/{line['id']}"
    kept = hidden(read(world, one, small), one)
    fields = {**typed, "vat_treatment": "outside_scope", "lot_id": bid.lot_id}
    assert fill(world, one, small, **{**fields, "amount": "13,000"}).status_code == 303
    stale = send(world, one, {**kept, **fields, "amount": "14,000"}, small)
    assert stale.status_code == 412 and 'value="14,000"' in stale.text and "£13,000" in stale.text
    assert read(world, one, lead).status_code == 404
    shown = fill(world, path, small, answer="show")
    assert shown.headers["Location"].endswith("done=totals-shown")
    others = ok(read(world, path, lead)).text
    assert "A bus for evenings" not in others and "£13,000" in others
    final = fill(world, path, small, answer="final")
    assert final.headers["Location"].endswith("done=prices-final")
    assert "Your lines are held still" in ok(read(world, path, small)).text
    assert fill(world, path, small, answer="not-final").status_code == 303
    removed = send(world, one, {**hidden(read(world, one, small), one), "answer": "remove"}, small)
    assert removed.headers["Location"].endswith("done=removed")
    assert "A bus for evenings" not in ok(read(world, path, small)).text


def test_an_organisation_states_for_itself(world: World) -> None:
    bid = world.bid(world.organisation("Harbour Youth"), required_statements=["insurance"])
    path, small = f"/bids/{bid.id}/statements", bid.partners[1].boss
    page = ok(read(world, path, small))
    assert page.text.index("Insurance") < page.text.index("Non-collusion"), "what the call asks for comes first"
    one = f"{path}/insurance"
    empty = fill(world, path, small, one, **{"answer-insurance": "", "detail-insurance": "From May on."})
    assert empty.status_code == 422 and "From May on." in empty.text
    given = fill(world, path, small, one, **{"answer-insurance": "yes", "detail-insurance": "From May on."})
    assert given.headers["Location"].endswith("done=saved")
    found = ok(small.get(f"{bid.path}/partners/{bid.partners[1].id}/statements/insurance")).json()
    assert (found["answer"], found["detail_markdown"]) == ("yes", "From May on.")
    assert "From May on." not in ok(read(world, path, bid.lead.boss)).text
