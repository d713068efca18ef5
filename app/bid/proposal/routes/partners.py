"""Partners: inviting, changing, leaving, being removed, giving the lead authority."""

from fastapi import Response

from app.bid.decisions.routes import open_motion
from app.bid.declarations.schemas import ActingIn
from app.bid.files import queries as files
from app.bid.proposal import answering, inviting, leaving, partners, queries, reminding, roles
from app.bid.proposal.routes.whole_view import addresses, partners_out
from app.bid.proposal.schemas import (
    AuthorityIn,
    BidPersonOut,
    NamingIn,
    PartnerIn,
    PartnerOut,
    PartnerPatch,
    PartnerReasonIn,
    ReminderIn,
    ReminderOut,
)
from app.bid.records import whole_proposal
from app.bid.records.tables import Partner, Proposal
from app.platform.access import lifecycle
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import digest, reply, reply_part
from app.platform.words.codes import Matter, PartnerRole, ProposalStatus

router = Router(tags=["partners"])
PATH = "/proposals/{proposal_id}/partners"
LIMITED = Options(limited=True)


async def present(here: Context, partner_id: Id, *, status: int = 200, location: str | None = None) -> Response:
    """The partner as the request leaves it."""
    await here.session.flush()
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    partner = proposal.partner(partner_id)
    if partner is None:
        raise NotFound
    inside = here.standing.seats(Relation.PARTNER, Relation.FACILITATOR)
    shown = partners_out(proposal.partners if inside else [partner], await addresses(here))
    (out,) = [each for each in shown if each.id == partner_id]
    # Its version counts what all see. The address that was invited leaves with whoever owns it.
    return reply(here.request, out, status=status, location=location, variant=digest(out) if out.email else None)


