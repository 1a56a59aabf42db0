"""Keep by what comics are found to be alike: the issue that they are, and a sketch of their pages.

Serves `db.twins` and `db.overlaps`, whose findings `db.duplicates` lists. A sketch takes the
checksums of all pages, of which the index has kept only one for all: the next scan reads all files
once more, and for that compares every folder by file.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE likenesses (
    file_id integer PRIMARY KEY
        CONSTRAINT likenesses_file_id_fkey REFERENCES files ON DELETE CASCADE,
    issue_key text COLLATE "C",
    page_crcs integer[] NOT NULL,
    page_lows bigint[] NOT NULL
);
CREATE INDEX likenesses_issue_key_idx ON likenesses (issue_key) WHERE issue_key IS NOT NULL;
CREATE INDEX likenesses_page_lows_idx ON likenesses USING gin (page_lows) WITH (fastupdate = off);

CREATE TABLE twins (
    kind text,
    key text COLLATE "C",
    file_id integer CONSTRAINT twins_file_id_fkey REFERENCES files ON DELETE CASCADE,
    CONSTRAINT twins_pkey PRIMARY KEY (kind, key, file_id)
);
CREATE INDEX twins_file_id_idx ON twins (file_id, kind);
"""


def upgrade() -> None:
    op.execute(TABLES)
    # No count depends on it, so the trigger need not count every file twice.
    op.execute("ALTER TABLE files DISABLE TRIGGER files_count_updated")
    op.execute("UPDATE files SET read_mtime_ns = NULL WHERE read_mtime_ns IS NOT NULL")
    op.execute("ALTER TABLE files ENABLE TRIGGER files_count_updated")
    op.execute("UPDATE folders SET fingerprint = NULL WHERE fingerprint IS NOT NULL")


def downgrade() -> None:
    op.execute("DROP TABLE twins, likenesses")
