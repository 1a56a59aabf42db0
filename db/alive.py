"""Which processes of Longbox live: those that have a connection under a name of ours.

PostgreSQL shows every connection's name to everybody, and drops it with its holder.
"""

from secrets import token_hex
from typing import Final, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

Kind = Literal["functions", "worker", "scheduler"]


def known_as(kind: Kind) -> str:
    """Make the name that all connections of one process have."""
    return f"longbox {kind} {token_hex(4)}"


ALIVE: Final = text("""
    SELECT split_part(application_name, ' ', 2) AS kind,
           count(DISTINCT application_name) AS processes
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'longbox % %'
     GROUP BY kind
""")


async def count(conn: AsyncConnection) -> dict[Kind, int]:
    """Return how many processes of each kind live; of one that is not there, none do."""
    return {row.kind: row.processes for row in await conn.execute(ALIVE)}
