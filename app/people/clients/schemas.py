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


class ClientPatch(In):
    model_config = ConfigDict(json_schema_extra={"example": {"scopes": ["submissions:read"]}})
    name: Line | None = None
    scopes: list[Scope] | None = Field(None, min_length=1, max_length=20)

    @field_validator("scopes")
    @classmethod
    def _each_once(cls, scopes: list[Scope] | None) -> list[Scope] | None:
        return None if scopes is None else sorted(set(scopes))


class SecretIn(In):
    model_config = ConfigDict(json_schema_extra={"example": {"expires_old_after_hours": 24}})
    expires_old_after_hours: int = Field(24, ge=0, le=24 * 90, description="How long the secret before still works.")


class SecretOut(Out):
    """A secret, without itself."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    created_at: Instant
    expires_at: Instant | None = Field(description="null: until it is taken away, or another is made.")


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
                "secrets": [
                    {
                        "id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a13",
                        "created_at": "2026-11-23T12:00:00Z",
                        "expires_at": "2027-01-01T12:00:00Z",
                    }
                ],
            }
        },
    )
    client_id: str
    organisation_id: str
    name: str
    scopes: list[str]
    version: int
    created_at: Instant
    secrets: list[SecretOut] = Field(description="Those that work, oldest first; never the secrets themselves.")


class SecretMadeOut(SecretOut):
    client_secret: str = Field(
        description="Shown once, not again to a retry. Keep it where only the program can read it."
    )


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


class IntrospectionOut(Out):
    """RFC 7662 section 2.2. Of a token that does not work, or is another organisation's, only `active`."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "active": True,
                "client_id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11",
                "scope": "submissions:read",
                "token_type": "Bearer",
                "exp": 1795694400,
                "iat": 1795690800,
                "sub": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a12",
                "iss": "https://cobid.example",
            }
        }
    )
    active: bool = Field(description="Whether it works now, and is your organisation's.")
    client_id: str | None = Field(None, description="The program that it was given to.")
    scope: str | None = Field(None, description="The scopes of the token, separated by spaces.")
    token_type: str | None = Field(None, description="`Bearer`.")
    exp: int | None = Field(None, description="When it ends, in seconds since 1970.")
    iat: int | None = Field(None, description="When it was given, in seconds since 1970.")
    sub: str | None = Field(None, description="The organisation that the program acts for.")
    iss: str | None = Field(None, description="The service that gave it: `issuer` of the metadata.")


_METHODS = ["client_secret_basic", "client_secret_post"]


class MetadataOut(Out):
    """RFC 8414 section 2."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "issuer": "https://cobid.example",
                "token_endpoint": "https://cobid.example/oauth/token",
                "introspection_endpoint": "https://cobid.example/oauth/introspect",
                "revocation_endpoint": "https://cobid.example/oauth/revoke",
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "scopes_supported": ["submissions:read"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "revocation_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            }
        }
    )
    issuer: str = Field(description="The address of the service: what `iss` says of a token.")
    token_endpoint: str = Field(description="Where a secret is traded for a token.")
    introspection_endpoint: str = Field(description="Where a token is asked about.")
    revocation_endpoint: str = Field(description="Where a token is ended.")
    grant_types_supported: list[str] = Field(["client_credentials"], description="A program acts for itself.")
    response_types_supported: list[str] = Field([], description="None: there is no authorization endpoint.")
    scopes_supported: list[str] = Field(description="All that a program can be given.")
    token_endpoint_auth_methods_supported: list[str] = Field(_METHODS, description="How a program says who it is.")
    introspection_endpoint_auth_methods_supported: list[str] = Field(_METHODS, description="The same there.")
    revocation_endpoint_auth_methods_supported: list[str] = Field(_METHODS, description="The same there.")
