"""What lies further than 32 bits reach, in a sparse file that takes no room."""

import io
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZipFile, ZipInfo

import pytest

from comics.writing.layouts import Layout, read_layout
from comics.writing.packing import pack_directory, point

FAR = 5 * 2**30
PAGES = {"0.jpg": b"zero", "1.jpg": b"one"}


def pack(*, wide: bool) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in PAGES.items():
            member = ZipInfo(name)
            member.extra = b"\xfe\xca\2\0ab"
            with archive.open(member, "w", force_zip64=wide) as opened:
                opened.write(content)
    return file.getvalue()


@pytest.fixture(params=[False, True], ids=["narrow", "wide"])
def near(request: pytest.FixtureRequest) -> Iterator[tuple[bytes, Layout]]:
    """Pack an archive, without zip64 fields and with them, and return it and its layout."""
    content = pack(wide=request.param)
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield content, read_layout(file.fileno())


def test_members_are_found_beyond_4_gib_and_back_again(
    near: tuple[bytes, Layout], tmp_path: Path
) -> None:
    content, layout = near
    records = [point(member.record, member.start + FAR) for member in layout.members]
    with (tmp_path / "far").open("w+b") as file:
        file.truncate(FAR)
        file.seek(FAR)
        file.write(content[: layout.directory])
        file.write(pack_directory(layout, records, FAR + layout.directory))
        file.flush()
        far = read_layout(file.fileno())
    assert [member.start for member in far.members] == [
        member.start + FAR for member in layout.members
    ]
    assert reads(tmp_path / "far") == PAGES
    back = [point(member.record, member.start - FAR) for member in far.members]
    body = content[: layout.directory]
    (tmp_path / "near").write_bytes(body + pack_directory(far, back, layout.directory))
    assert reads(tmp_path / "near") == PAGES


def test_a_record_that_points_where_it_did_is_as_it_was(near: tuple[bytes, Layout]) -> None:
    content, layout = near
    records = [point(member.record, member.start) for member in layout.members]
    assert content[layout.directory :] == pack_directory(layout, records, layout.directory)


def reads(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        extras = [member.extra for member in archive.infolist()]
        assert all(b"\xfe\xca\2\0ab" in extra for extra in extras)
        return {name: archive.read(name) for name in archive.namelist()}
