"""From what is wanted of a comic to the steps that bring it there.

`comics.orders` plans purely; here the plan meets the disk: what the comic is now, where the trash
has room, and which ComicInfo.xml is about to change, which is kept for an undo.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from comics import orders
from comics.names.naming import Refusal
from comics.orders import Orders, Plan
from comics.paths import locate, to_text
from comics.writing import trash
from db.batch_items import Claimed
from worker import looking
from worker.journal import Journal
from worker.looking import Sight
from worker.steps import Discard, Make, Move, Step, Write, change

MARKING = frozenset({"process", "rename", "normalize"})
NAMING = frozenset({"process", "rename"})


class Intention(Struct):
    """A comic and what is about to be done to it.

    `comic_info` are the bytes that will change, if `had_comic_info` is not None.
    """

    claimed: Claimed
    journal: Journal
    comic_info: bytes | None = None
    had_comic_info: bool | None = None


def intend(claimed: Claimed, wanted: Orders, sight: Sight) -> Intention | Refusal | None:
    """Plan what is wanted of a comic; raises a `Refused` where its tags cannot be changed."""
    subject = looking.see(claimed, sight)
    plan = orders.plan(wanted, subject)
    if not isinstance(plan, Plan):
        return plan
    steps = list(lay_out(claimed, plan, sight))
    journal = Journal(
        steps,
        before=tell(claimed) | {field: getattr(subject.tags, field) for field in plan.changes},
        after={**tell_end(claimed, plan, steps), **plan.changes},
        marked=True if claimed.kind in MARKING else None,
        duplicate=clears(claimed),
    )
    return keep_comic_info(Intention(claimed, journal), plan)


def tell(claimed: Claimed) -> dict[str, Any]:
    """Say what a comic is that is in its library."""
    return {"path": claimed.path, "marked": claimed.marked, "duplicate": claimed.duplicate}


def clears(claimed: Claimed) -> bool | None:
    """Return what the mark of a duplicate is to be: one that has its name now is none."""
    return False if claimed.duplicate and claimed.kind in NAMING else None


def lay_out(claimed: Claimed, plan: Plan, sight: Sight) -> Iterator[Step]:
    """Yield the steps of a plan: what moves comes first, as a name that is taken ends it all."""
    old, new, was = claimed.path, plan.path or claimed.path, sight.here
    if plan.away == "forever":
        yield Discard(old, was)
        return
    if plan.away:
        yield Move(old, find_room(claimed, plan.target), was)
        return
    if plan.convert:
        yield Make(old, new, was)
        yield Move(old, find_room(claimed), was)
    elif new != old:
        yield Move(old, new, was, tidies=True)
    if plan.changes:
        yield Write(new, plan.changes, None if plan.convert else was)


def find_room(claimed: Claimed, target: str | None = None) -> str:
    """Return a path in the trash, or one like the target, at which there is nothing yet."""
    root = locate(claimed.root, "")
    if target is None:
        places = trash.places(locate(claimed.root, claimed.path), root / trash.FOLDER)
    else:
        places = trash.numbered(locate(claimed.root, target))
    for place in places:
        path = place.relative_to(root) if target is None else place
        if not looking.find(claimed.root, to_text(str(path))):
            return to_text(str(path))
    raise AssertionError("There is always another number.")


def tell_end(claimed: Claimed, plan: Plan, steps: list[Step]) -> dict[str, Any]:
    """Say where a comic will be in the end, and what will have been put away."""
    put_away = [step.new for step in steps if isinstance(step, Move) and not step.tidies]
    end = {} if plan.away else {"path": plan.path or claimed.path}
    return end | ({"trashed": put_away[0]} if put_away else {})


def keep_comic_info(intention: Intention, plan: Plan) -> Intention:
    """Keep the tags as they are for an undo; raises a `Refused` if they cannot be changed so."""
    if plan.changes:
        contents = looking.open_up(intention.claimed)
        intention.comic_info = contents.documents.get("ComicInfo")
        intention.had_comic_info = intention.comic_info is not None
        change(intention.comic_info, plan.changes)
    return intention
