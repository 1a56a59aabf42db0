"""The private server's configuration: fit for one machine that it shares with everything else."""

import os
from pathlib import Path

MB = 1024 * 1024
CGROUP_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


def settings() -> dict[str, str]:
    """Return the configuration that every start of the server is given, by parameter."""
    memory = memory_bytes() // MB
    return {
        "listen_addresses": "",  # nothing on the network
        "unix_socket_permissions": "0700",
        "port": "5432",  # a part of the socket's name
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 4, 128), 1024)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",  # what is asked for is mostly in memory
        "max_wal_size": "2GB",
        "wal_compression": "on",
        "jit": "off",  # compiling costs more than it saves on a page of files
        "timezone": "UTC",
        "log_timezone": "UTC",
        "logging_collector": "on",
        "log_directory": "log",
        "log_filename": "postgresql-%a.log",  # a file a weekday, so a week is kept
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
        "log_truncate_on_rotation": "on",
    }


def memory_bytes() -> int:
    """Return the memory of the machine, or of the container if that has less."""
    told = [path.read_text().strip() for path in CGROUP_LIMITS if path.exists()]
    return min([machine_bytes(), *(int(limit) for limit in told if limit.isdigit())])  # or "max"


def machine_bytes() -> int:
    """Return the memory of the machine."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
