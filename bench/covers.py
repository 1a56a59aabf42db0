"""What covers cost: against a plain program that makes them, to lists meanwhile, and once kept."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple
from zipfile import ZipFile

import psycopg
from PIL import Image
from sqlalchemy import URL

from bench.asking import Connection, slowest, timed
from bench.depth import Side, compare
from bench.plan import Place, Plan
from bench.running import running
from bench.table import Figure, at_most
from comics.pictures import reader
from comics.pictures.questions import Showing
from db.engine import conninfo

COMICS = 400
CLIENTS = 8
SIZE, WIDTH = (2000, 3000), 320
PAGE = "/api/files?per_page=100"
SHELVE = """
    UPDATE files SET path = id || '.cbz', size = %(size)s, mtime_ns = %(mtime_ns)s
     WHERE id <= %(comics)s
"""


class Waits(NamedTuple):
    """Milliseconds for page 1 of the list, with and without covers being made, and covers made."""

    calm: list[float]
    busy: list[float]
    covers: float  # a second


def measure(plan: Plan, place: Place) -> list[Figure]:
    """Put comics with large pages onto a shelf, and ask for their covers."""
    root = place.folder / "covers"
    comic = write_comics(root)
    url = shelve(place, root, comic)
    with running(url, workers=1) as functions, Connection(functions.port) as asking:
        waits = wait(plan, functions.port, asking)
        kept = Side(asking, f"/api/files/1/cover?width={WIDTH}")
        pair = compare("kept", kept, Side(asking, PAGE), plan)
    return [
        made(plan, comic, place.folder),
        waited(waits),
        Figure(
            name="a cover that is kept",
            measured=f"{pair.here:.2f} ms",
            limit=f"{pair.there:.2f} ms (page 1)",
            ratio=pair.ratio,
            goal=at_most(1.5),
        ),
    ]


def write_comics(root: Path) -> Path:
    """Write one comic under many names, and return its path."""
    root.mkdir()
    page = BytesIO()
    drawn = Image.effect_mandelbrot(SIZE, (-2, -1.5, 1, 1.5), 60).convert("RGB")
    noise = Image.effect_noise(SIZE, 80).convert("RGB")
    Image.blend(drawn, noise, 0.1).save(page, "JPEG", quality=88)
    first = root / "1.cbz"
    with ZipFile(first, "w") as archive:
        for number in range(24):
            archive.writestr(f"{number:03}.jpg", page.getvalue() if number == 0 else b"a page")
        archive.writestr("ComicInfo.xml", "<ComicInfo><Series>Saga</Series></ComicInfo>")
    for number in range(2, COMICS + 1):
        os.link(first, root / f"{number}.cbz")
    return first


def shelve(place: Place, root: Path, comic: Path) -> URL:
    """Return a copy of the small database in which some files are these comics."""
    with psycopg.connect(conninfo(place.empty), autocommit=True) as conn:
        conn.execute("CREATE DATABASE covers TEMPLATE small")
    url = place.small.set(database="covers")
    known = {"size": comic.stat().st_size, "mtime_ns": comic.stat().st_mtime_ns, "comics": COMICS}
    with psycopg.connect(conninfo(url), autocommit=True) as conn:
        conn.execute("UPDATE libraries SET root = %s", [str(root)])
        conn.execute(SHELVE, known)
        conn.execute("VACUUM (ANALYZE)")
    return url


def wait(plan: Plan, port: int, asking: Connection) -> Waits:
    """Ask for page 1 again and again, first alone, then while clients ask for covers."""
    timed(asking, PAGE, plan.seconds)  # warms everything up
    calm = timed(asking, PAGE, plan.seconds)
    wanted = iter([(comic, width) for width in (320, 640, 160) for comic in range(1, COMICS + 1)])
    answered: list[float] = []
    stop = threading.Event()
    clients = [
        threading.Thread(target=ask_covers, args=(port, wanted, answered, stop))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    began = perf_counter()
    busy = timed(asking, PAGE, 2 * plan.seconds)
    stop.set()
    seconds = perf_counter() - began
    for client in clients:
        client.join()
    return Waits(calm, busy, len(answered) / seconds)


def ask_covers(
    port: int, wanted: Iterator[tuple[int, int]], answered: list[float], stop: threading.Event
) -> None:
    """Ask for one cover after another that is not made yet."""
    with ExitStack() as stack:
        asking = stack.enter_context(Connection(port))
        while not stop.is_set() and (chosen := next(wanted, None)):
            comic, width = chosen
            answered.append(asking.ask(f"/api/files/{comic}/cover?width={width}").seconds)


def waited(waits: Waits) -> Figure:
    """Compare the slowest hundredth."""
    calm, busy = slowest(waits.calm), slowest(waits.busy)
    return Figure(
        name=f"page 1 while {CLIENTS} clients ask for covers ({waits.covers:.0f}/s made), p99",
        measured=f"{busy:.2f} ms (median {median(waits.busy):.2f})",
        limit=f"{calm:.2f} ms (median {median(waits.calm):.2f}) without",
        ratio=busy / calm,
        goal=at_most(5),
    )


def made(plan: Plan, comic: Path, folder: Path) -> Figure:
    """Compare the CPU that a cover takes with that of a program that trusts what it opens."""
    target = folder / "asked"
    target.mkdir()
    sides = [(cpu_of_ours(comic, target), cpu_of_plain(comic)) for _ in range(5 * plan.rounds)]
    ours, plain = (median(side) for side in zip(*sides, strict=True))
    return Figure(
        name=f"CPU of a cover, of a page of {SIZE[0]} x {SIZE[1]}",
        measured=f"{ours:.1f} ms",
        limit=f"{plain:.1f} ms (zipfile and Pillow alone)",
        ratio=median(one / other for one, other in sides),
        goal=at_most(1.5),
    )


def cpu_of_ours(comic: Path, folder: Path) -> float:
    """Make a cover as a reader does, and return the milliseconds."""
    began = process_time()
    reader.answer(Showing(str(comic), str(folder), width=WIDTH))
    spent = process_time() - began
    for file in folder.iterdir():
        file.unlink()
    return spent * 1000


def cpu_of_plain(comic: Path) -> float:
    """Make one in the fewest lines, and return the milliseconds."""
    began = process_time()
    with ZipFile(comic) as archive, archive.open("000.jpg") as page, Image.open(page) as image:
        image.thumbnail((WIDTH, 2 * WIDTH))
        image.save(BytesIO(), "WEBP")
    return (process_time() - began) * 1000
