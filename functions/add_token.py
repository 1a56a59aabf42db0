"""Make a token for a program that is to act for whoever asks; it is shown this once."""

import falcon
from falcon.asgi import Request, Response
from msgspec import Struct

from db.engine import writing
from functions import accounts, wire
from functions.accounts import NewToken
from functions.callers import token_of

ROUTE = "POST /api/tokens"
ROLE = "viewer"
STATUS = falcon.HTTP_201


class TokenMade(Struct):
    """A token; of `secret` only a hash is kept."""

    id: int
    secret: str


BODY, ANSWER, PROBLEMS = NewToken, TokenMade, ("403", "409")


async def handle(req: Request, resp: Response) -> None:
    """Answer the token, 400 for one that may more, 403 to a token, or 409 while there is no user.

    A token that made others would outlast itself.
    """
    wanted = await wire.body(req, NewToken)
    caller = req.context.caller
    if token_of(req) is not None:
        raise falcon.HTTPForbidden(description="A token makes no tokens: log in with a password.")
    if caller.user is None:
        raise falcon.HTTPConflict(description="A token is a user's, and there is no user yet.")
    async with writing() as conn:
        number, secret = await accounts.add_token(conn, caller.user, caller.role, wanted)
    wire.answer(resp, TokenMade(number, secret))
    resp.status = STATUS
    resp.location = f"tokens/{number}"
