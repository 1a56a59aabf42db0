"""Choose the page that stands for a comic."""

import re
from collections.abc import Sequence

from comics.archives.contents import split
from comics.tags.comicinfo import Tags

_FRONT = "frontcover"
_NAMED = re.compile(r"[\W\d_]*(?:front[\W_]*)?(?:cover|front|folder|fc)(?![a-z])")
_PERHAPS = re.compile("cover|front|folder|fc", re.IGNORECASE)  # none of many names, mostly
_NOT_THE_FRONT = re.compile(r"back|inside|inner|variant|alternat|thumb")


def choose(pages: Sequence[str], tags: Tags) -> int | None:
    """Return which of the pages, in their order of reading, is the cover.

    That is the first that ComicInfo.xml calls a front cover, else the first at the least depth
    whose name is, perhaps after a number, or begins with "cover", "front", "folder" or "fc",
    else the first.
    """
    if not pages:
        return None
    for page in tags.pages:
        if (
            page.type.lower() == _FRONT
            and page.image is not None
            and page.image in range(len(pages))
        ):
            return page.image
    if not _PERHAPS.search("\n".join(pages)):
        return 0
    named = [place for place, name in enumerate(pages) if _is_named_cover(name)]
    return min(named, key=lambda place: len(split(pages[place])), default=0)


def _is_named_cover(name: str) -> bool:
    stem = split(name)[-1].rpartition(".")[0]
    return bool(_NAMED.match(stem)) and not _NOT_THE_FRONT.search(stem)
