"""Draw covers and pages for the sample library: PNG images made of coloured rectangles."""

import colorsys
import struct
import zlib
from functools import lru_cache
from random import Random
from typing import NamedTuple

WIDTH = 240
HEIGHT = 360

_INK = 0
_PAPER = 1
_COLOURS = range(2, 8)  # the rest of the palette
_MARGIN = 12
_TALKATIVE = 0.6

# Each row of a glyph is an octal digit, whose three bits are its pixels from left to right.
_GLYPHS = {
    "0": "75557",
    "1": "26227",
    "2": "71747",
    "3": "71717",
    "4": "55711",
    "5": "74717",
    "6": "74757",
    "7": "71111",
    "8": "75757",
    "9": "75717",
    "-": "00700",
    ".": "00002",
    "½": "45217",
}
_GLYPH_WIDTH = 4  # with the space that follows
_GLYPH_HEIGHT = 5


class Box(NamedTuple):
    """A rectangle, in pixels."""

    left: int
    top: int
    width: int
    height: int


class Canvas:
    """A picture of one byte a pixel, each an index into a palette of eight colours."""

    def __init__(self, colour: int) -> None:
        self.rows = [bytearray([colour]) * WIDTH for _ in range(HEIGHT)]

    def fill(self, box: Box, colour: int) -> None:
        """Fill a rectangle, cut off at the right and the bottom."""
        width = min(box.width, WIDTH - box.left)
        stripe = bytes([colour]) * width
        for row in self.rows[box.top : box.top + box.height]:
            row[box.left : box.left + width] = stripe

    def png(self, palette: bytes) -> bytes:
        """Return the picture as a PNG (RFC 2083) with eight bits a pixel and no filters."""
        header = struct.pack(">LLBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\x00" + row for row in self.rows), 1)
        chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def draw_cover(number: str, random: Random) -> bytes:
    """Draw a skyline under a band, with the issue's number on it as large as it goes."""
    canvas = Canvas(random.choice(_COLOURS))
    for left in range(0, WIDTH, 24):
        height = random.randrange(40, 180)
        tower = Box(left, HEIGHT - height, random.randrange(18, 30), height)
        canvas.fill(tower, random.choice(_COLOURS))
    canvas.fill(Box(0, _MARGIN, WIDTH, 40), _INK)
    canvas.fill(Box(_MARGIN, 2 * _MARGIN, random.randrange(80, WIDTH - 2 * _MARGIN), 16), _PAPER)
    _write(canvas, [sign for sign in number if sign in _GLYPHS] or ["-"])
    return canvas.png(_make_palette(random))


@lru_cache(maxsize=128)
def draw_page(seed: int) -> bytes:
    """Draw three tiers of two panels, each with a figure and perhaps a balloon."""
    random = Random(seed)  # noqa: S311 (a picture, not a secret)
    canvas = Canvas(_PAPER)
    height = (HEIGHT - 4 * _MARGIN) // 3
    for top in range(_MARGIN, HEIGHT - height, height + _MARGIN):
        middle = random.randrange(80, WIDTH - 80)
        _draw_panel(canvas, Box(_MARGIN, top, middle - _MARGIN, height), random)
        right = Box(middle + _MARGIN, top, WIDTH - middle - 2 * _MARGIN, height)
        _draw_panel(canvas, right, random)
    return canvas.png(_make_palette(random))


def _draw_panel(canvas: Canvas, panel: Box, random: Random) -> None:
    left, top, width, height = panel
    canvas.fill(panel, _INK)
    canvas.fill(Box(left + 2, top + 2, width - 4, height - 4), random.choice(_COLOURS))
    body = Box(left + random.randrange(4, width - 26), top + height - 50, 22, 48)
    canvas.fill(body, random.choice(_COLOURS))
    canvas.fill(Box(body.left + 5, body.top - 14, 12, 14), _PAPER)
    if random.random() < _TALKATIVE:
        canvas.fill(Box(left + 6, top + 6, width // 2, 20), _PAPER)
        canvas.fill(Box(left + 10, top + 14, width // 2 - 8, 3), _INK)


def _write(canvas: Canvas, signs: list[str]) -> None:
    """Write in the middle, each sign with a shadow."""
    size = min(22, (WIDTH - 2 * _MARGIN) // (_GLYPH_WIDTH * len(signs)))
    left = (WIDTH - (_GLYPH_WIDTH * len(signs) - 1) * size) // 2
    top = (HEIGHT - _GLYPH_HEIGHT * size) // 2
    for shift, colour in ((4, _INK), (0, _PAPER)):
        for place, sign in enumerate(signs):
            corner = Box(left + place * _GLYPH_WIDTH * size + shift, top + shift, size, size)
            _write_glyph(canvas, sign, corner, colour)


def _write_glyph(canvas: Canvas, sign: str, corner: Box, colour: int) -> None:
    """Write a sign whose top left pixel is `corner`."""
    left, top, width, height = corner
    for line, pixels in enumerate(_GLYPHS[sign]):
        for column, bit in enumerate((4, 2, 1)):
            if int(pixels) & bit:
                pixel = Box(left + column * width, top + line * height, width, height)
                canvas.fill(pixel, colour)


def _make_palette(random: Random) -> bytes:
    """Return ink, paper and colours that go together, three bytes each."""
    hue = random.random()
    palette = bytearray(b"\x1a\x1a\x22\xfb\xf7\xec")
    for step in range(len(_COLOURS)):
        shade = colorsys.hls_to_rgb(hue + step * 0.09, 0.35 + 0.07 * step, random.uniform(0.4, 0.8))
        palette += bytes(round(part * 255) for part in shade)
    return bytes(palette)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
