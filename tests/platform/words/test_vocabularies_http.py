"""Every code with its plain words, over HTTP, for anybody."""

from app.platform.words.vocabularies import VOCABULARIES
from tests.factories import World, ok, problem
from tests.stages import bid


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


def test_welsh_is_read_as_far_as_there_is_any_and_caches_keep_the_languages_apart(world: World) -> None:
    path = "/v1/vocabularies/partner_role"
    english = ok(world.http.get(path))
    welsh = ok(world.http.get(path, headers={"Accept-Language": "cy-GB, en;q=0.5"}))
    first, *_ = welsh.json()["items"]
    assert (first["code"], first["label"]) == ("lead", "Arweinydd")
    assert first["explanation"] == english.json()["items"][0]["explanation"]
    assert (english.headers["Content-Language"], welsh.headers["Content-Language"]) == ("en", "cy, en")
    for answer in (english, welsh):
        assert "Accept-Language" in answer.headers["Vary"]
    mine = {"If-None-Match": english.headers["ETag"]}
    assert world.http.get(path, headers={**mine, "Accept-Language": "cy"}).status_code == 200
    assert world.http.get(path, headers={**mine, "Accept-Language": "fr, en"}).status_code == 304
    untranslated = world.http.get("/v1/vocabularies/blocker", headers={"Accept-Language": "cy"})
    assert untranslated.headers["Content-Language"] == "en"
    everything = ok(world.http.get("/v1/vocabularies", headers={"Accept-Language": "cy"}))
    assert everything.headers["Content-Language"] == "cy, en" and "Arweinydd" in everything.text


def test_tasks_readiness_and_problems_say_which_language_they_are_in(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    welsh = {"Accept-Language": "cy"}
    for path in ("/me/tasks", f"{made.path}/readiness"):
        answer = ok(made.lead.boss.get(path, headers=welsh))
        assert answer.headers["Content-Language"] == "en"
        assert answer.headers["Vary"] == "Authorization, Cookie, Accept-Language"
    assert world.http.get("/v1/vocabularies/nonsense", headers=welsh).headers["Content-Language"] == "en"
