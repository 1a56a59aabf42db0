"""What has changed and is quiet by now, with the clock given as a value."""

from scanner.changes import FEW, LONGEST, MANY, QUIET, Pending


def test_a_file_is_taken_for_written_when_it_is_quiet() -> None:
    pending = Pending()
    for moment in (0.0, 3.0, 6.0):  # as a slow copy goes on
        pending.touch("Saga/1.cbz", moment)
        assert pending.take_quiet(moment + QUIET - 0.1) == []
    assert pending.take_quiet(6.0 + QUIET) == ["Saga/1.cbz"]
    assert pending.take_quiet(99.0) == []


def test_each_file_is_quiet_on_its_own() -> None:
    pending = Pending()
    pending.touch("a.cbz", 0.0)
    pending.touch("b.cbz", 4.0)
    assert pending.take_quiet(QUIET) == ["a.cbz"]
    assert pending.take_quiet(4.0 + QUIET) == ["b.cbz"]


def test_what_never_is_quiet_is_looked_at_all_the_same() -> None:
    pending = Pending()
    found: list[str] = []
    for moment in range(int(LONGEST) + 1):
        pending.touch("a.cbz", float(moment))
        found += pending.take_quiet(float(moment))
    assert found == ["a.cbz"]


def test_a_new_folder_is_not_quiet_until_all_in_it_is() -> None:
    pending = Pending()
    pending.touch("Saga", 0.0)
    pending.touch("Saga/deep/1.cbz", 4.0)
    assert pending.take_quiet(QUIET) == []
    assert pending.take_quiet(4.0 + QUIET) == ["Saga"]


def test_a_new_folder_stands_for_all_in_it_however_late_it_is_told_of() -> None:
    pending = Pending()
    pending.touch_all([*(f"New/{number}.cbz" for number in range(MANY + 1)), "New"], 0.0)
    assert pending.take_quiet(QUIET) == ["New"]


def test_a_folder_stands_for_what_is_in_it_and_not_for_what_begins_alike() -> None:
    pending = Pending()
    for path in ("Batman/1.cbz", "Batman", "Batman Beyond/1.cbz"):
        pending.touch(path, 0.0)
    assert pending.take_quiet(QUIET) == ["Batman", "Batman Beyond/1.cbz"]


def test_many_files_of_a_folder_are_the_folder() -> None:
    pending = Pending()
    for number in range(FEW + 1):
        pending.touch(f"Image/Saga/{number}.cbz", 0.0)
        pending.touch(f"Image/{number}/1.cbz", 0.0)
    quiet = pending.take_quiet(QUIET)
    assert "Image/Saga" in quiet
    assert len(quiet) == 1 + FEW + 1


def test_many_files_of_the_root_are_the_library() -> None:
    pending = Pending()
    pending.touch("Saga/1.cbz", 0.0)
    for number in range(FEW + 1):
        pending.touch(f"{number}.cbz", 0.0)
    assert pending.take_quiet(QUIET) == [""]


def test_too_many_changes_are_the_whole_library() -> None:
    pending = Pending()
    for number in range(50 * MANY):
        pending.touch(f"{number}/1.cbz", number / 1_000)
    assert pending.take_quiet(QUIET) == []
    assert pending.take_quiet(50 * MANY / 1_000 + QUIET) == [""]
