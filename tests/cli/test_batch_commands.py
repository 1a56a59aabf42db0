"""`longbox batch`, `batches`, `follow`, `cancel`, `undo` and `history`, as a user runs them."""

import os
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.following import CANCELLED, INCOMPLETE
from tests.cli.test_library_commands import on_a_terminal
from tests.disk import write_comic

REFUSED = os.EX_DATAERR


class Commands:
    """Commands of Longbox on one database, in this process."""

    def __init__(self, database_url: str) -> None:
        self.runner = CliRunner(env={"DATABASE_URL": database_url})

    def __call__(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run one that ends with this code, and return its JSON lines."""
        done = self.runner.invoke(app, arguments)
        assert done.exit_code == code, done.output
        return [msgspec.json.decode(line) for line in done.stdout.splitlines()]

    def refusal(self, *arguments: str) -> str:
        """Run one that is refused, and return why."""
        done = self.runner.invoke(app, arguments)
        assert (done.exit_code, done.stdout) == (REFUSED, ""), arguments
        return done.stderr


@pytest.fixture
def run(database_url: str) -> Commands:
    """Run commands on the database of the test."""
    return Commands(database_url)


@pytest.fixture
def comics(tmp_path: Path, run: Commands, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a scanned library of three comics in two folders."""
    root = tmp_path / "comics"
    for name, number in (("Saga/a.cbz", "1"), ("Saga/b.cbz", "2"), ("Bone/c.cbz", "3")):
        write_comic(root / name, "Old", Number=number)
    monkeypatch.setenv("LIBRARY", str(root))
    run("scan")
    return root


def names(root: Path) -> list[str]:
    """Return the comics of a folder, by their paths below it."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*.cb?"))


def test_a_batch_is_made_done_told_and_undone(run: Commands, comics: Path) -> None:
    before = {path: (comics / path).read_bytes() for path in names(comics)}
    *told, last = run("batch", "process", str(comics / "Saga"), "--work")
    items = [one for one in told if "seq" in one]
    assert [item["path"] for item in items] == ["Saga/a.cbz", "Saga/b.cbz"]
    assert [item["state"] for item in items] == ["done", "done"]
    assert (last["state"], last["total"], last["done"]) == ("done", 2, 2)
    renamed = ["Saga/Saga - Chapter 0001.cbz", "Saga/Saga - Chapter 0002.cbz"]
    assert names(comics) == ["Bone/c.cbz", *renamed]
    (newest, *_) = run("history")
    assert newest["after"]["path"] == renamed[1]
    (of_one,) = run("history", "--file", str(comics / renamed[0]))
    assert of_one["before"]["path"] == "Saga/a.cbz"
    run("undo", str(last["id"]), "--work")
    assert names(comics) == sorted(before)
    for path, content in before.items():
        with ZipFile(comics / path) as now:
            assert f"<Number>{'123'['abc'.index(path[5])]}</Number>" in (
                now.read("ComicInfo.xml").decode()
            ), content
    assert [batch["kind"] for batch in run("batches")] == ["undo", "process"]
    assert run("batches", "--limit", "1")[0]["kind"] == "undo"


def test_tags_are_edited_by_options_and_only_where_it_is_meant(run: Commands, comics: Path) -> None:
    edits = '[{"do": "replace", "field": "title", "find": "Old", "by": "New"}]'
    options = ("--set", "Publisher=Image", "--fill", "title=Other", "--clear", "number")
    wanted = ("--filter", "search=saga", "--filter", "sort=name", *options, "--edits", edits)
    last = run("batch", "tags", *wanted, "--work")[-1]
    assert (last["state"], last["done"]) == ("done", 2)
    with ZipFile(comics / "Saga/a.cbz") as comic:
        xml = comic.read("ComicInfo.xml").decode()
    assert "<Title>New</Title>" in xml
    assert "<Publisher>Image</Publisher>" in xml
    assert "Number" not in xml
    with ZipFile(comics / "Bone/c.cbz") as comic:
        assert "Image" not in comic.read("ComicInfo.xml").decode()


def test_a_dry_run_tells_what_would_be_done_and_does_nothing(run: Commands, comics: Path) -> None:
    before = names(comics)
    *told, last = run("batch", "rename", "--all", "--dry-run", "--work", code=INCOMPLETE)
    assert last["state"] == "previewed"
    assert {item["after"] and item["after"]["path"] for item in told if "seq" in item} >= {None}
    assert names(comics) == before


def test_a_batch_waits_for_workers_and_can_be_cancelled(run: Commands, comics: Path) -> None:
    (made,) = run("batch", "rename", str(comics / "Bone/c.cbz"))
    assert (made["state"], made["total"]) == ("running", 1)
    (cancelled,) = run("cancel", str(made["id"]))
    assert cancelled["state"] == "cancelled"
    assert run("follow", str(made["id"]), code=CANCELLED)[-1]["state"] == "cancelled"
    assert "is cancelled already" in run.refusal("cancel", str(made["id"]))
    assert "Bone/c.cbz" in names(comics)


def test_what_cannot_be_done_is_a_sentence_and_a_code(run: Commands, comics: Path) -> None:
    assert "Say which files" in run.refusal("batch", "rename")
    assert "'dance'" in run.refusal("batch", "dance", "--all")
    assert "no comic" in run.refusal("batch", "rename", str(comics / "Nothing")).lower()
    assert "is in none of the libraries" in run.refusal("batch", "rename", "/no/where")
    assert "Month is a whole number" in run.refusal("batch", "tags", "--all", "--set", "month=13")
    assert "as NAME=VALUE" in run.refusal("batch", "rename", "--filter", "unmarked")
    assert "no list in JSON" in run.refusal("batch", "tags", "--all", "--edits", "{")
    assert "set DUPLICATE_DIR" in run.refusal("batch", "deduplicate", "--all")
    assert "There is no batch 7" in run.refusal("undo", "7")


def test_on_a_terminal_there_are_tables_and_what_cannot_be_undone_asks(
    run: Commands, comics: Path, database_url: str
) -> None:
    (made,) = run("batch", "mark", "--all")
    assert (made["state"], made["done"]) == ("done", 3)
    code, seen = on_a_terminal("batches", typed="", DATABASE_URL=database_url)
    assert code == 0
    assert all(told in seen for told in ("what", "Mark as processed", "done"))
    delete = ("batch", "delete", str(comics / "Bone"), "--permanent", "--work")
    code, seen = on_a_terminal(*delete, typed="n\n", DATABASE_URL=database_url)
    assert code == 1
    assert "This cannot be undone" in seen
    assert "Bone/c.cbz" in names(comics)
    code, seen = on_a_terminal(*delete, typed="y\n", DATABASE_URL=database_url)
    assert code == 0
    assert "1/1" in seen
    assert "Bone/c.cbz" not in names(comics)
    code, seen = on_a_terminal("history", typed="", DATABASE_URL=database_url)
    assert "Bone/c.cbz" in seen
