"""RAR archives of every generation: `rars/make.py` made them, and where it cannot we do by hand."""

import io
import os
import struct
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest
import rarfile  # type: ignore[import-untyped]

from comics.archives import rar4, rar5, tools
from comics.archives.contents import Contents, Fault, Member
from comics.archives.rar_headers import Entry, Headers
from comics.archives.reading import read

RARS = Path(__file__).parent / "rars"
TAGS = b"<ComicInfo><Title>Saga</Title>%s</ComicInfo>" % (b"<!-- so long -->" * 9)
PAGES = (
    Member("01.jpg", 200, zlib.crc32(b"one " * 50)),
    Member("b/02 ü漫.jpg", 200, zlib.crc32(b"two " * 50)),
)
STORED = ["rar40-stored", "rar50-stored"]
PACKED = [
    *("rar15", "rar20", "rar29", "rar40-solid", "rar40-comment"),
    *("rar50", "rar50-solid", "rar50-comment", "rar50-link", "rar70"),
]
PART = ": unpack all of them together and pack the pages as one CBZ."
LOCKED = "The pages are encrypted: unpack the archive with its password and pack it without one."
LOCKED_NAMES = (
    "The archive is encrypted, even the names of its files: "
    "unpack it with its password and pack it without one."
)
CUT_SHORT = "The archive is shorter than its directory says: copy or download it again."
DAMAGED = "The archive's directory is damaged: copy or download it again."
MISSING_END = "The end of the archive is missing: copy or download it again."
NO_TOOL = (
    "ComicInfo.xml is compressed, and no program here unpacks RAR archives: "
    "install unar (Debian, Ubuntu: apt install unar; macOS: brew install unar)."
)

needs_tools = pytest.mark.skipif(
    not {"unar", "bsdtar"} <= {tool.name for tool in tools.find()},
    reason="unar and bsdtar are not both installed",
)


def open_rar(name: str) -> Contents:
    return read(RARS / f"{name}.cbr")


def list_headers(content: bytes) -> Headers:
    read_headers = rar5.read_headers if content.startswith(rar5.MAGIC) else rar4.read_headers
    return read_headers(io.BytesIO(content), 0)


@pytest.fixture
def without_tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@needs_tools
@pytest.mark.parametrize("name", [*STORED, *PACKED])
def test_each_generation_is_read(name: str) -> None:
    contents = open_rar(name)
    assert (contents.format, contents.pages, contents.fault) == ("cbr", PAGES, None)
    assert contents.documents == {"ComicInfo": TAGS}
    assert contents.fingerprint == open_rar("rar50-stored").fingerprint
    assert contents.notes == ()


@pytest.mark.usefixtures("without_tools")
@pytest.mark.parametrize("name", STORED)
def test_what_is_stored_is_read_without_any_program(name: str) -> None:
    contents = open_rar(name)
    assert (contents.pages, contents.fault) == (PAGES, None)
    assert contents.documents == {"ComicInfo": TAGS}


@pytest.mark.usefixtures("without_tools")
@pytest.mark.parametrize("name", PACKED)
def test_without_a_program_pages_are_listed_and_the_next_scan_tries_again(name: str) -> None:
    contents = open_rar(name)
    assert (contents.pages, contents.documents) == (PAGES, {})
    assert (contents.fault, contents.again) == (NO_TOOL, True)
    assert contents.fingerprint == open_rar("rar50-stored").fingerprint


@pytest.mark.parametrize("name", [*STORED, *PACKED])
def test_rarfile_lists_the_same(name: str) -> None:
    ours = list_headers((RARS / f"{name}.cbr").read_bytes()).entries
    with rarfile.RarFile(RARS / f"{name}.cbr") as archive:
        theirs = archive.infolist()
    assert [(one.name, one.size, one.crc, one.packed, one.is_link) for one in ours] == [
        (one.filename.rstrip("/"), one.file_size, one.CRC, one.compress_size, one.is_symlink())
        for one in theirs
    ]


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("rar40-locked", LOCKED),
        ("rar50-locked", LOCKED),
        ("rar40-locked-names", LOCKED_NAMES),
        ("rar50-locked-names", LOCKED_NAMES),
    ],
)
def test_an_encrypted_archive_is_a_fault_and_has_no_fingerprint(name: str, fault: str) -> None:
    contents = open_rar(name)
    assert (contents.fault, contents.fingerprint) == (fault, None)
    assert (contents.pages is None) == name.endswith("names")


