"""What a facilitator writes, and its caseload, over HTTP."""

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation import caseload, notes
from app.bid.facilitation.schemas import CaseOut, CertificateOut, EntryIn, EntryOut, EntryPatch, NoteIn, NoteOut
from app.bid.facilitation.tables import FacilitationNote, NotebookEntry
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list

router = Router(tags=["facilitators"])
BASE = "/proposals/{proposal_id}"


def _act(here: Context) -> Act:
    """An act of the facilitator, by a person of its with the role that the operation needs."""
    return here.act(here.side(relation=(Relation.FACILITATOR,)))


@router.post(
    f"{BASE}/facilitation-notes", status_code=201, response_model=NoteOut, summary="Call a meeting, propose a wording"
)
async def add_facilitation_note(here: Here, proposal_id: Id, body: NoteIn) -> Response:
    """By the facilitator, for all partners to read. Adopting a wording is the partners' own act."""
    act = _act(here)
    notes.check_note(body)
    here.check_state()
    out = NoteOut.model_validate(await notes.add_note(act, body))
    location = f"/v1/proposals/{here.proposal_id}/facilitation-notes/{out.id}"
    return reply(here.request, out, status=201, location=location)


@router.get(f"{BASE}/facilitation-notes", response_model=paging.page_of(NoteOut), summary="Meetings and wordings")
async def list_facilitation_notes(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """What the facilitator called and proposed."""
    query = select(FacilitationNote).where(FacilitationNote.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, FacilitationNote.id, limit, cursor)
    return reply_list(here.request, [NoteOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{BASE}/facilitation-notes/{{facilitation_note_id}}", response_model=NoteOut, summary="One of them")
async def get_facilitation_note(here: Here, proposal_id: Id, facilitation_note_id: Id) -> Response:
    """A meeting or a wording."""
    row = await here.session.get_one(FacilitationNote, here.path["facilitation_note_id"])
    return reply(here.request, NoteOut.model_validate(row))


@router.post(f"{BASE}/notebook", status_code=201, response_model=EntryOut, summary="Write in the private notebook")
async def add_notebook_entry(here: Here, proposal_id: Id, body: EntryIn) -> Response:
    """For the facilitator's own people alone; nobody else can tell that there is one."""
    out = EntryOut.model_validate(await notes.write_entry(_act(here), body.text_markdown))
    return reply(here.request, out, status=201, location=f"/v1/proposals/{here.proposal_id}/notebook/{out.id}")


@router.get(f"{BASE}/notebook", response_model=paging.page_of(EntryOut), summary="The private notebook")
async def list_notebook(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The facilitator's own notes on this proposal."""
    own = [side.seat_id for side in here.standing.seats(Relation.FACILITATOR)]
    query = select(NotebookEntry).where(NotebookEntry.facilitator_id.in_(own))
    rows, next_cursor = await paging.rows(here.session, query, NotebookEntry.id, limit, cursor)
    return reply_list(here.request, [EntryOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{BASE}/notebook/{{notebook_entry_id}}", response_model=EntryOut, summary="One note")
async def get_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id) -> Response:
    """One of the facilitator's own notes."""
    row = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"])
    return reply(here.request, EntryOut.model_validate(row))


@router.patch(f"{BASE}/notebook/{{notebook_entry_id}}", response_model=EntryOut, summary="Change a note")
async def update_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id, body: EntryPatch) -> Response:
    """A merge patch; needs the ETag in If-Match."""
    entry = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"], with_for_update=True)
    here.match(entry.version)
    if body.text_markdown is not None:
        await notes.rewrite_entry(here.session, entry, body.text_markdown)
    return reply(here.request, EntryOut.model_validate(entry))


@router.delete(f"{BASE}/notebook/{{notebook_entry_id}}", status_code=204, summary="Delete a note")
async def delete_notebook_entry(here: Here, proposal_id: Id, notebook_entry_id: Id) -> Response:
    """It is gone for good."""
    entry = await here.session.get_one(NotebookEntry, here.path["notebook_entry_id"], with_for_update=True)
    here.match(entry.version)
    await here.session.delete(entry)
    return gone()


@router.post(
    f"{BASE}/partners/{{partner_id}}/removal-certificate",
    status_code=201,
    response_model=CertificateOut,
    summary="Certify a removal",
)
async def certify_removal(here: Here, proposal_id: Id, partner_id: Id) -> Response:
    """The facilitator's word that a removal has nothing to do with an open difficulty: the partners may then decide."""
    partner = await notes.partner_to_remove(here.session, here.path["partner_id"])
    act = _act(here)
    here.check_state()
    out = CertificateOut.model_validate(await notes.certify_removal(act, partner))
    location = f"/v1/proposals/{here.proposal_id}/partners/{out.partner_id}/removal-certificate"
    return reply(here.request, out, status=201, location=location)


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
    page, next_cursor = paging.cut(cases, limit, lambda case: (case.proposal_id,))
    return reply_list(here.request, [CaseOut.of(case) for case in page], next_cursor)
