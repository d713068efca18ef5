"""Calls of the demo: each is printed with the sentence that it belongs to, and must succeed."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 60
"""Seconds to wait for a mail."""


@dataclass
class Someone:
    """A person of the story, signed in, with the organisation they speak for."""

    name: str
    email: str
    organisation: str = ""
    organisation_id: str = ""
    token: str = ""


@dataclass
class Caller:
    http: httpx.Client
    mails: Path
    steps: int = field(default=0)

    def say(self, sentence: str) -> None:
        self.steps += 1
        print(f"\n{self.steps:>2}. {sentence}")

    def call(
        self, who: Someone | str | None, method: str, path: str, body: Any = None, *, etag: str | None = None
    ) -> httpx.Response:
        """One request in somebody's name (or with a bare token); a refusal ends the demo with its words."""
        headers = {}
        token = who.token if isinstance(who, Someone) else who
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if etag:
            headers["If-Match"] = etag
        self.http.cookies.clear()
        response = self.http.request(method, path, json=body, headers=headers)
        print(f"      {method} {path} -> {response.status_code}")
        if response.is_error:
            raise SystemExit(f"The demo stops here: {response.text}")
        return response

    def post(self, who: Someone | str | None, path: str, body: Any = None) -> Any:
        return self.call(who, "POST", path, body if body is not None else {}).json()

    def get(self, who: Someone | str | None, path: str) -> Any:
        return self.call(who, "GET", path).json()

    def replace(self, who: Someone, path: str, body: Any) -> Any:
        """PUT what was read before: GET for the ETag, then PUT."""
        etag = self.call(who, "GET", path).headers["ETag"]
        return self.call(who, "PUT", path, body, etag=etag).json()

    def token_from_mail(self, address: str) -> str:
        """The secret in the newest mail to that address."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for path in sorted(self.mails.glob("*.eml"), key=lambda p: p.stat().st_mtime, reverse=True):
                text = path.read_text("utf-8", "replace")
                found = re.search(r"[?&]token=([\w-]+)", text)
                if f"To: {address}" in text and found:
                    return found[1]
            time.sleep(0.2)
        raise SystemExit(f"No mail to {address} came into {self.mails}. Does the service write its mails there?")
