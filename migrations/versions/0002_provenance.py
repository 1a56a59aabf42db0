"""Keep where each tag came from and what is odd about a file, and have every file read again.

Serves `db.files.one`. What 0001 could only list, such as RAR and 7z archives, can be read by now,
and a file's name tells what its tags do not: the next scan reads all files once more, and until
then the index answers with what it has.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE file_tags ADD COLUMN provenance jsonb NOT NULL DEFAULT '{}',
                              ADD COLUMN notes jsonb NOT NULL DEFAULT '[]'
    """)
    # No count depends on it, so the trigger need not count every file twice.
    op.execute("ALTER TABLE files DISABLE TRIGGER files_count_updated")
    op.execute("UPDATE files SET read_mtime_ns = NULL WHERE read_mtime_ns IS NOT NULL")
    op.execute("ALTER TABLE files ENABLE TRIGGER files_count_updated")


def downgrade() -> None:
    op.execute("ALTER TABLE file_tags DROP COLUMN provenance, DROP COLUMN notes")
