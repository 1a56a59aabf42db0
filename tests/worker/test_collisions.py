"""Which comics get the names that they want, found out before anything moves."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from comics.writing.snapshots import take
from db.batch_items import Claimed
from worker.collisions import arrange, sort_out
from worker.journal import Journal
from worker.planning import Intention
from worker.steps import Move

KNOWN: dict[str, Any] = {
    "batch": 1,
    "seq": 0,
    "kind": "rename",
    "state": "running",
    "tries": 0,
    "deaths": 0,
    "preview": False,
    "plan": None,
    "undone": None,
    "file": 1,
    "library": 1,
    "read_only": False,
    "size": 0,
    "mtime_ns": 0,
    "inode": 0,
    "format": None,
    "fault": None,
    "missing": False,
    "marked": False,
    "duplicate": False,
    "tags": None,
    "provenance": {},
    "orders": {},
}


def wish(root: Path, old: str, new: str) -> Intention:
    """Make a file, and say what it is to be called."""
    (root / old).parent.mkdir(exist_ok=True)
    (root / old).touch()
    claimed = Claimed(root=str(root), path=old, **KNOWN)
    move = Move(old, new, take(root / old), tidies=True)
    return Intention(claimed, Journal([move], after={"path": new}))


def names(those: Iterable[Claimed]) -> list[str]:
    """Return the paths of these."""
    return [one.path for one in those]


def settle(*wishes: Intention) -> tuple[list[str], list[str]]:
    """Return in which order what is renamed, and what is not."""
    arranged = arrange(wishes)
    waiting, blocked = sort_out(arranged, [])
    assert waiting == []
    return names(one.claimed for one in arranged.ready), names(blocked)


def test_of_two_that_want_one_name_the_first_gets_it(tmp_path: Path) -> None:
    wishes = [wish(tmp_path, old, "new") for old in "ab"]
    assert settle(*wishes) == (["a"], ["b"])


@pytest.mark.parametrize("there", ["new", "NEW", "Ne\N{KELVIN SIGN}", "ﬁ", "Cafe\u0301"])
def test_a_name_on_the_disk_is_taken_however_it_is_spelled(tmp_path: Path, there: str) -> None:
    wanted = {"Ne\N{KELVIN SIGN}": "nek", "ﬁ": "FI", "Cafe\u0301": "Café"}.get(there, "new")
    (tmp_path / there).touch()
    assert settle(wish(tmp_path, "a", wanted)) == ([], ["a"])


def test_a_comic_may_change_the_spelling_of_its_own_name(tmp_path: Path) -> None:
    assert settle(wish(tmp_path, "Saga.CBZ", "saga.cbz")) == (["Saga.CBZ"], [])


def test_a_chain_is_done_from_its_end(tmp_path: Path) -> None:
    wishes = [wish(tmp_path, old, new) for old, new in ("12", "23", "34")]
    assert settle(*wishes) == (["3", "2", "1"], [])


@pytest.mark.parametrize(
    ("wishes", "order"),
    [
        (["12", "21"], "12"),
        (["12", "23", "31"], "132"),
        (["01", "12", "23", "34", "42"], "243"),
        (["aA", "Aa"], "aA"),
        (["aB", "bA"], "ab"),
    ],
)
def test_in_a_circle_one_steps_aside_for_the_others(
    tmp_path: Path, wishes: list[str], order: str
) -> None:
    arranged = arrange([wish(tmp_path, pair[0], pair[1]) for pair in wishes])
    first, *others = arranged.ready
    assert [one.claimed.path for one in arranged.ready] == list(order)
    assert isinstance(step := first.journal.steps[0], Move)
    assert step.aside == "longbox-1-0"
    assert all(one.journal.circle == first.journal.circle for one in others)


def test_of_two_that_want_into_a_circle_neither_gets_in(tmp_path: Path) -> None:
    wishes = [wish(tmp_path, old, new) for old, new in ("01", "12", "21", "91")]
    assert settle(*wishes) == (["1", "2"], ["0", "9"])


def test_names_are_waited_for_that_may_yet_be_left(tmp_path: Path) -> None:
    (tmp_path / "3").touch()
    (tmp_path / "9").touch()
    wishes = [wish(tmp_path, old, new) for old, new in ("12", "23", "89")]
    waiting, blocked = sort_out(arrange(wishes), [str(tmp_path / "3")])
    assert (names(waiting), names(blocked)) == (["2", "1"], ["8"])


def test_a_name_that_was_left_meanwhile_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "2").touch()
    arranged = arrange([wish(tmp_path, "1", "2")])
    (tmp_path / "2").unlink()
    waiting, blocked = sort_out(arranged, [])
    assert (names(waiting), blocked) == (["1"], [])


def test_a_name_that_a_preview_has_found_left_is_free(tmp_path: Path) -> None:
    (tmp_path / "2").touch()
    arranged = arrange([wish(tmp_path, "1", "2")], [str(tmp_path / "2")])
    assert names(one.claimed for one in arranged.ready) == ["1"]


def test_one_that_cannot_move_keeps_the_name_that_another_wants(tmp_path: Path) -> None:
    (tmp_path / "3").touch()
    wishes = [wish(tmp_path, old, new) for old, new in ("12", "23")]
    assert settle(*wishes) == ([], ["1", "2"])


def test_one_name_in_two_folders_is_two(tmp_path: Path) -> None:
    wishes = [wish(tmp_path, old, new) for old, new in (("a", "A/new"), ("b", "B/new"))]
    assert settle(*wishes) == (["a", "b"], [])


def test_a_name_that_is_no_utf_8_is_no_hindrance(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff", "wb"):  # noqa: PTH123  no text
        pass
    assert settle(wish(tmp_path, "a", "b")) == (["a"], [])
