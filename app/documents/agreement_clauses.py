"""What the joint working agreement says, clause by clause, in every structure that the facts can describe.

The headings are those that guides for joint working by charities ask for: purpose, each member's mission and benefit,
roles and authority, inputs, costs and payment, VAT, communications, confidentiality and intellectual property, work,
liability, variation, term and ending, disputes.
"""

from app.documents.agreement_draft import Draft
from app.documents.bid.opening import amount_of, period
from app.documents.bid.reading import Json, Reading
from app.documents.blocks import bullets, column, data_table, facts, paragraph

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
        _parties, _purpose, _structure, _roles, _inputs, _money, _liability, _decisions, _disputes, _information, _assets,
        _people, _leaving, _ending, _general, _signing, _schedules,
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


def _information(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Information", "information")
    draft.clause(
        "What one partner tells another for the Bid or the Contract is kept confidential, is used for them only, and is "
        "given back or destroyed when a partner leaves. This lasts for "
        f"{draft.blank('how many years, such as five')} after this agreement ends.",
        "confidential",
    )
    draft.clause(
        "The partners may be rivals in other bids. They share no more about prices and plans than this Contract needs, and "
        "nothing here keeps a partner from bidding elsewhere unless its own words below say so."
    )
    holders = reading.named(s["data_holder_ids"])
    draft.clause(
        f"{holders or draft.blank('who holds the personal data of the service')} "
        f"{'are' if len(s['data_holder_ids']) > 1 else 'is'} controller of the personal data of the service. The partners sign "
        "a data sharing agreement before any personal data moves between them."
    )
    draft.clause(
        "Whoever holds the Contract and is asked under freedom-of-information law asks the partner concerned first; a public authority decides for itself."
    )
    draft.clause(
        "Every publication about the service names every partner that delivers it, in letters of the same size."
    )


def _assets(draft: Draft, reading: Reading) -> None:
    document = reading.document
    draft.part("Assets, intellectual property and knowledge", "assets")
    draft.clause(
        "What a partner owned before stays its own. It lets the others use it for the Contract, free of charge, while the Contract runs."
    )
    if document["assets"]:
        draft.clause(
            f"Schedule {Draft.ref('schedule-assets')} says who owns each asset and each piece of intellectual property now, during the Contract and afterwards."
        )
    else:
        draft.clause(
            f"What is made or bought for the Contract belongs to {draft.blank('who owns what is made or bought for the contract')}."
        )
    for term in document["knowledge_terms"]:
        how = f", in this way: {term['how'].rstrip('.')}" if term["how"] else ""
        draft.clause(
            f"{reading.name(term['to_partner_id'])} learns from {reading.name(term['from_partner_id'])}: {term['subject'].rstrip('.')}{how}."
        )


def _people(draft: Draft, reading: Reading) -> None:
    draft.part("Staff and safeguarding", "people")
    draft.clause(
        f"Each partner employs and insures its own staff. On staff who may transfer (TUPE) the partners agree: {draft.blank('whether staff transfer, and who bears what it costs')}."
    )
    draft.clause(
        "Each partner follows its own safeguarding policy and the procedures of the area. Whoever thinks that a child or adult may be at risk tells the designated person of its own organisation and the local authority at once; nothing in this agreement stands in the way."
    )


def _leaving(draft: Draft, reading: Reading) -> None:
    s = reading.structure
    draft.part("Leaving, and replacing the Lead", "leaving")
    draft.own_words(
        "A partner leaves on these terms:",
        reading.markdown(s["exit_terms_markdown"], 2),
        "how a partner leaves: notice, what it takes with it, what it still owes",
    )
    draft.clause(
        "A partner is removed only by a decision of the others, after it was heard, for a serious breach that it did not put "
        f"right within {draft.blank('how many')} days."
    )
    draft.clause(
        "A partner that leaves stays bound by clause "
        + Draft.ref("confidential")
        + " and is paid for what it did until then."
    )
    draft.own_words(
        "If the Lead has to be replaced, this happens:",
        reading.markdown(s["lead_replacement_markdown"], 2),
        "who leads if the lead leaves, fails or is replaced, and until when",
    )
    draft.clause("In a decision to replace the Lead, the present Lead votes and has no veto.")


def _ending(draft: Draft, reading: Reading) -> None:
    plan = reading.document["exit_plan"]
    draft.part("When the money ends", "ending")
    draft.clause(
        "This agreement begins when the last partner has signed it and ends when everything under the Contract has been delivered, paid and accounted for."
    )
    draft.own_words(
        "The partners prepare the end as follows:",
        reading.markdown(plan["plan_markdown"], 2),
        "what is done in the last months of the contract",
    )
    draft.own_words("This remains afterwards:", reading.markdown(plan["what_remains_markdown"], 2))
    draft.own_words("What remains is paid for as follows:", reading.markdown(plan["funding_after_markdown"], 2))


def _general(draft: Draft, reading: Reading) -> None:
    draft.part("General", "general")
    draft.clause(
        f"This agreement is changed only in writing, signed by every partner. A matter of clause {Draft.ref('decisions')} is decided there, unless it changes this text."
    )
    draft.clause(
        "Where this agreement and the Contract contradict each other, the Contract goes first; where this agreement and the Bid do, the Bid."
    )
    draft.clause("Nobody but the partners has rights under this agreement.")
    draft.clause(
        f"The law of {draft.blank('England and Wales, Scotland or Northern Ireland')} applies, and its courts decide."
    )


def _signing(draft: Draft, reading: Reading) -> None:
    draft.part("Signatures", "signing")
    draft.clause("Each partner signs by whoever its constitution says may bind it.")
    columns = [
        column("Partner", width=2),
        column("Name and role", width=2),
        column("Signature", width=2),
        column("Date", width=1),
    ]
    draft.add(data_table("To be signed by", columns, [[p["name"], "", "", ""] for p in reading.partners]))


def _schedules(draft: Draft, reading: Reading) -> None:
    w, document = reading.words, reading.document
    draft.schedule("What each partner puts in", "schedule-inputs", 1)
    rows = [
        [
            reading.name(c["partner_id"]),
            c["title"],
            amount_of(reading, c),
            period(reading, c),
            w.code("certainty", c["certainty"]),
        ]
        for c in document["contributions"]
    ]
    columns = [
        column("Partner", width=1.6),
        column("What", width=2.4),
        column("How much", "right", 1.1),
        column("When", width=1.6),
        column("How certain", width=1.2),
    ]
    draft.add(
        data_table("Contributions", columns, rows) if rows else paragraph(_to_fill_in("what each partner puts in"))
    )
    draft.schedule("What each partner receives", "schedule-money", 2)
    budget = document["budget"]
    if budget and budget["by_partner"]:
        years = [row["year"] for row in budget["by_year"]]
        columns = [column("Partner", width=2), column("Years", width=1), column("Price, net", "right", 1.2)]
        span = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        amounts = w.amounts([p["requested"] for p in budget["by_partner"]])
        draft.add(
            data_table(
                "Shares of the price",
                columns,
                [[reading.name(p["partner_id"]), span, a] for p, a in zip(budget["by_partner"], amounts, strict=True)],
            )
        )
    else:
        draft.add(paragraph(_to_fill_in("what each partner receives, by year")))
    if document["assets"]:
        draft.schedule("Assets and intellectual property", "schedule-assets", 3)
        columns = [
            column("Asset", width=2),
            column("Owner now", width=1.4),
            column("During", width=1.4),
            column("Afterwards", width=1.4),
        ]
        draft.add(
            data_table(
                "Who owns what",
                columns,
                [
                    [
                        a["name"],
                        *(reading.name(a[k]) or "not settled" for k in ("owner_now", "owner_during", "owner_after")),
                    ]
                    for a in document["assets"]
                ],
            )
        )


def _to_fill_in(what: str) -> str:
    return f"[To fill in: {what}]"
