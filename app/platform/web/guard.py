"""Judging a request before its body is parsed: 401, then 404 for everything in the path, then 403."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request

from app.platform.access import standing as q
from app.platform.access.errors import Forbidden, NotFound, Refusal, Unauthenticated
from app.platform.access.ids import is_id
from app.platform.access.rules import Rule, Scope, Standing
from app.platform.access.statements import Run
from app.platform.capability import JUDGED_BY_THE_ROUTE, joined
from app.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PARAMETER_OF = {
    Scope.ORGANISATION: "organisation_id",
    Scope.OPPORTUNITY: "opportunity_id",
    Scope.PROPOSAL: "proposal_id",
    Scope.SUBMISSION: "submission_id",
    Scope.WEBHOOK: "webhook_id",
}
"""The path parameter that names each scope's own thing."""


class CrossSite(Refusal):
    kind = "forbidden"
    code = "cross-site-request"
    title = "This request came from another site"
    explanation = (
        "A sign-in by cookie can change things only from this service's own pages, or from those that the operator "
        "named in CORS_ORIGINS. Programs send the token in the header Authorization instead."
    )


class ScopeMissing(Refusal):
    kind = "forbidden"
    code = "insufficient-scope"
    title = "The client's token does not reach that far"
    explanation = "Ask for a token with the scope that 'detail' names, or let an admin give the client that scope."


def cookie_name(settings: Settings) -> str:
    return "__Host-cobid" if settings.secure else "cobid"


def token_of(request: Request, settings: Settings) -> tuple[str | None, bool]:
    """The bearer token, and whether it came by cookie."""
    header = request.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return value.strip(), False
    if header:
        return None, False
    cookie = request.cookies.get(cookie_name(settings))
    return cookie, cookie is not None


def check_origin(request: Request, settings: Settings) -> None:
    """A request by cookie that changes something comes from our own pages or from a named origin (OWASP ASVS 3.5.1).

    Without PUBLIC_URL our own pages are under whichever of this machine's names the request was sent to.
    """
    origin = request.headers.get("origin")
    allowed = {settings.origin, *settings.origins}
    if not settings.public_url:
        allowed.add(f"{request.url.scheme}://{request.headers.get('host', '')}")
    if origin is None:
        if request.headers.get("sec-fetch-site") in ("same-origin", "none"):
            return
        raise CrossSite
    if origin.rstrip("/") not in allowed:
        raise CrossSite


async def judge(
    request: Request, rule: Rule, settings: Settings, run: Run, body_token: str | None = None, owned: str = ""
) -> tuple[q.Found, dict[str, str]]:
    """Everything up to 403. A write is judged twice: on the read pool, and again by a `run` of its transaction.

    `owned` names the path parameter of a thing that only its own partner may write: its statement answers that
    partner's id.
    """
    path = {name: str(value) for name, value in request.path_params.items()}
    token, by_cookie = token_of(request, settings)
    scope = Scope.PERSON if rule.scope is Scope.PUBLIC else rule.scope
    thing_id = _thing_id(path, rule.scope)
    statement, hashed = q.statement(token, scope)
    if hashed is None and scope is Scope.PERSON:
        found = q.Found(None, None, {})  # nobody, nowhere: nothing to ask the database
    else:
        found = q.read(await run(statement, hashed, thing_id), signed_in=hashed is not None)
    if found.actor is None and rule.scope is not Scope.PUBLIC and not (rule.token and body_token):
        raise Unauthenticated
    if any("\x00" in value for value in path.values()):
        raise NotFound
    if rule.token and thing_id and is_id(path.get("partner_id", "")):
        found = await _with_invitation(found, body_token, thing_id, path["partner_id"], run)
    if rule.scope is Scope.PERSON and found.actor is not None:
        await _things(path, None, [one.organisation_id for one in found.actor.memberships], run)
    if rule.scope not in (Scope.PUBLIC, Scope.PERSON):
        owner = await _see(rule, found.standing, path, thing_id, run, owned)
        leaves = found.standing is not None and found.standing.seats(*rule.leaves)
        if not leaves and (refusal := await q.two_sides(run, found, rule.scope, hashed, thing_id)):
            raise refusal
    if by_cookie and request.method not in SAFE and rule.scope is not Scope.PUBLIC:
        check_origin(request, settings)
    _check_rights(rule, found)
    if owned and found.standing is not None:
        _check_owner(rule, found.standing, owner)
    return found, path