@pytest.mark.parametrize(
    ("name", "which"),
    [
        ("rar40.part1.rar", "one part"),
        ("rar40.part1.r00", "one part"),
        ("rar50.part01.rar", "part 1"),
        ("rar50.part02.rar", "part 2"),
    ],
)
def test_a_volume_says_which_it_is_whether_the_others_are_there_or_not(
    name: str, which: str, tmp_path: Path
) -> None:
    fault = f"This is {which} of an archive in several parts{PART}"
    assert read(RARS / name).fault == fault
    copy(RARS / name, tmp_path)
    assert read(tmp_path / name).fault == fault


def test_a_link_is_no_page_and_is_not_followed() -> None:
    entries = list_headers((RARS / "rar50-link.cbr").read_bytes()).entries
    assert [(entry.name, entry.is_link, entry.is_folder) for entry in entries[-2:]] == [
        ("03.jpg", True, False),
        ("b", False, True),
    ]
    assert open_rar("rar50-link").pages == PAGES


def test_a_name_that_is_another_format_s_is_noted(tmp_path: Path) -> None:
    copy(RARS / "rar50-stored.cbr", tmp_path / "comic.cbz")
    assert read(tmp_path / "comic.cbz").notes == ("This is a RAR archive whose name says cbz.",)


@pytest.mark.parametrize("name", STORED)
def test_an_archive_behind_a_program_is_read(name: str, tmp_path: Path) -> None:
    program = b"MZ" + bytes(5000)
    (tmp_path / "comic.exe").write_bytes(program + (RARS / f"{name}.cbr").read_bytes())
    contents = read(tmp_path / "comic.exe")
    assert (contents.format, contents.pages, contents.fault) == ("cbr", PAGES, None)
    assert contents.documents == {"ComicInfo": TAGS}


def test_modification_times_are_read() -> None:
    entries = list_headers((RARS / "rar50.cbr").read_bytes()).entries
    assert entries[0].modified == datetime.fromtimestamp(1_700_000_000, UTC)


# RAR 4 by hand: what `rars` does not write.


def block_4(kind: int, flags: int, body: bytes, follow: bytes = b"") -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest + follow


def member_4(  # noqa: PLR0913 (the fields of a header)
    name: bytes,
    content: bytes = b"",
    *,
    flags: int = 0,
    mode: int = 0,
    size: int | None = None,
    time: int = 0,
) -> bytes:
    size = len(content) if size is None else size
    crc = zlib.crc32(content)
    head = struct.pack("<LLBLLBBHL", len(content), size, 3, crc, time, 20, 0x30, len(name), mode)
    return block_4(0x74, 0x8000 | flags, head + name, content)


def immense_4(name: bytes, size: int = 2**64 - 1) -> bytes:
    """Return a member of which nothing is there, of the largest size there is, or of this."""
    high, low = divmod(size, 2**32)
    head = struct.pack("<LLBLLBBHL", low, low, 3, 0, 0, 20, 0x30, len(name), 0)
    return block_4(0x74, 0x8100, head + struct.pack("<LL", high, high) + name)


def archive_4(*members: bytes, end: bytes | None = None) -> bytes:
    main = block_4(0x73, 0, bytes(6))
    return rar4.MAGIC + main + b"".join(members) + (block_4(0x7B, 0, b"") if end is None else end)


def only(content: bytes) -> Entry:
    (entry,) = list_headers(content).entries
    return entry


