"""What is read from an archive; `tests/scanner/test_reader.py` has the faulty ones."""

import hashlib
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest

from comics.archives.contents import Contents, Member, is_page, overlap
from comics.archives.reading import read
from tests.comics.archives.packing import pack_zip

Shelve = Callable[..., Path]

PAGES = {"01.jpg": b"one", "02.jpg": b"two"}
TAGS = b"<ComicInfo/>"


def count(contents: Contents) -> int:
    assert contents.pages is not None
    return len(contents.pages)


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Return a function that packs members into a comic and returns its path."""

    def shelve(members: dict[str, bytes], name: str = "comic.cbz", method: int = 0) -> Path:
        (tmp_path / name).write_bytes(pack_zip(members, method))
        return tmp_path / name

    return shelve


@pytest.mark.parametrize(
    "name",
    [
        *("1.jpg", "1.JPEG", "1.Png", "1.gif", "1.webp", "1.avif", "1.jxl", "1.bmp", "1.tif"),
        *("1.tiff", "1.heic", "a/b/1.jpg", "a\\1.jpg", "./1.jpg", "../1.jpg", "/1.jpg"),
    ],
)
def test_an_image_is_a_page_wherever_it_lies(name: str) -> None:
    assert is_page(name)


@pytest.mark.parametrize(
    "name",
    [
        *("1.txt", "1.jpg.txt", "jpg", "ComicInfo.xml", "Thumbs.db", "a.jpg/", "", "1."),
        *("._1.jpg", "a/._1.jpg", ".1.jpg", ".hidden/1.jpg", "__MACOSX/1.jpg", "__macosx/a/1.jpg"),
        *("@eaDir/1.jpg", "a\\.1.jpg", "1.svg", "1.psd", "..a/1.jpg", ".../1.jpg", "1.jpg\n"),
    ],
)
def test_texts_folders_and_hidden_files_are_no_pages(name: str) -> None:
    assert not is_page(name)


def test_a_comic_is_read(shelve: Shelve) -> None:
    contents = read(shelve(PAGES | {"ComicInfo.xml": TAGS, "notes.txt": b""}))
    assert (contents.format, count(contents), contents.fault) == ("cbz", 2, None)
    assert contents.documents.get("ComicInfo") == TAGS
    assert not contents.again


def test_a_path_may_be_bytes_and_a_symbolic_link(shelve: Shelve, tmp_path: Path) -> None:
    link = os.fsencode(tmp_path) + b"/\xe9.cbz"
    try:
        Path(os.fsdecode(link)).symlink_to(shelve(PAGES))
    except OSError:
        pytest.skip("this disk takes no names but UTF-8")
    assert count(read(link)) == 2


@pytest.mark.parametrize("name", ["comic.cbr", "comic.zip", "comic", "comic.pdf"])
def test_the_extension_does_not_matter(shelve: Shelve, name: str) -> None:
    assert read(shelve(PAGES, name)).format == "cbz"


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_tags_are_read_however_they_are_packed(shelve: Shelve, method: int) -> None:
    assert (
        read(shelve({"ComicInfo.xml": TAGS * 100}, method=method)).documents["ComicInfo"]
        == TAGS * 100
    )


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["ComicInfo.xml"], "ComicInfo.xml"),
        (["comicinfo.XML"], "comicinfo.XML"),
        (["./ComicInfo.xml"], "./ComicInfo.xml"),
        (["a/ComicInfo.xml"], "a/ComicInfo.xml"),
        (["a\\ComicInfo.xml", "b/c/ComicInfo.xml"], "a\\ComicInfo.xml"),
        (["a/b/ComicInfo.xml", "a/ComicInfo.xml"], "a/ComicInfo.xml"),
        (["a/ComicInfo.xml", "COMICINFO.XML"], "COMICINFO.XML"),
        (["ComicInfo.xml", "comicinfo.xml"], "comicinfo.xml"),
        (["__MACOSX/ComicInfo.xml", "a/b/ComicInfo.xml"], "a/b/ComicInfo.xml"),
        (["._ComicInfo.xml", "MyComicInfo.xml", "ComicInfo.xml.bak", "ComicInfo.xml/x"], None),
    ],
)
def test_the_tags_nearest_the_root_are_read(
    shelve: Shelve, names: list[str], found: str | None
) -> None:
    contents = read(shelve({name: name.encode() for name in names}))
    assert contents.documents.get("ComicInfo") == (found.encode() if found else None)


def test_of_two_tags_with_one_name_the_last_is_read_as_unzip_would(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "comic.cbz", "w") as archive:
        archive.writestr(ZipInfo("ComicInfo.xml"), b"old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(ZipInfo("ComicInfo.xml"), b"new")
    assert read(tmp_path / "comic.cbz").documents["ComicInfo"] == b"new"


def test_the_fingerprint_is_a_hash_of_the_sorted_checksums_and_sizes(shelve: Shelve) -> None:
    pairs = sorted((zlib.crc32(page), len(page)) for page in PAGES.values())
    packed = b"".join(struct.pack(">LQ", *pair) for pair in pairs)
    assert read(shelve(PAGES)).fingerprint == hashlib.sha256(packed).digest()


def test_the_same_pages_have_the_same_fingerprint_whatever_surrounds_them(shelve: Shelve) -> None:
    plain = read(shelve(PAGES)).fingerprint
    renamed = {"b/9.png": b"one", "a/8.png": b"two", "ComicInfo.xml": TAGS}
    assert read(shelve(renamed, method=ZIP_DEFLATED)).fingerprint == plain
    assert read(shelve(PAGES | {"03.jpg": b"three"})).fingerprint != plain
    assert read(shelve({"01.jpg": b"one", "02.jpg": b"owt"})).fingerprint != plain


def test_without_pages_there_is_no_fingerprint(shelve: Shelve) -> None:
    assert read(shelve({"ComicInfo.xml": TAGS})).fingerprint is None


def test_bytes_before_the_archive_and_a_comment_after_it_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "comic.cbz"
    path.write_bytes(b"PK\x07\x08" + pack_zip(PAGES))
    with ZipFile(path, "a") as archive:
        archive.comment = b"x" * 60_000
    assert count(read(path)) == 2
    assert read(path).fault is None


def test_a_zip_64_is_read(tmp_path: Path) -> None:
    path = tmp_path / "comic.cbz"
    with ZipFile(path, "w") as archive, archive.open("1.jpg", "w", force_zip64=True) as page:
        page.write(b"one")
    whole = path.read_bytes()
    end = whole.rindex(b"PK\x05\x06")
    length, start = struct.unpack_from("<LL", whole, end + 12)
    end_64 = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    short = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    path.write_bytes(whole[:end] + end_64 + locator + short)
    assert read(path).fault is None
    assert count(read(path)) == 1


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("comic.cbz", ()),
        ("comic.ZIP", ()),
        ("comic", ()),
        ("comic.cbr", ("This is a ZIP archive whose name says cbr.",)),
        ("comic.TAR", ("This is a ZIP archive whose name says tar.",)),
    ],
)
def test_a_name_of_another_format_is_noted(
    shelve: Shelve, name: str, notes: tuple[str, ...]
) -> None:
    assert read(shelve(PAGES, name)).notes == notes


def test_a_method_that_few_can_open_is_noted(shelve: Shelve) -> None:
    path = shelve(PAGES)
    whole = bytearray(path.read_bytes())
    whole[whole.rindex(b"PK\x01\x02") + 10] = 9
    path.write_bytes(whole)
    assert read(path).notes == ("Files are packed by Deflate64, which few readers can open.",)


def test_a_program_that_unpacks_itself_is_read(tmp_path: Path) -> None:
    (tmp_path / "comic.exe").write_bytes(b"MZ" + bytes(9000) + pack_zip(PAGES))
    contents = read(tmp_path / "comic.exe")
    assert (contents.format, count(contents), contents.fault) == ("cbz", 2, None)


def test_pages_are_in_the_order_of_reading(shelve: Shelve) -> None:
    names = [
        *("1.jpg", "01a.jpg", "2.jpg", "002 b.jpg", "10.jpg", "a.jpg", "B.jpg", "b 2/1.jpg"),
        *("b 2/2.jpg", "b 10\\1.jpg", "page-2.jpg", "page-10.jpg", "page-10 (2).jpg", "é.jpg"),
        "z.jpg",
    ]
    expected = sorted(names, key=names.index)
    expected.remove("é.jpg")  # an accent is no other letter
    expected.insert(expected.index("page-2.jpg"), "é.jpg")
    pages = read(shelve(dict.fromkeys(sorted(names), b""))).pages
    assert [page.name for page in pages or ()] == expected


def test_a_page_is_told_by_its_name_size_and_checksum(shelve: Shelve) -> None:
    pages = read(shelve(PAGES, method=ZIP_DEFLATED)).pages
    assert pages == (
        Member("01.jpg", 3, zlib.crc32(b"one")),
        Member("02.jpg", 3, zlib.crc32(b"two")),
    )


def test_each_document_is_found(shelve: Shelve) -> None:
    contents = read(
        shelve(
            {
                "a/ComicInfo.xml": b"<ComicInfo/>",
                "metroninfo.xml": b"<MetronInfo/>",
                "b/CoMet.xml": b"<comet/>",
            }
        )
    )
    assert contents.documents == {
        "ComicInfo": b"<ComicInfo/>",
        "MetronInfo": b"<MetronInfo/>",
        "CoMet": b"<comet/>",
    }


def test_a_comet_by_another_name_is_told_by_its_root(shelve: Shelve) -> None:
    comet = b"<?xml version='1.0'?><comet xmlns='x'/>"
    contents = read(shelve({"1.xml": b"<other/>", "Saga.XML": comet, "c/3.xml": comet}))
    assert contents.documents == {"CoMet": comet}


@pytest.mark.parametrize(
    "members",
    [
        {"a/saga.xml": b"<comet/>"},
        {".saga.xml": b"<comet/>"},
        {"saga.xml": b"<a/>" + b" " * 2048 + b"<comet/>"},
        {"1.xml": b"", "2.xml": b"", "3.xml": b"", "4.xml": b"<comet/>"},
        {"saga.xml": b"<comet/>" + b" " * 4 * 2**20},
    ],
)
def test_no_more_is_looked_at_than_a_few_documents_at_the_root(
    shelve: Shelve, members: dict[str, bytes]
) -> None:
    contents = read(shelve(PAGES | members, method=ZIP_DEFLATED))
    assert (contents.documents, contents.fault) == ({}, None)


@pytest.mark.parametrize(
    ("comment", "documents"),
    [
        (b'{"ComicBookInfo/1.0": {}}', {"ComicBookInfo": b'{"ComicBookInfo/1.0": {}}'}),
        (b"\xef\xbb\xbf\r\n{}", {"ComicBookInfo": b"\xef\xbb\xbf\r\n{}"}),
        (b"scanned by me", {}),
        (b"123", {}),
        (b"", {}),
    ],
)
def test_a_comment_that_may_be_json_is_a_comicbookinfo(
    shelve: Shelve, comment: bytes, documents: dict[str, bytes]
) -> None:
    path = shelve(PAGES)
    with ZipFile(path, "a") as archive:
        archive.comment = comment
    assert read(path).documents == documents


def test_reading_changes_nothing(shelve: Shelve) -> None:
    path = shelve(PAGES | {"ComicInfo.xml": TAGS})
    path.chmod(0o444)
    before = (path.stat().st_mtime_ns, path.read_bytes())
    read(path)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert list(path.parent.iterdir()) == [path]


def pages(*numbers: int) -> list[Member]:
    """Have pages, each of which is told from others by its number."""
    return [Member(f"{number}.jpg", 100, number) for number in numbers]


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        (pages(1, 2, 3), pages(3, 2, 1), 1.0),
        (pages(1, 2, 3), pages(4, 5, 6), 0.0),
        (pages(1, 2, 3), pages(2, 3, 4), 0.5),
        (pages(1, 2, 3, 4), pages(1), 0.25),
        (pages(1, 1), pages(1), 0.5),
        (pages(1), [Member("1.jpg", 101, 1)], 0.0),
        (pages(1), [], 0.0),
        ([], [], 0.0),
        ([Member("1.jpg", 100, None)], [Member("1.jpg", 100, None)], 0.0),
    ],
)
def test_overlap_is_the_share_of_pages_in_both(
    one: list[Member], other: list[Member], share: float
) -> None:
    assert overlap(one, other) == overlap(other, one) == share
