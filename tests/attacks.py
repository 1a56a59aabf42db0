"""Paths by which somebody may try to get out of a library, and asking for them in every way.

They are made of parts that have broken other programs, put together at random. A folder beside the
library has to be as it was afterwards, looked into by nobody, and no answer may hold what is in it.
`python -m tests.attacks --times 100000` goes on for longer than the tests do.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final, NamedTuple
from urllib.parse import quote

from sqlalchemy import make_url

from comics.paths import MARK
from db import embedded, schema
from tests.disk import write_comic
from tests.functions.running import runs

SECRET: Final = "What nobody is to see"  # noqa: S105  a title
BODIES: Final = (
    "/api/process-selected",
    "/api/rename-selected",
    "/api/normalize-selected",
    "/api/jobs/process-selected",
    "/api/files/tags",
)
AT_ONCE: Final = 100  # paths a body
CLIENTS: Final = 4
LONG_AGO: Final = 10**9  # seconds: whoever reads what was last read then, is noted by any disk

UPS: Final = (
    *("..", "...", ".", "", "....", "..;", "..\\", "\\..", " ..", ".. ", "..\t", "..\n", "..\0"),
    *("%2e%2e", "%252e%252e", "%c0%ae%c0%ae", "%uff0e%uff0e", "%2e.", "..%00", "..%0d%0a"),
    *("\uff0e\uff0e", "\u2024\u2024", "\u2025", ".\u0308.", "\u202e..", f"{MARK}2E{MARK}2E"),
    *(f"{MARK}AE{MARK}AE", f"{MARK}FF..", "~", "~root", "$HOME", "${HOME}", "`id`", "CON", "NUL"),
)
SLASHES: Final = (
    "/",
    "//",
    "\\",
    "/./",
    "%2f",
    "%5c",
    "%252f",
    "\u2215",
    "\uff0f",
    "/\0/",
    f"{MARK}2F",
    "\\/",
    "/;/",
)
STARTS: Final = (
    "",
    "/",
    "//",
    "\\\\",
    "file://",
    "file:///",
    "C:\\",
    "/proc/self/root",
    "/dev/fd",
    "/proc/self/cwd",
    "/./",
    "Saga/",
    "out/",
    "\0",
    "~/",
)


class Place(NamedTuple):
    """A library, and the folder beside it that is none of its business."""

    library: Path
    outside: Path


def furnish(folder: Path, *, is_linked: bool = True) -> Place:
    """Make both, perhaps with links in the library that lead out, of which no scan has known."""
    place = Place(folder / "library", folder / "outside")
    write_comic(place.library / "Saga" / "Saga 1.cbz", "Ours")
    for name in ("1.cbz", "Saga 1.cbz", "sub/1.cbz"):
        write_comic(place.outside / name, SECRET)
    (place.outside / "secret.txt").write_text(SECRET)
    if is_linked:
        (place.library / "out").symlink_to(place.outside)
        (place.library / "out.cbz").symlink_to(place.outside / "1.cbz")
    for path in (place.outside, *place.outside.rglob("*")):
        os.utime(path, (LONG_AGO, LONG_AGO + 1))
    return place


def looks(place: Place) -> dict[Path, tuple[int, ...]]:
    """Return what anybody's reading or writing in the folder outside would change."""
    return {path: state(path) for path in sorted((place.outside, *tree(place.outside)))}


def tree(folder: Path) -> Iterator[Path]:
    """Yield what is in a folder, and give that back the time at which it was last read."""
    before = folder.stat()
    yield from folder.rglob("*")
    for path in (folder, folder / "sub"):
        os.utime(path, ns=(LONG_AGO * 10**9, before.st_mtime_ns))


def state(path: Path) -> tuple[int, ...]:
    """Return all that tells of a file but its bytes."""
    told = path.lstat()
    return (told.st_ino, told.st_mode, told.st_size, told.st_mtime_ns, told.st_atime_ns)


def generate(place: Place, seed: int) -> Iterator[str]:
    """Yield paths without end."""
    random = Random(seed)  # noqa: S311 (not for secrets)
    ends = [str(path) for path in (*place.outside.rglob("*"), place.outside, "/etc/passwd")]
    ends += [path.removeprefix(f"{place.outside.parent}/") for path in ends]
    ends += ["1.cbz", "Saga 1.cbz", "", "x" * 300, "x/" * 1_500, "out/1.cbz", "out.cbz"]
    known = {"Saga/Saga 1.cbz", str(place.library / "Saga/Saga 1.cbz")}
    while True:
        ups = (random.choice(UPS) + random.choice(SLASHES) for _ in range(random.randrange(8)))
        start = random.choice((*STARTS, f"{place.library}/", f"{place.library}"))
        path = start + "".join(ups) + random.choice(ends)
        if random.random() < 0.2:
            path += random.choice(("\0", "\0.cbz", "%00.cbz", "/", "/.", "/..", "?x", "#x", ".cbz"))
        if path not in known:
            yield path


