"""A writer that is killed at any moment leaves whole comics: the bench of it, 150 times."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.kills import check, make_comic

ROOT = Path(__file__).parents[2]


def test_killed_at_any_moment_a_comic_is_whole_and_the_old_or_the_new(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.kills", "--kills", "150", "--folder", str(tmp_path)]
    told = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()
    assert told[0].startswith("150 kills in ")
    found = {
        outcome.strip(): int(times) for outcome, times in (row.split(": ") for row in told[1:])
    }
    swept = found.pop("stray drafts swept")
    assert sum(found.values()) == 150
    assert min(found["the old one"], found["the new one"], swept) > 0


def test_a_damaged_comic_would_be_told(tmp_path: Path) -> None:
    comic = make_comic(tmp_path, "last")
    assert check(comic, [0]) == 0
    with pytest.raises(SystemExit, match="none of the tags"):
        check(comic, [1])
    content = bytearray(comic.original)
    content[1000] ^= 1
    comic.path.write_bytes(content)
    with pytest.raises(SystemExit, match="is damaged"):
        check(comic, [0])
