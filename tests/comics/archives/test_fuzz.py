"""Damaged archives of each format; `fuzz.py` goes on for as long as one likes."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.comics.archives.fuzz import MOST_SECONDS, archives, attempt, examples

SOUND = archives()


def test_damaged_archives_are_faults_and_never_exceptions(tmp_path: Path) -> None:
    for content in islice(examples(seed=1), 150):
        assert attempt(content, tmp_path) < MOST_SECONDS


@settings(max_examples=60)
@given(
    st.sampled_from(SOUND),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=6),
    st.floats(0, 1),
)
def test_overwritten_and_cut_archives_are_faults_and_never_exceptions(
    tmp_path_factory: pytest.TempPathFactory,
    whole: bytes,
    changes: list[tuple[float, bytes]],
    length: float,
) -> None:
    content = bytearray(whole)
    for place, new in changes:
        start = int(place * len(whole))
        content[start : start + len(new)] = new
    folder = tmp_path_factory.mktemp("fuzz")
    attempt(bytes(content), folder)
    attempt(bytes(content[: int(length * len(content))]), folder)
