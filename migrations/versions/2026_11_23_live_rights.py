"""Every change that may end somebody's right to a live section notifies the processes that hold sockets.

They are triggers, so that no way of changing these rows can forget it. Deleting a section's head also deletes its
updates.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# table, events, the SQL of what the notification says
_WATCHED = [
    ("sessions", "UPDATE OF expires_at OR DELETE", "'session ' || OLD.id"),
    ("access_tokens", "UPDATE OF expires_at OR DELETE", "'organisation'"),
    ("clients", "UPDATE OF revoked_at OR DELETE", "'organisation'"),
    ("people", "UPDATE OF erased_at OR DELETE", "'person ' || OLD.id"),
    ("memberships", "UPDATE OR DELETE", "'person ' || OLD.person_id"),
    ("partners", "UPDATE OF status, role OR DELETE", "'proposal ' || OLD.proposal_id"),
    ("facilitators", "UPDATE OF status OR DELETE", "'proposal ' || OLD.proposal_id"),
    ("proposals", "UPDATE OF status", "'proposal ' || OLD.id"),
    ("sections", "UPDATE OF assignee_organisation_id, open_to_all OR DELETE", "'section ' || OLD.id"),
]


def upgrade() -> None:
    for table, events, words in _WATCHED:
        op.execute(
            f"""
            CREATE FUNCTION notify_rights_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_notify('cobid_rights', {words}); RETURN NULL; END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER notify_rights AFTER {events} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION notify_rights_of_{table}()"
        )
    op.execute(
        """
        CREATE FUNCTION drop_section_updates() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN DELETE FROM section_updates WHERE section_id = OLD.section_id; RETURN NULL; END $$
        """
    )
    op.execute(
        "CREATE TRIGGER drop_updates AFTER DELETE ON section_heads FOR EACH ROW EXECUTE FUNCTION drop_section_updates()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER drop_updates ON section_heads")
    op.execute("DROP FUNCTION drop_section_updates()")
    for table, _, _ in _WATCHED:
        op.execute(f"DROP TRIGGER notify_rights ON {table}")
        op.execute(f"DROP FUNCTION notify_rights_of_{table}()")
