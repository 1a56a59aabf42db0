"""What is read of ComicMaintainer's /Config, of whichever era."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.importing.predecessor import Change, Kept, read
from tests.cli.importing.conftest import (
    HISTORY,
    MARKERS,
    PREFERENCES,
    WATCHED,
    Make,
    entry,
    fill,
    make_json_era,
    make_last_era,
    make_middle_era,
    marker_rows,
)

MARKS = {
    "processed": ["Saga/1.cbz", 'Été/½ "x".cbz'],
    "duplicate": ["Saga/2.cbz"],
    "web_modified": ["Saga/3.cbz"],
}


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return all that could change in a folder."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("make", [make_json_era, make_middle_era, make_last_era])
def test_the_marks_of_every_era_are_read_and_nothing_is_written(config: Path, make: Make) -> None:
    make(config, MARKS)
    before = state(config)
    kept = read(config)
    assert kept.marked == {f"{WATCHED}/Saga/1.cbz", f'{WATCHED}/Été/½ "x".cbz'}
    assert kept.duplicate == {f"{WATCHED}/Saga/2.cbz"}
    assert kept.faults == []
    assert state(config) == before


def test_an_empty_folder_holds_nothing(config: Path) -> None:
    assert read(config) == Kept()


def test_what_was_written_last_is_read_from_the_log_beside_the_database(config: Path) -> None:
    database = config / "store" / "comicmaintainer.db"
    fill(database, "markers", MARKERS, [])
    with closing(sqlite3.connect(database)) as conn:
        conn.executemany("INSERT INTO markers VALUES (:filepath, :marker_type)", marker_rows(MARKS))
        conn.commit()
        assert (database.parent / "comicmaintainer.db-wal").stat().st_size
        assert len(read(config).marked) == 2


@pytest.mark.parametrize("lost", [1, 12, 40])
def test_marks_whose_file_was_torn_are_made_out(config: Path, lost: int) -> None:
    """Its workers wrote one file at the same time, and were killed while they did."""
    make_json_era(config, {"processed": [f"Saga/{number}.cbz" for number in range(10)]})
    file = config / "markers" / "processed_files.json"
    file.write_bytes(file.read_bytes()[:-lost])
    kept = read(config)
    assert len(kept.marked) == (10 if lost == 1 else 9 if lost == 12 else 8)
    (fault,) = kept.faults
    assert f"{file} is damaged: {len(kept.marked)} paths" in fault


def test_names_that_are_no_utf8_are_kept_apart(config: Path) -> None:
    make_json_era(config, {"processed": ["caf\udce9.cbz", "caf�.cbz"]})
    assert len(read(config).marked) == 2
    assert f"{WATCHED}/caf�E9.cbz" in read(config).marked


def test_the_history_tells_what_changed_and_nothing_else(config: Path) -> None:
    row = entry(
        "Saga/1.cbz",
        1_760_000_000.5,
        filename=("1.cbz", "Saga - Chapter 0001.cbz"),
        title=(None, "Chapter 1"),
        series=("Saga", "Saga"),
        issue=("", "1"),
        year=("2012", "2013"),
        publisher=("", None),
    )
    fill(config / "store" / "comicmaintainer.db", "processing_history", HISTORY, [row])
    assert read(config).history == [
        Change(
            id=1,
            path=f"{WATCHED}/Saga/1.cbz",
            at=datetime(2025, 10, 9, 8, 53, 20, 500_000, UTC),
            before={"name": "1.cbz", "title": None, "number": None, "year": 2012},
            after={
                "name": "Saga - Chapter 0001.cbz",
                "title": "Chapter 1",
                "number": "1",
                "year": 2013,
            },
        )
    ]


def test_a_comic_that_kept_its_name_has_none_in_the_history(config: Path) -> None:
    row = entry("Saga/1.cbz", 1e9, filename=("1.cbz", "1.cbz"), title=("a", "b"))
    fill(config / "store" / "comicmaintainer.db", "processing_history", HISTORY, [row])
    (change,) = read(config).history
    assert (change.before, change.after) == ({"title": "a"}, {"title": "b"})


def test_settings_and_preferences_are_what_they_were(config: Path) -> None:
    (config / "config.json").write_text('{"filename_format": "{series} {issue}", "x": 1}')
    rows = [
        {"key": "theme", "value": "dark", "updated_at": 1.0},
        {"key": "perPage", "value": "200", "updated_at": 1.0},
    ]
    fill(config / "preferences.db", "preferences", PREFERENCES, rows)
    kept = read(config)
    assert kept.settings == {"filename_format": "{series} {issue}", "x": 1}
    assert kept.preferences == {"theme": "dark", "perPage": 200}


def test_one_damaged_part_does_not_hide_the_others(config: Path) -> None:
    make_json_era(config, MARKS)
    (config / "config.json").write_text('{"filename_format": ')
    (config / "store").mkdir()
    (config / "store" / "comicmaintainer.db").write_bytes(b"no database" * 800)
    kept = read(config)
    assert len(kept.marked) == 2
    assert len(kept.faults) == 3  # one for each table that was looked for, and the settings
    assert all("cannot be read" in fault or "damaged" in fault for fault in kept.faults)
