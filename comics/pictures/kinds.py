"""Tell by its first bytes what kind of image a page is, whatever its name says."""

from typing import Final

HEAD: Final = 32  # bytes that tell

_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xff\x0a", "image/jxl"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
)
# ISO 14496-12 names a file's brand at its byte 8.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1"), "image/heic"),
}


def media_type(head: bytes) -> str | None:
    """Return the media type of an image by its first `HEAD` bytes, or None for anything else.

    What a browser would run, such as SVG or HTML, is never one.
    """
    if head.startswith(b"RIFF") and head.startswith(b"WEBP", 8):
        return "image/webp"
    if head.startswith(b"ftyp", 4):
        return _BRANDS.get(head[8:12])
    return next((kind for magic, kind in _STARTS if head.startswith(magic)), None)
