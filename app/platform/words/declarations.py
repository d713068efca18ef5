"""Plain words for what partners give, what they expect, and how the two are compared."""

from app.platform.words import codes as c
from app.platform.words.book import Words
from app.platform.words.contradictions import CONTRADICTIONS

CONTRIBUTION_KIND: Words = {
    c.ContributionKind.CASH: ("Cash", "Money that you put in from your own funds."),
    c.ContributionKind.MATCH_FUNDING: (
        "Match funding",
        "Money from another funder that you bring to this work; say if it is secured.",
    ),
    c.ContributionKind.STAFF_TIME: ("Staff time", "Hours of your paid staff that the bid does not pay for."),
    c.ContributionKind.SECONDMENT: ("Secondment", "A member of your staff who works for the partnership for a time."),
    c.ContributionKind.VOLUNTEER_TIME: ("Volunteer time", "Hours that your volunteers give."),
    c.ContributionKind.PREMISES: ("Premises", "Rooms, halls, offices or land that can be used."),
    c.ContributionKind.EQUIPMENT: ("Equipment", "Vehicles, machines, tools or kit that can be used."),
    c.ContributionKind.MATERIALS: ("Materials", "Goods that are used up in the work."),
    c.ContributionKind.PROFESSIONAL_SERVICES: (
        "Professional services",
        "Legal, financial, clinical or other professional work given free or below price.",
    ),
    c.ContributionKind.EXPERTISE: (
        "Expertise",
        "Knowledge and experience that the others can draw on, lived experience included.",
    ),
    c.ContributionKind.DATA: ("Data", "Information that you hold and may share lawfully."),
    c.ContributionKind.REFERRAL_ROUTES: (
        "Referral routes",
        "Ways in which people in need reach the service through you.",
    ),
    c.ContributionKind.COMMUNITY_REACH: (
        "Community reach",
        "Trust and contacts in a community that others cannot reach.",
    ),
    c.ContributionKind.ACCREDITATION: (
        "Accreditation",
        "A quality mark, registration or licence that the bid can rest on.",
    ),
    c.ContributionKind.BID_WRITING: ("Bid writing", "Work on writing this bid."),
    c.ContributionKind.MANAGEMENT: ("Management", "Running the contract: reporting, finance, co-ordination."),
    c.ContributionKind.IT: ("IT", "Systems, licences or technical support."),
    c.ContributionKind.CASH_FLOW_COVER: ("Cash-flow cover", "Paying partners before the commissioner pays you."),
    c.ContributionKind.SOCIAL_VALUE: (
        "Social value",
        "Jobs, training, local purchasing or other good beyond the service.",
    ),
    c.ContributionKind.OTHER: (
        "Something else",
        "A contribution that is not in this list; say what it is in the title.",
    ),
}

UNIT: Words = {
    c.Unit.HOUR: ("Hour", "Counted in hours."),
    c.Unit.DAY: ("Day", "Counted in working days."),
    c.Unit.MONTH: ("Month", "Counted in months."),
    c.Unit.YEAR: ("Year", "Counted in years."),
    c.Unit.ITEM: ("Item", "Counted in pieces."),
    c.Unit.PLACE: ("Place", "Counted in places, such as seats on a course or beds."),
    c.Unit.OTHER: ("Another unit", "Counted in something else; say what in the title."),
}

CERTAINTY: Words = {
    c.Certainty.CONFIRMED: ("Confirmed", "Your organisation has decided it and stands by it."),
    c.Certainty.CONDITIONAL: ("Conditional", "It comes if something else happens; say what."),
    c.Certainty.ASPIRATIONAL: ("Hoped for", "You will try, and promise nothing."),
}

EXPECTATION_KIND: Words = {
    c.ExpectationKind.FUNDING_SHARE: ("Share of the money", "The part of the bid's money that you expect to receive."),
    c.ExpectationKind.FULL_COST_RECOVERY: (
        "Full cost recovery",
        "That your overheads are paid for, not only the direct costs.",
    ),
    c.ExpectationKind.PAYMENT_TERMS: (
        "Payment terms",
        "When you are paid: within how many days, and in advance or in arrears.",
    ),
    c.ExpectationKind.DECISION_VOICE: (
        "A voice in decisions",
        "How far you take part in decisions, and on what you can say no.",
    ),
    c.ExpectationKind.DELIVERY_ROLE: ("A part in delivery", "Which part of the work is yours."),
    c.ExpectationKind.CREDIT: ("Credit", "That your name and work are seen."),
    c.ExpectationKind.REFERRALS: ("Referrals", "That people are sent to your service, and how many."),
    c.ExpectationKind.CAPACITY_BUILDING: (
        "Capacity building",
        "That you come out of it stronger: training, systems, experience.",
    ),
    c.ExpectationKind.DATA_ACCESS: ("Access to data", "Which information you can see and use."),
    c.ExpectationKind.INTELLECTUAL_PROPERTY: (
        "Intellectual property",
        "Who owns what is made, and who may use it afterwards.",
    ),
    c.ExpectationKind.STAFFING: ("Staffing", "Posts in your organisation, or who employs whom."),
    c.ExpectationKind.EXCLUSIVITY: (
        "Exclusivity",
        "That partners do not bid with others for the same work, or that you stay free to.",
    ),
    c.ExpectationKind.INFORMATION: ("Information", "What you are told, by whom and when."),
    c.ExpectationKind.QUALITY_STANDARD: ("Quality standard", "A standard that the work must reach."),
    c.ExpectationKind.USER_INFLUENCE: ("Users' influence", "That the people who use the service shape it."),
    c.ExpectationKind.INDEPENDENCE: (
        "Independence",
        "That you keep your identity, your voice and your right to campaign.",
    ),
    c.ExpectationKind.EXIT: ("Leaving", "How you can leave, with what notice and at what cost."),
    c.ExpectationKind.LEGACY_ASSETS: (
        "What remains",
        "Who keeps equipment, buildings and materials when the money ends.",
    ),
    c.ExpectationKind.RISK_CAP: ("Limit to your risk", "The most that you can lose or be liable for."),
    c.ExpectationKind.OTHER: (
        "Something else",
        "An expectation that is not in this list; say what it is in the title.",
    ),
}

