"""The public API, called in this process: the workspace knows nothing else of the service.

Each call passes on who asks (cookie, origin, network address, language) and the request's id. So judging, hiding, rights,
limits and versions stay in one place, and the log has one line for the page and one for each of its calls.
"""

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx
from starlette.requests import Request

OPERATIONS = {
    "verify_hash": "GET /v1/verify/{digest}",
    "get_vocabulary": "GET /v1/vocabularies/{name}",
    "register": "POST /v1/people",
    "verify_email": "POST /v1/people/verify",
    "request_password_reset": "POST /v1/people/password-reset",
    "reset_password": "POST /v1/people/password-reset/complete",
    "sign_in": "POST /v1/sessions",
    "sign_out": "DELETE /v1/sessions/current",
    "list_sessions": "GET /v1/sessions",
    "end_session": "DELETE /v1/sessions/{session_id}",
    "get_me": "GET /v1/me",
    "update_me": "PATCH /v1/me",
    "list_tasks": "GET /v1/me/tasks",
    "list_my_invitations": "GET /v1/me/invitations",
    "list_notifications": "GET /v1/me/notifications",
    "mark_notifications_read": "POST /v1/me/notifications/read",
    "get_notification_choices": "GET /v1/me/notification-choices",
    "update_notification_choices": "PATCH /v1/me/notification-choices",
    "create_organisation": "POST /v1/organisations",
    "read_member_invitation": "GET /v1/member-invitations/{token}",
    "accept_member_invitation": "POST /v1/member-invitations/accept",
    "read_invitation": "GET /v1/invitations/{token}",
    "accept_invitation": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/accept",
    "decline_invitation": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/decline",
    "list_proposals": "GET /v1/proposals",
    "get_proposal": "GET /v1/proposals/{proposal_id}",
    "get_readiness": "GET /v1/proposals/{proposal_id}/readiness",
    "invite_partner": "POST /v1/proposals/{proposal_id}/partners",
    "update_partner": "PATCH /v1/proposals/{proposal_id}/partners/{partner_id}",
    "give_authority": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/authority",
    "withdraw_partner": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/withdraw",
    "confirm_partner": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/confirm",
    "send_invitation_again": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/send-again",
    "remove_partner": "POST /v1/proposals/{proposal_id}/partners/{partner_id}/remove",
    "get_structure": "GET /v1/proposals/{proposal_id}/structure",
    "put_structure": "PUT /v1/proposals/{proposal_id}/structure",
    "list_decisions": "GET /v1/proposals/{proposal_id}/decisions",
    "open_decision": "POST /v1/proposals/{proposal_id}/decisions",
    "get_decision": "GET /v1/proposals/{proposal_id}/decisions/{decision_id}",
    "cast_vote": "POST /v1/proposals/{proposal_id}/decisions/{decision_id}/votes",
    "close_decision": "POST /v1/proposals/{proposal_id}/decisions/{decision_id}/close",
    "list_editions": "GET /v1/proposals/{proposal_id}/editions",
    "create_edition": "POST /v1/proposals/{proposal_id}/editions",
    "get_edition": "GET /v1/proposals/{proposal_id}/editions/{number}",
    "sign_edition": "POST /v1/proposals/{proposal_id}/editions/{number}/sign-offs",
    "refuse_edition": "POST /v1/proposals/{proposal_id}/editions/{number}/refusals",
    "withdraw_edition": "POST /v1/proposals/{proposal_id}/editions/{number}/withdraw",
    "submit_proposal": "POST /v1/proposals/{proposal_id}/submissions",
    "list_submissions_of_proposal": "GET /v1/proposals/{proposal_id}/submissions",
    "withdraw_submission": "POST /v1/proposals/{proposal_id}/submissions/{submission_id}/withdraw",
    "list_lodgements": "GET /v1/proposals/{proposal_id}/lodgements",
    "record_lodgement": "POST /v1/proposals/{proposal_id}/lodgements",
    "get_budget": "GET /v1/proposals/{proposal_id}/budget",
    "show_totals": "POST /v1/proposals/{proposal_id}/budget/show",
    "say_prices_final": "POST /v1/proposals/{proposal_id}/budget/final",
    "create_budget_line": "POST /v1/proposals/{proposal_id}/budget-lines",
    "get_budget_line": "GET /v1/proposals/{proposal_id}/budget-lines/{budget_line_id}",
    "update_budget_line": "PATCH /v1/proposals/{proposal_id}/budget-lines/{budget_line_id}",
    "delete_budget_line": "DELETE /v1/proposals/{proposal_id}/budget-lines/{budget_line_id}",
    "list_statements": "GET /v1/proposals/{proposal_id}/partners/{partner_id}/statements",
    "put_statement": "PUT /v1/proposals/{proposal_id}/partners/{partner_id}/statements/{statement_key}",
    "list_opportunities": "GET /v1/opportunities",
    "create_proposal": "POST /v1/proposals",
    "list_submissions": "GET /v1/submissions",
    "get_submission": "GET /v1/submissions/{submission_id}",
    "acknowledge_submission": "POST /v1/submissions/{submission_id}/acknowledge",
    "decide_submission": "POST /v1/submissions/{submission_id}/outcome",
    "get_opportunity": "GET /v1/opportunities/{opportunity_id}",
    "get_section_content": "GET /v1/proposals/{proposal_id}/sections/{section_id}/content",
    "put_section_content": "PUT /v1/proposals/{proposal_id}/sections/{section_id}/content",
    "get_section_history": "GET /v1/proposals/{proposal_id}/sections/{section_id}/history",
    "get_section_version": "GET /v1/proposals/{proposal_id}/sections/{section_id}/history/{version_number}",
    "restore_section": "POST /v1/proposals/{proposal_id}/sections/{section_id}/restore",
    "update_section": "PATCH /v1/proposals/{proposal_id}/sections/{section_id}",
    "list_comments": "GET /v1/proposals/{proposal_id}/sections/{section_id}/comments",
    "create_comment": "POST /v1/proposals/{proposal_id}/sections/{section_id}/comments",
    "update_comment": "PATCH /v1/proposals/{proposal_id}/sections/{section_id}/comments/{comment_id}",
    "accept_suggestion": "POST /v1/proposals/{proposal_id}/sections/{section_id}/comments/{comment_id}/accept",
    "decline_suggestion": "POST /v1/proposals/{proposal_id}/sections/{section_id}/comments/{comment_id}/decline",
    "create_contribution": "POST /v1/proposals/{proposal_id}/contributions",
    "get_contribution": "GET /v1/proposals/{proposal_id}/contributions/{item_id}",
    "update_contribution": "PATCH /v1/proposals/{proposal_id}/contributions/{item_id}",
    "delete_contribution": "DELETE /v1/proposals/{proposal_id}/contributions/{item_id}",
    "create_expectation": "POST /v1/proposals/{proposal_id}/expectations",
    "get_expectation": "GET /v1/proposals/{proposal_id}/expectations/{item_id}",
    "update_expectation": "PATCH /v1/proposals/{proposal_id}/expectations/{item_id}",
    "delete_expectation": "DELETE /v1/proposals/{proposal_id}/expectations/{item_id}",
    "file_declarations": "POST /v1/proposals/{proposal_id}/honesty-round/file",
    "skip_honesty_round": "POST /v1/proposals/{proposal_id}/honesty-round/skip",
    "get_reconciliation": "GET /v1/proposals/{proposal_id}/reconciliation",
    "acknowledge_declarations": "POST /v1/proposals/{proposal_id}/acknowledgements",
    "put_met_by": "PUT /v1/proposals/{proposal_id}/expectations/{item_id}/met-by",
    "waive_expectation": "POST /v1/proposals/{proposal_id}/expectations/{item_id}/waive",
}
"""Every operation that the pages call; a test compares them with the OpenAPI document."""

