"""When a scan is due, with every clock given as a value."""

from datetime import UTC, datetime, timedelta

import pytest

from comics.schedules import BadSchedule, check, next_scan

NIGHTLY = "0 3 * * *"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")


def at(text: str) -> datetime:
    """Read a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def after(schedule: str | None, begun: str, minutes: int = 60) -> datetime | None:
    return next_scan(schedule, minutes, begun=at(begun), since=LONG_AGO)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" 0  3 * * * ", NIGHTLY),
        ("*/15 8-18 * * MON-FRI", "*/15 8-18 * * MON-FRI"),
        ("never", "never"),
    ],
)
def test_a_schedule_is_stored_with_single_spaces(written: str, stored: str) -> None:
    assert check(written) == stored


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "write five fields"),
        ("@daily", "write five fields"),
        ("0 0 3 * * *", "write five fields"),
        ("Never", "write five fields"),
        ("60 * * * *", "Bad minute"),
        ("0 0 30 2 *", "Bad day-of-month"),
        ("0 0 29 2 MON#6", "Bad day-of-week"),
        (",".join(map(str, range(59))) + ",59" * 20 + " * * * *", "200 characters"),
    ],
)
def test_what_is_no_schedule_is_refused_with_a_sentence(written: str, why: str) -> None:
    with pytest.raises(BadSchedule, match=why):
        check(written)


def test_without_a_schedule_the_setting_holds() -> None:
    assert after(None, "2026-05-01T12:00", minutes=90) == at("2026-05-01T13:30")
    assert after(None, "2026-05-01T12:00", minutes=0) is None
    assert next_scan(None, 60, begun=None, since=LONG_AGO) == LONG_AGO


def test_never_is_never() -> None:
    assert after("never", "2026-05-01T12:00") is None


def test_the_fields_are_local_time() -> None:
    assert after(NIGHTLY, "2026-01-15T12:00") == at("2026-01-16T02:00")
    assert after(NIGHTLY, "2026-07-15T12:00") == at("2026-07-16T01:00")


@pytest.mark.parametrize("zone", ["UTC", ":UTC", "No/Where", "CET-1CEST"])
def test_a_zone_that_nobody_knows_is_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    assert after(NIGHTLY, "2026-07-15T12:00") == at("2026-07-16T03:00")


def test_without_a_zone_the_systems_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ")
    due = after(NIGHTLY, "2026-07-15T12:00")
    assert due
    assert due.astimezone().hour == 3


def test_a_moment_that_was_missed_is_due_once_however_often_it_was() -> None:
    """The machine was off for a month."""
    due = after(NIGHTLY, "2026-05-01T12:00")
    assert due == at("2026-05-02T01:00")
    assert after(NIGHTLY, "2026-06-01T12:00") == at("2026-06-02T01:00")


def test_a_new_schedule_makes_nothing_due_that_was_before_it() -> None:
    noon = at("2026-05-03T10:00")
    due = next_scan(NIGHTLY, 60, begun=at("2026-05-01T12:00"), since=noon)
    assert due == at("2026-05-04T01:00")


def test_a_library_that_was_never_scanned_waits_for_its_schedule() -> None:
    assert next_scan(NIGHTLY, 60, begun=None, since=LONG_AGO) == at("2026-01-01T02:00")


SPRING, AUTUMN = at("2026-03-28T20:00"), at("2026-10-24T20:00")


def test_what_a_clock_change_skips_is_due_when_the_clock_goes_on() -> None:
    assert after("30 2 * * *", "2026-03-28T12:00") == at("2026-03-29T01:00")


def test_what_a_clock_change_repeats_is_due_once() -> None:
    assert after("30 2 * * *", "2026-10-24T12:00") == at("2026-10-25T00:30")
    assert after("30 2 * * *", "2026-10-25T00:31") == at("2026-10-26T01:30")


def test_what_comes_every_hour_comes_in_the_repeated_one_too() -> None:
    assert after("*/10 * * * *", "2026-10-25T00:55") == at("2026-10-25T01:00")


@pytest.mark.parametrize("schedule", ["*/10 * * * *", "30 2 * * *", "15 2-3 * * *", "0 3 * * *"])
@pytest.mark.parametrize("evening", [SPRING, AUTUMN])
def test_no_scan_makes_itself_due_again_whatever_the_clock_does(
    schedule: str, evening: datetime
) -> None:
    """It would be repeated until the clock has gone on."""
    for minutes in range(0, 12 * 60, 7):
        begun = evening + timedelta(minutes=minutes, seconds=13)
        due = next_scan(schedule, 60, begun=begun, since=LONG_AGO)
        assert due
        assert due > begun
