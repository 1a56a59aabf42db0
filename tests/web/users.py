"""Users of a test's own server, made by its API."""

import json
import urllib.request
from typing import Any

from tests.conftest import Served

PASSWORD = "correct horse"  # noqa: S105  of users of the test's own server


def post(served: Served, path: str, body: dict[str, Any], cookie: str = "") -> str:
    """Post to a server, and return the cookie that it sets."""
    request = urllib.request.Request(  # noqa: S310  our own server
        f"{served.url}/api/{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Cookie": cookie},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  our own server
        return (answer.headers["Set-Cookie"] or "").partition(";")[0]


def add_first_admin(served: Served) -> str:
    """Give a server its first user, Ada, and return the cookie of her log-in."""
    return post(served, "setup", {"name": "Ada", "password": PASSWORD})
