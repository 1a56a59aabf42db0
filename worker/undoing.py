"""Undo what was done to a comic: its steps, backwards, unless it was changed since."""

from collections.abc import Iterator
from typing import Any

from msgspec import convert

from comics.names.naming import Refusal
from comics.orders import READ_ONLY
from comics.writing.snapshots import Snapshot
from db.batch_items import Claimed, Undone
from worker import looking
from worker.journal import Journal
from worker.planning import Intention, find_room, tell
from worker.steps import Discard, Make, Move, Restore, Step, Write, change

UNKNOWN = "It is not known how this was done, so it cannot be undone."
RENAMED = "The comic was moved or renamed since: it is at {} now."
LOST = "The comic has left its library since."
BACK = "The comic is in its library already, at {}."
EDITED = "The comic was changed since, and an undo would lose that."
REPLACED = "What was put away is not at {} any more."
FOR_EVER = "The comic was deleted for ever."

OF_THE_FILE = frozenset({"size", "mtime_ns"})


def intend(claimed: Claimed) -> Intention | Refusal:
    """Plan to undo what was done to a comic, or say why not; raises a `Refused` if it is away."""
    undone = claimed.undone
    if undone is None or undone.plan is None:
        return Refusal(UNKNOWN)
    try:
        journal = recall(claimed, undone)
        if journal.path is None:
            return lead_back(claimed, undone, journal, None)
        return lead_back(claimed, undone, journal, looking.take(claimed.root, journal.path))
    except Refusal as refusal:
        return refusal


def recall(claimed: Claimed, undone: Undone) -> Journal:
    """Return what was done, or raise a `Refusal` unless the comic is where that brought it."""
    if claimed.read_only:
        raise Refusal(READ_ONLY)
    journal = convert(undone.plan, Journal)
    if journal.path is None and not claimed.missing:
        raise Refusal(BACK.format(claimed.path))
    if journal.path is not None and claimed.missing:
        raise Refusal(LOST)
    if journal.path is not None and claimed.path != journal.path:
        raise Refusal(RENAMED.format(claimed.path))
    return journal


def lead_back(
    claimed: Claimed, undone: Undone, journal: Journal, here: Snapshot | None
) -> Intention:
    """Plan the steps back, and keep the tags that they change; `here` is the comic as it is now."""
    steps = list(reverse(claimed, journal, here))
    before, after = undone.before or {}, undone.after or {}
    intention = Intention(
        claimed,
        Journal(
            steps,
            before=strip(after) | (tell(claimed) if journal.path else {}),
            after=strip(before) | tell_put_away(steps, journal),
            marked=give_back("marked", claimed, before, after),
            duplicate=give_back("duplicate", claimed, before, after),
        ),
    )
    if here and any(isinstance(step, Make) for step in journal.steps):
        expect_size(here, after)
    elif here:
        restore_tags(intention, undone, journal, here)
    return intention


def reverse(claimed: Claimed, journal: Journal, here: Snapshot | None) -> Iterator[Step]:
    """Yield the moves back; a CBZ that was made of the comic goes to the trash."""
    for step in reversed(journal.steps):
        if isinstance(step, Move):
            is_comic = here is not None and step.new == journal.path
            was = here if here and is_comic else expect_put_away(claimed, step)
            yield Move(step.new, step.old, was, tidies=True)
        elif isinstance(step, Make) and here:
            yield Move(step.new, find_room(claimed), here)
        elif isinstance(step, Discard):
            raise Refusal(FOR_EVER)


def expect_put_away(claimed: Claimed, step: Move) -> Snapshot:
    """Return what was put away as it is now, or raise a `Refusal` if it is not there."""
    if not looking.find(claimed.root, step.new):
        raise Refusal(REPLACED.format(step.new))
    found = looking.take(claimed.root, step.new)
    if not found.is_like(step.was):
        raise Refusal(REPLACED.format(step.new))
    return found


def expect_size(here: Snapshot, after: dict[str, Any]) -> None:
    """Raise a `Refusal` if a comic is not of the size and time that it was left with."""
    if (here.size, here.mtime_ns) != (after.get("size"), after.get("mtime_ns")):
        raise Refusal(EDITED)


def restore_tags(intention: Intention, undone: Undone, journal: Journal, here: Snapshot) -> None:
    """Plan to restore the tags that were changed, if any were, and keep those that are there."""
    for step in journal.steps:
        if isinstance(step, Write | Restore):
            held = looking.open_up(intention.claimed).documents.get("ComicInfo")
            if held != written(step, undone.comic_info):
                raise Refusal(EDITED)
            intention.comic_info, intention.had_comic_info = held, held is not None
            path = intention.journal.after["path"]
            intention.journal.steps.append(Restore(path, undone.comic_info, here))


def written(step: Write | Restore, old: bytes | None) -> bytes | None:
    """Return the ComicInfo.xml that a step has written."""
    return step.comic_info if isinstance(step, Restore) else change(old, step.changes)


def tell_put_away(steps: list[Step], journal: Journal) -> dict[str, str]:
    """Tell where a CBZ goes that was made of the comic."""
    made = {step.new for step in journal.steps if isinstance(step, Make)}
    put_away = [step.new for step in steps if isinstance(step, Move) and step.old in made]
    return {"trashed": put_away[0]} if put_away else {}


def strip(state: dict[str, Any]) -> dict[str, Any]:
    """Return what history tells of a comic, without what is true of one file alone."""
    return {name: value for name, value in state.items() if name not in OF_THE_FILE}


def give_back(
    mark: str, claimed: Claimed, before: dict[str, Any], after: dict[str, Any]
) -> bool | None:
    """Return what a mark was, or None if it is so already or was changed since."""
    now, was = getattr(claimed, mark), before.get(mark)
    return was if now == after.get(mark, was) and was != now else None