@pytest.mark.parametrize(
    ("name", "coded", "expected"),
    [
        (b"a.jpg", None, "a.jpg"),
        (b"b\\a.jpg", None, "b/a.jpg"),
        ("é.jpg".encode("cp1252"), None, "é.jpg"),
        ("漫.jpg".encode(), None, "漫.jpg"),
        # high byte 0x6F; both bytes; a low byte with none, three times; one more
        (b"_.jpg", b"\x6f\x80\x2b\x6f.jp\x00g", "漫.jpg"),
        # the high byte with the low one; the rest as a run of the plain name
        (b"_.jpg", b"\x6f\x70\x2b\x02", "漫.jpg"),
        # a run that is shifted, with the high byte
        (b"abcd", b"\x04\xc0\x82\x01", "\u0462\u0463\u0464\u0465"),
        (b"a.jpg", b"", ""),
    ],
)
def test_old_names_are_spelled_out(name: bytes, coded: bytes | None, expected: str) -> None:
    flags = 0 if coded is None else 0x200
    full = name if coded is None else name + b"\0" + coded
    assert only(archive_4(member_4(full, flags=flags))).name == expected


def test_an_old_symbolic_link_is_no_page() -> None:
    assert only(archive_4(member_4(b"a.jpg", b"/etc/passwd", mode=0xA1FF))).is_link


def test_an_old_time_is_that_of_dos() -> None:
    dos = (2023 - 1980) << 25 | 11 << 21 | 14 << 16 | 22 << 11 | 13 << 5 | 10
    assert only(archive_4(member_4(b"a.jpg", time=dos))).modified == datetime(  # noqa: DTZ001 (as DOS)
        2023, 11, 14, 22, 13, 20
    )
    assert only(archive_4(member_4(b"a.jpg", time=0))).modified is None


def test_an_old_archive_may_end_without_saying_so() -> None:
    assert only(archive_4(member_4(b"a.jpg"), end=b"")).name == "a.jpg"


def test_the_last_of_old_volumes_knows_its_number(tmp_path: Path) -> None:
    end = block_4(0x7B, 0x8, struct.pack("<H", 4))
    (tmp_path / "a.rar").write_bytes(archive_4(member_4(b"a.jpg"), end=end))
    assert read(tmp_path / "a.rar").fault == f"This is part 5 of an archive in several parts{PART}"


