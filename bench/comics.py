"""Comics themselves, without a database: reading them, writing into one, and taking names apart.

All is CPU time of this process, of one thing and of its limit in turns.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import process_time
from typing import TypeVar
from xml.etree import ElementTree as ET

from comicapi.comicarchive import ComicArchive

from bench.plan import ROOT, Place, Plan
from bench.table import Figure, at_least, at_most
from cli import sample
from comics.archives import covers, reading
from comics.archives.contents import LARGEST_DOCUMENT, MOST_MEMBERS
from comics.names import filenames
from comics.tags import editing, metadata
from comics.writing import rewriting

SAMPLE = 400  # comics, at most
PAGES = 24  # in each
SLOW = 40  # of them that comicapi reads a round
BIG = 60 * 2**20  # bytes of the comic that is written into, at the usual scale
SPEED = 5_000  # names a second
ROOM = 256  # MB that reading may take, whatever an archive holds
BOMB = 2 * 2**30  # bytes of ComicInfo.xml in an archive of two megabytes, at the usual scale
CROWD = 100_000  # members of an archive, at the usual scale

Act = Callable[[], object]
Thing = TypeVar("Thing")

# The child that reads says at its end how much memory it has ever had, in kB.
READER = """
import resource, sys
from comics.archives import reading
from comics.tags import metadata
for path in sys.argv[1:]:
    metadata.read(reading.read(path).documents)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Make comics, and measure what is done to them."""
    folder = place.folder / "few"
    sample.make(folder, min(SAMPLE, plan.comics), pages=PAGES)
    zips = [path for path in sorted(folder.rglob("*.*")) if is_sound(path)]
    return [
        *read_all(plan, zips),
        memory(plan, place.folder, zips),
        writing(plan, place.folder),
        naming(plan, zips),
    ]


def is_sound(path: Path) -> bool:
    """Tell a ZIP of which others, too, can read the tags."""
    contents = reading.read(path)
    _, faults = metadata.read(contents.documents)
    return contents.format == "cbz" and not contents.fault and not faults


def read_all(plan: Plan, zips: list[Path]) -> list[Figure]:
    """Read tags and pages as a scan does, as bare Python would, and as comicapi does."""
    ours, bare, theirs = turns(
        plan.rounds,
        lambda: each(zips, read),
        lambda: each(zips, read_barely),
        lambda: each(zips[:SLOW], read_with_comicapi),
    )
    ours, bare, theirs = ours / len(zips), bare / len(zips), theirs / len(zips[:SLOW])
    return [
        Figure(
            "tags and pages of a zip",
            milliseconds(ours),
            f"{milliseconds(bare)} (`zipfile` and ElementTree)",
            ours / bare,
            at_most(2),
        ),
        Figure(
            "tags and pages of a zip, against comicapi",
            milliseconds(ours),
            f"{milliseconds(theirs)} (`ComicArchive`)",
            theirs / ours,
            at_least(8),
        ),
    ]


def read(path: Path) -> object:
    """Read a comic as a scan does, but for its name."""
    contents = reading.read(path)
    known, _ = metadata.read(contents.documents)
    return known, covers.choose([page.name for page in contents.pages or ()], known.tags)


def read_barely(path: Path) -> object:
    """Read the members' names and the tags, and check nothing."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        xml = archive.read("ComicInfo.xml") if "ComicInfo.xml" in names else b"<ComicInfo/>"
        return names, {child.tag: child.text for child in ET.fromstring(xml)}  # noqa: S314 (ours)


def read_with_comicapi(path: Path) -> object:
    """Read what the program of that name would."""
    archive = ComicArchive(str(path))
    return archive.read_cix(), archive.get_page_name_list()


def memory(plan: Plan, folder: Path, zips: list[Path]) -> Figure:
    """Let a process read a bomb and an archive of very many members, after sound ones."""
    hostile = [
        write_bomb(folder / "bomb.cbz", max(int(BOMB * plan.scale), 2 * LARGEST_DOCUMENT)),
        write_crowd(folder / "crowd.cbz", max(int(CROWD * plan.scale), MOST_MEMBERS + 1)),
    ]
    peak = int(run_reader([*zips[:SLOW], *hostile])) / 1024
    return Figure(
        "most memory to read hostile archives",
        f"{peak:.0f} MB",
        f"{ROOM} MB",
        peak / ROOM,
        at_most(1),
    )


def run_reader(paths: Iterable[Path]) -> str:
    """Read these files in a process of their own."""
    command = [sys.executable, "-c", READER, *map(str, paths)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def write_bomb(path: Path, size: int) -> Path:
    """Write a comic whose ComicInfo.xml inflates to so many bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("1.png", b"page")
        with archive.open("ComicInfo.xml", "w", force_zip64=True) as member:
            for _ in range(size >> 20):
                member.write(b" " * 2**20)
    return path


def write_crowd(path: Path, members: int) -> Path:
    """Write a comic of so many members."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(members):
            archive.writestr(f"{number}.png", b"")
    return path


def writing(plan: Plan, folder: Path) -> Figure:
    """Change a title in a large comic, and copy the same file."""
    comic, copy = write_big(folder / "big.cbz", int(BIG * plan.scale)), folder / "copy.cbz"
    titles = iter(range(1_000_000))
    ours, copied = turns(
        plan.rounds,
        lambda: rewriting.rewrite(
            comic, lambda xml: editing.edit(xml, {"title": f"{next(titles)}"})
        ),
        lambda: copy_and_sync(comic, copy),
    )
    return Figure(
        f"ComicInfo.xml into a comic of {BIG >> 20} MB",
        milliseconds(ours),
        f"{milliseconds(copied)} (copying it, with fsync)",
        ours / copied,
        at_most(1.5),
    )


def retitle(xml: bytes | None, number: int) -> bytes:
    """Change the title, as a batch that tags comics does."""
    return editing.edit(xml, {"title": f"Title {number}"})


def write_big(path: Path, size: int) -> Path:
    """Write a large comic of pages that do not compress."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ComicInfo.xml", "<ComicInfo><Title>First</Title></ComicInfo>")
        for number in range(PAGES):
            archive.writestr(f"{number:03}.jpg", os.urandom(size // PAGES))
    return path


def copy_and_sync(path: Path, copy: Path) -> None:
    """Copy a file and see it on the disk."""
    shutil.copyfile(path, copy)
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def naming(plan: Plan, zips: list[Path]) -> Figure:
    """Take the names of comics apart."""
    paths = [f"{path.parent.name}/{path.name}" for path in zips]
    (seconds,) = turns(plan.rounds, lambda: each(paths, filenames.parse))
    speed = len(paths) / seconds
    return Figure(
        "file names, a second of CPU",
        f"{speed:,.0f}/s",
        f"{SPEED:,}/s",
        speed / SPEED,
        at_least(1),
    )


def turns(rounds: int, *acts: Act) -> list[float]:
    """Return the median of the CPU seconds that each of these takes, one after the other."""
    took = [[spend(act) for act in acts] for _ in range(rounds + 1)]
    return [median(column) for column in zip(*took[1:], strict=True)]  # the first round is warm-up


def spend(act: Act) -> float:
    """Return the CPU seconds of this process that this takes."""
    began = process_time()
    act()
    return process_time() - began


def each(things: Iterable[Thing], act: Callable[[Thing], object]) -> None:
    """Do this to each."""
    for thing in things:
        act(thing)


def milliseconds(seconds: float) -> str:
    """Write a time."""
    return f"{seconds * 1000:.2f} ms"
