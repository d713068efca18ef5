"""What waits for this person, in every proposal."""

import hashlib
from datetime import UTC

from fastapi import Response

from app.bid.proposal import tasks
from app.bid.proposal.schemas import TaskOut
from app.platform.web import languages, paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_part
from app.platform.words.catalogue import catalogue

router = Router(tags=["people"])


@router.get("/me/tasks", response_model=paging.page_of(TaskOut), summary="What waits for me")
async def list_tasks(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Invitations to answer, declarations to file, sections to write, decisions to vote on, versions to sign: what you could
    do now, and which of your bids are ready to be locked. A council finds its drafts, and the bids that it has yet to
    acknowledge or decide.

    What is due first comes first.
    """
    language = languages.read_by(here.request)
    found = await tasks.waiting(here.session, here.person, language)
    answer = reply_part(here.request, [TaskOut(**task) for task in found], limit, cursor, _place)
    return languages.said_in(answer, catalogue(language).spoken(f"task.{task['code']}" for task in found))


def _place(task: TaskOut) -> str:
    due = task.due_at.astimezone(UTC).isoformat() if task.due_at else "9999"
    # Several blockers can have one pointer; their sentences differ.
    said = hashlib.sha256(task.detail.encode()).hexdigest()[:16]
    return f"{due} {task.proposal_id} {task.organisation_id} {task.code} {task.pointer} {said}"
