"""Tell the predecessor's clients what they ask of its caches; there are none, so SQL answers."""

from datetime import UTC, datetime

from falcon.asgi import Request, Response
from msgspec import Struct

from db import libraries, scans
from db.engine import reading
from functions import wire

ROUTE = "GET /api/cache/stats"
ROLE = "viewer"


class FileListCache(Struct):
    """The list of files."""

    file_count: int
    age_seconds: float | None
    is_populated: bool


class EnrichedFileCache(FileListCache):
    """The same list with its marks: here they are one."""

    rebuild_in_progress: bool


class MarkerStats(Struct):
    """How many files have each mark."""

    processed_files: int
    duplicate_files: int
    web_modified_files: int
    storage_location: str


class CacheStats(Struct):
    """What the predecessor's clients know as its caches."""

    file_list_cache: FileListCache
    enriched_file_cache: EnrichedFileCache
    markers: MarkerStats


ANSWER = CacheStats


def age(moments: list[datetime | None]) -> float | None:
    """Return the seconds since the latest of these."""
    known = [moment for moment in moments if moment]
    return (datetime.now(UTC) - max(known)).total_seconds() if known else None


async def handle(_req: Request, resp: Response) -> None:
    """Answer from the counts and the scans."""
    async with reading() as conn:
        known = await libraries.every(conn)
        running = await scans.any_running(conn)
    count = sum(library.files for library in known)
    since = age([library.scanned_at for library in known])
    wire.answer(
        resp,
        CacheStats(
            file_list_cache=FileListCache(count, since, count > 0),
            enriched_file_cache=EnrichedFileCache(count, since, count > 0, running),
            markers=MarkerStats(
                processed_files=sum(library.marked for library in known),
                duplicate_files=sum(library.duplicates for library in known),
                web_modified_files=0,
                storage_location="PostgreSQL",
            ),
        ),
    )
