"""A problem as a page of words, for whoever opens an address in a browser or is sent to it."""

from html import escape
from typing import Final

from falcon.asgi import Request

from functions.base_path import base_path

PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Longbox: {title}</title>
<main>
<h1>{title}</h1>
<p>{detail}</p>
<p><a href="{home}">Go to Longbox</a></p>
</main>
"""


def is_wanted(req: Request) -> bool:
    """Tell whether a page is to be shown: a browser that opens an address asks for XHTML, too.

    Java's programs ask for HTML whatever they are written for.
    """
    return "application/xhtml+xml" in req.accept.lower()


def write(req: Request, title: str, detail: str) -> bytes:
    """Return the page, in UTF-8."""
    home = f"{req.root_path or base_path()}/"
    return PAGE.format(title=escape(title), detail=escape(detail), home=escape(home)).encode()
