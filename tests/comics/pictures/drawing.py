"""Draw pages for the tests of whoever shows them."""

import io

from PIL import Image

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (255, 255, 255)
Colour = tuple[int, int, int]


def draw(
    *colours: Colour, size: tuple[int, int] = (400, 600), form: str = "PNG", **options: object
) -> bytes:
    """Draw an image of vertical stripes, from left to right."""
    return encode(paint(*colours, size=size), form, **options)


def paint(*colours: Colour, size: tuple[int, int] = (400, 600)) -> Image.Image:
    """Return an image of vertical stripes."""
    image = Image.new("RGB", size)
    width = size[0] // len(colours)
    for place, colour in enumerate(colours):
        image.paste(colour, (place * width, 0, size[0], size[1]))
    return image


def encode(image: Image.Image, form: str, **options: object) -> bytes:
    """Write an image."""
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def name_colour(pixel: object) -> str:
    """Return which of the colours a pixel is meant to be, whatever compression made of it."""
    assert isinstance(pixel, tuple)
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(
        names, key=lambda name: sum(abs(a - b) for a, b in zip(pixel, names[name], strict=True))
    )


def look(cover: bytes) -> tuple[tuple[int, int], str, str]:
    """Return a WebP's size, and the colours near its top left and its bottom right."""
    with Image.open(io.BytesIO(cover), formats=["WEBP"]) as image:
        shown = image.convert("RGB")
    wide, high = shown.size
    return (
        shown.size,
        name_colour(shown.getpixel((wide // 8, high // 8))),
        name_colour(shown.getpixel((wide - 1 - wide // 8, high - 1 - high // 8))),
    )
