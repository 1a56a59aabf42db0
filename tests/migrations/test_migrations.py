"""The migrations: up, down and up again, at once from many sides, and what they leave behind.

Alembic's autogenerate sees no CHECK, no trigger, no collation and no predicate of an index, so the
tables that the migrations make are also compared with those that `db.tables` describes, catalog
against catalog.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine, pool

from db import engine, schema
from db.tables import metadata
from tests.conftest import ASTRAY

ROOT = Path(__file__).parents[2]

RELATIONS = """
    SELECT relname, relkind::text, reloptions FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%' ORDER BY relname
"""
COLUMNS = """
    SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull,
           attidentity::text, collname, pg_get_expr(adbin, adrelid)
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      LEFT JOIN pg_collation ON pg_collation.oid = attcollation
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
       AND relname NOT LIKE 'alembic%' ORDER BY 1, attnum
"""
INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename NOT LIKE 'alembic%' ORDER BY 1
"""
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'alembic%'
     ORDER BY 1
"""
FUNCTIONS = """
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') ORDER BY 1
"""
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"

CATALOG = {
    "relations": RELATIONS,
    "columns": COLUMNS,
    "indexes": INDEXES,
    "constraints": CONSTRAINTS,
}

Fresh = Callable[[], URL]


def read(url: URL, query: str) -> list[tuple[Any, ...]]:
    """Ask a database something."""
    with psycopg.connect(engine.conninfo(url)) as conn:
        return conn.execute(query.encode()).fetchall()


def catalog(url: URL) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that a database knows of its tables."""
    return {name: read(url, query) for name, query in CATALOG.items()}


@pytest.fixture(scope="module")
def described(fresh_database: Fresh) -> URL:
    """Have a database whose tables are made from `db.tables`, without any migration."""
    url = fresh_database()
    described = create_engine(url, poolclass=pool.NullPool)
    with described.begin() as conn:
        conn.exec_driver_sql("CREATE EXTENSION pg_trgm")
        metadata.create_all(conn)
    return url


@pytest.mark.parametrize("part", CATALOG)
def test_the_migrations_make_the_tables_that_the_code_describes(
    migrated: URL, described: URL, part: str
) -> None:
    assert catalog(migrated)[part] == catalog(described)[part]


def test_alembic_finds_nothing_to_do(migrated: URL) -> None:
    command.check(schema.config(migrated))


def test_they_go_down_to_nothing_and_up_to_the_same_again(fresh_database: Fresh) -> None:
    url = fresh_database()
    schema.migrate(url)
    before = catalog(url), read(url, FUNCTIONS), read(url, TRIGGERS)
    command.downgrade(schema.config(url), "base")
    assert not any(catalog(url).values())
    assert read(url, FUNCTIONS) == []
    schema.migrate(url)
    assert (catalog(url), read(url, FUNCTIONS), read(url, TRIGGERS)) == before


def test_a_second_upgrade_changes_nothing(fresh_database: Fresh) -> None:
    url = fresh_database()
    schema.migrate(url)
    before = read(url, "SELECT oid, relname FROM pg_class ORDER BY oid")
    schema.migrate(url)
    assert read(url, "SELECT oid, relname FROM pg_class ORDER BY oid") == before


def test_four_processes_may_migrate_an_empty_database_at_once(fresh_database: Fresh) -> None:
    url = fresh_database()
    program = "import sys; from sqlalchemy import make_url; from db import schema;"
    program += "schema.migrate(make_url(sys.argv[1]))"
    address = url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, address], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 4
    assert read(url, "SELECT version_num FROM alembic_version") == [(schema.newest(),)]


def test_offline_they_write_sql_that_does_the_same(fresh_database: Fresh, migrated: URL) -> None:
    config = schema.config()
    config.output_buffer = written = io.StringIO()
    command.upgrade(config, "head", sql=True)
    url = fresh_database()
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute(written.getvalue().encode())
    assert catalog(url) == catalog(migrated)
    assert read(url, "SELECT version_num FROM alembic_version") == [(schema.newest(),)]


