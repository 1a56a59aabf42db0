"""What all libraries are made of, for plots: when comics came, their formats, publishers and years.

`tallies` know most of it, and scans tell how many comics they found. Only those that could not be
read are looked at one by one.
"""

from typing import Final

from msgspec import Struct, field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Share(Struct):
    """A value, and how many comics have it."""

    value: str
    files: int


class Statistics(Struct):
    """Months and years in their order, all else with the commonest first."""

    growth: list[Share] = field(default_factory=list)  # by the month of the scan, as 2026-03
    format: list[Share] = field(default_factory=list)
    publisher: list[Share] = field(default_factory=list)
    year: list[Share] = field(default_factory=list)
    fault: list[Share] = field(default_factory=list)


MOST: Final = 20  # publishers, and reasons why comics could not be read

SUMS: Final = text("""
    WITH came AS (
        SELECT date_trunc('month', started_at AT TIME ZONE 'UTC') AS month, sum(added) AS files
          FROM scans WHERE added > 0 GROUP BY month
    ), faulty AS (
        SELECT fault, count(*) AS files
          FROM files WHERE fault IS NOT NULL AND missing_since IS NULL
         GROUP BY fault ORDER BY files DESC, fault LIMIT :most
    ), told AS (
        SELECT facet, value, sum(present) AS files
          FROM tallies WHERE facet IN ('format', 'publisher', 'year') AND parent = ''
         GROUP BY facet, value HAVING sum(present) > 0
    ), ranked AS (
        SELECT facet, value, files,
               row_number() OVER (PARTITION BY facet ORDER BY files DESC, value) AS place
          FROM told
    )
    SELECT 'growth' AS facet, to_char(month, 'YYYY-MM') AS value, CAST(files AS bigint) AS files,
           row_number() OVER (ORDER BY month) AS place FROM came
     UNION ALL
    SELECT 'fault', fault, files, row_number() OVER (ORDER BY files DESC, fault) FROM faulty
     UNION ALL
    SELECT facet, value, CAST(files AS bigint),
           CASE WHEN facet = 'year' THEN CAST(value AS int) ELSE place END
      FROM ranked WHERE facet = 'year' OR place <= :most
     ORDER BY facet, place
""")


async def sums(conn: AsyncConnection) -> Statistics:
    """Return what all comics that are there add up to, in one statement."""
    found = Statistics()
    for row in await conn.execute(SUMS, {"most": MOST}):
        getattr(found, row.facet).append(Share(row.value, row.files))
    return found


DATABASE: Final = text("""
    SELECT current_setting('server_version') AS version,
           pg_database_size(current_database()) AS bytes
""")


class Database(Struct):
    """PostgreSQL's version, and how many bytes the index takes."""

    version: str
    bytes: int


async def database(conn: AsyncConnection) -> Database:
    """Return what PostgreSQL tells of itself."""
    row = (await conn.execute(DATABASE)).one()
    return Database(row.version, row.bytes)
