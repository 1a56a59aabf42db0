"""Start processes that read comics, ask them, and outlive whatever becomes of them.

Such a process runs a module of ours that is confined (`comics.confinement`). It writes an empty
line when it is ready, and then a line for each that it is told.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_LONGEST_LINE = 64 * 2**20  # bytes
_STARTS = 10  # attempts, as a process may be killed before it has read anything
_GRACE = 0.05  # seconds
_BURIAL = 5.0  # seconds: a process that waits for a dead share cannot even be killed

# Where our packages are: `-m` looks into the current folder first, which may hold anything.
_PACKAGES = Path(__file__).parents[1]


class Child:
    """A process that is ready."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def tell(self, lines: Iterable[bytes]) -> None:
        """Ask for an answer to each line; never for more than the pipe holds by much."""
        if self._process.stdin:
            self._process.stdin.writelines(line + b"\n" for line in lines)

    async def hear(self, seconds: float) -> bytes:
        """Return the next answer, or raise TimeoutError if there is none, EOFError if it died."""
        answer = _stdout(self._process).readline
        try:
            async with asyncio.timeout(seconds):
                line = await answer()
        except TimeoutError:
            # Perhaps it was this process that was busy: then the answer is there by now.
            async with asyncio.timeout(_GRACE):
                line = await answer()
        if not line.endswith(b"\n"):
            raise EOFError(_name_end(await self._process.wait()))
        return line


@asynccontextmanager
async def child(module: str) -> AsyncIterator[Child]:
    """Run a module, wait until it is ready, and in the end kill it."""
    for _ in range(_STARTS):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module),
            stdin=PIPE,
            stdout=PIPE,
            limit=_LONGEST_LINE,
            cwd=_PACKAGES,
        )
        try:
            if await _stdout(process).readline():
                yield Child(process)
                return
        finally:
            await _end(process)
    raise ChildProcessError(f"The reading processes do not start, in {_STARTS} attempts.")


async def _end(process: Process) -> None:
    """Kill a child, and the group that it makes for itself and for what unpacks on its behalf."""
    with suppress(ProcessLookupError):
        process.kill()
    with suppress(ProcessLookupError, PermissionError):  # macOS denies zombies
        os.killpg(process.pid, signal.SIGKILL)
    if process.stdin:
        process.stdin.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(_BURIAL):
            await process.communicate()


def _stdout(process: Process) -> asyncio.StreamReader:
    assert process.stdout  # noqa: S101 (for mypy: it is a pipe)
    return process.stdout


def _name_end(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"
