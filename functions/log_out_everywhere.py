"""Log out of every browser; tokens go on working until they are removed."""

import falcon
from falcon.asgi import Request, Response

from db import sessions
from db.engine import writing
from functions import logins

ROUTE = "POST /api/logout-everywhere"
ROLE = "viewer"
STATUS = falcon.HTTP_204


async def handle(req: Request, resp: Response) -> None:
    """End all sessions of who asks."""
    if (user := req.context.caller.user) is not None:
        async with writing() as conn:
            await sessions.end_own(conn, user)
    logins.drop_cookie(req, resp)
    resp.status = STATUS
