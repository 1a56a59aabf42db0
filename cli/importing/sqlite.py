"""Read tables of SQLite without touching the file, which another program may still have open."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

LOG = "-wal"  # what was written last, and is not yet in the file itself


class Unreadable(ValueError):
    """A database is damaged; the sentence says which."""


def read_table(database: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table by column, or none if there is no such file or table.

    A copy is opened: even a reader writes beside a database that has a log. Text that is no UTF-8
    has surrogates as `os.fsdecode` makes them. Raises `Unreadable`.
    """
    if not database.is_file():
        return []
    with tempfile.TemporaryDirectory(prefix="longbox-import-") as folder:
        copy = Path(folder, database.name)
        for suffix in ("", LOG):
            original = database.with_name(database.name + suffix)
            if original.is_file():
                shutil.copyfile(original, copy.with_name(copy.name + suffix))
        try:
            with closing(sqlite3.connect(copy)) as conn:
                return _select(conn, table)
        except sqlite3.DatabaseError as error:
            raise Unreadable(f"{database} cannot be read: {error}.") from error


def _select(conn: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    conn.text_factory = lambda value: value.decode(errors="surrogateescape")
    known = conn.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    if known.fetchone() is None:
        return []
    cursor = conn.execute(f'SELECT * FROM "{table}" ORDER BY rowid')  # noqa: S608  ours, not a user's
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
