"""Which paths a library's globs leave out, by examples and against another way to tell."""

import fnmatch
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comics.excludes import BadGlob, compile_globs

FILE, FOLDER = False, True

FILES = {
    # a name, at any depth
    "*.tmp.cbz": (["a.tmp.cbz", "Saga/b.tmp.cbz"], ["a.cbz", "tmp.cbz", "Saga/x.tmp.cbz.cbr"]),
    "a?.cbz": (["ab.cbz", "x/a\n.cbz"], ["a.cbz", "abc.cbz", "a/.cbz"]),
    "Saga": (["Saga", "Saga/1.cbz", "Image/Saga/deep/1.cbz"], ["Saga 2/1.cbz", "saga", "x/Sagas"]),
    "[0-9]*": (["1.cbz", "x/2000/a.cbz"], ["a1.cbz"]),
    "[!0-9]*.cbz": (["a.cbz", "1/b.cbz"], ["1.cbz"]),
    "[]x].cbz": (["].cbz", "x.cbz"], ["[.cbz"]),
    "[a-]": (["a", "-"], ["b"]),
    "[\\]x]": (["]", "x"], ["\\"]),
    "a**b": (["ab", "x/a--b"], ["a/b"]),
    # its meaning taken off
    "\\*.cbz": (["*.cbz"], ["a.cbz"]),
    "\\!a": (["!a"], ["a"]),
    "(x|y).+$": (["(x|y).+$"], ["x", "x.+"]),
    # from the root on
    "/Saga": (["Saga", "Saga/1.cbz"], ["Image/Saga/1.cbz"]),
    "Image/*.cbz": (["Image/1.cbz"], ["Image/Saga/1.cbz", "x/Image/1.cbz"]),
    "Image/*": (["Image/1.cbz", "Image/Saga/1.cbz"], ["Image"]),
    # any number of folders
    "**/Saga/1.cbz": (["Saga/1.cbz", "a/b/Saga/1.cbz"], ["aSaga/1.cbz", "Saga/x/1.cbz"]),
    "Image/**/1.cbz": (["Image/1.cbz", "Image/a/b/1.cbz"], ["Image1.cbz", "x/Image/1.cbz"]),
    "Image/**": (["Image/1.cbz", "Image/a/1.cbz"], ["Image", "x/Image/1.cbz"]),
    "a/**/b/**/c": (["a/b/c", "a/b/x/b/c", "a/x/b/y/c/1.cbz"], ["a/c/b", "a/b/x", "b/c"]),
    # a folder alone
    "Extras/": (["Extras/1.cbz", "a/Extras/b/1.cbz"], ["Extras", "a/Extras"]),
    "a/*/": (["a/b/1.cbz"], ["a/b", "a/1.cbz"]),
}

FOLDERS = {
    "Extras/": (["Extras", "a/Extras"], ["Extras 2"]),
    "*": (["a", "a/b"], []),
    "a/*": (["a/b"], ["a", "b"]),
    "a/**": (["a/b", "a/b/c"], ["a"]),
    "a/**/b/": (["a/b", "a/x/b"], ["a", "b"]),
}


@pytest.mark.parametrize("glob", FILES)
def test_a_glob_names_files(glob: str) -> None:
    is_excluded = compile_globs([glob])
    out, kept = FILES[glob]
    assert [path for path in out + kept if is_excluded(path, FILE)] == out


@pytest.mark.parametrize("glob", FOLDERS)
def test_a_glob_names_folders(glob: str) -> None:
    is_excluded = compile_globs([glob])
    out, kept = FOLDERS[glob]
    assert [path for path in out + kept if is_excluded(path, FOLDER)] == out


@pytest.mark.parametrize(
    ("glob", "why"),
    [
        ("", "has to name something"),
        (" / ", "has to name something"),
        ("!Saga", "no glob brings back"),
        ("../x", "without // or"),
        ("a//b", "without // or"),
        ("a/./b", "without // or"),
        ("a\0", "NUL"),
        ("a[b", r"\[ stands alone"),
        ("a\\", r"stands alone"),
        ("[z-a]", "no set of characters"),
        ("x" * 1_001, "1000 characters"),
    ],
)
def test_what_can_mean_nothing_is_refused_with_a_sentence(glob: str, why: str) -> None:
    with pytest.raises(BadGlob, match=why):
        compile_globs([glob])


def test_without_globs_nothing_is_left_out() -> None:
    assert not compile_globs([])("a", FILE)


def test_each_of_several_globs_leaves_something_out() -> None:
    is_excluded = compile_globs(["/a", "b/", "*.cbr"])
    told = [is_excluded(path, FILE) for path in ("a/1.cbz", "x/b/1.cbz", "x/1.cbr", "x/a/1.cbz")]
    assert told == [True, True, True, False]


NAMES = st.text("ab.*?[]!-^\\ é", min_size=1, max_size=6).filter(lambda name: set(name) != {"."})
PLAIN = st.text("ab*?.- ", min_size=1, max_size=6)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)


@given(PLAIN, PATHS)
def test_a_glob_without_a_slash_is_what_fnmatch_finds_in_any_name(glob: str, path: str) -> None:
    try:
        is_excluded = compile_globs([glob])
    except BadGlob:
        return
    expected = any(fnmatch.fnmatchcase(name, glob) for name in path.split("/"))
    assert is_excluded(path, FILE) == expected


def matches(globs: list[str], names: list[str]) -> bool:
    """Match names one by one, in the way of the definition, however long it takes."""
    if not globs:
        return True  # what is left is in a folder that is left out
    if globs[0] == "**":
        if len(globs) == 1:
            return bool(names)
        return any(matches(globs[1:], names[skip:]) for skip in range(len(names)))
    return bool(names) and fnmatch.fnmatchcase(names[0], globs[0]) and matches(globs[1:], names[1:])


@given(
    st.lists(st.sampled_from(["**", "a", "*", "b*", "*a*b"]), min_size=2, max_size=6),
    st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=7),
)
def test_a_glob_of_a_path_is_what_its_definition_says(globs: list[str], names: list[str]) -> None:
    assert compile_globs(["/".join(globs)])("/".join(names), FILE) == matches(globs, names)


@given(PATHS)
def test_what_is_in_a_folder_goes_with_it(path: str) -> None:
    is_excluded = compile_globs(["/a", "b*/", "**/[!a]/x"])
    if is_excluded(path, FOLDER):
        assert is_excluded(f"{path}/c/d.cbz", FILE)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("*a" * 20 + "b", "a" * 255),
        ("**/a*/" * 15 + "b", "/".join(["aaa"] * 300)),
        ("/**/" + "*/" * 100 + "b", "a/" * 900 + "a"),
    ],
)
def test_no_glob_takes_hours(glob: str, path: str) -> None:
    is_excluded = compile_globs([glob])
    began = perf_counter()
    assert not is_excluded(path, FILE)
    assert perf_counter() - began < 1
