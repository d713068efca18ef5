"""Plain words for calls: what a commissioner asks for, by which rules, and how bids reach it."""

from app.platform.words import codes as c
from app.platform.words.book import Words

REGIME: Words = {
    c.Regime.PA2023: (
        "Procurement Act 2023",
        "The general rules for public contracts since 24 February 2025, where no others in this list apply.",
    ),
    c.Regime.PA2023_WALES: (
        "Procurement Act 2023 (Wales)",
        "The Procurement Act with the regulations of its own that Wales made for devolved Welsh authorities.",
    ),
    c.Regime.PSR: (
        "Provider Selection Regime",
        "The rules by which health services are arranged in England.",
    ),
    c.Regime.SCOTLAND: ("Scottish procurement rules", "Scotland has its own rules for public contracts."),
    c.Regime.BELOW_THRESHOLD: (
        "Below threshold",
        "A public contract that is too small for the full rules. The notice says what applies.",
    ),
    c.Regime.GRANT: (
        "Grant",
        "Money given for a purpose, not a contract for services. Procurement rules do not apply.",
    ),
    c.Regime.OTHER: (
        "Other rules",
        "Rules that are not named in this list, such as those in force before 24 February 2025.",
    ),
}

OPPORTUNITY_MODE: Words = {
    c.OpportunityMode.SEALED: (
        "Sealed",
        "Nobody at the commissioner sees any bid, who bids, or how many bids there are, before the deadline.",
    ),
    c.OpportunityMode.OPEN: ("Open", "The commissioner can read each bid from the moment that it is submitted."),
}

OPPORTUNITY_STATUS: Words = {
    c.OpportunityStatus.DRAFT: ("Draft", "Only the organisation that is writing it can see it."),
    c.OpportunityStatus.PUBLISHED: ("Open for bids", "It is published, and bids can be made until the deadline."),
    c.OpportunityStatus.CLOSED: (
        "Closed",
        "The deadline has passed, or the commissioner has ended it. No bid can be made.",
    ),
    c.OpportunityStatus.CANCELLED: ("Cancelled", "The commissioner has stopped it. No bid can be made."),
    c.OpportunityStatus.PLANNED: (
        "Planned",
        "An early notice of what may come. No bid can be made yet; it is a good time to find partners.",
    ),
    c.OpportunityStatus.AWARDED: ("Awarded", "The commissioner has said who was chosen. No bid can be made."),
    c.OpportunityStatus.WITHDRAWN: ("Withdrawn", "The notice was taken back. No bid can be made."),
}

VAT_BASIS: Words = {
    c.VatBasis.EXCLUDED: ("Without VAT", "The ceiling is a net sum: VAT comes on top of it."),
    c.VatBasis.INCLUDED: ("With VAT", "The ceiling is a gross sum: VAT must fit inside it."),
    c.VatBasis.UNKNOWN: (
        "Not said",
        "The notice does not say whether VAT is inside the ceiling. Ask the commissioner before you set your price.",
    ),
}

PRICE_DETAIL: Words = {
    c.PriceDetail.TOTALS: ("Totals", "The commissioner gets each partner's totals by year, and no single budget line."),
    c.PriceDetail.LINES: (
        "Lines",
        "The commissioner also gets each partner's budget lines, as a schedule that the other partners do not see.",
    ),
}

COLLABORATION: Words = {
    c.Collaboration.REQUIRED: ("Joint bids only", "A bid must come from several organisations together."),
    c.Collaboration.ALLOWED: ("Joint bids welcome", "One organisation may bid alone, or several together."),
    c.Collaboration.FORBIDDEN: ("Single bids only", "The call does not take joint bids."),
}

SEVERAL_BIDS: Words = {
    c.SeveralBids.ALLOWED: ("Allowed", "An organisation may be in several bids for the same lot."),
    c.SeveralBids.DECLARED: (
        "Allowed if declared",
        "An organisation may be in several bids for the same lot if it tells the partners of each.",
    ),
    c.SeveralBids.FORBIDDEN: ("Not allowed", "An organisation may be in one bid only for the same lot."),
}

ROUTE_KIND: Words = {
    c.RouteKind.HERE: ("Submit here", "The commissioner takes bids through this service, and you get a receipt."),
    c.RouteKind.ELSEWHERE: (
        "Submit on another website",
        "The bid must be made on the commissioner's own portal. Agree and sign it here, submit it there, "
        "then record here that you did.",
    ),
    c.RouteKind.UNKNOWN: (
        "We do not know where to submit",
        "The notice does not say how bids are made. Read it and ask the commissioner; nothing can be submitted here.",
    ),
}

