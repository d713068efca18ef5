"""One's own page: what waits, in all bids; invitations; bids; what happened."""

from itertools import groupby
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import addresses
from app.workspace.api import Json
from app.workspace.places import of_task
from app.workspace.visit import Visit, route

NEWS_SHOWN = 5


async def home(visit: Visit) -> Response:
    me = await visit.signed_in()
    bids = await visit.all("list_proposals")
    titles = {bid["id"]: bid["title"] for bid in bids}
    tasks = [task for task in await visit.all("list_tasks") if task["code"] != "invitation-to-answer"]
    news = (await visit.api("list_notifications", query={"unread": "true", "limit": NEWS_SHOWN + 1})).json["items"]
    return await visit.show(
        "home.html",
        tasks=_by_bid(tasks, titles),
        invitations=await visit.all("list_my_invitations"),
        bids=[bid for bid in bids if bid["relation"] != "invited"],  # those are above, with their answer
        statuses=await visit.words_of("proposal_status"),
        news=news[:NEWS_SHOWN],
        more_news=len(news) > NEWS_SHOWN,
        titles=titles,
        organisations=me["organisations"],
    )


def _by_bid(tasks: list[Json], titles: dict[str, str | None]) -> list[dict[str, Any]]:
    """The tasks by bid, the bid whose task is due first on top, as the API orders them."""
    order = {key: place for place, key in enumerate(dict.fromkeys(map(_bid_or_call, tasks)))}
    ordered = sorted(tasks, key=lambda task: order[_bid_or_call(task)])
    grouped = [(bid, list(found)) for bid, found in groupby(ordered, key=_bid_or_call)]
    return [
        {
            "title": titles.get(bid) or found[0]["title"],
            "tasks": [{**task, "address": of_task(task)} for task in found],
        }
        for bid, found in grouped
    ]


def _bid_or_call(task: Json) -> str:
    return str(task["proposal_id"] or task["opportunity_id"])


async def news(visit: Visit) -> Response:
    await visit.signed_in()
    bids = await visit.all("list_proposals")
    found = (await visit.api("list_notifications", query={"limit": 100})).json["items"]
    return await visit.show(
        "news.html",
        fresh=[each for each in found if not each["read_at"]],
        read=[each for each in found if each["read_at"]][:30],
        titles={bid["id"]: bid["title"] for bid in bids},
    )


async def mark(visit: Visit) -> Response:
    """Marks what the page showed as read, and nothing that came since."""
    ids = [id_ for id_ in visit.given.text("ids").split(",") if id_]
    if ids:
        await visit.api("mark_notifications_read", {"ids": ids}, key=visit.given.text("key"))
    return visit.go("/news", done="read")


ROUTES: list[BaseRoute] = [route(addresses.HOME, home), route("/news", news, post=mark)]
