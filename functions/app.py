"""Compose the functions: all of them, or only those that $FUNCTIONS names."""

import os
from collections import defaultdict
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import Any, Protocol

from falcon.asgi import App, Request, Response
from sqlalchemy import URL

from db import metrics
from db.engine import open_doors
from functions import (
    add_library,
    add_token,
    add_user,
    cancel_batch,
    cancel_job,
    change_active_job,
    change_filename_format,
    change_issue_number_padding,
    change_library,
    change_log_max_bytes,
    change_password,
    change_preferences,
    change_settings,
    change_tags_of_file,
    change_tags_of_files,
    change_user,
    change_watcher_enabled,
    clear_active_job,
    count_marks,
    create_batch,
    delete_file,
    delete_job,
    end_oidc,
    failures,
    follow_batch,
    follow_events,
    forget_missing,
    list_audit,
    list_batch_items,
    list_batches,
    list_duplicates,
    list_files,
    list_folders,
    list_history,
    list_jobs,
    list_libraries,
    list_missing,
    list_pages,
    list_places,
    list_scans,
    list_tokens,
    list_users,
    log_in,
    log_out,
    log_out_everywhere,
    openid,
    page,
    pause_batch,
    preview_names,
    prewarm_cache,
    process_file,
    process_listed,
    process_selected,
    remove_library,
    remove_token,
    remove_user,
    resume_batch,
    retry_batch,
    set_up,
    show_active_job,
    show_batch,
    show_cache_stats,
    show_cover,
    show_default_settings,
    show_event_stats,
    show_facets,
    show_file,
    show_filename_format,
    show_health,
    show_issue_number_padding,
    show_job,
    show_library,
    show_live,
    show_log_max_bytes,
    show_logs,
    show_metrics,
    show_openapi,
    show_page,
    show_preferences,
    show_ready,
    show_scan,
    show_session,
    show_settings,
    show_statistics,
    show_tags,
    show_version,
    show_watcher_enabled,
    show_watcher_status,
    start_batch,
    start_job_of_listed,
    start_job_of_selected,
    start_oidc,
    start_scan,
    undo_batch,
    undo_file,
    wire,
)
from functions.base_path import BasePath, base_path
from functions.desks import open_desks
from functions.edge import Edge
from functions.guard import Guard
from functions.hub import open_hub
from functions.log import Log


class Function(Protocol):
    """A module of this package; `openapi` tells of QUERY, BODY, ANSWER, STATUS and PROBLEMS."""

    ROUTE: str  # a method, then one path or more
    ROLE: str  # who may call it, see functions.guard
    handle: Any  # a coroutine that Falcon calls


