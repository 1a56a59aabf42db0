"""What the doors of the functions may do, as PostgreSQL sees it."""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator

import psycopg
import pytest
from alembic import command
from sqlalchemy import URL, text
from sqlalchemy.exc import InternalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine, roles, schema
from tests.conftest import drop_roles

WRITE = "INSERT INTO settings (name, value) VALUES ('x', '1')"
BEING = "SELECT current_user"
PASSWORD = secrets.token_hex(6)
NUMBER = "SELECT oid FROM pg_database WHERE datname = current_database()"
MADE = """
    SELECT count(*) FROM pg_database AS d
      JOIN pg_roles ON rolname ~ ('^longbox_.*_' || d.oid || '$')
     WHERE datname = current_database()
"""


@pytest.fixture
async def doors(url: URL) -> AsyncIterator[None]:
    """Have the doors open."""
    async with engine.open_doors(url):
        yield


async def being(conn: AsyncConnection) -> str:
    """Return as whom a connection acts, without the database's number."""
    name = str(await conn.scalar(text(BEING)))
    return name.rstrip("0123456789")


@pytest.mark.usefixtures("doors")
async def test_each_door_is_a_role_of_its_own() -> None:
    async with engine.reading() as conn:
        assert await being(conn) == "longbox_reader_"
    async with engine.writing() as conn:
        assert await being(conn) == "longbox_functions_"
    async with engine.writing() as conn:  # the same connection, after a transaction
        assert await being(conn) == "longbox_functions_"
    async with engine.listing() as driver:
        (name,) = await (await driver.execute(BEING)).fetchone() or ("",)
        assert name.startswith("longbox_reader_")


@pytest.mark.usefixtures("doors")
async def test_a_write_by_the_reading_door_is_refused_even_where_the_session_would_allow_it() -> (
    None
):
    async with engine.reading() as conn:
        await conn.execute(text("SET default_transaction_read_only = off"))
        with pytest.raises(ProgrammingError, match="permission denied for table settings"):
            await conn.execute(text(WRITE))
    async with engine.listing() as driver:
        await driver.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await driver.execute(WRITE)


@pytest.mark.usefixtures("doors")
async def test_the_reading_door_has_no_passwords() -> None:
    async with engine.reading() as conn:
        await conn.execute(text("SELECT id, name, role FROM users"))
        with pytest.raises(ProgrammingError, match="permission denied for table users"):
            await conn.execute(text("SELECT password FROM users"))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE INDEX ON files (id)",
        "CREATE SCHEMA mine",
        "ALTER TABLE files ADD COLUMN mine int",
        "ALTER TABLE files DISABLE TRIGGER ALL",
        "DROP TABLE files",
        "TRUNCATE files",
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE ROLE mine",
        "COPY files TO PROGRAM 'true'",
    ],
)
@pytest.mark.usefixtures("doors")
async def test_the_functions_change_rows_and_no_table(statement: str) -> None:
    async with engine.writing() as conn:
        await conn.execute(text(WRITE))
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
            await conn.execute(text(statement))


Make = Callable[[str], URL]


@pytest.fixture
def owned(server: URL) -> Iterator[Make]:
    """Make databases, each of a user who is no superuser, but has this right."""
    made: list[str] = []
    with psycopg.connect(engine.conninfo(server), autocommit=True) as admin:

        def owned(right: str) -> URL:
            name = f"longbox_test_{secrets.token_hex(6)}"
            made.append(name)
            admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {right}")
            admin.execute(f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
            url = server.set(username=name, password=PASSWORD, database=name)
            schema.migrate(url)
            return url

        yield owned
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        drop_roles(admin)
        for name in made:
            admin.execute(f"DROP ROLE {name}")


async def test_an_owner_who_may_make_roles_has_them(owned: Make) -> None:
    url = owned("CREATEROLE")
    async with engine.open_doors(url), engine.job(url) as conn:
        assert await roles.lacking(conn) == []
        async with engine.reading() as reader:
            assert await being(reader) == "longbox_reader_"
        async with engine.writing() as writer:
            await writer.execute(text(WRITE))


async def test_an_owner_who_may_not_does_without(owned: Make) -> None:
    url = owned("NOCREATEROLE")
    async with engine.open_doors(url), engine.job(url) as conn:
        assert await roles.lacking(conn) == ["functions", "reader"]
        async with engine.writing() as writer:
            assert await writer.scalar(text(BEING)) == url.username
            await writer.execute(text(WRITE))
        async with engine.reading() as reader:
            with pytest.raises(InternalError, match="read-only transaction"):
                await reader.execute(text(WRITE))


async def test_who_serves_one_database_is_nobody_in_another(owned: Make, url: URL) -> None:
    stranger = owned("CREATEROLE")
    there = stranger.set(database=url.database)
    async with engine.open_doors(there), engine.reading() as reader:
        assert await reader.scalar(text(BEING)) == stranger.username
        with pytest.raises(ProgrammingError, match="permission denied"):
            await reader.execute(text("SELECT 1 FROM files"))
    with psycopg.connect(engine.conninfo(there)) as conn:
        (number,) = conn.execute(NUMBER).fetchone() or (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(f"SET ROLE longbox_reader_{number}".encode())


def test_the_roles_go_with_the_migration_and_come_again(owned: Make) -> None:
    url = owned("CREATEROLE")
    command.downgrade(schema.config(url), "0010")
    with psycopg.connect(engine.conninfo(url)) as conn:
        assert conn.execute(MADE).fetchone() == (0,)
        schema.migrate(url)
        assert conn.execute(MADE).fetchone() == (2,)
