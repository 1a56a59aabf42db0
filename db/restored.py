"""What `db.backup` has kept, taken in again: into an empty database, or one that is in use.

What is there already stays, so that to take it in twice is to take it in once. All of it takes part
in its caller's transaction, and what has another number here is in temporary tables.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db import imported
from db.backup import Audit, Batch, File, Item, Library, Slice, Token, User
from db.files import Entry, fragment

BEGIN: Final = (
    text("SET LOCAL synchronous_commit = on"),  # who was told that it is there may rely on that
    text("""
        CREATE TEMPORARY TABLE restored_libraries (old int PRIMARY KEY, new int NOT NULL)
            ON COMMIT DROP
    """),
    text("CREATE TEMPORARY TABLE restored_users (name_key text PRIMARY KEY) ON COMMIT DROP"),
    text("""
        CREATE TEMPORARY TABLE restored_files (old int PRIMARY KEY, new int NOT NULL)
            ON COMMIT DROP
    """),
    text("""
        CREATE TEMPORARY TABLE restored_batches (key uuid PRIMARY KEY, new int NOT NULL)
            ON COMMIT DROP
    """),
)

FIRST: Final = text("""
    SELECT least((SELECT min(event) FROM batches), (SELECT min(event) FROM batch_items), 0)
""")


async def begin(conn: AsyncConnection, newest: int) -> int:
    """Begin to take in a backup; return what to add to its events, of which this is the newest.

    They come before all others, as those of `db.imported` do, and keep their order.
    """
    for statement in BEGIN:
        await conn.execute(statement)
    return int(await conn.scalar(FIRST) or 0) - newest - 1


PLACE_LIBRARY: Final = text("INSERT INTO restored_libraries VALUES (:old, :new)")


async def place_library(conn: AsyncConnection, kept: Library, library: int) -> None:
    """Note which library this is here."""
    await conn.execute(PLACE_LIBRARY, {"old": kept.id, "new": library})


# Who may see nothing that is here sees nothing: no library is not every library.
ADMIT: Final = text("""
    WITH added AS (
        INSERT INTO users (name, name_key, password, role, libraries, subject, created_at,
                           disabled_at)
        SELECT name, name_key, password, role,
               CASE WHEN libraries IS NOT NULL THEN ARRAY(
                    SELECT new FROM restored_libraries WHERE old = ANY(libraries) ORDER BY new)
               END, subject, created_at, disabled_at
          FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS u (
               name text, name_key text, password text, role text, libraries int[], subject text,
               created_at timestamptz, disabled_at timestamptz)
        ON CONFLICT DO NOTHING RETURNING name, name_key
    ), noted AS (
        INSERT INTO restored_users SELECT name_key FROM added
    )
    SELECT name FROM added ORDER BY name
""")


async def add_users(conn: AsyncConnection, kept: list[User]) -> list[str]:
    """Add the users whose names are not taken, and return those; others stay as they are."""
    asked = {"batch": msgspec.json.encode(kept).decode()}
    return list(await conn.scalars(ADMIT, asked))


# Of a user who is here already, a token that is not was withdrawn.
EQUIP: Final = text("""
    INSERT INTO tokens (key, user_id, name, role, created_at, expires_at, used_at)
    SELECT decode(t.key, 'hex'), u.id, t.name, t.role, t.created_at, t.expires_at, t.used_at
      FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS t (
           key text, "user" text, name text, role text, created_at timestamptz,
           expires_at timestamptz, used_at timestamptz)
      JOIN restored_users AS r ON r.name_key = t."user"
      JOIN users AS u USING (name_key)
    ON CONFLICT DO NOTHING
