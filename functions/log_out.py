"""Log out of this browser; whoever is not logged in is not, either, afterwards."""

import falcon
from falcon.asgi import Request, Response

from db import sessions
from db.engine import writing
from functions import logins
from functions.callers import credentials

ROUTE = "POST /api/logout"
ROLE = "anyone"
STATUS = falcon.HTTP_204


async def handle(req: Request, resp: Response) -> None:
    """End the session, and have the browser forget it."""
    async with writing() as conn:
        await sessions.end(conn, credentials(req).session, req.context.client)
    logins.drop_cookie(req, resp)
    resp.status = STATUS
