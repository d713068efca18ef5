"""What a reader can do with a call, an organisation and a submission is told by the permission table itself."""

from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope
from tests.callers import Person, ok, soon
from tests.factories import World
from tests.stages import ready_bid


def can(person: Person, path: str) -> set[str]:
    return set(ok(person.get(path)).json()["viewer"]["can"])


def of(scope: Scope) -> set[str]:
    return {name for name, rule in PERMISSIONS.items() if rule.scope is scope}


def test_of_a_call(world: World) -> None:
    council = world.organisation("Council", ("commissioner",))
    made = ok(council.boss.post("/opportunities", {"title": "Youth work", "submission_deadline": soon()}), 201)
    path = made.headers["Location"]
    assert {"update_opportunity", "publish_opportunity"} <= can(council.boss, path) == set(made.json()["viewer"]["can"])
    viewer = world.colleague(council, "viewer")
    assert can(viewer, path).isdisjoint({"update_opportunity", "publish_opportunity", "cancel_opportunity"})
    answers = [
        viewer.patch(path, {"title": "Mine"}, if_match=viewer.etag(path)),
        viewer.post(f"{path}/publish"),
        viewer.post(f"{path}/cancel"),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403], "as it was told"
    ok(council.boss.post(f"{path}/publish"))
    outsider = world.organisation().boss
    assert "get_opportunity" in can(outsider, path) and "update_opportunity" not in can(outsider, path)
    assert can(outsider, path) <= of(Scope.OPPORTUNITY)


def test_its_etag_follows_the_readers_roles(world: World) -> None:
    council = world.organisation("Council", ("commissioner",))
    path = ok(council.boss.post("/opportunities", {"title": "Youth work"}), 201).headers["Location"]
    of_council = f"/organisations/{council.id}"
    reader = world.colleague(council, "viewer")
    before = [reader.etag(path), reader.etag(of_council)]
    world.sql.execute(
        "UPDATE memberships SET roles = '{admin,editor}' WHERE person_id = %s AND organisation_id = %s",
        [reader.id, council.id],
    )
    for address, tag in zip((path, of_council), before, strict=True):
        assert reader.get(address, headers={"If-None-Match": tag}).status_code == 200
    ok(reader.patch(path, {"title": "Ours"}, if_match=before[0]))
    ok(reader.patch(of_council, {"name": "Council of Aber"}, if_match=before[1]))


def test_of_an_organisation(world: World) -> None:
    made = world.organisation("Acorn")
    path = f"/organisations/{made.id}"
    assert {"update_organisation", "list_members", "invite_member"} <= can(made.boss, path)
    reader, outsider = world.colleague(made, "viewer"), world.organisation().boss
    assert "list_members" in can(reader, path) and "update_organisation" not in can(reader, path)
    assert "list_members" not in can(outsider, path) and "get_organisation" in can(outsider, path)
    listed = ok(made.boss.get("/organisations?q=Acorn")).json()["items"]
    assert all(each["viewer"] is None for each in listed)


def test_of_a_submission_and_its_titles_are_those_that_were_signed(world: World) -> None:
    bid = ready_bid(world)
    bid.agree()
    ok(bid.submit(), 201)
    titles = bid.read()["title"], bid.read()["opportunity"]["title"]
    bid.pass_deadline()
    world.sql.execute("UPDATE proposals SET title = 'Another' WHERE id = %s", [bid.id])
    world.sql.execute("UPDATE opportunities SET title = 'Another' WHERE id = %s", [bid.opportunity_id])
    (item,) = ok(bid.council.boss.get("/submissions")).json()["items"]
    assert (item["title"], item["opportunity_title"]) == titles
    assert (item["organisation_name"], item["detail"]) == (bid.lead.name, "Submitted")
    path = f"/submissions/{item['id']}"
    one = ok(bid.council.boss.get(path)).json()
    assert one.items() >= item.items()
    assert {"acknowledge_submission", "decide_submission"} <= can(bid.council.boss, path) <= of(Scope.SUBMISSION)
    reader = world.colleague(bid.council, "viewer")
    assert can(reader, path).isdisjoint({"acknowledge_submission", "decide_submission"})
    assert reader.post(f"{path}/acknowledge").status_code == 403
    assert reader.etag(path) != bid.council.boss.etag(path)
    assert bid.lead.boss.get(path).status_code == 404
