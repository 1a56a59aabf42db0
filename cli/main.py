"""The `longbox` command's first step: to answer requests it needs hardly any of the rest.

All that `cli.commands` imports takes longer than the functions take to start, so a process that is
to become gunicorn does without it.
"""

import gc
import os
import sys

from cli import environment, web


def main() -> None:
    """Run the command."""
    if sys.argv[1:] == ["functions"]:
        become_gunicorn()
    gc.disable()  # to look for garbage in what stays takes longer than to import it
    from cli import commands  # noqa: PLC0415  see above

    gc.freeze()
    gc.enable()
    commands.run()


def become_gunicorn() -> None:
    """Replace this process by gunicorn; the environment says where it listens."""
    try:
        command = web.gunicorn()
    except environment.Misconfigured as error:
        environment.refuse(error)
    os.execv(command[0], command)  # noqa: S606  no shell is what we want