@router.get(PATH, response_model=paging.page_of(PartnerOut), summary="The partners")
async def list_partners(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Everybody who is, was or is asked to be a partner, in the order of the invitations."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    shown = partners_out(proposal.partners, await addresses(here))
    return reply_part(here.request, shown, limit, cursor, lambda partner: partner.id)


@router.post(PATH, status_code=201, response_model=PartnerOut, summary="Invite an organisation", edge=LIMITED)
async def invite_partner(here: Here, proposal_id: Id, body: PartnerIn) -> Response:
    """By its id or by a mail address. They see the opportunity, the lead, their role and the structure, no more.

    A bid and an organisation send so many a day, and an address gets so many; then the answer is 429. One address has one
    open invitation to a bid: 409 `invited-already`, and POST …/send-again mails it once more.
    """
    side = here.side(body.as_organisation_id)
    await inviting.check_given(here.session, body)
    here.check_state()
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    partner = await inviting.invite(here.act(side), here.settings, proposal, body)
    where = f"/v1/proposals/{proposal.id}/partners/{partner.id}"
    return await present(here, partner.id, status=201, location=where)


@router.get(
    "/proposals/{proposal_id}/people", response_model=paging.page_of(BidPersonOut), summary="Who works on the bid"
)
async def list_bid_people(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """People of the accepted partners and of the facilitator, to mention or to name in a comment: your own colleagues, and of
    others those who did something that you may read."""
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    own = [side.organisation_id for side in here.standing.sides if side.organisation_id]
    found = [
        BidPersonOut.model_validate(row) for row in await queries.people(here.db.reads, here.proposal_id, seats, own)
    ]
    return reply_part(here.request, found, limit, cursor, lambda person: f"{person.id} {person.organisation_id}")


@router.post(PATH + "/{partner_id}/send-again", response_model=PartnerOut, summary="Mail an invitation once more")
async def send_invitation_again(here: Here, proposal_id: Id, partner_id: Id, body: ActingIn | None = None) -> Response:
    """To the same address or people, at most once a day. The new link works, and the one before no more.

    While somebody waits as `to_confirm`, the link goes to the address that was invited: to accept with it confirms the
    one who waits, to decline makes the invitation open again for that address.
    """
    side = here.side(body.organisation_id if body else None)
    here.check_state()
    partner = await _locked(here)
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    await inviting.send_again(here.act(side), here.settings, proposal, partner)
    return await present(here, partner.id)


@router.post(PATH + "/{partner_id}/confirm", response_model=PartnerOut, summary="Confirm who came")
async def confirm_partner(here: Here, proposal_id: Id, partner_id: Id, body: ActingIn | None = None) -> Response:
    """Somebody accepted with the link of a mail to another address, and waits as `to_confirm`: you say that it was meant.

    Where something of its own stands against that, it is `invited` again and told why, alone. To say no, use `remove`.
    If-Match is optional: with it you confirm the one that you have read, or get 412.
    """
    side = here.side(body.organisation_id if body else None)
    partner = await _locked(here)
    if "if-match" in here.request.headers:
        here.match(partner.version)
    here.check_state()
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    await answering.confirm(here.act(side), proposal, partner)
    return await present(here, partner.id)


@router.post(
    "/proposals/{proposal_id}/reminders", status_code=202, response_model=ReminderOut, summary="Remind a partner"
)
async def remind_partner(here: Here, proposal_id: Id, body: ReminderIn) -> Response:
    """Its people are mailed what waits for each of them in this bid, once a day at most, whoever asks. The answer is the
    same whether anything waits or not."""
    side = here.side(body.organisation_id)
    here.check_state()
    await reminding.ask(here.act(side), body.partner_id)
    return reply(
        here.request, ReminderOut(detail="If anything waits for them, they are mailed what it is."), status=202
    )


@router.get(PATH + "/{partner_id}", response_model=PartnerOut, summary="One partner")
async def get_partner(here: Here, proposal_id: Id, partner_id: Id) -> Response:
    """Its role, status, statement of aims, authority for the lead, and how far the organisation is verified."""
    return await present(here, here.path["partner_id"])


@router.patch(
    PATH + "/{partner_id}",
    response_model=PartnerOut,
    summary="Change your own part, or propose a role",
    responses={202: {"description": "A role needs a decision, which was opened."}},
)
async def update_partner(here: Here, proposal_id: Id, partner_id: Id, body: PartnerPatch) -> Response:
    """What you will do, in which lots and where, for how many people, your statement of aims and what you are relied on for
    are your own; the document prints them. A role is a decision of the partners."""
    partner = await _locked(here)
    sent = body.sent()
    if "role" in sent:
        return await _propose_role(here, partner, sent)
    side = _own(here, partner)
    await partners.check_own_part(here.session, here.proposal_id, sent)
    here.match(partner.version)
    here.check_state()
    await partners.change_own_part(here.act(side), partner, sent)
    return await present(here, partner.id)


async def _locked(here: Context) -> Partner:
    return await partners.locked(here.session, here.proposal_id, here.path["partner_id"])


def _own(here: Context, partner: Partner) -> Side:
    """The partner itself; 403 for anybody else."""
    for side in here.standing.seats(Relation.PARTNER):
        if side.seat_id == partner.id:
            return here.side(partner_id=partner.id)
    raise Forbidden("This belongs to that partner alone. Only its own editors can change it.")


async def _propose_role(here: Context, partner: Partner, sent: dict[str, object]) -> Response:
    side = here.side_of_any()
    extra = set(sent) - {"role", "main_contractor_id"}
    if extra or sent["role"] is None:
        raise Invalid.at("/role", "role-alone", "A role needs a decision of the partners: send it by itself.")
    role = PartnerRole(str(sent["role"]))
    roles.check_not_lead(role, PartnerRole(partner.role))
    here.match(partner.version)
    here.check_state()
    name = await partners.organisation_name(here.session, partner.organisation_id)
    carried = {"role": role.value}
    if sent.get("main_contractor_id"):
        carried["main_contractor_id"] = str(sent["main_contractor_id"])
    return await open_motion(
        here,
        side,
        matter=Matter.PARTNER_ROLE,
        title=f"{name} becomes {role.value}",
        method="PATCH",
        path=f"/v1/proposals/{here.proposal_id}/partners/{partner.id}",
        body=carried,
    )


@router.post(PATH + "/{partner_id}/withdraw", response_model=PartnerOut, summary="Leave the bid")
async def withdraw_partner(here: Here, proposal_id: Id, partner_id: Id, body: PartnerReasonIn) -> Response:
    """Of your own will, with a reason. A signed version falls with it; a submission stands and is marked."""
    side = here.side(partner_id=here.path["partner_id"], relation=(Relation.PARTNER, Relation.WAITING))
    here.check_state()
    partner = await _locked(here)
    await leaving.withdraw(here.act(side), partner, body.reason)
    return await present(here, partner.id)


@router.post(
    PATH + "/{partner_id}/remove",
    response_model=PartnerOut,
    summary="Call back an invitation, or propose to remove a partner",
    responses={202: {"description": "Removing a partner needs a decision, which was opened."}},
)
async def remove_partner(here: Here, proposal_id: Id, partner_id: Id, body: PartnerReasonIn) -> Response:
    """An invitation that is not answered is called back at once, and so is the place of one that waits to be confirmed. A
    partner is removed by a decision only."""
    side = here.side(body.organisation_id)
    here.check_state()
    partner = await _locked(here)
    if partner.status in inviting.UNANSWERED:
        await answering.cancel(here.act(side), partner, body.reason)
        return await present(here, partner.id)
    lifecycle.check_not_over(here.standing.status or ProposalStatus.DRAFT, here.standing.deadline_passed)
    name = await partners.organisation_name(here.session, partner.organisation_id)
    return await open_motion(
        here,
        side,
        matter=Matter.PARTNER_REMOVAL,
        title=f"Remove {name} from the bid",
        method="POST",
        path=f"/v1/proposals/{here.proposal_id}/partners/{partner.id}/remove",
        body={"reason": body.reason},
    )


@router.post(PATH + "/{partner_id}/authority", response_model=PartnerOut, summary="Authorise the lead to act")
async def give_authority(here: Here, proposal_id: Id, partner_id: Id, body: AuthorityIn) -> Response:
    """A member's written authority for the present lead. It lapses when the lead changes, and is asked for again."""
    side = here.side(partner_id=here.path["partner_id"])
    partner = await _locked(here)
    lead_id = await partners.lead_id(here.session, here.proposal_id)
    if lead_id is None or lead_id == partner.id:
        raise Invalid.at("/", "no-lead-to-authorise", "There is no other organisation in the lead to authorise.")
    await files.check_named(here.session, here.proposal_id, partner.id, body.document_id, "/document_id")
    here.check_state()
    await partners.authorise_lead(here.act(side), partner, lead_id, body)
    return await present(here, partner.id)


@router.put(PATH + "/{partner_id}/naming", response_model=PartnerOut, summary="Agree to be named by the public check")
async def put_naming(here: Here, proposal_id: Id, partner_id: Id, body: NamingIn) -> Response:
    """Whoever holds a signed version can check its hash. Your organisation is named there only if you say so here.

    Yours alone to say, and to take back, at any time. Of a sealed call nobody is named before the bids are opened.
    """
    side = here.side(partner_id=here.path["partner_id"])
    partner = await _locked(here)
    here.match(partner.version)
    await partners.agree_to_be_named(here.act(side), partner, body.named_when_verified)
    return await present(here, partner.id)