""")


async def add_tokens(conn: AsyncConnection, kept: list[Token]) -> int:
    """Add the tokens of the users who have been added; return how many."""
    return (await conn.execute(EQUIP, {"batch": msgspec.json.encode(kept).decode()})).rowcount


class Place(Struct):
    """The row that a file has here, or that is to be made for it: then it `waits` for its file."""

    old: int
    new: int
    library: int
    waits: bool


# A path may have had several files, so the one that went when ours did comes before the others. One
# that has moved since is known by its pages, if nothing else has them; but for a duplicate, as what
# is left of two copies may be the one that was to be kept.
FIND: Final = text("""
    WITH kept AS MATERIALIZED (
        SELECT k.id, l.new AS library, k.path, k.duplicate, k.missing_since,
               decode(k.fingerprint, 'hex') AS fingerprint
          FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS k (
               id int, library int, path text, duplicate boolean, missing_since timestamptz,
               fingerprint text)
          JOIN restored_libraries AS l ON l.old = k.library
    ), found AS MATERIALIZED (
        SELECT k.id, k.library, coalesce(here.id, elsewhere.id) AS file
          FROM kept AS k
          LEFT JOIN LATERAL (
               SELECT f.id FROM files AS f LEFT JOIN file_tags AS t ON t.file_id = f.id
                WHERE f.path = k.path AND f.library_id = k.library
                  AND coalesce(t.fingerprint = k.fingerprint, true)
                ORDER BY f.missing_since IS NOT DISTINCT FROM k.missing_since DESC,
                         f.missing_since DESC NULLS FIRST
                LIMIT 1) AS here ON true
          LEFT JOIN LATERAL (
               SELECT min(f.id) AS id FROM file_tags AS t JOIN files AS f ON f.id = t.file_id
                WHERE here.id IS NULL AND NOT k.duplicate AND t.fingerprint = k.fingerprint
                  AND f.library_id = k.library AND f.missing_since IS NULL
               HAVING count(*) = 1) AS elsewhere ON true
    ), placed AS (
        INSERT INTO restored_files
        SELECT id, coalesce(file, nextval('files_id_seq')) FROM found RETURNING old, new
    )
    SELECT p.old, p.new, f.library, f.file IS NULL FROM placed AS p JOIN found AS f ON f.id = p.old
""")


async def find(conn: AsyncConnection, kept: list[File]) -> list[Place]:
    """Find these files by path and pages, those of libraries that are here, and note their rows."""
    asked = {"batch": msgspec.json.encode(kept).decode()}
    return [Place(*row) for row in await conn.execute(FIND, asked)]


class Waiting(Struct):
    """A file that is not there yet, and the row that it is to have."""

    place: Place
    kept: File
    sort_key: str
    search_key: str


# The next scan finds the row by its path, or by its pages, as it does what was away for a while.
WAIT: Final = text("""
    WITH waiting AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS w (
            id int, library int, path text, sort_key text, size bigint, mtime_ns bigint,
            inode bigint, format text, fragment text, search_key text, marked boolean,
            duplicate boolean, missing_since timestamptz, found_at timestamptz, fingerprint text)
    ), added AS (
        INSERT INTO files (id, library_id, path, sort_key, size, mtime_ns, inode, format, fragment,
                           marked, duplicate, missing_since, found_at)
        SELECT id, library, path, sort_key, size, mtime_ns, inode, format, fragment,
               marked, duplicate, coalesce(missing_since, now()), found_at
          FROM waiting
    ), told AS (
        INSERT INTO file_tags (file_id, fingerprint)
        SELECT id, decode(fingerprint, 'hex') FROM waiting WHERE fingerprint IS NOT NULL
    )
    INSERT INTO file_search (file_id, sort_key, search_key, format, missing)
    SELECT id, sort_key, search_key, format, true FROM waiting
""")


async def wait(conn: AsyncConnection, waiting: list[Waiting]) -> None:
    """Make the rows of files that are not there, with their marks."""
    rows = [row(one) for one in waiting]
    await conn.execute(WAIT, {"batch": msgspec.json.encode(rows).decode()})


def row(waiting: Waiting) -> dict[str, Any]:
    """Write what the statement above takes."""
    kept, new = waiting.kept, waiting.place.new
    entry = Entry(new, kept.path, kept.size, kept.mtime_ns, format=kept.format)
    return {
        **msgspec.structs.asdict(kept),
        "id": new,
        "library": waiting.place.library,
        "fragment": fragment(entry),
        "sort_key": waiting.sort_key,
        "search_key": waiting.search_key,
    }


async def mark(conn: AsyncConnection, kept: list[File], places: dict[int, int]) -> tuple[int, int]:
    """Mark these by their rows; return how many were not marked, and how many not as duplicates."""
    marked = [places[one.id] for one in kept if one.marked and one.id in places]
    duplicate = [places[one.id] for one in kept if one.duplicate and one.id in places]
    return (
        await imported.mark(conn, marked, "marked"),
        await imported.mark(conn, duplicate, "duplicate"),
    )


# What was under way when it was kept is not begun again: nobody knows how the comics are now.
ADD: Final = text("""
    WITH kept AS MATERIALIZED (
        SELECT * FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS b (
            key uuid, kind text, title text, orders jsonb, state text, hidden boolean,
            request_key text, request_digest text, total int, done int, unchanged int, skipped int,
            failed int, event bigint, created_at timestamptz, started_at timestamptz,
            finished_at timestamptz, "user" text, who text)
    ), added AS (
        INSERT INTO batches (key, kind, title, orders, state, hidden, request_key, request_digest,
                             total, done, unchanged, skipped, failed, event, created_at,
                             started_at, finished_at, user_id, who)
        SELECT key, kind, title, orders,
               CASE state WHEN 'done' THEN state ELSE 'cancelled' END, hidden, request_key,
               decode(request_digest, 'hex'), total, done, unchanged, skipped, failed,
               event + :shift, kept.created_at, started_at, finished_at, users.id, who
          FROM kept LEFT JOIN users ON users.name_key = kept."user"
         ORDER BY kept.created_at, event
        ON CONFLICT DO NOTHING RETURNING key, id
    )
    INSERT INTO restored_batches SELECT key, id FROM added
