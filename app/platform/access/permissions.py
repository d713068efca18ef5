"""The permission table: one row for each operation of the API, by its operationId. A route without a row fails."""

from app.platform.access import rules as a
from app.platform.access.rules import Hold, Lock, Relation, Rule, Scope, Standing, Who
from app.platform.words.codes import ProposalStatus

Rules = dict[str, Rule]


def _public(*names: str) -> Rules:
    return {name: Rule(Scope.PUBLIC) for name in names}


def _signed_in(*names: str, oauth: str | None = None, holds: Hold = Hold.NOTHING) -> Rules:
    return {name: Rule(Scope.PERSON, oauth=oauth, holds=holds) for name in names}


def _organisation(see: Who, may: Who, *names: str, holds: Hold = Hold.NOTHING) -> Rules:
    return {name: Rule(Scope.ORGANISATION, see, may, holds=holds) for name in names}


def _opportunity(see: Who, may: Who, *names: str) -> Rules:
    reading = may is a.ANYONE
    oauth = "opportunities:read" if reading else "opportunities:write"
    return {name: Rule(Scope.OPPORTUNITY, see, may, oauth=oauth) for name in names}


def _webhook(*names: str) -> Rules:
    return dict.fromkeys(names, Rule(Scope.WEBHOOK, a.OWNERS, a.ADMINS, oauth="webhooks:write", programs=True))


def _read(see: Who, *names: str, confided: bool = False) -> Rules:
    rule = Rule(Scope.PROPOSAL, see, oauth="proposals:read", confided=confided, counted_apart=False)
    return dict.fromkeys(names, rule)


def _write(
    see: Who,
    may: Who,
    states: frozenset[ProposalStatus] | None,
    *names: str,
    lock: Lock = Lock.WRITE,
    token: bool = False,
    sensible: Who = a.ANYONE,
    leaves: tuple[Relation, ...] = (),
    confided: bool = False,
    hidden: bool = False,
    holds: Hold = Hold.NOTHING,
    corrects: bool = False,
) -> Rules:
    rule = Rule(
        Scope.PROPOSAL, see, may, states, lock, "proposals:write", token, sensible, leaves, confided,
        not (confided or hidden), holds, corrects,
    )  # fmt: skip
    return dict.fromkeys(names, rule)


def _hidden(may: Who, *names: str, states: frozenset[ProposalStatus] = a.DRAFT) -> Rules:
    """Changes that others inside may not know of, at least for a time."""
    return _write(a.INSIDE, may, states, *names, hidden=True)


_MEMBERS = Hold.ORGANISATION | Hold.NAMING
_JOINS = Hold.OWN | Hold.CALL

