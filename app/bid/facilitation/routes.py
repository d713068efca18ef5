"""Facilitators, their notes and caseload over HTTP."""

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation import caseload, facilitators, notes
from app.bid.facilitation.schemas import (
    CaseOut,
    CertificateOut,
    EndIn,
    EntryIn,
    EntryOut,
    EntryPatch,
    FacilitatorIn,
    FacilitatorOut,
    ForIn,
    NoteIn,
    NoteOut,
    ObjectionIn,
)
from app.bid.facilitation.tables import FacilitationNote, Facilitator, NotebookEntry
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list

router = Router(tags=["facilitators"])
BASE = "/proposals/{proposal_id}"
ONE = f"{BASE}/facilitators/{{facilitator_id}}"


async def _present(here: Context, row: Facilitator, status: int = 200, location: str | None = None) -> Response:
    (out,) = await facilitators.out(here.session, [row])
    return reply(here.request, out, status=status, location=location)


async def _row(here: Context) -> Facilitator:
    return await here.session.get_one(Facilitator, here.path["facilitator_id"], with_for_update=True)


@router.post(f"{BASE}/facilitators", status_code=201, response_model=FacilitatorOut, summary="Ask a facilitator in")
async def ask_facilitator(here: Here, proposal_id: Id, body: FacilitatorIn) -> Response:
    """A neutral organisation that helps when things get tricky. Every accepted partner sees it and can object."""
    side = here.side(organisation_id=body.as_organisation_id)
    here.check_state()
    row = await facilitators.ask(here, side, body)
    return await _present(here, row, 201, f"/v1/proposals/{here.proposal_id}/facilitators/{row.id}")


