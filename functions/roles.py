"""Write who may call what, as a table in Markdown, from the functions themselves."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from functions.openapi import summary, written

HEAD: Final = """\
# Who may call what

`make generated` writes this from the functions in [functions/](../functions/): each names its ROLE,
and `tests/functions/test_roles.py` calls every route as everybody.

- **anyone** may call it, logged in or not.
- **viewer** may look at the comics, and keep their own password and tokens.
- **editor** may change comics, too: marks, names, tags, files.
- **admin** may do everything, with libraries, settings and users as well.

Each may what those before may. Nobody gets 401, and who has too small a role 403. Who may see some
libraries only is answered as if there were no others, and as if nobody else had made batches: what
is not theirs is not found (404) and counts nowhere. PostgreSQL sees to that:
[db/rights.py](../db/rights.py) says how.

| Route | Role | What it does |
| --- | --- | --- |
"""


def describe(functions: Mapping[str, Any]) -> str:
    """Write the table, by path."""
    rows = (
        f"| `{method} {path}` | {function.ROLE} | {summary(function)} |\n"
        for path, method, function in sorted(routes(functions), key=lambda route: route[:2])
    )
    return HEAD + "".join(rows)


def routes(functions: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield each path with its method and its function."""
    for function in functions.values():
        method, *paths = function.ROUTE.split()
        yield from ((written(path), method, function) for path in paths)
