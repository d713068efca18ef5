"""Plain words for a joint bid: its life, its partners, its structure, decisions, signatures and blockers."""

from app.platform.words import codes as c
from app.platform.words.book import Words

PROPOSAL_STATUS: Words = {
    c.ProposalStatus.DRAFT: ("Being written", "Partners write, say what they give and expect, and decide."),
    c.ProposalStatus.IN_SIGN_OFF: (
        "Locked for signing",
        "The text is locked while each partner signs one and the same version.",
    ),
    c.ProposalStatus.AGREED: ("Signed by all", "Every partner that must sign has signed. It can be submitted."),
    c.ProposalStatus.SUBMITTED: ("Submitted", "The commissioner has the signed version, and you have a receipt."),
    c.ProposalStatus.CLOSED: ("Deadline passed", "The deadline has passed. Nothing in the bid can change any more."),
    c.ProposalStatus.DECIDED: ("Decided", "The commissioner has given the result."),
    c.ProposalStatus.DISSOLVED: ("Ended", "The partners decided to stop. Each keeps what it wrote."),
}

PARTNER_ROLE: Words = {
    c.PartnerRole.LEAD: (
        "Lead",
        "Holds the bid together and is the commissioner's contact. It cannot change what others declared.",
    ),
    c.PartnerRole.MEMBER: ("Member", "A full partner: declares, decides and signs."),
    c.PartnerRole.SUBCONTRACTOR: ("Subcontractor", "Does part of the work under a contract with one of the partners."),
    c.PartnerRole.ASSOCIATE: ("Associate", "Supports the bid, is not paid by it and does not contract."),
}

PARTNER_STATUS: Words = {
    c.PartnerStatus.INVITED: ("Invited", "Has been asked and has not answered yet."),
    c.PartnerStatus.ACCEPTED: (
        "Taking part",
        "Has accepted and can read and take part. It commits to no work and no money yet.",
    ),
    c.PartnerStatus.DECLINED: ("Declined", "Has said no."),
    c.PartnerStatus.CANCELLED: ("Invitation cancelled", "The invitation was taken back before it was answered."),
    c.PartnerStatus.EXPIRED: ("Invitation expired", "The time to answer the invitation has passed."),
    c.PartnerStatus.WITHDRAWN: ("Left", "Has left the bid of its own will."),
    c.PartnerStatus.REMOVED: ("Removed", "The other partners decided that it leaves."),
}

STRUCTURE_TEMPLATE: Words = {
    c.StructureTemplate.MANAGING_AGENT: (
        "Managing agent",
        "One organisation contracts and manages and delivers nothing itself; the members deliver.",
    ),
    c.StructureTemplate.LEAD_PROVIDER: (
        "Lead provider",
        "One partner contracts and also delivers; the others deliver under an agreement with it.",
    ),
    c.StructureTemplate.PRIME_AND_SUBCONTRACTORS: (
        "Main contractor and subcontractors",
        "One organisation contracts and buys parts of the work from the others.",
    ),
    c.StructureTemplate.SPECIAL_PURPOSE_VEHICLE: (
        "A new organisation owned by the partners",
        "The partners form a new organisation that contracts. It has no record or reserves of its own.",
    ),
    c.StructureTemplate.JOINT_CONTRACTING: (
        "Joint contracting",
        "Every member contracts with the commissioner; usually each can be held liable for the whole.",
    ),
    c.StructureTemplate.ALLIANCE: (
        "Alliance",
        "One agreement with the commissioner inside it; risk and reward are shared and decisions are unanimous.",
    ),
    c.StructureTemplate.FEDERATION: (
        "Federation",
        "A standing group of members. Nobody contracts until a bid is formed.",
    ),
    c.StructureTemplate.ACCOUNTABLE_BODY: (
        "Accountable body",
        "One organisation receives the grant and answers for it, under a memorandum with the others.",
    ),
    c.StructureTemplate.CUSTOM: (
        "In your own terms",
        "A structure that you describe yourselves. Say who contracts, who is paid, who is liable and who decides.",
    ),
}

