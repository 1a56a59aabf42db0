"""A problem as a page of words, for whoever opens an address in a browser or is sent to it."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import Final

import falcon
from falcon.asgi import Request, Response

from functions.base_path import base_path

STYLE: Final = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0; display: grid; min-height: 100vh; place-content: center;
  background: light-dark(#faf9f6, #151517); color: light-dark(#1d1b18, #ecebe8) }
main { max-width: 36rem; padding: 1.5rem }
h1 { margin: 0; font-size: 1.375rem }
a { color: light-dark(#2450b8, #9bb8ff) }
"""
# Nothing may be loaded, and no style counts but the one above.
POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"
)
PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Longbox: {title}</title>
<style>{style}</style>
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


def answer(req: Request, resp: Response, title: str, detail: str) -> None:
    """Answer with the page."""
    home = f"{req.root_path or base_path()}/"
    resp.text = PAGE.format(
        title=escape(title), style=STYLE, detail=escape(detail), home=escape(home)
    )
    resp.content_type = falcon.MEDIA_HTML
    resp.set_header("Content-Security-Policy", POLICY)
