"""All that the description allows and forbids, asked for by schemathesis, in all of its phases."""

from sqlalchemy import URL

from tests import fuzzing
from tests.functions.running import Run, run

__all__ = ["run"]


async def test_every_answer_is_as_the_description_says(url: URL, run: Run) -> None:
    """`python -m tests.fuzzing` goes on for longer."""
    chosen = ("--max-examples", "1", "--max-time", "40", "--seed", "1")
    code, told = await fuzzing.fuzz(url, run, *chosen)
    assert code == 0, told
