"""What the environment asks for, checked, with an error that says what to change."""

import os
import sys
from pathlib import Path
from typing import NoReturn

from comics.paths import to_text


class Misconfigured(ValueError):
    """A variable asks for what cannot be done; whoever set it has to change it."""


def refuse(error: Exception) -> NoReturn:
    """Say what has to be changed, and end with the code for that."""
    sys.stderr.write(f"longbox: {error}\n")
    sys.exit(os.EX_CONFIG)


def number(name: str, default: int, least: int, most: int) -> int:
    """Read a whole number; raise `Misconfigured` if it is none, or out of its range."""
    text = os.environ.get(name, "").strip() or str(default)
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Misconfigured(f"{name} is {text!r}: it has to be a number from {least} to {most}.")
    return int(text)


def port() -> int:
    """Return the port of the page."""
    return number("WEB_PORT", 5000, 1, 65_535)


def host() -> str:
    """Return the address that the page listens on."""
    return os.environ.get("LONGBOX_HOST") or "127.0.0.1"


def tls() -> tuple[str, ...]:
    """Return the options of gunicorn by which it speaks https, or none for http.

    Raises `Misconfigured` for a file that cannot be read, or for one of the pair without the other.
    """
    given = {
        "SSL_CERTFILE": os.environ.get("SSL_CERTFILE"),
        "SSL_KEYFILE": os.environ.get("SSL_KEYFILE"),
        "SSL_CA_CERTS": os.environ.get("SSL_CA_CERTS"),
    }
    certificate, key, authorities = (path and readable(name, path) for name, path in given.items())
    if not certificate and not key:
        return ()
    if not certificate or not key:
        raise Misconfigured("SSL_CERTFILE and SSL_KEYFILE are only of use together: set both.")
    options = ("--certfile", certificate, "--keyfile", key)
    return (*options, "--ca-certs", authorities) if authorities else options


def readable(name: str, path: str) -> str:
    """Return the whole path of a file that is named so, or raise `Misconfigured`."""
    whole = Path(path).expanduser().absolute()
    if not whole.is_file() or not os.access(whole, os.R_OK):
        raise Misconfigured(f"{name} is {path!r}, which is not a file that can be read.")
    return str(whole)


def admin_name() -> str:
    """Return what the first admin is called."""
    return os.environ.get("LONGBOX_ADMIN_NAME") or "admin"


def admin_password() -> str | None:
    """Return the password that the first admin is to have, if one is set.

    Raises `Misconfigured` for a file that cannot be read.
    """
    if password := os.environ.get("LONGBOX_ADMIN_PASSWORD"):
        return password
    named = os.environ.get("LONGBOX_ADMIN_PASSWORD_FILE")
    if not named:
        return None
    try:
        return Path(named).expanduser().read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"LONGBOX_ADMIN_PASSWORD_FILE is {named!r}, which cannot be read: {error}."
        ) from error


def web_workers() -> int:
    """Return how many processes answer requests."""
    return number("GUNICORN_WORKERS", 2, 1, 32)


def readers() -> int:
    """Return how many processes read archives: as many as there are cores, up to four."""
    return number("MAX_WORKERS", min(os.cpu_count() or 1, 4), 1, 64)


def workers() -> int:
    """Return how many processes carry out batches: as many as read archives in a scan."""
    return readers()


def log_bytes() -> int:
    """Return how long a log file may grow."""
    return number("LOG_MAX_BYTES", 5 * 2**20, 1024, 2**30)


def slow_ms() -> int:
    """Return the milliseconds from which on a statement is told of in the log; 0 is every one."""
    return number("LONGBOX_SLOW_MS", 500, 0, 10**7)


def home() -> Path:
    """Return the folder of all that Longbox keeps."""
    return Path(os.environ.get("LONGBOX_DATA") or "~/.local/share/longbox").expanduser().absolute()


def library() -> str | None:
    """Return the folder of the comics, as `comics.paths` writes it, or None if none is named.

    Raises `Misconfigured` if it is not a folder that can be listed.
    """
    named = os.environ.get("LIBRARY") or os.environ.get("WATCHED_DIR")
    if not named:
        return None
    root = Path(named).expanduser().absolute()
    try:
        os.scandir(root).close()
    except OSError as error:
        raise Misconfigured(
            f"{root} is not a folder that can be read ({error.strerror}). "
            "Set LIBRARY (or WATCHED_DIR) to the folder of your comics."
        ) from error
    return to_text(str(root))
