"""Ask the machine's programs to unpack RAR archives, which no Python package can.

What they unpack is read from a pipe, one member after another: they write no file, so that no
member's name is ever a path. They are told the archive's absolute path, which none takes for an
option, and stay in our process group, so that whoever ends it ends them as well.
"""

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Generator
from typing import NamedTuple

MISSING = (
    "no program here unpacks RAR archives: "
    "install unar (Debian, Ubuntu: apt install unar; macOS: brew install unar)"
)

_CHUNK = 2**18  # bytes
_WILD = re.compile(r"[*?\[\]\\]")
_RAR_CODEC = re.compile(rb"\b4030[0-9A-F] +Rar")


class Wanted(NamedTuple):
    """One member, by its name and by its place among all, folders and links as well."""

    name: str
    place: int


class Tool(NamedTuple):
    """A program, and its arguments for one member of the archive at a path, or for all."""

    name: str
    arguments: Callable[[str, Wanted | None], list[str]]


def find() -> list[Tool]:
    """Return the programs that this machine has, the likeliest to succeed first.

    None can unpack all archives, so that the next is to be asked where one fails.
    """
    return [tool for tool in TOOLS if _is_there(tool.name)]


def unpack(tool: Tool, path: str, member: Wanted | None, *, seconds: float) -> Generator[bytes]:
    """Yield what a program unpacks, and end it after so many seconds or when no more is wanted.

    Says nothing of success, as whoever reads this knows what to expect. Raises TimeoutError.
    """
    deadline = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603 (a list of our own, and no shell)
        [tool.name, *tool.arguments(os.path.abspath(path), member)],  # noqa: PTH100 (may be bytes)
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    ) as process:
        try:
            while chunk := _read(process, deadline):
                yield chunk
        finally:
            process.kill()


def _read(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    assert process.stdout  # noqa: S101 (for mypy: it is a pipe)
    pipe = process.stdout.fileno()
    left = max(0.0, deadline - time.monotonic())
    ready, _, _ = select.select([pipe], [], [], left)
    if not ready:
        raise TimeoutError
    return os.read(pipe, _CHUNK)


def _is_there(name: str) -> bool:
    """Tell whether a program is on PATH; a 7-Zip may be without what unpacks RAR."""
    if not shutil.which(name):
        return False
    if not name.startswith("7z"):
        return True
    codecs = subprocess.run([name, "i"], capture_output=True, timeout=10, check=False)  # noqa: S603 (as above)
    return bool(_RAR_CODEC.search(codecs.stdout))


def _ask_unrar(path: str, member: Wanted | None) -> list[str]:
    return ["p", "-inul", "-p-", "-c-", "--", path, *([member.name] if member else [])]


def _ask_bsdtar(path: str, member: Wanted | None) -> list[str]:
    """Name a member by a pattern that fits its name alone."""
    pattern = ["--", _WILD.sub(r"\\\g<0>", member.name)] if member else []
    return ["-xOf", path, *pattern]


def _ask_unar(path: str, member: Wanted | None) -> list[str]:
    options = ["-quiet", "-no-recursion", "-forks", "skip", "-output-directory", "-"]
    return [*options, "-indexes", path, str(member.place)] if member else [*options, path]


def _ask_7zip(path: str, member: Wanted | None) -> list[str]:
    return ["e", "-so", "-bd", "-p", "-spd", "--", path, *([member.name] if member else [])]


TOOLS = (
    Tool("unrar", _ask_unrar),
    Tool("bsdtar", _ask_bsdtar),
    Tool("unar", _ask_unar),
    Tool("7z", _ask_7zip),
    Tool("7zz", _ask_7zip),
)
