"""OAuth2 clients on the wire."""

from enum import StrEnum

from pydantic import ConfigDict, Field, field_validator

from app.platform.web.wire import In, Instant, Line, Out


class Scope(StrEnum):
    """What a program may do for its organisation."""

    OPPORTUNITIES_READ = "opportunities:read"
    OPPORTUNITIES_WRITE = "opportunities:write"
    PROPOSALS_READ = "proposals:read"
    PROPOSALS_WRITE = "proposals:write"
    SUBMISSIONS_READ = "submissions:read"
    SUBMISSIONS_WRITE = "submissions:write"
    WEBHOOKS_WRITE = "webhooks:write"


class ClientIn(In):
    model_config = ConfigDict(
        json_schema_extra={"example": {"name": "Riverside portal", "scopes": ["submissions:read", "submissions:write"]}}
    )
    name: Line
    scopes: list[Scope] = Field(min_length=1, max_length=20)

    @field_validator("scopes")
    @classmethod
    def _each_once(cls, scopes: list[Scope]) -> list[Scope]:
        return sorted(set(scopes))


class ClientOut(Out):
    """A client without its secret, which is shown only once."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "client_id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11",
                "organisation_id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a12",
                "name": "Riverside portal",
                "scopes": ["submissions:read", "submissions:write"],
                "version": 1,
                "created_at": "2026-11-23T12:00:00Z",
            }
        },
    )
    client_id: str
    organisation_id: str
    name: str
    scopes: list[str]
    version: int
    created_at: Instant


class ClientMadeOut(ClientOut):
    client_secret: str = Field(
        description="Shown once, not again to a retry. Keep it where only the program can read it."
    )


class ClientList(Out):
    items: list[ClientOut]
    next_cursor: str | None = None


class TokenOut(Out):
    """RFC 6749 section 5.1."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.")
    scope: str = Field(description="The scopes of the token, separated by spaces.")
