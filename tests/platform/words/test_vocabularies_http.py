"""Every code with its plain words, over HTTP, for anybody."""

from app.platform.words.vocabularies import VOCABULARIES
from tests.factories import World, ok, problem


def test_every_vocabulary_is_listed_and_read(world: World) -> None:
    everything = ok(world.http.get("/v1/vocabularies")).json()["items"]
    assert [one["name"] for one in everything] == list(VOCABULARIES)
    for one in everything:
        answer = ok(world.http.get(f"/v1/vocabularies/{one['name']}"))
        assert answer.json() == {"items": one["items"]}
        assert set(answer.json()["items"][0]) == {"code", "label", "explanation"}


def test_a_reader_who_has_it_gets_304(world: World) -> None:
    first = world.http.get("/v1/vocabularies/blocker")
    again = world.http.get("/v1/vocabularies/blocker", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_unknown_vocabulary_is_not_found(world: World) -> None:
    problem(world.http.get("/v1/vocabularies/nonsense"), 404, "not-found")
    problem(world.http.get("/v1/vocabularies/blocker?x=1"), 422)
