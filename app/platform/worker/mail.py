"""Mail: over SMTP when SMTP_URL is set, otherwise one .eml file each in DATA_DIR/mail."""

import asyncio
import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from app.platform.db import outbox
from app.platform.worker.mails import write
from app.platform.worker.work import Work
from app.settings import Settings

log = structlog.get_logger("cobid.mail")


async def send(work: Work, payload: dict[str, Any]) -> None:
    """The job of one mail. Raises when it could not be handed over, so that the queue tries again."""
    async with work.db.sessions() as session:
        values = await outbox.values_of(session, payload)
    message = compose(work.settings, {**payload, "values": values})
    if path := await hand_over(work.settings, message):
        log.info("mail-written", path=str(path), why="SMTP_URL is not set")


async def hand_over(settings: Settings, message: EmailMessage) -> Path | None:
    """To the mail server; without one, to a file, which is answered."""
    if settings.smtp_url:
        await aiosmtplib.send(message, **connection(settings.smtp_url))
        return None
    return await asyncio.to_thread(_to_file, settings.data_dir / "mail", message)


def compose(settings: Settings, payload: dict[str, Any]) -> EmailMessage:
    """Plain text; every link stands alone on its line. No user's text gets into a header but the names, on one line."""
    written = write(
        payload["template"], payload.get("language", "en"), settings.base_url, payload["values"], settings.front_end
    )
    message = EmailMessage(policy=SMTP.clone(max_line_length=900))
    message["From"] = settings.mail_from
    message["To"] = payload["to"]
    message["Subject"] = re.sub(r"\s+", " ", written.subject)[:200]
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=(parseaddr(settings.mail_from)[1].partition("@")[2] or "localhost"))
    message["Auto-Submitted"] = "auto-generated"
    if written.unsubscribe:
        message["List-Unsubscribe"] = f"<{written.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # A file is read as it stands, so its links do; a relay may know no eight bits.
    plain = written.text.isascii() or not settings.smtp_url
    message.set_content(written.text, cte="8bit" if plain else "quoted-printable")
    return message


def connection(url: str) -> dict[str, Any]:
    """What SMTP_URL says, as the library takes it."""
    where = urlsplit(url)
    secure = where.scheme == "smtps"
    return {
        "hostname": where.hostname,
        "port": where.port or (465 if secure else 587),
        "username": unquote(where.username) if where.username else None,
        "password": unquote(where.password) if where.password else None,
        "use_tls": secure,
        "timeout": 30,
    }


def _to_file(folder: Path, message: EmailMessage) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9.-]", "_", str(message["Message-ID"]))[:120]
    path = folder / f"{name}.eml"
    part = path.with_suffix(".part")
    part.write_bytes(message.as_bytes())
    part.replace(path)
    return path
