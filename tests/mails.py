"""The tokens of mails that wait to be sent, which lie hidden in the outbox."""

import psycopg

from app.platform.db.outbox import show


def token_to(sql: psycopg.Connection, address: str) -> str:
    """The token of the newest mail to that address."""
    row = sql.execute(
        "SELECT payload ->> 'hidden_token', (SELECT key FROM mail_keys) FROM outbox"
        " WHERE topic = 'mail' AND payload ->> 'to' = %s ORDER BY id DESC LIMIT 1",
        [address],
    ).fetchone()
    assert row is not None, f"no mail to {address}"
    return show(row[1], row[0])
