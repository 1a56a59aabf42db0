"""Folders of ComicMaintainer, as each of its eras has left them."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

WATCHED = "/watched_dir"

HISTORY = """
    CREATE TABLE processing_history (
        id INTEGER PRIMARY KEY AUTOINCREMENT, filepath TEXT NOT NULL, timestamp REAL NOT NULL,
        before_filename TEXT, after_filename TEXT, before_title TEXT, after_title TEXT,
        before_series TEXT, after_series TEXT, before_issue TEXT, after_issue TEXT,
        before_publisher TEXT, after_publisher TEXT, before_year TEXT, after_year TEXT,
        before_volume TEXT, after_volume TEXT, operation_type TEXT NOT NULL)
"""
MARKERS = """
    CREATE TABLE markers (
        filepath TEXT NOT NULL, marker_type TEXT NOT NULL, PRIMARY KEY (filepath, marker_type))
"""
PREFERENCES = """
    CREATE TABLE preferences (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at REAL NOT NULL)
"""

Marks = dict[str, list[str]]


def fill(database: Path, table: str, schema: str, rows: Iterable[dict[str, Any]]) -> Path:
    """Make a table with these rows, as ComicMaintainer does: with a log beside the database."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute(schema)
        for row in rows:
            holders = ", ".join(f":{name}" for name in row)
            conn.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({holders})", row)  # noqa: S608  ours
    return database


def marker_rows(marks: Marks) -> list[dict[str, str]]:
    """Return marks as its tables have them."""
    return [
        {"filepath": f"{WATCHED}/{path}", "marker_type": kind}
        for kind, paths in marks.items()
        for path in paths
    ]


def entry(path: str, at: float, **changed: tuple[str | None, str | None]) -> dict[str, Any]:
    """Return a row of its history: by column what it was and what it became."""
    sides = {
        f"{side}_{column}": values[place]
        for column, values in changed.items()
        for place, side in enumerate(("before", "after"))
    }
    return {
        "filepath": f"{WATCHED}/{path}",
        "timestamp": at,
        "operation_type": "process",
        **sides,
    }


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Have an empty /Config."""
    folder = tmp_path / "Config"
    folder.mkdir()
    return folder


Make = Callable[[Path, Marks], Path]


def make_json_era(folder: Path, marks: Marks) -> Path:
    """Write the marks as the first versions did."""
    (folder / "markers").mkdir()
    for kind, paths in marks.items():
        files = {"files": sorted(f"{WATCHED}/{path}" for path in paths)}
        (folder / "markers" / f"{kind}_files.json").write_text(json.dumps(files, indent=2))
    return folder


def make_middle_era(folder: Path, marks: Marks) -> Path:
    """Write the marks into a database, as those between did; the JSON has got another name."""
    make_json_era(folder, {"processed": ["Gone/long ago.cbz"]})
    old = folder / "markers" / "processed_files.json"
    old.rename(old.with_name(f"{old.name}.migrated.1760000000"))
    fill(folder / "markers" / "markers.db", "markers", MARKERS, marker_rows(marks))
    return folder


def make_last_era(folder: Path, marks: Marks) -> Path:
    """Write the marks into the database that has all, as the last versions did."""
    fill(folder / "store" / "comicmaintainer.db", "markers", MARKERS, marker_rows(marks))
    return folder
