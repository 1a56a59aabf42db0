"""Comics that other libraries take for untagged, for empty or for something else."""

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from comics.archives.reading import read
from tests.comics.archives.packing import pack_7z, pack_tar, pack_zip

RARS = Path(__file__).parent / "rars"
TAGS = b"<ComicInfo><Title>Saga</Title></ComicInfo>"
MEMBERS = {"1.jpg": b"page", "ComicInfo.xml": TAGS}


@pytest.mark.parametrize("kind", ["avif", "jxl", "heic"])
def test_a_comic_of_new_kinds_of_images_has_pages_and_tags(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "comic.cbz"
    path.write_bytes(pack_zip({f"1.{kind}": b"page", "ComicInfo.xml": TAGS}))
    contents = read(path)
    assert [page.name for page in contents.pages or ()] == [f"1.{kind}"]
    assert contents.documents == {"ComicInfo": TAGS}


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_a_compressed_tar_is_read_under_the_name_of_a_plain_one(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "comic.cbt"
    path.write_bytes(compress(pack_tar(MEMBERS)))
    assert (read(path).fault, read(path).documents) == (None, {"ComicInfo": TAGS})


@pytest.mark.parametrize("pack", [pack_zip, pack_tar])
def test_a_folder_that_is_named_like_a_page_is_none(
    tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    path = tmp_path / "comic"
    path.write_bytes(pack({"d.jpg/": b"", **MEMBERS}))
    assert [page.name for page in read(path).pages or ()] == ["1.jpg"]


def test_a_7z_has_the_tags_that_are_in_it(tmp_path: Path) -> None:
    path = tmp_path / "comic.cb7"
    path.write_bytes(pack_7z(MEMBERS))
    assert read(path).documents == {"ComicInfo": TAGS}


def test_tags_that_cannot_be_unpacked_are_a_fault_and_not_none_at_all(tmp_path: Path) -> None:
    path = tmp_path / "comic.cbz"
    content = pack_zip(MEMBERS)
    start = content.index(b"ComicInfo.xml") + len("ComicInfo.xml")
    path.write_bytes(content[:start] + b"\xff\xff\xff" + content[start + 3 :])
    contents = read(path)
    assert contents.fault == "ComicInfo.xml is damaged inside the archive."
    assert len(contents.pages or ()) == 1


def test_a_rar_is_not_taken_for_the_zip_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "comic.cbr"
    rar = RARS / "rar50-stored.cbr"
    path.write_bytes(rar.read_bytes() + pack_zip(MEMBERS))
    assert (read(path).format, read(path).pages) == ("cbr", read(rar).pages)
