"""Let a session have an end that no use of it puts off."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE sessions
            ADD COLUMN ends_at timestamptz NOT NULL DEFAULT now() + interval '1 year'
    """)
    op.execute("UPDATE sessions SET ends_at = created_at + interval '1 year'")


def downgrade() -> None:
    op.execute("ALTER TABLE sessions DROP COLUMN ends_at")
