"""English, continued: statements, fairness, confidentiality, signatures, the annex, and the words of claims."""

CLOSING_EN = {
    # Statements
    "statements.intro": "Each partner made these statements for itself.",
    "statements.table": "Each partner's answers",
    "statement.non_collusion": "Non-collusion",
    "statement.conflicts_of_interest": "Conflicts of interest",
    "statement.exclusion_grounds": "Exclusion grounds",
    "statement.connected_persons": "Connected persons",
    "statement.insurance": "Insurance",
    "statement.modern_slavery": "Modern slavery",
    "statement.subsidies_received": "Subsidies received",
    "answer.yes": "Yes",
    "answer.no": "No",
    "answer.none": "None",
    "answer.not_applicable": "Does not apply",
    # Fairness, opened by every partner
    "fairness.intro": "Computed findings on how fair the arrangement is to its smaller partners, opened by all of them.",
    "fairness.table": "Fairness checks",
    "fairness.check": "Check",
    "fairness.state": "State",
    "fairness.finding": "Finding",
    "fairness.founding_aims": "Founding aims",
    "fairness.dependency": "Dependency",
    "fairness.voice": "Voice",
    "fairness.sustainability": "Sustainability",
    "fairness.knowledge_and_assets": "Knowledge and assets",
    "fairness.payment": "Payment",
    "fairness.liability": "Liability",
    "check_state.ok": "In order",
    "check_state.attention": "Needs attention",
    "check_state.serious": "Serious",
    # Confidentiality
    "confidentiality.intro": (
        "The partners ask the authority to withhold this under freedom-of-information law. The authority decides."
    ),
    "confidentiality.table": "Claims of confidentiality",
    "confidentiality.what": "What",
    "confidentiality.reason": "Why",
    "confidentiality.basis": "Basis",
    "confidentiality.until": "Until",
    "pointer.sections": "An answer or part of the text",
    "pointer.budget": "The budget",
    "pointer.contributions": "A contribution",
    "pointer.partners": "Details of a partner",
    "pointer.structure": "The structure",
    "pointer.attachments": "A document",
    # Attachments
    "attachments.table": "Documents and their fingerprints",
    "attachments.name": "Document",
    "attachments.of": "From",
    "attachments.sha256": "SHA-256",
    "pack.left_out": "Files left out of this pack",
    "pack.left_out.note": (
        "These files go in the bid, and their owners named who may read them. You are not among those, so they are not in "
        "this pack. Before anybody lodges the bid on another website, have the pack made by a partner that may read them all, "
        "or have their owners add them.\n\n{files}\n"
    ),
    # Signatures
    "signatures.preview": "This is a draft. Nobody has signed it, and it can still change.",
    "signatures.words_intro": "Each signatory signed with these words:",
    "signatures.table": "Signatures",
    "signatures.organisation": "For",
    "signatures.person": "Signed by",
    "signatures.basis": "Authority from",
    "signatures.when": "When",
    "signatures.waiting": "Still to sign: {names}. Until they have, this is a draft.",
    "signatures.withdrawn": "This version was withdrawn. Its signatures no longer count.",
    "basis.constitution": "Constitution",
    "basis.resolution": "Resolution",
    "basis.delegation": "Delegation",
    "check.title": "How to check this document",
    "check.edition": "Version",
    "check.code": "Short code",
    "check.sha256": "SHA-256",
    "check.address": "Check at",
    "check.how": (
        "Every signature is a signature of the SHA-256 above. It is the fingerprint of the bid's text as data "
        "(document.json, canonical JSON by RFC 8785): change one comma and it is another."
    ),
    "check.how_online": (
        "Every signature is a signature of the SHA-256 above. It is the fingerprint of the bid's text as data "
        "(document.json, canonical JSON by RFC 8785): change one comma and it is another. The address above says "
        "whether a version with this fingerprint was signed, by whom and when."
    ),
    "check.attached": (
        "The PDF of this document carries document.json as an attachment: take it out, compute its SHA-256, and "
        "compare it with the one above."
    ),
    "check.attachment": "The signed text of this bid as canonical JSON",
    "check.kind": (
        "These are simple electronic signatures. They agree the content of this version and authorise its submission; "
        "they are not a deed, not the joint working agreement between the partners, and not the contract."
    ),
    # The annex
    "annex.title": "The partners' annex",
    "annex.title_of": "Annex: {title}",
    "annex.for_partners": "This annex is for the partners alone. The commissioner gets its fingerprint, and not its text.",
    "annex.for_partners_short": "For the partners alone",
    "part.annex_expectations": "What each partner expects, and how it is met",
    "part.annex_decisions": "Decisions",
    "part.annex_difficulties": "Difficulties that were raised to all",
    "annex.expectations_table": "All expectations",
    "annex.state": "How it is met",
    "annex.waived": "Waived by its owner: {why}",
    "annex.matter": "Matter",
    "annex.result": "Result",
    "annex.votes": "Votes",
    "annex.answer_of": "{partner} on {check}",
    "annex.chosen": "Chosen",
    "annex.former_partner": "A partner that has left",
    "expectation_state.met": "Met",
    "expectation_state.partly_met": "Partly met",
    "expectation_state.unmet": "Not met",
    "expectation_state.contradicted": "Contradicted",
    "expectation_state.waived": "Waived",
    "decision.open": "Open",
    "decision.passed": "Carried",
    "decision.failed": "Not carried",
    "decision.closed": "Closed",
    "vote.for": "For",
    "vote.against": "Against",
    "vote.abstain": "Abstained",
    "difficulty.resolved": "Resolved",
    "difficulty.agreed_to_differ": "Agreed to differ",
    "difficulty.escalated": "Taken further",
    "difficulty.withdrawn": "Withdrawn",
    # What each statement answers, and what a claim rests on
    "statement_question.non_collusion": "Has this organisation prepared its part on its own, agreeing prices and terms with nobody but its partners in this bid?",
    "statement_question.conflicts_of_interest": "Does anyone in this organisation have an interest in the buyer or in this decision, or the buyer in it?",
    "statement_question.exclusion_grounds": "Does any mandatory or discretionary exclusion ground of this call's rules apply to this organisation?",
    "statement_question.connected_persons": "Who controls or directs this organisation: directors, trustees, parent bodies, majority owners?",
    "statement_question.insurance": "Does this organisation hold, or will it hold before the start, the insurance that the call asks for?",
    "statement_question.modern_slavery": "Is this organisation free of modern slavery in its work and supply, and does it publish a statement where the law asks for one?",
    "statement_question.subsidies_received": "Has this organisation received public subsidies or minimal financial assistance in this and the last two financial years?",
    "claim_basis.foia_s41": "Freedom of Information Act 2000, section 41",
    "claim_basis.foia_s43": "Freedom of Information Act 2000, section 43",
    "claim_basis.eir_12_5_e": "Environmental Information Regulations 2004, regulation 12(5)(e)",
    "claim_basis.pa2023_s94": "Procurement Act 2023, section 94",
    "claim_basis.other": "Another ground",
}
