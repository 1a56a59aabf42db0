"""Show one scan."""

import falcon
from falcon.asgi import Request, Response

from db import scans
from db.engine import reading
from db.scans import Scan
from functions import wire

ROUTE = "GET /api/scans/{scan_id:id}"
ROLE = "viewer"
ANSWER = Scan


async def handle(_req: Request, resp: Response, scan_id: int) -> None:
    """Answer the scan, or 404."""
    async with reading() as conn:
        scan = await scans.one(conn, scan_id)
    if scan is None:
        raise falcon.HTTPNotFound(description=f"There is no scan {scan_id}.")
    wire.answer(resp, scan)