_PASSED_ON = (
    "cookie",
    "origin",
    "sec-fetch-site",
    "accept-language",
    "host",
    "user-agent",
    "x-forwarded-for",
    "forwarded",
)
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]{1,300}", re.ASCII)
Json = dict[str, Any]


class Refused(Exception):
    """The API (or the page's own edge) said no: an RFC 9457 problem."""

    def __init__(self, problem: Json, retry_after: str = "") -> None:
        super().__init__(problem.get("title", ""))
        self.problem = problem
        self.status = int(problem.get("status", 500))
        self.code = str(problem.get("type", "")).rpartition("/")[2]
        self.retry_after = retry_after


NOT_FOUND: Json = {"type": "/problems/not-found", "title": "", "status": 404, "detail": "", "errors": []}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered: `json` is None where there is nothing to read."""

    status: int
    json: Any
    version: str
    """What the ETag names, for the hidden field of a form."""


class Api:
    """The API for one request to a page. `cookies` are those that it set, for the page's answer."""

    def __init__(self, request: Request) -> None:
        client = request.client
        address = (client.host, client.port) if client else ("127.0.0.1", 0)
        headers = {name: value for name in _PASSED_ON if (value := request.headers.get(name)) is not None}
        headers["x-request-id"] = request.scope.get("request_id", "")
        self.cookies: list[str] = []
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=request.app, raise_app_exceptions=False, client=address),
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            headers=headers,
            trust_env=False,
        )

    def take_cookies(self) -> None:
        """From now on ask as whoever the API has just let in."""
        given = [cookie.partition(";")[0] for cookie in self.cookies]
        self._client.headers["cookie"] = "; ".join([self._client.headers.get("cookie", ""), *given]).strip("; ")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def __call__(
        self,
        operation: str,
        body: Any = None,
        /,
        *,
        query: dict[str, Any] | None = None,
        version: str = "",
        key: str = "",
        prefer: str = "",
        **path: str,
    ) -> Answer:
        """The answer of an operation. Raises `Refused` where it is a problem.

        `version` goes into If-Match, `key` into Idempotency-Key, `prefer` into Prefer; `path` fills the address.
        """
        method, _, template = OPERATIONS[operation].partition(" ")
        if not all(_PLAIN.fullmatch(value) and value.strip(".") for value in path.values()):
            raise Refused(NOT_FOUND)
        address = template.format(**{name: quote(value, safe="") for name, value in path.items()})
        headers = {}
        if version:
            headers["if-match"] = f'"{version}"'
        if key:
            headers["idempotency-key"] = key
        if prefer:
            headers["prefer"] = prefer
        given = {} if method in ("GET", "DELETE") else {"json": {} if body is None else body}
        response = await self._client.request(method, address, params=query, headers=headers, **given)  # type: ignore[arg-type]
        self.cookies += response.headers.get_list("set-cookie")
        if response.status_code >= 400:
            raise Refused(_problem_of(response), response.headers.get("retry-after", ""))
        return Answer(
            response.status_code,
            response.json() if response.content else None,
            response.headers.get("etag", "").strip('"').partition(".")[0],
        )


def _problem_of(response: httpx.Response) -> Json:
    try:
        found = response.json()
    except ValueError:
        found = {}
    return {
        "title": "",
        "detail": "",
        "errors": [],
        **(found if isinstance(found, dict) else {}),
        "status": response.status_code,
    }
