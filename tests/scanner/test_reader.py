"""One comic read by the child, and an archive with every fault that we could think of."""

import asyncio
import io
import os
import signal
import struct
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED

import msgspec
import pytest

from comics.tags.comicinfo import Tags
from scanner.reader import Result, Wanted, read
from scanner.readers import read_all
from tests.comics.archives.packing import pack_zip

MISSING_END = "The end of the archive is missing: copy or download it again."
CUT_SHORT = "The archive is shorter than its directory says: copy or download it again."
DAMAGED = "The archive's directory is damaged: copy or download it again."
TOO_EARLY = "The archive ends too early: copy or download it again."
NO_ARCHIVE = "This is not an archive of any kind that comics come in."
WEB_PAGE = (
    "This is a web page, perhaps the error message of a failed download, not a comic archive."
)
LOCKED = "The pages are encrypted: unpack the archive with its password and pack it without one."
NO_PAGES = "The archive holds no pages: none of its files is an image."
DAMAGED_TAGS = "ComicInfo.xml is damaged inside the archive."
DOCTYPE = "ComicInfo.xml declares a DOCTYPE, which is not read because it can be used to do harm."

PAGES = {"1.jpg": b"one", "2.jpg": b"two"}
TAGS = b"<ComicInfo><Title>Saga</Title></ComicInfo>"


def pack_tags(tags: bytes, method: int = ZIP_STORED) -> bytes:
    return pack_zip(PAGES | {"ComicInfo.xml": tags}, method)


def pack_tar(compression: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        archive.addfile(tarfile.TarInfo("1.jpg"))
    return file.getvalue()


def replace(whole: bytes, old: bytes, new: bytes, offset: int = 0) -> bytes:
    """Overwrite what stands `offset` bytes after the last `old`."""
    place = whole.rindex(old) + offset
    return whole[:place] + new + whole[place + len(new) :]


def lock(whole: bytes, name: bytes) -> bytes:
    """Set the flag of encryption on the member of that name."""
    return replace(whole, name, b"\x01", offset=8 - 46)


def damage(whole: bytes) -> bytes:
    """Overwrite the first bytes of ComicInfo.xml as it is packed."""
    return replace(whole, b"PK\x03\x04", b"\xff" * 12, offset=30 + len("ComicInfo.xml"))


def list_members(entries: int, promised: int) -> bytes:
    """Return a zip that is nothing but a directory."""
    name = b"1.jpg"
    member = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 9, len(name), *[0] * 6) + name
    directory = (b"PK\x07\x08" if entries else b"") + member * entries
    length = len(member) * entries
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, promised, promised, length, 4, 0)
    return directory + end


SOUND = pack_tags(TAGS)
END = b"PK\x05\x06"
MEMBER = b"PK\x01\x02"

