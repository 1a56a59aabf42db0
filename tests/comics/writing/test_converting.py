"""A comic of another format becomes a CBZ, or stays as it is."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import py7zr
import pytest

from comics.archives.contents import Fault
from comics.archives.reading import read
from comics.writing.converting import convert
from comics.writing.drafts import sweep
from comics.writing.refusals import Refused

Shelve = Callable[..., Path]
Members = list[tuple[str, bytes]]

XML = b"<ComicInfo><Title>t</Title></ComicInfo>"
COMIC: Members = [
    ("Saga/ComicInfo.xml", XML),
    ("Saga/02.jpg", b"two" * 99),
    ("Saga/01.jpg", b"one"),
    ("Saga/notes.txt", b"read me"),
]
JUNK: Members = [("__MACOSX/._01.jpg", b"x"), ("Saga/Thumbs.db", b"x"), ("Saga/.DS_Store", b"x")]
RARS = Path(__file__).parents[1] / "archives" / "rars"
DATED = int(datetime(2012, 3, 14, 15, 9, 26, tzinfo=UTC).timestamp())


def pack_tar(members: Members) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), DATED
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def pack_7z(members: Members) -> bytes:
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(content, name)
    return file.getvalue()


PACKERS = {"cbt": pack_tar, "cb7": pack_7z}


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Return a function that packs members into a comic and returns its path."""

    def shelve(members: Members, name: str) -> Path:
        path = tmp_path / "Image" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PACKERS[path.suffix[1:].lower()](members))
        return path

    return shelve


@pytest.fixture
def trash(tmp_path: Path) -> Path:
    """Name the trash of a library."""
    return tmp_path / ".trash"