def _check_owner(rule: Rule, standing: Standing, owner: str | None) -> None:
    own = tuple(side for side in standing.sides if side.seat_id == owner)
    if not own:
        raise Forbidden("It belongs to another partner: only that partner can change it.")
    if not rule.may.test(replace(standing, sides=own)):
        raise Forbidden(f"Only {rule.may.words} may do this.")


def _thing_id(path: Mapping[str, str], scope: Scope) -> str | None:
    parameter = PARAMETER_OF.get(scope)
    value = path.get(parameter, "") if parameter else ""
    return value.lower() if is_id(value) else None


async def _see(
    rule: Rule, standing: Standing | None, path: dict[str, str], thing_id: str | None, run: Run, owned: str = ""
) -> str | None:
    """404 for everything in the path that this reader may not see, whether it exists or not. Answers `owned`'s owner."""
    if standing is None or not rule.see.test(standing):
        raise NotFound
    if (own := PARAMETER_OF[rule.scope]) in path:
        path[own] = thing_id or path[own]
    seats = [side.seat_id for side in standing.sides if side.seat_id]
    return await _things(path, thing_id, seats, run, owned, own)


async def _things(
    path: dict[str, str], thing_id: str | None, seats: list[str], run: Run, owned: str = "", apart: str = ""
) -> str | None:
    """404 for a thing in the path, other than the one that is judged `apart`, that nobody with these seats may see."""
    owner = None
    for name, value in path.items():
        if name == apart:
            continue
        known = joined().parameters[name]
        if known is JUDGED_BY_THE_ROUTE:
            continue
        if known.uuid:
            if not is_id(value):
                raise NotFound
            path[name] = value = value.lower()
        row = None if len(value) > 200 else await run(known.sql, value, thing_id, seats)
        if not row:
            raise NotFound
        if name == owned:
            owner = row[0]
    return owner


def _check_rights(rule: Rule, found: q.Found) -> None:
    actor, standing = found.actor, found.standing or Standing()
    if actor is not None and actor.client_id is not None and rule.scope is not Scope.PUBLIC:
        if rule.oauth is None:
            raise Forbidden("A program cannot do this. Sign in as a person.")
        if rule.oauth not in actor.scopes:
            raise ScopeMissing(f"This needs the scope '{rule.oauth}'.")
        if rule.programs:
            return
    if not rule.may.test(standing):
        if actor is None:
            raise Unauthenticated  # an invitation's token is enough to decline; accepting binds an organisation
        raise Forbidden(f"Only {rule.may.words} may do this.")


async def _with_invitation(found: q.Found, token: str | None, proposal_id: str, partner_id: str, run: Run) -> q.Found:
    """An invitation's token stands in for a tie (and, to decline, for an account); so does the address that was invited,
    where the person has confirmed that it is theirs."""
    row = None
    if token:
        row = await run(q.INVITED_SEAT, q.token_hash(token), proposal_id, partner_id.lower())
    elif found.actor is not None and found.actor.person_id is not None:
        row = await run(q.INVITED_BY_ADDRESS, found.actor.person_id, proposal_id, partner_id.lower())
    if not row:
        return found
    sides = q.invited_by_token(row[0], row[1], row[2], row[3], found.actor)
    standing = found.standing
    if standing is None:
        return found
    merged = replace(standing, sides=standing.sides + sides)
    return q.Found(found.actor, merged, found.facts)
