"""`longbox import-comicmaintainer`: what of ComicMaintainer is in the index afterwards."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.importing.command import bring_over, tell
from cli.importing.taking_over import Report
from db import libraries, preferences, settings
from functions.shelving import Refused
from tests.cli.conftest import Longbox
from tests.cli.importing.conftest import (
    HISTORY,
    PREFERENCES,
    WATCHED,
    Make,
    entry,
    fill,
    make_json_era,
    make_last_era,
    make_middle_era,
)
from tests.conftest import Shelve


@pytest.fixture(autouse=True)
def named(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command find the database of the tests."""
    monkeypatch.setenv("DATABASE_URL", database_url)


async def bring(config: Path, *, dry_run: bool = False) -> Report:
    """Take over a folder whose paths are those of the one library."""
    return await bring_over(config, WATCHED, None, dry_run=dry_run)


async def marks(conn: AsyncConnection) -> dict[str, tuple[bool, bool]]:
    """Return by path whether a comic is marked, and whether as a duplicate."""
    rows = await conn.execute(text("SELECT path, marked, duplicate FROM files"))
    found = {path: (marked, duplicate) for path, marked, duplicate in rows}
    await conn.commit()
    return found


async def items(conn: AsyncConnection) -> list[dict[str, Any]]:
    """Return the history, oldest first."""
    rows = await conn.execute(text("SELECT * FROM batch_items ORDER BY event"))
    found = [dict(row) for row in rows.mappings()]
    await conn.commit()
    return found


@pytest.mark.parametrize("make", [make_json_era, make_middle_era, make_last_era])
async def test_the_marks_of_every_era_come_and_what_is_unknown_is_told(
    conn: AsyncConnection, shelve: Shelve, config: Path, make: Make
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz", "Saga/3.cbz"])
    make(config, {"processed": ["Saga/1.cbz", "Saga/9.cbz"], "duplicate": ["Saga/2.cbz"]})
    report = await bring(config)
    assert (report.marked, report.duplicate) == (1, 1)
    assert report.unknown == [f"{WATCHED}/Saga/9.cbz"]
    assert await marks(conn) == {
        "Saga/1.cbz": (True, False),
        "Saga/2.cbz": (False, True),
        "Saga/3.cbz": (False, False),
    }


async def test_to_import_again_changes_nothing(
    conn: AsyncConnection, shelve: Shelve, config: Path
) -> None:
    await shelve(["Saga/1.cbz"])
    make_last_era(config, {"processed": ["Saga/1.cbz"]})
    rows = [entry("Saga/1.cbz", 1e9 + at, title=(None, f"Chapter {at}")) for at in range(3)]
    fill(config / "store" / "comicmaintainer.db", "processing_history", HISTORY, rows)
    (config / "config.json").write_text('{"issue_number_padding": 3}')
    first = await bring(config)
    assert (first.marked, first.history, first.settings) == (1, 3, {"issue_number_padding": 3})
    before = await items(conn)
    assert await bring(config) == Report()
    assert await items(conn) == before
    assert len(before) == 3


async def test_a_later_import_brings_what_has_been_added(
    conn: AsyncConnection, shelve: Shelve, config: Path
) -> None:
    await shelve(["Saga/1.cbz", "Saga/2.cbz"])
    database = config / "store" / "comicmaintainer.db"
    fill(database, "processing_history", HISTORY, [entry("Saga/1.cbz", 1e9, title=("", "a"))])
    assert (await bring(config)).history == 1
    more = [entry("Saga/2.cbz", 1e9 + 1, title=("", "b"))]
    fill(database, "processing_history", "SELECT 1", more)
    assert (await bring(config)).history == 1
    assert len(await items(conn)) == 2
    assert (await conn.execute(text("SELECT state, total, done FROM batches"))).all() == [
        ("done", 2, 2)
    ]


async def test_a_dry_run_tells_what_would_come_and_keeps_nothing(
    conn: AsyncConnection, shelve: Shelve, config: Path
) -> None:
    await shelve(["Saga/1.cbz"])
    make_json_era(config, {"processed": ["Saga/1.cbz"]})
    assert (await bring(config, dry_run=True)).marked == 1
    assert await marks(conn) == {"Saga/1.cbz": (False, False)}


async def test_a_comic_is_followed_through_its_names_to_the_one_that_it_has(
    conn: AsyncConnection, shelve: Shelve, config: Path
) -> None:
    (file,) = await shelve(["Saga/Saga 001.cbz"])
    rows = [
        entry("Saga/s1.cbz", 1e9, filename=("s1.cbz", "Saga 1.cbz"), issue=("", "1")),
        entry("Saga/Saga 1.cbz", 1e9 + 5, filename=("Saga 1.cbz", "Saga 001.cbz")),
        entry("Saga/s2.cbz", 1e9 + 6, filename=("s2.cbz", "Saga 002.cbz")),
    ]
    fill(config / "store" / "comicmaintainer.db", "processing_history", HISTORY, rows)
    report = await bring(config)
    assert report.history == 2
    assert report.unknown == [f"{WATCHED}/Saga/Saga 002.cbz"]
    first, second = await items(conn)
    assert first["file_id"] == second["file_id"] == file
    assert first["path"] == "Saga/s1.cbz"
    assert first["before"] == {"path": "Saga/s1.cbz", "number": None}
    assert first["after"] == {"path": "Saga/Saga 1.cbz", "number": "1"}
    assert second["after"] == {"path": "Saga/Saga 001.cbz"}
    assert first["ended_at"].timestamp() == 1e9
    assert [item["state"] for item in (first, second)] == ["done", "done"]
    assert [item["ordinal"] for item in (first, second)] == [1, 2]


async def test_what_longbox_did_itself_comes_after_the_history_and_no_stream_tells_that(
    conn: AsyncConnection, shelve: Shelve, config: Path
) -> None:
    await shelve(["Saga/1.cbz"])
    rows = [entry("Saga/1.cbz", 1e9 + at, title=(None, f"Chapter {at}")) for at in range(3)]
    fill(config / "store" / "comicmaintainer.db", "processing_history", HISTORY, rows)
    await bring(config)
    events = [item["event"] for item in await items(conn)]
    assert events == sorted(events)
    assert max(events) < 0


async def test_what_was_chosen_in_longbox_stays(conn: AsyncConnection, config: Path) -> None:
    await libraries.ensure(conn, "/comics", "comics")
    await settings.change(conn, {"filename_format": "{series} {number}"})
    await preferences.change(conn, {"theme": "light"})
    await conn.commit()
    (config / "config.json").write_text(
        json.dumps({"filename_format": "{series} {issue}", "log_max_bytes": 2**20})
    )
    kept = [{"key": name, "value": "dark", "updated_at": 1.0} for name in ("theme", "other")]
    fill(config / "preferences.db", "preferences", PREFERENCES, kept)
    report = await bring(config)
    assert report.settings == {"log_max_bytes": 2**20}
    assert report.preferences == {"other": "dark"}
    assert report.left == ["The setting filename_format: it was chosen in Longbox already."]
    assert (await settings.stored(conn))["filename_format"] == "{series} {number}"


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"filename_format": "{serie} {issue}"}, "Did you mean {series}?"),
        ({"filename_format": "{publisher}/{series}"}, "would make folders here"),
        ({"filename_format": "4"}, "holds no field"),
        ({"issue_number_padding": -1}, ">= 0"),
        ({"log_max_bytes": 1}, ">= 1024"),
        ({"watcher_enabled": True}, "longbox library edit NAME --watch"),
        ({"github_token": "secret"}, "Longbox reports nothing by itself"),
        ({"colour": "red"}, "Longbox has none of this name"),
    ],
)
async def test_a_setting_that_stays_behind_says_why_and_no_secret(
    conn: AsyncConnection, config: Path, kept: dict[str, object], why: str
) -> None:
    await libraries.ensure(conn, "/comics", "comics")
    await conn.commit()
    (config / "config.json").write_text(json.dumps(kept))
    report = await bring(config)
    (left,) = report.left
    assert left.startswith(f"The setting {next(iter(kept))}: ")
    assert why in left
    assert "secret" not in left
    assert report.settings == {}


