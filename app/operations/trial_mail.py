"""`cobid mail-test`: one mail now, so that the mail server's own words are seen where the settings are made."""

import asyncio

from aiosmtplib import SMTPException
from email_validator import EmailNotValidError, validate_email

from app.operations.said import Stopped
from app.platform.worker import mail
from app.settings import Settings


def send(settings: Settings, address: str) -> str:
    """What became of it."""
    try:
        to = validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Stopped(f"'{address}' is no mail address: {error}") from None
    message = mail.compose(settings, {"to": to, "template": "trial", "values": {}})
    try:
        path = asyncio.run(mail.hand_over(settings, message))
    except (SMTPException, OSError, TimeoutError) as error:
        raise Stopped(f"The mail server did not take it: {type(error).__name__}: {error}. Look at SMTP_URL.") from None
    if path:
        return f"SMTP_URL is not set, so it was written to {path} and reaches nobody."
    return f"The mail server took it for {to}. If it does not arrive, look at MAIL_FROM ({settings.mail_from}) and its domain."