@router.get(f"{BASE}/facilitators", response_model=paging.page_of(FacilitatorOut), summary="The facilitators")
async def list_facilitators(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Who is asked, who facilitates, and who did, with what was handed over."""
    query = select(Facilitator).where(Facilitator.proposal_id == here.proposal_id).order_by(Facilitator.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(Facilitator.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, await facilitators.out(here.session, list(page)), next_cursor)


@router.get(ONE, response_model=FacilitatorOut, summary="One facilitator")
async def get_facilitator(here: Here, proposal_id: Id, facilitator_id: Id) -> Response:
    """As it stands."""
    return await _present(here, await here.session.get_one(Facilitator, here.path["facilitator_id"]))


@router.post(f"{ONE}/accept", response_model=FacilitatorOut, summary="Accept to facilitate")
async def accept_facilitation(here: Here, proposal_id: Id, facilitator_id: Id, body: ForIn | None = None) -> Response:
    """By an admin or editor of the organisation that is asked, who is in none of the partner organisations."""
    here.check_state()
    row = await _row(here)
    await facilitators.accept(here, row)
    return await _present(here, row)


@router.post(f"{ONE}/agree", response_model=FacilitatorOut, summary="Agree although it may serve another bid")
async def agree_to_facilitator(here: Here, proposal_id: Id, facilitator_id: Id, body: ForIn | None = None) -> Response:
    """For your organisation: we trust this facilitator even if it serves another bid for the lot."""
    side = here.side(organisation_id=body.organisation_id if body else None)
    here.check_state()
    row = await _row(here)
    await facilitators.agree(here, side, row)
    return await _present(here, row)


@router.post(f"{ONE}/object", response_model=FacilitatorOut, summary="Object to a facilitator")
async def object_to_facilitator(
    here: Here, proposal_id: Id, facilitator_id: Id, body: ObjectionIn | None = None
) -> Response:
    """One partner's objection ends it at once."""
    body = body or ObjectionIn()
    side = here.side(organisation_id=body.organisation_id)
    here.check_state()
    row = await _row(here)
    await facilitators.object_to(here, side, row, body.reason)
    return await _present(here, row)


@router.post(f"{ONE}/end", response_model=FacilitatorOut, summary="End a facilitation")
async def end_facilitation(here: Here, proposal_id: Id, facilitator_id: Id, body: EndIn | None = None) -> Response:
    """By the facilitator, with a hand-over, or by a partner."""
    here.check_state()
    row = await _row(here)
    await facilitators.end(here, row, body or EndIn())
    return await _present(here, row)


@router.post(
    f"{BASE}/facilitation-notes", status_code=201, response_model=NoteOut, summary="Call a meeting, propose a wording"
)
async def add_facilitation_note(here: Here, proposal_id: Id, body: NoteIn) -> Response:
    """By the facilitator, for all partners to read. Adopting a wording is the partners' own act."""
    here.check_state()
    row = await notes.call(here, body)
    location = f"/v1/proposals/{here.proposal_id}/facilitation-notes/{row.id}"
    return reply(here.request, NoteOut.model_validate(row), status=201, location=location)


@router.get(f"{BASE}/facilitation-notes", response_model=paging.page_of(NoteOut), summary="Meetings and wordings")
async def list_facilitation_notes(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """What the facilitator called and proposed."""
    query = select(FacilitationNote).where(FacilitationNote.proposal_id == here.proposal_id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(FacilitationNote.id > after)
    rows = list((await here.session.execute(query.order_by(FacilitationNote.id).limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [NoteOut.model_validate(row) for row in page], next_cursor)


@router.get(f"{BASE}/facilitation-notes/{{facilitation_note_id}}", response_model=NoteOut, summary="One of them")
async def get_facilitation_note(here: Here, proposal_id: Id, facilitation_note_id: Id) -> Response:
    """A meeting or a wording."""
    row = await here.session.get_one(FacilitationNote, here.path["facilitation_note_id"])
    return reply(here.request, NoteOut.model_validate(row))


@router.post(f"{BASE}/notebook", status_code=201, response_model=EntryOut, summary="Write in the private notebook")
async def add_notebook_entry(here: Here, proposal_id: Id, body: EntryIn) -> Response:
    """For the facilitator's own people alone; nobody else can tell that there is one."""
    row = await notes.write(here, body.text_markdown)
    location = f"/v1/proposals/{here.proposal_id}/notebook/{row.id}"
    return reply(here.request, EntryOut.model_validate(row), status=201, location=location)


@router.get(f"{BASE}/notebook", response_model=paging.page_of(EntryOut), summary="The private notebook")
async def list_notebook(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The facilitator's own notes on this proposal."""
    rows = await notes.entries(here, paging.after_id(cursor), limit + 1)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [EntryOut.model_validate(row) for row in page], next_cursor)


@router.get(f"{BASE}/notebook/{{notebook_entry_id}}", response_model=EntryOut, summary="One note")
async def get_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id) -> Response:
    """One of the facilitator's own notes."""
    row = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"])
    return reply(here.request, EntryOut.model_validate(row))


@router.patch(f"{BASE}/notebook/{{notebook_entry_id}}", response_model=EntryOut, summary="Change a note")
async def update_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id, body: EntryPatch) -> Response:
    """A merge patch; needs the ETag in If-Match."""
    row = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"], with_for_update=True)
    here.match(row.version)
    if body.text_markdown is not None:
        row.text_markdown, row.version = body.text_markdown, row.version + 1
        await here.session.flush()
    return reply(here.request, EntryOut.model_validate(row))


@router.delete(f"{BASE}/notebook/{{notebook_entry_id}}", status_code=204, summary="Delete a note")
async def delete_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id) -> Response:
    """It is gone for good."""
    row = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"], with_for_update=True)
    here.match(row.version)
    await here.session.delete(row)
    return gone()


@router.post(
    f"{BASE}/partners/{{partner_id}}/removal-certificate",
    status_code=201,
    response_model=CertificateOut,
    summary="Certify a removal",
)
async def certify_removal(here: Here, proposal_id: Id, partner_id: Id) -> Response:
    """The facilitator's word that a removal has nothing to do with an open difficulty: the partners may then decide."""
    here.check_state()
    row = await notes.certify_removal(here, here.path["partner_id"])
    location = f"/v1/proposals/{here.proposal_id}/partners/{row.partner_id}/removal-certificate"
    return reply(here.request, CertificateOut.model_validate(row), status=201, location=location)


@router.get(
    f"{BASE}/partners/{{partner_id}}/removal-certificate",
    response_model=CertificateOut,
    summary="A certificate on a removal",
)
async def get_removal_certificate(here: Here, proposal_id: Id, partner_id: Id) -> Response:
    """The facilitator's word, where it gave it."""
    row = await notes.certificate(here.session, here.proposal_id, here.path["partner_id"])
    if row is None:
        raise NotFound
    return reply(here.request, CertificateOut.model_validate(row))


@router.get("/facilitation/caseload", response_model=paging.page_of(CaseOut), summary="Where things are stuck")
async def get_caseload(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Across all proposals that you facilitate: unanswered invitations, overdue reveals, silent partners, and more."""
    cases = await caseload.page(here.session, here.person_id, paging.after_id(cursor), limit + 1)
    page, next_cursor = paging.cut(cases, limit, lambda case: (case["proposal_id"],))
    return reply_list(here.request, [CaseOut.model_validate(case) for case in page], next_cursor)
