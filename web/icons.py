"""Draw the icons of the page as an app, in web/public/icons, from web/public/mark.svg.

    python web/icons.py

Needs Chromium, as the tests of the page do. The mark on nothing is for those who take an icon as it
is; on paper, and within the middle four fifths, for those who cut it to a shape of their own.
"""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

PUBLIC: Final = Path(__file__).parent / "public"
SIZES: Final = (192, 512)  # pixels
PAPER: Final = "#faf9f6"
STYLES: Final = {
    "any": "svg { width: 100vw }",
    "maskable": f"body {{ background: {PAPER} }} svg {{ width: 60vw; margin: 20vw }}",
}


def main() -> None:
    """Draw each icon in each size."""
    mark = (PUBLIC / "mark.svg").read_text()
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, style in STYLES.items():
            for size in SIZES:
                page = browser.new_page(viewport={"width": size, "height": size})
                page.set_content(f"<style>body {{ margin: 0 }} {style}</style>{mark}")
                page.screenshot(path=PUBLIC / "icons" / f"{name}-{size}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
