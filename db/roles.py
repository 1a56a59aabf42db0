"""Let the doors of the functions be no more than they have to be: a role of PostgreSQL's own.

`migrations/versions/0011_roles.py` makes one that reads and one that changes rows; neither can
change a table, and the former no row. Where they are not there, or may not be taken, a door stays
what the URL's user is: `longbox doctor` says so by `lacking`.
"""

from functools import partial
from typing import Any, Final, Literal

from psycopg import AsyncConnection as DriverConnection
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

Role = Literal["reader", "functions"]

# Membership alone may be without the right to be the role, which PostgreSQL tells from 16 on.
MAY_TAKE: Final = """
    pg_has_role(r.oid, CASE WHEN current_setting('server_version_num')::int >= 160000
                            THEN 'SET' ELSE 'MEMBER' END)
"""
NAMED: Final = """
    'longbox_' || asked.role || '_' || (SELECT oid FROM pg_database
                                         WHERE datname = current_database())
"""

TAKE: Final = f"""
    SELECT set_config('role', r.rolname, false)
      FROM (SELECT %(role)s::text AS role) AS asked JOIN pg_roles AS r ON r.rolname = {NAMED}
     WHERE {MAY_TAKE}
""".encode()  # noqa: S608  nothing comes from outside

LACKING: Final = text(f"""
    SELECT asked.role FROM (VALUES ('reader'), ('functions')) AS asked (role)
     WHERE NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = {NAMED} AND {MAY_TAKE})
     ORDER BY 1
""")  # noqa: S608  as above


async def take(conn: DriverConnection[Any], role: Role) -> None:
    """Have all that this connection does be done by a role, if there is one; one round trip."""
    await conn.execute(TAKE, {"role": role})
    if not conn.autocommit:
        await conn.commit()  # or it would be taken back with the first transaction that is


def lower(engine: AsyncEngine, role: Role) -> None:
    """Have each new connection of a door take a role."""

    def lowered(connection: Any, _record: object) -> None:  # noqa: ANN401  SQLAlchemy's adapter
        connection.run_async(partial(take, role=role))

    event.listen(engine.sync_engine, "connect", lowered)


async def lacking(conn: AsyncConnection) -> list[str]:
    """Return the roles that are not there, or that this user may not take."""
    return list((await conn.scalars(LACKING)).all())
