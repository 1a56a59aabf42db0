"""Comics that were made to do harm."""

import io
import struct
import tarfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zlib import crc32

from PIL import Image

from tests.comics.archives.packing import pack_7z, pack_tar, pack_zip


def titled(title: str) -> str:
    """Return tags of this title, which is XML."""
    return f"<ComicInfo><Title>{title}</Title></ComicInfo>"


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
OUTSIDE = "file://{}"  # whatever is named there
DOCTYPES = {
    "laughs": f'<!DOCTYPE c [<!ENTITY a0 "ha">{LAUGHS}]>' + titled("&a9;"),
    "foreign": f'<!DOCTYPE c [<!ENTITY a SYSTEM "{OUTSIDE}">]>' + titled("&a;"),
    "parameter": f'<!DOCTYPE c [<!ENTITY % a SYSTEM "{OUTSIDE}"> %a;]><ComicInfo/>',
    "quadratic": f'<!DOCTYPE c [<!ENTITY a "{"a" * 50_000}">]>' + titled("&a;" * 50_000),
}
DOCUMENTS = {
    "included": '<ComicInfo xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{}"/>'
    "</ComicInfo>",
    "deep": "<ComicInfo>" + "<a>" * 200_000 + "</a>" * 200_000 + "</ComicInfo>",
    "wide": "<ComicInfo " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>",
    "many": "<ComicInfo><Pages>" + '<Page Image="0"/>' * 100_000 + "</Pages></ComicInfo>",
    "markup": titled("&lt;script&gt;alert(1)&lt;/script&gt;"),
    "long": titled("x" * 2_000_000),
    "numbers": "<ComicInfo><Year>9999999999999999999</Year><Count>-1e999</Count></ComicInfo>",
    "upwards": "<ComicInfo><Series>../../../outside</Series><Number>/etc/1</Number></ComicInfo>",
}


def page() -> bytes:
    """Return a small page."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def linked(target: Path) -> bytes:
    """Return a tar whose page is a link."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, kind in (("1.png", tarfile.SYMTYPE), ("2.png", tarfile.LNKTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(target)
            archive.addfile(member)
    return file.getvalue()


def linked_zip(target: Path) -> bytes:
    """Return a ZIP whose page is a link."""
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        member = ZipInfo("1.png")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, str(target))
    return file.getvalue()


def overlapping() -> bytes:
    """Return a ZIP whose hundred pages are one and the same bytes, a bomb that needs no nesting.

    https://www.bamsoftware.com/hacks/zipbomb/
    """
    bomb = pack_zip({"1.png": bytes(2**24)}, ZIP_DEFLATED)
    directory = bomb.index(b"PK\x01\x02")
    record = bomb[directory : bomb.index(b"PK\x05\x06")]
    end = struct.pack("<LHHHHLLH", 0x06054B50, 0, 0, 100, 100, 100 * len(record), directory, 0)
    return bomb[:directory] + record * 100 + end


def lying(content: bytes) -> bytes:
    """Return a ZIP whose page is larger than its directory says."""
    packed = bytearray(pack_zip({"1.png": content}, ZIP_DEFLATED))
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 16 : directory + 20] = struct.pack("<L", crc32(b"x"))
    packed[directory + 24 : directory + 28] = struct.pack("<L", 1)
    return bytes(packed)


def write_comics(root: Path, outside: Path) -> None:
    """Write one of each."""
    names = (
        "../../outside/evil.png",
        f"{outside}/evil.png",
        "..\\..\\evil.png",
        "/etc/evil.png",
        "a\0b.png",
        "con.png",
        "x" * 5_000 + ".png",
        "\u202egnp.exe.png",
    )
    for place, name in enumerate(names):
        for pack, form in ((pack_zip, "cbz"), (pack_tar, "cbt"), (pack_7z, "cb7")):
            try:
                (root / f"name {place}.{form}").write_bytes(pack({name: page()}))
            except (ValueError, OSError, UnicodeError):
                continue  # a name that this format does not take
    for name, xml in (DOCTYPES | DOCUMENTS).items():
        told = xml.replace("{}", str(outside / "secret.txt")).encode()
        (root / f"{name}.cbz").write_bytes(
            pack_zip({"1.png": page(), "ComicInfo.xml": told}, ZIP_DEFLATED)
        )
    for name, content in {
        "tar of links.cbt": linked(outside / "1.cbz"),
        "zip of a link.cbz": linked_zip(outside / "1.cbz"),
        "overlapping.cbz": overlapping(),
        "lying.cbz": lying(page()),
        "bomb.cbz": pack_zip({"1.png": bytes(2**27)}, ZIP_DEFLATED),
        "picture bomb.cbz": pack_zip({"1.png": bomb_of_pixels()}),
        "quine.cbz": pack_zip({"quine.cbz": pack_zip({"1.png": page()})}),
    }.items():
        (root / name).write_bytes(content)


def bomb_of_pixels() -> bytes:
    """Return a PNG that says it has 10,000 million pixels."""
    head = b"IHDR" + struct.pack(">LLBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">L", 13) + head + struct.pack(">L", crc32(head))
