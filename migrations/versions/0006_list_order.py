"""Put beside the search key what else a file is found by, and take those indexes off `files`.

With the sort key there, `db.list_pages` finds and sorts what a needle is in without `files`; with
series, publisher, year and format there, a mark has four indexes fewer to enter. A trigger keeps
what is copied. The version before cannot add files to this: its scan stops, and the next goes on.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VALUES = ("series", "publisher", "year", "format")

# Written anew rather than updated, so that it is compact and in the order of the paths.
TABLE = """
CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT file_id, search_key FROM file_search;
DROP TABLE file_search;
CREATE TABLE file_search (
    file_id integer NOT NULL,
    sort_key text COLLATE "C" NOT NULL,
    search_key text COLLATE "C" NOT NULL,
    series text,
    publisher text,
    year smallint,
    format text,
    missing boolean NOT NULL DEFAULT false
);
INSERT INTO file_search
SELECT id, sort_key, search_key, series, publisher, year, format, missing_since IS NOT NULL
  FROM kept JOIN files ON files.id = kept.file_id ORDER BY path;
ALTER TABLE file_search
    ADD CONSTRAINT file_search_pkey PRIMARY KEY (file_id),
    ADD CONSTRAINT file_search_file_id_fkey FOREIGN KEY (file_id) REFERENCES files
        ON DELETE CASCADE;
CREATE INDEX file_search_trgm_idx ON file_search USING gin (search_key gin_trgm_ops);
CREATE INDEX file_search_name_idx ON file_search (sort_key, file_id) WHERE NOT missing;

DROP STATISTICS files_values_stats;
CREATE STATISTICS file_search_values_stats (dependencies, mcv)
    ON series, publisher, year, format FROM file_search;
"""

# The rows that changed are few where the statement marks files, and the plan is made once: loops
# over an index cost what has changed, a hash might cost the whole table.
KEEP = """
CREATE FUNCTION keep_file_search() RETURNS trigger LANGUAGE plpgsql
    SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    UPDATE file_search AS s
       SET sort_key = f.sort_key, series = f.series, publisher = f.publisher, year = f.year,
           format = f.format, missing = f.missing
      FROM (SELECT id, sort_key, series, publisher, year, format,
                   missing_since IS NOT NULL AS missing FROM new_files
            EXCEPT
            SELECT id, sort_key, series, publisher, year, format,
                   missing_since IS NOT NULL FROM old_files) AS f
     WHERE s.file_id = f.id
       AND (s.sort_key, s.series, s.publisher, s.year, s.format, s.missing) IS DISTINCT FROM
           (f.sort_key, f.series, f.publisher, f.year, f.format, f.missing);
    RETURN NULL;
END $$;

CREATE TRIGGER files_keep_search AFTER UPDATE ON files
    REFERENCING OLD TABLE AS old_files NEW TABLE AS new_files
    FOR EACH STATEMENT EXECUTE FUNCTION keep_file_search();
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(KEEP)
    for value in VALUES:
        op.execute(f"DROP INDEX files_{value}_idx")
        op.execute(f"""
            CREATE INDEX file_search_{value}_idx ON file_search ({value}, sort_key, file_id)
                WHERE NOT missing
        """)


def downgrade() -> None:
    op.execute("DROP TRIGGER files_keep_search ON files")
    op.execute("DROP FUNCTION keep_file_search()")
    op.execute("DROP STATISTICS file_search_values_stats")
    op.execute("DROP INDEX file_search_name_idx")
    for value in VALUES:
        op.execute(f"DROP INDEX file_search_{value}_idx")
        op.execute(f"ALTER TABLE file_search DROP COLUMN {value}")
        op.execute(f"""
            CREATE INDEX files_{value}_idx ON files ({value}, sort_key, id)
                WHERE missing_since IS NULL
        """)
    op.execute("ALTER TABLE file_search DROP COLUMN sort_key, DROP COLUMN missing")
    op.execute("""
        CREATE STATISTICS files_values_stats (dependencies, mcv)
            ON library_id, series, publisher, year, format, marked FROM files
    """)
