"""Run the migrations under an advisory lock, so that any number of replicas may start at once."""

import time

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from db.engine import database_url
from db.tables import metadata

LOCK = 0x6C6F6E67  # "long"

# A migration that waits for a lock holds up every query behind it, so it gives up and is run again.
LIMITS = "SET lock_timeout = '10s'; SET statement_timeout = '10min'"


def wait_for_turn(connection: Connection) -> None:
    """Take the lock by polling: a waiting pg_advisory_lock() would hold a snapshot.

    CREATE INDEX CONCURRENTLY waits for every older snapshot, so the two would wait for each other.
    """
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}):
        connection.rollback()
        time.sleep(0.2)
    connection.commit()


def migrate(connection: Connection) -> None:
    """Bring this database to the revision that was asked for."""
    wait_for_turn(connection)
    connection.execute(text(LIMITS))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    url = context.config.attributes.get("url") or database_url()
    with create_engine(url, poolclass=pool.NullPool).connect() as door:
        migrate(door)
