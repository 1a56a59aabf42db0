"""Run the tests: `python -m tests`, with those of the page where there is a Chromium."""

import os
import shutil
import sys

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_browser() -> str | None:
    """Return $CHROMIUM, or a Chromium that is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def main() -> int:
    """Run them in two processes, and say plainly what is left out and why."""
    arguments = ["-n", "2", *sys.argv[1:]]
    browser = find_browser()
    if browser:
        os.environ["CHROMIUM"] = browser
    elif os.environ.get("CI"):
        sys.exit("There is no Chromium, and CI must run the tests of the page.")
    else:
        sys.stderr.write(
            "No Chromium found: the tests of the page in tests/web are left out. "
            "Install chromium, or set CHROMIUM to a browser, to run them too.\n"
        )
        arguments.append("--ignore=tests/web")
    return pytest.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
