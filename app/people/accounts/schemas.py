"""People on the wire."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from app.people.accounts.passwords import MOST
from app.platform.access.ids import Id
from app.platform.web.wire import Email, In, Instant, Name, Out, Token

Password = Annotated[str, StringConstraints(min_length=1, max_length=MOST)]
LANGUAGES = Literal["en", "cy"]
Language = Annotated[
    LANGUAGES, BeforeValidator(lambda tag: tag.partition("-")[0].lower() if isinstance(tag, str) else tag)
]
"""A tag with a country, such as `cy-GB`, is taken as its language."""


class PersonIn(In):
    """Who registers."""

    email: Email = Field(examples=["sam@harbouryouth.example"])
    name: Name = Field(examples=["Sam Adeyemi"])
    password: Password = Field(examples=["four plain words here"])
    language: Language | None = None


class RegisteredOut(Out):
    """The same for a new address and a known one: whoever holds the mailbox learns which."""

    detail: str = Field(examples=["Look in the mailbox of that address: the mail there says what to do next."])


class EmailIn(In):
    email: Email = Field(examples=["sam@harbouryouth.example"])


class PasswordResetIn(In):
    token: Token = Field(examples=["m9bQmXc1aBqW6mF0kqzCwF0k"])
    password: Password = Field(examples=["four other plain words"])


class SignInIn(In):
    email: Email = Field(examples=["sam@harbouryouth.example"])
    password: Password = Field(examples=["four plain words here"])


class SignedInOut(Out):
    """`token` goes into the header `Authorization: Bearer …`; browsers also get it as an HttpOnly cookie."""

    token: str = Field(examples=["cobid_s_6WbqVQ0h3wYb2S2Vq1c5yqL1r3bqO3n0"])
    expires_at: Instant
    person_id: Id


class SessionOut(Out):
    id: Id
    created_at: Instant
    expires_at: Instant
    user_agent: str
    current: bool
