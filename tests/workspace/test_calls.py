"""Finding a call and starting a bid; what a council got, and what it tells: by plain forms."""

from tests import stages
from tests.factories import World, ok
from tests.workspace.forms import fill, read, send


def test_a_call_is_found_by_its_words_and_a_bid_begins(world: World) -> None:
    call = world.opportunity(title="Lanterns for the harbour wall")
    boss = world.organisation("Northfield Trust").boss
    listed = ok(read(world, "/opportunities?q=lanterns+harbour", boss)).text
    assert "Lanterns for the harbour wall" in listed
    assert "Lanterns" not in ok(read(world, "/opportunities?q=zeppelin", boss)).text.replace("zeppelin", "")
    path = f"/opportunities/{call['id']}"
    page = ok(read(world, path, boss)).text
    assert "How do you keep people safe?" in page and "At most 500 words." in page
    (organisation,) = ok(boss.get("/me")).json()["organisations"]
    empty = fill(world, path, boss, title=" ", organisation=organisation["organisation_id"])
    assert empty.status_code == 422
    begun = fill(world, path, boss, title="Light for all", organisation=organisation["organisation_id"])
    where = begun.headers["Location"].partition("?")[0]
    assert where.startswith("/bids/") and "Light for all" in ok(read(world, where, boss)).text
    assert read(world, "/opportunities", None).status_code == 303


def test_a_council_sees_nothing_before_the_deadline_and_tells_the_outcome_after_it(world: World) -> None:
    bid = stages.ready_bid(world)
    bid.agree()
    submission = ok(bid.submit(), 201).json()["id"]
    council, rival = bid.council.boss, world.organisation("Another Council", kinds=("commissioner",)).boss
    one = f"/received/{submission}"
    assert "Nothing yet." in ok(read(world, "/received", council)).text
    assert read(world, one, council).status_code == 404
    bid.pass_deadline()
    listed = ok(read(world, "/received", council)).text
    assert one in listed and bid.lead.name in listed
    for stranger in (rival, bid.lead.boss):
        assert one not in ok(read(world, "/received", stranger)).text
        assert read(world, one, stranger).status_code == 404
    assert fill(world, one, council, reference="SC-7").headers["Location"].endswith("done=confirmed-receipt")
    lot = bid.lot_id
    outcome = f"{one}/outcome"
    empty = fill(world, outcome, council, feedback="A clear bid.")
    assert empty.status_code == 422 and "A clear bid." in empty.text
    told = fill(world, outcome, council, feedback="A clear bid.", **{f"outcome-{lot}": "awarded"})
    assert told.headers["Location"].endswith("done=told")
    assert "A clear bid." in ok(read(world, one, council)).text
    handed = ok(read(world, f"/bids/{bid.id}/hand-in", bid.partners[1].boss)).text
    assert "Confirmed by the council" in handed and "A clear bid." in handed


def test_scores_go_to_their_questions_and_what_is_wrong_stands_at_its_field(world: World) -> None:
    questions = [{"key": "reach", "prompt_markdown": "How will you reach them?"}]
    bid = world.bid(world.organisation(), questions=questions)
    bid.structured()
    bid.revealed().ready()
    bid.agree()
    submission = ok(bid.submit(), 201).json()["id"]
    bid.pass_deadline()
    outcome, lot = f"/received/{submission}/outcome", bid.lot_id
    asked = f"{lot}-{bid.opportunity['questions'][0]['id']}"
    typed = {f"outcome-{lot}": "not_awarded", f"score-{asked}": "9", f"max-{asked}": "5", f"why-{asked}": "Vague."}
    wrong = fill(world, outcome, bid.council.boss, **typed)
    assert wrong.status_code == 422 and "Vague." in wrong.text and f'href="#max-{asked}"' in wrong.text
    typed[f"score-{asked}"] = "3"
    assert fill(world, outcome, bid.council.boss, **typed).status_code == 303
    found = ok(bid.council.boss.get(f"/submissions/{submission}")).json()["outcome"]["results"][0]
    assert (found["outcome"], found["scores"][0]["score"]) == ("not_awarded", "3")
    assert send(world, outcome, typed, bid.lead.boss).status_code == 404
