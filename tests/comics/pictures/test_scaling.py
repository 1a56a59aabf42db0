"""Covers of pages of all kinds, and of what only looks like one."""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from comics.pictures.scaling import MOST_PIXELS, NoPicture, make_cover
from tests.comics.pictures.drawing import BLUE, GREEN, RED, draw, encode, look, paint

FORMS = ["JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"]

Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a page."""

    def write(content: bytes) -> Path:
        (tmp_path / "page").write_bytes(content)
        return tmp_path / "page"

    return write


@pytest.mark.parametrize("form", FORMS)
def test_a_cover_is_made_of_each_format(form: str, write: Write) -> None:
    page = write(draw(RED, BLUE, size=(800, 1200), form=form))
    assert look(make_cover(page, 320)) == ((320, 480), "red", "blue")


def test_a_small_page_is_not_enlarged(write: Write) -> None:
    assert look(make_cover(write(draw(RED, size=(100, 150))), 320))[0] == (100, 150)


# By EXIF 2.32: what an image of a left and a right half shows once it is turned.
TURNED = {
    1: ("red", "blue"),
    2: ("blue", "red"),
    3: ("blue", "red"),
    4: ("red", "blue"),
    5: ("red", "blue"),
    6: ("red", "blue"),
    7: ("blue", "red"),
    8: ("blue", "red"),
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", TURNED)
def test_a_page_is_shown_upright(orientation: int, form: str, write: Write) -> None:
    size = (1200, 800) if orientation > 4 else (800, 1200)
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = write(draw(RED, BLUE, size=size, form=form, exif=exif))
    assert look(make_cover(page, 160)) == ((160, 240), *TURNED[orientation])


def test_of_a_double_page_the_front_is_shown(write: Write) -> None:
    page = write(draw(RED, RED, BLUE, GREEN, size=(1600, 1200), form="JPEG"))
    assert look(make_cover(page, 320)) == ((320, 480), "blue", "green")


def test_the_front_of_what_is_read_from_right_to_left_is_the_left_half(write: Write) -> None:
    page = write(draw(BLUE, GREEN, RED, RED, size=(1600, 1200)))
    assert look(make_cover(page, 320, right_to_left=True)) == ((320, 480), "blue", "green")


@pytest.mark.parametrize("size", [(1600, 1200), (1920, 1590), (2600, 1300), (1281, 1060)])
def test_the_front_of_a_double_page_is_as_wide_as_any_cover(
    size: tuple[int, int], write: Write
) -> None:
    """A JPEG that is decoded at a fraction of its size must still have enough pixels."""
    fine = Image.effect_noise(size, 200).convert("RGB")
    cover = Image.open(io.BytesIO(make_cover(write(encode(fine, "JPEG")), 320)))
    assert cover.width == 320


def test_of_a_long_strip_the_top_is_shown(write: Write) -> None:
    strip = paint(RED, size=(400, 6000))
    strip.paste(BLUE, (0, 800, 400, 6000))
    assert look(make_cover(write(encode(strip, "PNG")), 160)) == ((160, 320), "red", "red")


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 2)])
def test_the_smallest_sides_are_enough(size: tuple[int, int], write: Write) -> None:
    make_cover(write(draw(RED, size=size)), 160)


def test_four_colours_of_print_become_three(write: Write) -> None:
    page = write(encode(paint(RED, BLUE).convert("CMYK"), "JPEG"))
    assert look(make_cover(page, 160))[1:] == ("red", "blue")


def test_sixteen_bits_of_grey_become_eight(write: Write) -> None:
    grey = Image.new("I;16", (400, 600), 32_768)
    with Image.open(io.BytesIO(make_cover(write(encode(grey, "PNG")), 160))) as cover:
        pixel = cover.convert("L").getpixel((80, 120))
    assert isinstance(pixel, (int, float))
    assert 120 <= pixel <= 136


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I"])
def test_other_kinds_of_pixels_are_shown(mode: str, write: Write) -> None:
    image = Image.new("L", (400, 600), 255).convert(mode)
    if mode == "I":
        image = Image.new("I", (400, 600), 65_535)
    assert look(make_cover(write(encode(image, "PNG" if mode != "I" else "TIFF")), 160)) == (
        (160, 240),
        "white",
        "white",
    )


def test_what_is_transparent_is_white_as_paper(write: Write) -> None:
    clear = Image.new("RGBA", (400, 600), (0, 0, 0, 0))
    clear.paste((*RED, 255), (0, 0, 200, 300))
    assert look(make_cover(write(encode(clear, "PNG")), 160))[1:] == ("red", "white")
    palette = clear.convert("P")
    palette.info["transparency"] = palette.getpixel((399, 599))
    assert look(make_cover(write(encode(palette, "PNG")), 160))[1:] == ("red", "white")


def test_of_an_animation_the_first_frame_is_shown(write: Write) -> None:
    page = write(draw(RED, form="GIF", save_all=True, append_images=[paint(BLUE), paint(GREEN)]))
    assert look(make_cover(page, 160))[1:] == ("red", "red")


def test_odd_pages_are_shown_without_a_word(write: Write) -> None:
    """Pillow warns of a damaged EXIF block; a warning would fail this test."""
    page = write(draw(RED, form="JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + bytes(10)))
    assert look(make_cover(page, 160))[1:] == ("red", "red")


def declare(wide: int, high: int) -> bytes:
    """Write a PNG of a few bytes that says it is as large as that."""
    header = struct.pack(">LLBBBBB", wide, high, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("size", [(40_000, 40_000), (MOST_PIXELS + 1, 1), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_what_it_declares(size: tuple[int, int], write: Write) -> None:
    with pytest.raises(NoPicture, match=r"has more than 80,000,000 pixels|is damaged"):
        make_cover(write(declare(*size)), 160)


PAGE = draw(RED, BLUE, form="JPEG")
NO_IMAGES = {
    "nothing": b"",
    "text": b"Not found",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "a format that no comic has, which Pillow would read": draw(RED, form="PPM"),
    "cut short": PAGE[: len(PAGE) // 2],
    "a PNG cut short": draw(RED, BLUE)[:-40],
    "a head alone": PAGE[:20],
    "jxl": b"\xff\x0a" + bytes(100),
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_what_is_no_image_is_told_in_a_sentence(name: str, write: Write) -> None:
    with pytest.raises(NoPicture, match="is damaged, or no image that can be read here"):
        make_cover(write(NO_IMAGES[name]), 160)


def test_a_page_that_has_gone_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        make_cover(tmp_path / "page", 160)


@pytest.mark.parametrize("form", FORMS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(data=st.data())
def test_a_damaged_image_is_shown_or_refused(form: str, data: st.DataObject, write: Write) -> None:
    whole = bytearray(draw(RED, BLUE, size=(40, 60), form=form))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    with suppress(NoPicture):
        make_cover(write(bytes(whole)), 160)