def number_5(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + number_5(rest) if rest else bytes([low])


def block_5(*fields: int, more: bytes = b"") -> bytes:
    body = b"".join(map(number_5, fields)) + more
    counted = number_5(len(body)) + body
    return struct.pack("<L", zlib.crc32(counted)) + counted


def immense_5(name: bytes, size: int = 2**63 - 1) -> bytes:
    """Return an archive with a member of which nothing is there, of the largest size or of this."""
    member = block_5(2, 2, size, 0, size, 0, 0, 0, len(name), more=name)
    return rar5.MAGIC + block_5(1, 0, 0) + member


SOUND_4 = (RARS / "rar40-stored.cbr").read_bytes()
SOUND_5 = (RARS / "rar50-stored.cbr").read_bytes()
FAULTY: dict[str, tuple[bytes, str]] = {
    "4: only its magic number": (rar4.MAGIC, MISSING_END),
    "5: only its magic number": (rar5.MAGIC, MISSING_END),
    "4: half a header": (SOUND_4[:30], DAMAGED),
    "5: half a header": (SOUND_5[:20], DAMAGED),
    "4: cut inside a page": (SOUND_4[:150], CUT_SHORT),
    "5: cut inside a page": (SOUND_5[:150], MISSING_END),
    "4: name altered": (SOUND_4.replace(b"01.jpg", b"01.gif"), DAMAGED),
    "5: name altered": (SOUND_5.replace(b"01.jpg", b"01.gif"), DAMAGED),
    "4: zeros": (SOUND_4[:20] + bytes(500), DAMAGED),
    "5: zeros": (SOUND_5[:8] + bytes(500), DAMAGED),
    "5: noise": (SOUND_5[:8] + b"\xff" * 500, DAMAGED),
    "4: a page of exabytes": (archive_4(immense_4(b"01.jpg")), CUT_SHORT),
    "4: a page of petabytes": (archive_4(immense_4(b"01.jpg", 2**52)), CUT_SHORT),
    "5: a page of exabytes": (immense_5(b"01.jpg"), CUT_SHORT),
    "5: a page of petabytes": (immense_5(b"01.jpg", 2**52), CUT_SHORT),
    "4: empty": (archive_4(), "The archive is empty."),
    "4: no pages": (
        archive_4(member_4(b"a.txt")),
        "The archive holds no pages: none of its files is an image.",
    ),
    "4: tags altered": (
        SOUND_4.replace(b"<Title>Saga", b"<Title>Sage"),
        "ComicInfo.xml is damaged inside the archive.",
    ),
    "5: tags altered": (
        SOUND_5.replace(b"<Title>Saga", b"<Title>Sage"),
        "ComicInfo.xml is damaged inside the archive.",
    ),
    "4: tags of 5 MiB": (
        archive_4(member_4(b"1.jpg"), member_4(b"ComicInfo.xml", size=5 * 2**20)),
        "ComicInfo.xml is larger than 4 MiB.",
    ),
    "4: tags that are shorter than they say": (
        archive_4(member_4(b"1.jpg"), member_4(b"ComicInfo.xml", size=100)),
        "ComicInfo.xml is damaged inside the archive.",
    ),
    "4: too many members": (
        archive_4(member_4(b"1.jpg") * 20_001),
        "The archive lists more than 20,000 files.",
    ),
    "4: too many headers": (
        archive_4(block_4(0x75, 0, b"") * 60_001),
        "The archive lists more than 20,000 files.",
    ),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_archive_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, fault = FAULTY[name]
    (tmp_path / "comic.cbr").write_bytes(content)
    contents = read(tmp_path / "comic.cbr")
    assert (contents.format, contents.fault, contents.again) == ("cbr", fault, False)


def test_headers_that_follow_each_other_without_end_take_no_time() -> None:
    many = archive_4(block_4(0x75, 0, b"") * 1_000_000)
    began = time.process_time()
    with pytest.raises(Fault):
        list_headers(many)
    assert time.process_time() - began < 2


# Programs of ours in the place of those that unpack.

Pretend = Callable[[str], None]


@pytest.fixture
def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pretend:
    """Return a function that makes a script the only program that unpacks."""
    folder = tmp_path / "programs"
    folder.mkdir()

    def pretend(script: str) -> None:
        (folder / "unar").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "unar").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
        monkeypatch.setattr(
            tools, "find", lambda: [one for one in tools.TOOLS if one.name == "unar"]
        )

    return pretend


@pytest.mark.parametrize(
    "script", ["exit 1", "cat /dev/zero", "echo '<ComicInfo/>'", "exec /nonexistent"]
)
def test_a_program_that_fails_or_goes_on_for_ever_is_a_fault(pretend: Pretend, script: str) -> None:
    pretend(script)
    contents = open_rar("rar50")
    assert contents.fault == "ComicInfo.xml is damaged inside the archive."
    assert contents.pages == PAGES


def test_a_program_that_hangs_is_ended(
    pretend: Pretend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(f"echo $$ > {tmp_path}/pid; exec sleep 60")
    monkeypatch.setattr("comics.archives.rars.SECONDS_FOR_ONE", 0.3)
    assert open_rar("rar50").fault == "ComicInfo.xml could not be unpacked within 0.3 seconds."
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_a_program_is_told_an_absolute_path_and_never_a_name_from_the_archive(
    pretend: Pretend, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(f'echo "$@" > {tmp_path}/arguments')
    copy(RARS / "rar50.cbr", tmp_path / "-o -x.cbr")
    monkeypatch.chdir(tmp_path)
    read("-o -x.cbr")
    arguments = (tmp_path / "arguments").read_text()
    assert f"{tmp_path}/-o -x.cbr 2" in arguments
    assert "ComicInfo" not in arguments


def test_a_pattern_of_bsdtar_s_fits_one_name_alone() -> None:
    (bsdtar,) = (tool for tool in tools.TOOLS if tool.name == "bsdtar")
    arguments = bsdtar.arguments("/a.cbr", tools.Wanted("[a]*?\\.xml", 0))
    assert arguments == ["-xOf", "/a.cbr", "--", r"\[a\]\*\?\\.xml"]
