"""What is read from an archive; `tests/scanner/test_reader.py` has the faulty ones."""

import hashlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.archives import read
from comics.contents import is_page

Shelve = Callable[..., Path]

PAGES = {"01.jpg": b"one", "02.jpg": b"two"}
TAGS = b"<ComicInfo/>"


def pack(members: dict[str, bytes], method: int = ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Return a function that packs members into a comic and returns its path."""

    def shelve(members: dict[str, bytes], name: str = "comic.cbz", method: int = 0) -> Path:
        (tmp_path / name).write_bytes(pack(members, method))
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
        *("@eaDir/1.jpg", "a\\.1.jpg", "1.svg", "1.psd"),
    ],
)
def test_texts_folders_and_hidden_files_are_no_pages(name: str) -> None:
    assert not is_page(name)


def test_a_comic_is_read(shelve: Shelve) -> None:
    contents = read(shelve(PAGES | {"ComicInfo.xml": TAGS, "notes.txt": b""}))
    assert (contents.format, contents.pages, contents.fault) == ("cbz", 2, None)
    assert contents.comic_info == TAGS
    assert not contents.again


def test_a_path_may_be_bytes_and_a_symbolic_link(shelve: Shelve, tmp_path: Path) -> None:
    link = os.fsencode(tmp_path) + b"/\xe9.cbz"
    try:
        Path(os.fsdecode(link)).symlink_to(shelve(PAGES))
    except OSError:
        pytest.skip("this disk takes no names but UTF-8")
    assert read(link).pages == 2


@pytest.mark.parametrize("name", ["comic.cbr", "comic.zip", "comic", "comic.pdf"])
def test_the_extension_does_not_matter(shelve: Shelve, name: str) -> None:
    assert read(shelve(PAGES, name)).format == "cbz"


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_tags_are_read_however_they_are_packed(shelve: Shelve, method: int) -> None:
    assert read(shelve({"ComicInfo.xml": TAGS * 100}, method=method)).comic_info == TAGS * 100


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
    assert contents.comic_info == (found.encode() if found else None)


def test_of_two_tags_with_one_name_the_last_is_read_as_unzip_would(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "comic.cbz", "w") as archive:
        archive.writestr(ZipInfo("ComicInfo.xml"), b"old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(ZipInfo("ComicInfo.xml"), b"new")
    assert read(tmp_path / "comic.cbz").comic_info == b"new"


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
    path.write_bytes(b"PK\x07\x08" + pack(PAGES))
    with ZipFile(path, "a") as archive:
        archive.comment = b"x" * 60_000
    assert read(path).pages == 2
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
    assert read(path).pages == 1


def test_reading_changes_nothing(shelve: Shelve) -> None:
    path = shelve(PAGES | {"ComicInfo.xml": TAGS})
    path.chmod(0o444)
    before = (path.stat().st_mtime_ns, path.read_bytes())
    read(path)
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert list(path.parent.iterdir()) == [path]


WHOLE = pack(PAGES | {"ComicInfo.xml": TAGS * 20}, ZIP_DEFLATED)
CHANGES = st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8)


@given(CHANGES, st.integers(0, len(WHOLE)))
def test_a_damaged_zip_is_a_fault_and_never_an_exception(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(WHOLE)
    for place, byte in changes:
        damaged[place] = byte
    path = tmp_path_factory.getbasetemp() / "damaged.cbz"
    for content in (damaged, damaged[:length]):
        path.write_bytes(content)
        assert not read(path).again
