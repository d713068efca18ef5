"""The rooms of the house, from the lowest to the highest: the one list of what the service can do.

`CONTRIBUTING.md` says how one is added.
"""

from app.bid.budget.capability import capability as bid_budget
from app.bid.decisions.capability import capability as bid_decisions
from app.bid.declarations.capability import capability as bid_declarations
from app.bid.exit.capability import capability as bid_exit
from app.bid.facilitation.capability import capability as bid_facilitation
from app.bid.fairness.capability import capability as bid_fairness
from app.bid.files.capability import capability as bid_files
from app.bid.handing_in.capability import capability as bid_handing_in
from app.bid.openings.capability import capability as bid_openings
from app.bid.outcomes.capability import capability as bid_outcomes
from app.bid.proposal.capability import capability as bid_proposal
from app.bid.renderings.capability import capability as bid_renderings
from app.bid.signoff.capability import capability as bid_signoff
from app.bid.statements.capability import capability as bid_statements
from app.bid.structure.capability import capability as bid_structure
from app.bid.text.capability import capability as bid_text
from app.bid.text.live.capability import capability as bid_text_live
from app.calls.areas.capability import capability as calls_areas
from app.calls.finding.capability import capability as calls_finding
from app.calls.notices.capability import capability as calls_notices
from app.calls.opportunities.capability import capability as calls_opportunities
from app.calls.saved.capability import capability as calls_saved
from app.calls.templates.capability import capability as calls_templates
from app.commissioning.inbox.capability import capability as commissioning_inbox
from app.commissioning.webhooks.capability import capability as commissioning_webhooks
from app.people.accounts.capability import capability as people_accounts
from app.people.clients.capability import capability as people_clients
from app.people.me.capability import capability as people_me
from app.people.notifications.capability import capability as people_notifications
from app.people.organisations.capability import capability as people_organisations
from app.platform import capability
from app.platform.capability import Joined
from app.platform.vocabularies.capability import capability as platform_vocabularies
from app.platform.words.catalogue import require
from app.platform.worker.capability import capability as platform_worker
from app.workspace.capability import capability as workspace

CAPABILITIES = (
    platform_worker,
    platform_vocabularies,
    people_accounts,
    people_organisations,
    people_clients,
    people_notifications,
    people_me,
    calls_areas,
    calls_opportunities,
    calls_notices,
    calls_finding,
    calls_saved,
    calls_templates,
    bid_files,
    bid_decisions,
    bid_structure,
    bid_outcomes,
    bid_statements,
    bid_text,
    bid_text_live,
    bid_budget,
    bid_declarations,
    bid_exit,
    bid_fairness,
    bid_facilitation,
    bid_signoff,
    bid_handing_in,
    bid_renderings,
    bid_proposal,
    bid_openings,
    commissioning_inbox,
    commissioning_webhooks,
    workspace,
)


def join() -> Joined:
    """Join the rooms in this process: before the first request, the first job, or a command that changes anything."""
    made = capability.join(CAPABILITIES)
    require(f"event.{type_}.label" for type_ in made.events)
    require(f"task.{code}" for task in made.tasks for code in task.codes)
    return made
