"""Queries of `files`, one by one and in the sets in which a scan writes them.

Lists are in `db.listing`.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import twins
from db.tables import file_tags, files, libraries

# A b-tree row takes 2,704 bytes, so an indexed text is cut to what fits whatever its script;
# `file_tags` keeps it whole.
INDEXED: Final = 200


class Entry(Struct):
    """What lists show of a file, but for its marks and its library."""

    id: int
    path: str
    size: int
    mtime_ns: int
    format: str | None = None
    page_count: int | None = None
    series: str | None = None
    number: str | None = None
    title: str | None = None
    publisher: str | None = None
    year: int | None = None
    fault: str | None = None


class Tail(Struct):
    """An entry in the words of the API, from "relative_path" on."""

    relative_path: str
    name: str
    size: int
    modified: float
    format: str | None
    series: str | None
    number: str | None
    title: str | None
    publisher: str | None
    year: int | None
    page_count: int | None
    fault: str | None
    id: int


def fragment(entry: Entry) -> str:
    """Write the part of a file's JSON that neither its marks nor its library's root change.

    It begins inside the string of "path", behind the root: `db.listing.head` writes what is before.
    """
    tail = Tail(
        relative_path=entry.path,
        name=entry.path.rpartition("/")[2],
        size=entry.size,
        modified=entry.mtime_ns / 1e9,
        format=entry.format,
        series=entry.series,
        number=entry.number,
        title=entry.title,
        publisher=entry.publisher,
        year=entry.year,
        page_count=entry.page_count,
        fault=entry.fault,
        id=entry.id,
    )
    path = msgspec.json.encode(entry.path)[1:]
    return (path + b"," + msgspec.json.encode(tail)[1:]).decode()


class Found(Struct):
    """A file that a scan has met for the first time, and not yet read."""

    entry: Entry
    inode: int
    sort_key: str
    search_key: str


class Reading(Struct):
    """What reading a file has told.

    `final` is false when the disk, not the archive, was at fault: the next scan tries it again.
    """

    entry: Entry
    inode: int
    search_key: str
    tags: dict[str, Any]
    provenance: dict[str, str]
    notes: tuple[str, ...]
    fingerprint: str | None  # hexadecimal
    final: bool
    issue_key: str | None = None  # comics.issues
    page_crcs: tuple[int, ...] = ()  # comics.sketches, as are these
    page_lows: tuple[int, ...] = ()


def cut(value: str | None) -> str | None:
    """Shorten a text to what an index can hold; a blank one is none."""
    return value[:INDEXED].strip() or None if value else None


ADD = text("""
    WITH found AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS f (
            id int, path text, sort_key text, size bigint, mtime_ns bigint, inode bigint,
            format text, fragment text, search_key text)
    ), added AS (
        INSERT INTO files (id, library_id, path, sort_key, size, mtime_ns, inode, format, fragment)
        SELECT id, :library, path, sort_key, size, mtime_ns, inode, format, fragment FROM found
        ON CONFLICT ON CONSTRAINT files_path_key DO NOTHING
        RETURNING id
    ), folder AS (
        INSERT INTO folders (library_id, path)
        SELECT DISTINCT :library, regexp_replace(path, '[^/]*$', '') FROM found
            ON CONFLICT DO NOTHING
    )
    INSERT INTO file_search (file_id, sort_key, search_key, format)
    SELECT id, sort_key, search_key, format FROM found JOIN added USING (id)
