"""Comics on the disk, small and real, and the ways in which a disk misbehaves."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

NOBODY = 65534
SUMMARY = "What happens is told at length. " * 2_000
EIO = Path("/proc/self/mem")  # a file that whoever opens it cannot read: Linux answers EIO


def write_comic(path: Path, title: str = "", **more: str) -> Path:
    """Write a comic of one page, in a folder made if need be; its tags hold the title, if any.

    More tags are named as their elements, such as `Series`.
    """
    tags = "".join(f"<{name}>{text}</{name}>" for name, text in {"Title": title, **more}.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w") as archive:
        archive.writestr("1.png", title or path.name)
        if title:
            archive.writestr("ComicInfo.xml", f"<ComicInfo>{tags}</ComicInfo>")
    return path


def write_comics(root: Path, count: int) -> list[str]:
    """Write so many comics, fifty to a folder, and return their paths, sorted."""
    paths = [f"{place // 50:02}/{place:04}.cbz" for place in range(count)]
    for path in paths:
        write_comic(root / path, f"Number {path}")
    return paths


def write_slow_comics(root: Path, count: int) -> list[str]:
    """Write so many comics whose tags take some milliseconds to read, and return their paths."""
    paths = [f"{place // 50:02}/{place:04}.cbz" for place in range(count)]
    tags = "<ComicInfo><Title>Number {}</Title><Summary>" + SUMMARY + "</Summary></ComicInfo>"
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with ZipFile(root / path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("1.png", path)
            archive.writestr("ComicInfo.xml", tags.format(path))
    return paths


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Be subject to permissions, which root is not; this counts for all threads."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def swapping(folder: Path, outside: Path) -> Iterator[None]:
    """Have a folder be a link that leads out, and itself again, over and over."""
    aside, link, stop = folder.with_name("aside"), folder.with_name("link"), threading.Event()

    def swap() -> None:
        while not stop.is_set():
            link.symlink_to(outside)
            folder.rename(aside)
            link.rename(folder)
            folder.rename(link)
            aside.rename(folder)
            link.unlink()

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
