"""What the joint working agreement says, clause by clause, in every structure that the facts can describe.

The headings are those that guides for joint working by charities ask for: purpose, each member's mission and benefit,
roles and authority, inputs, costs and payment, VAT, communications, confidentiality and intellectual property, work,
liability, variation, term and ending, disputes.
"""

from app.documents import agreement_closing as closing
from app.documents.agreement_draft import Draft
from app.documents.bid.reading import Json, Reading
from app.documents.blocks import bullets, facts

_LIABILITY = {
    "contractor": (
        "Towards the Commissioner, each partner that holds the Contract is liable for the whole of what it contracted. "
        "The other partners are liable to it for their own part, by this agreement."
    ),
    "several": "Each partner is liable for its own part of the work and for nobody else's.",
    "joint_and_several": (
        "The partners that contract are jointly and severally liable to the Commissioner: it may turn to any one of them "
        "for the whole. Among themselves each bears what its own part of the work caused, and makes good to the others "
        "what they had to pay for it."
    ),
    "vehicle": (
        "The Vehicle is liable to the Commissioner. No partner is liable for the Vehicle's debts beyond what it owes as "
        "an owner and what it guarantees in writing."
    ),
    "shared": "The partners and the Commissioner share risk and reward as the alliance agreement between them says.",
}
_RULE = {
    "consensus": "Decisions are made by consensus: a motion carries when every partner agrees.",
    "consent": "Decisions are made by consent: a motion carries unless a partner objects and gives its reason.",
    "majority": "Decisions are made by a majority of the partners. Each partner has one vote.",
    "weighted": "Decisions are made by weighted votes. The weights stand in clause {weights}.",
    "lead_decides": "The Lead decides, after it has heard the other partners.",
}


def write(draft: Draft, reading: Reading) -> None:
    for part in (
        _parties, _purpose, _structure, _roles, _inputs, _money, _liability, _decisions, _disputes, closing.information, closing.assets,
        closing.people, closing.leaving, closing.ending, closing.general, closing.signing, closing.schedules,
    ):  # fmt: skip
        part(draft, reading)