@pytest.mark.parametrize(("before", "after"), [("0001", "0002"), ("0006", "0007")])
def test_what_told_less_when_it_was_read_is_read_once_more(
    fresh_database: Fresh, before: str, after: str
) -> None:
    url = fresh_database()
    schema.migrate(url, before)
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute("INSERT INTO libraries (name, root) VALUES ('comics', '/comics')")
        conn.execute(
            "INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, read_mtime_ns,"
            " fragment) SELECT 1, 'a.cbr', 'a', 1, 2, 3, 2, '{}'"
        )
    counted = read(url, "SELECT * FROM counts")
    schema.migrate(url, after)
    assert read(url, "SELECT read_mtime_ns FROM files") == [(None,)]
    assert read(url, "SELECT * FROM counts") == counted
    assert (
        read(url, "SELECT tgenabled FROM pg_trigger WHERE tgname LIKE 'files_count_%'")
        == [("O",)] * 3
    )


def test_what_was_there_before_is_tallied_and_signed_as_if_it_came_after(
    fresh_database: Fresh,
) -> None:
    """So all sums are nothing once it is gone."""
    url = fresh_database()
    schema.migrate(url, "0002")
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute("INSERT INTO libraries (name, root) VALUES ('comics', '/comics')")
        conn.execute(
            "INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, series, marked,"
            " missing_since, fragment) SELECT 1, format('A/B/%s.cbz', n), n, n, n, n, 'Saga',"
            " n % 2 = 0, CASE WHEN n % 5 = 0 THEN now() END, '{}' FROM generate_series(1, 20) AS n"
        )
    schema.migrate(url)
    tallied = "SELECT facet, parent, value, sum(present), sum(marked) FROM tallies"
    assert read(url, f"{tallied} GROUP BY 1, 2, 3 ORDER BY 1, 2") == [
        ("folder", "", "A", 16, 8),
        ("folder", "A", "B", 16, 8),
        ("series", "", "Saga", 16, 8),
    ]
    signed = "SELECT sum(present), sum(missing), bit_xor(signature) FROM counts"
    assert read(url, signed)[0][:2] == (16, 4)
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute("DELETE FROM files")
    assert read(url, signed) == [(0, 0, 0)]
    assert read(url, "SELECT sum(present), sum(marked) FROM tallies") == [(0, 0)]


def test_no_folder_is_trusted_to_hold_only_comics_whose_pages_are_kept(
    fresh_database: Fresh,
) -> None:
    url = fresh_database()
    schema.migrate(url, "0006")
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute("INSERT INTO libraries (name, root) VALUES ('comics', '/comics')")
        conn.execute("INSERT INTO folders (library_id, path, fingerprint) VALUES (1, '', 'abc')")
    schema.migrate(url, "0007")
    assert read(url, "SELECT fingerprint FROM folders") == [(None,)]


def test_every_constraint_and_index_of_the_code_has_a_name() -> None:
    for table in metadata.tables.values():
        assert all(index.name for index in table.indexes)
        for constraint in table.constraints - {table.primary_key}:
            assert constraint.name, f"{table.name}: {constraint}"


def test_each_migration_tells_what_it_is() -> None:
    for revision in ScriptDirectory.from_config(schema.config()).walk_revisions():
        assert revision.doc
        assert revision.doc.endswith(".")


def test_what_files_are_found_by_is_copied_and_search_keys_stay(fresh_database: Fresh) -> None:
    url = fresh_database()
    schema.migrate(url, "0005")
    with psycopg.connect(engine.conninfo(url), autocommit=True) as conn:
        conn.execute("INSERT INTO libraries (name, root) VALUES ('comics', '/comics')")
        conn.execute(
            "INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, series, year,"
            " format, missing_since, fragment) SELECT 1, n, 'key' || n, n, n, n, 'Saga', 2000 + n,"
            " 'cbz', CASE WHEN n % 2 = 0 THEN now() END, '{}' FROM generate_series(1, 4) AS n"
        )
        conn.execute("INSERT INTO file_search SELECT id, 'found' || path FROM files")
    keys = "SELECT file_id, search_key FROM file_search ORDER BY file_id"
    before = read(url, keys)
    schema.migrate(url, "0006")
    assert read(url, str(ASTRAY)) == []
    assert read(url, keys) == before
    command.downgrade(schema.config(url), "0005")
    assert read(url, keys) == before
