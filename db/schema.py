"""Bring a database to this version's schema, and tell whether it is there."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations

# Alembic takes a while to import, and those who only ask for the revision have no use for it.
if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(migrations.__file__).parent

CURRENT = text("SELECT version_num FROM alembic_version")


def config(url: URL | None = None) -> "Config":
    """Point Alembic at the migrations that came with this version, wherever it is installed."""
    from alembic.config import Config  # noqa: PLC0415  see above

    chosen = Config()
    chosen.set_main_option("script_location", str(FOLDER))
    chosen.attributes["url"] = url
    return chosen


def migrate(url: URL | None = None, revision: str = "head") -> None:
    """Upgrade this database; replicas that do so at once wait for each other."""
    from alembic import command  # noqa: PLC0415  see above

    command.upgrade(config(url), revision)


def newest() -> str:
    """Return the revision that this version of the code is written for: the last by its number."""
    return max(path.name for path in FOLDER.glob("versions/[0-9]*.py")).partition("_")[0]


async def current(conn: AsyncConnection) -> str | None:
    """Return the revision this database is at."""
    revision: str | None = await conn.scalar(CURRENT)
    return revision
