"""Users who ask by their tokens, and every route there is, filled with what it may be asked for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from falcon.testing import ASGIConductor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from functions.app import FUNCTIONS, Function
from functions.callers import hashed
from functions.openapi import BEHIND, PARAMETER

ADD = text("""
    WITH added AS (
        INSERT INTO users (name, name_key, role, libraries)
        VALUES (:name, :name, :role, CAST(:libraries AS int[]))
        ON CONFLICT (name_key) DO UPDATE SET role = excluded.role RETURNING id
    )
    INSERT INTO tokens (key, user_id, name, role) SELECT :key, id, '', :role FROM added
    ON CONFLICT (key) DO NOTHING
""")


async def add_user(
    conn: AsyncConnection, name: str, role: str, libraries: Sequence[int] | None = None
) -> dict[str, str]:
    """Have a user of this name with a token; return the headers by which that one asks."""
    narrowed = None if libraries is None else list(libraries)
    given = {"name": name, "role": role, "libraries": narrowed, "key": hashed(name)}
    await conn.execute(ADD, given)
    await conn.commit()
    return {"Authorization": f"Bearer {name}"}


class Asker:
    """A client that asks as somebody."""

    def __init__(self, client: ASGIConductor, headers: Mapping[str, str]) -> None:
        self.client = client
        self.headers = headers

    async def ask(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401  Falcon's
        """Return the answer."""
        return await self.client.simulate_request(method, path, headers=self.headers, **more)

    async def json(self, path: str, /, **query: object) -> Any:  # noqa: ANN401  JSON
        """Return the JSON of a 200."""
        answer = await self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json


class Target(NamedTuple):
    """A route of a function, with a path to ask for."""

    name: str
    function: Function
    method: str
    path: str
    names_something: bool  # by a parameter of the path


def targets(known: Mapping[str, object]) -> Iterator[Target]:
    """Yield every route, its parameters filled from what is known by their names."""
    for name, function in FUNCTIONS.items():
        method, *paths = function.ROUTE.split()
        for path in paths:
            filled = PARAMETER.sub(
                lambda found: quote(str(known[found["name"]])) + BEHIND.get(found["kind"], ""), path
            )
            yield Target(name, function, method, filled, filled != path)
