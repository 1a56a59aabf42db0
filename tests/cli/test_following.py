"""What is shown of a batch while it is followed."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from cli.following import CANCELLED, INCOMPLETE, changes, code, shown
from db.batches import Batch
from db.happenings import Changed, Item

KEY = UUID(int=7)
BATCH = Batch(
    id=1,
    key=KEY,
    kind="rename",
    title="Rename",
    state="running",
    undoes=None,
    total=2,
    done=0,
    unchanged=0,
    skipped=0,
    failed=0,
    event=1,
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
    started_at=None,
    finished_at=None,
)
ITEM = Item(
    event=2,
    batch=1,
    key=KEY,
    kind="rename",
    total=2,
    preview=False,
    seq=0,
    ordinal=1,
    file=5,
    library=1,
    root="/comics",
    path="a.cbz",
    state="done",
    error=None,
    before={"path": "a.cbz"},
    after={"path": "b.cbz"},
    ended_at=None,
)


def test_each_line_is_a_comic_or_the_batch(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with shown() as tell:
        tell(ITEM)
        tell(Changed(3, 1, BATCH))
    item, batch = map(msgspec.json.decode, capfdbinary.readouterr().out.splitlines())
    assert (item["seq"], item["path"], item["after"]) == (0, "a.cbz", {"path": "b.cbz"})
    assert (batch["title"], batch["state"], batch["total"]) == ("Rename", "running", 2)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        ({"state": "done", "done": 2}, 0),
        ({"state": "done", "unchanged": 2}, 0),
        ({"state": "previewed", "done": 2}, 0),
        ({"state": "done", "done": 1, "skipped": 1}, INCOMPLETE),
        ({"state": "done", "done": 1, "failed": 1}, INCOMPLETE),
        ({"state": "cancelled", "done": 1}, CANCELLED),
    ],
)
def test_the_exit_code_tells_how_a_batch_has_ended(ended: dict[str, Any], expected: int) -> None:
    assert code(msgspec.structs.replace(BATCH, **ended)) == expected


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"path": "a.cbz"}, {"path": "b.cbz", "size": 9}, "a.cbz → b.cbz"),
        ({"path": "a", "title": None}, {"path": "a", "title": "T"}, "title nothing → T"),
        ({"path": "a", "year": 2012}, {"path": "a", "year": None}, "year 2012 → nothing"),
        ({"path": "a", "marked": False}, {"path": "a", "marked": True}, "marked False → True"),
        ({"path": "a"}, None, "done"),
    ],
)
def test_what_changed_is_said_in_a_line(
    before: dict[str, Any], after: dict[str, Any] | None, told: str
) -> None:
    assert changes(before, after) == told
