"""Who asks: by a session, by a token, by the name that a proxy tells, or as anybody.

Every request is asked about, so this is one prepared statement, which a list sends along with its
own. Nothing is remembered in between: who is logged out, disabled or has less of a role is so with
the next request, whatever process it meets.
"""

from time import perf_counter
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection as DriverConnection

from db.timing import ran

Role = Literal["nobody", "viewer", "editor", "admin"]  # each may what those before it may
RANKS: Final[dict[str, int]] = {"nobody": 0, "viewer": 1, "editor": 2, "admin": 3}


class Caller(Struct, frozen=True, kw_only=True):
    """Somebody who asks: a user, anybody, or nobody."""

    user: int | None = None
    name: str = ""
    role: Role = "nobody"
    libraries: tuple[int, ...] | None = None  # to which all is narrowed; None for all
    unseen: bool = False  # for a while, so that it is worth writing down

    def may(self, needed: str) -> bool:
        """Tell whether this caller has that role, or one that may more."""
        return RANKS[self.role] >= RANKS[needed]

    @property
    def sees_all(self) -> bool:
        """Tell whether no library is hidden from this caller."""
        return self.role != "nobody" and self.libraries is None


NOBODY: Final = Caller()


class Credentials(Struct, frozen=True):
    """What a request says about who asks; hashes of secrets, each empty if there is none.

    `anonymous` is whether anybody may do everything as long as there is no user.
    """

    session: bytes = b""
    token: bytes = b""
    name_key: str = ""
    anonymous: bool = False


ONE: Final = """
    SELECT u.id AS "user", u.name, u.role, u.libraries,
           s.seen_at < now() - interval '5 minutes' AS unseen
      FROM sessions AS s JOIN users AS u ON u.id = s.user_id
     WHERE s.key = %(session)s AND s.expires_at > now() AND u.disabled_at IS NULL
    UNION ALL
    SELECT u.id, u.name,
           CASE WHEN 'viewer' IN (t.role, u.role) THEN 'viewer'
                WHEN 'editor' IN (t.role, u.role) THEN 'editor' ELSE 'admin' END,
           u.libraries, coalesce(t.used_at < now() - interval '5 minutes', true)
      FROM tokens AS t JOIN users AS u ON u.id = t.user_id
     WHERE t.key = %(token)s AND (t.expires_at > now()) IS NOT FALSE AND u.disabled_at IS NULL
    UNION ALL
    SELECT id, name, role, libraries, false FROM users
     WHERE name_key = %(name_key)s AND name_key <> '' AND disabled_at IS NULL
    UNION ALL
    SELECT NULL, '', 'admin', NULL, false WHERE %(anonymous)s AND NOT EXISTS (SELECT FROM users)
"""
CALLER: Final = f"SELECT row_to_json(one) FROM ({ONE}) AS one"  # noqa: S608  nothing but our own

# A list is only looked for if whoever asks may see all of it.
LIST: Final = f"""
    WITH one AS MATERIALIZED ({ONE})
    SELECT (SELECT row_to_json(one)::text FROM one) AS summary, CAST(NULL AS bytea) AS heads,
           CAST(NULL AS text) AS fragments, CAST(NULL AS text) AS key, CAST(NULL AS integer) AS id
    UNION ALL
    SELECT page.* FROM (
{{list}}
    ) AS page WHERE EXISTS (SELECT FROM one WHERE libraries IS NULL)
"""  # noqa: S608  nothing but our own


async def find(conn: DriverConnection[tuple[Any, ...]], credentials: Credentials) -> Caller:
    """Return who asks, in one round trip."""
    async with conn.cursor(binary=True) as cursor:
        began = perf_counter()
        try:
            await cursor.execute(CALLER, msgspec.structs.asdict(credentials), prepare=True)
        finally:
            ran("listing", CALLER, began)
        if cursor.pgresult is None:
            raise LookupError("PostgreSQL has answered the question who asks with nothing.")
        return read(cursor.pgresult.get_value(0, 0) if cursor.pgresult.ntuples else None)


def read(row: bytes | None) -> Caller:
    """Read a caller from a row as JSON; no row is nobody."""
    return NOBODY if row is None else msgspec.json.decode(row, type=Caller)