def listing(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def stays(path: Path, trash: Path, reason: str) -> None:
    """Assert that a comic is not converted, and that nothing is changed or left anywhere."""
    root = trash.parent
    before = {name: (root / name).read_bytes() for name in listing(root)}
    with pytest.raises(Fault, match=reason):
        convert(path, trash)
    assert {name: (root / name).read_bytes() for name in listing(root)} == before
    assert sorted(path.parent.iterdir()) == sorted({(root / name) for name in before})


@pytest.mark.parametrize("kind", PACKERS)
def test_all_but_junk_is_kept_in_order(
    shelve: Shelve, trash: Path, tmp_path: Path, kind: str
) -> None:
    path = shelve(COMIC + JUNK, f"1.{kind}")
    path.chmod(0o640)
    original, before = path.read_bytes(), read(path)
    target = convert(path, trash)
    assert listing(tmp_path) == [f".trash/Image/1.{kind}", "Image/1.cbz"]
    assert (trash / "Image" / path.name).read_bytes() == original
    with ZipFile(target) as archive:
        assert [(name, archive.read(name)) for name in archive.namelist()] == COMIC
        assert {member.compress_type for member in archive.infolist()} == {ZIP_STORED}
    after = read(target)
    assert (after.format, after.documents) == ("cbz", {"ComicInfo": XML})
    assert before.fingerprint in {None, after.fingerprint}
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["rar40-stored.cbr", "rar50-stored.cbr"])
def test_a_rar_becomes_a_cbz_with_the_same_pages(trash: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes((RARS / name).read_bytes())
    before = read(path)
    after = read(convert(path, trash))
    assert before.fingerprint is not None
    assert (after.fingerprint, after.documents) == (before.fingerprint, before.documents)


def test_what_is_encrypted_stays(trash: Path, tmp_path: Path) -> None:
    path = tmp_path / "locked.cbr"
    path.write_bytes((RARS / "rar50-locked.cbr").read_bytes())
    stays(path, trash, "encrypted")


def test_dates_are_kept(shelve: Shelve, trash: Path) -> None:
    local = datetime.fromtimestamp(DATED).timetuple()[:6]  # noqa: DTZ006 (zips tell local times)
    with ZipFile(convert(shelve(COMIC, "1.cbt"), trash)) as archive:
        assert {member.date_time for member in archive.infolist()} == {local}


def test_names_lead_nowhere_else_and_are_there_once(shelve: Shelve, trash: Path) -> None:
    members = [("../../a.jpg", b"a"), ("/b.jpg", b"b"), ("c.jpg", b"old"), ("c.jpg", b"new")]
    with ZipFile(convert(shelve(members, "1.cbt"), trash)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "a.jpg": b"a",
            "b.jpg": b"b",
            "c (2).jpg": b"old",
            "c.jpg": b"new",
        }


def test_a_name_that_is_no_utf_8_is_written_as_text(shelve: Shelve, trash: Path) -> None:
    name = os.fsdecode(b"\xe9.jpg")
    with ZipFile(convert(shelve([(name, b"e")], "1.cbt"), trash)) as archive:
        assert archive.namelist() == ["\N{REPLACEMENT CHARACTER}E9.jpg"]


@pytest.mark.parametrize(
    ("name", "converted"),
    [("1.CBT", "1.cbz"), ("Vol. 1.tar.cbt", "Vol. 1.tar.cbz")],
)
def test_only_the_name_of_the_format_changes(
    shelve: Shelve, trash: Path, name: str, converted: str
) -> None:
    assert convert(shelve(COMIC, name), trash).name == converted


def test_another_comic_of_that_name_is_never_overwritten(shelve: Shelve, trash: Path) -> None:
    path = shelve(COMIC, "1.cbt")
    with ZipFile(path.with_suffix(".cbz"), "w") as archive:
        archive.writestr("01.jpg", b"another")
    stays(path, trash, "of that name already")
    path.with_suffix(".cbz").write_bytes(b"no comic")
    stays(path, trash, "of that name already")


def test_what_was_converted_before_a_kill_is_only_put_away(
    shelve: Shelve, trash: Path, tmp_path: Path
) -> None:
    path = shelve(COMIC, "1.cbt")
    target = convert(path, trash)
    (trash / "Image" / "1.cbt").rename(path)
    before = target.stat()
    assert convert(path, trash) == target
    assert target.stat().st_mtime_ns == before.st_mtime_ns
    assert listing(tmp_path) == [".trash/Image/1.cbt", "Image/1.cbz"]


def test_what_is_damaged_stays(shelve: Shelve, trash: Path) -> None:
    path = shelve(COMIC, "1.cb7")
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    stays(path, trash, ".")


def test_what_is_cut_short_stays(shelve: Shelve, trash: Path) -> None:
    path = shelve([("1.jpg", os.urandom(5000)), ("2.jpg", os.urandom(5000))], "1.cbt")
    path.write_bytes(path.read_bytes()[:8000])
    stays(path, trash, ".")


def test_what_would_be_too_large_stays(shelve: Shelve, trash: Path, tmp_path: Path) -> None:
    path = shelve([("1.jpg", bytes(5000))], "1.cbt")
    with pytest.raises(Fault, match="more than"):
        convert(path, trash, most_bytes=4000)
    assert listing(tmp_path) == ["Image/1.cbt"]


def test_zips_and_links_are_not_converted(shelve: Shelve, trash: Path, tmp_path: Path) -> None:
    path = shelve(COMIC, "1.cbt")
    link = path.with_name("2.cbt")
    link.symlink_to("1.cbt")
    with pytest.raises(Refused, match="symbolic link"):
        convert(link, trash)
    link.unlink()
    zipped = path.with_suffix(".cbr")
    with ZipFile(zipped, "w") as archive:
        archive.writestr("01.jpg", b"one")
    with pytest.raises(Refused, match="ZIP archive already"):
        convert(zipped, trash)
    misnamed = path.rename(path.with_name("3.cbz"))
    with pytest.raises(Refused, match="rename it first"):
        convert(misnamed, trash)
    assert listing(tmp_path) == ["Image/1.cbr", "Image/3.cbz"]


def test_a_killed_conversion_leaves_the_original_or_the_new_one(
    shelve: Shelve, trash: Path
) -> None:
    path = shelve([(f"{number}.jpg", os.urandom(999)) for number in range(9)], "1.cbt")
    script = Path(__file__).with_name("kill_conversions.py")
    root = Path(__file__).parents[3]
    kills = subprocess.run(
        [sys.executable, script, path, trash],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    assert int(kills) > 3
    assert len(read(path.with_suffix(".cbz")).pages or ()) == 9
    assert sweep(path.parent) >= 0
    assert list(path.parent.iterdir()) == [path.with_suffix(".cbz")]