PERMISSIONS: Rules = {
    # Service
    **_public("healthz", "readyz", "metrics", "get_problem_page", "list_vocabularies", "get_vocabulary"),
    # People
    **_public("register", "verify_email", "request_password_reset", "reset_password", "sign_in", "issue_client_token"),
    **_public("introspect_token", "revoke_client_token", "get_oauth_metadata"),
    **_public("read_invitation", "read_member_invitation"),
    **_signed_in(
        "list_sessions",
        "get_session",
        "end_session",
        "sign_out",
        "get_me",
        "update_me",
        "export_me",
        "list_tasks",
        "list_my_invitations",
    ),
    **_signed_in("erase_me", holds=Hold.PERSON | Hold.OWN | Hold.NAMING),
    **_signed_in("accept_member_invitation", holds=Hold.PERSON),
    # Organisations
    **_signed_in("create_organisation", holds=Hold.PERSON),
    **_signed_in("list_organisations"),
    **_organisation(a.READABLE, a.ANYONE, "get_organisation"),
    **_organisation(a.READABLE, a.ADMINS, "update_organisation"),
    **_organisation(a.MEMBERS, a.ANYONE, "list_members", "get_member"),
    **_organisation(a.MEMBERS, a.ANYONE, "remove_member", holds=_MEMBERS),
    **_organisation(a.MEMBERS, a.ANYONE, "list_member_invitations", "get_member_invitation"),
    **_organisation(a.MEMBERS, a.ADMINS, "invite_member", "withdraw_member_invitation"),
    **_organisation(a.MEMBERS, a.ADMINS, "update_member", holds=_MEMBERS),
    **_organisation(a.MEMBERS, a.ADMINS, "create_client", "list_clients", "get_client", "revoke_client"),
    **_organisation(
        a.MEMBERS,
        a.ADMINS,
        *("update_client", "create_client_secret", "delete_client_secret"),
        holds=Hold.ORGANISATION,
    ),
    **_organisation(a.MEMBERS, a.ANYONE, "get_document_template", "get_document_logo"),
    **_organisation(a.MEMBERS, a.ADMINS, "put_document_template", "delete_document_template"),
    **_organisation(a.MEMBERS, a.ADMINS, "put_document_logo", "delete_document_logo"),
    # Opportunities
    **_signed_in("create_opportunity", "import_opportunities", oauth="opportunities:write"),
    **_signed_in("type_opportunity", oauth="opportunities:write", holds=Hold.OWN),
    **_signed_in("list_opportunities", oauth="opportunities:read"),
    **_signed_in("create_saved_search", oauth="opportunities:write", holds=Hold.OWN),
    **_signed_in("update_saved_search", "delete_saved_search", oauth="opportunities:write"),
    **_signed_in("renew_feed_links", oauth="opportunities:write"),
    **_signed_in("list_saved_searches", "get_saved_search", oauth="opportunities:read"),
    **_public("get_feed", "get_stop_alerts_page", "stop_alerts"),
    **_opportunity(a.READABLE, a.ANYONE, "get_opportunity", "get_opportunity_record", "get_opportunity_history"),
    **_opportunity(a.READABLE, a.OWNER_EDITORS, "update_opportunity", "publish_opportunity", "cancel_opportunity"),
    **_signed_in("list_outcome_frameworks", oauth="opportunities:read"),
    **_opportunity(a.READABLE, a.ANYONE, "list_opportunity_frameworks", "get_opportunity_framework"),
    **_opportunity(a.READABLE, a.OWNER_EDITORS, "import_framework"),
    **_opportunity(a.READABLE, a.ANYONE, "get_call_document_template", "get_call_document_logo"),
    **_opportunity(a.READABLE, a.OWNER_EDITORS, "put_call_document_template", "delete_call_document_template"),
    **_opportunity(a.READABLE, a.OWNER_EDITORS, "put_call_document_logo", "delete_call_document_logo"),
    **_signed_in("list_areas", "get_area", oauth="opportunities:read"),
    # Proposals and partners
    **_signed_in("create_proposal", oauth="proposals:write", holds=Hold.OWN),
    **_signed_in("list_proposals", oauth="proposals:read"),
    **_read(a.TIED, "get_proposal"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "update_proposal"),
    **_read(a.INSIDE, "list_partners", "get_partner", "list_bid_people"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "invite_partner", "send_invitation_again"),
    **_hidden(a.EDITORS, "remind_partner", states=a.WHILE_SIGNING),
    **_write(
        a.ANSWERABLE,
        a.INVITED_BINDERS,
        a.DRAFT,
        "accept_invitation",
        token=True,
        sensible=a.INVITED,
        holds=_JOINS | Hold.SEAT,
    ),
    **_write(a.ANSWERABLE, a.DECLINERS, a.LIVING, "decline_invitation", token=True, sensible=a.UNCONFIRMED),
    **_write(a.INSIDE, a.CONFIRMERS, a.DRAFT, "confirm_partner", holds=Hold.SEAT | Hold.CALL),
    **_write(a.TIED, a.LEAVERS, a.LIVING, "withdraw_partner", leaves=(Relation.PARTNER, Relation.WAITING)),
    **_write(a.INSIDE, a.CORE_EDITORS, a.LIVING, "remove_partner"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "update_partner"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "give_authority", sensible=a.NOT_LEADING),
    **_write(a.INSIDE, a.BINDERS, None, "put_naming"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "change_lead"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.BEFORE_DEADLINE, "dissolve_proposal"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.BEFORE_DEADLINE, "follow_notice", corrects=True),
    **_read(a.INSIDE, "get_portal_questions"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "put_portal_questions"),
    **_read(a.ANSWERABLE, "list_other_bids", "get_other_bid"),
    **_write(a.ANSWERABLE, a.DECLARERS, a.LIVING, "declare_other_bid", holds=Hold.OWN),
    **_write(a.INSIDE, a.BINDERS, a.LIVING, "answer_other_bid", holds=Hold.DECLARER),
    **_read(a.INSIDE_OR_ASKED_IN, "get_structure"),
    **_write(a.INSIDE, a.CORE_EDITORS, None, "preview_structure", lock=Lock.NONE),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "put_structure"),
    # Declarations
    **_read(a.PARTNERS_PAST_AND_PRESENT, "list_contributions", "get_contribution", "list_expectations"),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "get_expectation"),
    **_hidden(a.EDITORS, "create_contribution", "update_contribution", "delete_contribution", "batch_contributions"),
    **_hidden(a.EDITORS, "create_expectation", "update_expectation", "delete_expectation", "batch_expectations"),
    **_hidden(a.EDITORS, "put_met_by"),
    **_hidden(a.SIGNATORIES, "waive_expectation"),
    **_hidden(a.BINDERS, "file_declarations"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "accept_expectation"),
    **_read(a.INSIDE, "get_honesty_round", "get_reconciliation", "list_acknowledgements", "get_acknowledgement"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "skip_honesty_round", "acknowledge_declarations"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "put_honesty_round"),
    # Budget, outcomes, statements
    **_read(a.PARTNERS_PAST_AND_PRESENT, "list_budget_lines", "get_budget_line", "get_budget", "get_budget_workbook"),
    **_hidden(a.EDITORS, "create_budget_line", "update_budget_line", "delete_budget_line"),
    **_hidden(a.EDITORS, "batch_budget_lines", "put_budget_workbook", "apply_overheads"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "show_totals"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "say_prices_final"),
    **_read(a.INSIDE, "list_outcomes", "get_outcome", "get_outcome_coverage"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "create_outcome", "update_outcome", "delete_outcome", "confirm_outcome"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "import_outcomes"),
    **_read(a.INSIDE, "list_statements", "get_statement", "list_confidentiality_claims", "get_confidentiality_claim"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "put_statement", "claim_confidentiality", "withdraw_confidentiality_claim"),
    # Sections
    **_read(a.INSIDE, "list_sections", "get_section", "get_section_content", "get_section_history"),
    **_read(a.INSIDE, "get_section_version", "list_comments", "get_comment"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "update_section", "restore_section", "put_section_content"),
    **_write(a.INSIDE, a.ANYONE, None, "create_live_token", lock=Lock.NONE),
    **_write(a.INSIDE, a.CONTRIBUTORS, a.LIVING, "create_comment", "update_comment"),
    **_write(a.INSIDE, a.CONTRIBUTORS, a.LIVING, "keep_section_version"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "accept_suggestion", "decline_suggestion"),
    # Governance and facilitation
    **_read(a.INSIDE, "list_decisions", "get_decision", "list_votes", "get_vote", "list_conflicts", "get_conflict"),
    **_read(a.INSIDE, "list_proxies", "get_proxy", "list_facilitators", "get_minutes", "get_minutes_data"),
    **_read(a.INSIDE, "get_exit_plan", "list_assets", "get_asset", "list_knowledge_terms", "get_knowledge_term"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "put_exit_plan"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "add_asset", "update_asset", "delete_asset"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "add_knowledge_term", "update_knowledge_term", "delete_knowledge_term"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "agree_asset", "agree_knowledge_term"),
    # After a deadline that the bid itself holds, only the motion that would correct it can be opened and voted on.
    **_write(a.INSIDE, a.CORE_EDITORS, a.BEFORE_DEADLINE, "open_decision", corrects=True),
    **_write(a.INSIDE, a.BINDERS, a.BEFORE_DEADLINE, "cast_vote", "declare_conflict", corrects=True),
    **_write(a.INSIDE, a.CORE_BINDERS, a.BEFORE_DEADLINE, "give_proxy", "take_proxy_back"),
    **_write(a.INSIDE, a.CONTRIBUTORS, a.LIVING, "close_decision"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.LIVING, "ask_facilitator"),
    **_write(a.OFFERED, a.OFFERED_STAFF, a.LIVING, "accept_facilitation", sensible=a.ASKED, holds=_JOINS),
    **_write(a.INSIDE, a.BINDERS, a.LIVING, "agree_to_facilitator", "object_to_facilitator"),
    **_read(a.INSIDE, "get_facilitator", "list_facilitation_notes", "get_facilitation_note", "get_removal_certificate"),
    **_write(a.INSIDE, a.FACILITATOR_STAFF, a.LIVING, "add_facilitation_note", "certify_removal"),
    **_read(a.FACILITATOR, "list_notebook", "get_notebook_entry", confided=True),
    **_write(a.FACILITATOR, a.FACILITATOR_STAFF, None, "add_notebook_entry", lock=Lock.NONE, confided=True),
    **_write(a.FACILITATOR, a.FACILITATOR_STAFF, None, "update_notebook_entry", lock=Lock.NONE, confided=True),
    **_write(a.FACILITATOR, a.FACILITATOR_STAFF, None, "delete_notebook_entry", lock=Lock.NONE, confided=True),
    **_signed_in("get_caseload", "list_notifications", "get_notification", "mark_notifications_read"),
    **_read(a.INSIDE, "list_openings", "get_opening", "list_applications", "get_application"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "create_opening", "update_opening", "answer_application"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.LIVING, "close_opening"),
    **_write(a.SIGNED_IN, a.ANYONE, a.DRAFT, "apply_for_opening", sensible=a.OUTSIDE, holds=Hold.CALL),
    **_signed_in("list_public_openings", "get_public_opening", "list_my_applications", "get_my_application"),
    **_signed_in("withdraw_application", "suggest_partnership", "list_partnership_suggestions"),
    **_signed_in("get_partnership_suggestion"),
    **_signed_in("get_notification_choices", "update_notification_choices"),
    **_public("get_unsubscribe_page", "unsubscribe"),
    **_organisation(a.MEMBERS, a.ANYONE, "list_two_sides", "get_two_sides"),
    **_organisation(a.MEMBERS, a.ADMINS, "record_two_sides", "update_two_sides", holds=Hold.ORGANISATION),
    **_write(a.OFFERED, a.BINDERS_OR_FACILITATOR, a.LIVING, "end_facilitation", leaves=(Relation.FACILITATOR,)),
    **_read(
        a.INSIDE, "list_difficulties", "get_difficulty", "list_difficulty_steps", "get_difficulty_step", confided=True
    ),
    **_write(a.INSIDE, a.EDITORS, a.LIVING, "raise_difficulty", confided=True),
    **_write(a.INSIDE, a.CONTRIBUTORS, a.LIVING, "add_difficulty_step", "close_difficulty", confided=True),
    **_read(a.INSIDE, "get_fairness_checks", "get_fairness_check", "get_fairness_answer"),
    **_write(a.INSIDE, a.BINDERS, a.DRAFT, "share_fairness_check"),
    **_write(a.INSIDE, a.EDITORS, a.DRAFT, "answer_fairness_check"),
    # Sign-off, documents, submission
    **_read(a.INSIDE, "get_readiness", "list_events"),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "list_editions", "get_edition", "get_edition_document"),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "get_edition_bytes", "list_sign_offs", "get_sign_off"),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "list_refusals", "get_refusal"),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "get_edition_annex", "get_edition_schedule"),
    **_read(a.INSIDE, "get_applied_document_template"),
    **_read(
        a.INSIDE,
        "get_document",
        "get_draft",
        "get_draft_annex",
        "get_joint_working_agreement",
        "get_pack",
        "get_answers",
    ),
    **_read(a.PARTNERS_PAST_AND_PRESENT, "get_edition_annex_document", "get_edition_answers"),
    **_read(a.INSIDE, "list_replaced_characters"),
    **_public("verify_hash", "verify_file"),
    **_write(a.INSIDE, a.CORE_EDITORS, a.DRAFT, "create_edition", lock=Lock.FREEZE),
    **_write(a.INSIDE, a.SIGNERS, a.IN_SIGN_OFF, "sign_edition", lock=Lock.FREEZE, holds=Hold.RIGHTS),
    **_write(a.INSIDE, a.SIGNERS, a.IN_SIGN_OFF, "refuse_edition", lock=Lock.FREEZE),
    **_write(a.INSIDE, a.SIGNERS, a.WITH_EDITION, "withdraw_edition", lock=Lock.FREEZE),
    **_read(a.INSIDE, "list_submissions_of_proposal", "list_lodgements"),
    **_read(a.INSIDE, "get_submission_of_proposal", "get_lodgement"),
    **_write(a.INSIDE, a.SUBMITTERS, a.TO_SUBMIT, "submit_proposal", lock=Lock.FREEZE),
    **_write(a.INSIDE, a.SUBMITTERS, a.BEFORE_DEADLINE, "withdraw_submission", lock=Lock.FREEZE),
    **_write(a.INSIDE, a.EDITORS, a.LIVING, "record_lodgement"),
    # Attachments
    **_read(a.INSIDE, "list_documents", "get_attached_document"),
    # What is in the bid changes in a draft alone; what is not can be attached as evidence while the partners sign.
    **_hidden(a.EDITORS, "attach_document", "update_document", "delete_document", states=a.WHILE_SIGNING),
    # Commissioners
    **_signed_in("list_submissions", oauth="submissions:read"),
    **{
        name: Rule(Scope.SUBMISSION, a.OWNERS, oauth="submissions:read")
        for name in ("get_submission", "get_submission_bytes", "get_submission_document", "get_submission_ocds")
    },
    **{
        name: Rule(Scope.SUBMISSION, a.OWNERS, oauth="submissions:read")
        for name in ("get_submission_schedule", "get_submission_pack", "get_submission_file")
    },
    **{
        name: Rule(Scope.SUBMISSION, a.OWNERS, a.OWNER_EDITORS, oauth="submissions:write")
        for name in ("acknowledge_submission", "decide_submission")
    },
    # Webhooks
    **_signed_in("create_webhook", "list_webhooks", oauth="webhooks:write"),
    **_webhook("get_webhook", "update_webhook", "delete_webhook", "rotate_webhook", "enable_webhook", "ping_webhook"),
    **_webhook("list_deliveries", "get_delivery", "redeliver", "redeliver_since"),
}


def can(standing: Standing, scope: Scope = Scope.PROPOSAL) -> list[str]:
    """The operations on a thing of this kind that this reader could do now: `viewer.can`."""
    return [
        operation
        for operation, rule in PERMISSIONS.items()
        if rule.scope is scope and rule.allows(standing) and rule.sensible.test(standing) and rule.open_now(standing)
    ]
