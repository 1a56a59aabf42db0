"""Draw batches and what they did on a terminal."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from cli.following import changes
from cli.terminal import harmless
from db.batches import Batch
from db.history import Entry


def draw_batches(found: Iterable[Batch]) -> Table:
    """Draw batches, one a line."""
    drawn = Table(box=None, header_style="bold")
    for head in ("", "what", "state", "comics", "changed", "skipped", "failed", "since"):
        drawn.add_column(head, justify="left" if head in {"what", "state", "since"} else "right")
    for batch in found:
        drawn.add_row(
            str(batch.id),
            Text(harmless(batch.title)),
            batch.state,
            *(f"{count:,}" for count in (batch.total, batch.done, batch.skipped, batch.failed)),
            f"{batch.created_at.astimezone():%Y-%m-%d %H:%M}",
        )
    return drawn


def draw_history(found: Iterable[Entry]) -> Table:
    """Draw what was done to comics, one a line."""
    drawn = Table(box=None, header_style="bold")
    for head in ("when", "batch", "comic", "what"):
        drawn.add_column(head, overflow="fold")
    for entry in found:
        drawn.add_row(
            f"{entry.ended_at.astimezone():%Y-%m-%d %H:%M}",
            str(entry.batch),
            Text(harmless(entry.path)),
            Text(harmless(changes(entry.before, entry.after))),
            style="dim" if entry.undone else "",
        )
    return drawn
