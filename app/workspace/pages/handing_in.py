"""Handing in: the button for whoever may, the receipt, what became of it; and the record of a bid put in elsewhere."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids, dates
from app.workspace.api import Json, Refused
from app.workspace.bids import Bid
from app.workspace.pages.signing import fingerprint
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/hand-in"
_LODGED = {"/portal_reference": "reference", "/lodged_at": "day"}


async def show(visit: Visit) -> Response:
    return await _page(visit, await bids.of(visit))


async def _page(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    submissions = await visit.all("list_submissions_of_proposal", proposal_id=bid.id)
    return await bids.show(
        visit,
        "bids/hand-in.html",
        bid,
        status,
        submissions=[
            {**each, "by": bid.by_id.get(each["partner_id"]), "fingerprint": fingerprint(each["receipt"]["sha256"])}
            for each in reversed(submissions)
        ],
        lodgements=await visit.all("list_lodgements", proposal_id=bid.id),
        elsewhere=bid.whole["opportunity"]["submission_route"] != "here",
        outcomes=await visit.words_of("lot_outcome"),
        submission_statuses=await visit.words_of("submission_status"),
        values={"reference": "", "day": "", "time": "", **(typed or {})},
        errors=errors,
    )


async def act(visit: Visit) -> Response:
    """Hands in, takes back what was handed in, or records what was put in elsewhere: as the button says."""
    bid, given = await bids.of(visit), visit.given
    body: Json = {"partner_id": bids.own(visit, bid)["id"]}
    key, answer = given.text("key"), given.text("answer")
    typed = {name: given.text(name) for name in ("reference", "day", "time")}
    try:
        if answer == "take-back":
            submission_id = given.text("submission_id")
            await visit.api("withdraw_submission", body, key=key, proposal_id=bid.id, submission_id=submission_id)
        elif answer == "lodged":
            body |= {"portal_reference": typed["reference"], "lodged_at": _instant(bid, typed)}
            await visit.api("record_lodgement", body, key=key, proposal_id=bid.id)
        else:
            await visit.api("submit_proposal", body, key=key, proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _page(visit, bid, refused.status, errors_of(refused, _LODGED), typed)
    done = {"take-back": "given-back", "lodged": "lodged"}.get(answer, "handed-in")
    return visit.go(f"{bid.address}/hand-in", done=done)


def _instant(bid: Bid, typed: Mapping[str, str]) -> str:
    """The day and time of day that were typed, in the call's own zone; what is no time is the API's to refuse."""
    said = f"{typed['day']}T{typed['time'] or '12:00'}"
    try:
        local = datetime.fromisoformat(said)
    except ValueError:
        return said
    return local.replace(tzinfo=ZoneInfo(bid.whole["opportunity"]["time_zone"] or dates.HOME)).isoformat()


async def documents(visit: Visit) -> Response:
    """The bid to read and to keep: the draft, and each version that was locked."""
    bid = await bids.of(visit)
    return await bids.show(
        visit,
        "bids/documents.html",
        bid,
        editions=list(reversed(await visit.all("list_editions", proposal_id=bid.id))),
        edition_statuses=await visit.words_of("edition_status"),
    )


ROUTES: list[BaseRoute] = [
    route(_PAGE, show, post=act),
    route("/bids/{proposal_id}/document", documents),
]
