"""A worker stays in its library while somebody sets links in the place of its folders."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import to_builtins

from comics.inside import ASTRAY
from comics.orders import Orders
from comics.tag_edits import Set, TagEdits
from db.batch_items import Claimed
from db.outcomes import Outcome
from tests import attacks
from tests.attacks import Place
from tests.comics.archives.packing import pack_tar
from tests.disk import swapping, write_comic
from tests.worker.test_collisions import KNOWN
from worker import doing

ROUNDS = 40
NAME = "Saga 1.cbz"
ORDERS: dict[str, dict[str, Any]] = {
    "process": {},
    "rename": {},
    "tags": {"edits": TagEdits((Set("title", "New"),))},
    "delete": {},
    "delete for ever": {"permanent": True},
    "convert": {},
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Have a library, and a folder beside it that has comics of the same names."""
    return attacks.furnish(tmp_path, is_linked=False)


def claim(root: Path, path: str, wanted: str) -> Claimed:
    """Claim a comic for what is wanted, as the index knows it."""
    kind: Any = wanted.partition(" ")[0]
    status = (root / path).stat()
    known = {
        "kind": kind,
        "orders": to_builtins(Orders(kind=kind, **ORDERS[wanted])),
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
    }
    return Claimed(**KNOWN | known, root=str(root), path=path)


def work(claimed: Claimed) -> Outcome:
    """Do what is wanted, and return what came of it."""
    prepared = doing.plan([claimed])
    performed = [outcome for act in prepared.acts() for outcome in act.perform()]
    (outcome,) = prepared.outcomes + performed
    return outcome


@pytest.mark.parametrize("wanted", ORDERS)
def test_no_race_leads_a_worker_out_of_its_library(place: Place, wanted: str) -> None:
    before, folder = attacks.looks(place), place.library / "Saga"
    name = NAME.replace("cbz", "cbt") if wanted == "convert" else NAME
    states = set[str]()
    for number in range(ROUNDS):
        write_comic(folder / NAME, f"Round {number}", Series="Saga", Number="1")
        if wanted == "convert":
            (folder / NAME).unlink()
            (folder / name).write_bytes(pack_tar({"1.png": b"page"}))
        claimed = claim(place.library, f"Saga/{name}", wanted)
        with swapping(folder, place.outside):
            states.add(work(claimed).state)
        for left in folder.glob("Saga*"):
            left.unlink()
    assert attacks.looks(place) == before
    assert "done" in states


def test_a_link_that_a_scan_has_seen_is_worked_behind(place: Place) -> None:
    (place.library / "Linked").symlink_to(place.outside)
    claimed = claim(place.library, f"Linked/{NAME}", "process")
    outcome = work(claimed)
    assert (outcome.state, outcome.after and outcome.after["path"]) == (
        "done",
        "Linked/Linked - Chapter 0001.cbz",
    )
    assert (place.outside / "Linked - Chapter 0001.cbz").exists()


@pytest.mark.parametrize("wanted", ORDERS)
def test_behind_any_other_link_nothing_is_touched(place: Place, wanted: str) -> None:
    write_comic(place.library / "Linked" / NAME, "Ours")
    claimed = claim(place.library, f"Linked/{NAME}", wanted)
    before = attacks.looks(place)
    (place.library / "Linked").rename(place.library / "Old")
    (place.library / "Linked").symlink_to(place.outside)
    assert work(claimed).error == ASTRAY
    assert attacks.looks(place) == before
