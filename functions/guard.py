"""Let in who may come in: each function names its ROLE, and nobody gets past with less.

anyone  whoever it is; the function is not even told who
viewer  may look at the libraries that are theirs
editor  may change the comics in them
admin   may do everything
"""

from typing import Any, Final

import falcon
import msgspec
from falcon.asgi import Request, Response

from db import audit, callers, rights, sessions, tokens
from db.audit import Asker
from db.callers import NOBODY, Caller
from db.engine import listing, writing
from functions.callers import credentials

CHALLENGE: Final = ["Bearer"]


class Guard:
    """Find out who asks, before any function does anything."""

    async def process_resource(
        self,
        req: Request,
        _resp: Response,
        resource: Any,  # noqa: ANN401  what `functions.app.routes` has gathered
        _params: dict[str, Any],
    ) -> None:
        """Set `req.context.caller`; raise 401 or 403 for who has less of a role than it takes.

        A function that ASKS does so itself, along with its own question.
        """
        become(req, NOBODY)
        function = resource.functions.get(req.method)  # none answers what no method of it does
        if function is None or function.ROLE == "anyone" or hasattr(function, "ASKS"):
            return
        async with listing() as conn:
            caller = await callers.find(conn, credentials(req))
        await admit(req, caller, function.ROLE)


async def admit(req: Request, caller: Caller, needed: str) -> None:
    """Have this caller be who asks; raise 401 for nobody and 403 for who has too small a role."""
    if caller.role == "nobody":
        raise falcon.HTTPUnauthorized(
            title="Log in first",
            description="Log in, or show a token that has not expired.",
            challenges=CHALLENGE,
        )
    require(caller, needed)
    if caller.unseen:
        await note(req)
    become(req, caller)


async def is_admitted_still(req: Request) -> bool:
    """Tell whether who asks is who they were, and may what they might, when the request came."""
    async with listing() as conn:
        caller = await callers.find(conn, credentials(req))
    before: Caller = req.context.caller
    return msgspec.structs.replace(caller, unseen=before.unseen) == before


def require(caller: Caller, needed: str) -> None:
    """Raise 403 for who has too small a role."""
    if not caller.may(needed):
        raise falcon.HTTPForbidden(
            description=f"That takes the role {needed}; {caller.name} has the role {caller.role}."
        )


def become(req: Request, caller: Caller) -> None:
    """Do all that this request does as this caller: what is seen, what is written down."""
    req.context.caller = caller
    rights.narrow(caller)
    audit.asker.set(Asker(caller.user, caller.name, req.context.client))


async def note(req: Request) -> None:
    """Write down that a session or a token is in use, which is done once in five minutes."""
    shown = credentials(req)
    async with writing() as conn:
        if shown.token:
            await tokens.see(conn, shown.token)
        else:
            await sessions.see(conn, shown.session)