STRENGTH: Words = {
    c.Strength.MUST: ("Must", "Without it you will not sign."),
    c.Strength.SHOULD: ("Should", "It matters, and you would want a good reason if it cannot be."),
    c.Strength.COULD: ("Could", "It would be good to have."),
}

TARGET_TYPE: Words = {
    c.TargetType.PERCENT: ("Per cent", "A share, in per cent."),
    c.TargetType.DAYS: ("Days", "A number of days, such as days until payment."),
    c.TargetType.HOURS: ("Hours", "A number of hours."),
    c.TargetType.COUNT: ("Number", "A number of things or people."),
    c.TargetType.VOTES: ("Votes", "A number of votes, or their weight."),
    c.TargetType.MONEY: ("Money", "A sum of money."),
    c.TargetType.TEXT: ("In words", "A target that can only be said in words."),
    c.TargetType.RIGHT: ("A right", "Something that you may do or prevent, such as a veto."),
}

AUDIENCE: Words = {
    c.Audience.PARTNERS: ("Partners only", "It stays between the partners; the commissioner never gets it."),
    c.Audience.COMMISSIONER: ("Commissioner too", "Its owner has chosen to put it into what the commissioner gets."),
}

MET_BY_TYPE: Words = {
    c.MetByType.CONTRIBUTION: ("A contribution", "Something that a partner puts in meets it."),
    c.MetByType.BUDGET_LINE: ("A budget line", "Money in the budget meets it."),
    c.MetByType.STRUCTURE: ("The structure", "The terms that the partners agreed meet it."),
    c.MetByType.DECISION: ("A decision", "Something that the partners decided meets it."),
    c.MetByType.OUTCOME: ("An outcome", "A result that the bid promises meets it."),
    c.MetByType.SECTION: ("A part of the text", "What the bid says in this part meets it."),
}

EXPECTATION_STATE: Words = {
    c.ExpectationState.MET: ("Met", "What is linked to it reaches what was asked for."),
    c.ExpectationState.PARTLY_MET: (
        "Partly met",
        "Something is linked to it, but it does not reach what was asked for, or is not certain.",
    ),
    c.ExpectationState.UNMET: ("Not met yet", "Nothing that counts is linked to it."),
    c.ExpectationState.CONTRADICTED: (
        "Contradicted",
        "The structure, the way of deciding or the linked terms say the opposite. The partners need to talk.",
    ),
    c.ExpectationState.WAIVED: ("Waived", "Its owner has said that it need not be met, and why."),
}

CONTRADICTION: Words = {code: (what.title, what.explanation) for code, what in CONTRADICTIONS.items()}

BUDGET_SOURCE: Words = {
    c.BudgetSource.REQUESTED: ("Asked of the commissioner", "Money that the bid asks for."),
    c.BudgetSource.MATCH: ("Match funding", "Money from other funders that partners bring."),
    c.BudgetSource.INCOME: ("Income", "Money that the service itself brings in."),
    c.BudgetSource.IN_KIND: (
        "In kind",
        "What is given other than money, at its stated value. It is never added into cash.",
    ),
}

VAT_TREATMENT: Words = {
    c.VatTreatment.STANDARD: ("Standard rate", "VAT at the standard rate comes on top."),
    c.VatTreatment.REDUCED: ("Reduced rate", "VAT at the reduced rate comes on top."),
    c.VatTreatment.ZERO: ("Zero rate", "The supply is taxable, at nought per cent."),
    c.VatTreatment.EXEMPT: ("Exempt", "No VAT is charged, and VAT on its costs usually cannot be reclaimed."),
    c.VatTreatment.OUTSIDE_SCOPE: ("Outside VAT", "It is no supply in the sense of VAT, such as most grants."),
}

ROUND_STATUS: Words = {
    c.RoundStatus.OPEN: (
        "Everyone says first",
        "Each partner says what it gives and expects without seeing the others'. Then all see at once.",
    ),
    c.RoundStatus.REVEALED: (
        "Everyone sees",
        "All have said, or the agreed time came. Everybody sees everything, and later changes show as changes.",
    ),
    c.RoundStatus.SKIPPED: ("Skipped", "All partners agreed to do without saying first and seeing together."),
}

VOCABULARIES: dict[str, Words] = {
    "contribution_kind": CONTRIBUTION_KIND,
    "unit": UNIT,
    "certainty": CERTAINTY,
    "expectation_kind": EXPECTATION_KIND,
    "strength": STRENGTH,
    "target_type": TARGET_TYPE,
    "audience": AUDIENCE,
    "met_by_type": MET_BY_TYPE,
    "expectation_state": EXPECTATION_STATE,
    "contradiction": CONTRADICTION,
    "budget_source": BUDGET_SOURCE,
    "vat_treatment": VAT_TREATMENT,
    "honesty_round_status": ROUND_STATUS,
}
