"""Prometheus' text format: how figures are written for whoever collects them.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final, Literal

from msgspec import Struct

from db.meters import BOUNDS
from db.metrics import QUEUE_AGE, Gauge, Timed

MEDIA: Final = "text/plain; version=0.0.4; charset=utf-8"


class Family(Struct, frozen=True):
    """All figures of one name: what they tell, and by which labels."""

    name: str
    tells: str
    labels: tuple[str, ...] = ()
    kind: Literal["gauge", "histogram"] = "gauge"


# In the order in which they are written. No label ever has a path, a title or a secret.
FAMILIES: Final = (
    Family(
        "longbox_request_seconds",
        "How long answers took, until their first byte.",
        ("route", "method", "status"),
        "histogram",
    ),
    Family("longbox_sql_seconds", "How long statements took.", ("door",), "histogram"),
    Family(
        "longbox_pool_wait_seconds", "How long connections were waited for.", ("door",), "histogram"
    ),
    Family("longbox_files", "Comics that are there.", ("library",)),
    Family("longbox_files_marked", "Of these, those marked as processed.", ("library",)),
    Family("longbox_files_faulty", "Of these, those that cannot be read.", ("library",)),
    Family("longbox_files_bytes", "How large these are.", ("library",)),
    Family("longbox_files_missing", "Comics that have gone from the disk.", ("library",)),
    Family("longbox_batches", "Batches, by state.", ("state",)),
    Family("longbox_batch_items", "Files of all batches, by how they ended.", ("outcome",)),
    Family(
        QUEUE_AGE,
        "Since when what waits has made no progress; 0 if nothing waits.",
        ("queue",),
    ),
    Family("longbox_scans", "Scans, by state.", ("state",)),
    Family("longbox_scanned_timestamp_seconds", "When a whole scan last ended.", ("library",)),
    Family("longbox_processes", "Processes that live, by what they do.", ("kind",)),
    Family("longbox_database_bytes", "How large the database is."),
)


def exposition(timed: Iterable[Timed], gauges: Iterable[Gauge]) -> str:
    """Write all figures, family by family; of a family that has none, nothing."""
    lines: dict[str, list[str]] = {}
    for one in timed:
        lines.setdefault(one.name, []).extend(histogram(one))
    for gauge in gauges:
        lines.setdefault(gauge.name, []).append(written(gauge))
    return "".join(
        f"# HELP {family.name} {family.tells}\n# TYPE {family.name} {family.kind}\n"
        + "".join(lines[family.name])
        for family in FAMILIES
        if family.name in lines
    )


def written(gauge: Gauge) -> str:
    """Write a figure as it is now."""
    values = () if gauge.label is None else (gauge.label,)
    return line(gauge.name, zip(LABELS[gauge.name], values, strict=True), gauge.value)


def histogram(one: Timed) -> Iterator[str]:
    """Write a histogram, whose buckets each count all that the one before does."""
    labels = list(zip(LABELS[one.name], one.labels, strict=True))
    *sums, total = accumulate(one.counts)
    for bound, value in zip((*map(str, BOUNDS), "+Inf"), (*sums, total), strict=True):
        yield line(f"{one.name}_bucket", [*labels, ("le", bound)], value)
    yield line(f"{one.name}_sum", labels, one.seconds)
    yield line(f"{one.name}_count", labels, total)


LABELS: Final = {family.name: family.labels for family in FAMILIES}


def line(name: str, labels: Iterable[tuple[str, str]], value: float) -> str:
    """Write one figure."""
    told = ",".join(f'{label}="{escaped(text)}"' for label, text in labels)
    return f"{name}{{{told}}} {value}\n" if told else f"{name} {value}\n"


def escaped(text: str) -> str:
    """Write the value of a label."""
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