async def test_paths_that_are_still_the_same_need_no_prefix(shelve: Shelve, config: Path) -> None:
    await shelve(["Saga/1.cbz"], library=WATCHED)
    await shelve(["Saga/1.cbz"], library="/other")
    make_json_era(config, {"processed": ["Saga/1.cbz"]})
    assert (await bring_over(config, None, None, dry_run=False)).marked == 1
    with pytest.raises(Refused, match="Say with --library"):
        await bring(config)
    assert (await bring_over(config, WATCHED, "other", dry_run=False)).marked == 1


async def test_a_folder_with_nothing_of_it_is_refused(config: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds nothing that ComicMaintainer keeps"):
        await bring(config)
    with pytest.raises(Refused, match="holds nothing"):
        await bring(tmp_path / "nowhere")


def test_the_report_is_sentences_and_names_what_to_do() -> None:
    unknown = [f"/watched_dir/Saga/{number}.cbz" for number in range(30)]
    told = list(
        tell(Report(marked=1200, history=3, settings={"a": 1}, unknown=unknown, left=["X"]))
    )
    assert told[:4] == [
        "1,200 comics are marked now, 0 as duplicates",
        "3 entries of the history have come",
        "The setting a is 1",
        "X",
    ]
    assert "30 comics are not in the index:" in told
    assert "  and 10 more: --json lists them all" in told
    assert "--from: /watched_dir/Saga is what these begin with" in told[-1]


async def test_the_command_reports_and_refuses_as_others_do(
    shelve: Shelve, longbox: Longbox, config: Path, database_url: str
) -> None:
    await shelve(["Saga/1.cbz"])
    command = ("import-comicmaintainer", str(config), "--from", WATCHED)
    done = longbox(*command, DATABASE_URL=database_url)
    assert done.returncode == os.EX_DATAERR
    assert done.stderr.startswith("longbox: ")
    make_json_era(config, {"processed": ["Saga/1.cbz"]})
    done = longbox(*command, "--json", DATABASE_URL=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert msgspec.json.decode(done.stdout)["marked"] == 1
    done = longbox(*command, DATABASE_URL=database_url)
    assert done.stdout.splitlines()[0] == "0 comics are marked now, 0 as duplicates"
