"""The steps of a change to one comic, each of which is whole or has not happened.

A step is committed to the journal before it starts. If its worker is killed, the disk tells whether
it was done, and if not, it can be done again. Paths are written as `comics.paths` does, below the
library's root or absolute.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec import Struct

from comics.archives.reading import read
from comics.inside import locate, make_room, tidy
from comics.tags.editing import edit
from comics.tags.writable import Value
from comics.writing import snapshots
from comics.writing.converting import make_cbz
from comics.writing.copying import sync_folder
from comics.writing.moving import move
from comics.writing.refusals import Gone, Refused, explained
from comics.writing.rewriting import Edit, rewrite
from comics.writing.snapshots import Changed, Snapshot

_BLOCK = 2**20  # bytes
_ATTEMPTS = 5  # at making a folder that others remove because it is empty


class Move(Struct, frozen=True, tag_field="do", tag="move"):
    """Give a file another path, and nothing there is ever replaced.

    `tidies` has the folders removed that this empties. `aside` is where it waits until whoever has
    its new name has left that.
    """

    old: str
    new: str
    was: Snapshot
    tidies: bool = False
    aside: str | None = None

    def perform(self, root: str) -> None:
        """Move it, or raise a `Refused` and leave it where it is."""
        is_aside = self.aside is not None and self.find(root) == self.aside
        self._shift(root, self.aside if self.aside and is_aside else self.old, self.new)
        if self.tidies:
            tidy(root, self.old)

    def step_aside(self, root: str) -> None:
        """Leave the name that another wants, or raise a `Refused`."""
        if self.aside and self.find(root) == self.old:
            self._shift(root, self.old, self.aside)

    def take_back(self, root: str) -> None:
        """Move it back, or raise a `Refused`."""
        here = self.find(root) or self.new
        if here != self.old:
            _move(root, here, self.old)
            tidy(root, here)

    def find(self, root: str) -> str | None:
        """Return where it is by now; on another disk it is told by its size and time."""
        places = [place for place in (self.new, self.aside, self.old) if place]
        seen = {place: _look(locate(root, place)) for place in places}
        same = [place for place, file in seen.items() if file == self.was]
        alike = [place for place, file in seen.items() if file and file.is_like(self.was)]
        return next(iter(same + alike), None)

    def is_done(self, root: str) -> bool:
        """Tell whether it is where it was to go, and end what was killed half-way."""
        old, new = locate(root, self.old), locate(root, self.new)
        there, left = _look(new), _look(old)
        if there is None or not there.is_like(self.was) or self.find(root) == self.aside:
            return False
        if not os.path.lexists(old):
            return True
        if there == self.was != left:
            return True  # another has its old name by now
        if new.samefile(old) and new.lstat().st_nlink == 1:  # two spellings of one name
            return new.name in os.listdir(new.parent)  # noqa: PTH208 (names, not paths)
        if left == self.was and _are_equal(old, new):
            old.unlink()
        return not os.path.lexists(old)

    def may_be_done(self, root: str) -> bool:
        """Tell whether the file has left; where it went, it may be another by now."""
        seen = [_look(locate(root, place)) for place in (self.old, self.aside) if place]
        return self.was not in seen

    def _shift(self, root: str, here: str, there: str) -> None:
        old, new = locate(root, here), locate(root, there)
        with explained():
            snapshots.expect(old, self.was)
            _refuse_astray(old, new)
        _move(root, here, there)


class Make(Struct, frozen=True, tag_field="do", tag="make"):
    """Make a CBZ of a comic, which stays where it is."""

    old: str
    new: str
    was: Snapshot

    def perform(self, root: str) -> None:
        """Make it, or raise a `Refused`; one that is there already is verified."""
        old = locate(root, self.old)
        with explained():
            snapshots.expect(old, self.was)
            new = make_room(root, self.new)
        make_cbz(old, new)

    def take_back(self, root: str) -> None:
        """Remove it: the comic that it was made of is still there."""
        with explained():
            locate(root, self.new).unlink()
        tidy(root, self.new)

    def is_done(self, root: str) -> bool:
        """Tell whether the comic that it was made of has been put away since."""
        return self.may_be_done(root) and not os.path.lexists(locate(root, self.old))

    def may_be_done(self, root: str) -> bool:
        """Tell whether there is one: what is half-made has another name."""
        return os.path.lexists(locate(root, self.new))


class Write(Struct, frozen=True, tag_field="do", tag="write"):
    """Change fields of a comic's ComicInfo.xml; `was` is None for one that was just made."""

    path: str
    changes: Mapping[str, Value]
    was: Snapshot | None = None

    def perform(self, root: str) -> None:
        """Write them, or raise a `Refused` and leave the comic as it is."""
        _rewrite(locate(root, self.path), self.was, partial(change, changes=self.changes))

    def is_done(self, root: str) -> bool:
        """Tell whether its tags are as they were to be."""
        contents = read(locate(root, self.path))
        xml = contents.documents.get("ComicInfo")
        with suppress(Refused):
            return contents.fault is None and change(xml, self.changes) == xml
        return False

    def may_be_done(self, _root: str) -> bool:
        """Nothing comes after this."""
        return False


