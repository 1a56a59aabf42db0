"""Keep the folders' fingerprints, let a row follow its file, and scan one folder alone.

`folders` serves `db.differences.compare`; each folder is compared by file once more, and has its
fingerprint from then on. files_gone_idx and file_tags_fingerprint_idx serve `db.moves`, for which
a path that has a file may also have rows of files that went: files_path_key lets them be.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FOLDERS = """
CREATE TABLE folders (
    library_id integer CONSTRAINT folders_library_id_fkey REFERENCES libraries ON DELETE CASCADE,
    path text COLLATE "C",
    fingerprint bytea,
    is_mount boolean NOT NULL DEFAULT false,
    CONSTRAINT folders_pkey PRIMARY KEY (library_id, path)
);
INSERT INTO folders (library_id, path)
SELECT DISTINCT library_id, left(path, length(path) - strpos(reverse(path) || '/', '/') + 1)
  FROM files WHERE missing_since IS NULL;
"""

SCANS = """
ALTER TABLE scans ADD COLUMN folder text COLLATE "C",
                  ADD COLUMN moved integer NOT NULL DEFAULT 0;
DROP INDEX scans_queued_key;
CREATE UNIQUE INDEX scans_queued_key ON scans (library_id, folder) NULLS NOT DISTINCT
    WHERE state = 'queued';
"""

FILES = """
CREATE INDEX files_gone_idx ON files (size, mtime_ns, inode) WHERE missing_since IS NOT NULL;
CREATE INDEX file_tags_fingerprint_idx ON file_tags (fingerprint) WHERE fingerprint IS NOT NULL;
ALTER TABLE files DROP CONSTRAINT files_path_key,
    ADD CONSTRAINT files_path_key UNIQUE NULLS NOT DISTINCT (path, library_id, missing_since);
"""

# Two rows of one path were no trouble to this version; the older one takes one alone.
OLD_KEY = """
DELETE FROM files AS f USING files AS other
 WHERE other.path = f.path AND other.library_id = f.library_id AND f.missing_since IS NOT NULL
   AND (other.missing_since IS NULL OR other.missing_since > f.missing_since);
ALTER TABLE files DROP CONSTRAINT files_path_key,
    ADD CONSTRAINT files_path_key UNIQUE (path, library_id);
"""


def upgrade() -> None:
    op.execute(FILES)
    op.execute(FOLDERS)
    op.execute(SCANS)


def downgrade() -> None:
    op.execute(OLD_KEY)
    op.execute("DROP INDEX files_gone_idx, file_tags_fingerprint_idx")
    op.execute("DELETE FROM scans WHERE folder IS NOT NULL")
    op.execute("ALTER TABLE scans DROP COLUMN folder, DROP COLUMN moved")
    op.execute("CREATE UNIQUE INDEX scans_queued_key ON scans (library_id) WHERE state = 'queued'")
    op.execute("DROP TABLE folders")
