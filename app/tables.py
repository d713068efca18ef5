"""Every table. Importing this module registers them all with the metadata."""

import app.bid.budget.tables
import app.bid.decisions.tables
import app.bid.declarations.tables
import app.bid.exit.tables
import app.bid.facilitation.tables
import app.bid.fairness.tables
import app.bid.files.tables
import app.bid.handing_in.tables
import app.bid.openings.tables
import app.bid.outcomes.tables
import app.bid.records.tables
import app.bid.signoff.tables
import app.bid.statements.tables
import app.bid.text.live.tables
import app.bid.text.tables
import app.calls.areas.tables
import app.calls.opportunities.tables
import app.calls.templates.tables
import app.people.accounts.tables
import app.people.clients.tables
import app.people.notifications.tables
import app.people.organisations.tables
import app.platform.db.tables  # noqa: F401
