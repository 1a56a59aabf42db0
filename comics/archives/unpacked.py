"""Keep what is unpacked: each member in a numbered file, checked against what the archive says."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

import msgspec

from comics.archives.contents import Fault, Member


class Unpacked(msgspec.Struct, frozen=True):
    """One member on the disk; `name` is as the archive has it, and `path` has nothing of it."""

    name: str
    path: Path
    size: int
    crc: int
    modified: datetime | None


class Store:
    """A folder for members, of at most so many bytes together."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._left = most_bytes
        self._kept: dict[int, Unpacked] = {}

    def keep(
        self, place: int, member: Member, chunks: Iterable[bytes], modified: datetime | None
    ) -> None:
        """Write the member that stands at that place of the archive, or raise a `Fault`."""
        with self.open(place, member, modified) as writing:
            for chunk in chunks:
                writing.write(chunk)

    def open(self, place: int, member: Member, modified: datetime | None) -> "Writing":
        """Start to write a member, which counts once it is closed."""
        return Writing(self, place, member, modified, self._folder / f"{place:05}")

    def in_order(self) -> list[Unpacked]:
        """Return all in the archive's order."""
        return [self._kept[place] for place in sorted(self._kept)]

    def clear(self) -> None:
        """Forget all, for another attempt."""
        for unpacked in self._kept.values():
            unpacked.path.unlink()
        self._kept.clear()
        self._left = self._most

    def expect(self, sizes: Iterable[int]) -> None:
        """Raise a `Fault` if members of these sizes are too much."""
        if sum(sizes) > self._left:
            raise self._too_large()

    def spend(self, count: int) -> None:
        """Raise a `Fault` if these bytes are too many."""
        self._left -= count
        if self._left < 0:
            raise self._too_large()

    def _too_large(self) -> Fault:
        return Fault(f"The archive unpacks to more than {self._most:,} bytes.")

    def add(self, place: int, unpacked: Unpacked) -> None:
        """Count a member that is whole."""
        self._kept[place] = unpacked


class Writing:
    """A member on its way into the store."""

    def __init__(
        self, store: Store, place: int, member: Member, modified: datetime | None, path: Path
    ) -> None:
        self._store = store
        self._place = place
        self._member = member
        self._modified = modified
        self._path = path
        self._file = path.open("xb")
        self._size = 0
        self._crc = 0

    def write(self, chunk: bytes) -> None:
        """Write some more, or raise a `Fault` if that is more than there should be."""
        self._size += len(chunk)
        if self._size > self._member.size:
            raise self._damaged()
        self._store.spend(len(chunk))
        self._crc = crc32(chunk, self._crc)
        self._file.write(chunk)

    def finish(self) -> None:
        """Count the member, or raise a `Fault` if it is not what it should be."""
        if self._size != self._member.size or self._member.crc not in {None, self._crc}:
            self.abandon()
            raise self._damaged()
        self._file.close()
        self._store.add(
            self._place,
            Unpacked(self._member.name, self._path, self._size, self._crc, self._modified),
        )

    def abandon(self) -> None:
        """Leave nothing of the member."""
        self._file.close()
        self._path.unlink()

    def _damaged(self) -> Fault:
        return Fault(f"{self._member.name} is damaged inside the archive.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.finish()
        else:
            self.abandon()
