"""Realistic proposals in bulk, for measuring: organisations, calls, partners, declarations, lines, sections, events."""

import psycopg

_PARTNERS, _DECLARATIONS, _LINES = 4, 6, 10
"""The partners of each proposal, and of each partner the contributions, as many expectations, and budget lines."""

_STATEMENTS = [
    """CREATE TEMP TABLE made ON COMMIT DROP AS
       SELECT n, {uuid} AS proposal_id, {uuid} AS opportunity_id FROM generate_series(1, %(number)s) n""",
    """CREATE TEMP TABLE bidders ON COMMIT DROP AS SELECT k, {uuid} AS id FROM generate_series(1, 200) k""",
    """INSERT INTO organisations (id, name, kinds, legal_form, size_band, areas, founding_aims)
       SELECT id, 'Charity ' || k, ARRAY['provider'], 'charity', 'small', ARRAY['Seaborough'],
              'To help families and young people to thrive.' FROM bidders""",
    """INSERT INTO opportunities (id, title, status, buyer_name, submission_deadline, published_at)
       SELECT opportunity_id, 'Family hubs ' || n, 'published', 'Seaborough Council', now() + interval '60 days', now()
       FROM made""",
    """INSERT INTO proposals (id, opportunity_id, lot_ids, title, revision)
       SELECT proposal_id, opportunity_id, '{{}}', 'Joint bid ' || n, 20 FROM made""",
    """INSERT INTO structures (proposal_id, facts) SELECT proposal_id, '{{}}' FROM made""",
    """CREATE TEMP TABLE seats ON COMMIT DROP AS
       SELECT {uuid} AS id, m.proposal_id, b.id AS organisation_id, p
       FROM made m CROSS JOIN generate_series(1, {partners}) p JOIN bidders b ON b.k = (m.n * 7 + p * 31) %% 200 + 1""",
    """INSERT INTO partners (id, proposal_id, organisation_id, role, status, accepted_at, filed_at)
       SELECT id, proposal_id, organisation_id, CASE p WHEN 1 THEN 'lead' ELSE 'member' END, 'accepted', now(), now()
       FROM seats""",
    """INSERT INTO contributions (id, proposal_id, partner_id, kind, title, value, certainty, valuation_basis, revealed)
       SELECT {uuid}, proposal_id, id, 'staff_time', 'A worker for ' || d || ' days a week', d * 250000, 'confirmed',
              'Pay scale of 2026', true FROM seats CROSS JOIN generate_series(1, {declarations}) d""",
    """INSERT INTO expectations (id, proposal_id, partner_id, kind, title, strength, target, revealed)
       SELECT {uuid}, proposal_id, id, 'payment_terms', 'Paid within ' || d * 10 || ' days', 'should',
              jsonb_build_object('type', 'days', 'value', (d * 10)::text), true
       FROM seats CROSS JOIN generate_series(1, {declarations}) d""",
    """INSERT INTO budget_lines (id, proposal_id, partner_id, category, year, source, amount, revealed)
       SELECT {uuid}, proposal_id, id, 'staff', d %% 3 + 1, 'requested', d * 100000, true
       FROM seats CROSS JOIN generate_series(1, {lines}) d""",
    """INSERT INTO sections (id, proposal_id, key, title, position, state)
       SELECT {uuid}, proposal_id, 'q' || s, 'Question ' || s, s, 'drafting' FROM made CROSS JOIN generate_series(1, 8) s""",
    """UPDATE proposals SET round_status = 'revealed', revealed_at = now()
       WHERE id IN (SELECT proposal_id FROM made)""",
]


def fill(url: str, number: int) -> int:
    """Add `number` proposals in one transaction; answers how many there are now."""
    with psycopg.connect(url) as connection:
        has_v7 = connection.execute("SELECT 1 FROM pg_proc WHERE proname = 'uuidv7'").fetchone()
        uuid = "uuidv7()" if has_v7 else "gen_random_uuid()"
        for statement in _STATEMENTS:
            filled = statement.format(uuid=uuid, partners=_PARTNERS, declarations=_DECLARATIONS, lines=_LINES)
            connection.execute(filled.encode(), {"number": number})
        found = connection.execute("SELECT count(*) FROM proposals").fetchone()
    return int(found[0]) if found else 0