LIABILITY: Words = {
    c.Liability.CONTRACTOR: ("Whoever contracts", "Only the partner that contracts is liable to the commissioner."),
    c.Liability.SEVERAL: ("Each for its own part", "Each partner is liable for its own part only."),
    c.Liability.JOINT_AND_SEVERAL: (
        "Each for the whole",
        "Each partner can be held liable for all of it, whoever was at fault.",
    ),
    c.Liability.VEHICLE: (
        "The new organisation",
        "The organisation that the partners form is liable; guarantees may be asked of its owners.",
    ),
    c.Liability.SHARED: (
        "Shared by agreement",
        "Risk and reward are shared as the agreement says, the commissioner included.",
    ),
}

DECISION_RULE: Words = {
    c.DecisionRule.CONSENSUS: ("Consensus", "Everybody who may vote must agree."),
    c.DecisionRule.CONSENT: ("Consent", "It passes unless somebody objects and says why."),
    c.DecisionRule.MAJORITY: ("Majority", "More than half, one organisation one vote."),
    c.DecisionRule.WEIGHTED: ("Weighted votes", "More than half of the agreed weights."),
    c.DecisionRule.LEAD_DECIDES: (
        "The lead decides",
        "The lead decides after hearing the others, except where others hold a veto.",
    ),
}

MATTER: Words = {
    c.Matter.STRUCTURE: ("Structure", "Who contracts, is paid and is liable, and on what terms."),
    c.Matter.DECISION_RULE: ("How you decide", "The way in which decisions are made."),
    c.Matter.BUDGET_SHARES: ("Shares of the budget", "How the money is divided between partners."),
    c.Matter.PARTNER_ROLE: ("A partner's role", "What a partner is in the bid."),
    c.Matter.PARTNER_REMOVAL: ("Removing a partner", "Whether a partner has to leave."),
    c.Matter.LEAD: ("The lead", "Which partner leads."),
    c.Matter.EXIT_PLAN: ("Exit plan", "What happens when the money ends."),
    c.Matter.PUBLICITY: ("Publicity", "What is said in public, and in whose name."),
    c.Matter.SUBMISSION: ("Submission", "Whether and when the bid is submitted."),
    c.Matter.DISSOLUTION: ("Ending the bid", "Whether the partners stop."),
    c.Matter.OTHER: ("Something else", "A matter that is not in this list."),
}

VEHICLE_STATUS: Words = {
    c.VehicleStatus.TO_BE_FORMED: (
        "To be formed",
        "It does not exist yet. Whoever signs for it now is personally bound.",
    ),
    c.VehicleStatus.FORMED: ("Formed", "It exists and can contract."),
}

SECTION_STATE: Words = {
    c.SectionState.NOT_STARTED: ("Not started", "Nobody has written here yet."),
    c.SectionState.DRAFTING: ("Being written", "Somebody is writing it."),
    c.SectionState.IN_REVIEW: ("Being checked", "It is written, and the partners are reading it."),
    c.SectionState.DONE: ("Done", "The partners are content with it."),
}

EDITION_STATUS: Words = {
    c.EditionStatus.OPEN: ("Waiting for signatures", "The signed version is being signed by each partner."),
    c.EditionStatus.AGREED: ("Signed version", "Every partner that must sign has signed it."),
    c.EditionStatus.WITHDRAWN: (
        "Taken back",
        "It was unlocked before it was submitted; its signatures no longer count.",
    ),
}

SUBMISSION_STATUS: Words = {
    c.SubmissionStatus.SUBMITTED: ("Submitted", "The commissioner has it."),
    c.SubmissionStatus.REPLACED: ("Replaced", "A later version was submitted and stands in its place."),
    c.SubmissionStatus.WITHDRAWN: ("Withdrawn", "The partners took it back before the deadline."),
    c.SubmissionStatus.ACKNOWLEDGED: ("Acknowledged", "The commissioner has confirmed that it has it."),
    c.SubmissionStatus.DECIDED: ("Decided", "The commissioner has given the result."),
}