""")


async def add(conn: AsyncConnection, library: int, found: list[Found]) -> None:
    """List new files, by the ids in their entries; one that another process listed is left."""
    batch = [
        {
            "id": new.entry.id,
            "path": new.entry.path,
            "sort_key": new.sort_key,
            "size": new.entry.size,
            "mtime_ns": new.entry.mtime_ns,
            "inode": new.inode,
            "format": new.entry.format,
            "fragment": fragment(new.entry),
            "search_key": new.search_key,
        }
        for new in found
    ]
    await conn.execute(ADD, {"library": library, "batch": msgspec.json.encode(batch).decode()})
    await conn.commit()


SAVE = text("""
    WITH read AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS r (
            id int, path text, size bigint, mtime_ns bigint, inode bigint, format text,
            page_count int, series text, number text, title text, publisher text, year smallint,
            fault text, fragment text, search_key text, tags jsonb, provenance jsonb, notes jsonb,
            fingerprint text, issue_key text, page_crcs int[], page_lows bigint[], final boolean)
    ), saved AS (
        UPDATE files AS f
           SET size = r.size, mtime_ns = r.mtime_ns, inode = r.inode,
               read_mtime_ns = CASE WHEN r.final THEN r.mtime_ns END,
               format = coalesce(r.format, f.format), page_count = r.page_count,
               series = r.series, number = r.number, title = r.title,
               publisher = r.publisher, year = r.year, fault = r.fault, fragment = r.fragment
          FROM read AS r
         WHERE f.id = r.id AND f.path = r.path AND (r.final OR f.read_mtime_ns IS NULL)
        RETURNING f.id, f.sort_key, f.format AS kept_format
    ), tagged AS (
        INSERT INTO file_tags AS t (file_id, tags, provenance, notes, fingerprint)
        SELECT id, tags, provenance, notes, decode(fingerprint, 'hex')
          FROM read JOIN saved USING (id)
        ON CONFLICT (file_id) DO UPDATE
           SET tags = excluded.tags, provenance = excluded.provenance, notes = excluded.notes,
               fingerprint = excluded.fingerprint, read_at = now()
    ), likened AS (
        INSERT INTO likenesses AS l (file_id, issue_key, page_crcs, page_lows)
        SELECT id, issue_key, page_crcs, page_lows FROM read JOIN saved USING (id)
        ON CONFLICT (file_id) DO UPDATE
           SET issue_key = excluded.issue_key, page_crcs = excluded.page_crcs,
               page_lows = excluded.page_lows
         WHERE (l.issue_key, l.page_crcs, l.page_lows) IS DISTINCT FROM
               (excluded.issue_key, excluded.page_crcs, excluded.page_lows)
        RETURNING file_id
    ), searched AS (
        INSERT INTO file_search AS s
            (file_id, sort_key, search_key, series, publisher, year, format)
        SELECT id, sort_key, search_key, series, publisher, year, kept_format
          FROM read JOIN saved USING (id)
        ON CONFLICT (file_id) DO UPDATE
           SET search_key = excluded.search_key, series = excluded.series,
               publisher = excluded.publisher, year = excluded.year, format = excluded.format
         WHERE (s.search_key, s.series, s.publisher, s.year, s.format) IS DISTINCT FROM
               (excluded.search_key, excluded.series, excluded.publisher, excluded.year,
                excluded.format)
    )
    SELECT file_id FROM likened
""")


async def save(conn: AsyncConnection, readings: list[Reading]) -> None:
    """Store what was read, and commit it."""
    await store(conn, readings)
    await conn.commit()


async def store(conn: AsyncConnection, readings: list[Reading]) -> None:
    """Store what was read, all of it in one statement.

    Where the disk was at fault, what an earlier scan has read stays; and what was read of a file
    that has moved since does not count.
    """
    batch = [
        {
            **msgspec.structs.asdict(reading.entry),
            "inode": reading.inode,
            "fragment": fragment(reading.entry),
            "search_key": reading.search_key,
            "tags": reading.tags,
            "provenance": reading.provenance,
            "notes": reading.notes,
            "fingerprint": reading.fingerprint,
            "issue_key": reading.issue_key,
            "page_crcs": reading.page_crcs,
            "page_lows": reading.page_lows,
            "final": reading.final,
        }
        for reading in readings
    ]
    likened = await conn.scalars(SAVE, {"batch": msgspec.json.encode(batch).decode()})
    await twins.find(conn, list(likened))


class File(Struct):
    """All that is known of one file."""

    id: int
    library: int
    root: str
    path: str
    size: int
    mtime_ns: int
    inode: int
    read: bool
    format: str | None
    page_count: int | None
    series: str | None
    number: str | None
    title: str | None
    publisher: str | None
    year: int | None
    marked: bool
    duplicate: bool
    fault: str | None
    missing_since: datetime | None
    found_at: datetime
    read_at: datetime | None
    tags: dict[str, Any] | None
    provenance: dict[str, str] | None
    notes: list[str] | None


def select_file(
    file_id: int,
) -> Select[
    int,
    int,
    str,
    str,
    int,
    int,
    int,
    bool,
    str | None,
    int | None,
    str | None,
    str | None,
    str | None,
    str | None,
    int | None,
    bool,
    bool,
    str | None,
    datetime | None,
    datetime,
    datetime | None,
    dict[str, Any] | None,
    dict[str, str] | None,
    list[str] | None,
]:
    """Select one file with its library's root and what was read in it."""
    f, t = files.c, file_tags.c
    return (
        select(
            f.id,
            f.library_id,
            libraries.c.root,
            f.path,
            f.size,
            f.mtime_ns,
            f.inode,
            f.read_mtime_ns.is_not(None),
            f.format,
            f.page_count,
            f.series,
            f.number,
            f.title,
            f.publisher,
            f.year,
            f.marked,
            f.duplicate,
            f.fault,
            f.missing_since,
            f.found_at,
            t.read_at,
            t.tags,
            t.provenance,
            t.notes,
        )
        .join_from(files, libraries, libraries.c.id == f.library_id)
        .outerjoin(file_tags, t.file_id == f.id)
        .where(f.id == file_id)
    )


async def one(conn: AsyncConnection, file_id: int) -> File | None:
    """Return all that is known of this file, or None."""
    row = (await conn.execute(select_file(file_id))).first()
    return row and File(*row)
