"""What the environment says, all of it: what cannot be is known before anything starts."""

from collections.abc import Callable, Iterator
from typing import Final

from cli import environment
from functions import openid, proxies
from functions.app import named

CHECKS: Final[tuple[Callable[[], object], ...]] = (
    environment.port,
    environment.web_workers,
    environment.readers,
    environment.log_bytes,
    environment.slow_ms,
    environment.library,
    environment.tls,
    proxies.trusted,
    openid.provider,
    named,
)


def complaints() -> Iterator[str]:
    """Yield a sentence for each variable whose value cannot be."""
    for check in CHECKS:
        try:
            check()
        except (ValueError, SystemExit) as error:
            yield str(error)