CHECK_STATE: Words = {
    c.CheckState.OK: ("Nothing found", "This way of harming small partners was not found."),
    c.CheckState.ATTENTION: ("Look at this", "The partners should talk about it before they sign."),
    c.CheckState.SERIOUS: (
        "Serious",
        "It could harm a partner badly. It blocks nothing, but do not sign without an answer.",
    ),
}

FAIRNESS_CODE: Words = {
    c.FairnessCode.FOUNDING_AIMS: ("Founding aims", "Does the bid serve what each small partner was founded for?"),
    c.FairnessCode.DEPENDENCY: (
        "Dependency",
        "Would a partner come to depend on this money, or one partner take most of it?",
    ),
    c.FairnessCode.VOICE: ("Voice", "Is each partner heard about as much as it delivers?"),
    c.FairnessCode.SUSTAINABILITY: (
        "Sustainability",
        "Is there an exit plan, does something remain, and are full costs covered?",
    ),
    c.FairnessCode.KNOWLEDGE_AND_ASSETS: (
        "Knowledge and assets",
        "Is it clear who owns what, and does knowledge flow both ways?",
    ),
    c.FairnessCode.PAYMENT: ("Payment", "Are small partners paid in good time and at full cost?"),
    c.FairnessCode.LIABILITY: ("Liability", "Could a partner be held liable for more than it can bear?"),
}

ADDRESSED_TO: Words = {
    c.AddressedTo.ALL: ("All partners", "Every partner sees it and who raised it."),
    c.AddressedTo.FACILITATOR: (
        "The facilitator alone",
        "Only the facilitator sees it; nobody else learns who raised it.",
    ),
}

DIFFICULTY_OUTCOME: Words = {
    c.DifficultyOutcome.RESOLVED: ("Resolved", "It has been settled."),
    c.DifficultyOutcome.AGREED_TO_DIFFER: (
        "Agreed to differ",
        "You see it differently and can work together all the same.",
    ),
    c.DifficultyOutcome.ESCALATED: ("Taken further", "It went to somebody who can decide it."),
    c.DifficultyOutcome.WITHDRAWN: ("Taken back", "Whoever raised it no longer asks for anything."),
}

DECISION_STATUS: Words = {
    c.DecisionStatus.OPEN: ("Open", "Votes can be cast."),
    c.DecisionStatus.PASSED: ("Passed", "It was agreed by the rule of the partnership."),
    c.DecisionStatus.FAILED: ("Not passed", "It was not agreed."),
    c.DecisionStatus.CLOSED: ("Closed", "It has ended without a yes or no."),
}

