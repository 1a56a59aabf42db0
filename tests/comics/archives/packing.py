"""Pack archives of each format that is written here, for the tests of whoever reads them."""

import io
import tarfile
from zipfile import ZIP_STORED, ZipFile

import py7zr


def pack_zip(members: dict[str, bytes], method: int = ZIP_STORED) -> bytes:
    """Return a ZIP of these."""
    file = io.BytesIO()
    with ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def pack_tar(members: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar of these; a name with a slash behind it is a folder's."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            member.mtime = 1_700_000_000
            member.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def pack_7z(members: dict[str, bytes], method: int | None = None, **options: object) -> bytes:
    """Return a 7z of these, by py7zr's filters of one method."""
    filters = [{"id": method}] if method else None
    if method == py7zr.FILTER_PPMD:
        filters = [{"id": method, "order": 6, "mem": 16}]
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w", filters=filters, **options) as archive:  # type: ignore[arg-type]
        for name, content in members.items():
            archive.writestr(content, name)
    return file.getvalue()
