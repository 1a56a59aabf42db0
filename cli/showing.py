"""Show rows: a table to people on a terminal, JSON lines to programs."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from rich.console import Console
from rich.table import Table

from cli.terminal import print_line

T = TypeVar("T")


def show(rows: Sequence[T], draw: Callable[[Sequence[T]], Table]) -> None:
    """Print rows to standard output."""
    if sys.stdout.isatty():
        Console().print(draw(rows))
        return
    for row in rows:
        print_line(msgspec.json.encode(row).decode())
