"""Read pages in a process of its own: `python -m comics.pictures.reader`, told of one a line.

A damaged archive or image can crash, hang or exhaust whatever reads it, so that happens here, where
nothing is lost by it. Each line in is a `Question` and each line out an `Answer`, as JSON and in
the same order, after one that says this process is ready.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

import msgspec

from comics import confinement, inside
from comics.archives import covers, reading, unpacking
from comics.archives.contents import Fault, Member
from comics.inside import Astray, Known
from comics.paths import from_text, to_text
from comics.pictures import kinds, scaling
from comics.pictures.questions import (
    Answer,
    Listed,
    Listing,
    PageEntry,
    Question,
    Showing,
    Shown,
    Version,
    Withheld,
)
from comics.pictures.scaling import NoPicture
from comics.tags import metadata
from comics.tags.comicinfo import Page, Tags

LARGEST_PAGE: Final = 64 * 2**20
"""The most bytes that a page may have."""

_TOO_MUCH = "Reading it takes more memory than a page may."
_RIGHT_TO_LEFT = "yesandrighttoleft"  # as ComicInfo's Manga has it


def main() -> None:
    """Answer each line until there are no more, or until the parent is gone."""
    decode = msgspec.json.Decoder(Question).decode
    confinement.answer_lines(lambda line: msgspec.json.encode(answer(decode(line))))


def answer(question: Question) -> Answer:
    """Read what is asked for."""
    version = None
    try:
        with _held(question) as path:
            status = os.stat(path)  # noqa: PTH116 (not always valid text)
            version = Version(status.st_mtime_ns, status.st_size)
            return _answer(question, path, version)
    except Astray as astray:
        return Withheld(str(astray), again=True)
    except Fault as fault:
        return Withheld(to_text(str(fault)), version=version)
    except MemoryError:
        return Withheld(_TOO_MUCH, version=version)
    except OSError as error:
        return Withheld(reading.explain(error), again=True)


def _held(question: Question) -> AbstractContextManager[str]:
    """Hold the comic, so that it is one file however often it is opened."""
    if question.library is None:
        return nullcontext(from_text(question.path))
    known = question.library.known
    return inside.opened(question.library.root, question.path, Known(known.size, known.mtime_ns))


def _answer(question: Question, path: str, version: Version) -> Answer:
    contents = reading.read(path)
    if not contents.pages:
        fault = contents.fault or "It holds no pages."
        return Withheld(fault, again=contents.again, version=version)
    tags = metadata.read(contents.documents)[0].tags
    cover = covers.choose([page.name for page in contents.pages], tags) or 0
    if isinstance(question, Listing):
        return Listed(version, _describe(contents.pages, tags), cover + 1)
    if question.page and question.page > len(contents.pages):
        return Withheld(f"It has {len(contents.pages)} pages.", is_absent=True, version=version)
    page = contents.pages[question.page - 1 if question.page else cover]
    folder = Path(question.folder)
    unpacked = unpacking.unpack_one(path, page, folder, most_bytes=LARGEST_PAGE).path
    try:
        media_type = _show(unpacked, question, tags)
    except NoPicture as reason:
        raise Fault(f"{page.name} {reason}.") from reason
    return Shown(version, unpacked.name, unpacked.stat().st_size, media_type)


def _describe(pages: Sequence[Member], tags: Tags) -> list[PageEntry]:
    described = {page.image: page for page in tags.pages}
    return [
        _enter(place, page, described.get(place, Page(type=""))) for place, page in enumerate(pages)
    ]


def _enter(place: int, page: Member, described: Page) -> PageEntry:
    return PageEntry(
        number=place + 1,
        name=to_text(page.name),
        size=page.size,
        kind=described.type or None,
        width=described.image_width,
        height=described.image_height,
    )


def _show(page: Path, question: Showing, tags: Tags) -> str:
    """Make of an unpacked page what is asked for, and return its media type."""
    if question.page is None:
        is_manga = tags.manga.lower() == _RIGHT_TO_LEFT
        page.write_bytes(scaling.make_cover(page, question.width, right_to_left=is_manga))
        return scaling.MEDIA_TYPE
    with page.open("rb") as opened:
        media_type = kinds.media_type(opened.read(kinds.HEAD))
    if not media_type:
        raise NoPicture("is no image of a kind that comics have")
    return media_type


if __name__ == "__main__":
    main()
