"""The first user: made as the environment says, or missed, which not every address allows."""

import os
from collections.abc import Callable

import msgspec

from cli import environment
from db import users
from db.engine import job
from functions import callers, passwords
from functions.set_up import FirstUser

HERE = "\nThere is no user yet: whoever uses this machine may do everything, without a log-in."
ANYWHERE = "\nThere is no user yet: whoever reaches this may do everything, without a log-in."


async def make(announce: Callable[[str], None]) -> bool:
    """Make the first admin if there is no user and a password is set; tell whether there is one.

    No process that is started after this is handed the password.
    """
    async with job() as conn:
        if not await users.are_there(conn):
            first = named()
            if first is None:
                return False
            await users.make_first(conn, first.name, await passwords.make_hash(first.password))
            await conn.commit()
            announce(f"The first admin is {first.name}, with the password of {source()}")
    os.environ.pop("LONGBOX_ADMIN_PASSWORD", None)
    return True


def named() -> FirstUser | None:
    """Return whom the environment names, or None; raise `Misconfigured` for who cannot be one."""
    password = environment.admin_password()
    if password is None:
        return None
    try:
        return msgspec.convert({"name": environment.admin_name(), "password": password}, FirstUser)
    except msgspec.ValidationError as error:
        raise environment.Misconfigured(
            f"LONGBOX_ADMIN_NAME or LONGBOX_ADMIN_PASSWORD cannot be the first admin's: {error}."
        ) from error


def source() -> str:
    """Return where the password is from."""
    by_itself = os.environ.get("LONGBOX_ADMIN_PASSWORD")
    return "LONGBOX_ADMIN_PASSWORD" if by_itself else os.environ["LONGBOX_ADMIN_PASSWORD_FILE"]


def warning(*, is_set_up: bool) -> str:
    """Return what to say of an address where nobody has to log in, if that is so.

    Raises `Misconfigured` where strangers may come.
    """
    if is_set_up:
        return ""
    if callers.is_open():
        return ANYWHERE
    host = environment.host()
    if callers.is_loopback(host):
        return HERE
    raise environment.Misconfigured(
        f"There is no user yet, and LONGBOX_HOST is {host}: whoever reaches that could do "
        "everything. Set LONGBOX_ADMIN_PASSWORD, or LONGBOX_ADMIN_PASSWORD_FILE to a file that has "
        "one, and the first admin is made; or run `longbox user add NAME --role admin`; or set "
        "LONGBOX_ALLOW_ANONYMOUS=1 if everybody there may do everything."
    )
