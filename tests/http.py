"""A quick HTTP client for tests, which make tens of thousands of requests: the standard library sends them, and the
answers are httpx responses.

`httpx` takes 1.5 ms for a request, as long as the service takes for some answers, and 50 ms for a client that could
speak TLS, which nothing here does.
"""

import http.client
import json
import re
import select
import threading
from typing import Any

import httpx

PLAIN = re.compile(r"[\w\-./=&:,%+~@?]+", re.ASCII)
"""Paths that need no quoting."""


class _Connections(threading.local):
    def __init__(self) -> None:
        self.by_server: dict[tuple[str, int | None], http.client.HTTPConnection] = {}


_connections = _Connections()


def client(url: str = "", **options: Any) -> httpx.Client:
    return httpx.Client(**{"base_url": url, "timeout": 60, "verify": False, **options})


class Answer(httpx.Response):
    """Builds its request only if somebody reads it, since few tests do."""

    asked: tuple[str, str]

    @property
    def request(self) -> httpx.Request:
        return httpx.Request(*self.asked)


def ask(base: httpx.URL, method: str, path: str, headers: dict[str, str], **options: Any) -> httpx.Response | None:
    """The answer, or None for a request that needs more than this client can do."""
    if not {"json", "content", "params"}.issuperset(options) or not PLAIN.fullmatch(path):
        return None
    body = options.get("content")
    if isinstance(body, str):
        body = body.encode()
    if options.get("json") is not None:
        body = json.dumps(options["json"], ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        headers = {"Content-Type": "application/json", **headers}
    if not isinstance(body, bytes | None) or len(body or b"") > 100_000:
        return None
    if params := options.get("params"):
        if "?" in path:
            return None
        path = f"{path}?{httpx.QueryParams(params)}"
    connection = _connection(base)
    try:
        connection.request(method, path, body, {"Accept": "*/*", **headers})
        answer = connection.getresponse()
        content = answer.read()
    except BaseException:
        connection.close()  # the next request would read the rest of this answer
        raise
    made = Answer(answer.status, headers=answer.getheaders(), content=content)
    made.asked = (method, f"{base}".rstrip("/") + path)
    return made


def _connection(base: httpx.URL) -> http.client.HTTPConnection:
    """This thread's connection to that server, which connects again if the server has closed it meanwhile."""
    key, held = (base.host, base.port), _connections.by_server
    if (connection := held.get(key)) is None:
        connection = held[key] = http.client.HTTPConnection(base.host, base.port or 80, timeout=60)
    if connection.sock is not None and select.select([connection.sock], [], [], 0)[0]:
        connection.close()
    return connection
