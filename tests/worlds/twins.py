"""Two services on two copies of one database. What is in memory is apart too: each is a process of its own."""

import json
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app.platform.db.migrate import migrate
from app.platform.words.catalogue import ENGLISH
from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import World
from tests.http import ask, client
from tests.servers import start, wait_until_ready
from tests.waiting import wait_until
from tests.worlds.sameness import Eye
from tests.worlds.stage import Stage, build

LEFT_TO_DO = """
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM procrastinate_jobs
  WHERE status IN ('todo', 'doing') AND task_name = 'react' AND coalesce(scheduled_at <= now(), true))"""
BOUNDARY = "a-part-of-two-worlds"
QUIET = {"WORKER": "true", "PROCESSES": "1", "DATABASE_POOL": "4", "READ_POOL": "4", "METRICS_TOKEN": "not-for-readers"}


@dataclass
class Twin:
    """One world: its service, its database, and the ids of what was made there, by name."""

    url: str
    sql: psycopg.Connection[Any]
    folder: Path
    eye: Eye
    made: dict[str, str] = field(default_factory=dict)

    def request(
        self, token: str | None, method: str, path: str, body: Any = None, if_match: str | None = None, **more: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if if_match is not None:
            headers["If-Match"] = if_match
        headers |= more.pop("headers", {})
        path = path if path.startswith(("/v1", "/readyz", "/healthz", "/metrics")) else f"/v1{path}"
        answer = ask(httpx.URL(self.url), method, path, headers, json=body, **more)
        assert answer is not None, path
        return answer

    def attach(self, token: str, path: str, name: str, content: bytes, **fields: str) -> httpx.Response:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()
        ]
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        whole = ("".join(parts) + head).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        media = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        return self.request(token, "POST", path, content=whole, headers=media)

    def settled(self) -> None:
        """All that was set off is done: notifications are written, mails are sent."""
        wait_until(lambda: self._left_to_do() == 0, 60, lambda: f"the worker of {self.url} leaves work undone")

    def _left_to_do(self) -> int:
        row = self.sql.execute(LEFT_TO_DO).fetchone()
        assert row
        return int(row[0])

    def mails(self) -> dict[str, list[str]]:
        """By address, what each says, but for those that the clock sends: each world's worker looks at its own moment."""
        found: dict[str, list[str]] = {}
        for file in (self.folder / "mail").glob("*.eml"):
            to, said = self.eye.mail(file.read_bytes())
            if not said.startswith(BY_THE_CLOCK):
                found.setdefault(to, []).append(said)
        return {to: sorted(said) for to, said in found.items()}


BY_THE_CLOCK = tuple(ENGLISH(f"event.{kind}.label") for kind in ("decision_closing", "deadline_near"))


@dataclass
class Twins:
    """`hiding` has what was done unseen, `without` has not. Both have the same moves."""

    stage: Stage
    hiding: Twin
    without: Twin
    history: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)
    """Of what there is in each bid, by table."""
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    @property
    def both(self) -> tuple[Twin, Twin]:
        return self.hiding, self.without

    def step(self, what: str) -> None:
        """A new step begins in both worlds: all that is made from here on belongs to it."""
        self.history.append(what)
        time.sleep(0.003)
        for twin in self.both:
            twin.eye.starts.append(time.time())
        time.sleep(0.003)

    def in_both(self, do: Callable[[Twin], Any]) -> tuple[Any, Any]:
        first, second = self._threads.map(do, self.both)
        return first, second

    def settle(self) -> None:
        self.in_both(Twin.settled)


@contextmanager
def twins(database: str, folder: Path, settings: Settings) -> Iterator[Twins]:
    """Two worlds that begin alike, each with its server and its worker. `database`: any on the same PostgreSQL."""
    names = ("worlds_base", "worlds_hiding", "worlds_without")
    urls = [database.replace("/cobid?", f"/{name}?") for name in names]
    with psycopg.connect(database, autocommit=True) as admin, ExitStack() as stack:

        def drop() -> None:
            for name in names:
                admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

        drop()
        stack.callback(drop)
        admin.execute(b"CREATE DATABASE worlds_base TEMPLATE template0")
        migrate(urls[0])
        stage = _built(urls[0], settings.model_copy(update={"data_dir": folder / "base", "port": free_port()}))
        for name in names[1:]:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE worlds_base".encode())
        began = [time.time()]
        made = []
        processes = []
        for name, url in zip(names[1:], urls[1:], strict=True):
            of, port = folder / name, free_port()
            shutil.copytree(folder / "base", of)
            process = start(of, port, DATABASE_URL=url, PUBLIC_URL="http://localhost", **QUIET)
            stack.callback(process.wait, 60)
            stack.callback(process.send_signal, signal.SIGTERM)
            processes.append((f"http://127.0.0.1:{port}", process))
            sql = stack.enter_context(psycopg.connect(url, autocommit=True))
            made.append(Twin(processes[-1][0], sql, of, Eye(list(began)), dict(stage.made)))
        for address, process in processes:
            wait_until_ready(address, process)
        pair = Twins(stage, *made)
        pair.settle()
        yield pair


def _built(url: str, settings: Settings) -> Stage:
    settings.data_dir.mkdir(parents=True)
    with serving(settings, url) as address, psycopg.connect(url, autocommit=True) as sql, client(address) as http:
        stage = build(World(http, sql, address))
        # What is told of all this is told before the worlds part: each would otherwise tell it in its own order.
        sql.execute(b"DELETE FROM outbox")
        return stage


def body_of(response: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content) if response.status_code < 300 and response.content else {}
    return found
