"""What waits for this person, in every proposal."""

from fastapi import Response

from app.db.queries import tasks
from app.proposals.schemas import TaskOut
from app.web import paging
from app.web.context import Here
from app.web.edge import Router
from app.web.replies import reply_list

router = Router(tags=["people"])


@router.get("/me/tasks", response_model=paging.page_of(TaskOut), summary="What waits for me")
async def list_tasks(here: Here) -> Response:
    """Invitations to answer, declarations to file, decisions to vote on, versions to sign: what you could do now."""
    found = await tasks.waiting(here.session, here.person)
    return reply_list(here.request, [TaskOut(**task) for task in found])
