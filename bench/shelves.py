"""Databases of invented comics, in the rows that a scan would have written."""

import asyncio

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from comics.archives.contents import Member, fingerprint
from comics.sketches import draw
from comics.tags.comicinfo import Tags
from comics.telling import Told, columns
from db import files, libraries, schema
from db.differences import Unread
from db.engine import job
from db.listing import Format
from db.rows import combine
from scanner.rows import describe

CHUNK = 1_000  # files a statement
ISSUES = 40  # of a volume
HOUSES = (
    *("Lantern House", "Éditions du Phare", "黒雲書房", "Brass Kettle Press", "등불 출판"),
    *("North Pier", "Marzipan", "Ink & Anchor", "Volume Nine", "Red Gantry", "Sól", "Two Herons"),
)
FIRSTS = ("Clockwork", "Paper", "Midnight", "Salt", "Étoile", "Hollow", "鋼の", "Quiet", "Copper")
SECONDS = ("Harbour", "Orchard", "Comet", "Tigers", "Parade", "列車", "Choir", "Niño", "Kingdom")
THIRDS = ("", " of Ash", " Returns", " & Sons", ": Origins", " 外伝", " Noir", " at Sea", " Annual")
SERIES = len(FIRSTS) * len(SECONDS) * len(THIRDS)

# Multiples of these primes wander over sizes and dates, so that neither order is that of the rows.
SIZES, LARGEST = 104_729, 2**28  # bytes
SECONDS_APART, EPOCH, PERIOD = 15_485_863, 10**9, 2**29  # seconds since 1970

# Of a hundred files one is a copy of the file before it, and one is of the same issue and has most
# of its pages.
COPY_EVERY, PAGES, SCATTER = 50, 24, 2_654_435_761

# 30 % are marked and 1 % are duplicates, spread evenly over every order.
MARK = text("""
    UPDATE files SET marked = id % 10 < 3, duplicate = id % 100 = 50
     WHERE id % 10 < 3 OR id % 100 = 50
""")
# As autovacuum does within some minutes. What it runs beside the first hides rows from that.
SETTLE = (text("VACUUM (ANALYZE)"), text("VACUUM"))

# To build them in the end takes half the time that it takes to let them grow.
BUILT_LAST = text("""
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
     WHERE indrelid IN ('files'::regclass, 'file_search'::regclass) AND NOT indisunique
""")


def fill(url: URL, rows: int) -> URL:
    """Bring an empty database to the newest schema and put so many comics into it."""
    schema.migrate(url)
    asyncio.run(_shelve(url, rows))
    return url


async def _shelve(url: URL, rows: int) -> None:
    async with job(url) as conn:
        library = await libraries.ensure(conn, "/srv/comics", "comics")
        indexes = (await conn.execute(BUILT_LAST)).all()
        for name, _ in indexes:
            await conn.execute(text(f"DROP INDEX {name}"))
        for first in range(1, rows + 1, CHUNK):
            await _add(conn, library, range(first, min(first + CHUNK, rows + 1)))
        await conn.execute(MARK)
        for _, definition in indexes:
            await conn.execute(text(definition))
        await conn.commit()
        await conn.execution_options(isolation_level="AUTOCOMMIT")
        for statement in SETTLE:
            await conn.execute(statement)


async def _add(conn: AsyncConnection, library: int, ids: range) -> None:
    issues = [_issue(file_id) for file_id in ids]
    await files.add(conn, library, [describe(seen) for seen, _ in issues])
    await files.save(conn, [combine(seen, columns(told, seen.path)) for seen, told in issues])


def _issue(file_id: int) -> tuple[Unread, Told]:
    """Invent a comic: what a walk sees of it, and what reading it tells."""
    is_copy = file_id % COPY_EVERY == 0
    title, number = divmod(file_id - is_copy, ISSUES)
    volume, which = divmod(title, SERIES)
    first, others = divmod(which, len(SECONDS) * len(THIRDS))
    second, third = divmod(others, len(THIRDS))
    series = f"{FIRSTS[first]} {SECONDS[second]}{THIRDS[third]}"
    house, year = HOUSES[which % len(HOUSES)], 1980 + volume + which % 5
    kind = _format(file_id)
    seen = Unread(
        id=file_id,
        path=f"{house}/{series} ({year})/{series} {number:03} ({year}){' copy' * is_copy}.{kind}",
        size=file_id * SIZES % LARGEST,
        mtime_ns=(EPOCH + file_id * SECONDS_APART % PERIOD) * 10**9,
        inode=file_id,
        is_new=True,
    )
    if file_id % 499 == 0:
        return seen, Told(fault="The archive ends in the middle.")
    pages = _pages(file_id, is_copy=is_copy)
    return seen, Told(
        format=kind,
        pages=len(pages),
        fingerprint=_print(pages),
        sketch=draw(pages),
        tags=Tags(series=series, number=str(number), publisher=house, year=year),
    )


def _pages(file_id: int, *, is_copy: bool) -> list[Member]:
    """Invent pages; no file has one of another's but a copy, of the file before it."""
    copied = (PAGES if file_id % (2 * COPY_EVERY) else PAGES - 2) if is_copy else 0
    origins = [file_id - (place < copied) for place in range(PAGES)]
    return [
        Member(f"{place}.jpg", size=place, crc=(origin * PAGES + place) * SCATTER % 2**32)
        for place, origin in enumerate(origins)
    ]


def _print(pages: list[Member]) -> str | None:
    printed = fingerprint((page.crc, page.size) for page in pages if page.crc is not None)
    return printed.hex() if printed else None


def _format(file_id: int) -> Format:
    """Choose a format: of a hundred files about eleven are CBR, two CB7, and one is a CBT."""
    rare: dict[int, Format] = {7: "cb7", 57: "cb7", 93: "cbt"}
    return rare.get(file_id % 100, "cbr" if file_id % 9 == 0 else "cbz")
