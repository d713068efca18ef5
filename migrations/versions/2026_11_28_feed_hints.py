"""Whoever waits for the feed is told by the transaction that changes it.

They are triggers, so that no way of changing these rows can forget it.

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_OWNER = """
CREATE FUNCTION notify_feed_of_submissions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('cobid_feed', 'submissions:' || o.organisation_id || ' ' || pg_current_xact_id()::text)
  FROM (SELECT DISTINCT c.organisation_id FROM changed s JOIN opportunities c ON c.id = s.opportunity_id
        WHERE c.organisation_id IS NOT NULL) o;
  RETURN NULL;
END $$"""
_CALLS = """
CREATE FUNCTION notify_feed_of_opportunities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('cobid_feed', 'submissions:' || NEW.organisation_id || ' ' || pg_current_xact_id()::text);
  RETURN NULL;
END $$"""


def upgrade() -> None:
    op.execute(_OWNER)
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER notify_feed_{event.lower()} AFTER {event} ON submissions REFERENCING NEW TABLE AS changed "
            "FOR EACH STATEMENT EXECUTE FUNCTION notify_feed_of_submissions()"
        )
    # A deadline that moves, or an opening of bids, changes when a sealed call shows them.
    op.execute(_CALLS)
    op.execute(
        "CREATE TRIGGER notify_feed AFTER UPDATE OF submission_deadline, opened_at, organisation_id ON opportunities "
        "FOR EACH ROW WHEN (NEW.organisation_id IS NOT NULL AND (OLD.submission_deadline, OLD.opened_at, "
        "OLD.organisation_id) IS DISTINCT FROM (NEW.submission_deadline, NEW.opened_at, NEW.organisation_id)) "
        "EXECUTE FUNCTION notify_feed_of_opportunities()"
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")
