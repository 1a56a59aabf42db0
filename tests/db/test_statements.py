"""The statements of lists and their plans, kept in statements/*.sql so that a review reads both.

Sequential scans and sorts are priced out, so that what is left is what the indexes make possible,
whatever the machine. Plans are told differently by each major version of PostgreSQL, so the files
are compared on that of the private server only; the rules hold on every version.

`make statements` (or STATEMENTS=write) writes the files anew.
"""

import os
import re
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.folding import fold
from db.list_statements import EQUAL, Direction, Filter, Sort, statement
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
    "marked_by_size_descending_behind_a_cursor": Wanted(
        filter="marked", sort="size", direction="desc", after=cursor("size", "desc")
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
}

Plan = Callable[[Wanted], Awaitable[str]]


def test_every_equality_filter_is_among_the_questions() -> None:
    assert set(EQUALS) == set(EQUAL)


@pytest.fixture
async def plan(conn: AsyncConnection, shelve: Shelve) -> Plan:
    """Return a function that explains a list over a few hundred comics of all kinds."""
    known = {"series": "Saga", "publisher": "Image", "year": 2012, "format": "cbz"}
    for number, marked, duplicate in product(range(5), (False, True), (False, True)):
        paths = [f"{number}{marked:d}{duplicate:d}/{n}.cbz" for n in range(20)]
        kind = known if number == 0 else {"series": f"S{number}", "fault": "No." * (number == 1)}
        await shelve(
            paths, marked=marked, duplicate=duplicate, missing=number == 2, **{**known, **kind}
        )
    await conn.execute(text("SET enable_seqscan = off"))
    await conn.execute(text("SET enable_sort = off"))
    await conn.commit()
    await conn.execution_options(isolation_level="AUTOCOMMIT")
    await conn.execute(text("VACUUM ANALYZE files, file_search, counts, libraries, scans"))

    async def plan(wanted: Wanted) -> str:
        explained = f"EXPLAIN (COSTS OFF) {statement(shape_of(wanted))}"
        rows = await conn.exec_driver_sql(explained, parameters(wanted))
        return "\n".join(rows.scalars())

    return plan


def document(wanted: Wanted, plan: str) -> str:
    """Write a statement with its plan below it, as it is kept."""
    told = "\n".join(f"-- {line}" for line in plan.splitlines())
    question = re.sub(r" +$", "", statement(shape_of(wanted)), flags=re.MULTILINE)
    return f"{question};\n\n{told}\n"


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
        assert explained.count("Index Only Scan") == (2 if paging == "number" else 0), wanted


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name.startswith("of_one")])
async def test_no_list_of_one_value_by_name_reads_or_sorts_the_whole_table(
    plan: Plan, name: str
) -> None:
    assert scans_of_files(await plan(QUESTIONS[name])) == []


async def test_a_search_by_a_word_uses_the_trigrams(plan: Plan) -> None:
    assert "file_search_trgm_idx" in await plan(QUESTIONS["search_by_a_word"])
    assert "file_search_trgm_idx" not in await plan(QUESTIONS["search_by_a_letter"])


async def test_the_kept_statements_are_those_that_are_sent(
    plan: Plan, conn: AsyncConnection
) -> None:
    version = int(str(await conn.scalar(text("SHOW server_version_num")))) // 10_000
    if version != MAJOR:
        pytest.skip(f"plans are kept as PostgreSQL {MAJOR} tells them; this is {version}")
    written = {name: document(wanted, await plan(wanted)) for name, wanted in QUESTIONS.items()}
    if WRITE:
        for old in KEPT.glob("*.sql"):
            old.unlink()
        for name, content in written.items():
            (KEPT / f"{name}.sql").write_text(content)
    kept = {file.stem: file.read_text() for file in KEPT.glob("*.sql")}
    assert kept == written, "a statement or its plan has changed: `make statements`, and review it"
