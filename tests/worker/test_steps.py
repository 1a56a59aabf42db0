"""A change to a comic is whole or has not happened, and can be ended after any kill."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from comics.archives.reading import read
from comics.writing import snapshots
from comics.writing.refusals import Gone, Occupied, Refused
from comics.writing.snapshots import Changed
from tests.disk import write_comic
from worker.journal import Journal, carry_out
from worker.steps import Discard, Make, Move, Restore, Step, Write

ROOT = Path(__file__).parents[2]
STRIDE = "3"  # of the system calls that it is killed at


def test_whatever_call_it_is_killed_at_the_next_worker_ends_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.worker.kill_steps", str(tmp_path), STRIDE]
    told = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stderr
    kills = json.loads(told.stdout)
    assert len(kills) == 11
    assert min(kills.values()) >= 2


def test_a_name_that_is_taken_leaves_tags_and_name_as_they_were(tmp_path: Path) -> None:
    comic = write_comic(tmp_path / "a.cbz", "mine")
    other = write_comic(tmp_path / "b.cbz", "other")
    before, was = (comic.read_bytes(), other.read_bytes()), snapshots.take(comic)
    steps: list[Step] = [Move("a.cbz", "b.cbz", was), Write("b.cbz", {"title": "new"}, was)]
    with pytest.raises(Occupied):
        carry_out(Journal(steps), str(tmp_path))
    assert (comic.read_bytes(), other.read_bytes()) == before


def test_tags_that_cannot_be_written_take_the_move_back(tmp_path: Path) -> None:
    comic = write_comic(tmp_path / "A/a.cbz", "mine")
    comic.chmod(0o444)
    was = snapshots.take(comic)
    steps: list[Step] = [
        Move("A/a.cbz", "B/C/b.cbz", was, tidies=True),
        Write("B/C/b.cbz", {"title": "new"}, was),
    ]
    with pytest.raises(Refused, match="read-only"):
        carry_out(Journal(steps), str(tmp_path))
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == [
        "A",
        "A/a.cbz",
    ]


def test_a_conversion_that_fails_later_leaves_no_cbz(tmp_path: Path) -> None:
    comic = write_comic(tmp_path / "a.cbz", "mine")
    was = snapshots.take(comic)
    with pytest.raises(Refused, match="ZIP archive already"):
        carry_out(Journal([Make("a.cbz", "b.cbz", was)]), str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["a.cbz"]


@pytest.mark.parametrize("step", [Move, Make, Discard, Write, Restore])
def test_a_comic_that_is_not_as_it_was_looked_at_is_not_touched(
    tmp_path: Path, step: type[Move | Make | Discard | Write | Restore]
) -> None:
    comic = write_comic(tmp_path / "a.cbz", "mine")
    was = snapshots.take(comic)
    comic.write_bytes(comic.read_bytes() + b"somebody's own change")
    whole = comic.read_bytes()
    steps: dict[type, Step] = {
        Move: Move("a.cbz", "b.cbz", was),
        Make: Make("a.cbz", "b.cbz", was),
        Discard: Discard("a.cbz", was),
        Write: Write("a.cbz", {"title": "new"}, was),
        Restore: Restore("a.cbz", None, was),
    }
    with pytest.raises(Changed):
        steps[step].perform(str(tmp_path))
    assert comic.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == ["a.cbz"]


def test_a_comic_that_has_gone_is_told(tmp_path: Path) -> None:
    was = snapshots.take(write_comic(tmp_path / "a.cbz"))
    (tmp_path / "a.cbz").unlink()
    with pytest.raises(Gone):
        Move("a.cbz", "b.cbz", was).perform(str(tmp_path))


def test_a_folder_that_a_move_empties_goes_and_one_with_another_file_stays(tmp_path: Path) -> None:
    write_comic(tmp_path / "A/B/a.cbz")
    write_comic(tmp_path / "C/c.cbz")
    (tmp_path / "C/notes.txt").touch()
    for old, new in (("A/B/a.cbz", "D/a.cbz"), ("C/c.cbz", "D/c.cbz")):
        was = snapshots.take(tmp_path / old)
        Move(old, new, was, tidies=True).perform(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == ["C", "D"]  # noqa: PTH208  names
    assert os.listdir(tmp_path / "C") == ["notes.txt"]  # noqa: PTH208


def test_a_link_that_would_lead_elsewhere_stays(tmp_path: Path) -> None:
    write_comic(tmp_path / "real.cbz")
    (tmp_path / "A").mkdir()
    (tmp_path / "A/a.cbz").symlink_to("../real.cbz")
    was = snapshots.take(tmp_path / "A/a.cbz")
    with pytest.raises(Refused, match="symbolic link"):
        Move("A/a.cbz", "B/C/a.cbz", was).perform(str(tmp_path))
    assert read(tmp_path / "A/a.cbz").fault is None


def test_one_comic_by_two_paths_is_not_taken_for_two(tmp_path: Path) -> None:
    """A link to its folder stands in for a disk that takes two spellings of a name for one."""
    comic = write_comic(tmp_path / "A/a.cbz")
    (tmp_path / "B").symlink_to("A")
    assert Move("A/a.cbz", "B/a.cbz", snapshots.take(comic)).is_done(str(tmp_path))
    assert comic.exists()


def test_a_comic_that_a_kill_has_left_with_two_names_keeps_the_new(tmp_path: Path) -> None:
    comic = write_comic(tmp_path / "a.cbz")
    move = Move("a.cbz", "b.cbz", snapshots.take(comic))
    assert not move.is_done(str(tmp_path))
    (tmp_path / "b.cbz").hardlink_to(comic)
    assert move.is_done(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["b.cbz"]


def test_a_comic_that_another_disk_has_whole_is_there_once(tmp_path: Path) -> None:
    """A copy stands in for what a kill leaves between two disks."""
    comic = write_comic(tmp_path / "a.cbz")
    was = snapshots.take(comic)
    (tmp_path / "b.cbz").write_bytes(comic.read_bytes())
    os.utime(tmp_path / "b.cbz", ns=(was.mtime_ns, was.mtime_ns))
    move = Move("a.cbz", "b.cbz", was)
    assert move.is_done(str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["b.cbz"]
    (tmp_path / "a.cbz").write_bytes(b"another" + (tmp_path / "b.cbz").read_bytes()[7:])
    os.utime(tmp_path / "a.cbz", ns=(was.mtime_ns, was.mtime_ns))
    assert not move.is_done(str(tmp_path))
    assert len(list(tmp_path.iterdir())) == 2
