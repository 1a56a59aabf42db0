"""Passwords: hashed by argon2id, which takes a while and 19 MiB on purpose, and checked.

What a hash costs is what the Password Storage Cheat Sheet of OWASP asks for. It is made in threads
of its own, so that lists go on, and at most two at once; whoever comes meanwhile waits.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Annotated, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Meta

Password = Annotated[str, Meta(min_length=8, max_length=1000, description="8 letters or more.")]

AT_ONCE: Final = 2

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Of a password that nobody knows: to compare with it takes as long as with a user's.
NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1"
    "$8sjrSDJ7RaOQAO3mBtgfPw$PyXN232DHilwMIx3GWkJmq0R6TaHuiO3+3gk7lzPVLU"
)


@cache
def threads() -> ThreadPoolExecutor:
    """Return the threads in which this process makes hashes.

    They are as urgent as any: one that had to stand back would, on a busy machine, do so while it
    holds Python's lock, and all others would wait for it.
    """
    return ThreadPoolExecutor(AT_ONCE, "password")


async def make_hash(password: str) -> str:
    """Return the hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(threads(), HASHER.hash, password)


async def is_right(password: str, known: str | None) -> bool:
    """Tell whether a hash is of this password; that takes as long where there is no hash."""
    return await asyncio.get_running_loop().run_in_executor(
        threads(), compare, password, known or NOBODYS
    )


def compare(password: str, known: str) -> bool:
    """Tell whether a hash is of this password; what is no hash is of none."""
    try:
        return HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False
