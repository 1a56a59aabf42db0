r"""Globs that name what a library leaves out, in the dialect of a .gitignore without its "!".

A glob is relative to the library's root. With a "/" at its start or within, it names a path from
the root; without, a name at any depth. A "/" at its end lets it name folders alone. `*` and `?`
stand for what is within a name, `[a-z]` and `[!a-z]` for one character, `**` between slashes for
any number of folders, and `\` takes the meaning off the character behind it. Upper and lower case
differ. A folder that is left out takes along all that is in it, and no glob brings that back.
"""

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Final

LONGEST: Final = 1_000  # characters of a glob

Excluded = Callable[[str, bool], bool]  # a path below the root, and whether it is a folder

# What a name in a glob is made of; all other characters stand for themselves.
PART: Final = re.compile(
    r"""
      (?P<star> \*+ )
    | (?P<one> \? )
    | \[ (?P<not> [!^] )? (?P<class> \]? (?: \\. | [^]\\] )* ) \]
    | \\ (?P<escaped> . )
    | (?P<broken> [\[\\] )
    | (?P<plain> . )
    """,
    re.VERBOSE | re.DOTALL,
)


class BadGlob(ValueError):
    """A glob names nothing that could be left out; the sentence says why."""


def compile_globs(globs: Iterable[str]) -> Excluded:
    """Return what tells whether a path is left out, itself or with a folder that it is in.

    Paths are text as `comics.paths` writes it, and take about a microsecond each. Raises `BadGlob`.
    """
    patterns = [translate(glob) for glob in globs]
    if not patterns:
        return lambda _path, _is_folder: False
    matches = re.compile("|".join(patterns), re.DOTALL).fullmatch

    def is_excluded(path: str, is_folder: bool) -> bool:  # noqa: FBT001  asked of each entry
        return matches(f"{path}/" if is_folder else path) is not None

    return is_excluded


def translate(glob: str) -> str:
    """Write a glob as a regular expression for paths; a folder's path has a "/" behind it."""
    refuse(glob)
    path = glob.removesuffix("/")
    names = path.removeprefix("/").split("/") if "/" in path else ["**", path]
    if names[-1] == "**":
        names[-1] = "*"  # whatever is in the folder
    is_start = names[0] != "**"
    runs = ["/".join(map(translate_name, run)) for run in split(names)]
    start = [runs.pop(0)] if is_start else []
    return "/".join([*start, *anywhere(runs)]) + ("/.*" if path != glob else "(?:/.*)?")


def refuse(glob: str) -> None:
    """Raise `BadGlob` for what cannot mean anything here."""
    if not glob.strip("/ "):
        raise BadGlob("A glob has to name something below the library's folder.")
    if len(glob) > LONGEST:
        raise BadGlob(f"A glob may have {LONGEST} characters.")
    if "\0" in glob:
        raise BadGlob("No name has a NUL character.")
    if glob.startswith("!"):
        raise BadGlob(f"{glob}: no glob brings back what another leaves out; write \\! for a name.")
    if any(name in {"", ".", ".."} for name in glob.removesuffix("/").removeprefix("/").split("/")):
        raise BadGlob(f"{glob}: write a path from the library's folder, without // or . or ..")


def split(names: list[str]) -> list[list[str]]:
    """Return the runs of names between each two `**`."""
    return [list(run) for is_any, run in groupby(names, lambda name: name == "**") if not is_any]


def anywhere(runs: list[str]) -> list[str]:
    """Let each of these runs begin in any folder.

    All but the last take the first place that fits and never go back, or a few stars could take
    hours: the last takes what is left, so no other place would do better.
    """
    return [*(f"(?>(?:.*?/)?{run})" for run in runs[:-1]), *(f"(?:.*/)?{run}" for run in runs[-1:])]


def translate_name(name: str) -> str:
    """Write one name of a glob; all stars but the last never go back, as in `anywhere`."""
    pieces = [""]
    for part in PART.finditer(name):
        if part["star"]:
            pieces.append("")
        else:
            pieces[-1] += translate_part(part)
    first, *others = pieces
    return (
        (first or "(?=[^/])")  # for no name is empty
        + "".join(f"(?>[^/]*?{piece})" for piece in others[:-1])
        + "".join(f"[^/]*{piece}" for piece in others[-1:])
    )


def translate_part(part: re.Match[str]) -> str:
    """Write one part of a name."""
    if part["broken"]:
        raise BadGlob(f"{part.string}: a {part[0]} stands alone; write \\{part[0]} for itself.")
    if part["one"]:
        return "[^/]"
    if part["class"] is not None:
        return translate_class(part)
    return re.escape(part["escaped"] or part["plain"])


def translate_class(part: re.Match[str]) -> str:
    r"""Write a set of characters, in which only `-` and `\` mean anything."""
    members = re.sub(r"\\(.)|([^-])", lambda one: re.escape(one[1] or one[2]), part["class"])
    written = f"(?!/)[{'^' if part['not'] else ''}{members}]"
    try:
        re.compile(written)
    except re.error:
        raise BadGlob(f"{part.string}: {part[0]} is no set of characters.") from None
    return written
