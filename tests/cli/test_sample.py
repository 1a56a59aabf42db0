"""The sample library: believable, the same for the same seed, and never in anyone's way."""

import hashlib
import struct
import zlib
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.covers import HEIGHT, WIDTH, draw_page
from cli.sample import HOUSES, make
from scanner.reader import Result, Wanted, read

ODD = {
    "Cut short.cbz": ("cbz", None, "The end of the archive is missing: copy or download it again."),
    "Download failed.cbz": (
        None,
        None,
        "This is a web page, perhaps the error message of a failed download, not a comic archive.",
    ),
    "Empty.cbz": (None, None, "The file is empty: copy or download it again."),
    "No pages.cbz": ("cbz", 0, "The archive holds no pages: none of its files is an image."),
    "Odd tags.cbz": (
        "cbz",
        4,
        "ComicInfo.xml is not valid XML (its end is missing, line 1).",
    ),
    "Really a zip.cbr": ("cbz", 4, None),
    "Tape archive.cbt": ("cbt", 4, None),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "library"
    assert make(folder, 120) == 120
    return folder


def list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def list_comics(folder: Path) -> list[Path]:
    return [path for path in list_files(folder) if path.parent.name != "Unsorted"]


def read_file(path: Path) -> Result:
    return read(Wanted(1, path.name, str(path.parent)))


def test_there_are_as_many_files_as_were_asked_for(library: Path) -> None:
    assert len(list_files(library)) == 120


def test_every_comic_is_sound_and_no_two_have_the_same_pages(library: Path) -> None:
    results = [read_file(path) for path in list_comics(library)]
    assert {(result.format, result.pages, result.fault) for result in results} == {("cbz", 6, None)}
    assert len({result.fingerprint for result in results}) == len(results)


def test_a_few_files_have_the_faults_that_every_library_has(library: Path) -> None:
    results = {path.name: read_file(path) for path in list_files(library / "Unsorted")}
    assert {
        name: (result.format, result.pages, result.fault) for name, result in results.items()
    } == ODD


def test_tags_agree_with_names_and_some_comics_have_none(library: Path) -> None:
    tagged = 0
    for path in list_comics(library):
        result = read_file(path)
        if "ComicInfo" in result.provenance.values():
            tags = result.tags
            tagged += 1
            assert path.parent.name == f"{tags.series} ({tags.volume})"
            assert path.parents[1].name == tags.publisher
            assert tags.number.lstrip("0") in path.name
            assert tags.page_count == 6
    assert 60 < tagged < 110


def test_there_are_several_publishers_scripts_and_styles_of_names(library: Path) -> None:
    files = list_comics(library)
    assert {path.parents[1].name for path in files} == {house.name for house in HOUSES}
    assert Counter(path.suffix for path in files).keys() == {".cbz", ".CBZ"}
    assert any("第" in path.name for path in files)
    assert any("é" in path.name for path in files)
    assert any(not path.name.isascii() for path in files)


def check_png(image: bytes) -> None:
    """Check signature, checksums and size, as any viewer does."""
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    chunks: dict[bytes, bytes] = {}
    while place < len(image):
        (length,) = struct.unpack_from(">L", image, place)
        kind, data = image[place + 4 : place + 8], image[place + 8 : place + 8 + length]
        assert struct.unpack_from(">L", image, place + 8 + length) == (zlib.crc32(kind + data),)
        chunks[kind] = data
        place += length + 12
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    assert struct.unpack(">LLBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    pixels = zlib.decompress(chunks[b"IDAT"])
    assert len(pixels) == HEIGHT * (WIDTH + 1)
    assert max(pixels) < len(chunks[b"PLTE"]) // 3


def test_pages_are_images_of_a_few_kilobytes(library: Path) -> None:
    for path in list_comics(library)[:5]:
        with ZipFile(path) as comic:
            pages = [comic.read(name) for name in comic.namelist() if name.endswith(".png")]
        for page in pages:
            check_png(page)
            assert 500 < len(page) < 8000


def test_every_page_can_be_drawn() -> None:
    for seed in range(200):
        check_png(draw_page(seed))


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in list_files(folder):
        whole.update(f"{path.relative_to(folder)} {path.stat().st_mtime_ns}".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def test_the_same_seed_makes_the_same_library_and_another_another(tmp_path: Path) -> None:
    make(tmp_path / "1", 30, pages=2, seed=5)
    make(tmp_path / "2", 30, pages=2, seed=5)
    make(tmp_path / "3", 30, pages=2, seed=6)
    assert digest(tmp_path / "1") == digest(tmp_path / "2") != digest(tmp_path / "3")


def test_a_large_library_is_made_by_several_processes_with_the_same_result(tmp_path: Path) -> None:
    assert make(tmp_path / "large", 600, pages=1) == 600
    assert make(tmp_path / "small", 200, pages=1) == 200
    large = {path.relative_to(tmp_path / "large") for path in list_files(tmp_path / "large")}
    assert len(large) == 600
    for path in list_files(tmp_path / "small"):
        name = path.relative_to(tmp_path / "small")
        assert (tmp_path / "large" / name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("comics", [0, 1, 5])
def test_a_library_may_be_very_small(tmp_path: Path, comics: int) -> None:
    assert make(tmp_path / "library", comics, pages=1) == comics
    assert len(list_files(tmp_path / "library")) == comics


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    with pytest.raises(FileExistsError, match="is not empty: choose a new folder"):
        make(tmp_path, 3)
    assert list(tmp_path.iterdir()) == [tmp_path / ".hidden"]
