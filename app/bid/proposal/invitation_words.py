"""What the mail of an invitation says: who asks whom to do what, in which bid, for whom and by when."""

from dataclasses import dataclass
from datetime import datetime

from app.documents.pasted import plain_text
from app.documents.prose import from_markdown
from app.platform.words.catalogue import catalogue
from app.platform.words.codes import PartnerRole
from app.platform.words.instants import in_words

LONGEST = 3_000
"""Characters of somebody's own words that stand in a mail. The rest is read on the page."""


@dataclass(frozen=True, slots=True)
class InvitationWords:
    inviter: str
    person: str
    title: str
    call: str
    buyer: str
    role: PartnerRole
    deadline: datetime | None
    time_zone: str
    reply_by: datetime | None
    message_markdown: str
    proposed_work_markdown: str

    def said(self, language: str) -> dict[str, str]:
        """The values of the mail in this language: lines about nothing are left out."""
        words = catalogue(language)
        lines = [
            words("invitation_mail.bid", title=self.title),
            words("invitation_mail.call", call=self.call, buyer=self.buyer) if self.buyer else "",
            words("invitation_mail.role", role=words(f"partner_role.{self.role.value}.label")),
            words("invitation_mail.deadline", when=in_words(self.deadline, self.time_zone)) if self.deadline else "",
            words("invitation_mail.reply_by", when=in_words(self.reply_by, self.time_zone)) if self.reply_by else "",
        ]
        own = [("work", self.proposed_work_markdown), ("message", self.message_markdown)]
        parts = [
            words(f"invitation_mail.{name}", inviter=self.inviter, words=_plain(markdown))
            for name, markdown in own
            if markdown.strip()
        ]
        who = words("invitation_mail.person", person=self.person, inviter=self.inviter) if self.person else self.inviter
        return {
            "inviter": self.inviter,
            "who": who,
            "facts": "\n".join(line for line in lines if line),
            "words": "".join(f"\n\n{part}" for part in parts),
        }


def _plain(markdown: str) -> str:
    text = plain_text(from_markdown(markdown, 1))
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + " …"
