"""Compose the functions: all of them, or only those that $FUNCTIONS names."""

import os
from collections import defaultdict
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any, Protocol

from falcon.asgi import App, Request, Response
from sqlalchemy import URL

from db.engine import open_doors
from functions import (
    add_library,
    change_library,
    change_settings,
    count_marks,
    failures,
    forget_missing,
    list_files,
    list_folders,
    list_libraries,
    list_scans,
    page,
    remove_library,
    show_cache_stats,
    show_facets,
    show_file,
    show_health,
    show_library,
    show_live,
    show_openapi,
    show_ready,
    show_scan,
    show_settings,
    show_version,
    start_scan,
    wire,
)
from functions.log import Log


class Function(Protocol):
    """A module of this package; `openapi` tells of QUERY, BODY, ANSWER, STATUS and PROBLEMS."""

    ROUTE: str  # a method, then one path or more
    handle: Any  # a coroutine that Falcon calls


FUNCTIONS: dict[str, Function] = {
    "add_library": add_library,
    "change_library": change_library,
    "change_settings": change_settings,
    "count_marks": count_marks,
    "forget_missing": forget_missing,
    "list_files": list_files,
    "list_folders": list_folders,
    "list_libraries": list_libraries,
    "list_scans": list_scans,
    "remove_library": remove_library,
    "show_cache_stats": show_cache_stats,
    "show_facets": show_facets,
    "show_file": show_file,
    "show_health": show_health,
    "show_library": show_library,
    "show_live": show_live,
    "show_openapi": show_openapi,
    "show_ready": show_ready,
    "show_scan": show_scan,
    "show_settings": show_settings,
    "show_version": show_version,
    "start_scan": start_scan,
}


class Doors:
    """Open the database's doors with the process, and close them with it."""

    def __init__(self, url: URL | None) -> None:
        self.url = url
        self.open = AsyncExitStack()

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Open them; nothing waits for PostgreSQL to answer."""
        await self.open.enter_async_context(open_doors(self.url))

    async def process_shutdown(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Close them."""
        await self.open.aclose()


def routes(names: list[str]) -> dict[str, SimpleNamespace]:
    """Gather the functions of each path, as Falcon wants them."""
    resources: dict[str, SimpleNamespace] = defaultdict(SimpleNamespace)
    for name in names:
        method, *paths = FUNCTIONS[name].ROUTE.split()
        for path in paths:
            setattr(resources[path], f"on_{method.lower()}", FUNCTIONS[name].handle)
            if method == "GET":
                resources[path].on_head = FUNCTIONS[name].handle
    return resources


def create_app(url: URL | None = None) -> App[Request, Response]:
    """Make the app: the whole service with its page, or the functions that $FUNCTIONS names."""
    chosen = os.environ.get("FUNCTIONS", "").split()
    if unknown := set(chosen) - set(FUNCTIONS):
        raise SystemExit(f"FUNCTIONS names {', '.join(sorted(unknown))}; there is no such function")
    middleware: list[Any] = [Doors(url), Log()]
    app = App(middleware=middleware)
    app.set_error_serializer(wire.serialize_problem)
    app.router_options.converters["id"] = wire.IdConverter
    failures.explain(app)
    for path, resource in routes(chosen or list(FUNCTIONS)).items():
        app.add_route(path, resource)
    if not chosen:
        page.add_to(app)
    return app
