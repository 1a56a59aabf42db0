"""Short sketches of comics, by which those that share pages are found among a million.

Pages are known by CRC-32 and size, as in `archives.contents`. Of each of six hashes a sketch keeps
the lowest that any page has (MinHash, Broder 1997): two comics have the same lowest hash with the
probability of their overlap, so of those that share half of their pages one pair in 64 has none of
the six in common, and of those that share nine tenths one in a million.
"""

import struct
from collections.abc import Iterable
from hashlib import blake2b

from msgspec import Struct

from comics.archives.contents import Member

HASHES = 6

_PAGE = struct.Struct(">LQ")
_CRC = struct.Struct(">l")
_LANES = struct.Struct(f">{HASHES}q")


class Sketch(Struct, frozen=True):
    """The CRC-32 of every page, as signed 32 bits and in no order, and the lowest hashes."""

    crcs: tuple[int, ...] = ()
    lows: tuple[int, ...] = ()


NOTHING = Sketch()


def draw(pages: Iterable[Member]) -> Sketch:
    """Return the sketch of a comic; `NOTHING` without pages, or if the CRC of one is not known."""
    known = [(page.crc, page.size) for page in pages]
    crcs = [crc for crc, _ in known if crc is not None]
    if not known or len(crcs) < len(known):
        return NOTHING
    hashes = [_hash(_PAGE.pack(*page)) for page in known]
    return Sketch(
        crcs=tuple(_CRC.unpack(crc.to_bytes(4))[0] for crc in crcs),
        lows=tuple(map(min, zip(*hashes, strict=True))),
    )


def _hash(page: bytes) -> tuple[int, ...]:
    """Hash a page in as many ways as there are, no two of which ever give the same number."""
    return _LANES.unpack(blake2b(page, digest_size=_LANES.size).digest())
