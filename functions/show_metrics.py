"""Show what Prometheus collects: requests, SQL, waits, and how index, batches and scans are.

The figures are those of all processes, whichever is asked. LONGBOX_METRICS=open shows them to
everybody, as a collector in the same network may want.
"""

import os
from typing import Final

from falcon.asgi import Request, Response

from db import metrics
from db.engine import reading
from functions.exposition import MEDIA, exposition

ROUTE = "GET /metrics"
ROLE: Final = "anyone" if os.environ.get("LONGBOX_METRICS") == "open" else "admin"


async def handle(_req: Request, resp: Response) -> None:
    """Answer in Prometheus' text format."""
    async with reading() as conn:
        counted = await metrics.counted(conn)
        gauges = await metrics.gauges(conn)
    resp.content_type = MEDIA
    resp.text = exposition(counted, gauges)
