"""The statements of lists and their plans, kept in statements/*.sql so that a review reads both.

Sequential scans and sorts are priced out, so that what is left is what the indexes make possible,
whatever the machine. Plans are told differently by each major version of PostgreSQL, so the files
are compared on that of the private server only; the rules hold on every version.

`make statements` (or STATEMENTS=write) writes the files anew.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import combinations, product
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.folding import fold
from db import callers, duplicates, facets, fences, libraries, overlaps, rights, twins
from db.callers import NOBODY, Caller, Credentials
from db.list_shapes import EQUAL, Direction, Filter, Shape, Sort
from db.list_statements import DIALECT, statement
from db.listing import Cursor, Wanted, parameters, shape_of
from tests.conftest import Shelve

KEPT = Path(__file__).parent / "statements"
WRITE = os.environ.get("STATEMENTS") == "write"
MAJOR = 18  # of the private server, whose plans are kept

FIRST_KEYS: dict[str, Any] = {"name": "", "date": 0, "size": 0}


def cursor(sort: Sort, direction: Direction) -> Cursor:
    """Point to the start of a list."""
    return Cursor(sort=sort, direction=direction, key=FIRST_KEYS[sort], id=1)


ORDERS: list[tuple[Filter, Sort, Direction]] = list(
    product(get_args(Filter), get_args(Sort), get_args(Direction))
)
EQUALS: dict[str, Any] = {
    "library": 1,
    "series": "Saga",
    "publisher": "Image",
    "year": 2012,
    "format": "cbz",
    "reason": "It is bad.",
}

QUESTIONS: dict[str, Wanted] = {
    **{
        f"{chosen}_by_{sort}": Wanted(filter=chosen, sort=sort)
        for chosen, sort in product(get_args(Filter), get_args(Sort))
    },
    "all_by_name_descending": Wanted(direction="desc"),
    "all_by_name_page_3": Wanted(page=3, per_page=10),
    "unmarked_by_date_descending_page_3": Wanted(
        filter="unmarked", sort="date", direction="desc", page=3, per_page=10
    ),
    "all_by_name_behind_a_cursor": Wanted(after=cursor("name", "asc")),
    "duplicates_by_size_descending_behind_a_cursor": Wanted(
        filter="duplicates", sort="size", direction="desc", after=cursor("size", "desc")
    ),
    "known_version": Wanted(known=1),
    **{f"of_one_{name}": Wanted(**{name: value}) for name, value in EQUALS.items()},
    "in_a_folder": Wanted(folder="Saga"),
    "faulty": Wanted(fault=True),
    "sound": Wanted(fault=False),
    "missing": Wanted(missing=True),
    "search_by_a_word": Wanted(needle=fold("Étoile")),
    "search_by_a_letter": Wanted(needle="é"),
    "search_of_unmarked_by_date_page_2": Wanted(
        needle="saga", filter="unmarked", sort="date", page=2
    ),
    "unmarked_of_one_series": Wanted(filter="unmarked", series="Saga"),
    "of_one_publisher_and_year_by_date": Wanted(publisher="Image", year=2012, sort="date"),
    "in_a_folder_by_size_behind_a_cursor": Wanted(
        folder="Saga", sort="size", after=cursor("size", "asc")
    ),
}
FACETS: dict[str, Wanted] = {
    "facets_of_unmarked": Wanted(filter="unmarked"),
    "facets_of_one_series": Wanted(series="Saga"),
    "facets_of_a_search_in_a_folder": Wanted(needle="saga", folder="Saga"),
}

# What a caller of two libraries is answered with, from the views of `db.rights`.
NARROWED: dict[str, Wanted] = {
    "of_some_libraries_by_name": Wanted(),
    "of_some_libraries_by_date_behind_a_cursor": Wanted(sort="date", after=cursor("date", "asc")),
    "of_some_libraries_search_by_a_word": Wanted(needle=fold("Étoile")),
}

GROUPED: dict[str, Any] = {"by": "pages", "library": None, "after": "1", "most": 50}
BOUNDED: dict[str, Any] = {"groups": 21, "shown": 100, "bound": 10}
COMPARED: dict[str, Any] = {"ids": [1, 2], "crowd": overlaps.CROWD, "share": overlaps.SHARE}
GROUPS: dict[str, str] = {
    "groups_of_duplicates": str(duplicates.PAGE),
    "number_of_groups_of_duplicates": str(duplicates.COUNT),
    "files_with_the_same_pages_or_issue": str(twins.JOIN),
    "files_with_shared_pages": str(overlaps.COMPARE),
}

# By which index the files of a list are looked for that no index holds in its order.
RARE = {"series": "s7", "publisher": "p7", "year": 7, "format": "cbt"}
INDEXES: dict[str, tuple[dict[str, Any], str]] = {
    **{name: ({name: value}, f"file_search_{name}_idx") for name, value in RARE.items()},
    "library": ({"library": 2}, "files_library_idx"),
    "folder": ({"folder": "7"}, "files_path_key"),
    "fault": ({"fault": True}, "files_fault_idx"),
    "search": ({"needle": "saga"}, "file_search_trgm_idx"),
    "duplicates": ({"filter": "duplicates"}, "files_duplicate_"),
}

Write = Callable[[Shape], str]
Plan = Callable[..., Awaitable[str]]
FACETED = {"limit": 20, "prefix": "Saga/"}


def test_every_equality_filter_is_among_the_questions() -> None:
    assert set(EQUALS) == set(EQUAL)


@pytest.fixture
async def plan(conn: AsyncConnection, shelve: Shelve) -> Plan:
    """Return a function that explains a list over a few hundred comics of all kinds."""
    known = {"series": "Saga", "publisher": "Image", "year": 2012, "format": "cbz"}
    await be_alone(conn)
    for number, marked, duplicate in product(range(5), (False, True), (False, True)):
        paths = [f"{number}{marked:d}{duplicate:d}/{n}.cbz" for n in range(20)]
        fault = "It is bad." if number == 1 else None
        kind = known if number == 0 else {"series": f"S{number}", "fault": fault}
        await shelve(
            paths, marked=marked, duplicate=duplicate, missing=number == 2, **{**known, **kind}
        )
    await conn.execute(text("INSERT INTO twins SELECT 'pages', id / 2, id FROM files"))
    await conn.execute(text("SET enable_seqscan = off"))
    await conn.execute(text("SET enable_sort = off"))
    # Of so few files, to read all by any index costs the same: nothing may do that.
    await conn.execute(text("SET enable_hashjoin = off"))
    await conn.execute(text("SET enable_mergejoin = off"))
    await conn.commit()
    await conn.execution_options(isolation_level="AUTOCOMMIT")
    await be_alone(conn)
    await conn.execute(text("VACUUM ANALYZE files, file_search, counts, libraries, scans"))
    await conn.execute(text("VACUUM ANALYZE file_tags, likenesses, twins"))
    # What autovacuum runs beside the first may hide rows from it, and then an index alone is dear.
    await conn.execute(text("VACUUM files, file_search"))

    async def plan(wanted: Wanted, write: Write = statement) -> str:
        explained = f"EXPLAIN (COSTS OFF) {write(shape_of(wanted))}"
        rows = await conn.exec_driver_sql(explained, {**parameters(wanted), **FACETED})
        return "\n".join(rows.scalars())

    return plan


OTHERS = text("""
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
""")


async def be_alone(conn: AsyncConnection) -> None:
    """Wait until nobody else looks at the database, be it autovacuum.

    While somebody may still see rows as they were, they stay where they were; and by a page more or
    less another index is the better.
    """
    async with asyncio.timeout(20):
        while await conn.scalar(OTHERS):
            await conn.rollback()
            await asyncio.sleep(0.02)
    await conn.rollback()


@asynccontextmanager
async def narrowed(conn: AsyncConnection, *libraries: int) -> AsyncIterator[None]:
    """Have the statements be written, and planned, for a caller of these libraries."""
    caller = Caller(user=1, role="viewer", libraries=libraries)
    rights.narrow(caller)
    await conn.execute(text("SET search_path = narrowed, public"))
    await conn.execute(rights.ENTER, {"libraries": list(libraries), "caller": caller.user})
    try:
        yield
    finally:
        rights.narrow(NOBODY)
        await conn.execute(text("RESET search_path"))


def document(question: str, plan: str) -> str:
    """Write a statement with its plan below it, as it is kept."""
    told = "\n".join(f"-- {line}" for line in plan.splitlines())
    tidy = re.sub(r" +$", "", question.strip(), flags=re.MULTILINE)
    return f"{tidy};\n\n{told}\n"


async def explain_groups(conn: AsyncConnection, question: str) -> str:
    """Explain a statement of duplicates, which may sort the few files of a group."""
    known = {**GROUPED, **BOUNDED, **COMPARED}
    named = {name: known[name] for name in text(question).compile().params}
    await conn.execute(text("SET enable_sort = on"))
    told = "\n".join(await conn.scalars(text(f"EXPLAIN (COSTS OFF) {question}"), named))
    await conn.execute(text("SET enable_sort = off"))
    return told


def scans_of_files(plan: str) -> list[str]:
    """Return the lines of a plan that read all of `files`, or sort."""
    return [
        line.strip(" ->")
        for line in plan.splitlines()
        if re.search(r"Seq Scan on files|Sort\b", line) and "Sort Key" not in line
    ]


@pytest.mark.parametrize("paging", ["first", "number", "cursor"])
async def test_no_list_by_filter_and_sort_reads_or_sorts_the_whole_table(
    plan: Plan, paging: str
) -> None:
    """A numbered page finds its ids in the index's order, and only sorts what it then shows."""
    sorts = ["Sort"] if paging == "number" else []
    for chosen, sort, direction in ORDERS:
        wanted = Wanted(
            filter=chosen,
            sort=sort,
            direction=direction,
            page=3 if paging == "number" else 1,
            per_page=10,
            after=cursor(sort, direction) if paging == "cursor" else None,
        )
        explained = await plan(wanted)
        assert scans_of_files(explained) == sorts, wanted
        assert explained.count("Index Only Scan") == (3 if paging == "number" else 0), wanted