""")

UNDO: Final = text("""
    UPDATE batches AS b SET undoes = undone.id
      FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS k (key uuid, undoes uuid)
      JOIN restored_batches AS r USING (key)
      JOIN batches AS undone ON undone.key = k.undoes
     WHERE b.id = r.new
""")


async def add_batches(conn: AsyncConnection, kept: list[Batch], shift: int) -> int:
    """Add the batches that are not here, as ones that have ended; return how many."""
    batch = msgspec.json.encode(kept).decode()
    added = (await conn.execute(ADD, {"batch": batch, "shift": shift})).rowcount
    await conn.execute(UNDO, {"batch": batch})
    return added


CUT: Final = text("""
    INSERT INTO batch_slices (batch_id, first, file_ids)
    SELECT b.new, s.first, array_agg(f.new ORDER BY place)
      FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS s (batch uuid, first int, files int[])
      JOIN restored_batches AS b ON b.key = s.batch
     CROSS JOIN unnest(s.files) WITH ORDINALITY AS named (old, place)
      JOIN restored_files AS f USING (old)
     GROUP BY b.new, s.first
""")


async def add_slices(conn: AsyncConnection, kept: list[Slice]) -> None:
    """Add which files were marked by the batches that have been added."""
    await conn.execute(CUT, {"batch": msgspec.json.encode(kept).decode()})


# A file that was forgotten has history and no row: below zero is nobody's number.
REMEMBER: Final = text("""
    INSERT INTO batch_items (batch_id, seq, file_id, path, state, plan, before, after, comic_info,
                             had_comic_info, error, ordinal, event, ended_at)
    SELECT b.new, i.seq, coalesce(f.new, -abs(i.file)), i.path, i.state, i.plan, i.before, i.after,
           decode(i.comic_info, 'hex'), i.had_comic_info, i.error, i.ordinal, i.event + :shift,
           i.ended_at
      FROM jsonb_to_recordset(CAST(:batch AS jsonb)) AS i (
           batch uuid, seq int, file int, path text, state text, plan jsonb, before jsonb,
           after jsonb, comic_info text, had_comic_info boolean, error text, ordinal int,
           event bigint, ended_at timestamptz)
      JOIN restored_batches AS b ON b.key = i.batch
      LEFT JOIN restored_files AS f ON f.old = i.file
""")


async def add_items(conn: AsyncConnection, kept: list[Item], shift: int) -> int:
    """Add what became of the files of the batches that have been added; return how many."""
    asked = {"batch": msgspec.json.encode(kept).decode(), "shift": shift}
    return (await conn.execute(REMEMBER, asked)).rowcount


# They come the newest first, and go before all that are here.
TELL: Final = text("""
    WITH kept AS MATERIALIZED (
        SELECT k.* FROM ROWS FROM (jsonb_to_recordset(CAST(:batch AS jsonb)) AS (
               at timestamptz, "user" text, who text, address inet, action text, subject text,
               details jsonb)) WITH ORDINALITY
          AS k (at, "user", who, address, action, subject, details, place)
         WHERE NOT EXISTS (
               SELECT FROM audit AS a
                WHERE (a.at, a.who, a.action, a.subject) = (k.at, k.who, k.action, k.subject))
    )
    INSERT INTO audit (id, at, user_id, who, address, action, subject, details)
    OVERRIDING SYSTEM VALUE
    SELECT (SELECT least(min(id), 1) FROM audit) - place, k.at, u.id, k.who, k.address, k.action,
           k.subject, k.details
      FROM kept AS k LEFT JOIN users AS u ON u.name_key = k."user"
""")


async def add_audit(conn: AsyncConnection, kept: list[Audit]) -> int:
    """Add who changed what, as far as it is not here; return how many."""
    return (await conn.execute(TELL, {"batch": msgspec.json.encode(kept).decode()})).rowcount
