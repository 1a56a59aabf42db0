"""Find the documents about a comic that lie in its archive: ComicInfo.xml and its relatives."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from comics.archives.contents import LARGEST_DOCUMENT, Found, Source, is_junk, split

Extract = Callable[[int], bytes]
"""Return the member at that place of the list, or raise `Unreadable`."""

_NAMES: dict[str, Source] = {
    "comicinfo.xml": "ComicInfo",
    "metroninfo.xml": "MetronInfo",
    "comet.xml": "CoMet",
}
_TITLES: dict[Source, str] = {
    "ComicInfo": "ComicInfo.xml",
    "MetronInfo": "MetronInfo.xml",
    "CoMet": "CoMet.xml",
}
_COMET = b"<comet"
_COMET_HEAD = 2048  # bytes in which its root element stands
_MOST_LOOKED_AT = 3  # documents of unknown names


class Unreadable(ValueError):
    """Say what keeps a member from being read, to follow its name: "is encrypted"."""


class UnreadableNow(Unreadable):
    """Say what keeps a member from being read until something is installed."""


DAMAGED = "is damaged inside the archive"
LOCKED = "is encrypted"
TOO_LARGE = f"is larger than {LARGEST_DOCUMENT // 2**20} MiB"


def collect(names: Sequence[str], extract: Extract) -> Found:
    """Return the documents among an archive's members.

    Of a kind, that nearest the root counts; of equals the last, as zips are updated by appending.
    CoMet is known by its name or, at the root, by its content.
    """
    candidates = _candidates(names)
    found = _choose(candidates)
    documents: dict[Source, bytes] = {}
    reasons: list[tuple[Source, Unreadable]] = []
    for source, place in found.items():
        try:
            documents[source] = extract(place)
        except Unreadable as reason:
            reasons.append((source, reason))
    if "CoMet" not in found and (comet := _find_comet(_unnamed(candidates), extract)):
        documents["CoMet"] = comet
    if not reasons:
        return Found(documents)
    source, worst = reasons[0]
    return Found(documents, f"{_TITLES[source]} {worst}.", again=isinstance(worst, UnreadableNow))


def wanted(names: Sequence[str]) -> list[int]:
    """Return the places of all members that `collect` may ask for."""
    candidates = _candidates(names)
    return sorted({*_choose(candidates).values(), *_unnamed(candidates)})


def find_comic_info(names: Sequence[str]) -> int | None:
    """Return the place of the ComicInfo.xml that `collect` reads, if there is one."""
    return _choose(_candidates(names)).get("ComicInfo")


def may_be_one(name: str) -> bool:
    """Tell whether `collect` may ask for a member of that name."""
    return bool(wanted([name]))


class _Candidate(NamedTuple):
    place: int
    depth: int
    name: str  # without its folders, in lower case


def _candidates(names: Sequence[str]) -> list[_Candidate]:
    """Return all XML documents."""
    candidates = []
    for place, name in enumerate(names):
        if name[-4:].lower() == ".xml" and not is_junk(name):
            *folders, last = split(name)
            candidates.append(_Candidate(place, len(folders), last))
    return candidates


def _choose(candidates: Sequence[_Candidate]) -> dict[Source, int]:
    """Return the place of the best document of each kind."""
    best: dict[str, _Candidate] = {}
    for one in candidates:
        if one.name in _NAMES and one.depth <= best.get(one.name, one).depth:
            best[one.name] = one
    return {source: best[name].place for name, source in _NAMES.items() if name in best}


def _unnamed(candidates: Sequence[_Candidate]) -> list[int]:
    """Return the places of the first few documents at the root whose names say nothing."""
    at_root = [one.place for one in candidates if not one.depth and one.name not in _NAMES]
    return at_root[:_MOST_LOOKED_AT]


def _find_comet(places: Iterable[int], extract: Extract) -> bytes | None:
    for place in places:
        try:
            document = extract(place)
        except Unreadable:
            continue  # it may be about anything
        if _COMET in document[:_COMET_HEAD].lower():
            return document
    return None