class Restore(Struct, frozen=True, tag_field="do", tag="restore"):
    """Give a comic back the ComicInfo.xml that it had, or have none where it had none."""

    path: str
    comic_info: bytes | None
    was: Snapshot

    def perform(self, root: str) -> None:
        """Write it, or raise a `Refused` and leave the comic as it is."""
        _rewrite(locate(root, self.path), self.was, lambda _: self.comic_info)

    def is_done(self, root: str) -> bool:
        """Tell whether it has it."""
        contents = read(locate(root, self.path))
        return contents.fault is None and contents.documents.get("ComicInfo") == self.comic_info

    def may_be_done(self, _root: str) -> bool:
        """Nothing comes after this."""
        return False


class Discard(Struct, frozen=True, tag_field="do", tag="discard"):
    """Delete a file for ever."""

    path: str
    was: Snapshot

    def perform(self, root: str) -> None:
        """Delete it, or raise a `Refused`."""
        path = locate(root, self.path)
        with explained():
            snapshots.expect(path, self.was)
            path.unlink()
            sync_folder(path.parent)

    def is_done(self, root: str) -> bool:
        """Tell whether it is gone."""
        return not os.path.lexists(locate(root, self.path))

    def may_be_done(self, root: str) -> bool:
        """Tell the same."""
        return self.is_done(root)


Step = Move | Make | Write | Restore | Discard


def change(xml: bytes | None, changes: Mapping[str, Value]) -> bytes:
    """Return a ComicInfo.xml with these changes, or raise a `Refused` that says what is wrong."""
    try:
        return edit(xml, changes)
    except ValueError as error:
        raise Refused(str(error)) from error


def _move(root: str, here: str, there: str) -> None:
    """Move a file into a folder that is made if need be, again if another worker finds it empty."""
    for _ in range(_ATTEMPTS):
        old = locate(root, here)
        with explained():
            new = make_room(root, there)
        with suppress(Gone):
            return move(old, new)
        if not os.path.lexists(old):
            break
    raise Gone("The file has gone.")


def _refuse_astray(old: Path, new: Path) -> None:
    """Raise a `Refused` for a symbolic link that would lead elsewhere from another folder."""
    if old.parent != new.parent and old.is_symlink() and not old.readlink().is_absolute():
        raise Refused("The file is a symbolic link, which would lead nowhere from another folder.")


def _rewrite(path: Path, was: Snapshot | None, change: Edit) -> None:
    """Rewrite a comic that is as it was, but for its inode: another disk may have it by now."""
    with explained():
        here = snapshots.take(path)
    if was and not here.is_like(was):
        raise Changed("The file was changed meanwhile: look at it again.")
    rewrite(path, change, expected=here)


def _look(path: Path) -> Snapshot | None:
    """Look at a file, None if there is none."""
    with suppress(OSError):
        return snapshots.take(path)
    return None


def _are_equal(one: Path, other: Path) -> bool:
    """Tell whether two files hold the same bytes."""
    with one.open("rb") as ours, other.open("rb") as theirs:
        while block := ours.read(_BLOCK):
            if theirs.read(_BLOCK) != block:
                return False
        return not theirs.read(1)
