"""What kind of file system a folder is on, where the system tells."""

import os
import re
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")  # Linux; proc_pid_mountinfo(5)


def file_system(folder: str, mounts: Path | None = None) -> str | None:
    """Return the kind of file system that a folder, without links, is on; None if unknown."""
    try:
        lines = os.fsdecode((mounts or MOUNTS).read_bytes()).splitlines()
    except OSError:
        return None
    kinds = dict(map(read_mount, lines))  # of mounts on one another the last is seen
    within = [place for place in kinds if f"{folder}/".startswith(f"{place.rstrip('/')}/")]
    return kinds[max(within, key=len)] if within else None


def read_mount(line: str) -> tuple[str, str]:
    """Return where a line of mountinfo says that what kind of file system is."""
    before, _, after = line.partition(" - ")
    place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), before.split(" ")[4])
    return place, after.split(" ")[0]
