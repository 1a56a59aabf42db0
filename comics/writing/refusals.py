"""Why a comic is left as it is: the system's errors as sentences that a collector can act on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from comics.archives.contents import Fault

_SENTENCES = {
    errno.ENOSPC: "The disk is full: make room and try again.",
    errno.EDQUOT: "The disk quota is used up: make room and try again.",
    errno.EFBIG: "The file would be larger than this system allows.",
    errno.EROFS: "The disk is mounted read-only.",
    errno.EACCES: "Longbox may not change this: check the permissions of the file and its folder.",
    errno.EPERM: "Longbox may not change this: check the permissions of the file and its folder.",
    errno.ENAMETOOLONG: "The name is longer than this disk allows.",
    errno.ELOOP: "The file is a symbolic link that leads back to itself.",
    errno.EIO: "The disk failed to read or write: check it before anything else.",
    errno.ESTALE: "The share that the file is on has been mounted anew meanwhile.",
}

_PASSING = {
    *(errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EBUSY, errno.ETXTBSY, errno.EAGAIN),
    *(errno.ENOLCK, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN, errno.ENETUNREACH),
}


class Refused(Fault):
    """Say why a change was not made; the comic is as it was, and nothing is left beside it."""


class Occupied(Refused):
    """Say that there is a file of that name already."""


class Gone(Refused):
    """Say that the file, or a folder that it lay in, is not there any more."""


class Passing(Refused):
    """Say what stands in the way for now, such as a share that is away: it is worth another try."""


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the system into a `Refused`."""
    try:
        yield
    except FileExistsError as error:
        raise Occupied("There is a file of that name already.") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Gone("The file has gone.") from error
    except OSError as error:
        unknown = f"The disk refused the change ({error.strerror})."
        kind = Passing if error.errno in _PASSING else Refused
        raise kind(_SENTENCES.get(error.errno or 0, unknown)) from error
