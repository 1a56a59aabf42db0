"""What the machine offers: the environment, folders, room on disks, programs, the port."""

import os
import shutil
import ssl
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from rich.filesize import decimal

from cli import environment, web
from cli.checks import complaints
from cli.doctor_findings import Finding, broken, doubtful, well
from cli.environment import Misconfigured
from comics.archives import tools
from functions import __version__
from functions.show_version import Version

LITTLE: Final = 10**9  # bytes: a database or a comic that is written anew may need so much
NEARLY_NONE: Final = 10**8
PATIENCE = 5.0  # seconds that whoever has our port is given to say who it is
OWNER: Final = 0o700  # what a umask must leave to whoever makes a file


def examine() -> Iterator[Finding]:
    """Tell of all that can be known without a database."""
    yield from surroundings()
    yield permissions()
    yield home()
    yield from duplicates()
    yield from room({"Longbox's data": environment.home(), "temporary files": temporary()})
    yield archivers()
    yield port()


def surroundings() -> Iterator[Finding]:
    """Tell of each variable whose value cannot be, or that all can."""
    wrong = list(complaints())
    for error in wrong:
        yield broken("environment", error, "Change the variable, and start Longbox anew.")
    if not wrong:
        yield well("environment", "Every variable that is set can be read.")


def permissions() -> Finding:
    """Tell as whom we run, and what others may do with what we make."""
    os.umask(mask := os.umask(0))
    told = f"This runs as user {os.geteuid()}, group {os.getegid()}, with the umask {mask:03o}."
    if mask & OWNER:
        return broken(
            "permissions",
            f"{told} So not even the owner may use the files that Longbox makes.",
            "Set UMASK to 022, or to 002 if a group is to change them.",
        )
    for name, mine in (("PUID", os.geteuid()), ("PGID", os.getegid())):
        wanted = os.environ.get(name, "")
        if wanted.isdecimal() and int(wanted) != mine:
            return doubtful(
                "permissions",
                f"{told} {name} asks for {wanted}, so what is said here of folders may not be "
                "true of Longbox.",
                f"Run the doctor as Longbox runs, say by `docker exec --user {wanted}`.",
            )
    return well("permissions", told)


def home() -> Finding:
    """Tell whether the folder of all that Longbox keeps can be written."""
    folder = environment.home()
    return writable(
        "data",
        folder,
        f"Longbox keeps its data in {folder}.",
        "Choose another folder with LONGBOX_DATA, or give this user the right to write there.",
    )


def duplicates() -> Iterator[Finding]:
    """Tell whether duplicates can be moved to where the environment has them go."""
    if named := os.environ.get("DUPLICATE_DIR"):
        folder = Path(named)
        yield writable(
            "duplicates",
            folder,
            f"Duplicates are moved to {folder}.",
            "Set DUPLICATE_DIR to a folder in which this user may write.",
        )


def writable(about: str, folder: Path, told: str, advice: str) -> Finding:
    """Tell whether a folder, or the one that it will be made in, can be written.

    A file without a name, gone at once, tells that more truly than permissions do: of a share, say.
    """
    try:
        with tempfile.TemporaryFile(dir=existing(folder)):
            return well(about, told)
    except OSError as error:
        return broken(about, f"{folder} cannot be written: {error.strerror}.", advice)


def existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that is there."""
    return next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)


def temporary() -> Path:
    """Return the folder of temporary files, or where it should be."""
    try:
        return Path(tempfile.gettempdir())
    except FileNotFoundError:
        return Path("/tmp")  # noqa: S108  nothing is written there


def room(folders: dict[str, Path]) -> Iterator[Finding]:
    """Tell how much is left on the disks that these are on; what is one disk is told of once."""
    told = set[int]()
    for what, folder in folders.items():
        try:
            place = existing(folder)
            disk, left = place.stat().st_dev, shutil.disk_usage(place).free
        except OSError:
            continue  # others say so
        if disk not in told:
            told.add(disk)
            yield judged(f"{decimal(left)} are left for {what}, in {folder}.", left)


def judged(told: str, left: int) -> Finding:
    """Tell whether so many bytes are enough."""
    advice = "Make room on that disk: what does not fit, Longbox leaves as it was."
    if left < NEARLY_NONE:
        return broken("disk space", told, advice)
    return doubtful("disk space", told, advice) if left < LITTLE else well("disk space", told)


def archivers() -> Finding:
    """Tell which programs unpack RAR archives."""
    if found := [tool.name for tool in tools.find()]:
        return well("tools", f"What RAR archives hold is unpacked by {', '.join(found)}.")
    return doubtful("tools", f"{tools.MISSING.partition(':')[0].capitalize()}.", INSTALL)


INSTALL: Final = tools.MISSING.partition(": ")[2].capitalize() + "."


def port() -> Finding:
    """Tell whether the page is where it should be, or who else is."""
    try:
        address = web.url()
        if not web.answers():
            return doubtful(
                "page", f"Nobody answers at {address}.", "Start Longbox: `longbox serve`."
            )
        told = version_at(f"{address}/api/version")
    except Misconfigured as error:
        return broken("page", str(error), "Change the variable, and start Longbox anew.")
    if told is None:
        return broken(
            "page",
            f"{address} is another program's.",
            "Stop that program, or set WEB_PORT to another port.",
        )
    if told != __version__:
        return doubtful(
            "page",
            f"Longbox {told} answers at {address}, but this is {__version__}.",
            "Start Longbox anew, so that all of it is one version.",
        )
    return well("page", f"The page is at {address}.")


def version_at(address: str) -> str | None:
    """Return which version of Longbox answers at an address of this machine, if one does."""
    unverified = ssl.create_default_context()
    unverified.check_hostname = False  # the certificate is for whoever comes from outside
    unverified.verify_mode = ssl.CERT_NONE
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE, context=unverified) as answer:  # noqa: S310  our own
            return msgspec.json.decode(answer.read(1_000), type=Version).version
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
