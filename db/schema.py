"""Bring a database to this version's schema, and tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations

CURRENT = text("SELECT version_num FROM alembic_version")


def config(url: URL | None = None) -> Config:
    """Point Alembic at the migrations that came with this version, wherever it is installed."""
    chosen = Config()
    chosen.set_main_option("script_location", str(Path(migrations.__file__).parent))
    chosen.attributes["url"] = url
    return chosen


def migrate(url: URL | None = None, revision: str = "head") -> None:
    """Upgrade this database; replicas that do so at once wait for each other."""
    command.upgrade(config(url), revision)


def newest() -> str | None:
    """Return the revision that this version of the code is written for."""
    return ScriptDirectory.from_config(config()).get_current_head()


async def current(conn: AsyncConnection) -> str | None:
    """Return the revision this database is at."""
    revision: str | None = await conn.scalar(CURRENT)
    return revision
