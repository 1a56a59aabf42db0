"""List one's own tokens, or, for an admin, those of all."""

from falcon.asgi import Request, Response
from msgspec import Struct

from db import tokens
from db.engine import reading
from db.tokens import Token
from functions import wire
from functions.guard import require

ROUTE = "GET /api/tokens"
ROLE = "viewer"


class TokenQuery(Struct):
    """Whose tokens."""

    everyone: bool = False  # takes an admin


class TokenList(Struct):
    """Tokens, the newest first; what their holders show is told to nobody."""

    tokens: list[Token]


QUERY, ANSWER, PROBLEMS = TokenQuery, TokenList, ("403",)


async def handle(req: Request, resp: Response) -> None:
    """Answer them; nobody but an admin sees those of others."""
    caller = req.context.caller
    everyone = wire.query(req, TokenQuery).everyone
    if everyone:
        require(caller, "admin")
    async with reading() as conn:
        found = await tokens.every(conn, None if everyone else caller.user or 0)
    wire.answer(resp, TokenList(found))
