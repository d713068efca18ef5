"""Where a thing of the API is on the pages: tasks and news name addresses of the contract."""

from app.workspace.api import Json


def of_task(task: Json) -> str:
    """The page where a task is done; empty where there is none yet."""
    if task["code"] == "invitation-to-answer":
        return "/home#invitations"
    return ""
