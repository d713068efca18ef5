"""OAuth2 clients of an organisation, and the token endpoint."""

from urllib.parse import parse_qsl

from starlette.responses import Response

from app.people.clients import schemas, service
from app.people.clients.tables import Client
from app.people.organisations.service import acting_in
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.problems import problem
from app.platform.web.replies import gone, reply, reply_list

router = Router(tags=["clients"])
token_router = Router(tags=["clients"], prefix="")

FORM = "application/x-www-form-urlencoded"


def _out(client: Client) -> schemas.ClientOut:
    return schemas.ClientOut(client_id=client.id, **_fields(client))


def _fields(client: Client) -> dict[str, object]:
    return {name: getattr(client, name) for name in ("organisation_id", "name", "scopes", "version", "created_at")}


def _act(here: Context) -> Act:
    return acting_in(here.session, here.person, here.path["organisation_id"])


@router.post(
    "/organisations/{organisation_id}/clients",
    status_code=201,
    response_model=schemas.ClientMadeOut,
    summary="Let a program in",
    edge=Options(secrets=("client_secret",)),
)
async def create_client(here: Here, body: schemas.ClientIn, organisation_id: Id) -> Response:
    """Give a program an id and a secret to act for the organisation."""
    client, secret = await service.register(_act(here), body.name, list(body.scopes))
    made = schemas.ClientMadeOut(client_id=client.id, client_secret=secret, **_fields(client))
    where = f"/v1/organisations/{client.organisation_id}/clients/{client.id}"
    return reply(here.request, made, status=201, location=where, secret=True)


@router.get(
    "/organisations/{organisation_id}/clients", response_model=schemas.ClientList, summary="The programs let in"
)
async def list_clients(
    here: Here, organisation_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """List the programs that may act for the organisation."""
    query = service.clients_of(here.path["organisation_id"])
    page, next_cursor = await paging.rows(here.session, query, Client.id, limit, cursor)
    return reply_list(here.request, [_out(client) for client in page], next_cursor)


@router.get(
    "/organisations/{organisation_id}/clients/{client_id}", response_model=schemas.ClientOut, summary="One program"
)
async def get_client(here: Here, organisation_id: Id, client_id: Id) -> Response:
    """Read one program's name and scopes; its secret is never shown again."""
    return reply(here.request, _out(await _client(here)))


@router.delete(
    "/organisations/{organisation_id}/clients/{client_id}", status_code=204, summary="Take a program's access away"
)
async def revoke_client(here: Here, organisation_id: Id, client_id: Id) -> Response:
    """Take a program's access away; its tokens stop working at once."""
    client = await _client(here)
    here.match(client.version)
    await service.revoke(_act(here), client)
    return gone()


async def _client(here: Context) -> Client:
    return await here.session.get_one(Client, here.path["client_id"])


@token_router.post(
    "/oauth/token",
    response_model=schemas.TokenOut,
    summary="A token for a program",
    edge=Options(body="raw", limit="form_limit", media=(FORM,), retries=False),
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
        given = service.credentials(here.request.headers.get("authorization"), form)
        token, scopes = await service.issue_token(
            here.session, given, form.get("grant_type"), form.get("scope"), here.settings.client_token_minutes
        )
    except service.InvalidClient as refusal:
        answer = problem(here.request, refusal)
        answer.headers["WWW-Authenticate"] = 'Basic realm="cobid", charset="UTF-8"'
        return answer
    out = schemas.TokenOut(
        access_token=token, expires_in=here.settings.client_token_minutes * 60, scope=" ".join(scopes)
    )
    response = reply(here.request, out, secret=True)
    response.headers["Pragma"] = "no-cache"  # RFC 6749 section 5.1
    return response


def _form(content: bytes) -> dict[str, str]:
    """The form's fields. Each may be sent once; an empty one counts as left out (RFC 6749 section 3.2)."""
    try:
        pairs = parse_qsl(
            content.decode("ascii"), keep_blank_values=True, strict_parsing=bool(content), max_num_fields=50
        )
    except ValueError as error:
        raise service.InvalidTokenRequest("The body is not a valid form.") from error
    if len({name for name, _ in pairs}) != len(pairs) or any("\x00" in value for _, value in pairs):
        raise service.InvalidTokenRequest("A field was sent twice, or is not text. Send each once.")
    return {name: value for name, value in pairs if value}


router.routes.extend(token_router.routes)
