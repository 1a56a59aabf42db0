"""Kill the carrying out of a journal at each of its system calls, and finish what is left.

Run by test_steps.py as `kill_steps.py FOLDER STRIDE`, as a process of its own forks cheaply. Each
run is killed so many calls later than the one before, 1 for all of them, and the finishing of it at
a random one; then the comic has to be whole, in its place, and nothing else may be there. Prints
how many were killed.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from types import FrameType
from zipfile import ZipFile

from comics.archives.reading import read
from comics.tags.comicinfo import parse
from comics.writing import moving, snapshots
from comics.writing.drafts import is_draft
from db.batch_items import Claimed
from tests.comics.archives.packing import pack_tar
from tests.worker.test_collisions import KNOWN
from worker import circles
from worker.journal import Journal, carry_out, finish
from worker.planning import Intention
from worker.steps import Discard, Make, Move, Restore, Step, Write

CALLS = {
    "rename",
    "replace",
    "link",
    "unlink",
    "remove",
    "mkdir",
    "rmdir",
    "open",
    "write",
    "utime",
}
CHANCE = Random(0)  # noqa: S311  no secret
SCENARIOS = ("move", "write", "both", "undo", "trash", "delete", "convert")
POOR = ("move", "both", "trash")  # on a disk that cannot rename without replacing
NEW = {"title": "new"}
CIRCLE = (("a", "b"), ("b", "c"), ("c", "a"))


class Killer:
    """A profiler that kills its process at the n-th call that may change a disk, before it does."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, frame: FrameType, event: str, what: object) -> None:
        """Count an event."""
        called = getattr(what, "__name__", "")
        is_ours = event in {"call", "return"} and frame.f_code is moving._rename.__code__  # noqa: SLF001
        if is_ours or (event == "c_call" and called in CALLS):
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


def was_killed(at: int, act: Callable[[], object]) -> bool:
    """Do this in a child that is killed at its n-th event; tell whether it was."""
    child = os.fork()
    if not child:
        sys.setprofile(Killer(at))
        try:
            act()
        finally:
            sys.setprofile(None)
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def make_comic(root: Path, path: str, title: str = "old") -> Path:
    """Make a comic of one page and a title, as its extension says."""
    file = root / path
    file.parent.mkdir(parents=True)
    tags = f"<ComicInfo><Title>{title}</Title></ComicInfo>"
    members = {"1.png": b"page", "ComicInfo.xml": tags.encode()}
    if file.suffix == ".cbt":
        file.write_bytes(pack_tar(members))
        return file
    with ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file


def plan(root: Path, scenario: str) -> tuple[list[Step], dict[str, str]]:
    """Make a comic, and say what to do to it and which titles are where in the end."""
    name = "A/a.cbt" if scenario == "convert" else "A/a.cbz"
    was = snapshots.take(make_comic(root, name))
    move = Move(name, "B/b.cbz", was, tidies=True)
    if scenario == "convert":
        put_away = Move(name, ".longbox-trash/A/a.cbt", was)
        kept = {".longbox-trash/A/a.cbt": "old"}
        return [Make(name, "B/b.cbz", was), put_away, Write("B/b.cbz", NEW)], {
            "B/b.cbz": "new",
            **kept,
        }
    plans: dict[str, tuple[list[Step], dict[str, str]]] = {
        "move": ([move], {"B/b.cbz": "old"}),
        "write": ([Write(name, NEW, was)], {name: "new"}),
        "both": ([move, Write("B/b.cbz", NEW, was)], {"B/b.cbz": "new"}),
        "undo": ([move, Restore("B/b.cbz", None, was)], {"B/b.cbz": ""}),
        "trash": ([Move(name, ".longbox-trash/A/a.cbz", was)], {".longbox-trash/A/a.cbz": "old"}),
        "delete": ([Discard(name, was)], {}),
    }
    return plans[scenario]


def title(path: Path) -> str:
    """Return the title that a whole comic has."""
    contents = read(path)
    if contents.fault or len(contents.pages or ()) != 1:
        raise SystemExit(f"{path} is damaged: {contents}")
    xml = contents.documents.get("ComicInfo")
    return parse(xml).title if xml else ""


def look(root: Path) -> dict[str, str]:
    """Return the titles of all files but what the next scan sweeps up."""
    files = [path for path in root.rglob("*") if path.is_file()]
    kept = [path for path in files if not any(map(is_draft, path.relative_to(root).parts))]
    return {path.relative_to(root).as_posix(): title(path) for path in kept}


def try_once(root: Path, scenario: str, at: int) -> bool:
    """Kill once, check what is left, kill the finishing of it, finish, and check again."""
    shutil.rmtree(root, ignore_errors=True)
    steps, wanted = plan(root, scenario)
    journal = Journal(steps)
    killed = was_killed(at, lambda: carry_out(journal, str(root)))
    if wanted and not look(root):
        raise SystemExit(f"The comic is lost after {at} events.")
    was_killed(CHANCE.randrange(40), lambda: finish(journal, str(root)))
    finish(journal, str(root))
    if look(root) != wanted:
        raise SystemExit(f"After {at} events there is {look(root)}, and not {wanted}.")
    return killed


def make_circle(root: Path) -> list[Intention]:
    """Make three comics that want each other's names; one of them gets a new title, too."""
    circle = []
    for seq, (old, new) in enumerate(CIRCLE):
        was = snapshots.take(make_comic(root, f"{old}/{old}.cbz", old))
        steps: list[Step] = [Move(f"{old}/{old}.cbz", f"{new}/{new}.cbz", was, tidies=True)]
        if seq:
            steps.append(Write(f"{new}/{new}.cbz", {"title": old * 2}, was))
        claimed = Claimed(root=str(root), path=f"{old}/{old}.cbz", **KNOWN | {"seq": seq})
        circle.append(Intention(claimed, Journal(steps, after={"path": f"{new}/{new}.cbz"})))
    return circles.form(circle)


def turn_once(root: Path, at: int) -> bool:
    """Kill the turning of a circle, and the putting right of it, and check what there is."""
    shutil.rmtree(root, ignore_errors=True)
    circle = make_circle(root)
    killed = was_killed(at, lambda: circles.turn(circle))
    if len(look(root)) != len(CIRCLE):
        raise SystemExit(f"A comic is lost after {at} events.")
    was_killed(CHANCE.randrange(40), lambda: circles.put_right(circle))
    states = {one.state for one in circles.put_right(circle)}
    wanted = {"b/b.cbz": "a", "c/c.cbz": "bb", "a/a.cbz": "cc"}
    if look(root) != wanted or states != {"done"}:
        raise SystemExit(f"After {at} events there is {look(root)}, and not {wanted}.")
    return killed


def main() -> None:
    """Kill later and later in each scenario, until there is nothing left to kill."""
    comics, kills = Path(sys.argv[1]) / "comics", {}
    stride = int(sys.argv[2])
    kills["circle"] = next(at for at in count(0, stride) if not turn_once(comics, at))
    for scenario in SCENARIOS:
        kills[scenario] = next(at for at in count(0, stride) if not try_once(comics, scenario, at))
    moving._find_renameat2 = lambda: None  # type: ignore[assignment]  # noqa: SLF001
    for scenario in POOR:
        kills[f"poor {scenario}"] = next(
            at for at in count(0, stride) if not try_once(comics, scenario, at)
        )
    print(json.dumps(kills))  # noqa: T201  for the test


if __name__ == "__main__":
    main()
