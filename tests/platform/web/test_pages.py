"""The pages that people see: one place that lists every call, readable without scripts and without the internet."""

import html
import re

from tests.factories import World, ok


def test_docs_list_every_call_with_its_example_and_load_nothing(world: World) -> None:
    page = ok(world.http.get("/docs"))
    document = world.openapi
    calls = [call for methods in document["paths"].values() for call in methods.values()]
    assert len(calls) > 200
    for call in calls:
        assert page.text.count(f'<details id="{call["operationId"]}">') == 1
        assert html.escape(call["summary"]) in page.text
    assert "A youth worker, two days a week" in page.text, "examples are shown"
    assert not re.search(r"<(script|link|img|iframe)|src=|url\(", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert '<html lang="en-GB">' in page.text and page.text.count("<h1>") == 1
    groups = re.findall(r'<a href="#([\w-]+)">', page.text)
    assert len(groups) > 20 and all(page.text.count(f'<h2 id="{group}">') == 1 for group in groups)


def test_the_page_of_a_problem_names_the_status_that_is_answered(world: World) -> None:
    refused = world.http.put("/v1/people", json={})
    assert refused.status_code == 405 and refused.json()["type"] == "/problems/method-not-allowed"
    assert "HTTP status 405." in world.http.get("/problems/method-not-allowed").text
    assert "HTTP status 500." in world.http.get("/problems/server-error").text
    assert "HTTP status 412." in world.http.get("/problems/stale-version").text
