"""Mails in tests: a real receiver with a worker that sends to it, and the tokens that lie hidden in the outbox."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import psycopg
from aiosmtpd.controller import Controller

from app.platform.db.outbox import show
from app.platform.worker import running
from app.settings import Settings
from tests.waiting import wait_until


class Mailbox:
    """A real SMTP receiver; refuses the first tries when told to."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.refusals = 0

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        if self.refusals:
            self.refusals -= 1
            return "451 try again later"
        self.received.append(message_from_bytes(envelope.content))  # type: ignore[attr-defined]
        return "250 OK"

    def wait_for(self, address: str, seconds: float = 30, already: int = 0) -> str:
        """The text of the newest mail to that address."""
        mine = wait_until(
            lambda: [m for m in self.received if m["To"] == address][already:], seconds, lambda: f"no mail to {address}"
        )
        return str(mine[-1].get_payload(decode=True).decode())  # type: ignore[union-attr]

    def to(self, address: str) -> list[tuple[str, str]]:
        """Subject and text of each mail to that address, the oldest first."""
        mine = [mail for mail in self.received if mail["To"] == address]
        return [(str(make_header(decode_header(m["Subject"]))), m.get_payload(decode=True).decode()) for m in mine]  # type: ignore[union-attr]


@contextmanager
def receiving(settings: Settings, database: str) -> Iterator[Mailbox]:
    """A receiver, and a worker that sends to it."""
    box = Mailbox()
    from tests.conftest import free_port

    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    mine = settings.model_copy(update={"smtp_url": f"smtp://127.0.0.1:{controller.port}"})
    loop = asyncio.new_event_loop()
    task = loop.create_task(running.run(mine, database))
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    try:
        yield box
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)
        controller.stop()


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        pass


def token_to(sql: psycopg.Connection, address: str) -> str:
    """The token of the newest mail to that address."""
    row = sql.execute(
        "SELECT payload ->> 'hidden_token', (SELECT key FROM mail_keys) FROM outbox"
        " WHERE topic = 'mail' AND payload ->> 'to' = %s ORDER BY id DESC LIMIT 1",
        [address],
    ).fetchone()
    assert row is not None, f"no mail to {address}"
    return show(row[1], row[0])
