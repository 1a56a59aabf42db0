"""Archives of each format unpacked whole, and what must never be written."""

import io
import tarfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import py7zr
import pytest

from comics.archives import tools
from comics.archives.contents import Fault, Member
from comics.archives.unpacking import Unpacked, unpack, unpack_one

RARS = Path(__file__).parent / "rars"
MEMBERS = [
    ("b/2.jpg", b"two" * 900),
    ("1.jpg", b"one" * 900),
    ("../../evil.jpg", b"outside"),
    ("/absolute.jpg", b"outside as well"),
    ("C:\\windows.jpg", b"there, too"),
    ("ComicInfo.xml", b"<ComicInfo/>"),
    ("empty.txt", b""),
]
ALL = 10**6

Pack = Callable[[list[tuple[str, bytes]]], bytes]


def pack_zip(members: list[tuple[str, bytes]], method: int = ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        archive.mkdir("b")
        for name, content in members:
            archive.writestr(ZipInfo(name, (2023, 11, 14, 22, 13, 20)), content, method)
    return file.getvalue()


def pack_tar(members: list[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1_700_000_000
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def pack_7z(members: list[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(content, "plain")
            archive.header.files_info.files[-1]["filename"] = name
    return file.getvalue()


PACKS: dict[str, Pack] = {"zip": pack_zip, "tar": pack_tar, "7z": pack_7z}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out" / "in").mkdir(parents=True)
    return tmp_path / "out" / "in"


Shelve = Callable[[bytes | bytearray], Path]


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    def shelve(content: bytes | bytearray) -> Path:
        (tmp_path / "comic").write_bytes(content)
        return tmp_path / "comic"

    return shelve


def contents_of(unpacked: list[Unpacked]) -> list[tuple[str, bytes]]:
    return [(one.name, one.path.read_bytes()) for one in unpacked]


@pytest.mark.parametrize("form", PACKS)
def test_all_members_are_unpacked_in_order_and_none_by_its_name(
    form: str, shelve: Shelve, folder: Path
) -> None:
    unpacked = unpack(shelve(PACKS[form](MEMBERS)), folder, most_bytes=ALL)
    slash = "/" if form == "7z" else "\\"
    expected = [(name.replace("\\", slash), content) for name, content in MEMBERS]
    assert contents_of(unpacked) == expected
    assert [(one.size, one.crc) for one in unpacked] == [
        (len(content), zlib.crc32(content)) for _, content in MEMBERS
    ]
    assert {one.path.parent for one in unpacked} == {folder}
    assert all(one.path.name.isdigit() for one in unpacked)
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("form", PACKS)
def test_one_member_is_unpacked_alone(form: str, shelve: Shelve, folder: Path) -> None:
    path = shelve(PACKS[form](MEMBERS))
    for name, content in MEMBERS[:4]:
        crc = None if form == "tar" else zlib.crc32(content)
        one = unpack_one(path, Member(name, len(content), crc), folder, most_bytes=ALL)
        assert contents_of([one]) == [(name, content)]
        assert list(folder.iterdir()) == [one.path]
        one.path.unlink()


@pytest.mark.parametrize("form", PACKS)
def test_one_member_that_is_not_there_any_more_is_a_fault(
    form: str, shelve: Shelve, folder: Path
) -> None:
    path = shelve(PACKS[form](MEMBERS))
    with pytest.raises(Fault, match=r"^1\.jpg is no longer in the archive\.$"):
        unpack_one(path, Member("1.jpg", 1, 2), folder, most_bytes=ALL)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", PACKS)
def test_one_member_that_is_too_large_is_not_begun(form: str, shelve: Shelve, folder: Path) -> None:
    path = shelve(PACKS[form](MEMBERS))
    with pytest.raises(Fault, match=r"^1\.jpg is larger than 1,000 bytes\.$"):
        unpack_one(path, Member("1.jpg", 2700), folder, most_bytes=1000)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("form", PACKS)
def test_modification_times_are_told(form: str, shelve: Shelve, folder: Path) -> None:
    first, *_ = unpack(shelve(PACKS[form]([("1.jpg", b"one")])), folder, most_bytes=ALL)
    if form == "7z":
        assert first.modified
    else:
        zone = None if form == "zip" else UTC  # a zip does not say which
        assert first.modified == datetime(2023, 11, 14, 22, 13, 20, tzinfo=zone)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("form", PACKS)
def test_members_that_share_a_name_are_all_kept(form: str, shelve: Shelve, folder: Path) -> None:
    members = [("1.jpg", b"old"), ("1.jpg", b"new")]
    unpacked = unpack(shelve(PACKS[form](members)), folder, most_bytes=ALL)
    assert contents_of(unpacked) == members


@pytest.mark.parametrize("form", PACKS)
def test_nothing_is_written_beyond_the_limit(form: str, shelve: Shelve, folder: Path) -> None:
    path = shelve(PACKS[form]([("1.jpg", bytes(10**6)), ("2.jpg", bytes(10**6))]))
    with pytest.raises(Fault, match="The archive unpacks to more than 1,500,000 bytes"):
        unpack(path, folder, most_bytes=1_500_000)
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 1_500_000


@pytest.mark.parametrize("form", ["zip", "7z"])
def test_a_page_that_is_not_what_its_checksum_says_is_a_fault(
    form: str, shelve: Shelve, folder: Path
) -> None:
    page = bytes(range(256))
    if form == "zip":
        whole = pack_zip([("1.jpg", page)], ZIP_STORED)
    else:
        file = io.BytesIO()
        with py7zr.SevenZipFile(file, "w", filters=[{"id": py7zr.FILTER_COPY}]) as archive:
            archive.writestr(page, "1.jpg")
        whole = file.getvalue()
    path = shelve(whole.replace(page, page[:-1] + b"x"))
    with pytest.raises(Fault, match="damaged"):
        unpack(path, folder, most_bytes=ALL)
    assert list(folder.iterdir()) == []


def test_a_compressed_tar_is_checked_to_its_end(shelve: Shelve, folder: Path) -> None:
    whole = pack_tar([("1.jpg", b"one")])
    with pytest.raises(Fault, match="damaged"):
        unpack(shelve(whole[:-8] + bytes(8)), folder, most_bytes=ALL)


def test_a_member_without_a_name_is_a_fault_where_it_is_not_what_was_packed(
    tmp_path: Path, folder: Path
) -> None:
    with ZipFile(tmp_path / "comic", "w") as archive:
        archive.writestr("1.jpg", b"one")
        archive.filelist[0].filename = ""
    with pytest.raises(Fault, match="damaged"):
        unpack(tmp_path / "comic", folder, most_bytes=ALL)


def test_an_encrypted_zip_is_a_fault(shelve: Shelve, folder: Path) -> None:
    whole = bytearray(pack_zip([("1.jpg", b"one")], ZIP_STORED))
    whole[whole.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Fault, match="encrypted"):
        unpack(shelve(whole), folder, most_bytes=ALL)


def test_a_method_that_cannot_be_read_is_named(shelve: Shelve, folder: Path) -> None:
    whole = bytearray(pack_zip([("1.jpg", b"one" * 99)]))
    whole[whole.rindex(b"PK\x01\x02") + 10] = 98
    with pytest.raises(Fault, match=r"1\.jpg is packed by PPMd"):
        unpack(shelve(whole), folder, most_bytes=ALL)


needs_tools = pytest.mark.skipif(
    not {"unar", "bsdtar"} <= {tool.name for tool in tools.find()},
    reason="unar and bsdtar are not both installed",
)
RAR_MEMBERS = [
    ("01.jpg", b"one " * 50),
    ("b/02 ü漫.jpg", b"two " * 50),
    ("ComicInfo.xml", b"<ComicInfo><Title>Saga</Title>%s</ComicInfo>" % (b"<!-- so long -->" * 9)),
]


@needs_tools
@pytest.mark.parametrize(
    "name",
    [
        *("rar15", "rar20", "rar29", "rar40-solid", "rar40-stored", "rar40-comment"),
        *("rar50", "rar50-solid", "rar50-stored", "rar50-comment", "rar50-link", "rar70"),
    ],
)
def test_each_generation_of_rar_is_unpacked(name: str, folder: Path) -> None:
    assert contents_of(unpack(RARS / f"{name}.cbr", folder, most_bytes=ALL)) == RAR_MEMBERS


@needs_tools
@pytest.mark.parametrize("name", ["rar15", "rar29", "rar40-solid", "rar50", "rar50-solid", "rar70"])
def test_one_member_of_a_rar_is_unpacked_alone(name: str, folder: Path) -> None:
    for member, content in RAR_MEMBERS:
        wanted = Member(member, len(content), zlib.crc32(content))
        one = unpack_one(RARS / f"{name}.cbr", wanted, folder, most_bytes=ALL)
        assert contents_of([one]) == [(member, content)]
        one.path.unlink()


@pytest.mark.parametrize("name", ["rar40-stored", "rar50-stored"])
def test_a_stored_rar_needs_no_program(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert contents_of(unpack(RARS / f"{name}.cbr", folder, most_bytes=ALL)) == RAR_MEMBERS


def test_without_a_program_a_compressed_rar_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Fault, match="install unar"):
        unpack(RARS / "rar50.cbr", folder, most_bytes=ALL)


@pytest.mark.parametrize("name", ["rar40-stored", "rar50-stored"])
def test_a_stored_rar_is_checked_as_well(name: str, shelve: Shelve, folder: Path) -> None:
    whole = (RARS / f"{name}.cbr").read_bytes()
    with pytest.raises(Fault, match=r"01\.jpg is damaged"):
        unpack(shelve(whole.replace(b"one one", b"one eno", 1)), folder, most_bytes=ALL)
    assert list(folder.iterdir()) == []


@needs_tools
def test_a_rar_with_a_damaged_page_is_a_fault_and_leaves_nothing(
    shelve: Shelve, folder: Path
) -> None:
    whole = bytearray((RARS / "rar50.cbr").read_bytes())
    place = whole.index(b"01.jpg") + 12
    whole[place : place + 8] = bytes(8)
    with pytest.raises(Fault):
        unpack(shelve(whole), folder, most_bytes=ALL)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("rar40-locked", "encrypted"),
        ("rar50-locked-names", "encrypted"),
        ("rar50", "more than 100"),
    ],
)
def test_a_rar_that_is_locked_or_too_large_is_not_begun(
    name: str, fault: str, folder: Path
) -> None:
    with pytest.raises(Fault, match=fault):
        unpack(RARS / f"{name}.cbr", folder, most_bytes=100)
    assert list(folder.iterdir()) == []
