"""People who make calls, the organisations that they are of, and what an answer must be."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.http import ask


@dataclass
class Person:
    """A signed-in person: HTTP calls in their name, over a connection of the thread that makes them."""

    http: httpx.Client
    id: str
    email: str
    token: str
    name: str = ""

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if (etag := options.pop("if_match", None)) is not None:
            headers["If-Match"] = etag if isinstance(etag, str) else f'"{etag}"'
        path = path if path.startswith(("/v1", "/oauth", "/problems")) else f"/v1{path}"
        quick = ask(self.http.base_url, method, path, headers, **options) if type(self.http) is httpx.Client else None
        return self.http.request(method, path, headers=headers, **options) if quick is None else quick

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, json=json if json is not None else {}, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def etag(self, path: str) -> str:
        return ok(self.get(path)).headers["ETag"]


@dataclass
class Organisation:
    """An organisation and its first person, who is admin, editor and signatory."""

    id: str
    name: str
    boss: Person
    people: list[Person] = field(default_factory=list)


def ok(response: httpx.Response, status: int | None = None) -> httpx.Response:
    """The response, which must be a success (or have that status); its problem is shown otherwise."""
    good = response.status_code == status if status else response.is_success
    assert good, f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:1500]}"
    return response


def problem(response: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem, which must have this status (and code)."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:1500]}"
    assert response.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = response.json()
    if code is not None:
        assert body["type"] == f"/problems/{code}", body
    return body


def soon(seconds: float = 3600) -> str:
    """An instant that far ahead, in RFC 3339."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