class Asked(NamedTuple):
    """A request; `paths` is how many attacks it is."""

    method: str
    target: str
    body: bytes | None
    paths: int


def requests(paths: Iterable[str], seed: int) -> Iterator[Asked]:
    """Yield the requests by which these are asked for: many in a body, else one in an address."""
    random, left = Random(seed), iter(paths)  # noqa: S311 (not for secrets)
    while chosen := list(islice(left, AT_ONCE)):
        told = {"files": chosen, "tags": {"title": "Attacked"}}
        yield Asked("POST", random.choice(BODIES), json.dumps(told).encode(), len(chosen))
        for path in islice(left, AT_ONCE // 5):
            yield in_address(path, random)


def in_address(path: str, random: Random) -> Asked:
    """Ask for a path in an address, written as browsers do, or with as little written as may be."""
    raw = path.encode(errors="surrogatepass")
    written = quote(raw, safe=random.choice(("", "/", "/.%\\~;")))
    method, before, behind = random.choice(
        (
            *(("GET", "/api/file/", "/tags"), ("POST", "/api/file/", "/tags")),
            *(("DELETE", "/api/delete-file/", ""), ("POST", "/api/process-file/", "")),
            *(("POST", "/api/rename-file/", ""), ("POST", "/api/normalize-file/", "")),
            *(("GET", "/", ""), ("GET", "/assets/", ""), ("GET", "/api/files/1/pages/", "")),
            *(("GET", "/api/files?per_page=1&folder=", ""), ("GET", "/api/folders?folder=", "")),
            *(("GET", "/api/files?per_page=1&search=", ""), ("GET", "/api/facets?folder=", "")),
            *(("POST", "/api/scans", path), ("POST", "/api/libraries", path)),
        )
    )
    bodies = {"/api/scans": {"library": 1, "folder": path}, "/api/libraries": {"root": f"./{path}"}}
    if before in bodies:
        return Asked(method, before, json.dumps(bodies[before]).encode(), 1)
    body = b'{"title": "Attacked"}' if method == "POST" else None
    return Asked(method, f"{before}{written}{behind}", body, 1)


class Refused(AssertionError):
    """Say that an answer is not what an attack has to get."""


def send(port: int, asked: Iterator[Asked]) -> Counter[int]:
    """Send requests one after another, and count the statuses of their answers."""
    counted: Counter[int] = Counter()
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as client:
        for one in asked:
            client.request(one.method, one.target, one.body, {"Content-Type": "application/json"})
            answer = client.getresponse()
            told = answer.read()
            counted[answer.status] += one.paths
            if answer.status >= 500 or SECRET.encode() in told:
                raise Refused(f"{one}: {answer.status} {told[:500]!r}")
    return counted


def attack(port: int, place: Place, times: int, seed: int = 0) -> Counter[int]:
    """Ask for so many paths, some at once; raise if anything gets out, or is looked at."""
    before = looks(place)
    each = times // CLIENTS
    with ThreadPoolExecutor(CLIENTS) as threads:
        counted = threads.map(
            lambda n: send(port, requests(islice(generate(place, seed + n), each), seed + n)),
            range(CLIENTS),
        )
        told = sum(counted, Counter[int]())
    if looks(place) != before:
        raise Refused(f"What is outside was touched: {before} {looks(place)}")
    return told


def main() -> None:
    """Attack a server of our own."""
    parser = argparse.ArgumentParser("python -m tests.attacks", description=__doc__)
    parser.add_argument("--times", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-attacks-") as name:
        Path(name).chmod(0o711)
        with embedded.server(Path(name) / "postgres", fsync="off") as found:
            url = make_url(found)
            schema.migrate(url)
            with runs(url) as run:
                told = attack(run().port, furnish(Path(name)), chosen.times, chosen.seed)
    sys.stdout.write(f"{told.total():,} paths, and nothing outside was touched: {dict(told)}\n")


if __name__ == "__main__":
    main()
