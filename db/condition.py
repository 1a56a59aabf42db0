"""What a database is like, for whoever has to find out why Longbox does not work with it."""

from datetime import datetime
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from msgspec import Struct
from psycopg import AsyncConnection as DriverConnection
from psycopg.rows import DictRow, dict_row
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, schema

OLDEST: Final = 150_000
"""PostgreSQL 15, as `server_version_num` has it: the first in which a unique NULL can be one."""


class Unreachable(Exception):
    """There is no speaking to the database; the sentence says why."""


class Condition(Struct):
    """A database as it is; `revision` is None where no table of ours is."""

    version: str
    number: int
    encoding: str
    collation: str
    extensions: list[str]  # those that could be had, of the ones that are needed
    user: str
    may_create: bool
    is_read_only: bool
    is_safe: bool  # what is committed survives a crash of the machine
    connections: int
    now: datetime
    revision: str | None


PATIENCE: Final = 10  # seconds for a connection
NEEDED: Final = ["pg_trgm"]

TELL: Final = """
    SELECT current_setting('server_version') AS version,
           CAST(current_setting('server_version_num') AS int) AS number,
           pg_encoding_to_char(encoding) AS encoding, datcollate AS collation,
           ARRAY(SELECT CAST(name AS text) FROM pg_available_extensions
                  WHERE name = ANY(%(needed)s)) AS extensions,
           current_user AS user,
           has_database_privilege(datname, 'CREATE')
               AND has_schema_privilege('public', 'CREATE') AS may_create,
           pg_is_in_recovery() OR CAST(current_setting('transaction_read_only') AS bool)
               AS is_read_only,
           CAST(current_setting('fsync') AS bool) AS is_safe,
           CAST(current_setting('max_connections') AS int)
               - CAST(current_setting('superuser_reserved_connections') AS int) AS connections,
           clock_timestamp() AS now
      FROM pg_database WHERE datname = current_database()
"""

HAS_SCHEMA: Final = "SELECT to_regclass('alembic_version') IS NOT NULL AS has_schema"


async def examine() -> Condition:
    """Return what $DATABASE_URL's database is like; raise `Unreachable`.

    The connection has none of our options, which an old server may not know, and decodes what one
    sends that knows of no encoding.
    """
    try:
        address = engine.conninfo(engine.database_url())
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise Unreachable("DATABASE_URL is no address of one") from error
    try:
        async with await DriverConnection.connect(
            address, row_factory=dict_row, client_encoding="utf8", connect_timeout=PATIENCE
        ) as conn:
            known = await one(conn, TELL, {"needed": NEEDED})
            has_schema = (await one(conn, HAS_SCHEMA))["has_schema"]
            schema_is = await one(conn, schema.CURRENT.text) if has_schema else {}
    except psycopg.Error as error:
        raise Unreachable(str(error).strip().partition("\n")[0]) from error
    return Condition(**known, revision=schema_is.get("version_num"))


async def one(
    conn: DriverConnection[DictRow], statement: str, values: dict[str, Any] | None = None
) -> DictRow:
    """Return the only row of a statement, or nothing of an empty table."""
    cursor = await conn.execute(statement.encode(), values)
    return await cursor.fetchone() or {}


USERS: Final = text("SELECT count(*) FROM users WHERE disabled_at IS NULL")


async def users(conn: AsyncConnection) -> int:
    """Count who may log in."""
    return int(await conn.scalar(USERS) or 0)
