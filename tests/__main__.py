"""Run the tests: `python -m tests`, with those for which this machine has the programs."""

import os
import shutil
import sys

import pytest

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
UNPACKERS = {"unar": "unar", "bsdtar": "libarchive-tools"}  # and Debian's packages


def find_browser() -> str | None:
    """Return $CHROMIUM, or a Chromium that is on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def choose_page() -> list[str]:
    """Return what leaves out the tests of the page if there is no Chromium."""
    browser = find_browser()
    if browser:
        os.environ["CHROMIUM"] = browser
        return []
    leave_out(
        "No Chromium found: the tests of the page in tests/web are left out. "
        "Install chromium, or set CHROMIUM to a browser, to run them too."
    )
    return ["--ignore=tests/web"]


def tell_unpackers() -> None:
    """Say so if the tests of compressed RAR archives will leave themselves out."""
    missing = [name for name in UNPACKERS if not shutil.which(name)]
    if missing:
        leave_out(
            f"No {' and no '.join(missing)} found: tests that unpack RAR archives are left out. "
            f"Install {' and '.join(UNPACKERS[name] for name in missing)} to run them too."
        )


def leave_out(reason: str) -> None:
    """Say what is left out and why; that is an error in CI, which must run everything."""
    if os.environ.get("CI"):
        sys.exit(reason)
    sys.stderr.write(f"{reason}\n")


def main() -> int:
    """Run them in three processes, and say plainly what is left out and why.

    Each takes neighbours, which share what they have started. Hundreds of processes of Longbox are
    started, and would each compile all of it if none kept what it has compiled.
    """
    tell_unpackers()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return pytest.main(
        ["-n", "3", "--dist", "worksteal", "--durations", "15", *sys.argv[1:], *choose_page()]
    )


if __name__ == "__main__":
    sys.exit(main())
