"""Give each library its schedule, its watch and its excludes, and let it leave before its rows do.

Serves `db.libraries`. The rows of a library that is removed go in slices, a minute for a million;
the unique root is of those that stay, so that the same folder may come back meanwhile.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE libraries
            ADD COLUMN schedule text,
            ADD COLUMN scheduled_at timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN watch boolean NOT NULL DEFAULT false,
            ADD COLUMN watch_fault text,
            ADD COLUMN excludes jsonb NOT NULL DEFAULT '[]',
            ADD COLUMN removed_at timestamptz,
            DROP CONSTRAINT libraries_root_key
    """)
    op.execute("""
        CREATE UNIQUE INDEX libraries_root_key ON libraries (root) WHERE removed_at IS NULL
    """)


def downgrade() -> None:
    op.execute("DELETE FROM libraries WHERE removed_at IS NOT NULL")
    op.execute("DROP INDEX libraries_root_key")
    op.execute("""
        ALTER TABLE libraries
            ADD CONSTRAINT libraries_root_key UNIQUE (root),
            DROP COLUMN schedule, DROP COLUMN scheduled_at, DROP COLUMN watch,
            DROP COLUMN watch_fault, DROP COLUMN excludes, DROP COLUMN removed_at
    """)
