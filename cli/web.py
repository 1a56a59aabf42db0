"""The command that answers requests, and where it does."""

import socket
import sys
from pathlib import Path
from typing import Final

from cli import environment

ROOT: Final = Path(__file__).parents[1]  # of our packages; gunicorn imports from where it is


def gunicorn() -> list[str]:
    """Return the command that answers requests.

    It keeps no control socket, for two installations would share it, and waits but briefly at the
    end, for clients keep their connections. Whom proxies speak for is told in `functions.proxies`
    alone, so it believes none itself.
    """
    return [
        *(sys.executable, "-m", "gunicorn", "functions.app:create_app()"),
        *("--chdir", str(ROOT)),
        *("--bind", address()),
        *environment.tls(),
        *("--forwarded-allow-ips", ""),
        *("--workers", str(environment.web_workers())),
        *(
            "--worker-class",
            "functions.server.Worker",
            "--asgi-loop",
            "uvloop",
            "--asgi-lifespan",
            "on",
        ),
        *("--graceful-timeout", "3", "--keep-alive", "75", "--no-control-socket"),
        *("--log-level", "warning"),
    ]


def address() -> str:
    """Return host and port of the page, as URLs have them."""
    host = environment.host()
    return f"{f'[{host}]' if ':' in host else host}:{environment.port()}"


def url() -> str:
    """Return where the page is."""
    return f"{'https' if environment.tls() else 'http'}://{address()}"


def answers() -> bool:
    """Tell whether something accepts connections at the page's address."""
    anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  listening is the user's choice
    host = environment.host()
    try:
        with socket.create_connection((anywhere.get(host, host), environment.port()), timeout=1):
            return True
    except OSError:
        return False
