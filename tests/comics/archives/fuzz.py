"""Damage archives of each format at random: `python -m tests.comics.archives.fuzz --minutes 10`.

Whatever is changed, cut or joined, an archive is read or is a fault: nothing is raised, nothing
takes long, and nothing is written but into the folder that was given. `test_fuzz.py` does so for a
second or two, with the same examples each time.
"""

import argparse
import gzip
import io
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED

import py7zr

from comics.archives.contents import Fault
from comics.archives.reading import read
from comics.archives.unpacking import unpack
from tests.comics.archives.packing import pack_tar, pack_zip
from tests.comics.archives.zstandard import compress as compress_zstd

RARS = Path(__file__).parent / "rars"
MEMBERS = {
    "01.jpg": b"one" * 99,
    "b/2.jpg": bytes(range(99)),
    "ComicInfo.xml": b"<ComicInfo/>",
    "x.xml": b"<comet/>",
}
MOST_BYTES = 2**24
MOST_SECONDS = 20.0
OFTEN = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"../../")


def archives() -> list[bytes]:
    """Return sound archives of each format."""
    zips = [pack_zip(MEMBERS), pack_zip(MEMBERS, ZIP_DEFLATED)]
    rars = [path.read_bytes() for path in sorted(RARS.glob("*.cbr"))]
    tar = pack_tar(MEMBERS | {f"{'ü' * 99}.jpg": b""})
    return [*zips, *rars, _sevenzip(None), _sevenzip(py7zr.FILTER_COPY), tar, *_compressed(tar)]


def _sevenzip(method: int | None) -> bytes:
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w", filters=[{"id": method}] if method else None) as archive:
        archive.encoded_header_mode = method is None  # else the directory can be damaged as well
        for name, content in MEMBERS.items():
            archive.writestr(content, name)
    return file.getvalue()


def _compressed(tar: bytes) -> list[bytes]:
    return [gzip.compress(tar), compress_zstd(tar)]


def damage(chance: random.Random, whole: bytes, other: bytes) -> bytes:
    """Return an archive that is altered in a few places, most often near its ends."""
    content = bytearray(whole)
    for _ in range(chance.randint(1, 4)):
        place = chance.choice((chance.randrange(len(content) + 1), chance.randrange(65)))
        place = min(chance.choice((place, len(content) - place)), len(content))
        place = max(place, 0)
        match chance.randrange(6):
            case 0:
                content[place : place + 1] = chance.randbytes(1)
            case 1:
                new = chance.choice(OFTEN)
                content[place : place + len(new)] = new
            case 2:
                del content[place : place + chance.randint(1, 200)]
            case 3:
                content[place:place] = chance.randbytes(chance.randint(1, 40))
            case 4:
                start = chance.randrange(len(other))
                content[place:place] = other[start : start + chance.randint(1, 400)]
            case _:
                del content[chance.randrange(len(content) + 1) :]
    return bytes(content)


def examples(seed: int) -> Iterator[bytes]:
    """Yield damaged archives without end, and the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 (examples, not secrets)
    sound = archives()
    while True:
        yield damage(chance, chance.choice(sound), chance.choice(sound))


def attempt(content: bytes, folder: Path) -> float:
    """Read and unpack one in an empty folder, and return the seconds that took."""
    path = folder / "comic"
    into = folder / "unpacked"
    into.mkdir()
    path.write_bytes(content)
    began = time.monotonic()
    read(path)
    with suppress(Fault):
        unpack(path, into, most_bytes=MOST_BYTES)
    taken = time.monotonic() - began
    check(folder, into)
    path.unlink()
    for file in into.iterdir():
        file.unlink()
    into.rmdir()
    return taken


def check(folder: Path, into: Path) -> None:
    """Raise AssertionError if anything is where it should not be, or is too much."""
    files = list(into.iterdir())
    if {path.name for path in folder.iterdir()} != {"comic", "unpacked"}:
        raise AssertionError("Something was written outside.")
    if not all(file.is_file() and file.name.isdigit() for file in files):
        raise AssertionError("Something was written by its name.")
    if sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise AssertionError("Too much was written.")


def main() -> None:
    """Try for so many minutes, and leave what fails in the current folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    slowest, count = 0.0, 0
    for content in examples(options.seed):
        with tempfile.TemporaryDirectory() as folder:
            try:
                taken = attempt(content, Path(folder))
            except BaseException:
                Path("fuzz-failure").write_bytes(content)
                raise
        slowest, count = max(slowest, taken), count + 1
        if taken > MOST_SECONDS:
            Path("fuzz-failure").write_bytes(content)
            sys.exit(f"One took {taken:.1f} s: see fuzz-failure.")
        if time.monotonic() > end:
            break
    sys.stdout.write(f"{count:,} damaged archives (seed {options.seed}), {slowest:.2f} s at most\n")


if __name__ == "__main__":
    main()