FAULTY: dict[str, tuple[bytes, str | None, int | None, str]] = {
    # what it is: its bytes, the format, the pages, the fault
    "empty": (b"", None, None, "The file is empty: copy or download it again."),
    "zeros": (
        bytes(5000),
        None,
        None,
        "The file holds only zeros, as an unfinished download does: download it again.",
    ),
    "text": (b"Once upon a time", None, None, NO_ARCHIVE),
    "noise": (bytes(range(255, 0, -1)) * 9, None, None, NO_ARCHIVE),
    "html": (b"<!DOCTYPE html><p>404", None, None, WEB_PAGE),
    "html in capitals after a BOM": (b"\xef\xbb\xbf\r\n<HTML>", None, None, WEB_PAGE),
    "xml of a file store": (b"<?xml version='1.0'?><Error/>", None, None, WEB_PAGE),
    "pdf": (b"%PDF-1.7\n", None, None, "This is a PDF document, not a comic archive."),
    "epub": (
        pack_zip({"mimetype": b"application/epub+zip"} | PAGES),
        None,
        None,
        "This is an EPUB book, not a comic archive.",
    ),
    "mobi": (bytes(60) + b"BOOKMOBI", None, None, "This is a MOBI book, not a comic archive."),
    "jpeg": (b"\xff\xd8\xff\xe0", None, None, "This is a JPEG image, not a comic archive."),
    "png": (b"\x89PNG\r\n", None, None, "This is a PNG image, not a comic archive."),
    "gif": (b"GIF89a", None, None, "This is a GIF image, not a comic archive."),
    "webp": (b"RIFF1234WEBP", None, None, "This is a WebP image, not a comic archive."),
    "rar 4": (b"Rar!\x1a\x07\x00", "cbr", None, MISSING_END),
    "rar 5": (b"Rar!\x1a\x07\x01\x00", "cbr", None, MISSING_END),
    "7z": (b"7z\xbc\xaf\x27\x1c", "cb7", None, CUT_SHORT),
    "tar": (pack_tar("")[:500], "cbt", None, TOO_EARLY),
    "tar.gz": (pack_tar("gz")[:-20], "cbt", None, TOO_EARLY),
    "tar.bz2": (pack_tar("bz2")[:-20], "cbt", None, TOO_EARLY),
    "tar.xz": (pack_tar("xz")[:60], "cbt", None, TOO_EARLY),
    "tar.zst": (b"\x28\xb5\x2f\xfd", "cbt", None, TOO_EARLY),
    "half": (SOUND[: len(SOUND) // 2], "cbz", None, MISSING_END),
    "all but a byte": (SOUND[:-1], "cbz", None, MISSING_END),
    "four bytes": (b"PK\x03\x04", "cbz", None, MISSING_END),
    "without its beginning": (SOUND[10:], "cbz", None, CUT_SHORT),
    "without its middle": (SOUND[:40] + SOUND[60:], "cbz", None, CUT_SHORT),
    "without most of it": (SOUND[:4] + SOUND[-50:], "cbz", None, CUT_SHORT),
    "page beyond the end": (
        replace(SOUND, MEMBER, struct.pack("<L", 10**6), offset=20),
        "cbz",
        None,
        CUT_SHORT,
    ),
    "directory overwritten": (replace(SOUND, MEMBER, b"XXXX"), "cbz", None, DAMAGED),
    "made by the future": (replace(SOUND, MEMBER, b"\xff\x00", offset=6), "cbz", None, DAMAGED),
    "name that is not the UTF-8 it says": (
        replace(replace(SOUND, MEMBER, b"\x00\x08", offset=8), MEMBER, b"\xff", offset=46),
        "cbz",
        None,
        DAMAGED,
    ),
    "directory before the beginning": (
        replace(SOUND, END, struct.pack("<L", 10**6), offset=12),
        "cbz",
        None,
        CUT_SHORT,
    ),
    "vast directory": (
        replace(SOUND, END, struct.pack("<L", 2**31), offset=12),
        "cbz",
        None,
        "The archive's directory is larger than 64 MiB.",
    ),
    "too many members": (
        list_members(20_001, 20_001),
        "cbz",
        None,
        "The archive lists more than 20,000 files.",
    ),
    "too many members, denied": (
        list_members(20_001, 1),
        "cbz",
        None,
        "The archive lists more than 20,000 files.",
    ),
    "no members": (pack_zip({}), "cbz", 0, "The archive is empty."),
    "no images": (pack_zip({"readme.txt": b"", "ComicInfo.xml": TAGS}), "cbz", 0, NO_PAGES),
    "only junk": (
        pack_zip({"__MACOSX/._1.jpg": b"", ".1.jpg": b"", "@eaDir/1.jpg": b""}),
        "cbz",
        0,
        NO_PAGES,
    ),
    "only a folder": (pack_zip({"pages.jpg/": b""}), "cbz", 0, NO_PAGES),
    "encrypted pages": (lock(SOUND, b"2.jpg"), "cbz", 2, LOCKED),
    "encrypted tags": (lock(SOUND, b"ComicInfo.xml"), "cbz", 2, "ComicInfo.xml is encrypted."),
    "tags damaged": (damage(pack_tags(TAGS * 9, ZIP_DEFLATED)), "cbz", 2, DAMAGED_TAGS),
    "stored tags damaged": (damage(pack_tags(TAGS * 9)), "cbz", 2, DAMAGED_TAGS),
    "bzip2 tags damaged": (damage(pack_tags(TAGS * 9, ZIP_BZIP2)), "cbz", 2, DAMAGED_TAGS),
    "lzma tags damaged": (damage(pack_tags(TAGS * 9, ZIP_LZMA)), "cbz", 2, DAMAGED_TAGS),
    "tags without a header": (replace(SOUND, b"PK\x03\x04", b"XXXX"), "cbz", 2, DAMAGED_TAGS),
    "tags by another name": (
        replace(SOUND, b"PK\x03\x04", b"X", offset=30),
        "cbz",
        2,
        DAMAGED_TAGS,
    ),
    "tags by deflate64": (
        replace(SOUND, MEMBER, b"\x09", offset=10),
        "cbz",
        2,
        "ComicInfo.xml is packed by Deflate64, which cannot be read here: pack the archive anew.",
    ),
    "tags that are a bomb": (
        pack_tags(b" " * (4 * 2**20 + 1), ZIP_DEFLATED),
        "cbz",
        2,
        "ComicInfo.xml is larger than 4 MiB.",
    ),
    "bomb that says it is small": (
        replace(pack_tags(b" " * 2**23, ZIP_DEFLATED), MEMBER, b"\x09\x00\x00\x00", offset=24),
        "cbz",
        2,
        DAMAGED_TAGS,
    ),
    "tags empty": (pack_tags(b""), "cbz", 2, "ComicInfo.xml is empty."),
    "tags no xml": (pack_tags(b"Saga, 1"), "cbz", 2, "ComicInfo.xml is not XML."),
    "tags cut short": (
        pack_tags(TAGS[:-5]),
        "cbz",
        2,
        "ComicInfo.xml is not valid XML (its end is missing, line 1).",
    ),
    "tags crossed": (
        pack_tags(b"<ComicInfo><a></b></ComicInfo>"),
        "cbz",
        2,
        "ComicInfo.xml is not valid XML (mismatched tag, line 1).",
    ),
    "tags of another kind": (
        pack_tags(b"<html/>"),
        "cbz",
        2,
        "ComicInfo.xml holds <html> where <ComicInfo> is expected.",
    ),
    "tags that laugh": (pack_tags(b'<!DOCTYPE c [<!ENTITY a "ha">]>' + TAGS), "cbz", 2, DOCTYPE),
}


def ask(path: Path) -> Wanted:
    return Wanted(id=7, path=path.name, root=str(path.parent))


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_archive_is_told_in_a_sentence(name: str, tmp_path: Path) -> None:
    content, form, pages, fault = FAULTY[name]
    (tmp_path / "comic.cbz").write_bytes(content)
    result = read(ask(tmp_path / "comic.cbz"))
    assert result.fault == fault
    assert (result.id, result.format, result.pages) == (7, form, pages)
    assert not result.again


async def read_library(wanted: list[Wanted]) -> dict[int, Result]:
    async with aclosing(read_all(wanted, children=2, seconds=20)) as results:
        return {result.id: result async for result in results}


def test_a_library_of_faults_is_read_to_its_end_by_processes_that_survive(tmp_path: Path) -> None:
    for name, (content, *_) in FAULTY.items():
        (tmp_path / name).write_bytes(content)
    wanted = [Wanted(id, name, str(tmp_path)) for id, name in enumerate(FAULTY)]  # noqa: A001
    results = asyncio.run(read_library(wanted))
    assert {name: results[place].fault for place, name in enumerate(FAULTY)} == {
        name: fault for name, (*_, fault) in FAULTY.items()
    }


def test_a_sound_comic_is_read(tmp_path: Path) -> None:
    (tmp_path / "comic.cbz").write_bytes(SOUND)
    result = read(ask(tmp_path / "comic.cbz"))
    assert (result.format, result.pages, result.fault) == ("cbz", 2, None)
    assert result.tags == Tags(title="Saga", series="comic")
    assert result.provenance == {"title": "ComicInfo", "series": "file name"}
    assert result.fingerprint
    assert len(bytes.fromhex(result.fingerprint)) == 32


def test_bad_tags_do_not_hide_the_pages(tmp_path: Path) -> None:
    (tmp_path / "comic.cbz").write_bytes(pack_tags(b"<ComicInfo>"))
    result = read(ask(tmp_path / "comic.cbz"))
    assert (result.pages, result.provenance) == (2, {"series": "file name"})
    assert result.fingerprint
    assert result.fault


def test_encrypted_pages_have_no_fingerprint_as_their_checksums_may_be_blank(
    tmp_path: Path,
) -> None:
    (tmp_path / "comic.cbz").write_bytes(lock(SOUND, b"2.jpg"))
    assert read(ask(tmp_path / "comic.cbz")).fingerprint is None


def test_names_that_are_not_utf_8_are_found(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    try:
        Path(os.fsdecode(folder)).mkdir()
    except OSError:
        pytest.skip("this disk takes no names but UTF-8")
    Path(os.fsdecode(folder + b"/\xff.cbz")).write_bytes(SOUND)
    wanted = Wanted(1, "\ufffdFF.cbz", f"{tmp_path}/caf\ufffdE9")
    assert read(wanted).pages == 2


def test_a_file_that_has_gone_is_a_fault_of_the_moment(tmp_path: Path) -> None:
    result = read(ask(tmp_path / "gone.cbz"))
    assert (result.fault, result.again) == ("The file has gone.", True)


def test_a_symbolic_link_to_itself_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "loop.cbz").symlink_to("loop.cbz")
    result = read(ask(tmp_path / "loop.cbz"))
    assert result.fault == "The file is a symbolic link that leads back to itself."


def test_a_file_that_may_not_be_read_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "comic.cbz").write_bytes(SOUND)
    (tmp_path / "comic.cbz").chmod(0)
    if os.access(tmp_path / "comic.cbz", os.R_OK):
        pytest.skip("nothing is forbidden to root")
    result = read(ask(tmp_path / "comic.cbz"))
    assert result.fault == "Longbox may not read this file: check its permissions."
    assert result.again


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux has a file that fails")
def test_a_disk_that_fails_is_tried_again() -> None:
    result = read(ask(Path("/proc/self/mem")))
    assert result.fault == "The disk could not read this file just now (Input/output error)."
    assert result.again


def test_a_pipe_under_a_comic_s_name_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.cbz")
    assert read(ask(tmp_path / "pipe.cbz")).fault == "This is not a regular file."


def test_a_folder_under_a_comic_s_name_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "folder.cbz").mkdir()
    assert read(ask(tmp_path / "folder.cbz")).fault == "This is a folder, not a file."


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "scanner.reader"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_the_process_answers_line_by_line_and_ends_with_its_input(
    child: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert child.stdin
    assert child.stdout
    (tmp_path / "comic.cbz").write_bytes(SOUND)
    assert child.stdout.readline() == b"\n"
    for _ in range(3):
        child.stdin.write(msgspec.json.encode(ask(tmp_path / "comic.cbz")) + b"\n")
        child.stdin.flush()
        answer = msgspec.json.decode(child.stdout.readline())
        assert (answer["id"], answer["pages"], answer["tags"]["title"]) == (7, 2, "Saga")
    child.stdin.close()
    assert child.wait(timeout=10) == 0


def test_the_process_leaves_ctrl_c_to_its_parent(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin
    assert child.stdout
    child.stdout.readline()
    child.send_signal(signal.SIGINT)
    child.stdin.close()
    assert child.wait(timeout=10) == 0


ORPHAN = """
import os, subprocess, sys
keep, give = os.pipe()
child = subprocess.Popen([sys.executable, "-m", "scanner.reader"], stdin=keep, pass_fds=[give])
print(child.pid, flush=True)
sys.stdin.read()
os._exit(0)
"""


def test_the_process_ends_with_its_parent_even_if_nobody_closes_its_input() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout
        orphan = int(parent.stdout.readline())
        assert parent.stdout.readline() == b"\n"
        parent.communicate(timeout=10)
    for _ in range(100):
        if not is_alive(orphan):
            return
        time.sleep(0.1)
    pytest.fail("the process outlived its parent")


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


HUNGRY = """
from comics import confinement
from comics.archives import reading
from scanner import reader
confinement.limit_memory()
reading.read = lambda path: bytes(2**31)
print(reader.read(reader.Wanted(1, "a", "b")).fault)
"""


def test_a_comic_may_not_take_more_than_a_gibibyte_of_memory() -> None:
    answer = subprocess.run([sys.executable, "-c", HUNGRY], capture_output=True, check=True)
    assert answer.stdout == b"Reading this file takes more memory than a comic may.\n"
