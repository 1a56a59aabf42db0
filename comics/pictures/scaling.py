"""Make a small cover of a page: WebP, upright, the front half of a double page."""

import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import ExifTags, Image

from comics.archives.contents import SENSELESS, is_of_the_system

MOST_PIXELS: Final = 80_000_000
"""The most that a page may have: each takes four bytes, perhaps twice, and a reader has 1 GiB."""

MEDIA_TYPE: Final = "image/webp"

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")  # no other decoder is ever asked
_WIDE = 1.2  # times as wide as high: the front and the back in one
_TALL = 2  # times as high as wide: more is a strip, of which the top is shown
_PAPER = "white"
_QUALITY = 80

# How an image is turned that has this orientation by EXIF 2.32, 4.6.5.1.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING = {5, 6, 7, 8}

_DAMAGE = (
    OSError,
    EOFError,
    SyntaxError,
    struct.error,
    zlib.error,
    RuntimeError,
    *SENSELESS,
)

Image.MAX_IMAGE_PIXELS = None  # it is `MOST_PIXELS`, and an error instead of a warning


class NoPicture(ValueError):
    """Say what keeps a page from being shown, to follow its name: "is damaged"."""


def make_cover(page: Path, width: int, *, right_to_left: bool = False) -> bytes:
    """Return a WebP of at most this width; a smaller page is not enlarged.

    Of a double page only the front is shown: its right half, or its left one where a comic is read
    from right to left. Of an animation it is the first frame. Raises `NoPicture` for what is no
    image that can be read, or too large a one.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of what is odd, and shown all the same
            return _make(page, width, right_to_left=right_to_left)
    except NoPicture:
        raise
    except _DAMAGE as error:
        if is_of_the_system(error):
            raise
        raise NoPicture("is damaged, or no image that can be read here") from error


def _make(page: Path, width: int, *, right_to_left: bool) -> bytes:
    with Image.open(page, formats=_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise NoPicture(f"has more than {MOST_PIXELS:,} pixels")
        whole = _shrink(image, width)
    front = _front(whole, right_to_left=right_to_left)
    top = front.crop((0, 0, front.width, min(front.height, _TALL * front.width)))
    file = BytesIO()
    _on_paper(top).save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()


def _shrink(image: Image.Image, width: int) -> Image.Image:
    """Decode a page, upright, as wide as it has to be for a front of this width."""
    # A JPEG is decoded at a half, a quarter or an eighth of its size in much less time.
    whole = max(1, int(_times_too_large(image, width)))
    image.draft(None, (max(1, image.width // whole), max(1, image.height // whole)))
    image.load()
    times = max(1.0, _times_too_large(image, width))
    size = max(1, round(image.width / times)), max(1, round(image.height / times))
    small = _to_colours(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    turn = _TURNS.get(_orientation(image))
    return small if turn is None else small.transpose(turn)


def _times_too_large(image: Image.Image, width: int) -> float:
    wide, high = image.size[::-1] if _orientation(image) in _LYING else image.size
    return wide / (width * 2 if _is_double(wide, high) else width)


def _orientation(image: Image.Image) -> int:
    orientation: int = image.getexif().get(ExifTags.Base.Orientation, 1)
    return orientation


def _is_double(wide: int, high: int) -> bool:
    return wide > _WIDE * high


def _front(whole: Image.Image, *, right_to_left: bool) -> Image.Image:
    if not _is_double(*whole.size):
        return whole
    middle = whole.width // 2
    left, right = (0, middle) if right_to_left else (whole.width - middle, whole.width)
    return whole.crop((left, 0, right, whole.height))


def _to_colours(image: Image.Image) -> Image.Image:
    """Return an image whose pixels can be mixed: eight bits a channel and no palette."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda grey: grey * (255 / 65_535)).convert("L")
    if image.mode in {"L", "RGB"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, _PAPER)
    paper.paste(image, mask=image.getchannel("A"))
    return paper
