"""The page that an invitation's mail links to: anybody with its token can read and decline the invitation there."""

import html

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.bid.proposal import inviting, partners
from app.bid.proposal.inviting import UNDERTAKING
from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal
from app.platform.access.errors import Refusal
from app.platform.db.act import Act
from app.platform.web import body as reading
from app.platform.web.service import page, refused
from app.platform.words.instants import in_words
from app.platform.words.vocabularies import label

router = APIRouter(include_in_schema=False)
PATH = "/invitations/open"


@router.get(PATH)
async def show(request: Request) -> HTMLResponse:
    """Show what the invitation says. Looking at the page changes nothing."""
    token = request.query_params.get("token", "")
    try:
        async with request.app.state.db.sessions() as session:
            body = await _words(session, await inviting.by_token(session, token))
    except Refusal as refusal:
        return refused(refusal, 404)
    form = (
        "<h2>To accept</h2><p>An admin or signatory of your organisation signs in and accepts the invitation, which waits "
        'for them there. If nobody of yours has an account yet, <a href="/open/register">register</a> first and add your '
        "organisation. Accepting means:</p>"
        f"<blockquote><p>{html.escape(UNDERTAKING)}</p></blockquote><h2>To decline</h2>"
        f'<form method="post" action="{PATH}">'
        f'<input type="hidden" name="token" value="{html.escape(token, quote=True)}">'
        '<p><label for="reason">Reason, if you want to give one</label><br>'
        '<textarea id="reason" name="reason" rows="3" cols="40"></textarea></p>'
        '<p><button type="submit">Decline the invitation</button></p></form>'
    )
    return page("Invitation to a joint bid", body + form)


async def _words(session: AsyncSession, partner: Partner) -> str:
    proposal = await session.get_one(Proposal, partner.proposal_id)
    call = await terms.load(session, proposal.id)
    rows = [
        ("The bid", proposal.title),
        ("Opportunity", call.title),
        ("Commissioner", call.buyer_name),
        ("Invited by", await partners.organisation_name(session, partner.invited_by_organisation_id)),
        ("Your role", label("partner_role", partner.role)),
        (
            "Deadline of the opportunity",
            call.submission_deadline and in_words(call.submission_deadline, call.time_zone),
        ),
        ("Please answer by", partner.reply_by and in_words(partner.reply_by, call.time_zone)),
        ("Message", partner.message_markdown),
        ("Proposed work", partner.proposed_work_markdown),
    ]
    shown = "".join(f"<dt><strong>{name}</strong></dt><dd>{html.escape(value)}</dd>" for name, value in rows if value)
    return f"<dl>{shown}</dl>"


@router.post(PATH)
async def decline(request: Request) -> HTMLResponse:
    """Decline the invitation, which spends its token, in one transaction."""
    try:
        fields = await reading.form(request)
        async with request.app.state.db.sessions.begin() as session:
            invitation = await inviting.by_token(session, fields.get("token", ""))
            await session.get_one(Proposal, invitation.proposal_id, with_for_update={"key_share": True})
            partner = await partners.locked(session, invitation.proposal_id, invitation.id)
            await session.refresh(partner)
            act = Act(session, None, "proposal", partner.proposal_id, for_organisation=partner.organisation_id)
            await inviting.decline(act, partner, fields.get("reason"))
    except Refusal as refusal:
        return refused(refusal, 404)
    return page(
        "Declined",
        "<p>Your answer is recorded and the partners are told. Thank you for letting them know. If it was a mistake, ask "
        "whoever invited you to do so again.</p>",
    )
