"""What holds for the plan of any comic under any settings."""

import posixpath

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from comics.rules import Change, Comic, Kind, Settings, plan
from comics.tags.comicinfo import Tags
from tests.comics.names.portability import is_portable


def carry_out(comic: Comic, change: Change) -> Comic:
    content = "cbz" if change.convert else comic.content
    tags = msgspec.structs.replace(comic.tags, **change.changes)
    return msgspec.structs.replace(comic, path=change.path, tags=tags, content=content)


NAMES = st.text(
    st.sampled_from("Saga 12_:\u2019'(*)[]-.#\ufffdE9e\u0301?/") | st.characters(codec="utf-8")
)
FOLDERS = st.lists(NAMES.map(lambda name: name.replace("/", "")), max_size=3)
PATHS = st.builds(
    lambda folders, name, extension: "/".join([*filter(None, folders), f"{name}{extension}"]),
    FOLDERS,
    st.sampled_from(["1", "Saga 012", "(2019)", "v2", "x.cbz", "Saga 71.4"]),
    st.sampled_from([".cbz", ".CBZ", ".cbr", ".Cb7", "", ".4"]),
)
TAGS = st.builds(
    Tags,
    title=NAMES,
    series=NAMES | st.just("Saga"),
    number=st.sampled_from(["", " ", "1", "-0.5", "½", "12-14", "?"]) | NAMES,
    year=st.none() | st.integers(0, 9999),
    format=st.sampled_from(["", "TPB"]),
)
SETTINGS = st.builds(
    Settings,
    filename_format=st.sampled_from(
        [
            "{series} - Chapter {issue}",
            "{series}< ({year})> {issue_no_pad}< - {title}>",
            "<{publisher}>/{series}< ({year})>/{series} {issue:3}",
            "<{year}>/{series}/{title}",
            "/{series}.cbz",
        ]
    ),
    filename_formats=st.sampled_from([{}, {"tpb": "{title}/{series}"}]),
    extension_by_content=st.booleans(),
    convert=st.booleans(),
)


COMICS = st.builds(
    Comic,
    path=PATHS,
    tags=TAGS,
    root_name=NAMES,
    content=st.sampled_from([None, "cbz", "cbr", "cb7"]),
)
KINDS = st.sampled_from(["process", "rename", "normalize"])


@given(KINDS, COMICS, SETTINGS)
@example("process", Comic("Saga/1.cbr", Tags()), Settings(convert=True))
@example("process", Comic("Batman_ x/1.CBZ", Tags()), Settings("{series}/{issue}"))
def test_once_a_plan_is_carried_out_there_is_nothing_left_to_do(
    kind: Kind, comic: Comic, settings: Settings
) -> None:
    change = plan(kind, comic, settings)
    if isinstance(change, Change):
        assert plan(kind, carry_out(comic, change), settings) is None


@given(st.sampled_from(["process", "rename"]), COMICS, SETTINGS)
def test_a_new_name_is_one_that_every_disk_takes(
    kind: Kind, comic: Comic, settings: Settings
) -> None:
    change = plan(kind, comic, settings)
    if isinstance(change, Change) and change.path != comic.path:
        folder, name = posixpath.split(change.path)
        assert is_portable(name)
        if folder != posixpath.dirname(comic.path):
            assert all(map(is_portable, filter(None, folder.split("/"))))