BLOCKER: Words = {
    c.BlockerCode.NO_LEAD: ("No lead", "The bid has no lead. The partners choose one by a decision."),
    c.BlockerCode.AUTHORITY_MISSING: (
        "Authority missing",
        "A member has not yet given the lead written authority to act.",
    ),
    c.BlockerCode.INVITATION_UNANSWERED: (
        "Invitation unanswered",
        "Somebody invited has not answered. Wait for the answer, or cancel the invitation.",
    ),
    c.BlockerCode.HONESTY_ROUND_OPEN: ("Everyone says first", "Not everybody has said what they give and expect."),
    c.BlockerCode.MUST_UNMET: (
        "A must is not met",
        "Something that a partner must have is not met. Link what meets it, talk, or let its owner waive it.",
    ),
    c.BlockerCode.ACKNOWLEDGEMENT_MISSING: (
        "Not read yet",
        "A partner has not confirmed that it read what the others expect and contribute.",
    ),
    c.BlockerCode.ACKNOWLEDGEMENT_OUTDATED: (
        "Read an older version",
        "Something changed after a partner read it. It should read again and confirm.",
    ),
    c.BlockerCode.SECTION_EMPTY: ("Text missing", "A part of the bid that is required has no text."),
    c.BlockerCode.SECTION_OVER_LIMIT: (
        "Text too long",
        "A part of the bid is longer than the call allows. Text over the limit is not read.",
    ),
    c.BlockerCode.OVER_CEILING: ("Over the ceiling", "The bid asks for more money than the call allows."),
    c.BlockerCode.BUDGET_NOT_ADDING_UP: (
        "Budget does not add up",
        "The budget counts match funding or income that no confirmed contribution covers.",
    ),
    c.BlockerCode.STRUCTURE_INCOMPLETE: (
        "Structure incomplete",
        "It is not yet agreed who contracts, is paid, is liable or decides, or how one leaves.",
    ),
    c.BlockerCode.EXIT_PLAN_MISSING: ("Exit plan missing", "The bid does not say what happens when the money ends."),
    c.BlockerCode.STATEMENT_MISSING: (
        "Statement missing",
        "A partner has not answered a statement that the call asks for.",
    ),
    c.BlockerCode.DIFFICULTY_OPEN: (
        "A difficulty is open",
        "Something is being talked through. It must be closed, or its time must run out, before signing.",
    ),
    c.BlockerCode.DECISION_OPEN: (
        "A decision is open",
        "The partners are still voting on something that the signed version would contain.",
    ),
    c.BlockerCode.CALL_AMENDED: (
        "The call was changed",
        "The commissioner changed what it asks for. Look at the changes and answer them.",
    ),
    c.BlockerCode.CALL_CLOSED: (
        "The call is closed",
        "The deadline has passed, or the call was cancelled. No bid can be made.",
    ),
    "rule-<name>": (
        "A rule of the call",
        "The call has a rule of its own that the bid does not meet yet; its text says which.",
    ),
}

TERMS: Words = {
    "freeze": ("Lock for signing", "Makes one version that nobody can change, for everybody to sign."),
    "edition": (
        "Signed version",
        "One exact, numbered version of the bid. Every signature is on this version and no other.",
    ),
    "sign_off": ("Signature", "A signatory's yes, for one partner, to exactly this version."),
    "honesty_round": (
        "Everyone says first, then everyone sees",
        "Each partner says alone what it gives and expects; then all see everything at once.",
    ),
    "reconciliation": (
        "What fits and what does not",
        "Compares what each partner expects with what is really on the table.",
    ),
    "acknowledgement": ("We have read it", "A partner's word that it has read what the others expect and contribute."),
    "readiness": ("What is still missing", "The list of what stands between now and signing, with who does what next."),
    "submission": ("Submission", "Handing the signed version to the commissioner, with a receipt."),
    "lodgement": (
        "Submitted elsewhere",
        "A note that somebody submitted the signed version on the commissioner's own portal.",
    ),
    "difficulty": (
        "Difficulty",
        "Something about how the partnership works that needs talking through. Never a safeguarding report.",
    ),
    "amendment": ("Change to the call", "A numbered change that the commissioner made after publishing."),
}

VOCABULARIES: dict[str, Words] = {
    "proposal_status": PROPOSAL_STATUS,
    "partner_role": PARTNER_ROLE,
    "partner_status": PARTNER_STATUS,
    "structure_template": STRUCTURE_TEMPLATE,
    "liability": LIABILITY,
    "decision_rule": DECISION_RULE,
    "matter": MATTER,
    "vehicle_status": VEHICLE_STATUS,
    "section_state": SECTION_STATE,
    "edition_status": EDITION_STATUS,
    "submission_status": SUBMISSION_STATUS,
    "check_state": CHECK_STATE,
    "fairness_check": FAIRNESS_CODE,
    "addressed_to": ADDRESSED_TO,
    "difficulty_outcome": DIFFICULTY_OUTCOME,
    "decision_status": DECISION_STATUS,
    "blocker": BLOCKER,
    "term": TERMS,
}
