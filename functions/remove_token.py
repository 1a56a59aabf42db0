"""Remove a token, one's own or, as an admin, anybody's; what shows it is nobody from then on."""

import falcon
from falcon.asgi import Request, Response

from db import tokens
from db.engine import writing

ROUTE = "DELETE /api/tokens/{token_id:id}"
ROLE = "viewer"
STATUS = falcon.HTTP_204


async def handle(req: Request, resp: Response, token_id: int) -> None:
    """Answer 204, or 404, for those of others, too."""
    caller = req.context.caller
    async with writing() as conn:
        whose = None if caller.may("admin") else caller.user or 0
        if not await tokens.remove(conn, token_id, whose):
            raise falcon.HTTPNotFound(description=f"There is no token {token_id}.")
    resp.status = STATUS
