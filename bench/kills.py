"""Kill a writer of comics at random moments, and look at what it leaves: `python -m bench.kills`.

A child rewrites three small comics in turn, whose ComicInfo.xml stands first, last and nowhere, and
says through a pipe what it is about to write. It is killed with SIGKILL after a random time that
spans several writes. Then every comic has to be whole, and the one written last or the one under
way; and after a sweep, nothing else may lie in the folder. The first that is not ends the run.
"""

import argparse
import os
import random
import signal
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec

from comics.archives.contents import Member
from comics.archives.reading import read
from comics.writing.drafts import sweep
from comics.writing.rewriting import rewrite

PLACES = ("first", "last", "nowhere")
PAGES = 8
PAGE_BYTES = 20_000
WRITES = 4  # that the random time spans
STEP = struct.Struct("<BQ?")  # which comic, which version, whether it is written


class Comic(msgspec.Struct):
    """A comic to be written: where it lies, what it was, and which version it is."""

    path: Path
    original: bytes
    pages: tuple[Member, ...] | None
    version: int = 0


def make_comic(folder: Path, place: str) -> Comic:
    """Make a comic of random pages whose ComicInfo.xml stands at a place."""
    path = folder / f"{place}.cbz"
    with ZipFile(path, "w") as archive:
        if place == "first":
            archive.writestr("ComicInfo.xml", document(0), ZIP_DEFLATED)
        for number in range(PAGES):
            archive.writestr(f"{number:03}.jpg", os.urandom(PAGE_BYTES))
        if place == "last":
            archive.writestr("ComicInfo.xml", document(0), ZIP_DEFLATED)
    return Comic(path, path.read_bytes(), read(path).pages)


def document(version: int) -> bytes:
    """Return tags that name their version, and that vary in length with it."""
    notes = "Lorem ipsum " * (version * 37 % 101)
    return f"<ComicInfo><Number>{version}</Number><Notes>{notes}</Notes></ComicInfo>".encode()


def write_on(comics: Sequence[Comic], pipe: int) -> None:
    """Rewrite comics in turn for ever, and tell of each write before and after it."""
    while True:
        for number, comic in enumerate(comics):
            comic.version += 1
            new = document(comic.version)
            os.write(pipe, STEP.pack(number, comic.version, False))  # noqa: FBT003 (a field of STEP)
            rewrite(comic.path, lambda _, new=new: new)  # type: ignore[misc]
            os.write(pipe, STEP.pack(number, comic.version, True))  # noqa: FBT003 (likewise)


def kill_once(comics: Sequence[Comic], seconds: float) -> list[tuple[int, int, bool]]:
    """Let a child write for some time, kill it, and return the steps that it told of."""
    steps, pipe = os.pipe()
    child = os.fork()
    if not child:
        try:
            write_on(comics, pipe)
        finally:
            os._exit(1)
    os.close(pipe)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit("The writer ended before it was killed.")
    with os.fdopen(steps, "rb") as told:
        return [(number, version, done) for number, version, done in STEP.iter_unpack(told.read())]


def judge(comics: Sequence[Comic], steps: Sequence[tuple[int, int, bool]]) -> str:
    """Check every comic after a kill, and say which version is there of the one under way."""
    outcome = "killed between two writes"
    under_way = steps[-1] if steps and not steps[-1][2] else None
    for number, version, done in steps:
        comics[number].version = version if done else version - 1
    for number, comic in enumerate(comics):
        allowed = [comic.version]
        if under_way and under_way[0] == number:
            allowed.append(under_way[1])
        found = check(comic, allowed)
        if len(allowed) > 1:
            outcome = "the new one" if found == allowed[1] else "the old one"
        comic.version = found
    return outcome


def check(comic: Comic, allowed: Sequence[int]) -> int:
    """Return the version of a comic, or end the run if it is damaged or none of those allowed."""
    with ZipFile(comic.path) as archive:
        damaged = archive.testzip()
    contents = read(comic.path)
    if damaged or contents.fault or contents.pages != comic.pages:
        raise SystemExit(f"{comic.path.name} is damaged: {damaged or contents}")
    found = contents.documents.get("ComicInfo")
    for version in allowed:
        if found == (None if version == 0 and comic.path.stem == "nowhere" else document(version)):
            return version
    raise SystemExit(f"{comic.path.name} has none of the tags {allowed}, but {found!r}.")


def restore(comic: Comic) -> None:
    """Make a comic what it was before it was ever written."""
    comic.path.write_bytes(comic.original)
    comic.version = 0


def run(folder: Path, kills: int) -> Counter[str]:
    """Kill a writer so many times in a folder, and count what was found."""
    comics = [make_comic(folder, place) for place in PLACES]
    paths = {comic.path for comic in comics}
    start = time.perf_counter()
    steps = kill_once(comics, 0.5)
    span = (time.perf_counter() - start) / max(1, len(steps) // 2) * WRITES
    found = Counter[str]({judge(comics, steps): 1})
    for _ in range(kills - 1):
        restore(comics[-1])
        found[judge(comics, kill_once(comics, random.uniform(0, span)))] += 1  # noqa: S311 (no secret)
        found["stray drafts swept"] += sweep(folder)
        if left := set(folder.iterdir()) - paths:
            raise SystemExit(f"Left beside the comics: {left}")
    return found


def main() -> None:
    """Kill, and print what was found."""
    parser = argparse.ArgumentParser("python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--folder", help="on the disk to be tried (default: a temporary one)")
    chosen = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="longbox-kills-", dir=chosen.folder) as folder:
        found = run(Path(folder), chosen.kills)
    print(f"{chosen.kills:,} kills in {time.perf_counter() - start:.0f} s; every comic was whole:")
    for outcome, times in sorted(found.items()):
        print(f"  {outcome}: {times:,}")


if __name__ == "__main__":
    main()
