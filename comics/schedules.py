"""When a library is to be scanned: every so many minutes, by a cron expression, or never.

A schedule is a text: five fields as cron has them (minute, hour, day, month, weekday), or "never".
None stands for the setting that holds for every library without a schedule of its own. The fields
are of the local time, whose changes are followed as Debian's cron follows them: what is skipped is
due when the clock goes on, and nothing but what comes every hour is due twice.
"""

import os
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

NEVER: Final = "never"
FIELDS: Final = 5
LONGEST: Final = 200  # characters


class BadSchedule(ValueError):
    """A text is no schedule; the sentence says why."""


def check(schedule: str) -> str:
    """Return the schedule with single spaces, or raise `BadSchedule`."""
    fields = schedule.split()
    if fields == [NEVER]:
        return NEVER
    if len(fields) != FIELDS:
        raise BadSchedule(
            f"{schedule[:LONGEST]!r} is no schedule: write five fields as cron has them, such as "
            f"0 3 * * * for every night at three, or {NEVER}."
        )
    written = " ".join(fields)
    if len(written) > LONGEST:
        raise BadSchedule(f"A schedule may have {LONGEST} characters.")
    try:
        next(CronSim(written, datetime(2000, 1, 1)))  # noqa: DTZ001  any moment
    except CronSimError as error:
        raise BadSchedule(f"{written!r} is no schedule: {error}.") from None
    except StopIteration:
        raise BadSchedule(
            f"{written!r} never comes true; write {NEVER} if you mean that."
        ) from None
    return written


def next_scan(
    schedule: str | None, minutes: int, *, begun: datetime | None, since: datetime
) -> datetime | None:
    """Return when the next scan is due, or None for never; a moment that was missed lies behind us.

    `minutes` is what holds without a schedule, 0 for never; `begun` when the last scan began, and
    `since` from when on the schedule holds. However many moments were missed, the scan that makes
    up for them is one.
    """
    if schedule is None:
        return (begun + timedelta(minutes=minutes) if begun else since) if minutes else None
    if schedule == NEVER:
        return None
    last = max(begun or since, since)
    moments = CronSim(schedule, last.astimezone(local_zone()))
    # CronSim goes back to what was due in the first of the two hours that a clock change repeats.
    return next(due for moment in moments if (due := moment.astimezone(UTC)) > last)


def local_zone() -> tzinfo:
    """Return the zone that $TZ names, or else the system's, or else UTC."""
    try:
        if named := os.environ.get("TZ", "").lstrip(":"):
            return ZoneInfo(named)
        with Path("/etc/localtime").open("rb") as system:
            return ZoneInfo.from_file(system)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
