"""What a rewritten comic keeps, and when it is left as it is."""

import io
import os
import resource
import struct
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.archives.contents import LARGEST_DOCUMENT
from comics.archives.reading import read
from comics.writing.refusals import Refused
from comics.writing.rewriting import rewrite
from comics.writing.snapshots import Snapshot, take

Shelve = Callable[..., Path]
Told = tuple[object, ...]

OLD = b"<ComicInfo><Title>old</Title></ComicInfo>"
NEW = b"<ComicInfo><Title>new</Title><Notes>" + b"Lorem ipsum. " * 20 + b"</Notes></ComicInfo>"
PAGES = {f"{number}.jpg": os.urandom(300) for number in range(4)}
TAGGED = {"ComicInfo.xml": OLD}


def pack(members: dict[str, bytes], comment: bytes = b"", method: int = ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(name, (2001, 2, 3, 4, 5, 6)), content, method)
        archive.comment = comment
    return file.getvalue()


@pytest.fixture
def shelve(tmp_path: Path) -> Shelve:
    """Return a function that puts bytes or members into a comic and returns its path."""

    def shelve(content: bytes | dict[str, bytes], name: str = "comic.cbz") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else pack(content))
        return path

    return shelve


def put(_: bytes | None) -> bytes:
    return NEW


def tell(path: Path) -> list[Told]:
    """Return all that a zip says of its members, with the bytes in the archive, but tags."""
    told: list[Told] = []
    with ZipFile(path) as archive, path.open("rb") as file:
        for member in archive.infolist():
            if member.filename.lower().endswith("comicinfo.xml"):
                continue
            file.seek(member.header_offset)
            raw = file.read(30 + len(member.orig_filename) + member.compress_size)
            kept = member.date_time, member.extra, member.comment, member.external_attr
            told.append((member.filename, *kept, member.CRC, member.flag_bits, raw))
    return told


def names(path: Path) -> list[str]:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def refuses(path: Path, reason: str, **wishes: object) -> None:
    """Assert that a comic is not written, and that nothing is changed or left in its folder."""
    content, before = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(Refused, match=reason):
        rewrite(path, put, **wishes)  # type: ignore[arg-type]
    assert path.read_bytes() == content
    assert sorted(path.parent.iterdir()) == before


@pytest.mark.parametrize(
    "members",
    [
        TAGGED | PAGES,
        PAGES | TAGGED,
        {"0.jpg": b"0", **TAGGED, "1.jpg": b"1"},
        {"a/ComicInfo.xml": OLD, **PAGES},
        {"a\\b\\COMICINFO.XML": OLD, **PAGES},
        {"0.jpg": b"0", "folder/": b"", "comicinfo.xml": OLD, "folder/1.jpg": b"1"},
        {"a/ComicInfo.xml": b"<ComicInfo/>", **PAGES, **TAGGED},
    ],
    ids=["first", "last", "middle", "nested", "upper case", "lower case", "two"],
)
def test_the_tags_keep_their_name_and_place(shelve: Shelve, members: dict[str, bytes]) -> None:
    path = shelve(pack(members, b"a comment"))
    before = tell(path), names(path)
    rewrite(path, put)
    assert (tell(path), names(path)) == before
    assert read(path).documents["ComicInfo"] == NEW
    with ZipFile(path) as archive:
        assert archive.comment == b"a comment"


def test_of_two_tags_the_one_that_is_read_is_replaced(shelve: Shelve) -> None:
    path = shelve({"ComicInfo.xml": OLD, **PAGES, "comicinfo.xml": OLD})
    rewrite(path, put)
    with ZipFile(path) as archive:
        assert (archive.read("ComicInfo.xml"), archive.read("comicinfo.xml")) == (OLD, NEW)


@pytest.mark.parametrize("members", [PAGES, {"ComicInfo.xml/0.jpg": b"0"}])
def test_new_tags_come_last(shelve: Shelve, members: dict[str, bytes]) -> None:
    path = shelve(members)
    before = tell(path)
    rewrite(path, lambda old: NEW if old is None else b"")
    assert tell(path) == before
    assert names(path) == [*members, "ComicInfo.xml"]
    assert read(path).documents["ComicInfo"] == NEW


@pytest.mark.parametrize(
    ("method", "kept"),
    [(ZIP_STORED, ZIP_STORED), (ZIP_DEFLATED, ZIP_DEFLATED), (ZIP_BZIP2, ZIP_DEFLATED)],
)
def test_the_tags_are_packed_as_they_were(shelve: Shelve, method: int, kept: int) -> None:
    path = shelve(pack(PAGES | TAGGED, method=method))
    rewrite(path, put)
    with ZipFile(path) as archive:
        assert archive.getinfo("ComicInfo.xml").compress_type == kept
        assert archive.getinfo("ComicInfo.xml").date_time > (2025,)


