"""Ask a server for all that its description allows and forbids: `python -m tests.fuzzing`.

schemathesis makes the requests, in all of its phases, as an admin. No answer may be a mistake of
ours, nor of a status, a media type or a shape that the description does not have. Streams without
an end are left out, as they answer nothing else.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from sqlalchemy import URL, make_url

from db import embedded, engine, schema, users
from tests.functions.running import Run, runs
from tests.functions.stand_in import working

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
ENDLESS = "/(events|stream)$"
HEADER, ADMIN = "Remote-User", "admin"


async def fuzz(url: URL, run: Run, *options: str) -> tuple[int, str]:
    """Fuzz a server over this database; return schemathesis's exit code and report."""
    async with engine.job(url) as conn:
        await users.make(conn, ADMIN, {"role": "admin"})
        await conn.commit()
    port = run(LONGBOX_TRUSTED_PROXIES="127.0.0.1", LONGBOX_USER_HEADER=HEADER).port
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="longbox-fuzz-") as folder:
        async with working(url):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
                *("--url", address, "--header", f"{HEADER}: {ADMIN}", "--checks", CHECKS),
                *("--exclude-path-regex", ENDLESS, "--suppress-health-check", "all"),
                *("--continue-on-failure", "--request-timeout", "30", "--warnings", "off"),
                *options,
                cwd=folder,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            told, _ = await process.communicate()
            return process.returncode or 0, told.decode(errors="replace")


def main() -> None:
    """Fuzz a server of our own, for as long as it is told."""
    parser = argparse.ArgumentParser("python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-fuzz-") as name:
        Path(name).chmod(0o711)
        with embedded.server(Path(name) / "postgres", fsync="off") as found:
            url = make_url(found).set(drivername="postgresql+psycopg")
            schema.migrate(url)
            with runs(url) as run:
                code, told = asyncio.run(fuzz(url, run, "--max-time", str(chosen.seconds)))
    sys.stdout.write(told)
    sys.exit(code)


if __name__ == "__main__":
    main()
