"""What the headers of a RAR archive tell, of whichever generation: see `rar4` and `rar5`.

A header tells where the next one stands, always further on, so that the file's size and a bound on
their number bound the time. Nothing is unpacked and no other program is asked.
"""

from datetime import datetime
from typing import BinaryIO

import msgspec

from comics.archives.contents import CUT_SHORT, MOST_MEMBERS, TOO_MANY, Fault

MOST_HEADERS = 3 * MOST_MEMBERS
"""The most headers that an archive may have: some members need a second, for their streams."""


def seek(file: BinaryIO, place: int) -> None:
    """Go to where a header says that another is, or raise a `Fault` if no file is so long."""
    try:
        file.seek(place)
    except (OSError, ValueError) as error:  # how long a file may be, each file system decides
        raise Fault(CUT_SHORT) from error


class Entry(msgspec.Struct, frozen=True):
    """What a header says of one member: `packed` bytes at `offset` unpack to `size`.

    `crc` is None where there is none that can be checked without a password. A link's content lies
    elsewhere, perhaps outside the archive, and a copy's in another member.
    """

    name: str
    size: int
    crc: int | None
    offset: int
    packed: int
    modified: datetime | None = None
    is_stored: bool = False
    is_locked: bool = False
    is_folder: bool = False
    is_link: bool = False
    is_copy: bool = False


class Headers(msgspec.Struct):
    """All that was found, in the archive's order, folders and links as well.

    `part` counts from 1, if it is known, where this is one of several volumes.
    """

    entries: list[Entry] = []
    is_locked: bool = False
    is_part: bool = False
    part: int | None = None

    def add(self, entry: Entry) -> None:
        """Add one, or raise a `Fault` if that is one too many."""
        if len(self.entries) == MOST_MEMBERS:
            raise Fault(TOO_MANY)
        self.entries.append(entry)