@pytest.mark.parametrize("name", [f"of_one_{name}" for name in EQUALS])
async def test_no_list_of_one_value_by_name_reads_or_sorts_the_whole_table(
    plan: Plan, name: str
) -> None:
    assert scans_of_files(await plan(QUESTIONS[name])) == []


# So many files that it matters which index is chosen: each value has a few hundred of them.
MANY = text("""
    INSERT INTO files (library_id, path, sort_key, size, mtime_ns, inode, series, publisher, year,
                       format, duplicate, fault, fragment)
    SELECT 1 + (n % 40 = 0)::int, format('%s/%s.cbz', n % 50, n), n, n * 7919 % 10007,
           n * 7907 % 10009, n, 's' || n % 60, 'p' || n % 55, n % 45,
           CASE WHEN n % 35 = 0 THEN 'cbt' ELSE 'cbz' END, n % 70 = 0,
           CASE WHEN n % 65 = 0 THEN 'It is bad.' END, '{}'
      FROM generate_series(1, 10000) AS n
""")
SEARCHED = text("""
    INSERT INTO file_search (file_id, sort_key, search_key, series, publisher, year, format)
    SELECT id, sort_key, CASE WHEN id % 80 = 0 THEN path || ' saga' ELSE path END, series,
           publisher, year, format
      FROM files
""")


