"""Drafts end with their block, and those of the dead are swept up; those of the living never."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from comics.writing.drafts import draft_file, draft_folder, is_draft, sweep

KILLED = """
import os, sys
from pathlib import Path
from comics.writing.drafts import draft_file, draft_folder
with draft_file(Path(sys.argv[1])), draft_folder(Path(sys.argv[1])) as folder:
    (folder / "00001").write_bytes(b"a page")
    os.kill(os.getpid(), 9)
"""


def test_a_draft_ends_with_its_block(tmp_path: Path) -> None:
    with draft_file(tmp_path) as (path, file), draft_folder(tmp_path) as folder:
        os.write(file, b"half a comic")
        (folder / "00001").write_bytes(b"a page")
        assert sorted([path, folder]) == sorted(tmp_path.iterdir())
        assert is_draft(path.name)
        assert is_draft(folder.name)
    assert not list(tmp_path.iterdir())


def test_a_draft_ends_with_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), draft_file(tmp_path), draft_folder(tmp_path):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_draft_that_became_a_comic_stays(tmp_path: Path) -> None:
    with draft_file(tmp_path) as (path, file):
        os.write(file, b"comic")
        path.replace(tmp_path / "comic.cbz")
    assert [file.name for file in tmp_path.iterdir()] == ["comic.cbz"]


def test_a_draft_in_use_is_not_swept(tmp_path: Path) -> None:
    with draft_file(tmp_path) as (path, _), draft_folder(tmp_path) as folder:
        assert sweep(tmp_path) == 0
        assert path.exists()
        assert folder.exists()


def test_the_drafts_of_the_killed_are_swept_and_nothing_else(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    with pytest.raises(subprocess.CalledProcessError, match="SIGKILL"):
        subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=root, check=True)
    assert len(list(tmp_path.iterdir())) == 2
    kept = [tmp_path / name for name in ("comic.cbz", ".longbox-notes", "x.tmp")]
    for path in kept:
        path.touch()
    assert sweep(tmp_path) == 2
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_sweep_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "comic.cbz").write_bytes(b"comic")
    (tmp_path / ".longbox-0.tmp").symlink_to("comic.cbz")
    assert sweep(tmp_path) == 0
    assert (tmp_path / "comic.cbz").exists()
