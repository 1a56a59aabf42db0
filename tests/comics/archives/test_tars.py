"""Tar archives as programs write them, and as nobody should."""

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from comics.archives import tars
from comics.archives.contents import Contents, Member
from comics.archives.reading import read
from tests.comics.archives.packing import pack_tar
from tests.comics.archives.zstandard import compress as compress_zstd

Compress = Callable[[bytes], bytes]

PAGES = {"01.jpg": b"one" * 300, "b/02.jpg": b"t" * 512}
TAGS = b"<ComicInfo><Title>Saga</Title></ComicInfo>"
COMPRESSIONS: dict[str, Compress] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": compress_zstd,
}
CUT = "The archive ends too early: copy or download it again."
DAMAGED = "The archive's directory is damaged: copy or download it again."


def pack_kind(kind: bytes) -> bytes:
    """Return an archive of one page, and of something else whose name is a page's."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("1.jpg"))
        other = tarfile.TarInfo("2.jpg")
        other.type = kind
        other.linkname = "../../../etc/passwd"
        archive.addfile(other)
    return file.getvalue()


SOUND = pack_tar(PAGES | {"ComicInfo.xml": TAGS})


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[bytes], Contents]:
    def reading(content: bytes) -> Contents:
        (tmp_path / "comic.cbt").write_bytes(content)
        return read(tmp_path / "comic.cbt")

    return reading


Reading = Callable[[bytes], Contents]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_tar_is_read_however_it_is_compressed(reading: Reading, compression: str) -> None:
    contents = reading(COMPRESSIONS[compression](SOUND))
    assert (contents.format, contents.fault, contents.notes) == ("cbt", None, ())
    assert contents.pages == (Member("01.jpg", 900), Member("b/02.jpg", 512))
    assert contents.documents == {"ComicInfo": TAGS}


def test_a_tar_has_no_fingerprint_as_it_keeps_no_checksums(reading: Reading) -> None:
    assert reading(SOUND).fingerprint is None


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read_in_each_format(reading: Reading, form: int) -> None:
    name = f"{'long/' * 25}漫.jpg"
    contents = reading(pack_tar({name: b"1", "a.jpg": b"2"}, form))
    assert contents.fault is None
    assert contents.pages == (Member("a.jpg", 1), Member(name, 1))


def test_a_name_that_is_not_utf_8_can_be_written_as_json(reading: Reading) -> None:
    with_odd_name = pack_tar({"x.jpg": b""}, tarfile.USTAR_FORMAT)
    block = bytearray(with_odd_name[:512])
    block[0] = 0xE9
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    contents = reading(bytes(block) + with_odd_name[512:])
    assert contents.pages == (Member("\ufffdE9.jpg", 0),)


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE),
        tarfile.GNUTYPE_SPARSE,
    ],
)
def test_links_folders_and_devices_are_no_pages(reading: Reading, kind: bytes) -> None:
    contents = reading(pack_kind(kind))
    assert (contents.fault, contents.pages) == (None, (Member("1.jpg", 0),))


@pytest.mark.parametrize("compression", sorted(set(COMPRESSIONS) - {"plain"}))
def test_a_bomb_is_not_inflated(
    reading: Reading, compression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tars, "_SLACK", 2**20)
    bomb = COMPRESSIONS[compression](pack_tar({"1.jpg": bytes(2**24)}))
    fault = "The archive inflates to more than 200 times its size or than 4 GiB."
    assert reading(bomb).fault == fault


def test_a_document_that_is_too_large_is_not_kept(reading: Reading) -> None:
    contents = reading(pack_tar(PAGES | {"ComicInfo.xml": bytes(4 * 2**20 + 1)}))
    assert contents.fault == "ComicInfo.xml is larger than 4 MiB."
    assert contents.pages


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = size
    member.type = kind
    return member.tobuf(tarfile.GNU_FORMAT)


FAULTY: dict[str, tuple[bytes, str]] = {
    "cut inside a page": (SOUND[:1500], CUT),
    "cut inside a header": (SOUND[:2100], CUT),
    "compressed and cut": (gzip.compress(SOUND)[:-30], CUT),
    "xz and cut": (lzma.compress(SOUND)[:-150], CUT),
    "zstd and cut": (compress_zstd(SOUND)[:-30], CUT),
    "garbage after a page": (SOUND[:1536] + b"garbage " * 300, DAMAGED),
    "header altered": (SOUND[:1600] + b"x" + SOUND[1601:], DAMAGED),
    "a page that is longer than the file": (header("1.jpg", 10**9), CUT),
    "a page of a negative size": (header("1.jpg", -5), DAMAGED),
    "a name of 2 MiB": (header("x", 2**21, tarfile.GNUTYPE_LONGNAME), DAMAGED),
    "pax records that are none": (
        header("x", 512, tarfile.XHDTYPE) + b"x" * 512,
        DAMAGED,
    ),
    "a pax record of no length": (
        header("x", 512, tarfile.XHDTYPE) + b"0 a=b\n" + bytes(506),
        DAMAGED,
    ),
    "compressed, but no tar": (
        gzip.compress(b"Once upon a time " * 100),
        "This is a compressed file, but what is in it is not a tar archive.",
    ),
    "gzip of nothing": (gzip.compress(b""), CUT),
    "gzip damaged": (gzip.compress(SOUND)[:20] + bytes(100), DAMAGED),
    "bzip2 damaged": (bz2.compress(SOUND)[:20] + bytes(100), DAMAGED),
    "nothing but its end": (
        pack_tar({}),
        "The file holds only zeros, as an unfinished download does: download it again.",
    ),
    "no pages": (
        pack_tar({"a.txt": b""}),
        "The archive holds no pages: none of its files is an image.",
    ),
    "too many members": (
        gzip.compress(header("1.jpg", 0) * 20_001),
        "The archive lists more than 20,000 files.",
    ),
    "too many headers before a member": (
        header("x", 0, tarfile.GNUTYPE_LONGNAME) * 60_001,
        "The archive lists more than 20,000 files.",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_archive_is_told_in_a_sentence(reading: Reading, name: str) -> None:
    content, fault = FAULTY[name]
    contents = reading(content)
    assert (contents.fault, contents.again) == (fault, False)