async def test_any_two_filters_are_looked_for_by_an_index_of_one(conn: AsyncConnection) -> None:
    """What no index holds in its order is not read whole either, with the planner's own costs."""
    for library in ("/a", "/b"):
        await libraries.ensure(conn, library, library)
    for statement_ in (MANY, SEARCHED):
        await conn.execute(statement_)
    await conn.commit()
    await conn.execution_options(isolation_level="AUTOCOMMIT")
    await conn.execute(text("VACUUM ANALYZE files, file_search, tallies, counts"))
    for one, other in combinations(INDEXES, 2):
        narrowed = {**INDEXES[one][0], **INDEXES[other][0]}
        for sort, direction in product(get_args(Sort), get_args(Direction)):
            wanted = Wanted(**narrowed, sort=sort, direction=direction)
            explained = f"EXPLAIN (COSTS OFF) {statement(shape_of(wanted))}"
            rows = await conn.exec_driver_sql(explained, parameters(wanted))
            told = "\n".join(rows.scalars())
            assert INDEXES[one][1] in told or INDEXES[other][1] in told, told
            assert not re.search(r"Seq Scan on file", told), told


async def test_lists_of_some_libraries_are_found_by_an_index_and_of_one_in_its_order(
    plan: Plan, conn: AsyncConnection
) -> None:
    async with narrowed(conn, 1, 2):
        for wanted in NARROWED.values():
            assert "Seq Scan on file" not in await plan(wanted)
    async with narrowed(conn, 1):
        for wanted in (Wanted(), Wanted(after=cursor("name", "asc"))):
            explained = await plan(wanted)
            assert "files_library_idx" in explained
            assert scans_of_files(explained) == []


