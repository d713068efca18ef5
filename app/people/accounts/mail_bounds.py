"""How many mails others may set off: so that nobody's mailbox is flooded, whatever names the senders give themselves.

What somebody must act on (a version to sign, a call that changed) is never counted here, and so never held back.
"""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.accounts import attempts
from app.platform.access.errors import TooMany
from app.platform.access.ids import Id
from app.settings import Settings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_ONE_ORGANISATION = 3
"""Mails of a day to one address that one organisation sets off."""


class TooManyMails(TooMany):
    code = "too-many-mails"
    title = "This address gets no more such mails for now"
    explanation = (
        "An address gets few mails a day that others set off, so that nobody's mailbox is flooded. Look whether the mail that "
        "was sent before has come (in the folder for spam, too), or reach them in another way."
    )


class TooManyInvitations(TooMany):
    code = "too-many-invitations"
    title = "So many invitations a day are enough"
    explanation = "A bid and an organisation send a bounded number of invitations a day. Go on later."


async def count_account_mail(session: AsyncSession, settings: Settings, email: str) -> None:
    """A mail that somebody has sent who gave the address and proved nothing: to register it, say.

    Beyond the bound there is still one an hour, the time for which a link to a new password works: whoever has others use
    the bound up keeps the address's owner from nothing.
    """
    try:
        await attempts.count(session, "account-mail", email, settings.mails_a_day_to_address, DAY, TooManyMails)
    except TooManyMails:
        await attempts.count(session, "account-mail", email, 1, HOUR, TooManyMails)


async def count_invitation(
    session: AsyncSession, settings: Settings, organisation_id: Id | None, proposal_id: Id | None = None
) -> None:
    """An invitation of this organisation, to its bid or to itself."""
    most = settings.invitations_a_day_of_organisation
    await attempts.count(session, "invitations-of", organisation_id or "", most, DAY, TooManyInvitations)
    if proposal_id is not None:
        most = settings.invitations_a_day
        await attempts.count(session, "invitations-to", proposal_id, most, DAY, TooManyInvitations)


async def count_mail(session: AsyncSession, settings: Settings, email: str, organisation_id: Id | None) -> None:
    """A mail that this organisation sets off. Whoever counts several counts them in the order of their addresses."""
    of_one = min(OF_ONE_ORGANISATION, settings.mails_a_day_to_address)
    await attempts.count(session, "mail-of", f"{email} {organisation_id}", of_one, DAY, TooManyMails)
    await attempts.count(session, "mail-to", email, settings.mails_a_day_to_address, DAY, TooManyMails)
