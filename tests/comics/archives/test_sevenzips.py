"""7z archives as py7zr writes them, and with directories of our own making."""

import io
import lzma
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest
from py7zr import archiveinfo

from comics.archives.contents import Contents, Member
from comics.archives.reading import read
from tests.comics.archives.packing import pack_7z

PAGES = {"01.jpg": b"one" * 300, "b/02 ü漫.jpg": b"two" * 300}
TAGS = b"<ComicInfo><Title>Saga</Title></ComicInfo>"
LISTED = tuple(Member(name, len(page), zlib.crc32(page)) for name, page in PAGES.items())
METHODS = {
    "LZMA2": py7zr.FILTER_LZMA2,
    "LZMA": py7zr.FILTER_LZMA,
    "bzip2": py7zr.FILTER_BZIP2,
    "Deflate": py7zr.FILTER_DEFLATE,
    "PPMd": py7zr.FILTER_PPMD,
    "Zstandard": py7zr.FILTER_ZSTD,
    "stored": py7zr.FILTER_COPY,
}
CUT_SHORT = "The archive is shorter than its directory says: copy or download it again."
DAMAGED = "The archive's directory is damaged: copy or download it again."
TOO_LARGE = "The archive's directory is larger than 16 MiB or lists more than 20,000 files."
LOCKED = "The pages are encrypted: unpack the archive with its password and pack it without one."
LOCKED_NAMES = (
    "The archive is encrypted, even the names of its files: "
    "unpack it with its password and pack it without one."
)

Reading = Callable[[bytes], Contents]


def number(value: int) -> bytes:
    """Write a number as 7z does, in its longest form."""
    return b"\xff" + struct.pack("<Q", value)


def with_directory(directory: bytes, packed: bytes = b"") -> bytes:
    """Return an archive with that directory, whatever it says."""
    start = struct.pack("<QQL", len(packed), len(directory), zlib.crc32(directory))
    head = b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(start)) + start
    return head + packed + directory


def with_packed_directory(directory: bytes) -> bytes:
    """Return an archive with that directory compressed by LZMA."""
    packer = lzma.LZMACompressor(lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, "preset": 1}])
    packed = packer.compress(directory) + packer.flush()
    coder = b"\x23\x03\x01\x01\x05\x5d" + struct.pack("<L", 2**20)
    description = (
        b"\x17\x06\x00\x01\x09" + number(len(packed)) + b"\x00"
        b"\x07\x0b\x01\x00\x01" + coder + b"\x0c" + number(len(directory)) + b"\x00\x00"
    )
    return with_directory(description, packed)


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    def reading(content: bytes) -> Contents:
        (tmp_path / "comic.cb7").write_bytes(content)
        return read(tmp_path / "comic.cb7")

    return reading


@pytest.mark.parametrize("method", METHODS)
def test_a_7z_is_read_however_it_is_packed(reading: Reading, method: str) -> None:
    contents = reading(pack_7z(PAGES | {"ComicInfo.xml": TAGS, "a.txt": b""}, METHODS[method]))
    assert (contents.format, contents.pages, contents.fault) == ("cb7", LISTED, None)
    assert contents.documents == {"ComicInfo": TAGS}
    assert contents.notes == ()


def test_only_documents_are_kept_of_what_is_unpacked(reading: Reading) -> None:
    contents = reading(
        pack_7z({"1.xml": b"<a/>", "MetronInfo.xml": b"<b/>", "b/1.xml": b"", **PAGES})
    )
    assert contents.documents == {"MetronInfo": b"<b/>"}


def test_a_name_that_leads_outside_is_listed_and_does_no_harm(reading: Reading) -> None:
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        for name in ("../1.jpg", "/2.jpg", "../ComicInfo.xml"):
            archive.writestr(TAGS, "plain")
            archive.header.files_info.files[-1]["filename"] = name
    contents = reading(file.getvalue())
    assert {page.name for page in contents.pages or ()} == {"../1.jpg", "/2.jpg"}
    assert contents.documents == {"ComicInfo": TAGS}