FUNCTIONS: dict[str, Function] = {
    "add_library": add_library,
    "add_token": add_token,
    "add_user": add_user,
    "cancel_batch": cancel_batch,
    "cancel_job": cancel_job,
    "change_active_job": change_active_job,
    "change_filename_format": change_filename_format,
    "change_issue_number_padding": change_issue_number_padding,
    "change_library": change_library,
    "change_log_max_bytes": change_log_max_bytes,
    "change_password": change_password,
    "change_preferences": change_preferences,
    "change_settings": change_settings,
    "change_tags_of_file": change_tags_of_file,
    "change_tags_of_files": change_tags_of_files,
    "change_user": change_user,
    "change_watcher_enabled": change_watcher_enabled,
    "clear_active_job": clear_active_job,
    "count_marks": count_marks,
    "create_batch": create_batch,
    "delete_file": delete_file,
    "delete_job": delete_job,
    "end_oidc": end_oidc,
    "follow_batch": follow_batch,
    "follow_events": follow_events,
    "forget_missing": forget_missing,
    "list_audit": list_audit,
    "list_batch_items": list_batch_items,
    "list_batches": list_batches,
    "list_duplicates": list_duplicates,
    "list_files": list_files,
    "list_folders": list_folders,
    "list_history": list_history,
    "list_jobs": list_jobs,
    "list_libraries": list_libraries,
    "list_missing": list_missing,
    "list_pages": list_pages,
    "list_places": list_places,
    "list_scans": list_scans,
    "list_tokens": list_tokens,
    "list_users": list_users,
    "log_in": log_in,
    "log_out": log_out,
    "log_out_everywhere": log_out_everywhere,
    "pause_batch": pause_batch,
    "preview_names": preview_names,
    "prewarm_cache": prewarm_cache,
    "process_file": process_file,
    "process_listed": process_listed,
    "process_selected": process_selected,
    "remove_library": remove_library,
    "remove_token": remove_token,
    "remove_user": remove_user,
    "resume_batch": resume_batch,
    "retry_batch": retry_batch,
    "set_up": set_up,
    "show_active_job": show_active_job,
    "show_batch": show_batch,
    "show_cache_stats": show_cache_stats,
    "show_cover": show_cover,
    "show_default_settings": show_default_settings,
    "show_event_stats": show_event_stats,
    "show_facets": show_facets,
    "show_file": show_file,
    "show_filename_format": show_filename_format,
    "show_health": show_health,
    "show_issue_number_padding": show_issue_number_padding,
    "show_job": show_job,
    "show_library": show_library,
    "show_live": show_live,
    "show_log_max_bytes": show_log_max_bytes,
    "show_logs": show_logs,
    "show_metrics": show_metrics,
    "show_openapi": show_openapi,
    "show_page": show_page,
    "show_preferences": show_preferences,
    "show_ready": show_ready,
    "show_scan": show_scan,
    "show_session": show_session,
    "show_settings": show_settings,
    "show_statistics": show_statistics,
    "show_tags": show_tags,
    "show_version": show_version,
    "show_watcher_enabled": show_watcher_enabled,
    "show_watcher_status": show_watcher_status,
    "start_batch": start_batch,
    "start_job_of_listed": start_job_of_listed,
    "start_job_of_selected": start_job_of_selected,
    "start_oidc": start_oidc,
    "start_scan": start_scan,
    "undo_batch": undo_batch,
    "undo_file": undo_file,
}


class Doors:
    """Open the database's doors with the process, and close them with it."""

    def __init__(self, url: URL | None) -> None:
        self.url = url
        self.open = AsyncExitStack()

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Open them; nothing waits for PostgreSQL to answer."""
        await self.open.enter_async_context(open_doors(self.url))
        await self.open.enter_async_context(metrics.saved())
        await self.open.enter_async_context(open_desks())
        await self.open.enter_async_context(open_hub(self.url))

    async def process_shutdown(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Close them."""
        await self.open.aclose()


def routes(names: list[str]) -> dict[str, SimpleNamespace]:
    """Gather the functions of each path, as Falcon wants them, and the guard."""
    resources: dict[str, SimpleNamespace] = defaultdict(lambda: SimpleNamespace(functions={}))
    for name in names:
        method, *paths = FUNCTIONS[name].ROUTE.split()
        for path in paths:
            for verb in ("GET", "HEAD") if method == "GET" else (method,):
                setattr(resources[path], f"on_{verb.lower()}", FUNCTIONS[name].handle)
                resources[path].functions[verb] = FUNCTIONS[name]
    return resources


def named() -> list[str]:
    """Return the functions that $FUNCTIONS names; raise SystemExit for what is none."""
    names = os.environ.get("FUNCTIONS", "").split()
    if unknown := set(names) - set(FUNCTIONS):
        raise SystemExit(
            f"FUNCTIONS names {', '.join(sorted(unknown))}: there is no such function."
        )
    return names


def create_app(url: URL | None = None) -> App[Request, Response]:
    """Make the app: the whole service with its page, or the functions that $FUNCTIONS names."""
    chosen = named()
    openid.provider()  # what is wrong with it is told now, not at the first log-in
    middleware: list[Any] = [Doors(url), Log()]
    if prefix := base_path():
        middleware.append(BasePath(prefix))
    middleware += [Edge(), Guard()]
    app = App(middleware=middleware)
    app.set_error_serializer(wire.serialize_problem)
    app.router_options.converters["id"] = wire.IdConverter
    app.router_options.converters["tags"] = wire.TagsOfConverter
    failures.explain(app)
    if not chosen:
        page.add_to(app)
    *others, last = routes(chosen or list(FUNCTIONS)).items()
    for path, resource in others:
        app.add_route(path, resource)
    app.add_route(*last, compile=True)  # or the first request would have to
    return app
