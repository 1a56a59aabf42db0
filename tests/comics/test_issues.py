"""The key that copies of one issue share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.issues import issue_key
from comics.tags.comicinfo import Tags

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)

ORDERED = [
    Tags(series="Bone", number="½"),
    Tags(series="Bone", number="1"),
    Tags(series="Bone", number="1", volume=2),
    Tags(series="Bone", number="1", volume=10),
    Tags(series="Bone", number="2"),
    Tags(series="Bone", number="2A"),
    Tags(series="Bone", number="10"),
    Tags(series="Bone 2", number="1"),
    Tags(series="Ōoku", number="1", year=2012),
    Tags(series="Ōoku", number="1", year=2012, format="Annual"),
    Tags(series="Saga", number="Annual"),
]


def test_keys_sort_as_the_issues_do() -> None:
    keys = [issue_key(tags) or "" for tags in ORDERED]
    assert keys == sorted(keys, key=str.encode)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("tags", [Tags(series="Saga"), Tags(number="1"), Tags(" ", "\t", " ")])
def test_without_a_series_or_a_number_there_is_none(tags: Tags) -> None:
    assert issue_key(tags) is None


@given(texts, texts, texts)
def test_a_key_fits_an_index_row_whatever_its_script(series: str, number: str, form: str) -> None:
    key = issue_key(Tags(series=series, number=number, format=form, volume=10**9, year=9999))
    assert key is None or len(key.encode()) < 2_600
