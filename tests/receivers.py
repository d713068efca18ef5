"""A real HTTP server that webhooks are sent to. It keeps what it got, and answers as it is told to.

Signatures are verified by the specification's own words, in code that shares nothing with what signs.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.waiting import wait_until


@dataclass(frozen=True)
class Got:
    """One request that came."""

    id: str
    at: int
    signatures: tuple[str, ...]
    content: bytes
    answered: int
    path: str = "/"

    @property
    def message(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.content)
        return said

    @property
    def type(self) -> str:
        return str(self.message["type"])

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.message["data"]
        return data

    def signed_with(self, secret: str) -> bool:
        """As a receiver verifies it: https://www.standardwebhooks.com, 'Verifying webhook authenticity'."""
        if abs(time.time() - self.at) > 300:
            return False
        key = base64.b64decode(secret.split("_", 1)[1])
        expected = hmac.new(key, b"%s.%d.%s" % (self.id.encode(), self.at, self.content), hashlib.sha256).digest()
        pairs = [each.split(",", 1) for each in self.signatures]
        return any(version == "v1" and hmac.compare_digest(base64.b64decode(s), expected) for version, s in pairs)


Answer = Callable[[Got], "int | tuple[int, dict[str, str]]"]


@dataclass
class Receiver:
    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Answer = lambda _: 204
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def received(self, type_: str | None = None) -> list[Got]:
        """What it answered with success, in the order in which it came."""
        return [each for each in list(self.got) if 200 <= each.answered < 300 and type_ in (None, each.type)]

    def wait_for(self, number: int = 1, type_: str | None = None, seconds: float = 30) -> list[Got]:
        def enough() -> Sequence[Got]:
            found = self.received(type_)
            return found if len(found) >= number else []

        return list(wait_until(enough, seconds, lambda: f"got {[(g.type, g.answered) for g in self.got]}"))


@contextmanager
def receiver(answer: Answer | None = None) -> Iterator[Receiver]:
    here = Receiver()
    if answer:
        here.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(
                self.headers["webhook-id"],
                int(self.headers["webhook-timestamp"]),
                tuple(self.headers["webhook-signature"].split(" ")),
                content,
                0,
                self.path,
            )
            answered = here.answer(got)
            status, headers = answered if isinstance(answered, tuple) else (answered, {})
            with here._lock:
                here.got.append(Got(**{**got.__dict__, "answered": status}))
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 200
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Whoever hangs up meanwhile is no fault of the test's."""

    server = Server(("127.0.0.1", 0), Handler)
    here.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
