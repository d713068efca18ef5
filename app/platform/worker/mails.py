"""What the mails say. Nothing confidential is in a mail: it says where to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.platform.words.catalogue import catalogue, require
from app.platform.words.names import without_links


@dataclass(frozen=True, slots=True)
class Written:
    subject: str
    text: str
    unsubscribe: str | None = None


_LINKS = {
    "verify": "/open/verify",
    "already-registered": "/open/forgotten",
    "reset": "/open/reset",
    "member-invitation": "/organisations/join",
    "partner-invitation": "/invitations/open",
    "partner-came": "",
    "partner-to-confirm": "",
    "trial": "",
    "webhook-gone": "",
    "webhook-failing": "",
    "webhook-client-revoked": "",
}
_OF_A_FRONT_END = {
    "verify": "verify",
    "reset": "reset",
    "member-invitation": "member",
    "partner-invitation": "invitation",
    "partner-came": "task",
    "partner-to-confirm": "task",
}
"""The kinds of `APP_PATHS` by template."""
require(f"mail.{template}.{part}" for template in _LINKS for part in ("subject", "text"))


def write(
    template: str, language: str, base_url: str, values: Mapping[str, Any], front_end: Mapping[str, str] | None = None
) -> Written:
    """The mail's words, in which our own link is the only one: names are other people's words.

    `front_end` says where links lead that the operator's own front end takes (`settings.front_end`).

    A `digest` brings its own subject and text, which the caller has written.
    """
    if template not in _LINKS:
        return Written(str(values["subject"]), str(values["text"]), values.get("unsubscribe"))
    words = catalogue(language)
    token = values.get("token")
    link = base_url + (values.get("path") or _LINKS[template]) + (f"?token={token}" if token else "")
    if theirs := (front_end or {}).get(_OF_A_FRONT_END.get(template, "")):
        link = theirs.replace("{token}", str(token))
    named = {key: without_links(value) if isinstance(value, str) else value for key, value in values.items()}
    filled = {**named, "link": link}
    return Written(words(f"mail.{template}.subject", **filled), words(f"mail.{template}.text", **filled))