@pytest.mark.parametrize("fault", [LOCKED, LOCKED_NAMES])
def test_an_encrypted_archive_is_a_fault_and_has_no_fingerprint(
    reading: Reading, fault: str
) -> None:
    is_all = fault == LOCKED_NAMES
    members = PAGES | {"ComicInfo.xml": TAGS}
    contents = reading(pack_7z(members, password="x", header_encryption=is_all))  # noqa: S106 (a test's)
    assert (contents.fault, contents.fingerprint, contents.documents) == (fault, None, {})
    assert contents.pages == (None if is_all else LISTED)


SOUND = pack_7z(PAGES | {"ComicInfo.xml": TAGS}, py7zr.FILTER_COPY)
FAULTY: dict[str, tuple[bytes, str]] = {
    "only its magic number": (SOUND[:6], CUT_SHORT),
    "half": (SOUND[: len(SOUND) // 2], CUT_SHORT),
    "all but a byte": (SOUND[:-1], CUT_SHORT),
    "start altered": (SOUND[:20] + b"\x00" + SOUND[21:], DAMAGED),
    "directory altered": (SOUND[:-5] + b"xxxxx", DAMAGED),
    "tags altered": (
        SOUND.replace(b"<Title>Saga", b"<Title>Sage"),
        "ComicInfo.xml is damaged inside the archive.",
    ),
    "tags of 5 MiB": (
        pack_7z(PAGES | {"ComicInfo.xml": bytes(5 * 2**20)}),
        "ComicInfo.xml is larger than 4 MiB.",
    ),
    "no members": (pack_7z({}), "The archive is empty."),
    "no pages": (
        pack_7z({"a.txt": b"a"}),
        "The archive holds no pages: none of its files is an image.",
    ),
    "a directory of 17 MiB": (with_directory(bytes(17 * 2**20)), TOO_LARGE),
    "a directory that unpacks to 17 MiB": (with_packed_directory(bytes(17 * 2**20)), TOO_LARGE),
    "a directory of noise": (with_directory(b"\x01" + b"\xa5" * 99), DAMAGED),
    "a directory of an unknown kind": (with_directory(b"\x33"), DAMAGED),
    "20,001 files": (with_packed_directory(b"\x01\x05" + number(20_001) + bytes(10**6)), TOO_LARGE),
    "a million million files": (with_directory(b"\x01\x05" + number(10**12)), TOO_LARGE),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_archive_is_told_in_a_sentence(reading: Reading, name: str) -> None:
    content, fault = FAULTY[name]
    began = time.process_time()
    contents = reading(content)
    assert (contents.format, contents.fault, contents.again) == ("cb7", fault, False)
    assert time.process_time() - began < 3


def test_a_method_that_cannot_be_read_is_told_and_the_pages_are_listed(reading: Reading) -> None:
    directory_at = 32 + sum(map(len, PAGES.values())) + len(TAGS)
    plain = io.BytesIO()
    with py7zr.SevenZipFile(plain, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
        archive.encoded_header_mode = False
        for name, content in (PAGES | {"ComicInfo.xml": TAGS}).items():
            archive.writestr(content, name)
    whole = plain.getvalue()
    directory = whole[directory_at:].replace(
        b"\x0b\x01\x00\x01\x01\x00", b"\x0b\x01\x00\x01\x01\x7f"
    )
    contents = reading(with_directory(directory, whole[32:directory_at]))
    assert contents.pages == LISTED
    assert contents.fault == (
        "ComicInfo.xml is packed by a method that cannot be read here: pack the archive anew."
    )


def test_py7zr_has_the_limits_that_we_lower() -> None:
    assert (archiveinfo.MAX_HEADER_SIZE, archiveinfo.MAX_NUMFILES) == (16 * 2**20, 20_000)