LIMIT_UNIT: Words = {
    c.LimitUnit.WORDS: ("Words", "The answer may have at most so many words; headings, lists and tables count."),
    c.LimitUnit.CHARACTERS: ("Characters", "The answer may have at most so many characters, spaces included."),
    c.LimitUnit.PAGES: ("Pages", "The answer may fill at most so many pages of the bid document."),
}

STANDARD_SECTION: Words = {
    c.StandardSection.SUMMARY: (
        "Summary",
        "The whole bid on a page: who you are together, what you offer, why it works.",
    ),
    c.StandardSection.DELIVERY_PLAN: (
        "Delivery plan",
        "What will be done, by which partner, where, for whom and when.",
    ),
    c.StandardSection.MOBILISATION: ("Mobilisation", "How you get from the award to the first day of the service."),
    c.StandardSection.STAFFING_AND_TUPE: (
        "Staffing and TUPE",
        "Who will work on it, and which staff of a present provider may transfer to you by law (TUPE).",
    ),
    c.StandardSection.GOVERNANCE: ("Governance", "How the partners decide, check progress and settle disputes."),
    c.StandardSection.RISKS: ("Risks", "What could go wrong, how likely it is, who deals with it and how."),
    c.StandardSection.QUALITY: ("Quality", "How you know that the service is good, and what you do when it is not."),
    c.StandardSection.SAFEGUARDING: ("Safeguarding", "How children and adults at risk are kept safe in the service."),
    c.StandardSection.EQUALITY: ("Equality", "How everybody who needs the service can use it and is treated fairly."),
    c.StandardSection.DATA_PROTECTION: (
        "Data protection",
        "Which personal data are used, who is responsible, how they are kept safe.",
    ),
    c.StandardSection.SOCIAL_VALUE: (
        "Social value",
        "What good the contract does for the area beyond the service itself.",
    ),
    c.StandardSection.EXIT_AND_SUSTAINABILITY: (
        "Exit and sustainability",
        "What happens when the money ends: what remains, who takes it over, who pays. Every bid needs it.",
    ),
}

STATEMENT_KEY: Words = {
    c.StatementKey.NON_COLLUSION: (
        "No collusion",
        "You have not fixed prices or shared this bid with rivals outside the partnership.",
    ),
    c.StatementKey.CONFLICTS_OF_INTEREST: (
        "Conflicts of interest",
        "Whether anyone of yours has an interest that could sway the commissioner's choice, or seem to.",
    ),
    c.StatementKey.EXCLUSION_GROUNDS: (
        "Exclusion grounds",
        "Whether anything applies to you for which the law excludes, or lets a commissioner exclude, a supplier.",
    ),
    c.StatementKey.CONNECTED_PERSONS: (
        "Connected persons",
        "Who controls your organisation or has significant influence over it: trustees, directors, parent bodies.",
    ),
    c.StatementKey.INSURANCE: ("Insurance", "Which insurances you hold or will take out, and up to what sums."),
    c.StatementKey.MODERN_SLAVERY: (
        "Modern slavery",
        "What you do so that nobody is exploited in your work or supplies.",
    ),
    c.StatementKey.SUBSIDIES_RECEIVED: (
        "Subsidies received",
        "Public support that counts towards the limits of subsidy control law.",
    ),
}

LOT_OUTCOME: Words = {
    c.LotOutcome.AWARDED: ("Awarded", "The bid won this lot."),
    c.LotOutcome.NOT_AWARDED: ("Not awarded", "Another bid won this lot."),
    c.LotOutcome.EXCLUDED: ("Excluded", "The bid could not be considered for this lot; the feedback says why."),
    c.LotOutcome.NOT_ASSESSED: ("Not assessed", "The bid was not assessed for this lot; the feedback says why."),
    c.LotOutcome.TERMINATED: ("Ended without award", "The commissioner ended this lot without choosing anybody."),
}

VOCABULARIES: dict[str, Words] = {
    "regime": REGIME,
    "opportunity_mode": OPPORTUNITY_MODE,
    "opportunity_status": OPPORTUNITY_STATUS,
    "vat_basis": VAT_BASIS,
    "price_detail": PRICE_DETAIL,
    "collaboration": COLLABORATION,
    "several_bids": SEVERAL_BIDS,
    "submission_route": ROUTE_KIND,
    "limit_unit": LIMIT_UNIT,
    "standard_section": STANDARD_SECTION,
    "statement": STATEMENT_KEY,
    "lot_outcome": LOT_OUTCOME,
}
