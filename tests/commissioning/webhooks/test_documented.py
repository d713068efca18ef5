"""The receiver that docs/integrating.md shows takes what is sent, and refuses what is not."""

import asyncio
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.commissioning.webhooks import sending
from app.commissioning.webhooks.lanes import Message
from app.commissioning.webhooks.rules import secret_of
from app.platform.db.base import new_id
from app.platform.http_out.client import outbound
from tests import ROOT
from tests.conftest import free_port
from tests.waiting import until

PAGE = (ROOT / "docs" / "integrating.md").read_text("utf-8")


def test_the_receiver_of_the_page_verifies_what_is_sent(tmp_path: Path) -> None:
    [program] = re.findall(r"```py\n(.*?)```", PAGE, re.DOTALL)
    assert program.count("8080") == 1
    port, secret, other = free_port(), secret_of(b"a" * 32), secret_of(b"b" * 32)
    file = tmp_path / "receiver.py"
    file.write_text(program.replace("8080", str(port)))
    environment = {**os.environ, "WEBHOOK_SECRET": secret}
    receiver = subprocess.Popen([sys.executable, str(file)], env=environment, stdout=subprocess.PIPE, text=True)

    async def run() -> list[int | None]:
        async with outbound({("127.0.0.1", port)}) as out:

            async def send(id_: str, *secrets: str) -> int | None:
                about = {"organisation_id": id_}
                message = Message(
                    id_, "ping", "self", datetime.now(UTC), about, 0, f"http://127.0.0.1:{port}/", secrets
                )
                return (await sending.post(out, message)).status

            async def answers() -> bool:
                return await send(first, other) == 400

            first, second = new_id(), new_id()
            await until(answers, 20)
            return [await send(first, secret), await send(first, secret), await send(second, other, secret)]

    try:
        assert asyncio.run(run()) == [204, 204, 204]
    finally:
        receiver.terminate()
        printed, _ = receiver.communicate(timeout=20)
    assert printed.count("ping") == 2, "the one that came twice is done once"