async def test_facets_of_all_read_no_file(plan: Plan) -> None:
    for wanted in (Wanted(), Wanted(filter="marked"), Wanted(library=1)):
        assert "on files" not in await plan(wanted, facets.statement)


async def test_duplicates_are_found_and_listed_without_reading_a_whole_table(
    plan: Plan, conn: AsyncConnection
) -> None:
    await plan(Wanted())
    told = {name: await explain_groups(conn, question) for name, question in GROUPS.items()}
    assert not [name for name, explained in told.items() if "Seq Scan" in explained], told
    assert "Index Only Scan using twins_pkey" in told["groups_of_duplicates"]
    assert "file_tags_fingerprint_idx" in told["files_with_the_same_pages_or_issue"]
    assert "likenesses_issue_key_idx" in told["files_with_the_same_pages_or_issue"]
    assert "likenesses_page_lows_idx" in told["files_with_shared_pages"]


async def explain_caller(conn: AsyncConnection) -> str:
    """Explain how it is found out who asks."""
    asked = msgspec.structs.asdict(Credentials(session=b"1", token=b"2", name_key="3"))
    rows = await conn.exec_driver_sql(f"EXPLAIN (COSTS OFF) {callers.CALLER}", asked)
    return "\n".join(rows.scalars())


async def test_who_asks_is_found_by_indexes(conn: AsyncConnection, plan: Plan) -> None:
    await plan(Wanted())  # which prices sequential scans out
    told = await explain_caller(conn)
    assert "Seq Scan" not in told
    for index in ("sessions_pkey", "tokens_key_key", "users_name_key_key", "users_pkey"):
        assert f"Index Scan using {index}" in told, told


async def test_fences_are_made_in_one_walk_over_an_index(conn: AsyncConnection, plan: Plan) -> None:
    await plan(Wanted())
    for chosen, sort in product(get_args(Filter), get_args(Sort)):
        made = fences.insert_fences(fences.List(chosen, sort)).compile(dialect=DIALECT)
        explained = await conn.exec_driver_sql(f"EXPLAIN (COSTS OFF) {made}")
        told = "\n".join(explained.scalars())
        assert "Index Only Scan" in told, told
        assert "Sort\n" not in told, told


async def test_a_search_by_a_word_uses_the_trigrams(plan: Plan) -> None:
    assert "file_search_trgm_idx" in await plan(QUESTIONS["search_by_a_word"])
    assert "file_search_trgm_idx" not in await plan(QUESTIONS["search_by_a_letter"])


async def test_the_kept_statements_are_those_that_are_sent(
    plan: Plan, conn: AsyncConnection
) -> None:
    version = int(str(await conn.scalar(text("SHOW server_version_num")))) // 10_000
    if version != MAJOR:
        pytest.skip(f"plans are kept as PostgreSQL {MAJOR} tells them; this is {version}")
    written = {
        name: document(statement(shape_of(wanted)), await plan(wanted))
        for name, wanted in QUESTIONS.items()
    }
    for name, wanted in FACETS.items():
        told = await plan(wanted, facets.statement)
        written[name] = document(facets.statement(shape_of(wanted)), told)
    for name, question in GROUPS.items():
        written[name] = document(question, await explain_groups(conn, question))
    written["who_asks"] = document(callers.CALLER, await explain_caller(conn))
    async with narrowed(conn, 1, 2):
        for name, wanted in NARROWED.items():
            written[name] = document(statement(shape_of(wanted)), await plan(wanted))
    if WRITE:
        for old in KEPT.glob("*.sql"):
            old.unlink()
        for name, content in written.items():
            (KEPT / f"{name}.sql").write_text(content)
    kept = {file.stem: file.read_text() for file in KEPT.glob("*.sql")}
    assert kept == written, "a statement or its plan has changed: `make statements`, and review it"
