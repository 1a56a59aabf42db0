"""Find the database: the one that DATABASE_URL names, or a private one that Longbox runs itself."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from cli import environment
from db import embedded

Tend = Callable[[], object]


@contextmanager
def database() -> Iterator[Tend | None]:
    """Have a database while this lasts, and DATABASE_URL name it to us and to our children.

    Yields what to call each second to keep a private server alive, or None for a server of the
    user's own. Raises `db.embedded.ServerError`.
    """
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    folder = environment.home() / "postgres"
    with embedded.server(folder) as url:
        os.environ["DATABASE_URL"] = url
        try:
            yield partial(embedded.revive, folder)
        finally:
            del os.environ["DATABASE_URL"]
