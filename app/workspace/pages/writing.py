"""The text: its sections, and one section with its question, its limit, the text itself, and what people say about it."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/write"
_ONE = f"{_PAGE}/{{section_id}}"
_SETTINGS = {"/assignee_organisation_id": "writer", "/state": "state", "/open_to_all": "open_to_all"}
_COMMENT = {"/body_markdown": "words", "/quote": "quote", "/replacement": "replacement"}
STALE = (412, 428)
"""The text was changed meanwhile, or the page cannot say which text it began with since the sign-in ended."""


async def show(visit: Visit) -> Response:
    bid = await bids.of(visit)
    return await bids.show(
        visit,
        "bids/write.html",
        bid,
        groups=_by_lot(bid),
        states=await visit.words_of("section_state"),
        mine=_organisations(bid),
    )


def _by_lot(bid: Bid) -> list[tuple[str, list[Json]]]:
    """What the call asks for, then the partners' notes that no document shows."""
    asked = [section for section in bid.whole["sections"] if section["in_bid"]]
    notes = [section for section in bid.whole["sections"] if not section["in_bid"]]
    return [(name, found) for name, found in (("asked", asked), ("notes", notes)) if found]


def _organisations(bid: Bid) -> set[str]:
    return {partner["organisation_id"] for partner in bid.mine}


def section_of(visit: Visit, bid: Bid) -> Json:
    """The section that the address names, and who writes it."""
    asked = visit.request.path_params["section_id"]
    for section in bid.whole["sections"]:
        if section["id"] == asked:
            return {**section, "writer": bid.of_organisation(section["writer_organisation_id"])}
    raise Refused(NOT_FOUND)


def writes(bid: Bid, section: Json) -> bool:
    """Whether there is a form for the text. Who may write is the API's to say, when it is sent."""
    ours = section["open_to_all"] or section["writer_organisation_id"] in _organisations(bid)
    return bid.may("put_section_content") and bool(ours)


async def show_one(visit: Visit) -> Response:
    bid = await bids.of(visit)
    return await _one(visit, bid, section_of(visit, bid))


async def _one(
    visit: Visit,
    bid: Bid,
    section: Json,
    status: int = 200,
    /,
    *,
    errors: Errors | None = None,
    text: str | None = None,
    read: str | None = None,
    **typed: str,
) -> Response:
    """The page of a section. `text` is what was typed and not stored, `read` the version that it began with."""
    where = {"proposal_id": bid.id, "section_id": section["id"]}
    content = await visit.api("get_section_content", **where)
    call = (await visit.api("get_opportunity", opportunity_id=bid.whole["opportunity_id"])).json
    states = await visit.words_of("section_state")
    accepted = [each for each in bid.partners if each["status"] == "accepted"]
    return await bids.show(
        visit,
        "bids/write-section.html",
        bid,
        status,
        section=section,
        question=next((each for each in call["questions"] if each["id"] == section["question_id"]), None),
        content=content.json,
        now=content.version,
        text=content.json["markdown"] if text is None else text,
        read=read or content.version,
        kept=text is not None,
        stale=text is not None and status in STALE,
        writes=writes(bid, section),
        threads=_threads(await visit.all("list_comments", **where)),
        states=states,
        state_choices=[(each["code"], each["label"]) for each in states.values()],
        writer_choices=[(each["organisation_id"], each["name"]) for each in accepted],
        typed={"words": "", "quote": "", "replacement": "", "answer_to": "", **typed},
        errors=errors,
    )


def _threads(comments: list[Json]) -> dict[str, list[dict[str, Any]]]:
    """Threads, each its first comment and the answers to it: those that are open, and those that are settled."""
    answers: dict[str, list[Json]] = {}
    for each in comments:
        if each["thread_id"]:
            answers.setdefault(each["thread_id"], []).append(each)
    found: dict[str, list[dict[str, Any]]] = {"open": [], "settled": []}
    for first in comments:
        if not first["thread_id"]:
            settled = first["resolved"] or first["outcome"]
            found["settled" if settled else "open"].append({"first": first, "answers": answers.get(first["id"], [])})
    return found


async def write(visit: Visit) -> Response:
    """Stores the text. One that was changed meanwhile is shown beside what was typed, and both can be put together."""
    bid = await bids.of(visit)
    section, given = section_of(visit, bid), visit.given
    text, read = given.get("text", ""), given.text("version")
    merging = given.text("answer") == "together"
    prefer = "" if merging else "handling=strict"
    where = {"proposal_id": bid.id, "section_id": section["id"]}
    try:
        await visit.api("put_section_content", {"markdown": text}, version=read, prefer=prefer, **where)
    except Refused as refused:
        if refused.status not in (403, 409, 413, 422, *STALE):
            raise
        found = errors_of(refused, {"/markdown": "text"})
        return await _one(visit, bid, section, refused.status, errors=found, text=text, read=read)
    return visit.go(f"{bid.address}/write/{section['id']}", done="put-together" if merging else "text-saved")


async def settle(visit: Visit) -> Response:
    """Says who writes the section, and how far it is."""
    bid = await bids.of(visit)
    section, given = section_of(visit, bid), visit.given
    body: Json = {
        "assignee_organisation_id": given.text("writer") or None,
        "open_to_all": given.text("open_to_all") == "yes",
        "state": given.text("state"),
    }
    where = {"proposal_id": bid.id, "section_id": section["id"]}
    try:
        await visit.api("update_section", body, version=given.text("version"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        return await _one(visit, bid, section, refused.status, errors=errors_of(refused, _SETTINGS))
    return visit.go(f"{bid.address}/write/{section['id']}", done="saved")


async def comment(visit: Visit) -> Response:
    """Comments, suggests other words, answers, settles, takes or declines a suggestion: as the button says."""
    bid = await bids.of(visit)
    section, given = section_of(visit, bid), visit.given
    answer, named = given.text("answer"), given.text("comment_id")
    typed = {name: given.text(name) for name in ("words", "quote", "replacement", "answer_to")}
    where = {"proposal_id": bid.id, "section_id": section["id"]}
    try:
        if answer in ("settle", "reopen"):
            body: Json = {"resolved": answer == "settle"}
            await visit.api("update_comment", body, version=given.text("version"), comment_id=named, **where)
        elif answer == "accept":
            await visit.api("accept_suggestion", key=given.text("key"), comment_id=named, **where)
        elif answer == "decline":
            await visit.api("decline_suggestion", key=given.text("key"), comment_id=named, **where)
        else:
            await visit.api("create_comment", _comment(bid, typed), key=given.text("key"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        found = errors_of(refused, _COMMENT)
        return await _one(visit, bid, section, refused.status, errors=found, **typed)
    return visit.go(f"{bid.address}/write/{section['id']}", done="said" if answer == "say" else "saved")


def _comment(bid: Bid, typed: dict[str, str]) -> Json:
    body: Json = {"body_markdown": typed["words"]}
    if len(bid.mine) > 1:
        body["organisation_id"] = bid.mine[0]["organisation_id"]
    if typed["answer_to"]:
        body["thread_id"] = typed["answer_to"]
    if typed["quote"]:
        body["quote"] = typed["quote"]
    if typed["replacement"]:
        body["replacement"] = typed["replacement"]
    return body


ROUTES: list[BaseRoute] = [
    route(_PAGE, show),
    route(_ONE, show_one, post=write),
    route(f"{_ONE}/settings", show_one, post=settle),
    route(f"{_ONE}/comments", show_one, post=comment),
]
