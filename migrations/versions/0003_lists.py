"""Keep tallies, signatures and fences: counts by value and by folder, and where deep pages begin.

`tallies` serves the totals of lists by one value or folder, `db.facets` and `db.folders`. A
signature in `counts` is the exclusive or of a hash of each listed file's keys: as long as it is the
same, so is the list, and `fences` made for it lead `db.listing.page` to a numbered page at any
depth. The triggers keep the first two with `counts`; `db.fences.refresh` makes the third. The
statistics tell the planner which values go together.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE counts ADD COLUMN signature bigint NOT NULL DEFAULT 0;

CREATE TABLE tallies (
    facet text,
    parent text COLLATE "C",
    value text COLLATE "C",
    library_id integer
        CONSTRAINT tallies_library_id_fkey REFERENCES libraries ON DELETE CASCADE,
    shard smallint,
    present bigint NOT NULL,
    marked bigint NOT NULL,
    duplicates bigint NOT NULL,
    faulty bigint NOT NULL,
    CONSTRAINT tallies_pkey PRIMARY KEY (facet, parent, value, library_id, shard)
) WITH (fillfactor = 50);

CREATE TABLE fences (
    filter text,
    sort text,
    ordinal bigint,
    name_key text COLLATE "C",
    number_key bigint,
    file_id integer NOT NULL,
    signature bigint NOT NULL,
    CONSTRAINT fences_pkey PRIMARY KEY (filter, sort, ordinal)
);

CREATE STATISTICS files_values_stats (dependencies, mcv)
    ON library_id, series, publisher, year, format, marked FROM files;
"""

# What each event has changed. An update that leaves a row's part of a sum alone cancels itself out.
ROWS = """
    SELECT {sign} AS sign, id, library_id, path, sort_key, size, mtime_ns, marked, duplicate,
           missing_since, fault, series, publisher, year, format
      FROM {table}
"""
ADDED = ROWS.format(sign="1", table="new_files")
REMOVED = ROWS.format(sign="-1", table="old_files")
EVENTS = {
    "inserted": ADDED,
    "deleted": REMOVED,
    "updated": f"{ADDED} UNION ALL {REMOVED}",
}

COUNT = """
    INSERT INTO counts AS c
        (library_id, marked, duplicate, shard, present, missing, faulty, bytes, version, signature)
    SELECT library_id, marked, duplicate, mod(pg_backend_pid(), 16),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NULL), 0),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NULL AND fault IS NOT NULL), 0),
           coalesce(sum(sign * size) FILTER (WHERE missing_since IS NULL), 0),
           1,
           coalesce(bit_xor(
               hashtextextended(sort_key, hashint8extended(mtime_ns, hashint8extended(size, id)))
           ) FILTER (WHERE missing_since IS NULL), 0)
      FROM ({rows}) AS f
     WHERE EXISTS (SELECT FROM libraries WHERE libraries.id = f.library_id)
     GROUP BY library_id, marked, duplicate
     ORDER BY library_id, marked, duplicate
        ON CONFLICT ON CONSTRAINT counts_pkey DO UPDATE
       SET present = c.present + excluded.present,
           missing = c.missing + excluded.missing,
           faulty = c.faulty + excluded.faulty,
           bytes = c.bytes + excluded.bytes,
           version = c.version + 1,
           signature = c.signature # excluded.signature;
"""

# Files are first added up by all their values at once, which are the same for most of a folder.
# The folder A/B counts below "" as A, and below A as B.
TALLY = """
    INSERT INTO tallies AS t
        (facet, parent, value, library_id, shard, present, marked, duplicates, faulty)
    SELECT facet, parent, value, library_id, mod(pg_backend_pid(), 16),
           sum(f.present), sum(f.marked), sum(f.duplicates), sum(f.faulty)
      FROM (SELECT library_id, series, publisher, year, format,
                   string_to_array(left(path, -strpos(reverse(path), '/')), '/') AS folder,
                   sum(sign) AS present,
                   sum(sign * marked::int) AS marked,
                   sum(sign * duplicate::int) AS duplicates,
                   sum(sign * (fault IS NOT NULL)::int) AS faulty
              FROM ({rows}) AS f
             WHERE missing_since IS NULL
             GROUP BY 1, 2, 3, 4, 5, 6) AS f
     CROSS JOIN LATERAL (
           VALUES ('series', '', series), ('publisher', '', publisher),
                  ('year', '', year::text), ('format', '', format)
           UNION ALL
           SELECT 'folder', array_to_string(folder[1 : depth - 1], '/'), folder[depth]
             FROM generate_series(1, cardinality(folder)) AS depth
           ) AS v (facet, parent, value)
     WHERE value IS NOT NULL AND (f.present, f.marked, f.duplicates, f.faulty) <> (0, 0, 0, 0)
       AND EXISTS (SELECT FROM libraries WHERE libraries.id = f.library_id)
     GROUP BY facet, parent, value, library_id
    HAVING (sum(f.present), sum(f.marked), sum(f.duplicates), sum(f.faulty)) <> (0, 0, 0, 0)
     ORDER BY facet, parent COLLATE "C", value COLLATE "C", library_id
        ON CONFLICT ON CONSTRAINT tallies_pkey DO UPDATE
       SET present = t.present + excluded.present,
           marked = t.marked + excluded.marked,
           duplicates = t.duplicates + excluded.duplicates,
           faulty = t.faulty + excluded.faulty;
"""

FUNCTION = """
CREATE OR REPLACE FUNCTION count_{event}_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {body}
    RETURN NULL;
END $$
"""

BEFORE = """
    INSERT INTO counts AS c
    SELECT library_id, marked, duplicate, mod(pg_backend_pid(), 16),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NULL), 0),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NOT NULL), 0),
           coalesce(sum(sign) FILTER (WHERE missing_since IS NULL AND fault IS NOT NULL), 0),
           coalesce(sum(sign * size) FILTER (WHERE missing_since IS NULL), 0),
           1
      FROM ({rows}) AS f
     WHERE EXISTS (SELECT FROM libraries WHERE libraries.id = f.library_id)
     GROUP BY library_id, marked, duplicate
     ORDER BY library_id, marked, duplicate
        ON CONFLICT ON CONSTRAINT counts_pkey DO UPDATE
       SET present = c.present + excluded.present,
           missing = c.missing + excluded.missing,
           faulty = c.faulty + excluded.faulty,
           bytes = c.bytes + excluded.bytes,
           version = c.version + 1;
"""


def upgrade() -> None:
    op.execute(TABLES)
    for event, rows in EVENTS.items():
        op.execute(FUNCTION.format(event=event, body=(COUNT + TALLY).format(rows=rows)))
    # The files that there are count as if they had just come; of `counts` all but that is known.
    there = ROWS.format(sign="1", table="files")
    signed = COUNT.replace("coalesce(sum", "0 * coalesce(sum").format(rows=there)
    op.execute(signed)
    op.execute(TALLY.format(rows=there))


def downgrade() -> None:
    for event, rows in EVENTS.items():
        op.execute(FUNCTION.format(event=event, body=BEFORE.format(rows=rows)))
    op.execute("DROP STATISTICS files_values_stats")
    op.execute("DROP TABLE fences, tallies")
    op.execute("ALTER TABLE counts DROP COLUMN signature")
