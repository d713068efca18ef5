"""English: the words of the joint working agreement, clause by clause. Placeholders hold names, numbers and blanks."""

AGREEMENT_EN = {
    "agreement.title": "Joint working agreement",
    "agreement.title_of": "Joint working agreement: {title}",
    "agreement.eyebrow": "For the partners: a draft to take to a solicitor",
    "agreement.cover.contract": "For the contract",
    "agreement.cover.with": "With",
    "agreement.cover.between": "Between",
    "agreement.cover.and": "and",
    "agreement.cover.status": "Status",
    "agreement.cover.draft": "Draft. Not agreed by anybody, and not signed with the bid",
    "agreement.footer": "Draft joint working agreement",
    # Before you sign
    "agreement.before": "Before you sign",
    "agreement.before.draft": (
        "This is a draft, put together from what the partners recorded when they wrote their bid; whatever nobody "
        "recorded is a suggestion. It is not legal advice. Before anybody signs it, take it to a solicitor who knows "
        "contracts between charities, and let each partner's board read it."
    ),
    "agreement.before.not_signed": (
        "Signing the bid did not sign this agreement: the bid's signatures agree the content of the bid and authorise "
        "its submission, nothing else."
    ),
    "agreement.before.translation": "",
    "agreement.blanks": "Blanks to fill in",
    "agreement.blanks.intro": (
        "What the partners have not settled yet stands in the text as a numbered blank in square brackets."
    ),
    "agreement.blanks.table": "Blanks in this draft",
    "agreement.blanks.number": "Blank",
    "agreement.blanks.what": "What to fill in",
    "agreement.blanks.clause": "Clause",
    # Parties and words
    "agreement.parties": "Parties and words",
    "agreement.parties.date": "This agreement is dated {date}. It is made between:",
    "agreement.parties.words": (
        "'The Lead' is {lead}. 'The Consortium' is the partners working together under this agreement. "
        "'The Commissioner' is {buyer}. 'The Contract' is what the Commissioner awards for '{call}'. 'The Bid' is the "
        "partners' joint bid '{bid}', in the version that all of them signed."
    ),
    "agreement.parties.lots": "The Bid is for these lots: {lots}.",
    "agreement.parties.described": "{role}; {form}",
    "agreement.parties.registered": "{role}; {form}, registered as {numbers}",
    "agreement.parties.personally": (
        "{described}. It has no legal personality: the members of its committee sign, and are bound, themselves"
    ),
    "agreement.blank.date": "the date on which the last partner signs",
    "agreement.blank.lead": "the partner that leads",
    "agreement.blank.buyer": "the name of the commissioner",
    # Purpose
    "agreement.purpose": "Purpose",
    "agreement.purpose.together": (
        "The partners work together to win the Contract and to deliver what the Bid promises."
    ),
    "agreement.purpose.aims": "{partner} takes part in pursuit of its own objects: {aims}.",
    "agreement.purpose.no_partnership": (
        "Nothing in this agreement makes the partners a partnership in law, makes one the agent of another beyond what "
        "clause {clause} says, or makes one the employer of another's staff."
    ),
    "agreement.purpose.not_awarded": (
        "If the Contract is not awarded to the Consortium, this agreement ends, except for clause {clause}."
    ),
    # Who contracts and who is paid
    "agreement.structure": "Who contracts and who is paid",
    "agreement.structure.to_be_formed": (
        "{owners} will form {vehicle} ('the Vehicle') and own it together, in these shares: {shares}. Until it is formed "
        "nobody contracts in its name: whoever did would be bound personally (Companies Act 2006, section 51)."
    ),
    "agreement.structure.formed": "{vehicle} ('the Vehicle') is owned by {owners}.",
    "agreement.structure.contracts_one": "{names} holds the Contract with the Commissioner.",
    "agreement.structure.contracts_many": "{names} each hold a contract with the Commissioner.",
    "agreement.structure.contracts_vehicle": "The Vehicle holds the Contract with the Commissioner.",
    "agreement.structure.contracts_blank": "The Contract is held by {who}.",
    "agreement.structure.paid": "The Commissioner pays {names}.",
    "agreement.structure.flow_down": (
        "The duties of the Contract, and its terms of payment, bind the other partners as they bind whoever holds the "
        "Contract, each for its own part of the work."
    ),
    "agreement.structure.custom": "The partners also agreed, in their own words:",
    "agreement.structure.terms": "These terms apply between the partners:",
    "agreement.blank.vehicle": "the name of the vehicle",
    "agreement.blank.owners": "the owners of the vehicle and their shares",
    "agreement.blank.shares": "the share of each owner in the vehicle",
    "agreement.blank.contracts": "who contracts with the commissioner",
    "agreement.blank.paid": "who is paid by the commissioner",
    # Roles and authority
    "agreement.roles": "Roles and authority",
    "agreement.roles.lead": "{partner} is the Lead.",
    "agreement.roles.member": "{partner} is a member.",
    "agreement.roles.subcontractor": "{partner} works as a subcontractor of {main}.",
    "agreement.roles.associate": ("{partner} supports the Bid as an associate. It is not paid and does not contract."),
    "agreement.roles.relied_on": "The Bid relies on {partner} for this: {what}.",
    "agreement.roles.authority": (
        "{lead} submits the Bid, speaks to the Commissioner for the Consortium and passes on within two working days what "
        "it hears. It binds another partner only as far as that partner's written authority goes."
    ),
    "agreement.roles.given": (
        "{partner} gave its written authority on {day}, by {name}, {role}. It lapses when the Lead is replaced."
    ),
    "agreement.the_lead": "The Lead",
    "agreement.blank.main": "whose subcontractor {partner} is",
    # What each partner puts in
    "agreement.inputs": "What each partner puts in",
    "agreement.inputs.schedule": (
        "Each partner puts in what Schedule {schedule} lists for it. What is given in kind is not money and is not counted "
        "as money."
    ),
    "agreement.inputs.certainty": (
        "A contribution marked conditional is owed once its condition is met; one marked hoped for is not owed, and the "
        "partner says as soon as it knows whether it will come."
    ),
    "agreement.inputs.failing": (
        "A partner that cannot put in what it promised tells the others at once, and they decide what follows by clause "
        "{clause}."
    ),
    # Money
    "agreement.money": "Money",
    "agreement.money.shares": "Of the price, each partner receives what Schedule {schedule} says, net of VAT.",
    "agreement.money.days": (
        "Whoever is paid by the Commissioner pays each other partner within {days} days of a proper invoice."
    ),
    "agreement.money.how": "Partners are paid {how}.",
    "agreement.money.arrears": "Partners are paid in arrears, each month.",
    "agreement.money.advance": "Partners are paid in advance, each quarter.",
    "agreement.money.law": (
        "Public contracts carry a term of payment within 30 days down to subcontractors (Procurement Act 2023, section 73). "
        "Where that applies, a longer term in this agreement has no effect."
    ),
    "agreement.money.vat": "VAT is added where it is due. The partners take this advice on VAT: {advice}.",
    "agreement.money.own_cost": "Each partner bears its own cost of preparing the Bid.",
    "agreement.money.records": (
        "Each partner keeps records of what it spent, for six years, and shows them to whoever holds the Contract when the "
        "Commissioner asks."
    ),
    "agreement.blank.days": "number of days for paying partners",
    "agreement.blank.how_paid": "in advance or in arrears, and how often",
    "agreement.blank.vat": "what an adviser said on VAT between the partners",
    # Liability and insurance
    "agreement.liability": "Liability and insurance",
    "agreement.liability.contractor": (
        "Towards the Commissioner, each partner that holds the Contract is liable for the whole of what it contracted. The "
        "other partners are liable to it for their own part, by this agreement."
    ),
    "agreement.liability.several": "Each partner is liable for its own part of the work and for nobody else's.",
    "agreement.liability.joint_and_several": (
        "The partners that contract are jointly and severally liable to the Commissioner: it may turn to any one of them "
        "for the whole. Among themselves each bears what its own part of the work caused, and makes good to the others "
        "what they had to pay for it."
    ),
    "agreement.liability.vehicle": (
        "The Vehicle is liable to the Commissioner. No partner is liable for the Vehicle's debts beyond what it owes as an "
        "owner and what it guarantees in writing."
    ),
    "agreement.liability.shared": (
        "The partners and the Commissioner share risk and reward as the alliance agreement between them says."
    ),
    "agreement.liability.unsettled": "Liability is as follows: {who}.",
    "agreement.liability.limit": ("What one partner can be made to pay under this agreement is limited to {limit}."),
    "agreement.liability.insurance": "Each partner keeps these insurances: {insurances}.",
    "agreement.blank.liability": "who is liable to the commissioner, and how",
    "agreement.blank.limit": "a limit that each board accepts",
    "agreement.blank.insurance": "which insurances, and for how much",
    # Decisions and disputes
    "agreement.decisions": "Decisions",
    "agreement.rule.consensus": "Decisions are made by consensus: a motion carries when every partner agrees.",
    "agreement.rule.consent": (
        "Decisions are made by consent: a motion carries unless a partner objects and gives its reason."
    ),
    "agreement.rule.majority": "Decisions are made by a majority of the partners. Each partner has one vote.",
    "agreement.rule.weighted": "Decisions are made by weighted votes. The weights stand in clause {clause}.",
    "agreement.rule.lead_decides": "The Lead decides, after it has heard the other partners.",
    "agreement.decisions.unsettled": "Decisions are made as follows: {how}.",
    "agreement.decisions.weights": "The weights of the votes are: {weights}.",
    "agreement.decisions.reserved": (
        "On each of these matters every partner has a veto, which it uses by voting against and giving its reason:"
    ),
    "agreement.decisions.meetings": (
        "The partners meet {how}. A partner that cannot come is sent what was said and decided."
    ),
    "agreement.disputes.steps": "The partners take these steps, one after the other:",
    "agreement.disputes.meanwhile": (
        "While a disagreement lasts, each partner goes on with its own part of the work, and the people who use the service "
        "notice nothing of it."
    ),
    "agreement.blank.rule": "how decisions are made",
    "agreement.blank.weights": "the weight of each vote",
    "agreement.blank.meetings": "how often, and who calls the meetings",
    "agreement.blank.disputes": "the steps from a first talk to mediation, each with its number of days",
    # Information
    "agreement.information": "Information",
    "agreement.information.confidential": (
        "What one partner tells another for the Bid or the Contract is kept confidential, is used for them only, and is "
        "given back or destroyed when a partner leaves. This lasts for {years} after this agreement ends."
    ),
    "agreement.information.rivals": (
        "The partners may be rivals in other bids. They share no more about prices and plans than this Contract needs, and "
        "nothing here keeps a partner from bidding elsewhere unless the partners' own terms in this agreement say so."
    ),
    "agreement.information.controller": (
        "{names} is controller of the personal data of the service. The partners sign a data sharing agreement before any "
        "personal data moves between them."
    ),
    "agreement.information.controllers": (
        "{names} are controllers of the personal data of the service. The partners sign a data sharing agreement before any "
        "personal data moves between them."
    ),
    "agreement.information.foi": (
        "Whoever holds the Contract and is asked under freedom-of-information law asks the partner concerned first; a "
        "public authority decides for itself."
    ),
    "agreement.information.publicity": (
        "Every publication about the service names every partner that delivers it, in letters of the same size."
    ),
    "agreement.blank.years": "how many years, such as five",
    "agreement.blank.controller": "who holds the personal data of the service",
    # Assets, people
    "agreement.assets": "Assets, intellectual property and knowledge",
    "agreement.assets.before": (
        "What a partner owned before stays its own. It lets the others use it for the Contract, free of charge, while the "
        "Contract runs."
    ),
    "agreement.assets.schedule": (
        "Schedule {schedule} says who owns each asset and each piece of intellectual property now, during the Contract and "
        "afterwards."
    ),
    "agreement.assets.made": "What is made or bought for the Contract belongs to {who}.",
    "agreement.assets.learns": "{learner} learns from {teacher}: {what}.",
    "agreement.assets.learns_how": "{learner} learns from {teacher}: {what}, in this way: {how}.",
    "agreement.people": "Staff and safeguarding",
    "agreement.people.staff": (
        "Each partner employs and insures its own staff. On staff who may transfer (TUPE) the partners agree: {tupe}."
    ),
    "agreement.people.safeguarding": (
        "Each partner follows its own safeguarding policy and the procedures of the area. Whoever thinks that a child or "
        "adult may be at risk tells the designated person of its own organisation and the local authority at once; nothing "
        "in this agreement stands in the way."
    ),
    "agreement.blank.made": "who owns what is made or bought for the contract",
    "agreement.blank.tupe": "whether staff transfer, and who bears what it costs",
    # Leaving, the end, general
    "agreement.leaving": "Leaving, and replacing the Lead",
    "agreement.leaving.terms": "A partner leaves on these terms:",
    "agreement.leaving.removal": (
        "A partner is removed only by a decision of the others, after it was heard, for a serious breach that it did not "
        "put right in the time that it is given: {days}."
    ),
    "agreement.leaving.bound": (
        "A partner that leaves stays bound by clause {clause} and is paid for what it did until then."
    ),
    "agreement.leaving.lead": "If the Lead has to be replaced, this happens:",
    "agreement.leaving.no_veto": "In a decision to replace the Lead, the present Lead votes and has no veto.",
    "agreement.blank.leaving": "how a partner leaves: notice, what it takes with it, what it still owes",
    "agreement.blank.days_to_mend": "how many days a partner has to put a breach right",
    "agreement.blank.lead_replaced": "who leads if the lead leaves, fails or is replaced, and until when",
    "agreement.ending.term": (
        "This agreement begins when the last partner has signed it and ends when everything under the Contract has been "
        "delivered, paid and accounted for."
    ),
    "agreement.ending.plan": "The partners prepare the end as follows:",
    "agreement.ending.remains": "This remains afterwards:",
    "agreement.ending.funding": "What remains is paid for as follows:",
    "agreement.blank.ending": "what is done in the last months of the contract",
    "agreement.general": "General",
    "agreement.general.change": (
        "This agreement is changed only in writing, signed by every partner. A matter of clause {clause} is decided there, "
        "unless it changes this text."
    ),
    "agreement.general.order": (
        "Where this agreement and the Contract contradict each other, the Contract goes first; where this agreement and the "
        "Bid do, the Bid."
    ),
    "agreement.general.third_parties": "Nobody but the partners has rights under this agreement.",
    "agreement.general.law": "The law of {law} applies, and its courts decide.",
    "agreement.blank.law": "England and Wales, Scotland or Northern Ireland",
    # Signatures and schedules
    "agreement.signing": "Signatures",
    "agreement.signing.who": "Each partner signs by whoever its constitution says may bind it.",
    "agreement.signing.table": "To be signed by",
    "agreement.signing.name": "Name and role",
    "agreement.signing.signature": "Signature",
    "agreement.signing.date": "Date",
    "agreement.schedule": "Schedule {n}",
    "agreement.schedule.titled": "Schedule {n}: {title}",
    "agreement.schedule.contributions": "Contributions",
    "agreement.schedule.money": "What each partner receives",
    "agreement.schedule.shares": "Shares of the price",
    "agreement.schedule.years": "Years",
    "agreement.blank.inputs": "what each partner puts in",
    "agreement.blank.money": "what each partner receives, by year",
}
