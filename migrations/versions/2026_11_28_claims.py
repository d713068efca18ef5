"""Releases are their importers' claims; bids keep terms of their own while only organisations have brought the notice.

Revision ID: 0007
Revises: 0009

Calls that were owned because their owner imported them are listed in the log, for the operator to look at. An owner
that is a verified commissioner and takes part in no bid for the call stays; any other loses it.
"""

import logging

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

log = logging.getLogger("alembic.runtime.migration")

_TAKES_PART = """(
  EXISTS (SELECT FROM partners x JOIN proposals p ON p.id = x.proposal_id WHERE p.opportunity_id = o.id
          AND x.organisation_id = o.organisation_id AND p.status <> 'dissolved' AND x.status IN ('invited', 'accepted'))
  OR EXISTS (SELECT FROM facilitators x JOIN proposals p ON p.id = x.proposal_id WHERE p.opportunity_id = o.id
             AND x.organisation_id = o.organisation_id AND p.status <> 'dissolved' AND x.status IN ('invited', 'active'))
  OR EXISTS (SELECT FROM applications x JOIN openings y ON y.id = x.opening_id
             JOIN proposals p ON p.id = y.proposal_id WHERE p.opportunity_id = o.id AND p.status <> 'dissolved'
             AND x.organisation_id = o.organisation_id AND x.status IN ('received', 'shortlisted', 'accepted')))"""
_OWNED = f"""
SELECT o.id::text, o.ocid, g.name, g.id::text AS organisation_id, {_TAKES_PART} AS takes_part,
       g.verification_level <> 'none' AND 'commissioner' = ANY(g.kinds) AS verified
FROM opportunities o JOIN organisations g ON g.id = o.organisation_id WHERE o.ocid IS NOT NULL ORDER BY o.id"""


def upgrade() -> None:
    _columns()
    _owners()
    _sources()
    _terms_of_bids()


def downgrade() -> None:
    raise NotImplementedError("migrations go forwards; restore a backup instead")


def _columns() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("opportunities", sa.Column("brought_by", sa.Text(), server_default="owner", nullable=False))
    op.add_column("opportunities", sa.Column("brought_at", instant, nullable=True))
    op.add_column("opportunities", sa.Column("claim_id", sa.Uuid(as_uuid=False), nullable=True))

    op.add_column("ocds_releases", sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=True))
    op.add_column("ocds_releases", sa.Column("publisher", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_ocds_releases_organisation_id"), "ocds_releases", "organisations", ["organisation_id"], ["id"]
    )
    op.create_index(op.f("ix_ocds_releases_organisation_id"), "ocds_releases", ["organisation_id"])
    op.drop_constraint("uq_ocds_releases_opportunity_id_sha256", "ocds_releases", type_="unique")
    op.create_unique_constraint(
        op.f("uq_ocds_releases_opportunity_id_sha256_organisation_id_publisher"),
        "ocds_releases",
        ["opportunity_id", "sha256", "organisation_id", "publisher"],
        postgresql_nulls_not_distinct=True,
    )

    op.create_table(
        "notice_claims",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("opportunity_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column(
            "terms", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("received_at", instant, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunities.id"], name=op.f("fk_notice_claims_opportunity_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_notice_claims_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_claims")),
    )
    op.create_index(op.f("ix_notice_claims_organisation_id"), "notice_claims", ["organisation_id"])
    op.create_index(
        op.f("ix_notice_claims_opportunity_id_organisation_id_id"),
        "notice_claims",
        ["opportunity_id", "organisation_id", "id"],
    )

    for name, kind in (
        ("own_terms", postgresql.JSONB(astext_type=sa.Text())),
        ("own_status", sa.Text()),
        ("own_deadline", instant),
        ("own_claim_id", sa.Uuid(as_uuid=False)),
        ("own_since", instant),
        ("round_deadline", instant),
        ("round_told_at", instant),
    ):
        op.add_column("proposals", sa.Column(name, kind, nullable=True))
    op.add_column("proposals", sa.Column("amendment_shift", sa.Integer(), server_default="0", nullable=False))


def _owners() -> None:
    for row in op.get_bind().execute(sa.text(_OWNED)).all():
        where = f"{row.ocid} ({row.id}), owned through an import by {row.name} ({row.organisation_id})"
        if row.verified and not row.takes_part:
            log.warning("kept: %s. Look whether it is the buyer.", where)
            continue
        why = "it takes part in a bid for this call" if row.takes_part else "it is no verified commissioner"
        log.warning("taken away: %s: %s. If it is the buyer: cobid grant-opportunity.", where, why)
        op.execute(
            sa.text("UPDATE opportunities SET organisation_id = NULL WHERE id = CAST(:id AS uuid)").bindparams(
                id=row.id
            )
        )


def _sources() -> None:
    """Who brought each release, and whom each call follows. A call that several have brought is merged anew at the next
    import by its source: until then `brought_at` is empty."""
    op.execute("""
        UPDATE ocds_releases SET organisation_id = (facts ->> 'imported_by_organisation_id')::uuid,
                                 facts = facts - 'imported_by_organisation_id'""")
    op.execute("""
        UPDATE opportunities o SET
          brought_by = CASE WHEN o.organisation_id IS NOT NULL THEN 'owner' WHEN found.by_operator THEN 'operator'
                            ELSE 'organisation' END,
          imported_by_organisation_id = coalesce(o.imported_by_organisation_id, found.first),
          brought_at = CASE WHEN found.sources = 1 THEN found.last_at END
        FROM (
          SELECT r.opportunity_id, bool_or(r.organisation_id IS NULL) AS by_operator, max(r.received_at) AS last_at,
                 count(DISTINCT coalesce(r.organisation_id::text, '')) AS sources,
                 (array_agg(r.organisation_id ORDER BY r.received_at, r.id) FILTER (WHERE r.organisation_id IS NOT NULL))[1] AS first
          FROM ocds_releases r GROUP BY r.opportunity_id
        ) found WHERE found.opportunity_id = o.id AND o.ocid IS NOT NULL""")
    op.execute("UPDATE opportunities SET brought_at = coalesce(published_at, created_at) WHERE ocid IS NULL")


def _terms_of_bids() -> None:
    """Bids for calls that only organisations have brought keep the terms that they have now; open rounds of two and more
    keep the deadline that they have now."""
    op.execute("""
        UPDATE proposals p SET own_since = clock_timestamp(), own_status = o.status, own_deadline = o.submission_deadline,
          own_terms = jsonb_build_object(
            'row', to_jsonb(o) - ARRAY['search', 'source', 'area_keys', 'cpv_keys', 'chain_hash', 'event_seq'],
            'lots', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.position, t.id), '[]') FROM lots t
                     WHERE t.opportunity_id = o.id AND t.removed_at IS NULL),
            'questions', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.position, t.id), '[]') FROM questions t
                          WHERE t.opportunity_id = o.id AND t.removed_at IS NULL))
        FROM opportunities o WHERE o.id = p.opportunity_id AND o.brought_by = 'organisation'""")
    op.execute("""
        UPDATE proposals p SET round_deadline = o.submission_deadline FROM opportunities o
        WHERE o.id = p.opportunity_id AND p.round_status = 'open'
          AND (SELECT count(*) FROM partners x WHERE x.proposal_id = p.id AND x.status = 'accepted') > 1""")
