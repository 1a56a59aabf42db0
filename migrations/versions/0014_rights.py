"""Let a caller of some libraries see the database through views, which hold nothing of the others.

The schema `narrowed` has a view of the same name for each table that tells of comics, so that with
it first in the search path every statement is narrowed as it stands: see `db.rights`. The views can
be written through as tables can, and refuse rows that they would not show. The functions of the
triggers keep to the tables themselves, whoever sets them off. A migration that changes one of these
tables makes its view anew.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WHO = """
CREATE SCHEMA narrowed;
GRANT USAGE ON SCHEMA narrowed TO PUBLIC;

CREATE FUNCTION narrowed.enter(libraries integer[], caller integer) RETURNS void LANGUAGE sql AS $$
    SELECT set_config('longbox.libraries', libraries::text, false),
           set_config('longbox.caller', caller::text, false)
$$;
CREATE FUNCTION narrowed.seen() RETURNS integer[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT current_setting('longbox.libraries')::integer[]
$$;
CREATE FUNCTION narrowed.caller() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT current_setting('longbox.caller')::integer
$$;
"""

VIEW = """
CREATE VIEW narrowed.{table} AS SELECT * FROM {table} WHERE {shown} WITH CHECK OPTION
"""

# Not in a subquery, so that the planner sees how few libraries there may be.
OF_LIBRARY = "library_id = ANY (narrowed.seen())"
OF_FILE = f"EXISTS (SELECT FROM files AS f WHERE f.id = file_id AND f.{OF_LIBRARY})"
BATCH = "SELECT FROM batches AS b WHERE b.id = batch_id AND"
OF_BATCH = f"EXISTS ({BATCH} b.user_id = narrowed.caller())"

SHOWN = {
    "libraries": "id = ANY (narrowed.seen())",
    **dict.fromkeys(("files", "folders", "scans", "counts", "tallies"), OF_LIBRARY),
    **dict.fromkeys(("file_tags", "file_search", "likenesses", "twins", "covers"), OF_FILE),
    "batches": "user_id = narrowed.caller()",
    "batch_slices": OF_BATCH,
    # One that has ended is nobody's, and makes room.
    "active_job": f"""EXISTS ({BATCH}
        (b.user_id = narrowed.caller() OR b.state IN ('cancelled', 'done')))""",
    # A batch may be of libraries that its maker may not see any more.
    "batch_items": f"""{OF_BATCH} AND NOT EXISTS (
        SELECT FROM files AS f WHERE f.id = file_id AND f.library_id <> ALL (narrowed.seen()))""",
}

TRIGGERED = (
    "count_inserted_files",
    "count_deleted_files",
    "count_updated_files",
    "keep_file_search",
)


def upgrade() -> None:
    op.execute(WHO)
    for table, shown in SHOWN.items():
        op.execute(VIEW.format(table=table, shown=shown))
    for function in TRIGGERED:
        op.execute(f"ALTER FUNCTION {function}() SET search_path FROM CURRENT")


def downgrade() -> None:
    for function in TRIGGERED:
        op.execute(f"ALTER FUNCTION {function}() RESET search_path")
    op.execute("DROP SCHEMA narrowed CASCADE")