def test_tags_that_are_to_go_leave_all_else(shelve: Shelve) -> None:
    path = shelve(pack({"0.jpg": b"0", **TAGGED, "1.jpg": b"1"}, b"a comment"))
    before = tell(path)
    rewrite(path, lambda _: None)
    assert tell(path) == before
    assert names(path) == ["0.jpg", "1.jpg"]
    with ZipFile(path) as archive:
        assert archive.comment == b"a comment"
    untouched = path.stat()
    rewrite(path, lambda _: None)
    assert path.stat() == untouched


def test_tags_that_are_so_already_cost_no_write(shelve: Shelve) -> None:
    path = shelve(PAGES | TAGGED)
    before = take(path)
    assert rewrite(path, lambda old: old or NEW) == before == take(path)


def test_what_stands_before_and_after_the_archive_stays(shelve: Shelve) -> None:
    """As in one that unpacks itself, whose offsets may count from the archive or from the file."""
    plain = pack(PAGES | TAGGED, b"comment")
    path = shelve(b"MZ program" + plain)
    rewrite(path, put)
    assert path.read_bytes().startswith(b"MZ program")
    assert names(path) == [*PAGES, "ComicInfo.xml"]


def test_members_written_to_a_pipe_keep_what_follows_them(shelve: Shelve) -> None:
    """Their sizes stand behind their bytes."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb") as pipe, ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, content in (TAGGED | PAGES).items():
            archive.writestr(name, content)
    with os.fdopen(reader, "rb") as file:
        path = shelve(file.read())
    before = tell(path)
    rewrite(path, put)
    assert tell(path) == before
    assert names(path) == [*TAGGED, *PAGES]


def test_zip64_stays_zip64(shelve: Shelve) -> None:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in (TAGGED | PAGES).items():
            with archive.open(ZipInfo(name), "w", force_zip64=True) as member:
                member.write(content)
    path = shelve(widen(file.getvalue()))
    before = tell(path)
    rewrite(path, put)
    assert tell(path) == before
    assert names(path) == [*TAGGED, *PAGES]
    end = path.read_bytes()[-98:]
    assert (end[:4], end[56:60], end[-6:-2]) == (b"PK\6\6", b"PK\6\7", b"\xff" * 4)


def widen(archive: bytes) -> bytes:
    """Give an archive the end that one of more than 4 GiB has."""
    body, end = archive[:-22], archive[-22:]
    _, _, _, here, members, length, offset, _ = struct.unpack("<4sHHHHLLH", end)
    told = 44, 45, 45, 0, 0, here, members, length, offset
    wide = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", *told)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body), 1)
    full = 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
    return body + wide + locator + struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, *full, 0)


@given(
    members=st.lists(
        st.tuples(
            st.sampled_from(
                ["0.jpg", "a/1.png", "é.jpg", "漫.webp", "x.txt", "d/", "A/comicinfo.xml"]
            ),
            st.binary(max_size=40),
            st.sampled_from([ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2]),
            st.sampled_from([b"", b"\x55\x54\5\0\3abcd", b"\xfe\xca\0\0"]),
            st.binary(max_size=5),
        ),
        max_size=6,
    ),
    place=st.integers(0, 6),
    comment=st.binary(max_size=20).filter(lambda comment: b"PK" not in comment),
    gap=st.binary(max_size=9),
)
def test_all_else_stays_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory,
    members: list[tuple[str, bytes, int, bytes, bytes]],
    place: int,
    comment: bytes,
    gap: bytes,
) -> None:
    path = tmp_path_factory.mktemp("shelf") / "comic.cbz"
    members.insert(place, ("ComicInfo.xml", OLD, ZIP_DEFLATED, b"", b"tags"))
    members.insert(0, ("cover.jpg", b"cover", ZIP_STORED, b"", b""))
    with warnings.catch_warnings(), ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")  # two files of one name are meant
        for name, content, method, extra, note in members:
            member = ZipInfo(name, (1999, 1, 2, 3, 4, 6))
            member.extra, member.comment, member.external_attr = extra, note, 0o640 << 16
            archive.writestr(member, content, method)
            if archive.fp and name != "ComicInfo.xml":
                archive.fp.write(gap)
                archive.start_dir = archive.fp.tell()
        archive.comment = comment
    before, order = tell(path), names(path)
    rewrite(path, put)
    assert (tell(path), names(path)) == (before, order)
    with ZipFile(path) as archive:
        assert archive.comment == comment
        assert archive.getinfo("ComicInfo.xml").comment == b"tags"
        assert archive.read("ComicInfo.xml") == NEW
    assert list(path.parent.iterdir()) == [path]


def test_mode_owner_times_and_attributes_stay(shelve: Shelve) -> None:
    path = shelve(PAGES)
    path.chmod(0o664)
    os.utime(path, ns=(10**18, 10**18 + 7))
    if os.geteuid() == 0:
        os.chown(path, 1234, 4321)
    try:
        os.setxattr(path, "user.rating", b"five")
    except OSError:
        pytest.skip("this disk keeps no extended attributes")
    before = path.stat()
    after = rewrite(path, put, keep_mtime=True)
    now = path.stat()
    assert (now.st_mode, now.st_uid, now.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert now.st_mtime_ns == after.mtime_ns == 10**18 + 7
    assert os.getxattr(path, "user.rating") == b"five"


def test_a_new_time_is_told_unless_the_old_is_to_stay(shelve: Shelve) -> None:
    path = shelve(PAGES)
    os.utime(path, ns=(10**18, 10**18))
    assert rewrite(path, put) == take(path)
    assert path.stat().st_mtime_ns > 10**18


def test_a_symbolic_link_stays_one(shelve: Shelve, tmp_path: Path) -> None:
    path = shelve(PAGES)
    (tmp_path / "shelf").mkdir()
    link = tmp_path / "shelf" / "link.cbz"
    link.symlink_to("../comic.cbz")
    rewrite(link, put)
    assert link.readlink() == Path("../comic.cbz")
    assert read(path).documents["ComicInfo"] == NEW


def test_another_hard_link_keeps_the_old_comic(shelve: Shelve, tmp_path: Path) -> None:
    path = shelve(PAGES)
    (tmp_path / "seeded.cbz").hardlink_to(path)
    before = path.read_bytes()
    rewrite(path, put)
    assert (tmp_path / "seeded.cbz").read_bytes() == before
    assert read(path).documents["ComicInfo"] == NEW


def test_a_name_that_is_no_utf_8_is_no_hindrance(shelve: Shelve) -> None:
    try:
        path = shelve(PAGES, os.fsdecode(b"\xe9.cbz"))
    except OSError:
        pytest.skip("this disk takes no names but UTF-8")
    rewrite(path, put)
    assert read(path).documents["ComicInfo"] == NEW


def flag(archive: bytes) -> bytes:
    """Mark every member as encrypted."""
    locked = archive.replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1")
    return locked.replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1")


def lock_notes() -> bytes:
    """Mark a text as encrypted, beside pages that are not."""
    archive = pack({"notes.txt": b"x", **PAGES})
    return archive.replace(b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1", 1)


def swap(old: bytes, new: bytes, archive: bytes | None = None) -> bytes:
    """Damage an archive in one place."""
    archive = archive or pack(PAGES | TAGGED)
    assert archive.count(old)
    return archive.replace(old, new, 1)


def share_a_member() -> bytes:
    """Have two members of the directory lead to the same bytes."""
    archive = pack({"0.jpg": b"same", "1.jpg": b"same"})
    second = archive.rindex(b"PK\1\2") + 42
    return archive[:second] + struct.pack("<L", 0) + b"0.jpg" + archive[second + 9 :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (flag(pack(PAGES)), "encrypted"),
        (lock_notes(), "encrypted"),
        (pack(PAGES)[:-30], "missing|damaged"),
        (pack(PAGES)[40:], "shorter|damaged"),
        (b"", "empty"),
        (b"not a zip at all", "not an archive"),
        (swap(b"PK\3\4", b"PK\3\5"), "not where|damaged|no archive|not an archive"),
        (swap(b"0.jpg", b"9.jpg"), "another file"),
        (swap(b"PK\1\2", b"PK\1\3"), "damaged"),
        (swap(b"PK\5\6\0\0\0\0\5\0", b"PK\5\6\1\0\1\0\5\0"), "one part of several"),
        (swap(b"PK\5\6\0\0\0\0\5\0\5\0", b"PK\5\6\0\0\0\0\6\0\6\0"), "number of files"),
        (share_a_member(), "two of its files are one"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 99, "."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_whole_is_left_as_it_is(shelve: Shelve, content: bytes, reason: str) -> None:
    refuses(shelve(content), reason)


def test_what_overlaps_is_left_as_it_is(shelve: Shelve) -> None:
    archive = pack({"0.jpg": b"0" * 99, "1.jpg": b"1" * 99})
    size = struct.pack("<LL", 99, 99)
    refuses(shelve(archive.replace(size, struct.pack("<LL", 130, 130))), "runs into|shorter")


def test_other_sizes_in_front_of_a_member_are_told(shelve: Shelve) -> None:
    archive = pack({"0.jpg": b"0" * 99})
    size = struct.pack("<LL", 99, 99)
    refuses(shelve(archive.replace(size, struct.pack("<LL", 98, 99), 1)), "another size|of another")


def test_a_read_only_file_or_folder_is_left_as_it_is(shelve: Shelve, tmp_path: Path) -> None:
    path = shelve(PAGES)
    path.chmod(0o444)
    refuses(path, "file is read-only")
    path.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        refuses(path, "folder is read-only")
    finally:
        tmp_path.chmod(0o755)


def test_a_comic_that_is_not_as_expected_is_left_as_it_is(shelve: Shelve) -> None:
    path = shelve(PAGES)
    now = take(path)
    refuses(path, "changed meanwhile", expected=Snapshot(now.inode, now.size, now.mtime_ns - 1))
    refuses(path, "changed meanwhile", expected=Snapshot(now.inode, now.size + 1, now.mtime_ns))
    assert rewrite(path, put, expected=now) == take(path)


@pytest.mark.parametrize("how", ["in place", "replaced", "gone"])
def test_a_comic_that_changes_meanwhile_is_left_to_whoever_changed_it(
    shelve: Shelve, tmp_path: Path, how: str
) -> None:
    path = shelve(PAGES)

    def meddle(_: bytes | None) -> bytes:
        if how == "in place":
            path.write_bytes(pack(PAGES | {"9.jpg": b"9"}))
        else:
            path.unlink()
        if how == "replaced":
            path.write_bytes(pack(PAGES | {"9.jpg": b"9"}))
        return NEW

    with pytest.raises(Refused, match=r"changed meanwhile|has gone"):
        rewrite(path, meddle)
    assert [file.name for file in tmp_path.iterdir()] == ([] if how == "gone" else ["comic.cbz"])
    if how != "gone":
        assert names(path) == [*PAGES, "9.jpg"]


def test_a_comic_that_changes_while_it_is_copied_is_left_to_whoever_changed_it(
    shelve: Shelve, tmp_path: Path
) -> None:
    path = shelve(PAGES)
    changed = pack(PAGES | {"9.jpg": b"9"})
    moments = ["os.utime"]  # the last step before a draft takes the comic's place

    def meddle(event: str, _: tuple[object, ...]) -> None:
        if event in moments:
            moments.clear()
            path.write_bytes(changed)

    sys.addaudithook(meddle)
    with pytest.raises(Refused, match="changed meanwhile"):
        rewrite(path, put)
    assert not moments
    assert path.read_bytes() == changed
    assert list(tmp_path.iterdir()) == [path]


def test_a_second_writer_is_told_to_wait(shelve: Shelve) -> None:
    path = shelve(PAGES)

    def interrupt(_: bytes | None) -> bytes:
        refuses(path, "being changed just now")
        return NEW

    rewrite(path, interrupt)
    assert read(path).documents["ComicInfo"] == NEW


def test_what_the_edit_raises_goes_through(shelve: Shelve, tmp_path: Path) -> None:
    path = shelve(PAGES)

    def fail(_: bytes | None) -> bytes:
        raise ValueError("Year is a whole number.")

    with pytest.raises(ValueError, match="Year"):
        rewrite(path, fail)
    assert list(tmp_path.iterdir()) == [path]


def test_tags_that_could_not_be_read_again_are_not_written(shelve: Shelve) -> None:
    path = shelve(PAGES)
    before = path.read_bytes()
    with pytest.raises(Refused, match="does not read as it should"):
        rewrite(path, lambda _: b"<ComicInfo>" + bytes(LARGEST_DOCUMENT) + b"</ComicInfo>")
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def tight() -> Iterator[None]:
    """Let no file grow over 1,000 bytes meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_that_may_not_grow_leaves_nothing(
    shelve: Shelve, request: pytest.FixtureRequest
) -> None:
    path = shelve(PAGES)
    request.getfixturevalue("tight")
    refuses(path, "larger than this system allows")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a disk")
def test_a_full_disk_leaves_the_comic_and_nothing_beside_it(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        path = tmp_path / "comic.cbz"
        path.write_bytes(pack({"0.jpg": os.urandom(40_000)}))
        refuses(path, "disk is full")
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_writer_needs_no_memory_for_the_pages(shelve: Shelve) -> None:
    path = shelve({"0.jpg": bytes(64 * 2**20)})
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from comics.writing.rewriting import rewrite\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rewrite(Path(sys.argv[1]), lambda _: b'<ComicInfo/>')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    root = Path(__file__).parents[3]
    grown = subprocess.run(
        [sys.executable, "-c", script, path], cwd=root, check=True, capture_output=True
    )
    assert int(grown.stdout) < 16 * 1024
