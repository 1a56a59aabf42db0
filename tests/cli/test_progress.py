"""What a scan shows where nobody watches; on a terminal, see test_commands."""

import msgspec
import pytest

from cli.progress import shown
from db.scans import Progress


def test_each_line_has_the_numbers_so_far_and_the_faults_since_the_last(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    progress = Progress(seen=3, to_read=3)
    with shown("Comics") as tell:
        for fault in (None, "a.cbz leads to nothing.", None, "b.cbz is not a file."):
            progress.read += 1
            progress.faults += [fault] if fault else []
            tell(progress)
    lines = [msgspec.json.decode(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["read"] for line in lines] == [1, 2, 3, 4]
    assert {(line["library"], line["seen"]) for line in lines} == {("Comics", 3)}
    assert [line["faults"] for line in lines] == [
        [],
        ["a.cbz leads to nothing."],
        [],
        ["b.cbz is not a file."],
    ]
