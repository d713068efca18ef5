"""Refusals: facts of the domain that stop a request, each with a public code that is never renamed.

A refusal knows no HTTP. Its `kind` says what sort of answer it is, and `app/platform/access/problem_members.py` alone turns
that into a status. Each class is named as the fact it states; `code` becomes the problem's type
(`/problems/<code>`), `title` its short name, `explanation` the text of the page behind the type, and
`detail` (given when it is raised) says who must do what next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Kind = Literal[
    "unauthenticated",
    "hidden",
    "forbidden",
    "unreadable",
    "too-large",
    "timeout",
    "misdirected",
    "media-type",
    "invalid",
    "precondition-required",
    "stale",
    "conflict",
    "too-many",
    "unavailable",
    "method",
    "fault",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `pointer` is a JSON Pointer into the request, or to an object for blockers."""

    pointer: str
    code: str
    detail: str
    organisation_id: str | None = None


REFUSALS: dict[str, type["Refusal"]] = {}


class Refusal(Exception):
    """Base of every refusal. Subclasses that have a `code` of their own enter the public list of problems."""

    kind: ClassVar[Kind] = "conflict"
    code: ClassVar[str] = ""
    title: ClassVar[str] = ""
    explanation: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if "code" in cls.__dict__:
            known = REFUSALS.setdefault(cls.code, cls)
            if known is not cls and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"two refusals share the code {cls.code!r}")
            REFUSALS[cls.code] = cls

    def __init__(self, detail: str = "", errors: Sequence[Fault] = (), retry_after: int | None = None) -> None:
        super().__init__(detail or self.explanation)
        self.detail = detail or self.explanation
        self.errors = tuple(errors)
        self.retry_after = retry_after


class Unauthenticated(Refusal):
    kind = "unauthenticated"
    code = "not-signed-in"
    title = "You are not signed in"
    explanation = "Sign in (POST /v1/sessions) and send the token as 'Authorization: Bearer …'."


class NotFound(Refusal):
    """What does not exist and what this reader may not see: one class, one text, so nobody can tell them apart."""

    kind = "hidden"
    code = "not-found"
    title = "There is nothing here for you"
    explanation = "It does not exist, or it is not shared with you. Check the address, or ask a partner to invite you."


class Forbidden(Refusal):
    kind = "forbidden"
    code = "not-allowed"
    title = "You may see this, but not do this"
    explanation = "Your role does not allow it. Somebody with the right role in your organisation can do it."


class Invalid(Refusal):
    kind = "invalid"
    code = "invalid"
    title = "Something in the request is not right"
    explanation = "Each entry under 'errors' points at what is wrong and says what is expected."

    @classmethod
    def at(cls, pointer: str, code: str, detail: str) -> "Invalid":
        """One fault, with its pointer into the request body (or `/query/<name>`)."""
        return cls(detail, [Fault(pointer, code, detail)])


class Conflict(Refusal):
    """The state of things does not allow it now. Subclass it with a `code` for each fact."""

    kind = "conflict"


class StaleVersion(Refusal):
    kind = "stale"
    code = "stale-version"
    title = "Somebody changed this since you read it"
    explanation = "Read it again, look at what changed, and send your change with the new ETag in If-Match."


class IfMatchRequired(Refusal):
    kind = "precondition-required"
    code = "if-match-required"
    title = "Say which version you are changing"
    explanation = "Send the ETag that you read in the header If-Match, so that nobody's change is overwritten unseen."


class TooMany(Refusal):
    kind = "too-many"
    code = "too-many-requests"
    title = "Too many requests"
    explanation = "Wait for the number of seconds in the header Retry-After, then try again."