def _parties(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part("Parties and words", "parties")
    draft.clause(
        f"This agreement is dated {draft.blank('the date on which the last partner signs')}. It is made between:"
    )
    draft.add(facts([(p["name"], _described(reading, p)) for p in reading.partners]))
    lead = reading.lead
    draft.clause(
        f"'The Lead' is {lead['name'] if lead else draft.blank('the partner that leads')}. 'The Consortium' is the "
        "partners working together under this agreement. 'The Commissioner' is "
        f"{reading.document['opportunity']['buyer'] or draft.blank('the name of the commissioner')}. 'The Contract' is what "
        f"the Commissioner awards for '{reading.document['opportunity']['title']}'. 'The Bid' is the partners' joint bid "
        f"'{reading.document['proposal']['title']}', in the version that all of them signed."
    )
    lots = w.listed(reading.lot(lot["id"]) for lot in reading.document["lots"])
    if lots:
        draft.clause(f"The Bid is for these lots: {lots}.")


def _described(reading: Reading, partner: Json) -> str:
    w = reading.words
    numbers = w.listed(f"{i['scheme']} {i['id']}" for i in partner["identifiers"])
    form = w.code("legal_form", str(partner["legal_form"])).lower()
    registered = f", registered as {numbers}" if numbers else ""
    personally = ""
    if partner["legal_form"] == "unincorporated":
        personally = ". It has no legal personality: the members of its committee sign, and are bound, themselves"
    return f"{w.code('role', str(partner['role']))}; {form}{registered}{personally}"


def _purpose(draft: Draft, reading: Reading) -> None:
    draft.part("Purpose", "purpose")
    draft.clause("The partners work together to win the Contract and to deliver what the Bid promises.")
    for partner in reading.partners:
        aims = str(partner["founding_aims"]).strip().rstrip(".")
        if aims:
            draft.clause(f"{partner['name']} takes part in pursuit of its own objects: {aims}.")
    draft.clause(
        "Nothing in this agreement makes the partners a partnership in law, makes one the agent of another beyond what "
        f"clause {Draft.ref('authority')} says, or makes one the employer of another's staff."
    )
    draft.clause(
        "If the Contract is not awarded to the Consortium, this agreement ends, except for clause "
        + Draft.ref("confidential")
        + "."
    )


def _structure(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Who contracts and who is paid", "structure")
    vehicle = s["vehicle"]
    if vehicle:
        owners = reading.named(vehicle["owner_partner_ids"]) or draft.blank(
            "the owners of the vehicle and their shares"
        )
        if vehicle["status"] == "to_be_formed":
            draft.clause(
                f"{owners} will form {vehicle['name']} ('the Vehicle') and own it together, in these shares: "
                f"{draft.blank('the share of each owner in the vehicle')}. Until it is formed nobody contracts in its name: "
                "whoever did would be bound personally (Companies Act 2006, section 51)."
            )
        else:
            draft.clause(f"{vehicle['name']} ('the Vehicle') is owned by {owners}.")
    contracting = s["contracting_partner_ids"]
    if contracting:
        holds = "holds the Contract" if len(contracting) == 1 else "each hold a contract"
        draft.clause(f"{reading.named(contracting)} {holds} with the Commissioner.", "contracting")
    elif vehicle:
        draft.clause("The Vehicle holds the Contract with the Commissioner.", "contracting")
    else:
        draft.clause(f"The Contract is held by {draft.blank('who contracts with the commissioner')}.", "contracting")
    paid = reading.named(s["paid_partner_ids"]) or draft.blank("who is paid by the commissioner")
    draft.clause(f"The Commissioner pays {paid}.", "paid")
    if s["flow_down"]:
        draft.clause(
            "The duties of the Contract, and its terms of payment, bind the other partners as they bind whoever holds the "
            "Contract, each for its own part of the work."
        )
    draft.own_words("The partners also agreed, in their own words:", reading.markdown(s["custom_markdown"], 2))
    draft.own_words("These terms apply between the partners:", reading.markdown(s["terms_markdown"], 2))


def _roles(draft: Draft, reading: Reading) -> None:
    w = reading.words
    draft.part("Roles and authority", "roles")
    for partner in reading.partners:
        role = w.code("role", partner["role"]).lower()
        if partner["role"] == "subcontractor":
            main = reading.name(partner["main_contractor_id"]) or draft.blank(
                f"whose subcontractor {partner['name']} is"
            )
            draft.clause(f"{partner['name']} works as a subcontractor of {main}.")
        elif partner["role"] == "associate":
            draft.clause(f"{partner['name']} supports the Bid as an associate. It is not paid and does not contract.")
        else:
            draft.clause(
                f"{partner['name']} is the {role}." if partner["role"] == "lead" else f"{partner['name']} is a member."
            )
        if partner["relied_on_for"]:
            draft.clause(f"The Bid relies on {partner['name']} for this: {partner['relied_on_for'].rstrip('.')}.")
    lead = reading.lead["name"] if reading.lead else "The Lead"
    draft.clause(
        f"{lead} submits the Bid, speaks to the Commissioner for the Consortium and passes on within two working days what "
        "it hears. It binds another partner only as far as that partner's written authority goes.",
        "authority",
    )
    for partner in reading.partners:
        if partner["authority"]:
            given = partner["authority"]
            draft.clause(
                f"{partner['name']} gave its written authority on {w.day(given['at'])}, by {given['full_name']}, "
                f"{given['role_title']}. It lapses when the Lead is replaced."
            )


def _inputs(draft: Draft, reading: Reading) -> None:
    draft.part("What each partner puts in", "inputs")
    draft.clause(
        f"Each partner puts in what Schedule {Draft.ref('schedule-inputs')} lists for it. What is given in kind is not money "
        "and is not counted as money."
    )
    draft.clause(
        "A contribution marked conditional is owed once its condition is met; one marked hoped for is not owed, and the "
        "partner says as soon as it knows whether it will come."
    )
    draft.clause(
        "A partner that cannot put in what it promised tells the others at once, and they decide what follows by clause "
        + Draft.ref("decisions")
        + "."
    )


def _money(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Money", "money")
    draft.clause(f"Of the price, each partner receives what Schedule {Draft.ref('schedule-money')} says, net of VAT.")
    days = (
        str(s["payment_days"])
        if s["payment_days"] is not None
        else draft.blank("within how many days partners are paid")
    )
    draft.clause(
        f"Whoever is paid by the Commissioner pays each other partner within {days} days of a proper invoice.",
        "payment",
    )
    if s["payment_in_arrears"] is None:
        draft.clause(f"Partners are paid {draft.blank('in advance or in arrears, and how often')}.")
    else:
        draft.clause(
            "Partners are paid in arrears, each month."
            if s["payment_in_arrears"]
            else "Partners are paid in advance, each quarter."
        )
    draft.clause(
        "Public contracts carry a term of payment within 30 days down to subcontractors (Procurement Act 2023, section 73). "
        "Where that applies, a longer term in this agreement has no effect."
    )
    draft.clause(
        f"VAT is added where it is due. The partners take this advice on VAT: {draft.blank('what an adviser said on VAT between the partners')}."
    )
    draft.clause("Each partner bears its own cost of preparing the Bid.")
    draft.clause(
        "Each partner keeps records of what it spent, for six years, and shows them to whoever holds the Contract when the Commissioner asks."
    )


def _liability(draft: Draft, reading: Reading) -> None:
    liability = reading.structure["liability"]
    draft.part("Liability and insurance", "liability")
    draft.clause(
        _LIABILITY[liability]
        if liability
        else f"Liability is as follows: {draft.blank('who is liable to the commissioner, and how')}."
    )
    draft.clause(
        f"What one partner can be made to pay under this agreement is limited to {draft.blank('a limit that each board accepts')}."
    )
    draft.clause(f"Each partner keeps these insurances: {draft.blank('which insurances, and for how much')}.")


def _decisions(draft: Draft, reading: Reading) -> None:
    w, s = reading.words, reading.structure
    draft.part("Decisions", "decisions")
    rule = s["decision_rule"]
    if rule:
        draft.clause(_RULE[rule].replace("{weights}", Draft.ref("weights")) if rule == "weighted" else _RULE[rule])
    else:
        draft.clause(f"Decisions are made as follows: {draft.blank('how decisions are made')}.")
    if rule == "weighted":
        weights = [f"{reading.name(p)} {w.number(x)}" for p, x in s["weights"].items() if p in reading.names]
        draft.clause(
            f"The weights of the votes are: {w.listed(weights) or draft.blank('the weight of each vote')}.", "weights"
        )
    if s["quorum"]:
        draft.clause(f"A decision needs the votes of at least {s['quorum']} partners.")
    if s["reserved_matters"]:
        draft.clause(
            "On each of these matters every partner has a veto, which it uses by voting against and giving its reason:",
            "reserved",
        )
        draft.add(bullets(w.code("matter", m) for m in s["reserved_matters"]))
    draft.clause(
        f"The partners meet {draft.blank('how often, and who calls the meetings')}. A partner that cannot come is sent what was said and decided."
    )


def _disputes(draft: Draft, reading: Reading) -> None:
    draft.part("When partners disagree", "disputes")
    draft.own_words(
        "The partners take these steps, one after the other:",
        reading.markdown(reading.structure["escalation_markdown"], 2),
        "the steps from a first talk to mediation, each with its number of days",
    )
    draft.clause(
        "While a disagreement lasts, each partner goes on with its own part of the work, and the people who use the service notice nothing of it."
    )
