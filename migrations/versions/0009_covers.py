"""Keep the covers that were made, or why one could not be, beside the files.

Serves `db.covers`. A WebP is not packed again (EXTERNAL), and a row is of one state of its file:
that state is in the row, so that a file that changes has no cover until the next is made.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE covers (
            file_id integer CONSTRAINT covers_file_id_fkey REFERENCES files ON DELETE CASCADE,
            width smallint,
            mtime_ns bigint NOT NULL,
            size bigint NOT NULL,
            image bytea,
            fault text,
            kept_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT covers_pkey PRIMARY KEY (file_id, width),
            CONSTRAINT covers_image_check CHECK ((image IS NULL) <> (fault IS NULL))
        )
    """)
    op.execute("ALTER TABLE covers ALTER COLUMN image SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("DROP TABLE covers")
