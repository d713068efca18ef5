"""OAuth2 clients of an organisation, as its admins keep them over HTTP."""

from collections.abc import Sequence

from starlette.responses import Response

from app.people.clients import schemas, service
from app.people.clients.tables import Client
from app.people.organisations.service import acting_in
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_list

router = Router(tags=["clients"])


async def _outs(here: Context, clients: Sequence[Client]) -> list[schemas.ClientOut]:
    known = await service.secrets_of(here.session, [client.id for client in clients])
    return [
        schemas.ClientOut(
            client_id=client.id,
            secrets=[schemas.SecretOut.model_validate(each) for each in known if each.client_id == client.id],
            **_fields(client),
        )
        for client in clients
    ]


async def _out(here: Context, client: Client) -> schemas.ClientOut:
    return (await _outs(here, [client]))[0]


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
    shown = await _out(here, client)
    made = schemas.ClientMadeOut(**shown.model_dump(), client_secret=secret)
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
    return reply_list(here.request, await _outs(here, page), next_cursor)


@router.get(
    "/organisations/{organisation_id}/clients/{client_id}", response_model=schemas.ClientOut, summary="One program"
)
async def get_client(here: Here, organisation_id: Id, client_id: Id) -> Response:
    """Read one program's name and scopes; its secret is never shown again."""
    return reply(here.request, await _out(here, await _client(here)))


@router.patch(
    "/organisations/{organisation_id}/clients/{client_id}",
    response_model=schemas.ClientOut,
    summary="Change what a program may do",
)
async def update_client(here: Here, body: schemas.ClientPatch, organisation_id: Id, client_id: Id) -> Response:
    """Another name, or other scopes. Tokens that reach further than the new scopes stop working at once."""
    client = await _client(here)
    here.match(client.version)
    await service.change(_act(here), client, body.name, None if body.scopes is None else list(body.scopes))
    return reply(here.request, await _out(here, client))


@router.post(
    "/organisations/{organisation_id}/clients/{client_id}/secrets",
    status_code=201,
    response_model=schemas.SecretMadeOut,
    summary="A new secret for a program",
    edge=Options(secrets=("client_secret",)),
)
async def create_client_secret(
    here: Here, organisation_id: Id, client_id: Id, body: schemas.SecretIn | None = None
) -> Response:
    """Both secrets work until the old one ends, so that the program changes over without a gap. Two at most."""
    hours = (body or schemas.SecretIn()).expires_old_after_hours
    row, secret = await service.add_secret(_act(here), await _client(here), hours)
    shown = schemas.SecretOut.model_validate(row)
    made = schemas.SecretMadeOut(**shown.model_dump(), client_secret=secret)
    where = f"/v1/organisations/{here.path['organisation_id']}/clients/{here.path['client_id']}"
    return reply(here.request, made, status=201, location=where, secret=True)


@router.delete(
    "/organisations/{organisation_id}/clients/{client_id}/secrets/{secret_id}",
    status_code=204,
    summary="Take a secret away",
)
async def delete_client_secret(here: Here, organisation_id: Id, client_id: Id, secret_id: Id) -> Response:
    """The secret, and every token that was got with it, stops working at once. `If-Match` names the client's version."""
    client = await _client(here)
    here.match(client.version)
    await service.remove_secret(_act(here), client, here.path["secret_id"])
    return gone()


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
