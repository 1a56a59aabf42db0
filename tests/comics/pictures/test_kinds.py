"""Media types by the first bytes."""

import pytest

from comics.pictures.kinds import HEAD, media_type
from tests.comics.pictures.drawing import RED, draw

DRAWN = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}


@pytest.mark.parametrize("form", DRAWN)
def test_each_format_has_its_media_type(form: str) -> None:
    assert media_type(draw(RED, form=form)[:HEAD]) == DRAWN[form]


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\x0a\xfa\x7f", "image/jxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0", "image/jxl"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"MM\0*\0\0\0\x08", "image/tiff"),
    ],
)
def test_those_that_cannot_be_drawn_here_do_as_well(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns=",
        b"<!doctype html>",
        b"<?xml version='1.0'?><svg/>",
        b"%PDF-1.7",
        b"\0\0\0\x18ftypisom",
        b"\0\0\0\x18ftypqt  ",
        b"RIFF\0\0\0\0WAVE",
        b"GIF8",
        b"PK\x03\x04",
    ],
)
def test_nothing_else_is_an_image(head: bytes) -> None:
    assert media_type(head) is None
