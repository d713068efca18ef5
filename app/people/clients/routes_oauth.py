"""The OAuth2 endpoints of programs: tokens, introspection, revocation, and the metadata that names them."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from app.people.clients import oauth, schemas
from app.people.clients.tables import Client
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.problems import problem
from app.platform.web.replies import NO_STORE, reply

router = Router(tags=["clients"], prefix="")

FORM = "application/x-www-form-urlencoded"
OF_A_CLIENT = Options(body="raw", limit="form_limit", media=(FORM,), retries=False)
_TEXT = {"type": "string"}
_SECRET = {"type": "string", "format": "password"}


def _about_a_token() -> dict[str, Any]:
    """The form of introspection and revocation, for the documentation."""
    fields = {"token": _SECRET, "token_type_hint": _TEXT, "client_id": _TEXT, "client_secret": _SECRET}
    schema = {"type": "object", "required": ["token"], "properties": fields}
    example = {"token": "cobid_c_6WbqVQ0h3wYb2S2Vq1c5yqL1r3bqO3n0"}
    body = {"required": True, "content": {FORM: {"schema": schema, "example": example}}}
    return {"requestBody": body, "security": []}


@router.post(
    "/oauth/token",
    response_model=schemas.TokenOut,
    summary="A token for a program",
    edge=OF_A_CLIENT,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["grant_type"],
                        "properties": {
                            "grant_type": {"type": "string", "const": "client_credentials"},
                            "scope": {"type": "string", "description": "Separated by spaces; all when left out."},
                            "client_id": {"type": "string"},
                            "client_secret": {"type": "string", "format": "password"},
                        },
                    },
                    "example": {"grant_type": "client_credentials", "scope": "submissions:read"},
                }
            },
        },
        "security": [],
    },
)
async def issue_client_token(here: Here) -> Response:
    """Trade a client's id and secret for a short-lived bearer token (RFC 6749, client credentials)."""
    try:
        form = _form(here.content)
        given = oauth.credentials(here.request.headers.get("authorization"), form)
        token, scopes = await oauth.issue_token(
            here.session, given, form.get("grant_type"), form.get("scope"), here.settings.client_token_minutes
        )
    except oauth.InvalidClient as refusal:
        return _not_a_client(here, refusal)
    out = schemas.TokenOut(
        access_token=token, expires_in=here.settings.client_token_minutes * 60, scope=" ".join(scopes)
    )
    response = reply(here.request, out, secret=True)
    response.headers["Pragma"] = "no-cache"  # RFC 6749 section 5.1
    return response


@router.post(
    "/oauth/introspect",
    response_model=schemas.IntrospectionOut,
    summary="Whether a token works",
    edge=OF_A_CLIENT,
    openapi_extra=_about_a_token(),
)
async def introspect_token(here: Here) -> Response:
    """What a token of your organisation is good for (RFC 7662). Of any other, whatever it is: `{"active": false}`."""
    try:
        client, token = await _asks(here)
    except oauth.InvalidClient as refusal:
        return _not_a_client(here, refusal)
    found = await oauth.introspect(here.session, client, token)
    if found is None:
        return Response(b'{"active":false}', headers=NO_STORE, media_type="application/json")
    out = schemas.IntrospectionOut(
        active=True,
        client_id=found.client.id,
        scope=" ".join(found.token.scopes),
        token_type="Bearer",  # noqa: S106
        exp=int(found.token.expires_at.timestamp()),
        iat=int(found.token.created_at.timestamp()),
        sub=found.client.organisation_id,
        iss=here.settings.base_url,
    )
    return reply(here.request, out, secret=True)


@router.post(
    "/oauth/revoke",
    summary="End a token",
    edge=OF_A_CLIENT,
    openapi_extra=_about_a_token(),
    responses={200: {"description": "The token no longer works, if it was this client's."}},
)
async def revoke_client_token(here: Here) -> Response:
    """End a token of the client's own before its time (RFC 7009). The answer is the same whatever the token was."""
    try:
        client, token = await _asks(here)
    except oauth.InvalidClient as refusal:
        return _not_a_client(here, refusal)
    await oauth.revoke_token(here.session, client, token)
    return Response(headers=NO_STORE)


@router.get(
    "/.well-known/oauth-authorization-server",
    response_model=schemas.MetadataOut,
    summary="Where programs get their tokens",
)
async def get_oauth_metadata(here: Here) -> Response:
    """The authorization server's metadata (RFC 8414), by which OAuth2 libraries find the endpoints."""
    base = here.settings.base_url
    return reply(
        here.request,
        schemas.MetadataOut(
            issuer=base,
            token_endpoint=f"{base}/oauth/token",
            introspection_endpoint=f"{base}/oauth/introspect",
            revocation_endpoint=f"{base}/oauth/revoke",
            scopes_supported=[scope.value for scope in schemas.Scope],
        ),
    )


async def _asks(here: Context) -> tuple[Client, str]:
    """The client that asks about a token, and the token."""
    form = _form(here.content)
    given = oauth.credentials(here.request.headers.get("authorization"), form)
    client, _ = await oauth.authenticate(here.session, given)
    token = form.get("token")
    if token is None:
        raise oauth.InvalidTokenRequest("token is missing: send the token that this is about.")
    return client, token


def _not_a_client(here: Context, refusal: oauth.InvalidClient) -> Response:
    answer = problem(here.request, refusal)
    answer.headers["WWW-Authenticate"] = 'Basic realm="cobid", charset="UTF-8"'
    return answer


def _form(content: bytes) -> dict[str, str]:
    """The form's fields. Each may be sent once; an empty one counts as left out (RFC 6749 section 3.2)."""
    try:
        pairs = parse_qsl(
            content.decode("ascii"), keep_blank_values=True, strict_parsing=bool(content), max_num_fields=50
        )
    except ValueError as error:
        raise oauth.InvalidTokenRequest("The body is not a valid form.") from error
    if len({name for name, _ in pairs}) != len(pairs) or any("\x00" in value for _, value in pairs):
        raise oauth.InvalidTokenRequest("A field was sent twice, or is not text. Send each once.")
    return {name: value for name, value in pairs if value}
