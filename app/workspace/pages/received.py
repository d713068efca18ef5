"""What a council got: its inbox after the deadline, one bid to read and confirm, and what it tells about the outcome."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace.api import Json, Refused
from app.workspace.pages.signing import fingerprint
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/received"
_ONE = f"{_PAGE}/{{submission_id}}"
CALLS = 5
"""The most calls whose titles one page asks for."""


async def show(visit: Visit) -> Response:
    await visit.signed_in()
    found = await visit.all("list_submissions")
    by_call: dict[str, list[Json]] = {}
    for each in sorted(found, key=lambda each: each["submitted_at"]):
        if each["status"] not in ("replaced", "withdrawn"):
            by_call.setdefault(each["opportunity_id"], []).append(each)
    groups = []
    for place, (opportunity_id, rows) in enumerate(by_call.items()):
        call = (await visit.api("get_opportunity", opportunity_id=opportunity_id)).json if place < CALLS else None
        groups.append((call, rows))
    return await visit.show("received/list.html", groups=groups, statuses=await visit.words_of("submission_status"))


async def show_one(visit: Visit) -> Response:
    return await _one(visit)


async def _one(
    visit: Visit,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
    template: str = "received/one.html",
) -> Response:
    await visit.signed_in()
    found = (await visit.api("get_submission", submission_id=visit.request.path_params["submission_id"])).json
    call = (await visit.api("get_opportunity", opportunity_id=found["opportunity_id"])).json
    outcomes = await visit.words_of("lot_outcome")
    return await visit.show(
        template,
        status,
        bid=found,
        call=call,
        address=f"{_PAGE}/{found['id']}",
        fingerprint=fingerprint(found["sha256"]),
        statuses=await visit.words_of("submission_status"),
        outcomes=outcomes,
        lots=[(lot["id"], lot["title"]) for lot in call["lots"]] or [("", call["title"])],
        lot_names={lot["id"]: lot["title"] for lot in call["lots"]},
        prompts={each["id"]: each["prompt_markdown"] for each in call["questions"]},
        outcome_choices=[(each["code"], each["label"], each["explanation"]) for each in outcomes.values()],
        values=typed or {},
        errors=errors,
    )


async def acknowledge(visit: Visit) -> Response:
    """Confirms to the partners that the bid arrived."""
    where = {"submission_id": visit.request.path_params["submission_id"]}
    reference = visit.given.text("reference")
    body = {"reference": reference} if reference else {}
    try:
        await visit.api("acknowledge_submission", body, key=visit.given.text("key"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _one(
            visit, refused.status, errors_of(refused, {"/reference": "reference"}), {"reference": reference}
        )
    return visit.go(f"{_PAGE}/{where['submission_id']}", done="confirmed-receipt")


async def show_outcome(visit: Visit) -> Response:
    return await _one(visit, template="received/outcome.html")


async def decide(visit: Visit) -> Response:
    """Tells the partners the outcome: for each lot, with a score and an explanation for each question, and feedback."""
    given, where = visit.given, {"submission_id": visit.request.path_params["submission_id"]}
    found = (await visit.api("get_submission", **where)).json
    call = (await visit.api("get_opportunity", opportunity_id=found["opportunity_id"])).json
    body, fields = _outcome(given, call)
    try:
        await visit.api("decide_submission", body, key=given.text("key"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        found_wrong = errors_of(refused, fields)
        return await _one(visit, refused.status, found_wrong, dict(given), "received/outcome.html")
    return visit.go(f"{_PAGE}/{where['submission_id']}", done="told")


def _outcome(given: Mapping[str, str], call: Json) -> tuple[Json, dict[str, str]]:
    """The body, and the form's fields by the JSON Pointer that each fills. A lot without an outcome is left out."""
    results: list[Json] = []
    fields = {"/feedback_markdown": "feedback", "/results": ""}
    for lot in [each["id"] for each in call["lots"]] or [""]:
        name = f"outcome-{lot}"
        fields["/results"] = fields["/results"] or name
        if not given.get(name):
            continue
        at = f"/results/{len(results)}"
        fields |= {at: name, f"{at}/outcome": name}
        scores: list[Json] = []
        for question in call["questions"]:
            asked = f"{lot}-{question['id']}"
            if question["lot_id"] not in (None, lot) or not given.get(f"score-{asked}", "").strip():
                continue
            place = f"{at}/scores/{len(scores)}"
            fields |= {place: f"score-{asked}", f"{place}/score": f"score-{asked}", f"{place}/max": f"max-{asked}"}
            scores.append(
                {
                    "question_id": question["id"],
                    "score": given.get(f"score-{asked}", "").strip(),
                    "max": given.get(f"max-{asked}", "").strip(),
                    "explanation_markdown": given.get(f"why-{asked}", ""),
                }
            )
        results.append({"lot_id": lot or None, "outcome": given[name], "scores": scores})
    return {"results": results, "feedback_markdown": given.get("feedback", "")}, fields


ROUTES: list[BaseRoute] = [
    route(_PAGE, show),
    route(_ONE, show_one, post=acknowledge),
    route(f"{_ONE}/outcome", show_outcome, post=decide),
]
